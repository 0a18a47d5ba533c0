"""Findings are opened by one delivery and closed by a later one, or settled by an officer."""

from __future__ import annotations

from datetime import date, timedelta

from sogoc.records.finding_store import FindingCounts
from sogoc.testing.land_office import START, Office, parcel

OPEN = "select rule, opened_at, due, came_as from node.finding where closed_at is null order by id"


def test_a_broken_rule_opens_a_finding_with_its_due_day(office: Office) -> None:
    done = office.deliver([parcel("A1", hamlet="Nà Pá")], errors=[(1, 0, "")])
    assert done.findings == FindingCounts(opened=1)
    found = office.rows(
        'select record, rule, field, locality, hamlet, "group", severity, criterion, state, due, '
        "opened_by from node.finding"
    )
    (record,) = office.rows("select id from current")
    assert found == [
        (
            record[0],
            "parcel.area.missing",
            "area",
            "10105",
            "Nà Pá",
            4,
            "error",
            "sach",
            "open",
            date(2026, 3, 31),
            done.number,
        )
    ]


def test_what_is_still_broken_keeps_its_first_day(office: Office) -> None:
    office.deliver([parcel("A1")], errors=[(1, 0, "")])
    again = office.deliver([parcel("A1", hamlet="Nà Pá")], errors=[(1, 0, "")])
    assert again.findings == FindingCounts()
    assert office.rows(OPEN) == [("parcel.area.missing", START, date(2026, 3, 31), "")]


def test_another_wrong_text_opens_it_anew_with_its_first_day(office: Office) -> None:
    office.deliver([parcel("A1")], errors=[(1, 0, "một sào")])
    again = office.deliver([parcel("A1")], errors=[(1, 0, "hai sào")])
    assert again.findings == FindingCounts(opened=1, closed=1)
    assert office.rows(OPEN) == [("parcel.area.missing", START, date(2026, 3, 31), "hai sào")]


def test_what_was_put_right_is_closed_by_the_delivery_that_shows_it(office: Office) -> None:
    office.deliver([parcel("A1")], errors=[(1, 0, ""), (1, 1, "12")])
    done = office.deliver([parcel("A1")], errors=[(1, 1, "12")])
    assert office.rows(
        "select rule, closed_by, closed_at, outcome, state from node.finding "
        "where closed_at is not null"
    ) == [
        (
            "parcel.area.missing",
            done.number,
            START + timedelta(days=1),
            "redelivered",
            "done",
        )
    ]


def test_findings_of_records_that_were_not_delivered_stay_open(office: Office) -> None:
    office.deliver([parcel("A1")], errors=[(1, 0, "")])
    office.deliver([parcel("B1", commune="10114")])
    assert len(office.rows(OPEN)) == 1


def test_what_an_officer_settled_for_the_register_stays_settled(office: Office) -> None:
    office.deliver([parcel("A1")], errors=[(1, 1, "12")])
    office.rows(
        "update node.finding set state = 'done', closed_at = now(), "
        "closed_by_officer = 'Cán bộ A', outcome = 'source-was-right' returning 1"
    )
    assert office.deliver([parcel("A1")], errors=[(1, 1, "12")]).findings.opened == 0
    assert office.deliver([parcel("A1")], errors=[(1, 1, "13")]).findings.opened == 1


def test_what_an_officer_called_wrong_opens_again_if_it_comes_again(office: Office) -> None:
    office.deliver([parcel("A1")], errors=[(1, 1, "12")])
    office.rows(
        "update node.finding set state = 'done', closed_at = now(), "
        "closed_by_officer = 'Cán bộ A', outcome = 'source-was-wrong' returning 1"
    )
    assert office.deliver([parcel("A1")], errors=[(1, 1, "12")]).findings.opened == 1
