"""A program of another agency asks over a real socket: searches, differences, triples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.exchange_scene import Scene, scene

from sogoc.database.store import Store
from sogoc.errors import AnswerRefused
from sogoc.exchange.asking.questions import Peer, batch, difference, read, search, verify

SHEET = {"ma_xa": "00001", "so_to": "7", "so_thua": "12"}


@pytest.fixture
def office(database: Store) -> Iterator[Scene]:
    with scene(database) as served:
        yield served


def test_a_search_is_followed_to_its_end_and_each_page_is_journalled(office: Scene) -> None:
    found = search(office.peer(), "thua_dat", SHEET, fields=["ma_thua"], limit=2)
    assert [each["fields"]["ma_thua"] for each in found] == ["T1", "T2", "T3"]
    assert len(office.journal.entries) == 2
    entry = office.journal.entries[0]
    assert entry.operation == "search"
    assert set(entry.fields) == {"ma_thua", *SHEET}


def test_what_may_not_be_seen_may_not_be_searched_by(office: Scene) -> None:
    """The grant covers none of the fields of rights: neither shown nor gone by."""
    with pytest.raises(AnswerRefused, match="so_dinh_danh"):
        list(search(office.peer(), "quyen", {"so_dinh_danh": "001190000001"}, fields=["ma_xa"]))


def test_records_are_read_and_followed_by_one_and_the_same_program(office: Scene) -> None:
    peer = office.peer()
    assert read(peer, "thua_dat", "T1", fields=["dia_chi"])["fields"] == {"dia_chi": "Thôn 1"}
    assert len(list(batch(peer, "thua_dat", ["T1", "T2", "T9"], fields=["dia_chi"]))) == 2
    pages = list(difference(peer, "thua_dat", 0, fields=["ma_thua", "dia_chi"], limit=2))
    assert [page.last for page in pages] == [False, True]
    assert [one["key"] for page in pages for one in page.changes] == ["T1", "T2", "T3"]
    again = list(difference(peer, "thua_dat", pages[-1].until, fields=["ma_thua"]))
    assert [page.changes for page in again] == [[]]


def test_persons_are_verified_in_their_order_and_fields_come_with_a_match_alone(
    office: Scene,
) -> None:
    people = [
        ("001190000001", "NGUYỄN THỊ HOÀ", "1990"),
        ("001190000002", "Tran Van Duc", "1990-05"),
        ("001190000009", "Lê Văn Tám", "1970-01-01"),
        ("001190000002", "Lê Văn Tám", "1970-01-01"),
    ]
    told = list(verify(office.peer("population"), "nguoi", people, fields=["ho_ten"]))
    assert told == [
        {"outcome": "verified", "fields": {"ho_ten": "Nguyễn Thị Hòa"}},
        {"outcome": "differs", "differs": ["name.marks"]},
        {"outcome": "not_found"},
        {"outcome": "mismatch"},
    ]
    # One entry a person, so that each can see it.
    assert sorted(entry.subject for entry in office.journal.entries) == [
        "001190000001",
        "001190000002",
        "001190000009",
    ]


def test_nobody_is_read_by_number_where_the_grant_says_verify(office: Scene) -> None:
    with pytest.raises(AnswerRefused) as refused:
        read(office.peer("population"), "nguoi", "001190000001", fields=["ho_ten"])
    assert refused.value.error == "Server.ServerProxy.AccessDenied"


def test_a_rate_that_is_used_up_is_waited_for_and_asked_anew(office: Scene) -> None:
    answering = office.parts.answering()
    slow = {name: replace(one, rate_per_minute=1) for name, one in answering.grants.items()}
    answering.grants.update(slow)
    peer = office.peer()
    read(peer, "thua_dat", "T1", fields=["dia_chi"])
    with pytest.raises(AnswerRefused) as refused:
        read(_willing(peer), "thua_dat", "T1", fields=["dia_chi"])
    assert refused.value.error == "Server.ServerProxy.TooManyRequests"
    (waited,) = office.waited
    assert 60 < waited < 61


def test_a_rate_that_is_used_up_for_longer_than_one_may_wait_is_said_at_once(
    office: Scene,
) -> None:
    answering = office.parts.answering()
    slow = {name: replace(one, rate_per_minute=1) for name, one in answering.grants.items()}
    answering.grants.update(slow)
    peer = office.peer()
    read(peer, "thua_dat", "T1", fields=["dia_chi"])
    with pytest.raises(AnswerRefused) as refused:
        read(peer, "thua_dat", "T1", fields=["dia_chi"])
    assert refused.value.wait_seconds == 60
    assert office.waited == []


def _willing(peer: Peer) -> Peer:
    """The same, who waits for longer than a minute."""
    patience = replace(peer.line.patience, seconds=150)
    return replace(peer, line=replace(peer.line, patience=patience))


def test_a_refusal_for_another_reason_is_not_asked_again(office: Scene) -> None:
    with pytest.raises(AnswerRefused):
        read(office.peer(), "thua_dat", "nothing", fields=["dia_chi"])
    assert office.waited == []


def test_ten_thousand_and_one_go_out_as_two_questions(office: Scene) -> None:
    people = [(f"{n:012}", "Nguyễn Văn An", "1990") for n in range(1, 10_002)]
    told = list(verify(office.peer("population"), "nguoi", people, fields=["ho_ten"]))
    assert len(told) == 10_001
    assert len({entry.request_id for entry in office.journal.entries}) == 2


def test_the_answer_of_a_node_is_json_of_texts(office: Scene) -> None:
    peer = office.peer()
    told = peer.ask("/v1/thua_dat/read", {"key": "T1", "fields": ["dia_chi", "so_to"]})
    assert json.loads(json.dumps(told))["records"][0]["fields"]["so_to"] == "7"
