"""Each register describes itself, and what it describes is what its door takes."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from sogoc.contract.load import load
from sogoc.contract.model import Register
from sogoc.errors import SogocError
from sogoc.exchange.names import Address, Service, subsystem
from sogoc.exchange.questions.offers import paths
from sogoc.exchange.services import openapi, put
from sogoc.shipped import shipped

REGISTERS = [load(file) for file in sorted(shipped("registers").glob("*.odcs.yaml"))]
BY_ID = {one.id: one for one in REGISTERS}
PROVIDER = "VN/GOV/01/POP"


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.id)
def test_the_document_of_each_register_is_openapi_3_1(register: Register) -> None:
    document = json.loads(json.dumps(openapi(register, PROVIDER)))
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"
    assert all("{" not in path for path in document["paths"])


def test_the_population_register_offers_the_triple_and_nothing_else() -> None:
    assert list(openapi(BY_ID["population"], PROVIDER)["paths"]) == ["/v1/nguoi/verify"]


def test_what_every_question_must_say_stands_in_the_document() -> None:
    told = openapi(BY_ID["land"], PROVIDER)["components"]["parameters"]
    required = {name for name, each in told.items() if each["required"]}
    assert required == {"X-Road-Client", "X-Road-Id", "X-Road-UserId", "X-Road-Issue"}


LAND_KEY = {"where": {"ma_xa": "00001", "so_to": "7", "so_thua": "12"}}
BODIES: dict[str, list[dict[str, Any]]] = {
    "/v1/thua_dat/read": [{"key": "T1"}, {"key": ""}, {"key": 3}, {}, {"key": "T1", "more": 1}],
    "/v1/thua_dat/batch": [{"keys": ["T1", "T2"]}, {"keys": []}, {"keys": "T1"}],
    "/v1/thua_dat/search": [
        LAND_KEY,
        {**LAND_KEY, "limit": 1000, "offset": 10_000},
        {**LAND_KEY, "limit": 1001},
        {**LAND_KEY, "limit": 0},
        {**LAND_KEY, "offset": -1},
        {"where": {"ma_xa": "00001"}},
        {"where": {}},
        {"limit": 3},
    ],
    "/v1/thua_dat/difference": [
        {"since": 3, "fields": ["ma_thua"]},
        {"since": 0, "after": "1~2026-03-02T08:00:00~3", "fields": ["ma_thua"]},
        {"since": [], "fields": ["ma_thua"]},
        {"since": 0, "limit": 10_001, "fields": ["ma_thua"]},
    ],
    "/v1/quyen/verify": [
        {"people": [{"number": "1", "name": "A B", "born": "1990"}]},
        {"people": []},
        {"people": [{"number": "1", "name": "A B"}]},
        {"people": [{"number": "1", "name": "A B", "born": 1990}]},
    ],
}


@pytest.mark.parametrize("path", list(BODIES))
def test_what_the_document_allows_the_door_takes_and_nothing_else(path: str) -> None:
    told = openapi(BY_ID["land"], PROVIDER)["paths"][path]["post"]["requestBody"]
    schema = jsonschema.Draft202012Validator(told["content"]["application/json"]["schema"])
    field = "so_thua"
    for each in BODIES[path]:
        body = {"fields": [field], **each}
        assert schema.is_valid(body) == taken(path, body), body
    assert any(schema.is_valid({"fields": [field], **each}) for each in BODIES[path])


def taken(path: str, body: dict[str, Any]) -> bool:
    where = Address(Service(subsystem("VN/GOV/02/LAND"), "land"), path)
    try:
        put("POST", where, json.dumps(body).encode(), registers=BY_ID)
    except SogocError:
        return False
    return True


def test_every_path_of_a_document_is_one_that_the_door_knows() -> None:
    for register in REGISTERS:
        assert set(openapi(register, PROVIDER)["paths"]) == {path for path, _, _ in paths(register)}
