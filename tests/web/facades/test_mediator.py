"""The Information Mediator's directory and rooms, called from outside."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.facade_scene import LAND, NODE, Scene, grant

from sogoc.facades.govstack.rooms import id_of, number_of

if TYPE_CHECKING:
    import httpx2

AT = "/mediator/r1/VN/GOV/01/POP"
DEATH = "population.nguoi.created"
MEMBER_ID = {
    "type": "object",
    "required": ["instanceId", "memberClass", "memberCode"],
    "additionalProperties": False,
    "properties": {
        name: {"type": "string"}
        for name in ("instanceId", "memberClass", "memberCode", "applicationCode")
    },
}
CLIENTS = {
    "type": "object",
    "required": ["member"],
    "properties": {
        "member": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "id"],
                "properties": {
                    "id": {
                        "type": "object",
                        "required": ["objectType", "instanceId", "memberClass", "memberCode"],
                        "properties": {"objectType": {"enum": ["MEMBER", "APPLICATION"]}},
                    }
                },
            },
        }
    },
}
METHODS = {
    "type": "object",
    "required": ["member"],
    "properties": {
        "member": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["objectType", "serviceCode", "endpointList", "applicationCode"],
                "properties": {
                    "objectType": {"const": "SERVICE"},
                    "endpointList": {
                        "type": "object",
                        "properties": {
                            "member": {
                                "type": "array",
                                "items": {"type": "object", "required": ["method", "path"]},
                            }
                        },
                    },
                },
            },
        }
    },
}
SUBSCRIPTION = {
    "type": "object",
    "required": ["id", "subscriberId", "eventType", "delivery", "options"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "subscriberId": MEMBER_ID,
        "delivery": {"enum": ["PUSH", "PULL"]},
        "options": {
            "type": "object",
            "properties": {"TTL": {"type": "integer"}, "FIFO": {"type": "boolean"}},
        },
    },
}
EVENT = {
    "type": "object",
    "required": ["id", "sequence", "publisherId", "eventType", "event"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "sequence": {"type": "integer"},
        "publisherId": MEMBER_ID,
        "event": {"type": "object"},
    },
}
PULL = {"eventType": DEATH, "delivery": "PULL"}
_FILES = itertools.count(1)


def told(response: httpx2.Response, schema: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    Draft202012Validator(schema).validate(response.json())
    return response.json()


def merged(scene: Scene, *numbers: str) -> None:
    """A delivery that brings these people."""
    with scene.state["store"].connect() as connection:
        row = connection.execute(
            "insert into node.delivery (register, contract_version, file_name, sha256, bytes,"
            " kept_path, received_at, received_by, as_of, state, merged_at) values"
            " ('population', '1', 'f', %s, 1, 'p', now(), 'o', current_date, 'merged', now())"
            " returning id",
            (f"m{next(_FILES)}",),
        ).fetchone()
    assert row
    for number in numbers:
        scene.person(number, delivery=row[0])


def test_the_directory_lists_members_and_their_applications(scene: Scene) -> None:
    listed = told(scene.send("GET", "/mediator/listClients"), CLIENTS)["member"]
    assert {(each["id"]["objectType"], each["id"]["memberCode"]) for each in listed} == {
        ("MEMBER", "01"),
        ("APPLICATION", "01"),
        ("MEMBER", "02"),
        ("APPLICATION", "02"),
    }
    other = told(scene.send("GET", "/mediator/listClients?instanceId=XX"), CLIENTS)
    assert other == {"member": []}
    answer = scene.send("GET", "/mediator/listClients?instanceId=1-not")
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


@pytest.mark.parametrize("at", [AT, AT.replace("/r1", "")])
def test_methods_are_those_of_this_node_with_and_without_r1(scene: Scene, at: str) -> None:
    listed = told(scene.send("GET", f"{at}/listMethods"), METHODS)["member"]
    assert {each["serviceCode"] for each in listed} == set(scene.registers)
    one = told(scene.send("GET", f"{at}/listMethods?serviceId=population"), METHODS)["member"]
    assert [each["serviceCode"] for each in one] == ["population"]
    scene.grants(grant(scene.registers["population"]))
    mine = told(scene.send("GET", f"{at}/allowedMethods"), METHODS)["member"]
    assert [each["serviceCode"] for each in mine] == ["population"]
    other = told(scene.send("GET", f"{at[:-3]}XYZ/listMethods"), METHODS)
    assert other == {"member": []}


def test_the_openapi_document_is_one_json_text(scene: Scene) -> None:
    text = told(scene.send("GET", f"{AT}/getOpenAPI?serviceCode=population"), {"type": "string"})
    assert json.loads(text)["openapi"] == "3.1.0"
    for wrong in ("", "?serviceCode=", "?serviceCode=nothing", "?serviceCode=%2f"):
        assert scene.send("GET", f"{AT}/getOpenAPI{wrong}").status_code == 400


@pytest.mark.parametrize("place", ["1N/GOV/01/POP", "VN/GOV/0_1/POP", "VN/GOV/01/P%20P"])
def test_an_identifier_that_is_none_is_refused(scene: Scene, place: str) -> None:
    answer = scene.send("GET", f"/mediator/r1/{place}/listMethods")
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


def test_nobody_enters_without_a_token(scene: Scene) -> None:
    for path in ("/mediator/listClients", f"{AT}/listMethods", f"{AT}/pull/v1/{DEATH}"):
        assert scene.send("GET", path, authorization="").status_code == 401


def test_event_types_follow_from_the_contracts(scene: Scene) -> None:
    names = told(scene.send("GET", f"{AT}/api/v1/eventType"), {"type": "array"})
    assert {"civil-status.khai_tu", "civil-status.khai_tu.created", DEATH} <= set(names)
    one = told(scene.send("GET", f"{AT}/api/v1/eventType/{DEATH}"), {"type": "object"})
    Draft202012Validator.check_schema(one["schema"])
    assert scene.send("GET", f"{AT}/api/v1/eventType/nothing").status_code == 204
    new = {"eventType": "own", "schema": {}}
    assert scene.send("POST", f"{AT}/api/v1/eventType", new).status_code == 400
    again = {"eventType": DEATH, "schema": {}}
    assert scene.send("POST", f"{AT}/api/v1/eventType", again).status_code == 409
    assert scene.send("DELETE", f"{AT}/api/v1/eventType/{DEATH}").status_code == 403
    assert scene.send("DELETE", f"{AT}/api/v1/eventType/nothing").status_code == 404
    event = {"eventType": DEATH, "event": {}}
    assert scene.send("POST", f"{AT}/pub/v1/{DEATH}", event).status_code == 400
    assert scene.send("POST", f"{AT}/pub/v1/nothing", event).status_code == 404


def test_an_event_comes_until_it_is_acknowledged_and_then_the_next(scene: Scene) -> None:
    assert scene.send("GET", f"{AT}/pull/v1/{DEATH}").status_code == 409
    assert scene.send("POST", f"{AT}/api/v1/subs/{DEATH}", PULL).status_code == 200
    assert scene.send("POST", f"{AT}/api/v1/subs/{DEATH}", PULL).status_code == 409
    assert scene.send("GET", f"{AT}/pull/v1/{DEATH}").status_code == 404
    scene.journal.entries.clear()
    merged(scene, "001190000001", "001190000002")
    first = told(scene.send("GET", f"{AT}/pull/v1/{DEATH}"), EVENT)
    assert told(scene.send("GET", f"{AT}/pull/v1/{DEATH}"), EVENT) == first
    assert first["event"]["record"]["so_dinh_danh"] == "001190000001"
    assert [entry.subject for entry in scene.journal.entries] == ["001190000001"] * 2
    assert scene.send("DELETE", f"{AT}/pull/v1/{DEATH}/{id_of(999_999)}").status_code == 409
    assert scene.send("DELETE", f"{AT}/pull/v1/{DEATH}/nonsense").status_code == 409
    assert scene.send("DELETE", f"{AT}/pull/v1/{DEATH}/{first['id']}").status_code == 204
    second = told(scene.send("GET", f"{AT}/pull/v1/{DEATH}"), EVENT)
    assert (second["sequence"] > first["sequence"], second["id"] > first["id"]) == (True, True)
    assert scene.send("DELETE", f"{AT}/pull/v1/{DEATH}/{first['id']}").status_code == 404
    assert scene.send("DELETE", f"{AT}/pull/v1/{DEATH}/{second['id']}").status_code == 204
    assert scene.send("GET", f"{AT}/pull/v1/{DEATH}").status_code == 404
    again = told(scene.send("GET", f"{AT}/pub/v1/{DEATH}/{first['id']}"), EVENT)
    assert again["event"] == first["event"]
    assert scene.send("GET", f"{AT}/pub/v1/{DEATH}/{id_of(999_999)}").status_code == 404
    assert scene.send("DELETE", f"{AT}/pub/v1/{DEATH}/{first['id']}").status_code == 403


def test_an_event_shows_no_field_that_the_grant_does_not_cover(scene: Scene) -> None:
    scene.grants(grant(scene.registers["population"], fields=frozenset({"so_dinh_danh"})))
    assert scene.send("POST", f"{AT}/api/v1/subs/{DEATH}", PULL).status_code == 200
    merged(scene, "001190000001")
    event = told(scene.send("GET", f"{AT}/pull/v1/{DEATH}"), EVENT)["event"]
    assert event["record"] == {"so_dinh_danh": "001190000001"}
    scene.grants()
    assert scene.send("GET", f"{AT}/pull/v1/{DEATH}").status_code == 403


def test_without_a_grant_for_differences_nobody_subscribes(scene: Scene) -> None:
    scene.grants()
    assert scene.send("POST", f"{AT}/api/v1/subs/{DEATH}", PULL).status_code == 403
    assert [entry.decision for entry in scene.journal.entries] == ["refused"]


def test_a_subscription_is_shown_changed_and_cancelled(scene: Scene) -> None:
    at = f"{AT}/api/v1/subs"
    assert scene.send("GET", at).status_code == 404
    assert scene.send("POST", f"{at}/{DEATH}", PULL).status_code == 200
    (mine,) = told(scene.send("GET", at), {"type": "array", "items": SUBSCRIPTION})
    assert mine["subscriberId"]["memberCode"] == LAND.member
    assert mine["options"] == {"TTL": 3600, "FIFO": False}
    changed = {**PULL, "options": {"TTL": 60, "FIFO": True}}
    assert scene.send("PATCH", f"{at}/{DEATH}", changed).status_code == 201
    one = told(scene.send("GET", f"{at}/{DEATH}"), SUBSCRIPTION)
    assert one["options"] == {"TTL": 60, "FIFO": True}
    assert scene.send("DELETE", f"{at}/{DEATH}").status_code == 204
    for method in ("GET", "DELETE", "PATCH"):
        assert scene.send(method, f"{at}/{DEATH}", changed).status_code == 404


@pytest.mark.parametrize(
    "wishes",
    [
        {"eventType": DEATH},
        {"eventType": DEATH, "delivery": "PUSH"},
        {"eventType": "other", "delivery": "PULL"},
        {**PULL, "options": {"TTL": 0}},
        {**PULL, "options": {"TTL": True}},
        {**PULL, "options": {"FIFO": 1}},
        {**PULL, "options": {"more": 1}},
        {**PULL, "options": []},
        [],
    ],
)
def test_a_subscription_that_cannot_be_kept_is_refused(scene: Scene, wishes: object) -> None:
    assert scene.send("POST", f"{AT}/api/v1/subs/{DEATH}", wishes).status_code == 400
    assert scene.send("POST", f"{AT}/api/v1/subs/nothing", PULL).status_code == 400


@given(number=st.integers(min_value=0, max_value=(1 << 62) - 2))
def test_ids_grow_with_their_numbers_and_tell_them(number: int) -> None:
    assert number_of(str(id_of(number))) == number
    assert str(id_of(number)) < str(id_of(number + 1))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=60), method=st.sampled_from(["POST", "PATCH"]))
def test_no_body_makes_a_room_stumble(scene: Scene, body: bytes, method: str) -> None:
    answer = scene.raw(method, f"{AT}/api/v1/subs/{DEATH}", body)
    assert answer.status_code in {400, 404}


def test_another_room_is_not_here(scene: Scene) -> None:
    at = f"/mediator/r1/{LAND}"
    assert NODE != LAND
    assert scene.send("GET", f"{at}/api/v1/eventType").status_code == 404
    assert scene.send("GET", f"{at}/getOpenAPI?serviceCode=population").status_code == 400
