"""Judgements: kept with who and when, superseded but never overwritten, withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from sogoc.database.decisions.judgements import ABSENT, OTHER, SAME, Act, Judgements, Verdict
from sogoc.database.deliveries import Arrival, Deliveries

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ONE, TWO = "001085000001", "001085000002"


@pytest.fixture
def act(connection: psycopg.Connection) -> Act:
    arrival = Arrival(
        register="land",
        contract_version="1.0.0",
        file_name="judgement.json",
        sha256="0" * 64,
        bytes=1,
        kept_path="var/judgement.json",
        received_at=AT,
        received_by="can-bo",
        as_of=AT.date(),
    )
    return Act(officer="can-bo", at=AT, delivery=Deliveries(connection).keep(arrival))


def verdict(decision: str, number: str | None = None) -> Verdict:
    return Verdict(object="quyen", record=7, person="chu", decision=decision, number=number)


def standing(judgements: Judgements) -> list[tuple[str, str | None]]:
    found = judgements.standing("land", "quyen")
    return [(decision, number) for _, _, number, decision in found]


def test_a_record_means_one_person_or_nobody(connection: psycopg.Connection, act: Act) -> None:
    judgements = Judgements(connection)
    judgements.keep("land", verdict(SAME, ONE), act)
    judgements.keep("land", verdict(SAME, TWO), act)
    assert standing(judgements) == [(SAME, TWO)]
    judgements.keep("land", verdict(ABSENT), act)
    assert standing(judgements) == [(ABSENT, None)]


def test_ruling_one_person_out_leaves_the_others(connection: psycopg.Connection, act: Act) -> None:
    judgements = Judgements(connection)
    judgements.keep("land", verdict(OTHER, ONE), act)
    judgements.keep("land", verdict(SAME, TWO), act)
    assert standing(judgements) == [(OTHER, ONE), (SAME, TWO)]


def test_a_person_ruled_out_may_be_confirmed_later(
    connection: psycopg.Connection, act: Act
) -> None:
    judgements = Judgements(connection)
    judgements.keep("land", verdict(OTHER, ONE), act)
    judgements.keep("land", verdict(SAME, ONE), act)
    assert standing(judgements) == [(SAME, ONE)]


def test_what_was_decided_before_can_still_be_read(
    connection: psycopg.Connection, act: Act
) -> None:
    judgements = Judgements(connection)
    judgements.keep("land", verdict(SAME, ONE), act)
    judgements.keep("land", verdict(SAME, TWO), act)
    stands, gone = judgements.of_record("land", "quyen", 7)
    assert (stands.number, gone.number, gone.withdrawn_why) == (TWO, ONE, "superseded")
    assert (gone.officer, gone.decided_at) == ("can-bo", AT)


def test_a_withdrawn_judgement_counts_no_longer_and_is_withdrawn_once(
    connection: psycopg.Connection, act: Act
) -> None:
    judgements = Judgements(connection)
    number = judgements.keep("land", verdict(SAME, ONE), act)
    before = judgements.mark("land")
    assert judgements.withdraw(number, act, why="nhầm người")
    assert not judgements.withdraw(number, act)
    assert standing(judgements) == []
    assert judgements.mark("land") != before


@pytest.mark.parametrize(("decision", "number"), [("maybe", ONE), (SAME, None), (ABSENT, ONE)])
def test_what_is_no_decision_is_not_kept(
    connection: psycopg.Connection, act: Act, decision: str, number: str | None
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        Judgements(connection).keep("land", verdict(decision, number), act)
