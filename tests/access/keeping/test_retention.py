"""Entries are forgotten when the law says so, each forgetting is seen, and the tree stays whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.access.conftest import NOON, asked

from sogoc.access.audit import audit
from sogoc.access.entry import entry_from
from sogoc.access.keeping.acts import Acting
from sogoc.access.keeping.orders import Order, carry_out
from sogoc.access.keeping.retention import erase_due, erase_one, kept_since, years_before
from sogoc.access.keeping.rule_file import Officers, load, rules_at
from sogoc.access.log import Log
from sogoc.access.postgres_journal import PostgresJournal, entry_with_proof, usages
from sogoc.errors import BrokenLog, GrantRefused, RuleFileError, UnknownThing
from sogoc.shipped import shipped
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey
from sogoc.trust.tiles import tile_at

if TYPE_CHECKING:
    from pathlib import Path

RULES = replace(
    rules_at(shipped("rules") / "journal", date(2026, 12, 1)), years=10, registers={"usage": 2}
)
STEWARD = Acting(officer="steward", now=NOON)
KEY = SigningKey(bytes(range(32)))
SUBJECT = "001190000001"


def ago(years: float) -> datetime:
    return NOON - timedelta(days=365.25 * years + 1)


def told(connection: psycopg.Connection, number: int) -> str:
    """What an entry says: nothing, once it was erased."""
    try:
        return entry_with_proof(connection, number)[0].decode()
    except BrokenLog:
        return ""


def test_what_was_kept_long_enough_is_forgotten_register_by_register(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append(
        [
            asked(at=ago(11)),
            asked(at=ago(9)),
            asked(at=ago(3), register="usage"),
            asked(at=ago(1), register="usage"),
        ]
    )
    assert erase_due(connection, RULES, STEWARD) == 2
    assert [bool(told(connection, number)) for number in range(4)] == [False, True, False, True]
    assert erase_due(connection, RULES, STEWARD) == 0


def test_an_erased_entry_is_found_under_nobodys_number(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(at=ago(11)), asked()])
    erase_due(connection, RULES, STEWARD)
    assert usages(connection, SUBJECT, now=NOON + timedelta(days=1))[0] == 1
    row = connection.execute("select subject, salt from node.journal_entry where number = 0")
    assert row.fetchone() == (None, None)


def test_erasing_is_an_entry_with_the_rule_it_follows(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(at=ago(11)), asked(at=ago(11))])
    erase_due(connection, RULES, STEWARD)
    act = entry_from(entry_with_proof(connection, 2)[0])
    assert (act.operation, act.officer, act.ground) == ("erase", "steward", RULES.version)
    assert act.reason == "2 entries, 0 to 1"
    assert not act.subject


def test_the_log_still_verifies_after_erasing(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    log = Log(connection, "land.example/journal")
    kept.append([asked(at=ago(11)) for _ in range(300)])
    before = log.sign_checkpoint(KEY, now=NOON)
    assert erase_due(connection, RULES, STEWARD) == 300
    log.sign_checkpoint(KEY, now=NOON)

    def fetch(path: str) -> bytes:
        if path == "checkpoint":
            return log.checkpoint().encode()
        tile = tile_at(path)
        assert tile is not None
        return log.entries(tile.index, tile.width) if tile.level < 0 else log.tile(tile)

    seen = audit(fetch, [NoteKey(log.origin, KEY.public)], earlier=[before])
    assert (seen.checkpoint.size, seen.continued) == (301, 1)


def test_what_was_deferred_is_not_erased_before_it_was_shown_for_a_while(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    shown_lately = NOON - timedelta(days=RULES.shown_at_least_days - 1)
    shown_long = NOON - timedelta(days=RULES.shown_at_least_days + 1)
    kept.append(
        [
            asked(at=ago(11), visible_from=shown_lately, withheld_by="Lệnh 1"),
            asked(at=ago(11), visible_from=shown_long, withheld_by="Lệnh 1"),
            asked(at=ago(11), withheld_by="Luật ví dụ"),
            asked(at=ago(RULES.withheld_years + 1), withheld_by="Luật ví dụ"),
        ]
    )
    assert erase_due(connection, RULES, STEWARD) == 2
    assert [bool(told(connection, number)) for number in range(4)] == [True, False, True, False]


def test_one_entry_is_erased_by_an_order_and_only_once(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(), asked(1)])
    erase_one(connection, 0, STEWARD, order="Bản án 1/2026")
    assert not told(connection, 0)
    assert "Bản án 1/2026" in told(connection, 2)
    for number in (0, 99):
        with pytest.raises(UnknownThing):
            erase_one(connection, number, STEWARD, order="Bản án 1/2026")
    assert not told(connection, 3)


def test_the_journal_says_from_when_on_it_says_something(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    assert kept_since(connection) is None
    kept.append([asked(at=ago(11)), asked(at=ago(5))])
    erase_due(connection, RULES, STEWARD)
    assert kept_since(connection) == ago(5)


def test_a_leap_day_has_its_years_too() -> None:
    assert years_before(datetime(2028, 2, 29, tzinfo=UTC), 10) == datetime(2018, 2, 28, tzinfo=UTC)


# --- orders on what is shown


def order(**changes: object) -> Order:
    said: dict[str, object] = {
        "purpose": "1.012789",
        "case": "H29-1",
        "since": NOON - timedelta(days=1),
        "until": NOON + timedelta(days=1),
        "shown": NOON + timedelta(days=30),
        "order": "Lệnh 12/L-ĐT",
    }
    return Order(**(said | changes))  # type: ignore[arg-type]  # fields by name


def test_an_order_defers_the_entries_of_one_case_until_its_day(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(issue="H29-1"), asked(issue="H29-2"), asked(issue="H29-1", purpose="2")])
    assert carry_out(connection, order(), STEWARD, rules=RULES) == 1
    assert usages(connection, SUBJECT, now=NOON + timedelta(days=29))[0] == 2
    assert usages(connection, SUBJECT, now=NOON + timedelta(days=30))[0] == 3
    act = entry_from(entry_with_proof(connection, 3)[0])
    assert (act.operation, act.ground, act.issue) == ("visibility", "Lệnh 12/L-ĐT", "H29-1")


def test_what_was_withheld_shows_once_an_order_lifts_it(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    kept.append([asked(issue="H29-1", withheld_by="Luật ví dụ")])
    assert carry_out(connection, order(shown=NOON), STEWARD, rules=RULES) == 1
    assert usages(connection, SUBJECT, now=NOON)[0] == 1


@pytest.mark.parametrize(
    "change", [{"order": " "}, {"shown": NOON + timedelta(days=RULES.longest_deferral_days + 1)}]
)
def test_no_deferral_without_an_order_or_longer_than_the_rules(
    connection: psycopg.Connection, change: dict[str, object]
) -> None:
    with pytest.raises(GrantRefused, match="an order"):
        carry_out(connection, order(**change), STEWARD, rules=RULES)


# --- the rule file


def test_the_rules_that_travel_along_can_be_read() -> None:
    assert RULES.officers is Officers.END
    assert RULES.child_until_years == 18


def test_a_wrong_rule_file_says_everything_that_is_wrong_with_its_lines(tmp_path: Path) -> None:
    good = (shipped("rules") / "journal" / "journal-2026-11-01.yaml").read_text(encoding="utf-8")
    wrong = (
        good.replace("officers: end", "officers: all")
        .replace("longest_days: 730", "longest_days: -1")
        .replace("valid_from: 2026-11-01", "valid_from: soon")
        .replace("withheld_years: 30", "kept_years: 30")
    )
    file = tmp_path / "journal.yaml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(RuleFileError) as refused:
        load(file)
    for word in (
        "6 mistakes",
        "'kept_years'",
        "number, end, nothing",
        "whole number",
        "2026-11-01",
    ):
        assert word in refused.value.sentence.en


def test_without_rules_for_the_day_nothing_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError):
        rules_at(tmp_path, date(2026, 12, 1))
    with pytest.raises(RuleFileError):
        rules_at(shipped("rules") / "journal", date(2020, 1, 1))
