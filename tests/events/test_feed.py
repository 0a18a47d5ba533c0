"""The feed of changes: one order, nothing missed, and closer words for what happens to people."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from sogoc.contract.load import load
from sogoc.errors import UnknownThing
from sogoc.events.feed import Change, Feed, Stretch
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped

if TYPE_CHECKING:
    import psycopg

POPULATION = load(shipped("registers") / "population.odcs.yaml")
OBJECT = next(one for one in POPULATION.objects if one.persons)
PERSON = OBJECT.persons[0]
TABLES = Tables(POPULATION.id, OBJECT)
WHOLE = Stretch(register=POPULATION.id, object=OBJECT.name)
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


_FILES = itertools.count(1)


class Book:
    """A population register whose deliveries are played by hand."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.feed = Feed(connection)
        self.hour = 0
        RecordStore(connection).prepare(POPULATION)

    def kept(self) -> int:
        """A delivery that came and is not yet merged."""
        row = self.connection.execute(
            "insert into node.delivery (register, contract_version, file_name, sha256, bytes,"
            " kept_path, received_at, received_by, as_of, state)"
            " values (%s, '1', 'f', %s, 1, 'p', %s, 'o', '2026-03-02', 'kept') returning id",
            (POPULATION.id, str(next(_FILES)), MORNING),
        ).fetchone()
        assert row
        return int(row[0])

    def merged(self, delivery: int) -> None:
        """Merged later than everything so far."""
        self.hour += 1
        self.connection.execute(
            "update node.delivery set state = 'merged', merged_at = %s where id = %s",
            (self.now, delivery),
        )

    @property
    def now(self) -> datetime:
        return MORNING + timedelta(hours=self.hour)

    def insert(self, record: int, delivery: int, **fields: str) -> None:
        values = {
            "id": record,
            "key": str(record),
            "_delivery": delivery,
            "_digest": "00000000-0000-0000-0000-000000000000",
            "_true_from": "2026-01-01",
            "_believed_from": self.now,
            **fields,
        }
        self.connection.execute(
            sql.SQL("insert into {} ({}) overriding system value values ({})").format(
                TABLES.current,
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )

    def change(self, record: int, delivery: int, kind: str = "changed", **fields: str) -> None:
        """The version that stands goes to history, as `records.merge` does it."""
        columns = [
            str(row[0])
            for row in self.connection.execute(
                "select column_name from information_schema.columns"
                " where table_schema = 'register' and table_name = %s",
                (f"{POPULATION.id}__{OBJECT.name}",),
            ).fetchall()
        ]
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        self.connection.execute(
            sql.SQL(
                "insert into {} ({}, _believed_to, _ended_by, _change)"
                " select {}, %s, %s, %s from {} where id = %s"
            ).format(TABLES.history, listed, listed, TABLES.current),
            (self.now, delivery, kind, record),
        )
        told = {"_believed_from": self.now, **fields}
        if kind == "changed":
            told["_delivery"] = delivery
        self.connection.execute(
            sql.SQL("update {} set {} where id = %s").format(
                TABLES.current,
                sql.SQL(", ").join(
                    sql.SQL("{} = %s").format(sql.Identifier(name)) for name in told
                ),
            ),
            (*told.values(), record),
        )

    def told(self, after: int = 0, stretch: Stretch = WHOLE) -> list[Change]:
        self.feed.gather(POPULATION)
        return self.feed.after(after, stretch)

    def kinds(self) -> list[tuple[int, str]]:
        return [(one.record, one.kind) for one in self.told()]


@pytest.fixture
def book(connection: psycopg.Connection) -> Book:
    return Book(connection)


def test_what_was_there_before_the_feed_was_opened_is_no_news(book: Book) -> None:
    first = book.kept()
    book.insert(1, first)
    book.merged(first)
    book.feed.open(POPULATION.id, now=book.now)
    second = book.kept()
    book.insert(2, second)
    book.merged(second)
    assert book.kinds() == [(2, "created")]
    assert book.kinds() == [(2, "created")]


def test_a_delivery_that_came_first_and_was_merged_last_is_told_last(book: Book) -> None:
    book.feed.open(POPULATION.id, now=book.now)
    early, late = book.kept(), book.kept()
    book.insert(2, late)
    book.merged(late)
    seen = book.told()
    book.insert(1, early)
    book.merged(early)
    assert [one.record for one in book.told(after=seen[-1].number)] == [1]


def test_a_change_of_a_person_is_told_by_its_closest_word(book: Book) -> None:
    assert PERSON.died
    assert PERSON.commune
    first = book.kept()
    for record in range(1, 8):
        book.insert(record, first, **{PERSON.number: f"00119000000{record}", PERSON.name: "A"})
    book.merged(first)
    book.feed.open(POPULATION.id, now=book.now)
    book.hour += 1
    second = book.kept()
    book.change(1, second, **{PERSON.died: "2026-03-01", PERSON.commune: "00001"})
    book.change(2, second, **{PERSON.number: "001190000099"})
    book.change(3, second, **{PERSON.name: "B"})
    book.change(4, second, **{PERSON.commune: "00001"})
    book.change(5, second, **{PERSON.born: "1990"})
    book.change(6, second, "missing")
    book.merged(second)
    assert book.kinds() == [
        (1, "died"),
        (2, "renumbered"),
        (3, "renamed"),
        (4, "moved"),
        (5, "changed"),
        (6, "gone"),
    ]
    deaths = Stretch(register=POPULATION.id, object=OBJECT.name, kind="died")
    assert [one.record for one in book.told(stretch=deaths)] == [1]


def test_a_record_changed_twice_before_anybody_looked_is_told_twice(book: Book) -> None:
    book.feed.open(POPULATION.id, now=book.now)
    first = book.kept()
    book.insert(1, first, **{PERSON.name: "A"})
    book.merged(first)
    book.hour += 1
    second = book.kept()
    book.change(1, second, **{PERSON.name: "B"})
    book.merged(second)
    assert book.kinds() == [(1, "created"), (1, "renamed")]


def test_a_delivery_that_is_taken_back_is_told_too_and_once(book: Book) -> None:
    book.feed.open(POPULATION.id, now=book.now)
    first = book.kept()
    book.insert(1, first)
    book.merged(first)
    assert book.kinds() == [(1, "created")]
    book.connection.execute(
        "update node.delivery set state = 'undone', undone_at = %s where id = %s",
        (book.now, first),
    )
    assert book.kinds() == [(1, "created"), (1, "taken-back")]
    assert book.kinds() == [(1, "created"), (1, "taken-back")]


def test_numbers_grow_and_a_page_is_bounded(book: Book) -> None:
    book.feed.open(POPULATION.id, now=book.now)
    for start in (1, 700):
        delivery = book.kept()
        for record in range(start, start + 600):
            book.insert(record, delivery)
        book.merged(delivery)
    page = book.told()
    numbers = [one.number for one in page]
    assert len(page) == 1000
    assert numbers == sorted(set(numbers))
    assert len(book.told(after=numbers[-1])) == 200


def test_a_number_that_was_never_given_or_is_gone_says_where_the_feed_begins(book: Book) -> None:
    with pytest.raises(UnknownThing, match="not told"):
        book.feed.after(0, WHOLE)
    book.feed.open(POPULATION.id, now=book.now)
    with pytest.raises(UnknownThing, match="begins after 0"):
        book.feed.after(1, WHOLE)
    delivery = book.kept()
    for record in (1, 2):
        book.insert(record, delivery)
    book.merged(delivery)
    assert len(book.told()) == 2
    assert book.feed.prune(POPULATION.id, before=book.now + timedelta(days=1)) == 2
    with pytest.raises(UnknownThing, match="begins after 2"):
        book.feed.after(1, WHOLE)
    assert book.feed.after(2, WHOLE) == []
