"""SPDCI/DCI from outside: search at once, every way to be rejected, and signatures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.dci_messages import (
    AT,
    NUMBER,
    by_number,
    envelope,
    error_of,
    found,
    predicate,
    searching,
)
from tests.facade_scene import LAND, LAND_KEY, NODE, NODE_KEY, PURPOSE, Scene, grant

from sogoc.clock import SystemClock
from sogoc.errors import MessageRefused
from sogoc.facades.dci.messages import Heading, Sender, check_signature, read_message, written

if TYPE_CHECKING:
    pass


def test_a_person_is_found_by_number_in_the_form_of_the_specification(scene: Scene) -> None:
    scene.person(NUMBER, "Nguyễn Thị Ánh Hòa")
    (answer,) = found(scene, by_number())
    assert (answer["status"], answer["pagination"]["total_count"]) == ("succ", 1)
    (record,) = answer["data"]["reg_records"]
    assert (record["identifier_type"], record["identifier"]) == ("UIN", NUMBER)
    assert record["name"] == {
        "sur_name": "Nguyễn",
        "second_name": "Thị Ánh",
        "given_name": "Hòa",
    }
    assert record["birthdate"] == "1990-05-02"
    assert [entry.subject for entry in scene.journal.entries] == [NUMBER]


def test_whom_nobody_knows_is_an_empty_success(scene: Scene) -> None:
    (answer,) = found(scene, by_number())
    assert (answer["status"], answer["data"]["reg_records"]) == ("succ", [])


@pytest.mark.parametrize(
    "criteria",
    [
        predicate(("UIN", "eq", NUMBER), ("birth_date", "ge", "1990"), ("DOB", "lte", "1991")),
        predicate(("UIN", "in", [NUMBER, "001190000009"])),
        {
            "query_type": "expression",
            "query": {
                "type": "ns:org:QueryType:expression",
                "value": {
                    "expression": {
                        "collection": "Person",
                        "query": {"$and": [{"UIN": NUMBER}, {"date_of_birth": {"$gte": "1990"}}]},
                    }
                },
            },
        },
        {
            "query_type": "predicate",
            "query": [
                {
                    "expression1": {
                        "attribute_name": "UIN",
                        "operator": "eq",
                        "attribute_value": NUMBER,
                    }
                },
                {
                    "expression1": {
                        "attribute_name": "ho_ten",
                        "operator": "eq",
                        "attribute_value": "X",
                    },
                    "condition": "or",
                    "expression2": {
                        "attribute_name": "ho_ten",
                        "operator": "eq",
                        "attribute_value": "Nguyễn Thị Hòa",
                    },
                },
            ],
        },
    ],
)
def test_each_kind_of_query_finds_the_same(scene: Scene, criteria: dict[str, Any]) -> None:
    scene.person(NUMBER)
    scene.person("001190000002")
    (answer,) = found(scene, criteria)
    assert [one["identifier"] for one in answer["data"]["reg_records"]] == [NUMBER]


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        (predicate(("name", "eq", "Nguyễn Thị Hòa")), "rjct.search_criteria.invalid"),
        (predicate(("shoe", "eq", "1")), "rjct.search_criteria.invalid"),
        (predicate(("UIN", "like", NUMBER)), "rjct.search_criteria.invalid"),
        (predicate(("UIN", "eq", {})), "rjct.search_criteria.invalid"),
        ({"query_type": "graphql", "query": "{ person }"}, "rjct.search_criteria.invalid"),
        ({"query_type": "idtype-value"}, "rjct.search_criteria.invalid"),
        (by_number(reg_event_type="Coronation"), "rjct.search_criteria.invalid"),
        (by_number(pagination={"page_size": 0}), "rjct.pagination.invalid"),
        (by_number(pagination={"page_size": 10, "page_number": 0}), "rjct.pagination.invalid"),
        (by_number(pagination="10"), "rjct.pagination.invalid"),
        (by_number(sort=[{"attribute_name": "shoe"}]), "rjct.sort.invalid"),
        (
            by_number(sort=[{"attribute_name": "UIN", "sort_order": "up"}]),
            "rjct.sort.invalid",
        ),
    ],
)
def test_a_mistake_is_rejected_by_its_own_code_and_the_others_are_answered(
    scene: Scene, criteria: dict[str, Any], code: str
) -> None:
    scene.person(NUMBER)
    wrong, right = found(scene, criteria, by_number())
    assert (wrong["status"], wrong["status_reason_code"]) == ("rjct", code)
    assert right["status"] == "succ"


def test_requests_of_one_message_have_ids_and_moments_of_their_own(scene: Scene) -> None:
    told = searching(by_number(), by_number(), by_number())
    first, second, third = told["message"]["search_request"]
    second["reference_id"] = first["reference_id"]
    third["timestamp"] = "yesterday"
    answer = scene.send("POST", f"{AT}/sync/search", told)
    codes = [one.get("status_reason_code") for one in answer.json()["message"]["search_response"]]
    assert codes == [None, "rjct.reference_id.duplicate", "rjct.timestamp.invalid"]


def test_too_many_records_are_asked_for_in_pages(scene: Scene) -> None:
    numbers = [f"00119000{number:04}" for number in range(103)]
    for number in numbers:
        scene.person(number)
    scene.grants(grant(scene.registers["population"], most_keys=1000))
    (answer,) = found(scene, predicate(("UIN", "in", numbers)))
    assert answer["status_reason_code"] == "rjct.search.too_many_records_found"
    pages = {"page_size": 50, "page_number": 3}
    sort = [{"attribute_name": "UIN", "sort_order": "desc"}]
    told = {**predicate(("UIN", "in", numbers)), "pagination": pages, "sort": sort}
    (page,) = found(scene, told)
    assert [one["identifier"] for one in page["data"]["reg_records"]] == numbers[2::-1]


def test_the_purpose_of_the_criteria_is_the_purpose_of_the_grant(scene: Scene) -> None:
    (answer,) = found(scene, by_number(authorize={"purpose": {"code": PURPOSE}}))
    assert answer["status"] == "succ"
    other = searching(by_number(authorize={"purpose": {"code": "9.999999"}}))
    answered = scene.send("POST", f"{AT}/sync/search", other)
    assert answered.status_code == 403
    assert answered.json()["errors"][0]["code"] == "err.request.forbidden"
    assert scene.journal.entries[-1].decision == "refused"


def test_who_is_not_believed_gets_401_with_errors(scene: Scene) -> None:
    for token in ("", "Bearer x", f"Bearer {scene.token(aud='https://other.example')}"):
        answer = scene.send(
            "POST", f"{AT}/sync/search", searching(by_number()), authorization=token
        )
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["code"] == "err.request.unauthorized"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"sender_id": "VN/GOV/01/POP"}, "err.sender_id.invalid"),
        ({"receiver_id": "VN/GOV/99/X"}, "err.receiver_id.invalid"),
        ({"version": "2.0.0"}, "err.version.not_supported"),
        ({"is_msg_encrypted": True}, "err.encryption.invalid"),
        ({"message_id": ""}, "err.request.bad"),
        ({"message_ts": "2026-03-02"}, "err.request.bad"),
        ({"message_ts": "2026-03-02T08:00:00"}, "err.request.bad"),
        ({"total_count": "1"}, "err.request.bad"),
    ],
)
def test_a_header_that_is_wrong_is_answered_with_err(
    scene: Scene, header: dict[str, Any], code: str
) -> None:
    answer = scene.send("POST", f"{AT}/sync/search", searching(by_number(), **header))
    assert (answer.status_code, error_of(answer)) == (400, code)


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        {"header": {}, "message": {}},
        {**envelope("search", {"search_request": {}})},
        {**envelope("search", {"search_request": []})},
        {**envelope("search", {"transaction_id": "x" * 100})},
        {**envelope("search", {"transaction_id": 1})},
        {**searching(by_number()), "signature": 1},
    ],
)
def test_a_message_that_is_none_is_answered_with_err(scene: Scene, told: object) -> None:
    for path in ("sync/search", "search"):
        answer = scene.send("POST", f"{AT}/{path}", told)
        assert (answer.status_code, error_of(answer)) == (400, "err.request.bad")


def test_a_rejected_header_says_so_in_the_header(scene: Scene) -> None:
    first = searching(by_number())
    assert scene.send("POST", f"{AT}/sync/search", first).status_code == 200
    again = scene.send("POST", f"{AT}/sync/search", first).json()
    assert again["header"]["status_reason_code"] == "rjct.message_id.duplicate"
    assert (again["header"]["status"], "message" in again) == ("rjct", False)
    seeking = searching(by_number())
    seeking["header"]["action"] = "seek"
    for changed, code in (
        (searching(by_number(), total_count=2), "rjct.total_count.invalid"),
        (seeking, "rjct.action.invalid"),
        (searching(*[by_number()] * 101), "rjct.total_count.limit_exceeded"),
    ):
        told = scene.send("POST", f"{AT}/sync/search", changed).json()
        assert told["header"]["status_reason_code"] == code


@pytest.mark.parametrize("path", ["sync/search", "search"])
def test_a_message_that_another_worker_took_is_a_duplicate(scene: Scene, path: str) -> None:
    taken, repeated = searching(by_number()), searching(by_number())
    assert scene.send("POST", f"{AT}/sync/search", repeated).status_code == 200
    journalled = len(scene.journal.entries)
    scene.next_worker()
    again = scene.send("POST", f"{AT}/{path}", repeated)
    assert "rjct.message_id.duplicate" in again.text
    assert len(scene.journal.entries) == journalled
    assert scene.send("POST", f"{AT}/sync/search", taken).json()["header"]["status"] == "succ"


def test_another_content_type_is_not_taken(scene: Scene) -> None:
    body = json.dumps(searching(by_number())).encode()
    answer = scene.raw("POST", f"{AT}/sync/search", body, **{"content-type": "text/plain"})
    assert error_of(answer) == "err.request.bad"


def test_a_signature_is_verified_or_the_message_is_refused(scene: Scene) -> None:
    sender = Sender(id=str(LAND), key=LAND_KEY, key_id="land-1")
    told = searching(by_number())
    now = SystemClock().now()

    def signed(by: Sender) -> dict[str, Any]:
        heading = Heading(action="search", receiver=str(NODE))
        return written(heading, told["message"], by, now=now)

    scene.settings(signatures_required=True)
    assert error_of(scene.send("POST", f"{AT}/sync/search", told)) == "err.signature.missing"
    scene.settings(signatures_required=False)
    assert scene.send("POST", f"{AT}/sync/search", signed(sender)).status_code == 200
    other = Sender(id=str(LAND), key=NODE_KEY, key_id="land-1")
    for wrong in (
        signed(other),
        {**searching(by_number()), "signature": signed(sender)["signature"]},
        {**searching(by_number()), "signature": "Signature: Base64(signing content)"},
    ):
        assert error_of(scene.send("POST", f"{AT}/sync/search", wrong)) == "err.signature.invalid"


def test_an_answer_bears_the_node_s_own_signature(scene: Scene) -> None:
    answer = scene.send("POST", f"{AT}/sync/search", searching(by_number())).content
    message = read_message(answer, "on-search")
    now = int(SystemClock().now().timestamp())
    keys = scene.parts.directory().at(SystemClock().now())
    check_signature(message, keys, now=now, tolerance_seconds=60)
    changed = answer.replace(b'"succ"', b'"rjct"')
    with pytest.raises(MessageRefused):
        check_signature(read_message(changed, "on-search"), keys, now=now, tolerance_seconds=60)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "value", "query", "$and", "UIN", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    criteria=st.fixed_dictionaries(
        {"query_type": st.sampled_from(["idtype-value", "expression", "predicate"])},
        optional={"query": ANYTHING, "sort": ANYTHING, "pagination": ANYTHING, "consent": ANYTHING},
    )
)
def test_no_criteria_make_it_stumble(scene: Scene, criteria: dict[str, Any]) -> None:
    (answer,) = found(scene, criteria)
    assert answer["status"] in {"succ", "rjct"}
