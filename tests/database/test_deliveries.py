"""The life of a delivery, and the queue before a register."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest

from sogoc.database.deliveries import Arrival, Deliveries, Outcome, turn
from sogoc.database.store import Store
from sogoc.errors import UnknownThing

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
ARRIVAL = Arrival(
    register="land",
    contract_version="1.0.0",
    file_name="PL3-01.xlsx",
    sha256="ab" * 32,
    bytes=10,
    kept_path="var/deliveries/ab.xlsx",
    received_at=MONDAY,
    received_by="officer",
    as_of=date(2026, 3, 1),
)


@pytest.fixture
def deliveries(connection: psycopg.Connection) -> Deliveries:
    return Deliveries(connection)


def merged(deliveries: Deliveries, arrival: Arrival, at: datetime = MONDAY) -> int:
    number = deliveries.keep(arrival)
    deliveries.begin(number)
    deliveries.merged(number, at, Outcome(counts={"parcel": {"rows": 2}}, rules_version="2026"))
    return number


def test_a_merged_delivery_is_known_again_by_its_checksum(deliveries: Deliveries) -> None:
    number = merged(deliveries, ARRIVAL)
    again = deliveries.of_checksum("land", ARRIVAL.sha256)
    assert again is not None
    assert (again.id, again.state, again.merged_at) == (number, "merged", MONDAY)
    assert again.counts == {"parcel": {"rows": 2}}
    assert deliveries.of_checksum("students", ARRIVAL.sha256) is None


def test_a_refused_file_may_come_again(deliveries: Deliveries) -> None:
    refused = deliveries.keep(ARRIVAL)
    deliveries.refused(refused, {"reason": "password"})
    assert deliveries.of_checksum("land", ARRIVAL.sha256) is None
    assert merged(deliveries, ARRIVAL) > refused


def test_a_delivery_that_died_while_running_may_begin_again(deliveries: Deliveries) -> None:
    number = deliveries.keep(ARRIVAL)
    deliveries.begin(number)
    deliveries.begin(number, form="pl3-01")
    assert deliveries.one(number).form == "pl3-01"


def test_what_was_never_begun_cannot_be_merged(deliveries: Deliveries) -> None:
    number = deliveries.keep(ARRIVAL)
    with pytest.raises(UnknownThing):
        deliveries.merged(number, MONDAY, Outcome(counts={}))
    with pytest.raises(UnknownThing):
        deliveries.one(number + 1)


def test_later_deliveries_stand_on_earlier_ones(deliveries: Deliveries) -> None:
    first = merged(deliveries, ARRIVAL)
    second = merged(deliveries, replace(ARRIVAL, sha256="cd" * 32), TUESDAY)
    assert deliveries.merged_later(first) == [second]
    assert deliveries.merged_later(second) == []
    latest = deliveries.latest("land")
    assert latest is not None
    assert latest.id == second
    deliveries.undone(second, TUESDAY)
    assert deliveries.merged_later(first) == []


def test_verified_registers_stand_on_the_population_they_were_verified_against(
    deliveries: Deliveries,
) -> None:
    population = merged(deliveries, replace(ARRIVAL, register="population"))
    land = deliveries.keep(ARRIVAL)
    deliveries.begin(land)
    deliveries.merged(land, TUESDAY, Outcome(counts={}, population_release=population))
    assert deliveries.merged_later(population) == [land]


def test_the_newest_delivery_is_listed_first(deliveries: Deliveries) -> None:
    first = deliveries.keep(ARRIVAL)
    second = deliveries.keep(replace(ARRIVAL, register="students"))
    assert [one.id for one in deliveries.newest()] == [second, first]
    assert [one.id for one in deliveries.newest("land")] == [first]


def test_two_deliveries_of_one_register_queue(database: Store) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        with database.connect() as connection:
            inside.wait()
            with turn(connection, "land"):
                order.append("second")

    waiting = threading.Thread(target=second)
    waiting.start()
    with database.connect() as connection, turn(connection, "land"):
        inside.set()
        with database.connect() as other, turn(other, "students"):
            order.append("another register")
        order.append("first")
    waiting.join()
    assert order == ["another register", "first", "second"]


def test_a_contract_is_kept_once_and_whole(
    deliveries: Deliveries, connection: psycopg.Connection
) -> None:
    kept = {"register": "land", "version": "1", "sha256": "ab", "text": "first", "at": MONDAY}
    deliveries.keep_contract(kept)
    deliveries.keep_contract({**kept, "text": "another"})
    assert connection.execute("select text from node.contract").fetchall() == [("first",)]
