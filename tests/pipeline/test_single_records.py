"""A delivery that speaks for single records, or says that they end: nothing else changes by it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import conninfo
from tests.small_population import PEOPLE, write_population

from sogoc.contract.shelf import Shelf
from sogoc.database.deliveries import Deliveries, Delivery, Scope
from sogoc.database.store import Store
from sogoc.errors import DeliveryRefused, Sentence, StoreBusy
from sogoc.events.feed import Feed, Stretch
from sogoc.pipeline.after.taking_back import take_back
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.parts import Parts
from sogoc.pipeline.single.storing import Stored, content
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.stopped_clock import StoppedClock

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SCHOOL = {
    "ma_truong": "24000001",
    "ten_truong": "Trường Tiểu học Thử",
    "cap_hoc": "tieu-hoc",
    "ma_xa": "24538",
    "si_so": "420",
}
OTHERS = {
    "24000002": {"ten_truong": "Trường Trung học Mẫu", "cap_hoc": "thcs"},
    # Nobody wrote down how many learn there.
    "24000003": {"ten_truong": "Mầm non Ví Dụ", "cap_hoc": "mam-non", "si_so": ""},
    "24000004": {"ten_truong": "Trường Hoa Thử", "ma_xa": "24540"},
}
SCHOOLS = [SCHOOL, *(SCHOOL | {"ma_truong": code} | other for code, other in OTHERS.items())]
NOTHING = dict.fromkeys(SCHOOL, "")
"""The columns of the form; nothing in them."""
NUMBER, NAME, BORN, SEX = PEOPLE[0]
PUPIL = {
    "ma_hoc_sinh": "2400000112",
    "so_dinh_danh": NUMBER,
    "ho_ten": NAME,
    "ngay_sinh": BORN,
    "ma_xa": "24538",
    "ma_truong": "24000001",
    "nam_hoc": "2026-2027",
    "khoi": "5",
    "lop": "5A",
    "trang_thai": "dang-hoc",
    "cap_nhat_luc": "2026-11-20",
}


class Node:
    """A node with four schools in two communes, handed in whole."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.files = 0

    def hand_in(
        self,
        *rows: Mapping[str, str],
        scope: Scope = Scope.PLACES,
        form: str = "",
        **more: Any,  # noqa: ANN401 - a witness
    ) -> Delivery:
        self.files += 1
        file = self.parts.folder / f"{self.files}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
        request = Request(register="students", file=file, officer="can-bo", form=form, scope=scope)
        return deliver(self.parts, request, **more).delivery

    def schools(self) -> dict[str, tuple[object, ...]]:
        """By code: how many learn there, the delivery, and that in which it went."""
        return {row[0]: row[1:] for row in self.rows(
            "select ma_truong, si_so, _delivery, _missing_since from register.students__truong"
        )}  # fmt: skip

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return self.parts.connection.execute(select).fetchall()

    def standing(self) -> list[list[tuple[Any, ...]]]:
        """All that the register and what is said of it hold, but the moments of belief."""
        said = ("score", "coverage", "record_group", "near_duplicate", "finding", "verification")
        tables = [
            *("register.students__truong", "register.students__truong__history"),
            *(f"node.{name} where register = 'students'" for name in said),
        ]
        return [sorted(self.rows(f"select * from {table}"), key=repr) for table in tables]


@pytest.fixture(scope="module")
def whole(database_server: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    address = conninfo.make_conninfo(database_server.address, dbname="postgres")
    with Store(address).connect() as connection:
        connection.execute("create database single_records template sogoc strategy file_copy")
    store = Store(conninfo.make_conninfo(address, dbname="single_records"))
    with store.connect() as connection:
        node = Node(
            Parts(
                folder=tmp_path_factory.mktemp("single"),
                connection=connection,
                shelf=Shelf((shipped("registers"),)),
                clock=StoppedClock(NOW),
                engine=lambda folder: DuckDBEngine(folder, threads=1),
                rules=shipped("rules"),
            )
        )
        node.hand_in(*SCHOOLS)
        yield node


@pytest.fixture
def node(whole: Node) -> Iterator[Node]:
    """The node as after its first delivery; what a test hands in is taken back, newest first."""
    before = whole.standing()
    yield whole
    for one in Deliveries(whole.parts.connection).newest("students"):
        if one.state == "merged" and one.id > 1:
            take_back(whole.parts, one.id)
    assert whole.standing() == before


def test_a_single_record_changes_and_nothing_else_does(node: Node) -> None:
    before = node.standing()
    mended = node.hand_in(SCHOOLS[2] | {"si_so": "95"}, scope=Scope.RECORDS)
    assert node.schools()["24000003"] == (95, mended.id, None)
    assert [gone for _, _, gone in node.schools().values()] == [None] * 4
    counts = mended.counts["truong"]
    assert (counts["rows"], counts["changed"], counts["missing"]) == (1, 1, 0)
    assert (counts["opened"], counts["closed"], mended.rules_version) == (0, 1, "")
    # Scores, coverage, groups and pairs speak of what was checked whole.
    assert node.standing()[2:6] == before[2:6]
    closed = node.rows("select rule, closed_by from node.finding where closed_by is not null")
    assert closed == [("truong.si_so.missing", mended.id)]
    assert len(node.rows("select 1 from register.students__truong__history")) == 1
    assert not list((node.parts.runs / str(mended.id)).glob("*"))


def test_a_record_that_ends_is_no_more_and_what_was_wrong_with_it_is_no_matter(
    node: Node,
) -> None:
    feed = Feed(node.parts.connection)
    start = feed.open("students", now=NOW - timedelta(days=1))
    # Only what names a record counts.
    ended = node.hand_in(NOTHING | {"ma_truong": "24000003"}, scope=Scope.ENDINGS)
    assert node.schools()["24000003"][2] == ended.id
    assert ended.counts["truong"] == {"rows": 1, "ended": 1, "closed": 1}
    # Of this register: the file's other tests bring persons, of whom something may be found.
    open_ones = (
        "select count(*) from node.finding where closed_at is null and register = 'students'"
    )
    assert node.rows(open_ones) == [(0,)]
    feed.gather(node.parts.shelf.register("students"))
    told = feed.after(start, Stretch(register="students", object="truong", kind=""))
    assert [one.kind for one in told] == ["gone"]


def test_one_file_may_say_that_records_stand_and_then_that_they_end(node: Node) -> None:
    row = SCHOOLS[2] | {"si_so": "95"}
    stood = node.hand_in(row, scope=Scope.RECORDS)
    ended = node.hand_in(row, scope=Scope.ENDINGS)
    assert ended.id != stood.id
    assert node.schools()["24000003"][2] == ended.id
    assert node.hand_in(row, scope=Scope.ENDINGS).id == ended.id


def test_an_end_for_a_record_that_does_not_stand_refuses_the_whole_file(node: Node) -> None:
    codes = ("24000001", "24009999")
    with pytest.raises(DeliveryRefused, match="row 3"):
        node.hand_in(*(NOTHING | {"ma_truong": code} for code in codes), scope=Scope.ENDINGS)
    assert node.schools()["24000001"][2] is None


def test_a_whole_delivery_after_it_speaks_for_its_places_again(node: Node) -> None:
    new = SCHOOL | {"ma_truong": "24000005", "ten_truong": "Trường Mới Thử"}
    node.hand_in(new, SCHOOLS[1] | {"si_so": "1"}, scope=Scope.RECORDS)
    codes = ("24000001", "24000004")
    ended = node.hand_in(*(NOTHING | {"ma_truong": code} for code in codes), scope=Scope.ENDINGS)
    later = node.hand_in(*SCHOOLS[:3], SCHOOLS[0] | {"ma_truong": "24000006"})
    schools = node.schools()
    # What is brought stands as it is brought: changed back, and come again after its end.
    assert (schools["24000002"][0], schools["24000001"][2]) == (420, None)
    # In its place, and not brought: missing. Elsewhere: ended, as it was said.
    assert (schools["24000005"][2], schools["24000004"][2]) == (later.id, ended.id)
    assert later.counts["truong"]["returned"] == 1
    assert later.rules_version


def test_what_stands_against_it_at_the_last_moment_leaves_nothing_and_it_goes_on(
    node: Node,
) -> None:
    def against(stored: Stored, /) -> None:
        del stored
        raise StoreBusy(Sentence(vi="Bận.", en="Busy."), wait_seconds=1)

    before = node.standing()
    row = SCHOOL | {"si_so": "7"}
    with pytest.raises(StoreBusy):
        node.hand_in(row, scope=Scope.RECORDS, witness=against)
    assert node.standing() == before
    begun = Deliveries(node.parts.connection).newest("students", limit=1)[0]
    node.files -= 1
    again = node.hand_in(row, scope=Scope.RECORDS, witness=content)
    assert (again.id, again.state, node.schools()["24000001"][0]) == (begun.id, "merged", 7)


def test_a_record_is_held_against_the_register_that_it_refers_to_and_its_person_is_linked(
    node: Node, tmp_path: Path
) -> None:
    people = write_population(tmp_path / "people.csv")
    deliver(node.parts, Request(register="population", file=people, officer="can-bo"))
    other = {"ma_hoc_sinh": "2400000113", "ma_truong": "24009999", "ho_ten": "Nguyễn Văn Khác"}
    made = node.hand_in(PUPIL, PUPIL | other, scope=Scope.RECORDS, form="hoc_sinh")
    answers = node.rows(
        "select p.ma_hoc_sinh, v.outcome from node.verification as v"
        " inner join register.students__hoc_sinh as p on p.id = v.record"
        " where v.object = 'hoc_sinh' and v.person = 'hoc-sinh' or v.outcome = 'differs'"
        " order by 1"
    )
    assert [outcome for _, outcome in answers] == ["verified", "differs"]
    broken = node.rows(
        "select p.ma_hoc_sinh from node.finding as f"
        " inner join register.students__hoc_sinh as p on p.id = f.record"
        f" where f.rule = 'hoc_sinh.ma_truong.reference' and f.opened_by = {made.id}"
    )
    assert broken == [("2400000113",)]
    assert made.population_release is not None
