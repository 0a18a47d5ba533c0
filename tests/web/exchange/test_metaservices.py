"""X-Road's metaservices, monitoring and the catalogue, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import httpx2
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.exchange_scene import (
    GRANTS,
    HUB,
    KEYS,
    OFFICE,
    PARCEL,
    REGISTERS,
    TAX,
    Scene,
    directory,
    scene,
)

from sogoc.access.grant import Grant
from sogoc.access.policies import PolicyBook
from sogoc.clock import SystemClock, today
from sogoc.database.store import Store
from sogoc.errors import AnswerRefused
from sogoc.exchange.asking.questions import read
from sogoc.exchange.described.catalogue import read_catalogue
from sogoc.exchange.described.methods import allowed_methods
from sogoc.exchange.limits import SeenIds
from sogoc.exchange.monitoring.store import MOST_KEPT, Monitor, named
from sogoc.exchange.names import subsystem
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.trust.messages import Request, sign_request
from sogoc.web.exchange.door import Door
from sogoc.web.exchange.metaservices import MetaParts, Metaservices

PLACE = f"/r1/{OFFICE}"
CLIENT = {
    "object_type": "SUBSYSTEM",
    "xroad_instance": "VN",
    "member_class": "GOV",
    "member_code": "02",
    "subsystem_code": "LAND",
}


@pytest.fixture
def office(database: Store) -> Iterator[Scene]:
    with scene(database) as served:
        yield served


def paths_of(told: Any) -> dict[str, set[str]]:  # noqa: ANN401 - JSON
    return {
        one["service_code"]: {each["path"] for each in one["endpoint_list"]}
        for one in told["service"]
    }


def test_everybody_may_list_the_clients_as_json_or_xml(office: Scene) -> None:
    told = office.sent("/listClients", {"accept": "application/json"})
    assert told.headers["content-type"] == "application/json; charset=utf-8"
    members = told.json()["member"]
    assert {"id": CLIENT, "name": "Cơ quan ví dụ 02", "subsystem_name": "LAND"} in members
    assert [one["id"]["object_type"] for one in members].count("MEMBER") == 3

    xml = office.sent("/listClients?xRoadInstance=VN")
    assert xml.headers["content-type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(xml.content)  # noqa: S314 - our own answer
    space = {"xrd": "http://x-road.eu/xsd/xroad.xsd", "id": "http://x-road.eu/xsd/identifiers"}
    codes = {each.text for each in root.findall(".//id:subsystemCode", space)}
    assert codes == {"LAND", "TAX", "HUB"}


def test_another_federation_s_clients_are_not_known(office: Scene) -> None:
    told = office.sent("/listClients?xRoadInstance=EE")
    assert (told.status_code, told.headers["x-road-error"]) == (400, "Client.BadRequest")


def test_the_methods_of_a_node_are_listed_to_members(office: Scene) -> None:
    told = office.signed(f"{PLACE}/listMethods")
    assert told.status_code == 200
    assert told.headers["x-road-service"] == f"{OFFICE}/listMethods"
    assert "signature" in told.headers
    service = next(one for one in told.json()["service"] if one["service_code"] == "population")
    assert service == {
        **{name: value for name, value in CLIENT.items() if name != "object_type"},
        "object_type": "SERVICE",
        "service_code": "population",
        "service_type": "OPENAPI",
        "endpoint_list": [{"method": "POST", "path": "/v1/nguoi/verify"}],
    }


def test_whoever_asks_sees_what_its_grants_allow(office: Scene) -> None:
    told = paths_of(office.signed(f"{PLACE}/allowedMethods").json())
    assert told["population"] == {"/v1/nguoi/verify"}
    assert "/v1/thua_dat/search" in told["land"]
    assert "/v1/quyen/verify" not in told["land"]
    assert paths_of(office.signed(f"{PLACE}/allowedMethods", client=HUB).json()) == {}


def test_what_the_keeper_s_own_policies_or_a_narrow_grant_keep_back_is_not_said_to_be_allowed(
    office: Scene,
) -> None:
    forbids = f"""
    forbid (principal, action == Action::"difference", resource == Register::"land");
    forbid (principal == Member::"{TAX}", action, resource == Register::"population")
    when {{ context.fields.contains("ho_ten") }};
    """
    land, people = GRANTS
    fields = frozenset({"ma_thua", "dia_chi"})
    assert not any(fields.issuperset(keys) for keys in PARCEL.search_by)
    narrow = [replace(land, fields=fields), replace(people, fields=frozenset({"ho_ten"}))]

    def told(grants: list[Grant], files: dict[str, str]) -> dict[str, set[str]]:
        parts = office.parts.answering()
        by = replace(
            parts,
            grants={one.id: one for one in grants},
            policies=PolicyBook(grants, files),
        )
        told = allowed_methods(
            subsystem(OFFICE), REGISTERS.values(), by, client=TAX, on=today(by.clock)
        )
        return paths_of(json.loads(told))

    place = f"/v1/{PARCEL.name}"
    whole = told(GRANTS, {})
    assert whole["land"] >= {f"{place}/read", f"{place}/search", f"{place}/difference"}
    assert f"{place}/difference" not in told(GRANTS, {"own.cedar": forbids})["land"]
    assert told(GRANTS, {"own.cedar": forbids})["population"] == whole["population"]
    least = told(narrow, {"own.cedar": forbids})
    assert set(least) == {"land"}
    assert f"{place}/read" in least["land"]
    assert not any(path.endswith(("/search", "/difference")) for path in least["land"])


def test_the_openapi_document_of_a_service_is_given_out(office: Scene) -> None:
    told = office.signed(f"{PLACE}/getOpenAPI?serviceCode=land").json()
    OpenAPIV31SpecValidator(told).validate()
    assert office.sent("/openapi/land.json").json() == told
    assert office.sent("/openapi/nothing.json").status_code == 404


@pytest.mark.parametrize("name", ["listMethods", "allowedMethods", "getOperationalData"])
def test_a_metaservice_heard_on_the_line_is_not_answered_twice_by_another_worker_either(
    office: Scene, name: str
) -> None:
    """A worker that has not seen the message yet finds it taken in what all of them share."""
    path = f"{PLACE}/{name}"
    message = Request(
        method="GET",
        target_uri=f"{office.address}{path}",
        headers={"x-road-client": TAX, "x-road-id": str(uuid4())},
    )
    now = int(SystemClock().now().timestamp())
    told = sign_request(message, KEYS[TAX], key_id="TAX-1", created=now)
    headers = {**message.headers, **told}
    assert [office.sent(path, headers).status_code for _ in range(2)] == [200, 400]
    fresh = replace(office.parts.answering(), seen=SeenIds(seconds=120))
    parts = replace(office.parts, answering=lambda: fresh)
    meta = MetaParts(records=lambda *_: {}, sees_all=lambda _: True)
    with served(Metaservices(Door(parts), parts, meta), free_port()) as other:
        again = httpx2.get(f"{other}{path}", headers=headers, trust_env=False, verify=NO_TLS)
        assert (again.status_code, again.json()["message"]) == (
            400,
            "The signature of the message is not accepted.",
        )
    assert not office.journal.entries


@pytest.mark.parametrize(
    "path",
    [
        "/getOpenAPI",
        "/getOpenAPI?serviceCode=",
        "/getOpenAPI?serviceCode=land&serviceCode=population",
        "/getOpenAPI?serviceCode=land&x=1",
        "/listMethods?x=1",
        "/getOperationalData?recordsFrom=yesterday",
    ],
)
def test_a_metaservice_asked_wrongly_says_so(office: Scene, path: str) -> None:
    told = office.signed(f"{PLACE}{path}")
    assert (told.status_code, told.headers["x-road-error"]) == (400, "Client.BadRequest")
    assert set(told.json()) == {"type", "message", "detail"}


def test_a_service_that_is_not_there_and_a_stranger_are_refused(office: Scene) -> None:
    told = office.signed(f"{PLACE}/getOpenAPI?serviceCode=nothing")
    assert (told.status_code, told.headers["x-road-error"]) == (
        500,
        "Server.ServerProxy.UnknownService",
    )
    assert office.signed("/r1/VN/GOV/09/X/listMethods").status_code == 400
    stranger = office.sent(f"{PLACE}/listMethods", {"x-road-client": TAX})
    assert (stranger.status_code, "signature" in stranger.headers) == (400, False)


def test_each_request_leaves_a_record_in_the_form_of_x_road(office: Scene) -> None:
    read(office.peer(), "thua_dat", "T1", fields=["dia_chi"])
    (record,) = office.records()
    assert record["securityServerType"] == "Producer"
    assert (record["clientMemberCode"], record["clientSubsystemCode"]) == ("03", "TAX")
    assert (record["serviceSubsystemCode"], record["serviceCode"]) == ("LAND", "land")
    assert (record["restMethod"], record["restPath"]) == ("POST", "/v1/thua_dat/read")
    assert (record["succeeded"], record["statusCode"]) == (True, 200)
    assert record["messageIssue"].startswith("1.012789/")
    assert record["requestInTs"] <= record["responseOutTs"]
    assert record["requestSize"] > 0
    assert all(len(value) <= 255 for value in record.values() if isinstance(value, str))


def test_a_number_that_somebody_put_into_a_path_is_recorded_nowhere(office: Scene) -> None:
    with pytest.raises(AnswerRefused):
        office.peer().ask("/v1/thua_dat/001190000001", {"001190000002": 1})
    told = json.dumps(office.records())
    assert '"/*"' in told
    assert "00119000000" not in told


def test_a_refusal_is_looked_up_by_the_id_that_it_named(office: Scene) -> None:
    refused = office.signed(f"{PLACE}/getOpenAPI?serviceCode=nothing").json()
    office.monitor.write()
    assert str(UUID(refused["detail"])) == refused["detail"]
    (record,) = named(office.connections.mine(), refused["detail"])["records"]
    assert record["faultCode"] == refused["type"]


def test_what_an_unbelieved_message_says_is_not_recorded_as_a_fact(office: Scene) -> None:
    office.sent(f"{PLACE}/land/v1/thua_dat/read", {"x-road-client": HUB}, method="POST")
    (record,) = office.records()
    assert record["faultCode"] == "Client.BadRequest"
    assert not {"clientMemberCode", "messageUserId", "serviceCode"} & record.keys()


def test_the_hub_sees_all_records_and_a_member_its_own(office: Scene) -> None:
    read(office.peer(), "thua_dat", "T1", fields=["dia_chi"])
    office.signed(f"{PLACE}/listMethods", client=OFFICE)
    office.monitor.write()
    place = f"{PLACE}/getOperationalData"
    for client, count in ((HUB, 2), (OFFICE, 2), (TAX, 1)):
        told = office.signed(place, client=client).json()["records"]
        assert len(told) == count, client
    assert office.signed(f"{place}?recordsFrom=4102444800", client=HUB).json() == {"records": []}
    assert office.signed(f"{place}?recordsTo=4102444800", client=HUB).json()["records"]


def test_the_table_of_records_has_a_bound(office: Scene) -> None:
    read(office.peer(), "thua_dat", "T1", fields=["dia_chi"])
    office.monitor.write()
    connection = office.connections.mine()
    connection.execute(
        "insert into node.monitoring (number, at, client, record) "
        "overriding system value values (%s, now(), '', '{}')",
        (MOST_KEPT + 5,),
    )
    office.monitor.forget()
    row = connection.execute("select count(*), min(number) from node.monitoring").fetchone()
    assert row == (1, MOST_KEPT + 5)


def test_records_that_cannot_be_written_are_counted_and_stop_nobody(office: Scene) -> None:
    closed = office.connections.mine()
    broken = Monitor(
        connection=lambda: closed, clock=SystemClock(), address=office.address, host="x"
    )
    read(office.peer(), "thua_dat", "T1", fields=["dia_chi"])
    for seen in list(office.monitor._waiting):  # noqa: SLF001 - what waits is nobody else's business
        broken.note(seen)
    closed.execute("alter table node.monitoring rename to elsewhere")
    with pytest.raises(Exception, match="monitoring"):
        broken.write()
    assert broken.lost == 1


def test_the_catalogue_tells_registers_as_dcat_in_two_forms(office: Scene) -> None:
    told = office.sent("/catalogue").json()
    kinds = {kind for node in told["@graph"] for kind in node["@type"]}
    assert kinds >= {"dcat:Catalog", "dcat:Dataset", "dcat:DataService", "dcat:Distribution"}
    land = next(n for n in told["@graph"] if n["@id"] == f"{office.address}/catalogue/land")
    assert land["dct:identifier"] == [{"@value": "land"}]
    turtle = office.sent("/catalogue", {"accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert f"<{office.address}/catalogue/land>" in turtle.text


def test_a_catalogue_is_believed_under_its_member_s_key_alone(office: Scene) -> None:
    note = office.sent("/catalogue.note").text
    known = directory(office.address)
    now = SystemClock().now()
    member, other = known.members[0], known.members[1]
    assert read_catalogue(note, member, known, moment=now)
    for content, who in ((note, other), (note.replace("dcat:Dataset", "x"), member), ("", member)):
        with pytest.raises(Exception, match="cannot be used"):
            read_catalogue(content, who, known, moment=now)
