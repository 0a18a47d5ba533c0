"""A delivery is taken back: everything stands as before it."""

from __future__ import annotations

import psycopg
import pytest

from sogoc.errors import UndoRefused, UnknownThing
from sogoc.testing.land_office import Office, parcel

VERIFIED = {"outcome": "verified", "number": "001093000001", "probability": 1.0}
FOUND = {"outcome": "found", "number": "001093000002", "probability": 0.97}


def test_undo_restores_register_history_findings_and_answers_exactly(office: Office) -> None:
    office.deliver(
        [parcel("A1"), parcel("A2", number=8), parcel("A3", number=9)],
        errors=[(1, 0, ""), (2, 0, ""), (3, 1, "123")],
        answers=[{"_row": 1, **VERIFIED}, {"_row": 2, **VERIFIED}],
    )
    office.deliver([parcel("A1"), parcel("A2", number=8, hamlet="Nà Pá")], errors=[(2, 0, "")])
    before = office.dump()
    # new, changed, back again, missing; errors put right, made, and written differently
    done = office.deliver(
        [parcel("A1", hamlet="Nà Thắm"), parcel("A3", number=9), parcel("A4", number=10)],
        errors=[(1, 1, "12"), (2, 1, "1234"), (3, 0, "")],
        answers=[{"_row": 1, **FOUND}, {"_row": 3, **VERIFIED}],
    )
    counts = done.counts
    assert (counts.inserted, counts.changed, counts.returned, counts.missing) == (1, 1, 1, 1)
    office.rows(
        f"insert into node.score values ({done.number}, '2026', 'land', 'register', 'land', "
        "'', '', 3, 1, 0, 0.9, 'yellow') returning 1"
    )
    assert office.dump() != before
    office.undo(done.number)
    assert office.dump() == before
    assert office.rows(f"select state from node.delivery where id = {done.number}") == [("undone",)]


def test_deliveries_can_be_undone_one_after_the_other_down_to_nothing(office: Office) -> None:
    states, numbers = [office.dump()], []
    for hamlet in ("Nà Thắm", "Nà Pá", "Nà Thắm"):
        numbers.append(
            office.deliver([parcel("A1", hamlet=hamlet)], errors=[(1, 0, hamlet)]).number
        )
        states.append(office.dump())
    for number in reversed(numbers):
        assert office.dump() == states.pop()
        office.undo(number)
    assert office.dump() == states.pop()


def test_a_number_of_a_record_is_never_given_twice(office: Office) -> None:
    done = office.deliver([parcel("A1")])
    (first,) = office.rows("select id from current")
    office.undo(done.number)
    office.deliver([parcel("B1")])
    assert office.rows("select id from current") != [first]


def test_a_delivery_on_which_another_stands_stays(office: Office) -> None:
    first, second = office.deliver([parcel("A1")]), office.deliver([parcel("A2")])
    with pytest.raises(UndoRefused, match=f"{second.number} stands on it"):
        office.undo(first.number)
    office.undo(second.number)
    office.undo(first.number)


def test_a_delivery_is_undone_once(office: Office) -> None:
    done = office.deliver([parcel("A1")])
    office.undo(done.number)
    with pytest.raises(UndoRefused, match="none that was merged"):
        office.undo(done.number)
    with pytest.raises(UnknownThing):
        office.undo(done.number + 99)


WORK = {
    "a finding settled": """
        update node.finding set closed_by_officer = 'Cán bộ A', closed_at = now() returning 1""",
    "a finding in work": "update node.finding set state = 'in-work' returning 1",
    "a value corrected": """
        insert into node.correction (register, object, record, field, officer, at, delivery)
        select 'land', 'parcel', id, 'area', 'Cán bộ A', now(), _delivery from current
        returning 1""",
    "a pair judged": """
        insert into node.near_duplicate
        select _delivery, 'land', 'parcel', id, id, 0.9, '', 'same' from current returning 1""",
}


@pytest.mark.parametrize("work", WORK)
def test_what_officers_did_about_a_delivery_keeps_it(office: Office, work: str) -> None:
    done = office.deliver([parcel("A1")], errors=[(1, 0, "")])
    office.rows(WORK[work])
    with pytest.raises(UndoRefused, match="officers"):
        office.undo(done.number)


def test_a_judgement_survives_the_undo_of_a_later_delivery(
    office: Office, connection: psycopg.Connection
) -> None:
    office.deliver([parcel("A1")])
    connection.execute(
        "insert into node.judgement select 'land', 'parcel', id, 'owner', null, 'absent', "
        "'Cán bộ A', now() from register.land__parcel"
    )
    office.undo(office.deliver([parcel("A1", hamlet="Nà Pá")]).number)
    assert office.rows("select count(*) from node.judgement") == [(1,)]
