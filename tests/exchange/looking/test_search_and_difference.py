"""Searches that the contract allows, and what changed since a release: of a register of parcels."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from sogoc.contract.load import load
from sogoc.errors import BadQuestion, UnknownThing
from sogoc.exchange.names import Address, Service, subsystem
from sogoc.exchange.registers import RegisterShelf
from sogoc.exchange.services import put
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped

if TYPE_CHECKING:
    import psycopg

    from sogoc.exchange.answering import Found

LAND = load(shipped("registers") / "land.odcs.yaml")
POPULATION = load(shipped("registers") / "population.odcs.yaml")
RIGHT = LAND.object("quyen")
PARCEL = LAND.object("thua_dat")
HOLDER = RIGHT.persons[0].number
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SEARCH = {"ma_xa": "00001", "so_to": "7", "so_thua": "12"}


class Office:
    """The land office's register: deliveries come in, and its records change by them."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.releases: list[int] = []
        RecordStore(connection).prepare(LAND)

    def release(self) -> int:
        """Another delivery comes in, an hour after the last."""
        at = START + timedelta(hours=len(self.releases))
        row = self.connection.execute(
            "insert into node.delivery (register, contract_version, file_name, sha256, bytes, "
            "kept_path, received_at, received_by, as_of, state, merged_at) values "
            "('land', '1.0.0', 'x', %s, 1, 'x', %s, 'a', '2026-03-02', 'merged', %s) returning id",
            (str(len(self.releases)), at, at),
        ).fetchone()
        assert row
        self.releases.append(int(row[0]))
        return self.releases[-1]

    @property
    def at(self) -> datetime:
        """The moment of the last delivery."""
        return START + timedelta(hours=len(self.releases) - 1)

    def brings(self, key: str, **fields: str) -> None:
        """The last delivery brings a parcel."""
        values = {
            "key": key, "ma_thua": key, **fields, "_delivery": self.releases[-1],
            "_digest": "00000000-0000-0000-0000-000000000000", "_true_from": "2026-01-01",
            "_believed_from": self.at,
        }  # fmt: skip
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                Tables("land", PARCEL).current,
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )

    def changes(self, key: str, **fields: object) -> None:
        """The last delivery changes a parcel: what stood there goes to history."""
        tables = Tables("land", PARCEL)
        self.connection.execute(
            sql.SQL(
                "insert into {} select r.*, null, %(at)s, %(delivery)s, 'changed' from {} as r "
                "where key = %(key)s"
            ).format(tables.history, tables.current),
            {"at": self.at, "delivery": self.releases[-1], "key": key},
        )
        sets = {**fields, "_believed_from": self.at}
        self.connection.execute(
            sql.SQL("update {} set {} where key = %s").format(
                tables.current,
                sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(n)) for n in sets),
            ),
            [*sets.values(), key],
        )

    def goes(self, key: str) -> None:
        """A parcel is no longer among those of its commune."""
        self.changes(key, _missing_since=self.releases[-1])

    def comes_back(self, key: str) -> None:
        self.changes(key, _missing_since=None)

    def asked(self, word: str, body: dict[str, Any], name: str = "thua_dat") -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.found(word, body, name).body)

    def found(self, word: str, body: dict[str, Any], name: str = "thua_dat") -> Found:
        """Ask as a message would."""
        where = Address(Service(subsystem("VN/GOV/02/LAND"), "land"), f"/v1/{name}/{word}")
        told = put("POST", where, json.dumps(body).encode(), registers={"land": LAND})
        return RegisterShelf(self.connection, told.object).look_up(told.asked)


@pytest.fixture
def office(connection: psycopg.Connection) -> Office:
    """Two releases: five parcels of one sheet, then one changed, one gone and one new."""
    office = Office(connection)
    office.release()
    for number in range(1, 6):
        office.brings(
            f"T{number}", ma_xa="00001", so_to="7", so_thua="12", dia_chi=f"Thôn {number}"
        )
    office.brings("T9", ma_xa="00002", so_to="7", so_thua="12")
    return office


def names(told: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [each["fields"]["ma_thua"] for each in told["records"]]


def test_a_search_finds_what_has_all_values_of_a_set(office: Office) -> None:
    told = office.asked("search", {"where": SEARCH, "fields": ["ma_thua", "dia_chi"]})
    assert names(told) == ["T1", "T2", "T3", "T4", "T5"]
    assert told["records"][0]["key"] == "T1"
    assert told["next"] is None


def test_pages_follow_one_another_without_gap_or_repetition(office: Office) -> None:
    seen = list[str]()
    start: int | None = 0
    while start is not None:
        body = {"where": SEARCH, "fields": ["ma_thua"], "limit": 2, "offset": start}
        told = office.asked("search", body)
        assert len(told["records"]) <= 2
        seen += names(told)
        start = told["next"]
    assert seen == ["T1", "T2", "T3", "T4", "T5"]


def test_the_key_of_a_record_leaves_only_where_its_fields_were_asked_for(office: Office) -> None:
    told = office.asked("search", {"where": SEARCH, "fields": ["dia_chi"], "limit": 1})
    assert told["records"] == [{"fields": {"dia_chi": "Thôn 1"}}]


def test_what_a_search_goes_by_counts_as_seen() -> None:
    where = Address(Service(subsystem("VN/GOV/02/LAND"), "land"), "/v1/thua_dat/search")
    body = json.dumps({"where": SEARCH, "fields": ["dia_chi"], "limit": 7}).encode()
    asked = put("POST", where, body, registers={"land": LAND}).asked
    assert asked.touched == {"dia_chi", *SEARCH}
    assert (asked.fields, asked.count) == (frozenset({"dia_chi"}), 7)


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"ma_xa": "00001"},
        {**SEARCH, "dia_chi": "Thôn 1"},
        {"dia_chi": "Thôn 1"},
        {**SEARCH, "so_to": 7},
        [],
        None,
    ],
)
def test_other_searches_than_those_of_the_contract_are_refused(office: Office, where: Any) -> None:  # noqa: ANN401 - JSON
    with pytest.raises(BadQuestion):
        office.asked("search", {"where": where, "fields": ["ma_thua"]})


@pytest.mark.parametrize(
    "more", [{"limit": 0}, {"limit": 1001}, {"limit": True}, {"offset": -1}, {"offset": 10_001}]
)
def test_pages_have_bounds(office: Office, more: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion):
        office.asked("search", {"where": SEARCH, "fields": ["ma_thua"], **more})


def test_who_a_record_is_about_is_told_to_the_journal(office: Office) -> None:
    office.connection.execute(
        sql.SQL(
            "insert into {} (key, {}, ma_xa, so_to, so_thua, _delivery, _digest, _true_from, "
            "_believed_from) values ('q', '001190000001', '00001', '7', '12', 1, "
            "'00000000-0000-0000-0000-000000000000', '2026-01-01', now())"
        ).format(Tables("land", RIGHT).current, sql.Identifier(HOLDER))
    )
    found = office.found("search", {"where": SEARCH, "fields": ["so_thua"]}, "quyen")
    assert found.subjects == ("001190000001",)
    assert "001190000001" not in found.body.decode()


def test_nobody_is_searched_for_in_the_population_register() -> None:
    one = POPULATION.objects[0].name
    for word in ("search", "difference"):
        where = Address(Service(subsystem("VN/GOV/01/POP"), "population"), f"/v1/{one}/{word}")
        with pytest.raises(UnknownThing):
            put("POST", where, b"{}", registers={"population": POPULATION})


DIFFERENCE = {"fields": ["ma_thua", "dia_chi"]}


def told_of(changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - JSON
    return [(each["change"], each["key"]) for each in changes["changes"]]


def test_the_difference_tells_what_came_changed_and_ended(office: Office) -> None:
    first = office.releases[0]
    second = office.release()
    office.changes("T1", dia_chi="Thôn Mới")
    office.goes("T2")
    office.brings("T6", ma_xa="00001")
    told = office.asked("difference", {"since": first, **DIFFERENCE})
    assert sorted(told_of(told)) == [("changed", "T1"), ("ended", "T2"), ("inserted", "T6")]
    assert (told["since"]["release"], told["until"]["release"]) == (first, second)
    by_key = {each["key"]: each for each in told["changes"]}
    assert by_key["T1"]["fields"]["dia_chi"] == "Thôn Mới"
    assert "fields" not in by_key["T2"]
    assert office.asked("difference", {"since": second, **DIFFERENCE})["changes"] == []


def test_from_release_0_everything_that_stands_is_inserted(office: Office) -> None:
    office.release()
    office.goes("T2")
    told = office.asked("difference", {"since": 0, **DIFFERENCE})
    assert sorted(told_of(told)) == [("inserted", key) for key in ("T1", "T3", "T4", "T5", "T9")]


def test_a_change_of_a_field_that_was_not_asked_for_is_none(office: Office) -> None:
    office.release()
    office.changes("T1", so_to="8")
    body = {"since": office.releases[0], **DIFFERENCE}
    assert office.asked("difference", body)["changes"] == []
    assert told_of(office.asked("difference", {**body, "fields": ["ma_thua", "so_to"]})) == [
        ("changed", "T1")
    ]


def test_what_went_and_came_back_as_it_was_is_no_change(office: Office) -> None:
    office.release()
    office.goes("T1")
    gone = office.releases[-1]
    office.release()
    office.comes_back("T1")
    first = {"since": office.releases[0], **DIFFERENCE}
    assert office.asked("difference", first)["changes"] == []
    assert told_of(office.asked("difference", {**first, "since": gone})) == [("inserted", "T1")]


def test_what_came_and_went_between_is_never_told(office: Office) -> None:
    office.release()
    office.brings("T7", ma_xa="00001")
    office.release()
    office.goes("T7")
    told = office.asked("difference", {"since": office.releases[0], **DIFFERENCE})
    assert told["changes"] == []


def test_a_copy_that_follows_page_by_page_equals_the_register(office: Office) -> None:
    copy: dict[str, str] = {}
    since, after = 0, ""
    for step in range(40):
        told = office.asked(
            "difference", {"since": since, "after": after, "limit": 2, **DIFFERENCE}
        )
        for each in told["changes"]:
            if each["change"] == "ended":
                copy.pop(each["key"], None)
            else:
                copy[each["key"]] = each["fields"]["dia_chi"]
        if step == 1:
            # A delivery comes in while the copy is between two pages.
            office.release()
            office.changes("T1", dia_chi="Thôn Mới")
            office.goes("T3")
            office.brings("T8", ma_xa="00001", dia_chi="Thôn 8")
        if told["next"] is None and since == office.releases[-1]:
            break
        since = since if told["next"] else told["until"]["release"]
        after = told["next"] or ""
    rows = office.connection.execute(
        sql.SQL("select key, dia_chi from {} where _missing_since is null").format(
            Tables("land", PARCEL).current
        )
    ).fetchall()
    assert copy == dict(rows)


def test_a_moment_stands_for_what_the_register_was_then(office: Office) -> None:
    office.release()
    office.changes("T1", dia_chi="Thôn Mới")
    between = (START + timedelta(minutes=30)).isoformat()
    assert told_of(office.asked("difference", {"since": between, **DIFFERENCE})) == [
        ("changed", "T1")
    ]


@pytest.mark.parametrize(
    "since", [999, (START - timedelta(days=1)).isoformat(), "2099-01-01T00:00Z"]
)
def test_a_release_that_is_not_there_is_said_with_those_that_are(
    office: Office, since: object
) -> None:
    with pytest.raises(UnknownThing, match="from release 0"):
        office.asked("difference", {"since": since, **DIFFERENCE})


def test_an_undone_release_is_no_start(office: Office) -> None:
    undone = office.release()
    office.connection.execute("update node.delivery set state = 'undone' where id = %s", (undone,))
    with pytest.raises(UnknownThing):
        office.asked("difference", {"since": undone, **DIFFERENCE})


@pytest.mark.parametrize(
    "body",
    [
        {**DIFFERENCE},
        {"since": True, **DIFFERENCE},
        {"since": "yesterday", **DIFFERENCE},
        {"since": "2026-03-02T08:00:00", **DIFFERENCE},
        {"since": 0, "after": "x", **DIFFERENCE},
        {"since": 0, "fields": ["dia_chi"]},
        {"since": 0, "limit": 0, **DIFFERENCE},
    ],
)
def test_a_difference_that_cannot_be_read_is_refused(office: Office, body: Any) -> None:  # noqa: ANN401
    with pytest.raises(BadQuestion):
        office.asked("difference", body)


def test_a_register_without_a_release_says_so(connection: psycopg.Connection) -> None:
    with pytest.raises(UnknownThing, match="no release yet"):
        Office(connection).asked("difference", {"since": 0, **DIFFERENCE})


def test_searches_and_differences_go_by_an_index(office: Office) -> None:
    found = office.connection.execute(
        "select indexdef from pg_indexes where tablename = 'land__thua_dat'"
    ).fetchall()
    told = " ".join(str(row[0]) for row in found)
    assert "(ma_xa, so_to, so_thua)" in told
    assert "(_believed_from, id)" in told
