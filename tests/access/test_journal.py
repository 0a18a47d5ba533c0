"""The journal: durable before any answer, in order, without a gap; and when the disk fails."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, get_ident
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import NOON, asked

from sogoc.access.entry import (
    Entry,
    check_commitment,
    commitment_of,
    entry_from,
    payload_of,
)
from sogoc.access.journal import GroupCommit, Unit, shared
from sogoc.access.postgres_journal import (
    PostgresJournal,
    entry_with_proof,
    usages,
)
from sogoc.errors import BrokenLog, JournalClosed, StoreUnreachable
from sogoc.testing.memory_journal import FailingJournal, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from sogoc.access.journal import Journal
    from sogoc.database.store import Store


def test_entries_are_numbered_from_zero_without_a_gap(journal: Journal) -> None:
    assert journal.append([asked(0), asked(1)]) == range(2)
    assert journal.append([asked(2)]) == range(2, 3)
    assert not journal.append([])


def test_two_writers_never_give_one_number_twice(database: Store) -> None:
    journals = [PostgresJournal(database) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        given_out = list(
            threads.map(
                lambda journal: [journal.append([asked(), asked()]) for _ in range(10)], journals
            )
        )
    numbers = sorted(number for one in given_out for each in one for number in each)
    assert numbers == list(range(80))
    for journal in journals:
        journal.close()


def test_questions_that_come_together_are_kept_together() -> None:
    memory = MemoryJournal()
    with shared(memory) as group, ThreadPoolExecutor(16) as threads:
        numbers = list(threads.map(lambda number: group.append([asked(number)])[0], range(200)))
    assert sorted(numbers) == list(range(200))
    kept = {entry.request_id: place for place, entry in enumerate(memory.entries)}
    assert [kept[f"request-{number}"] for number in range(200)] == numbers


def test_a_disk_that_fails_is_told_to_everybody_who_waits() -> None:
    """Whoever writes tells those whose entries it had; the next writes on by itself."""
    gate = _Gate(FailingJournal())
    group = GroupCommit(gate)
    with ThreadPoolExecutor(4) as threads:
        told = [_handed_in(threads, group, number) for number in range(4)]
        gate.open.set()
        for one in told:
            with pytest.raises(StoreUnreachable):
                one.result()
    assert [len(each) for each in gate.commits] == [1, 3]
    group.close()


def test_while_one_writes_those_who_come_wait_and_go_together_in_their_order() -> None:
    memory = MemoryJournal()
    gate = _Gate(memory)
    group = GroupCommit(gate)
    with ThreadPoolExecutor(5) as threads:
        told = [_handed_in(threads, group, number) for number in range(5)]
        gate.open.set()
        assert [one.result() for one in told] == [[range(at, at + 1)] for at in range(5)]
    assert [len(each) for each in gate.commits] == [1, 4]
    assert memory.entries == [asked(number) for number in range(5)]
    group.close()


def test_who_writes_writes_one_commit_and_lets_the_next_write() -> None:
    """Else a question would wait for as long as others come behind it."""
    gate = _Gate(MemoryJournal())
    group = GroupCommit(gate, group=2)
    with ThreadPoolExecutor(7) as threads:
        told = [_handed_in(threads, group, number) for number in range(7)]
        gate.open.set()
        assert [one.result()[0] for one in told] == [range(at, at + 1) for at in range(7)]
    assert [len(each) for each in gate.commits] == [1, 2, 2, 2]
    assert len(set(gate.writers)) == 4
    group.close()


def test_whoever_is_alone_writes_in_its_own_thread() -> None:
    gate = _Gate(MemoryJournal())
    gate.open.set()
    with shared(gate) as group:
        group.append([asked()])
    assert gate.writers == [get_ident()]


def test_a_writer_that_is_broken_off_tells_the_others_and_lets_them_write() -> None:
    gate = _Gate(MemoryJournal(), breaks=KeyboardInterrupt())
    group = GroupCommit(gate)
    with ThreadPoolExecutor(3) as threads:
        told = [_handed_in(threads, group, number) for number in range(3)]
        gate.open.set()
        with pytest.raises(KeyboardInterrupt):
            told[0].result()
        assert [one.result() for one in told[1:]] == [[range(1)], [range(1, 2)]]
    group.close()


class _Gate:
    """A journal that writes once it is let; what came by which commit and thread is kept."""

    def __init__(self, journal: Journal, breaks: BaseException | None = None) -> None:
        self._journal, self._breaks = journal, breaks
        self.open = Event()
        self.commits: list[list[Unit]] = []
        self.writers: list[int] = []

    def append(self, entries: Sequence[Entry]) -> range:
        return self.append_once([Unit(entries)])[0] or range(0)

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        self.commits.append(list(units))
        self.writers.append(get_ident())
        assert self.open.wait(10)
        broken, self._breaks = self._breaks, None
        if broken is not None:
            raise broken
        return self._journal.append_once(units)


def _handed_in(
    threads: ThreadPoolExecutor, group: GroupCommit, number: int, count: int = 1
) -> Future[list[range | None]]:
    """Entries handed in by another thread, once they wait; those of number 0 are being written."""
    wanted = group.waiting() + count if number else 0
    told = threads.submit(group.append_once, [Unit([asked(number)] * count)])
    until = monotonic() + 10
    while group.waiting() != wanted or not group.is_writing():
        assert monotonic() < until
        sleep(0.001)
    return told


def test_a_database_that_goes_away_keeps_the_answer_in(database: Store) -> None:
    journal = PostgresJournal(database)
    journal.append([asked()])
    with database.connect() as other:
        other.execute("alter table node.journal_entry rename to gone")
        with pytest.raises(StoreUnreachable):
            journal.append([asked(1)])
        other.execute("alter table node.gone rename to journal_entry")
    assert journal.append([asked(1)]) == range(1, 2)
    journal.close()


MARKS = [bytes([number]) * 16 for number in range(6)]


def test_what_the_journal_says_already_is_not_kept_a_second_time(journal: Journal) -> None:
    first, again, other = (
        Unit([asked(0), asked(1)], mark, once)
        for mark, once in ((MARKS[0], MARKS[3]), (MARKS[1], MARKS[3]), (MARKS[2], MARKS[4]))
    )
    assert journal.append_once([first]) == [range(2)]
    assert journal.append_once([again, other]) == [range(0), range(2, 4)]


def test_of_what_comes_together_and_says_the_same_the_first_is_kept(journal: Journal) -> None:
    several = [Unit([asked(number)], MARKS[number], MARKS[5]) for number in range(3)]
    assert journal.append_once(several) == [range(1), range(0), range(0)]


def test_a_message_that_came_before_marks_nothing_as_said(journal: Journal) -> None:
    """Else the next message would find it said, and be answered without an entry."""
    journal.append_once([Unit([asked(0)], MARKS[0], MARKS[3])])
    assert journal.append_once([Unit([asked(1)], MARKS[0], MARKS[4])]) == [None]
    assert journal.append_once([Unit([asked(1)], MARKS[1], MARKS[4])]) == [range(1, 2)]


def test_of_several_workers_one_keeps_what_all_of_them_say(database: Store) -> None:
    journals = [PostgresJournal(database) for _ in range(4)]

    def keep(worker: int) -> list[range | None]:
        numbers = range(10 * worker, 10 * worker + 10)
        units = [Unit([asked(each)], each.to_bytes(16), MARKS[5]) for each in numbers]
        return [journals[worker].append_once([unit])[0] for unit in units]

    with ThreadPoolExecutor(4) as threads:
        kept = [one for several in threads.map(keep, range(4)) for one in several]
    assert None not in kept
    assert sorted(len(one or ()) for one in kept) == [0] * 39 + [1]
    for journal in journals:
        journal.close()


def test_what_was_said_long_ago_is_said_anew(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append_once([Unit([asked(0)], MARKS[0], MARKS[3])])
    connection.execute("update node.message_taken set until = now() - interval '1 second'")
    assert kept.append_once([Unit([asked(1)], MARKS[1], MARKS[3])]) == [range(1, 2)]


def test_an_overloaded_journal_refuses_at_once_instead_of_queueing_for_ever() -> None:
    gate = _Gate(MemoryJournal())
    group = GroupCommit(gate, most=10)
    with ThreadPoolExecutor(2) as threads:
        first = _handed_in(threads, group, 0)
        waiting = _handed_in(threads, group, 1, count=9)
        with pytest.raises(JournalClosed):
            group.append([asked()] * 2)
        gate.open.set()
        assert first.result() == [range(1)]
        assert waiting.result() == [range(1, 10)]
    group.close()


def test_a_closed_journal_keeps_what_waited_and_takes_no_more() -> None:
    gate = _Gate(MemoryJournal())
    group = GroupCommit(gate)
    with ThreadPoolExecutor(3) as threads:
        kept = [_handed_in(threads, group, number) for number in range(2)]
        closing = threads.submit(group.close)
        gate.open.set()
        closing.result()
        assert [one.result() for one in kept] == [[range(1)], [range(1, 2)]]
    with pytest.raises(JournalClosed):
        group.append([asked()])


def test_a_person_sees_who_asked_newest_first(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(number) for number in range(5)])
    kept.append([asked(9, subject="001190000002")])
    total, page = usages(connection, "001190000001", now=NOON, page=(1, 2))
    assert (total, [number for number, _ in page]) == (5, [3, 2])


def test_a_person_sees_a_period_alone(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(number) for number in range(5)])
    since, until = asked(1).at, asked(3).at
    total, page = usages(connection, "001190000001", now=NOON, period=(since, until))
    assert (total, [number for number, _ in page]) == (2, [2, 1])


def test_a_lawful_investigation_is_seen_from_its_end_date(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(0, visible_from=asked(60).at, withheld_by="VN/GOV/09/COURT")])
    assert usages(connection, "001190000001", now=asked(59).at)[0] == 0
    assert usages(connection, "001190000001", now=asked(60).at)[0] == 1


def test_what_is_withheld_is_not_seen_on_any_day(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(0, withheld_by="Luật ví dụ, Điều 1")])
    assert usages(connection, "001190000001", now=asked(10**9).at) == (0, [])


def test_a_batch_is_written_as_its_entries_would_be_alone(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    batch = [asked(7, subject=f"00119000{number:04}") for number in range(1200)]
    mixed = [asked(0, subject=""), *batch, asked(1, reason="x"), asked(7)]
    kept.append(mixed)
    for number in (0, 1, 500, 1199, 1200, 1201, 1202):
        payload, salt, mark = entry_with_proof(connection, number)
        assert payload == payload_of(mixed[number])
        check_commitment(payload, salt, mark)


ODD = st.text(max_size=20)


@given(member=ODD, reason=ODD, subject=ODD, fields=st.lists(ODD, max_size=3))
def test_an_entry_is_read_as_it_was_written(
    member: str, reason: str, subject: str, fields: list[str]
) -> None:
    one = asked(member=member, reason=reason, subject=subject, fields=tuple(fields))
    assert entry_from(payload_of(one)) == one


def test_an_entry_names_fields_and_never_values() -> None:
    told = json.loads(payload_of(asked()))
    assert told["fields"] == ["name", "born"]
    assert set(told) <= set(Entry.__dataclass_fields__)


def test_odd_characters_of_one_asker_do_not_spoil_the_others_entries(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(0, subject="a\tb\\c\nd\0e", reason="\0"), asked(1)])
    payload, salt, mark = entry_with_proof(connection, 0)
    check_commitment(payload, salt, mark)
    assert entry_from(payload).reason == "\0"


def test_the_public_mark_cannot_be_tried_out_without_the_salt() -> None:
    payload = payload_of(asked())
    assert commitment_of(payload, bytes(32)) != commitment_of(payload, bytes(31) + b"\1")
    with pytest.raises(BrokenLog):
        check_commitment(payload, bytes(31), commitment_of(payload, bytes(31)))


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"at": 1}', b'{"member": "x"}', b"\xff"])
def test_bytes_that_are_no_entry_are_refused(payload: bytes) -> None:
    with pytest.raises(BrokenLog):
        entry_from(payload)
