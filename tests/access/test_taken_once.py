"""A message is taken once, whichever worker of the node takes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.access.conftest import NOON, asked

from sogoc.access.entry import Alike, check_commitment, entry_from
from sogoc.access.journal import Unit, shared
from sogoc.access.postgres_journal import PostgresJournal, forget_messages, take_once
from sogoc.errors import StoreUnreachable
from sogoc.testing.memory_journal import MemoryJournal

if TYPE_CHECKING:
    import psycopg

    from sogoc.access.journal import Journal
    from sogoc.database.store import Store


def mark(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_a_message_that_comes_again_is_not_journalled_again(journal: Journal) -> None:
    first = journal.append_once([Unit([asked(0), asked(1)], mark(7)), Unit([asked(2)], mark(8))])
    assert first == [range(2), range(2, 3)]
    assert journal.append_once([Unit([asked(0)], mark(7)), Unit([asked(3)])]) == [
        None,
        range(3, 4),
    ]


def test_of_two_that_come_together_the_first_is_taken(journal: Journal) -> None:
    assert journal.append_once([Unit([asked(0)], mark(7)), Unit([asked(0)], mark(7))]) == [
        range(1),
        None,
    ]


def test_entries_without_a_message_are_always_kept(journal: Journal) -> None:
    assert journal.append_once([Unit([asked(0)]), Unit([asked(0)])]) == [range(1), range(1, 2)]


def test_two_workers_take_a_message_once_between_them(database: Store) -> None:
    """Each worker has its own connection; both are sent the same hundred messages at once."""
    workers = [PostgresJournal(database) for _ in range(2)]

    def took(worker: PostgresJournal) -> list[bool]:
        units = [Unit([asked(number)], mark(number)) for number in range(100)]
        return [
            kept is not None
            for start in range(0, 100, 10)
            for kept in worker.append_once(units[start : start + 10])
        ]

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(took, workers)
    assert all(a != b for a, b in zip(one, other, strict=True))
    for worker in workers:
        worker.close()


def test_what_stands_in_no_entry_is_taken_once_for_its_time(database: Store) -> None:
    with database.connect() as one, database.connect() as other:
        assert take_once(one, mark(1), seconds=60)
        assert not take_once(other, mark(1), seconds=60)
        assert take_once(other, mark(2), seconds=-1)
        assert take_once(one, mark(2), seconds=60)
    with pytest.raises(StoreUnreachable):
        take_once(one, mark(3), seconds=60)


def test_whoever_shares_a_journal_hears_that_a_message_was_taken_before() -> None:
    with shared(MemoryJournal()) as group:
        assert group.append_once([Unit([asked(0)], mark(1))]) == [range(1)]
        assert group.append_once([Unit([asked(0)], mark(1)), Unit([asked(1)], mark(2))]) == [
            None,
            range(1, 2),
        ]


def test_only_marks_of_messages_too_old_to_be_believed_are_forgotten(
    database: Store, connection: psycopg.Connection
) -> None:
    journal = PostgresJournal(database)
    journal.append_once([Unit([asked(0)], mark(1)), Unit([asked(1)], mark(2))])
    assert forget_messages(connection) == 0
    connection.execute("update node.message_taken set until = now() - interval '1 second'")
    assert forget_messages(connection) == 2
    journal.close()


@pytest.mark.parametrize("others", [0, 200])
def test_few_entries_and_many_are_kept_alike(
    kept: PostgresJournal, others: int, database: Store
) -> None:
    """A few go by one statement, many by COPY: the rows are the same."""
    kept.append_once([Unit([asked(9)], mark(9), once=mark(90))])
    units = [
        Unit([asked(0, subject="")], mark(1)),
        Unit([asked(1)], mark(9)),
        Unit([asked(2, subject="0011\x0090000001", withheld_by="an order")]),
        Unit([asked(3, withheld_by="an order", visible_from=NOON)], mark(3)),
        Unit([asked(4)], mark(3)),
        Unit((), mark(4)),
        Unit(Alike(asked(5), ["001190000002", "001190000003"]), mark(5)),
        # The first says what was said before; of the next two the second says it again.
        Unit([asked(9)], mark(6), once=mark(90)),
        Unit([asked(7)], mark(7), once=mark(91)),
        Unit([asked(7)], mark(8), once=mark(91)),
        # What a replay would say is not marked as said: the other message still says it.
        Unit([asked(8)], mark(9), once=mark(92)),
        Unit([asked(8)], mark(10), once=mark(92)),
        Unit([asked(6)] * others),
    ]
    numbers = kept.append_once(units)
    assert numbers[:5] == [range(1, 2), None, range(2, 3), range(3, 4), None]
    assert numbers[6] == range(4, 6)
    assert numbers[7:12] == [range(0), range(6, 7), range(0), None, range(7, 8)]
    with database.connect() as connection:
        rows = connection.execute(_ROWS).fetchall()
        size = connection.execute("select size from node.journal_head").fetchone()
    assert size == (8 + others,)
    assert [row[:3] for row in rows[1:6]] == [
        (1, None, None),
        (2, "001190000001", "infinity"),
        (3, "001190000001", "2026-03-02 05:00:00+00"),
        (4, "001190000002", None),
        (5, "001190000003", None),
    ]
    for *_, at, payload, salt, commitment in rows:
        assert entry_from(bytes(payload)).at == at
        check_commitment(bytes(payload), bytes(salt), bytes(commitment))


_ROWS = """
select number, subject, visible_from::text, at, payload, salt, commitment
from node.journal_entry order by number
"""
