"""GovStack's Data API, called from outside: its answers, its refusals, its clients' quirks."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.facade_scene import CASE, LAND, OFFICER, PURPOSE, Scene, grant

from sogoc.access.grant import Operation
from sogoc.access.journal import GroupCommit
from sogoc.testing.memory_journal import FailingJournal
from sogoc.testing.served import NO_TLS
from sogoc.trust.keys import SigningKey
from sogoc.trust.messages import content_digest
from sogoc.trust.tokens import signed_token

NUMBER = "001190000001"
PEOPLE = "/govstack/data/population/1.0"
CLINICS = SCHOOLS = "/govstack/data/students.truong/1.0"

RECORD = {"type": "object", "additionalProperties": {"type": "string"}}
CONTENT = {
    "type": "object",
    "required": ["content"],
    "properties": {
        "content": RECORD,
    },
}
LISTED = {
    "type": "object",
    "required": ["count", "results"],
    "properties": {
        "count": {"type": "integer"},
        "next": {"type": "string"},
        "previous": {"type": ["string", "null"]},
        "results": {"type": "array", "items": RECORD},
    },
}
EXISTS = {
    "type": "object",
    "required": ["answer"],
    "properties": {
        "answer": {
            "type": "object",
            "required": ["status", "message"],
            "properties": {"status": {"type": "boolean"}, "message": {"type": "string"}},
        }
    },
}
DATABASE = {
    "type": "object",
    "required": ["id", "version", "name", "schema", "fieldsUniques", "genericServices"],
    "properties": {
        "id": {"type": "integer"},
        "version": {"type": "string"},
        "schema": {
            "type": "object",
            "required": ["type", "properties", "incrementIndex", "required"],
            "properties": {
                "properties": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "required": ["type", "primaryKey", "readOnly", "id"],
                    },
                }
            },
        },
    },
}


def told(response: httpx2.Response, schema: dict[str, Any], *, status: int = 200) -> Any:  # noqa: ANN401 - any JSON
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    body = response.json()
    Draft202012Validator(schema).validate(body)
    return body


def query(**fields: str) -> dict[str, Any]:
    return {"query": {"content": fields}}


def clinic(scene: Scene, code: str) -> dict[str, str]:
    one = scene.registers["students"].object("truong")
    values = {one.identities[0][0]: code}
    scene.put("students", one.name, **values)
    return values


def test_a_person_is_read_by_the_number_and_journalled(scene: Scene) -> None:
    person = scene.person(NUMBER)
    read = told(scene.send("POST", f"{PEOPLE}/read", query(so_dinh_danh=NUMBER)), CONTENT)
    assert read["content"].items() >= person.items()
    (entry,) = scene.journal.entries
    assert (entry.subject, entry.member, entry.officer) == (NUMBER, str(LAND), OFFICER)
    assert (entry.purpose, entry.issue, entry.register) == (PURPOSE, CASE, "population")
    assert set(entry.fields) == set(read["content"])


def test_only_fields_of_the_grant_leave(scene: Scene) -> None:
    scene.person(NUMBER)
    scene.grants(grant(scene.registers["population"], fields=frozenset({"so_dinh_danh", "ho_ten"})))
    read = told(scene.send("POST", f"{PEOPLE}/read", query(so_dinh_danh=NUMBER)), CONTENT)
    assert set(read["content"]) == {"so_dinh_danh", "ho_ten"}


def test_whom_nobody_knows_is_no_record_and_the_question_is_journalled(scene: Scene) -> None:
    answer = scene.send("POST", f"{PEOPLE}/read", query(so_dinh_danh=NUMBER))
    assert (answer.status_code, answer.json()) == (404, {"detail": "no record found"})
    assert [entry.subject for entry in scene.journal.entries] == [NUMBER]


@pytest.mark.parametrize("body", [query(so_dinh_danh=NUMBER), {"so_dinh_danh": NUMBER}])
def test_exists_reads_both_forms_of_its_body(scene: Scene, body: dict[str, Any]) -> None:
    assert told(scene.send("POST", f"{PEOPLE}/exists", body), EXISTS)["answer"] == {
        "status": False,
        "message": "no record found",
    }
    scene.person(NUMBER)
    assert told(scene.send("POST", f"{PEOPLE}/exists", body), EXISTS)["answer"] == {
        "status": True,
        "message": "Object found from database",
    }


def test_nobody_is_sought_by_name_in_the_population(scene: Scene) -> None:
    scene.person(NUMBER)
    answer = scene.send("POST", f"{PEOPLE}/read", query(ho_ten="Nguyễn Thị Hòa"))
    assert answer.status_code == 400
    assert "so_dinh_danh" in answer.json()["detail"]
    assert not scene.journal.entries


def test_a_list_is_paged_and_says_where_the_next_page_is(scene: Scene) -> None:
    for number in range(5):
        clinic(scene, f"0100{number}")
    first = told(scene.send("GET", f"{CLINICS}?page=1&page_size=2"), LISTED)
    assert (first["count"], len(first["results"]), first["previous"]) == (5, 2, None)
    second = told(scene.send("GET", first["next"].removeprefix(scene.address)), LISTED)
    third = told(scene.send("GET", second["next"].removeprefix(scene.address)), LISTED)
    assert (len(third["results"]), third["next"]) == (1, "")
    assert third["previous"].endswith("page=2")


def test_without_a_page_count_is_the_number_of_results(scene: Scene) -> None:
    for number in range(3):
        clinic(scene, f"0100{number}")
    listed = told(scene.send("GET", CLINICS), LISTED)
    assert listed["count"] == len(listed["results"]) == 3
    key = scene.registers["students"].object("truong").identities[0][0]
    falling = told(scene.send("GET", f"{CLINICS}?ordering=descending"), LISTED)["results"]
    assert [each[key] for each in falling] == ["01002", "01001", "01000"]
    one = told(scene.send("GET", f"{CLINICS}?search=01001&filter={key}"), LISTED)
    assert one["results"] == [each for each in listed["results"] if each[key] == "01001"]
    same = told(scene.send("GET", f"{CLINICS}?query.{key}=01001"), LISTED)
    assert same["results"] == one["results"]


def test_an_unknown_registry_lists_nothing(scene: Scene) -> None:
    for path in ("nothing/1.0", "population/9.9", "civil-status/1.0"):
        assert told(scene.send("GET", f"/govstack/data/{path}"), LISTED)["count"] == 0


@pytest.mark.parametrize(
    "parameters",
    [
        "ordering=sideways",
        "page=0",
        "page=x",
        "page_size=100000",
        "search=a",
        "query.shoe=1",
        "page=1&page=2",
    ],
)
def test_a_list_asked_wrongly_is_refused(scene: Scene, parameters: str) -> None:
    assert scene.send("GET", f"{CLINICS}?{parameters}").status_code == 400


def test_a_personal_value_has_no_place_in_an_address(scene: Scene) -> None:
    scene.person(NUMBER)
    for path in (f"{PEOPLE}?query.so_dinh_danh=x", f"{PEOPLE}/x/readValue/ho_ten.json"):
        answer = scene.send("GET", path)
        assert answer.status_code == 400
        assert "POST" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["readValue", "read-value"])
def test_one_value_is_read_by_a_key_that_is_nobodys(scene: Scene, name: str) -> None:
    ((key, code),) = clinic(scene, "01007").items()
    answer = scene.send("GET", f"{CLINICS}/{code}/{name}/{key}.json")
    assert told(answer, {"type": "string"}) == "01007"
    assert scene.journal.entries[0].fields == (key,)
    assert scene.send("GET", f"{CLINICS}/09999/{name}/{key}.json").status_code == 404
    assert scene.send("GET", f"{CLINICS}/{code}/{name}/{key}.xml").status_code == 400
    assert scene.send("GET", f"{CLINICS}/{code}/{name}/nothing.json").status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{PEOPLE}/create"),
        ("PUT", f"{PEOPLE}/update"),
        ("PUT", f"{PEOPLE}/updateEntries"),
        ("PUT", f"{PEOPLE}/update-entries"),
        ("POST", f"{PEOPLE}/updateOrCreate"),
        ("POST", f"{PEOPLE}/update-or-create"),
        ("DELETE", f"{PEOPLE}/delete"),
        ("DELETE", f"{SCHOOLS}/x/delete"),
        ("DELETE", "/govstack/database/1"),
        ("POST", "/govstack/database/modify"),
    ],
)
def test_a_write_is_refused_and_whoever_tried_is_seen(scene: Scene, method: str, path: str) -> None:
    body = {"write": {"content": {"ho_ten": "X"}}, **query(so_dinh_danh=NUMBER)}
    answer = scene.send(method, path, body)
    assert answer.status_code == 403
    assert "source" in answer.json()["detail"]
    (entry,) = scene.journal.entries
    assert (entry.decision, entry.operation) == ("refused", "write")


def test_without_its_body_a_call_is_refused_and_the_line_stays_usable(scene: Scene) -> None:
    scene.person(NUMBER)
    headers = {"authorization": f"Bearer {scene.token()}"}
    with httpx2.Client(
        trust_env=False, verify=NO_TLS, base_url=scene.address, headers=headers
    ) as http:
        assert http.post(f"{PEOPLE}/read").status_code == 400
        whole = http.post(f"{PEOPLE}/read", json=query(so_dinh_danh=NUMBER))
    assert whole.status_code == 200


def test_databases_are_described_in_the_spelling_that_the_client_knows(scene: Scene) -> None:
    listed = told(scene.send("GET", "/govstack/databases"), {"type": "object"})
    assert {"id", "name", "code", "databases", "groupId", "order", "dataIndexIncrement"} == set(
        listed
    )
    for each in listed["databases"]:
        Draft202012Validator(DATABASE).validate(each)
    one = told(scene.send("GET", f"/govstack/database/{listed['databases'][0]['id']}"), DATABASE)
    assert one == listed["databases"][0]
    scene.settings(older=frozenset({str(LAND)}))
    former = told(scene.send("GET", "/govstack/databases"), {"type": "object"})
    assert {"group_id", "data_index_increment"} <= set(former)
    assert "groupId" not in former
    assert former["databases"][0]["schema"] == one["schema"]
    assert scene.send("GET", "/govstack/database/0").status_code == 404


def test_without_a_grant_nothing_is_read_and_the_refusal_is_journalled(scene: Scene) -> None:
    scene.person(NUMBER)
    scene.grants()
    answer = scene.send("POST", f"{PEOPLE}/read", query(so_dinh_danh=NUMBER))
    assert answer.status_code == 403
    assert [entry.decision for entry in scene.journal.entries] == ["refused"]


def test_a_grant_to_read_serves_no_search_and_one_for_another_purpose_nothing(
    scene: Scene,
) -> None:
    register = scene.registers["health-insurance"]
    body = query(so_dinh_danh=NUMBER)
    path = "/govstack/data/health-insurance/1.0/read"
    scene.grants(grant(register, operations=frozenset({Operation.READ})))
    assert scene.send("POST", path, body).status_code == 403
    scene.grants(grant(register, purpose="9.999999"))
    assert scene.send("POST", path, body).status_code == 403
    scene.grants(grant(register))
    assert scene.send("POST", path, body).status_code == 404


def test_a_search_looks_into_no_field_that_the_grant_does_not_cover(scene: Scene) -> None:
    register = scene.registers["health-insurance"]
    scene.grants(grant(register, fields=frozenset({"so_dinh_danh", "ma_the"})))
    path = "/govstack/data/health-insurance/1.0/exists"
    answer = scene.send("POST", path, query(so_dinh_danh=NUMBER, dien_thoai="0900000000"))
    assert answer.status_code == 403


def test_a_journal_whose_disk_is_full_lets_no_answer_out(scene: Scene) -> None:
    scene.person(NUMBER)
    group = GroupCommit(FailingJournal())
    scene.state["answering"] = replace(scene.state["answering"], journal=group)
    answer = scene.send("POST", f"{PEOPLE}/read", query(so_dinh_danh=NUMBER))
    assert answer.status_code == 503
    assert "Hòa" not in answer.text
    group.close()


def test_a_mediator_is_believed_only_at_its_own_address(scene: Scene) -> None:
    scene.person(NUMBER)
    said = {
        "authorization": "",
        "Information-Mediator-Client": str(LAND),
        "X-Road-UserId": OFFICER,
        "X-Road-Issue": f"{PURPOSE}/{CASE}",
    }
    body = query(so_dinh_danh=NUMBER)
    assert scene.send("POST", f"{PEOPLE}/read", body, **said).status_code == 401
    scene.settings(mediators=(ip_network("127.0.0.1/32"),))
    assert scene.send("POST", f"{PEOPLE}/read", body, **said).status_code == 200
    assert scene.journal.entries[0].member == str(LAND)
    for name, value, status in (
        ("Information-Mediator-Client", "VN/GOV/99/NOBODY", 401),
        ("Information-Mediator-Client", "nobody", 400),
        ("X-GovStack-Client", "VN/GOV/01/POP", 400),
        ("X-Road-UserId", "", 400),
        ("X-Road-Issue", "", 400),
        ("X-Road-Id", "not-a-uuid", 400),
    ):
        refused = scene.send("POST", f"{PEOPLE}/read", body, **{**said, name: value})
        assert refused.status_code == status, name


def _with_another_signature(token: str) -> str:
    """One letter of the signature is another, amid it: the last ones may stand for nothing."""
    at = token.rindex(".") + 20
    return token[:at] + ("B" if token[at] == "A" else "A") + token[at + 1 :]


def test_a_token_that_is_not_sound_opens_nothing(scene: Scene) -> None:
    scene.person(NUMBER)
    now = int(scene.state["answering"].clock.now().timestamp())
    sound = {"iss": str(LAND), "aud": scene.address, "sub": OFFICER, "iat": now, "exp": now + 60}
    other = signed_token(sound, key=SigningKey(bytes(32)), key_id="land-1")
    unsigned = ".".join([*scene.token().split(".")[:2], ""])
    tokens = (
        "x",
        other,
        unsigned,
        scene.token(iss="VN/GOV/01/POP"),
        scene.token(iss="VN/GOV/99/NOBODY"),
        scene.token(aud="https://other.example"),
        scene.token(iat=now - 4000, exp=now - 3900),
        scene.token(iat=now, exp=now + 4000),
        scene.token(exp="soon"),
        _with_another_signature(scene.token()),
    )
    for token in tokens:
        answer = scene.send(
            "POST",
            f"{PEOPLE}/read",
            query(so_dinh_danh=NUMBER),
            authorization=f"Bearer {token}",
        )
        assert answer.status_code == 401, token
        assert answer.headers["www-authenticate"] == "Bearer"
    for token in (scene.token(sub=""), scene.token(issue="")):
        answer = scene.send(
            "POST", f"{PEOPLE}/read", query(so_dinh_danh=NUMBER), authorization=f"Bearer {token}"
        )
        assert answer.status_code == 400
    assert not scene.journal.entries


def test_a_token_with_an_id_is_used_once_and_goes_with_the_call_that_it_names(
    scene: Scene,
) -> None:
    scene.person(NUMBER)
    body, path = json.dumps(query(so_dinh_danh=NUMBER)).encode(), f"{PEOPLE}/read"

    def status(**claims: object) -> int:
        token = f"Bearer {scene.token(**claims)}"
        return scene.raw("POST", path, body, authorization=token).status_code

    # Another library than ours makes them without an id: such a one may come again.
    assert [status(), status()] == [200, 200]
    assert [status(jti="T-1"), status(jti="T-1")] == [200, 401]
    scene.next_worker()
    assert [status(jti="T-1"), status(jti="T-2")] == [401, 200]
    named = {"htm": "POST", "htu": scene.address + path, "content_digest": content_digest(body)}
    assert status(**named) == 200
    for other in ({"htm": "GET"}, {"htu": scene.address + "/x"}, {"content_digest": "sha-256=:"}):
        assert status(**named | other) == 401
    scene.settings(single_use_required=True)
    assert [status(), status(jti=""), status(jti=3), status(jti="T-3")] == [401, 401, 401, 200]
    assert len(scene.journal.entries) == 6


def test_a_header_that_names_another_caller_than_the_token_is_refused(scene: Scene) -> None:
    answer = scene.send(
        "POST",
        f"{PEOPLE}/read",
        query(so_dinh_danh=NUMBER),
        **{"Information-Mediator-Client": "VN/GOV/01/POP"},
    )
    assert answer.status_code == 401


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.fixed_dictionaries({"query": st.fixed_dictionaries({"content": JSON})}) | JSON,
    place=st.sampled_from(["read", "exists"]),
    registry=st.sampled_from(["population/1.0", "students.truong/1.0", "x/1"]),
)
def test_no_body_makes_it_stumble(scene: Scene, body: object, place: str, registry: str) -> None:
    answer = scene.send("POST", f"/govstack/data/{registry}/{place}", body)
    assert answer.status_code in {200, 400, 403, 404}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80
    )
)
def test_no_header_lets_a_stranger_in(scene: Scene, text: str) -> None:
    for name in ("authorization", "information-mediator-client", "x-road-client"):
        value = f"Bearer {text}" if name == "authorization" else text
        answer = scene.send("GET", "/govstack/databases", **{"authorization": "", name: value})
        assert answer.status_code in {400, 401}
