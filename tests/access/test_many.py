"""Entries by the hundred thousand are the entries that one would have written, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from sogoc.access.entry import Alike, Entry, check_commitment, payload_of
from sogoc.access.postgres_journal import append_about

ENTRY = Entry(
    at=datetime(2026, 3, 2, 1, 0, tzinfo=UTC),
    request_id="00000000-0000-0000-0000-000000000007",
    member="VN/GOV/02/LAND",
    officer="VN000000000007",
    register="population",
    operation="round",
    fields=("so_dinh_danh",),
    purpose="1.012789",
    ground='an "article"',
    grant="G-1",
)


@given(st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True) | st.just(""), max_size=5))
def test_the_bytes_of_each_entry_are_those_of_the_entry_alone(subjects: list[str]) -> None:
    for entry in (ENTRY, replace(ENTRY, visible_from=ENTRY.at, withheld_by="an order")):
        several = [replace(entry, subject=each) for each in subjects]
        assert list(Alike(entry, subjects)) == several
        assert list(Alike(entry, subjects)[1:]) == several[1:]
        assert list(Alike(entry, subjects).payloads()) == [payload_of(each) for each in several]


def test_entries_have_numbers_without_a_gap_and_fit_their_marks(
    connection: psycopg.Connection,
) -> None:
    subjects = ["001190000001", "", "001190000002"]
    assert append_about(connection, ENTRY, subjects) == range(3)
    assert append_about(connection, ENTRY, ["001190000003"]) == range(3, 4)
    rows = connection.execute(
        "select number, subject, payload, salt, commitment from node.journal_entry order by number"
    ).fetchall()
    assert [(number, subject) for number, subject, *_ in rows] == [
        (0, "001190000001"),
        (1, None),
        (2, "001190000002"),
        (3, "001190000003"),
    ]
    for _, subject, payload, salt, mark in rows:
        assert bytes(payload) == payload_of(replace(ENTRY, subject=subject or ""))
        check_commitment(bytes(payload), bytes(salt), bytes(mark))


def test_entries_go_with_the_transaction_they_were_written_in(
    connection: psycopg.Connection,
) -> None:
    with connection.transaction(force_rollback=True):
        append_about(connection, ENTRY, ["001190000001"])
    assert append_about(connection, ENTRY, ["001190000001"]) == range(1)
