"""What others read of a register says the same as the contract, in a language they know."""

from __future__ import annotations

import json
from functools import cache

import jsonschema
import pytest
import sqlglot
from sqlglot import exp

from sogoc.contract.export import ddl, json_schema, table_schema
from sogoc.contract.load import load
from sogoc.contract.model import Register
from sogoc.shipped import shipped

IDS = sorted(path.name.split(".")[0] for path in shipped("registers").glob("*.odcs.yaml"))


@cache
def register(name: str) -> Register:
    return load(shipped("registers") / f"{name}.odcs.yaml")


@pytest.mark.parametrize("name", IDS)
def test_the_json_schema_is_one_by_the_standard(name: str) -> None:
    schema = json_schema(register(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize(
    ("change", "is_good"),
    [
        ({}, True),
        ({"ten": None}, False),
        ({"ma_xa": "1A"}, False),
        ({"vi_do": 91.0}, False),
        ({"loai_quan_ly": None}, True),
        ({"loai_quan_ly": "nobody"}, False),
        ({"unknown": 1}, False),
    ],
)
def test_the_json_schema_judges_a_record_as_the_contract_does(
    change: dict[str, object], *, is_good: bool
) -> None:
    record = {
        "loai_doi_tuong": "node",
        "ma_ban_do": "1",
        "vi_do": 21.0,
        "kinh_do": 105.8,
        "ten": "Trạm y tế thử",
        "ma_xa": "00001",
    }
    schema = json_schema(register("health-facilities"))["$defs"]["co_so"]
    valid = jsonschema.Draft202012Validator(schema).is_valid({**record, **change})
    assert valid is is_good


@pytest.mark.parametrize("name", IDS)
def test_the_tables_parse_as_postgresql(name: str) -> None:
    statements = [one for one in sqlglot.parse(ddl(register(name)), read="postgres") if one]
    assert not [one for one in statements if isinstance(one, exp.Command)]
    created = [one for one in statements if isinstance(one, exp.Create)]
    assert len(created) == len(register(name).objects)


def test_a_reference_within_the_register_becomes_a_foreign_key_after_all_tables() -> None:
    text = ddl(register("students"))
    assert 'references "students__truong" ("ma_truong")' in text
    assert text.index("foreign key") > text.rindex("create table")


def test_a_reference_into_another_register_is_told_and_not_enforced() -> None:
    text = ddl(register("health-insurance"))
    assert 'refers to population.nguoi ("so_dinh_danh")' in text
    assert "foreign key" not in text


def test_names_of_constraints_fit_into_postgresql_and_are_not_doubled() -> None:
    for name in IDS:
        text = ddl(register(name))
        named = [word.split('"')[1] for word in text.split("constraint ")[1:]]
        assert all(len(one) <= 63 for one in named)
        assert len(named) == len(set(named)), name


def test_a_table_schema_has_the_key_the_limits_and_the_references() -> None:
    schema = table_schema(register("students").object("hoc_sinh"))
    assert schema["primaryKey"] == ["ma_hoc_sinh"]
    assert {
        "fields": ["ma_truong"],
        "reference": {"resource": "truong", "fields": ["ma_truong"]},
    } in schema["foreignKeys"]
    grade = next(field for field in schema["fields"] if field["name"] == "khoi")
    assert grade["constraints"] == {"required": True, "minimum": 1, "maximum": 12}
    assert grade["title"] == "Khối"
