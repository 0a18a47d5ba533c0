"""Every question that a description promises, made up by schemathesis from the description alone.

Each goes to `/r1` signed and to `/xroad` as a Security Server passes it on, under a grant that
covers it: so what is described is looked up and answered, not only refused at the door.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from psycopg import conninfo
from tests.exchange_scene import ISSUE, OFFICE, OFFICER, REGISTERS, TAX, Scene, grant, scene

from sogoc.access.grant import SENSITIVE, Operation
from sogoc.access.policies import PolicyBook
from sogoc.database.store import Store
from sogoc.exchange.services import openapi

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
NAMES = ("land", "health-facilities")
DOCUMENTS: dict[str, dict[str, Any]] = {name: openapi(REGISTERS[name], OFFICE) for name in NAMES}
OPERATIONS = [
    pytest.param(name, found.ok(), id=f"{name} {found.ok().label}")  # type: ignore[union-attr]
    for name in NAMES
    for found in schemathesis.openapi.from_dict(DOCUMENTS[name]).get_all_operations()
]
RECORDS = {
    "/v1/thua_dat": ("T1", {"ma_xa": "00001", "so_to": "7", "so_thua": "12"}, "dia_chi"),
    "/v1/co_so": ({"loai_doi_tuong": "node", "ma_ban_do": "1"}, {"ma_xa": "00001"}, "ten"),
}
"""Key, search and a field of what the scene holds, by the object's path."""


@pytest.fixture(scope="module")
def office(database_server: Store) -> Iterator[Scene]:
    """The land office, under grants for all that is not sensitive."""
    address = conninfo.make_conninfo(database_server.address, dbname="postgres")
    with Store(address).connect() as connection:
        connection.execute("create database described template sogoc strategy file_copy")
    store = Store(conninfo.make_conninfo(address, dbname="described"))
    with scene(store, trusted="127.0.0.1") as told:
        answering = told.parts.answering()
        grants = [
            grant(
                name,
                name,
                {
                    field.name
                    for one in REGISTERS[name].objects
                    for field in one.fields
                    if field.classification != SENSITIVE
                },
                *(Operation.READ, Operation.SEARCH, Operation.DIFFERENCE, Operation.VERIFY),
            )
            for name in NAMES
        ]
        answering.grants.update({one.id: one for one in grants})
        object.__setattr__(answering, "policies", PolicyBook(grants))
        yield told


def both(office: Scene, name: str, path: str, body: object) -> list[httpx2.Response]:
    """One question over either way in."""
    told = {
        "x-road-client": TAX,
        "x-road-id": str(uuid4()),
        "x-road-userid": OFFICER,
        "x-road-issue": ISSUE,
    }
    content = json.dumps(body).encode()
    return [
        office.signed(f"/r1/{OFFICE}/{name}{path}", method="POST", body=content, more=told),
        office.sent(f"/xroad/{name}{path}", told, method="POST", body=content),
    ]


def is_as_described(name: str, path: str, answers: list[httpx2.Response]) -> bool:
    """Hold both answers to the description and to one another; whether it was answered."""
    between, behind = answers
    described = DOCUMENTS[name]["paths"][path]["post"]["responses"]
    assert str(between.status_code) in described
    assert (between.status_code == 200) is (behind.status_code == 200)
    assert behind.status_code in {200, 400, 404}
    if between.status_code != 200:
        assert set(between.json()) == set(behind.json()) == {"type", "message", "detail"}
        assert between.json()["type"] == behind.json()["type"]
        return False
    place = f"#/paths/{path.replace('/', '~1')}/post/responses/200/content/application~1json/schema"
    Draft202012Validator({**DOCUMENTS[name], "$ref": place}).validate(between.json())
    assert between.json() == behind.json()
    return True


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_what_is_described_is_answered_between_nodes_as_behind_a_security_server(
    office: Scene,
    name: str,
    operation: Any,  # noqa: ANN401 - schemathesis' own
) -> None:
    """Questions that keep to the description are answered, or name a record that is not there."""
    path = operation.path

    @FEW
    @given(case=operation.as_strategy())
    def holds(case: Any) -> None:  # noqa: ANN401 - schemathesis' own
        is_as_described(name, path, both(office, name, path, case.body))

    holds()
    where, word = path.rsplit("/", 1)
    if where in RECORDS:
        key, search, field = RECORDS[where]
        honest: dict[str, dict[str, Any]] = {
            "read": {"key": key},
            "batch": {"keys": [key]},
            "search": {"where": search},
            "difference": {"since": 0},
        }
        identity = list(key) if isinstance(key, dict) else ["ma_thua"]
        fields = [field, *identity] if word == "difference" else [field]
        answers = both(office, name, path, {**honest[word], "fields": fields})
        assert is_as_described(name, path, answers), answers[0].text
        assert answers[0].json()["changes" if word == "difference" else "records"]
