"""Whatever is put into signatures, headers, bodies and addresses: refused, and the node goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.security.conftest import QUESTION, VERIFY, Attacked

from sogoc.contract.load import load
from sogoc.exchange.services import openapi
from sogoc.shipped import shipped
from sogoc.trust.messages import INPUT, SIGNATURE

if TYPE_CHECKING:
    import httpx2

pytestmark = pytest.mark.acceptance

FUZZ = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
KNOWN = (
    "Client.BadRequest",
    "Server.ServerProxy.AccessDenied",
    "Server.ServerProxy.UnknownService",
)
"""What a wrong question may be told; never that something inside broke."""
POPULATION = load(shipped("registers") / "population.odcs.yaml")
SCHEMA = schemathesis.openapi.from_dict(openapi(POPULATION, "VN/GOV/01/POP"))
OPERATIONS: list[Any] = [
    found.ok()  # type: ignore[union-attr]  # an Err has none: then the description is broken
    for found in SCHEMA.get_all_operations()
]

visible = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def is_a_refusal(answer: httpx2.Response) -> bool:
    """Whether it is one of the known refusals, in the protocol's form."""
    told = answer.json()
    return answer.headers["x-road-error"] in KNOWN and set(told) == {"type", "message", "detail"}


@FUZZ
@given(value=visible, name=st.sampled_from([SIGNATURE, INPUT, "content-digest"]))
def test_no_signature_that_is_made_up_is_believed(node: Attacked, value: str, name: str) -> None:
    good = node.signed(node.request(json.dumps(QUESTION).encode()))
    answer = node.sent(replace(good, headers={**good.headers, name: value}))
    assert answer.status_code == 400
    assert "signature" not in answer.headers
    assert is_a_refusal(answer)


@FUZZ
@given(
    value=visible,
    name=st.sampled_from(["x-road-client", "x-road-id", "x-road-userid", "x-road-issue"]),
)
def test_no_header_under_a_good_signature_brings_the_node_down(
    node: Attacked, value: str, name: str
) -> None:
    request = node.request(json.dumps(QUESTION).encode())
    answer = node.sent(node.signed(replace(request, headers={**request.headers, name: value})))
    assert answer.status_code == 200 or is_a_refusal(answer)


@FUZZ
@given(body=st.binary(max_size=200) | anything.map(lambda told: json.dumps(told).encode()))
def test_no_body_under_a_good_signature_brings_the_node_down(node: Attacked, body: bytes) -> None:
    assert is_a_refusal(node.sent(node.signed(node.request(body))))


@FUZZ
@given(
    person=st.fixed_dictionaries({"number": st.text(), "name": st.text(), "born": st.text()}),
    operation=st.sampled_from(["verify", "read", "batch"]),
)
def test_no_text_in_a_question_brings_the_node_down(
    node: Attacked, person: dict[str, str], operation: str
) -> None:
    keys: dict[str, dict[str, Any]] = {
        "read": {"key": person["number"]},
        "batch": {"keys": [person["number"]]},
        "verify": {"people": [person]},
    }
    body = {**keys[operation], "fields": ["ho_ten"]}
    path = VERIFY.replace("/verify", f"/{operation}")
    answer = node.sent(node.signed(node.request(json.dumps(body).encode(), path=path)))
    assert answer.status_code == 200 or is_a_refusal(answer), answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"people":' * 50_000,
        b'{"key": ' + b"9" * 5_000 + b', "fields": []}',
        b'{"key": "\\ud800", "fields": ["ho_ten"]}',
        b'{"key": "\\u0000", "fields": ["ho_ten"]}',
        b'{"people": [{"number": "\\ud800", "name": "\\ud800", "born": "\\ud800"}], "fields": []}',
        b'{"fields": ["ho_ten"], "fields": ["ton_giao"], "key": "1"}',
        b"\xff\xfe{\x00}\x00",
    ],
    ids=["nested", "nested-objects", "digits", "half", "zero", "half-person", "twice", "utf-16"],
)
@pytest.mark.parametrize("operation", ["verify", "read"])
def test_json_made_to_hurt_is_refused_in_the_protocol_s_form(
    node: Attacked, body: bytes, operation: str
) -> None:
    path = VERIFY.replace("/verify", f"/{operation}")
    assert is_a_refusal(node.sent(node.signed(node.request(body, path=path))))
    assert node.is_well


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_operation_of_the_description_answers_as_it_describes(
    node: Attacked,
    operation: Any,  # noqa: ANN401 - schemathesis' own
) -> None:
    """schemathesis makes the questions; each goes once signed by a member and once unsigned."""

    @FUZZ
    @given(case=operation.as_strategy())
    def holds(case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        body = json.dumps(case.body).encode()
        request = node.request(body, path=f"/r1/VN/GOV/01/POP/population{case.path}")
        answer = node.sent(node.signed(request))
        assert str(answer.status_code) in operation.definition.raw["responses"]
        assert answer.status_code == 200 or is_a_refusal(answer)
        assert "signature" in answer.headers
        assert node.sent(request).status_code == 400

    holds()


@FUZZ
@given(path=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60))
@pytest.mark.parametrize("before", ["/", "/journal/", "/r1/", "/directory"])
def test_no_public_address_gives_more_than_it_should(
    node: Attacked, path: str, before: str
) -> None:
    said = node.raw(f"GET {before}{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    status = int(said.split(b" ", 2)[1])
    assert status < 500
    assert b"Traceback" not in said
    assert str(node.nodes["hub"].home).encode() not in said


def described(method: str, body: object = None, **query: object) -> dict[str, Any]:
    """One address as OpenAPI describes it: its parameters, its body."""
    parameters = [{"name": name, "in": "query", "schema": schema} for name, schema in query.items()]
    told: dict[str, Any] = {"parameters": parameters, "responses": {"200": {"description": "x"}}}
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return {method: told}


TEXT: Any = {"type": "string", "maxLength": 40}
ANY: Any = {"type": "object", "additionalProperties": {"type": ["string", "integer", "null"]}}
PLACE = "/r1/VN/GOV/01/POP"
PERIOD = {"periodStart": {"type": "string", "format": "date-time"}, "limit": {"type": "integer"}}
ADDRESSES = {
    f"{PLACE}/listMethods": described("get", x=TEXT),
    f"{PLACE}/allowedMethods": described("get"),
    f"{PLACE}/getOpenAPI": described("get", serviceCode=TEXT),
    f"{PLACE}/getOperationalData": described("get", recordsFrom={"type": "integer"}),
    f"{PLACE}/findUsage/v2/findUsage": described("get", userCode=TEXT, **PERIOD),
    f"{PLACE}/findUsage/v2/usagePeriod": described("get"),
    f"{PLACE}/myPersonalDataUsage/data/myPersonalDataUsage": described(
        "get", userId=TEXT, databaseId={"enum": ["population", "land"]}
    ),
    f"{PLACE}/usage/v1/find": described("post", ANY),
    f"{PLACE}/usage/v1/proof": described("post", ANY),
    f"{PLACE}/grants/v1/ask": described("post", ANY),
    f"{PLACE}/grants/v1/mine": described("post", ANY),
    "/xroad/population/v1/nguoi/verify": described("post", ANY),
    "/witness/add-checkpoint": described("post", {}),
    "/catalogue": described("get", x=TEXT),
    "/listClients": described("get", xRoadInstance=TEXT),
    "/govstack/data/population/1.0/read": described("post", ANY),
    "/mediator/r1/VN/GOV/01/POP/api/v1/subs": described("get", x=TEXT),
    "/spdci/population/registry/sync/search": described("post", ANY),
}
DESCRIBED = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": ADDRESSES}
REST: list[Any] = [
    found.ok()  # type: ignore[union-attr]  # as above
    for found in schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()
]


@pytest.mark.parametrize("operation", REST, ids=lambda one: one.path)
def test_no_other_address_breaks_whatever_it_is_asked_by_a_member(
    node: Attacked,
    operation: Any,  # noqa: ANN401 - schemathesis' own
) -> None:
    """Metaservices, the subject's view, grants, witnesses, the catalogue, façades."""

    @settings(FUZZ, max_examples=6)
    @given(case=operation.as_strategy())
    def holds(case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        query = urlencode({name: str(value) for name, value in (case.query or {}).items()})
        path = f"{case.path}?{query}" if query else case.path
        method = operation.method.upper()
        body = json.dumps(case.body).encode() if method == "POST" else b""
        answer = node.sent(node.signed(node.request(body, path=path, method=method)))
        assert answer.status_code < 500 or is_a_refusal(answer), answer.text
        assert "Traceback" not in answer.text

    holds()
