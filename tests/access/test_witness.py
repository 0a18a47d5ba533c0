"""A witness signs a log that only grew, and holds the proof against one that did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.access.conftest import NOON, asked
from tests.access.test_log import ALTERED, KEY, KNOWN, NEXT, ORIGIN, OTHER, public

from sogoc.access.audit import audit, witnessed
from sogoc.access.log import Log
from sogoc.access.witness.asked import (
    Submitted,
    read_submitted,
    witness_key,
    witnesses_of,
    written,
)
from sogoc.access.witness.postgres_witness import Outcome, Witness
from sogoc.access.witness.submitting import submit
from sogoc.errors import BadSeal, BrokenLog
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey, believed, cosign, read_note

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from sogoc.access.postgres_journal import PostgresJournal

BY = witness_key(NoteKey("hub.example/journal", OTHER.public))


@pytest.fixture
def log(connection: psycopg.Connection) -> Log:
    """The log of a fresh node."""
    return Log(connection, ORIGIN)


@pytest.fixture
def witness(connection: psycopg.Connection) -> Witness:
    """Another node's witness; its tables are its own."""
    return Witness(connection, BY.name, OTHER)


def grow(kept: PostgresJournal, log: Log, count: int) -> str:
    kept.append([asked(number) for number in range(count)])
    return log.sign_checkpoint(KEY, now=NOON)


def posted(witness: Witness) -> Callable[[str], tuple[int, str]]:
    """The address of the witness, as its status and text."""
    statuses = {Outcome.COSIGNED: 200, Outcome.ANOTHER_OLD_SIZE: 409, Outcome.ANOTHER_ROOT: 409}

    def post(body: str) -> tuple[int, str]:
        told = witness.add(read_submitted(body), [KNOWN], now=NOON)
        said = told.line if told.outcome is Outcome.COSIGNED else f"{told.size}\n"
        return statuses.get(told.outcome, 422), said

    return post


def rewrite(connection: psycopg.Connection) -> None:
    """What an operator does who owns the database: everything that could tell is made anew."""
    connection.execute("delete from node.journal_cosignature")
    connection.execute("delete from node.journal_tile")
    connection.execute("delete from node.journal_checkpoint")
    connection.execute(ALTERED["an entry changed"].encode())


def test_a_log_that_only_grew_is_cosigned_each_time(
    kept: PostgresJournal, log: Log, witness: Witness
) -> None:
    known = 0
    for count in (1, 300, 0, 900):
        grow(kept, log, count)
        known = submit(log, posted(witness), [BY], known=known, now=NOON)
        assert believed(read_note(log.checkpoint()), [KNOWN, BY]) == (KNOWN, BY)
    assert known == 1201


def test_a_log_that_forgot_what_the_witness_saw_is_told_and_goes_on(
    kept: PostgresJournal, log: Log, witness: Witness
) -> None:
    grow(kept, log, 5)
    submit(log, posted(witness), [BY], known=0, now=NOON)
    grow(kept, log, 5)
    assert submit(log, posted(witness), [BY], known=0, now=NOON) == 10


def test_a_witness_also_looks_at_a_log_that_submits_nothing(
    kept: PostgresJournal, log: Log, witness: Witness
) -> None:
    for count in (1, 300, 0, 700):
        grow(kept, log, count)
        assert witness.look(public(log), [KNOWN], now=NOON).outcome is Outcome.COSIGNED
    last = witness.last(ORIGIN)
    assert last is not None
    assert believed(read_note(last.note), [KNOWN, BY]) == (KNOWN, BY)
    assert witness.conflicts() == []


def test_whoever_rewrites_history_is_not_cosigned_and_both_notes_are_kept(
    kept: PostgresJournal, log: Log, witness: Witness, connection: psycopg.Connection
) -> None:
    before = grow(kept, log, 300)
    submit(log, posted(witness), [BY], known=0, now=NOON)
    rewrite(connection)
    after = grow(kept, log, 1)
    assert audit(public(log), [KNOWN]).checkpoint.size == 301  # alone it looks whole
    with pytest.raises(BadSeal, match="another history"):
        submit(log, posted(witness), [BY], known=300, now=NOON)
    assert witness.look(public(log), [KNOWN], now=NOON).outcome is Outcome.NOT_GROWN
    (conflict,) = witness.conflicts(ORIGIN)
    assert conflict.kept.startswith(before)
    assert conflict.told == after


def test_another_root_under_the_same_size_is_a_conflict(
    kept: PostgresJournal, log: Log, witness: Witness, connection: psycopg.Connection
) -> None:
    grow(kept, log, 300)
    submit(log, posted(witness), [BY], known=0, now=NOON)
    rewrite(connection)
    grow(kept, log, 0)
    with pytest.raises(BadSeal, match="another history"):
        submit(log, posted(witness), [BY], known=0, now=NOON)
    assert len(witness.conflicts(ORIGIN)) == 1


def test_a_log_that_went_back_is_a_conflict_once_it_stays_there(
    kept: PostgresJournal, log: Log, witness: Witness, connection: psycopg.Connection
) -> None:
    grow(kept, log, 10)
    grow(kept, log, 1)
    witness.look(public(log), [KNOWN], now=NOON)
    connection.execute("delete from node.journal_checkpoint where size = 11")
    witness.look(public(log), [KNOWN], now=NOON + timedelta(seconds=5))
    assert witness.conflicts() == []  # somebody on the way may have kept an older copy
    witness.look(public(log), [KNOWN], now=NOON + timedelta(seconds=90))
    assert len(witness.conflicts()) == 1


def test_the_outcomes_are_those_of_the_specification(
    kept: PostgresJournal, log: Log, witness: Witness
) -> None:
    note = grow(kept, log, 10)
    first = Submitted(old=0, path=(), note=note)

    def outcome(submitted: Submitted, key: NoteKey | None = KNOWN) -> Outcome:
        return witness.add(submitted, [key] if key else [], now=NOON).outcome

    assert outcome(first, None) is Outcome.UNKNOWN_LOG
    assert outcome(first, NoteKey(ORIGIN, OTHER.public)) is Outcome.NOT_SIGNED
    assert outcome(replace(first, note=note.replace("\n10\n", "\n11\n"))) is Outcome.NOT_SIGNED
    assert outcome(replace(first, old=11)) is Outcome.WRONG_SIZES
    assert outcome(replace(first, old=3)) is Outcome.ANOTHER_OLD_SIZE
    assert outcome(replace(first, path=(bytes(32),))) is Outcome.NOT_GROWN
    assert outcome(first) is Outcome.COSIGNED
    assert outcome(first) is Outcome.ANOTHER_OLD_SIZE
    assert outcome(replace(first, old=10)) is Outcome.COSIGNED
    later = grow(kept, log, 10)
    wrong = Submitted(old=10, path=tuple(log.growth(10, 20))[::-1], note=later)
    assert outcome(wrong) is Outcome.NOT_GROWN
    assert outcome(replace(wrong, path=tuple(log.growth(10, 20)))) is Outcome.COSIGNED


def test_a_request_reads_as_it_was_written(kept: PostgresJournal, log: Log) -> None:
    note = grow(kept, log, 10)
    told = Submitted(old=7, path=(bytes(32), bytes(range(32))), note=note)
    assert read_submitted(written(told)) == told


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 1",
        "old 01\n\nx\n",
        "old -1\n\nx\n",
        "old 1\nAAAA\n\nx\n",
        "old 1\n!!\n\nx\n",
        "size 1\n\nx\n",
        "old 1\n" + ("A" * 43 + "=\n") * 64 + "\nx\n",
    ],
)
def test_what_is_no_request_is_refused(body: str) -> None:
    with pytest.raises(BrokenLog):
        read_submitted(body)


def test_a_stranger_is_told_how_many_witnesses_signed(
    kept: PostgresJournal, log: Log, witness: Witness
) -> None:
    def fetch(path: str) -> bytes:
        return log.witnessed().encode() if path == "witnessed" else public(log)(path)

    grow(kept, log, 10)
    submit(log, posted(witness), [BY], known=0, now=NOON)
    grow(kept, log, 10)  # not yet cosigned: the one before is the one that counts
    note, signed = witnessed(fetch, [KNOWN], [BY], least=1)
    assert signed == (BY.name,)
    assert audit(fetch, [KNOWN], earlier=[note]).continued == 1
    with pytest.raises(BrokenLog, match="Only 1 witnesses"):
        witnessed(fetch, [KNOWN], [BY], least=2)
    stranger = NoteKey("x.example/witness", SigningKey.made().public, BY.kind)
    with pytest.raises(BrokenLog, match="Only 0 witnesses"):
        witnessed(fetch, [KNOWN], [stranger], least=1)


def test_a_log_whose_key_changes_goes_on_under_its_witness_and_a_witness_s_two_keys_count_once(
    kept: PostgresJournal, log: Log, witness: Witness
) -> None:
    later = [NoteKey(ORIGIN, NEXT.public), KNOWN]
    by = [BY, witness_key(NoteKey("hub.example/journal", NEXT.public))]
    grow(kept, log, 10)
    assert witness.look(public(log), later, now=NOON).outcome is Outcome.COSIGNED
    log.sign_checkpoint(NEXT, now=NOON)  # nothing was written since
    with pytest.raises(BadSeal):
        witness.look(public(log), [KNOWN], now=NOON)
    assert witness.look(public(log), later, now=NOON).outcome is Outcome.COSIGNED
    kept.append([asked()])
    log.sign_checkpoint(NEXT, now=NOON)
    assert witness.look(public(log), later, now=NOON).outcome is Outcome.COSIGNED
    assert witness.conflicts() == []
    note = log.checkpoint()
    for key in (OTHER, NEXT):
        note = str(cosign(read_note(note), BY.name, key, seconds=1))

    def fetch(path: str) -> bytes:
        return note.encode() if path == "witnessed" else public(log)(path)

    assert witnessed(fetch, later, by, least=1)[1] == (BY.name,)
    with pytest.raises(BrokenLog, match="Only 1 witnesses"):
        witnessed(fetch, later, by, least=2)


def test_a_cosignature_that_fails_is_not_kept(kept: PostgresJournal, log: Log) -> None:
    note = grow(kept, log, 10)
    forged = str(cosign(read_note(note), BY.name, KEY, seconds=1).signatures[-1])
    for said in (forged, "nonsense\n", ""):

        def post(_body: str, said: str = said) -> tuple[int, str]:
            return 200, said

        with pytest.raises(BadSeal):
            submit(log, post, [BY], known=0, now=NOON)
    assert log.checkpoint() == note


def test_who_witnesses_whom_follows_from_the_names_and_nobody_is_their_own() -> None:
    keys = [NoteKey(f"n{number}.example/journal", KEY.public) for number in range(20)]
    chosen = witnesses_of("n3.example/journal", keys)
    assert chosen == witnesses_of("n3.example/journal", keys[::-1])
    assert len(chosen) == 8
    assert "n3.example/journal" not in {key.name for key in chosen}


def test_of_days_that_passed_the_last_checkpoint_is_enough(
    kept: PostgresJournal, log: Log, witness: Witness, connection: psycopg.Connection
) -> None:
    for hours in (0, 1, 2, 60):
        grow(kept, log, 1)
        witness.look(public(log), [KNOWN], now=NOON + timedelta(hours=hours))
    found = connection.execute("select size from node.witnessed_checkpoint order by size")
    assert [size for (size,) in found.fetchall()] == [3, 4]
