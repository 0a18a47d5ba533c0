"""Answers about persons stay until another answer ends them."""

from __future__ import annotations

from sogoc.testing.land_office import Office, parcel

STAND = "select record, outcome, number, delivery from node.verification where believed_to is null"
VERIFIED = {"outcome": "verified", "number": "001093000001", "probability": 1.0}


def test_the_same_answer_stays_since_when_it_was_first_believed(office: Office) -> None:
    first = office.deliver([parcel("A1")], answers=[{"_row": 1, **VERIFIED}])
    nearly = {**VERIFIED, "probability": 0.9999}
    office.deliver([parcel("A1")], answers=[{"_row": 1, **nearly}])
    (record,) = office.rows("select id from current")
    assert office.rows(STAND) == [(record[0], "verified", "001093000001", first.number)]
    assert office.rows("select count(*) from node.verification") == [(1,)]


def test_another_answer_ends_the_one_before(office: Office) -> None:
    office.deliver([parcel("A1")], answers=[{"_row": 1, **VERIFIED}])
    second = office.deliver([parcel("A1")], answers=[{"_row": 1, "outcome": "not_found"}])
    assert [row[1:] for row in office.rows(STAND)] == [("not_found", None, second.number)]
    assert office.rows(
        "select outcome, ended_by from node.verification where believed_to is not null"
    ) == [("verified", second.number)]


def test_a_person_no_longer_named_has_no_answer_any_more(office: Office) -> None:
    office.deliver([parcel("A1")], answers=[{"_row": 1, **VERIFIED}])
    office.deliver([parcel("A1")], answers=[])
    assert office.rows(STAND) == []


def test_a_delivery_that_was_not_linked_leaves_the_answers(office: Office) -> None:
    office.deliver([parcel("A1")], answers=[{"_row": 1, **VERIFIED}])
    office.deliver([parcel("A1", hamlet="Nà Pá")])
    assert len(office.rows(STAND)) == 1
