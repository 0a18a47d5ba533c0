"""What registers answer: the fields asked for and no other; nobody is searched for by name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from sogoc.access.grant import Operation
from sogoc.contract.load import load
from sogoc.errors import BadQuestion, UnknownThing
from sogoc.exchange.answering import Asked, Found
from sogoc.exchange.looking.comparing import Bearer, Triple, compare, triple_from
from sogoc.exchange.looking.rows import identity
from sogoc.exchange.registers import RegisterShelf
from sogoc.exchange.shared.reading import SharedRegisterShelf
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

POPULATION = load(shipped("registers") / "population.odcs.yaml")
OBJECT = next(one for one in POPULATION.objects if one.persons)
PERSON = OBJECT.persons[0]


@pytest.fixture
def shelf(connection: psycopg.Connection) -> RegisterShelf:
    """A population of three made-up people, one of them dead and one gone from the register."""
    RecordStore(connection).prepare(POPULATION)
    put(connection, "001190000001", "Nguyễn Thị Hòa", "1990-05-02")
    put(connection, "001190000002", "Trần Văn Đức", "1950", died="2025-12-01")
    put(connection, "001190000003", "Lê Văn Tám", "1970-01-01", missing=1)
    return RegisterShelf(connection, OBJECT)


_COUNT = iter(range(1, 10_000))


def put(
    connection: psycopg.Connection,
    number: str,
    name: str,
    born: str,
    **more: Any,  # noqa: ANN401 - two kinds
) -> None:
    values = {
        PERSON.number: number,
        PERSON.name: name,
        PERSON.born: born,
        "id": next(_COUNT),
        "key": more.get("key", number),
        "_delivery": 1,
        "_digest": "00000000-0000-0000-0000-000000000000",
        "_true_from": "2026-01-01",
        "_believed_from": "2026-01-01T00:00:00Z",
        "_missing_since": more.get("missing"),
    }
    if more.get("died"):
        values[PERSON.died] = more["died"]
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            Tables(POPULATION.id, OBJECT).current,
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        ),
        list(values.values()),
    )


def asked(operation: Operation, *keys: str, fields: tuple[str, ...] = (PERSON.name,)) -> Asked:
    return Asked(register=POPULATION, operation=operation, fields=frozenset(fields), keys=keys)


def verify(*people: Mapping[str, str], fields: tuple[str, ...] = (PERSON.name,)) -> Asked:
    return replace(asked(Operation.VERIFY, fields=fields), people=people)


def triple(number: str, name: str, born: str) -> Mapping[str, str]:
    return {"number": number, "name": name, "born": born}


def told(found: Found) -> Any:  # noqa: ANN401 - JSON
    return json.loads(found.body)


def test_a_record_is_read_by_its_key_with_the_fields_asked_for_alone(shelf: RegisterShelf) -> None:
    found = shelf.look_up(asked(Operation.READ, "001190000001"))
    assert told(found) == {
        "records": [{"key": "001190000001", "fields": {PERSON.name: "Nguyễn Thị Hòa"}}]
    }
    assert found.subjects == ("001190000001",)


def test_several_keys_give_what_is_there(shelf: RegisterShelf) -> None:
    found = shelf.look_up(asked(Operation.READ, "001190000001", "001190000002", "001190000009"))
    assert len(told(found)["records"]) == 2
    assert found.subjects == ("001190000001", "001190000002")


@pytest.mark.parametrize("key", ["001190000009", "001190000003", "' or '1'='1", ""])
def test_what_is_not_there_or_went_missing_is_not_answered(shelf: RegisterShelf, key: str) -> None:
    with pytest.raises(UnknownThing):
        shelf.look_up(asked(Operation.READ, key))


def test_a_triple_that_agrees_is_verified_and_gives_the_granted_fields(
    shelf: RegisterShelf,
) -> None:
    found = shelf.look_up(
        verify(
            triple("001190000001", "NGUYỄN THỊ HOÀ", "02/05/1990"),
            fields=(PERSON.born,),
        )
    )
    assert told(found)["results"] == [
        {"outcome": "verified", "fields": {PERSON.born: "1990-05-02"}}
    ]
    assert found.subjects == ("001190000001",)


def test_a_triple_that_differs_gives_no_field(shelf: RegisterShelf) -> None:
    answers = told(
        shelf.look_up(
            verify(
                triple("001190000001", "Nguyen Thi Hoa", "1990"),
                triple("001190000001", "Nguyễn Thị Hòa", "03/05/1990"),
                triple("001190000001", "Phạm Văn Út", "1961"),
                triple("001190000001", "Phạm Văn Út", "02/05/1990"),
                triple("001190000001", "Nguyễn Hòa", "02/05/1990"),
                triple("001190000002", "Trần Văn Đức", "1950"),
                triple("001190000009", "Trần Văn Đức", "1950"),
                triple("mất", "Trần Văn Đức", "1950"),
            )
        )
    )["results"]
    assert [(each["outcome"], each.get("differs")) for each in answers] == [
        ("differs", ["name.marks"]),
        ("differs", ["born"]),
        ("mismatch", None),
        ("needs_a_person", None),
        ("differs", ["name"]),
        ("deceased", None),
        ("not_found", None),
        ("unreadable", None),
    ]
    assert ["fields" in each for each in answers].count(True) == 1


def test_a_number_that_two_people_bear_is_ambiguous() -> None:
    two = [Bearer(name="A B", born="1990"), Bearer(name="A C", born="1991")]
    known = Triple(number="001190000001", name="A B", born="1990")
    assert compare(known, two).outcome == "ambiguous"
    assert compare(known, [Bearer(name="A B", born="")]).differs == ("born",)


@pytest.mark.parametrize("missing", ["number", "name", "born"])
def test_nobody_is_searched_for_with_less_than_three(missing: str) -> None:
    whole = {"number": "001190000001", "name": "Nguyễn Thị Hòa", "born": "1990"}
    assert triple_from(whole)
    assert triple_from({**whole, missing: ""}) is None


def test_an_object_without_a_key_is_not_asked_one_by_one() -> None:
    assert identity(OBJECT) == (PERSON.number,)
    with pytest.raises(UnknownThing):
        identity(replace(OBJECT, identities=()))


def test_several_fields_may_name_a_record(shelf: RegisterShelf) -> None:
    both = RegisterShelf(
        shelf.connection, replace(OBJECT, identities=((PERSON.number, PERSON.born),))
    )
    key = json.dumps({PERSON.number: "001190000001", PERSON.born: "1990-05-02"})
    assert told(both.look_up(asked(Operation.READ, key)))["records"][0]["key"] == json.loads(key)
    for wrong in ("001190000001", "[]", json.dumps({PERSON.number: "001190000001"})):
        with pytest.raises(BadQuestion):
            both.look_up(asked(Operation.READ, wrong))


def test_a_register_without_persons_verifies_nobody(shelf: RegisterShelf) -> None:
    with pytest.raises(UnknownThing):
        RegisterShelf(shelf.connection, replace(OBJECT, persons=())).look_up(
            verify(triple("001190000001", "A B", "1990"))
        )


def test_questions_looked_up_together_are_answered_as_each_would_be_alone(
    shelf: RegisterShelf,
) -> None:
    several = [
        verify(triple("001190000001", "Nguyễn Thị Hòa", "1990-05-02")),
        verify(triple("001190000001", "Nguyen Thi Hoa", "1990-05-02")),
        asked(Operation.READ, "001190000002"),
        verify(
            triple("001190000002", "Trần Văn Đức", "1950"),
            triple("001190000009", "Trần Văn Đức", "1950"),
            fields=(PERSON.born, PERSON.name),
        ),
        asked(Operation.READ, "001190000003"),
        verify(triple("001190000003", "Lê Văn Tám", "1970-01-01")),
    ]
    together = SharedRegisterShelf(lambda: shelf.connection, OBJECT).look_up_all(several)
    for question, outcome in zip(several, together, strict=True):
        if isinstance(outcome, Found):
            assert outcome == shelf.look_up(question)
        else:
            with pytest.raises(type(outcome)):
                shelf.look_up(question)
    assert [isinstance(each, Found) for each in together] == [True] * 4 + [False, True]


def test_a_number_that_many_bear_hides_nobody_else(
    shelf: RegisterShelf, connection: psycopg.Connection
) -> None:
    for number in range(9):
        put(
            connection, "001190000004", f"Nguyễn Văn {'ABCDEGHIK'[number]}", "1990", key=str(number)
        )
    people = [triple("001190000004", "Nguyễn Văn A", "1990")]
    people += [triple("001190000001", "Nguyễn Thị Hòa", "1990-05-02")]
    answers = told(shelf.look_up(verify(*people)))["results"]
    assert [each["outcome"] for each in answers] == ["ambiguous", "verified"]
