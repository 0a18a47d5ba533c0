"""The hub: members join by a request that an officer accepts, keys change without a pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from sogoc.access.entry import entry_from
from sogoc.errors import DirectoryRefused, UnknownThing
from sogoc.exchange.directory import Directory, read_directory
from sogoc.exchange.hub import LIFE, OVERLAP, Hub
from sogoc.exchange.joining import JoinRequest, read_request, written
from sogoc.testing.stopped_clock import StoppedClock, TickingClock
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey, note_key
from sogoc.trust.opening import OpeningKey

if TYPE_CHECKING:
    import psycopg

HUB, LAND, NEW = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))
NAME = "hub.example/directory"
KNOWN = [NoteKey(NAME, HUB.public)]
REQUEST = JoinRequest(
    client="VN/GOV/02/LAND",
    name="Cục Quản lý đất đai (ví dụ)",
    address="https://land.example",
    key_id="VN/GOV/02#1",
    public=LAND.public,
    log=str(NoteKey("land.example/journal", LAND.public)),
    services=("land",),
)


@pytest.fixture
def hub(connection: psycopg.Connection) -> Hub:
    return Hub(connection, TickingClock(), NAME, HUB)


def test_a_request_is_read_as_it_was_written() -> None:
    assert read_request(written(REQUEST, LAND)) == REQUEST


def test_what_opens_beside_an_agents_key_is_in_the_directory_and_may_be_made_anew(hub: Hub) -> None:
    first, second = (OpeningKey(bytes([n]) * 32).public for n in (7, 8))
    for sealing in (None, first, second):
        request = replace(REQUEST, sealing=sealing)
        assert read_request(written(request, LAND)) == request
        hub.accept(request, officer="an officer")
        told = read_directory(hub.publish("VN"), KNOWN, moment=hub.clock.now())
        assert [(key.public, key.sealing) for key in told.members[0].keys] == [
            (LAND.public, sealing)
        ]


def test_whoever_does_not_hold_the_key_in_the_request_is_refused() -> None:
    with pytest.raises(DirectoryRefused):
        read_request(written(REQUEST, NEW))
    with pytest.raises(DirectoryRefused):
        read_request(written(REQUEST, LAND).replace("land.example", "evil.example"))


@pytest.mark.parametrize(
    "change",
    [
        {"address": "file:///etc/passwd"},
        {"address": "https://land.example@evil.example"},
        {"client": "VN/GOV/02"},
        {"log": "nonsense"},
    ],
)
def test_a_request_that_could_mislead_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DirectoryRefused):
        read_request(written(replace(REQUEST, **change), LAND))


def test_an_accepted_member_stands_in_the_next_directory_and_a_removed_one_does_not(
    hub: Hub,
) -> None:
    moment = StoppedClock().moment
    hub.accept(REQUEST, officer="VN000000000001")
    first = read_directory(hub.publish("VN"), KNOWN, moment=moment)
    assert first.at(moment + timedelta(seconds=30)).key_of("VN/GOV/02/LAND", "VN/GOV/02#1")
    hub.remove("VN/GOV/02/LAND", officer="VN000000000001")
    second = read_directory(hub.publish("VN"), KNOWN, newest=first.version, moment=moment)
    assert second.members == ()
    assert second.version > first.version
    with pytest.raises(UnknownThing):
        hub.remove("VN/GOV/02", officer="VN000000000001")


def test_no_directory_holds_longer_than_a_minute_and_at_its_end_nobody_is_believed(
    hub: Hub,
) -> None:
    """What a node that is cut off does then `tests/security/test_dead_hub.py` shows."""
    hub.accept(REQUEST, officer="a")
    for life in (LIFE, timedelta(seconds=15)):
        told = read_directory(
            replace(hub, life=life).publish("VN"), KNOWN, moment=StoppedClock().moment
        )
        assert told.expires - told.issued == life <= timedelta(minutes=1)
        last = told.expires - timedelta(microseconds=1)
        assert told.at(last).key_of("VN/GOV/02/LAND", "VN/GOV/02#1")
        with pytest.raises(DirectoryRefused):
            told.at(told.expires)


def test_a_member_s_keys_overlap_when_they_change(hub: Hub) -> None:
    hub.accept(REQUEST, officer="a")
    hub.accept(replace(REQUEST, key_id="VN/GOV/02#2", public=NEW.public), officer="a")
    told = read_directory(hub.publish("VN"), KNOWN, moment=StoppedClock().moment)
    now = told.issued
    later = now + OVERLAP
    (member,) = told.members
    assert [key.holds_at(now) for key in member.keys] == [True, True]
    assert [key.holds_at(later) for key in member.keys] == [False, True]


def test_a_key_id_is_not_given_to_another_key(hub: Hub) -> None:
    hub.accept(REQUEST, officer="a")
    with pytest.raises(DirectoryRefused, match="new id"):
        hub.accept(replace(REQUEST, public=NEW.public), officer="a")


def keys_told(hub: Hub) -> list[str]:
    """Ids of the land office's keys in the directory that is signed now."""
    told = read_directory(hub.publish("VN"), KNOWN, moment=StoppedClock().moment)
    return [key.id for member in told.members for key in member.keys]


def acts(connection: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    rows = connection.execute("select payload from node.journal_entry order by number").fetchall()
    entries = [entry_from(bytes(payload)) for (payload,) in rows]
    return [(one.operation, one.member, one.officer, one.reason) for one in entries]


def test_a_stolen_key_is_revoked_at_once_and_for_good_while_its_member_stays_one(
    hub: Hub, connection: psycopg.Connection
) -> None:
    hub.accept(REQUEST, officer="a")
    hub.accept(replace(REQUEST, key_id="VN/GOV/02#2", public=NEW.public), officer="a")
    hub.revoke_key("VN/GOV/02", "VN/GOV/02#1", officer="b")
    assert keys_told(hub) == ["VN/GOV/02#2"]
    # Neither a request nor another id, member or a second try brings it back.
    for change in ({}, {"key_id": "VN/GOV/02#3"}, {"client": "VN/GOV/03/TAX"}):
        with pytest.raises(DirectoryRefused, match="was revoked"):
            hub.accept(replace(REQUEST, **change), officer="a")  # type: ignore[arg-type]  # by name
    hub.revoke_key("VN/GOV/02", "VN/GOV/02#1", officer="c")
    hub.remove("VN/GOV/02", officer="a")
    with pytest.raises(DirectoryRefused, match="was revoked"):
        hub.accept(REQUEST, officer="a")
    told = connection.execute("select revoked_by from node.member_key order by id").fetchall()
    assert told == [("b",), (None,)]
    with pytest.raises(UnknownThing):
        hub.revoke_key("VN/GOV/02", "VN/GOV/02#9", officer="a")


def test_a_journal_s_keys_go_by_the_node_s_and_are_named_for_ever(hub: Hub) -> None:
    later = replace(
        REQUEST,
        key_id="VN/GOV/02#2",
        public=NEW.public,
        log=str(NoteKey("land.example/journal", NEW.public)),
    )
    hub.accept(REQUEST, officer="a")
    hub.accept(later, officer="a")
    told = read_directory(hub.publish("VN"), KNOWN, moment=StoppedClock().moment)
    (member,) = told.members
    old, new = note_key(REQUEST.log), note_key(later.log)
    # The node signs with the old one until its operator changes over.
    assert member.log_keys(told.issued) == (new, old)
    assert member.log_keys(told.issued + OVERLAP) == (new,)
    hub.revoke_key("VN/GOV/02", "VN/GOV/02#1", officer="a")
    told = read_directory(hub.publish("VN"), KNOWN, moment=StoppedClock().moment)
    assert told.members[0].log_keys(told.issued) == (new,)
    assert told.members[0].log_keys() == (new, old)


def test_a_removed_member_that_comes_back_has_the_key_it_brings_and_no_other(hub: Hub) -> None:
    later = replace(REQUEST, key_id="VN/GOV/02#2", public=NEW.public)
    hub.accept(REQUEST, officer="a")
    hub.accept(later, officer="a")
    hub.remove("VN/GOV/02", officer="a")
    hub.accept(later, officer="a")
    assert keys_told(hub) == ["VN/GOV/02#2"]


def test_who_is_accepted_removed_or_loses_a_key_stands_in_the_hub_s_journal(
    hub: Hub, connection: psycopg.Connection
) -> None:
    hub.accept(REQUEST, officer="a")
    hub.revoke_key("VN/GOV/02", "VN/GOV/02#1", officer="b")
    hub.remove("VN/GOV/02", officer="c")
    with pytest.raises(DirectoryRefused):
        hub.accept(REQUEST, officer="d")
    with pytest.raises(UnknownThing):
        hub.remove("VN/GOV/02", officer="d")
    assert acts(connection) == [
        ("member-accepted", "VN/GOV/02/LAND", "a", "VN/GOV/02#1"),
        ("key-revoked", "VN/GOV/02", "b", "VN/GOV/02#1"),
        ("member-removed", "VN/GOV/02", "c", ""),
    ]


def test_the_key_with_which_the_hub_signs_is_not_revoked_before_it_has_a_successor(
    hub: Hub,
) -> None:
    own = replace(REQUEST, client="VN/GOV/01/POP", key_id="VN/GOV/01#1", public=HUB.public)
    hub.accept(own, officer="a")
    with pytest.raises(DirectoryRefused, match="change it first"):
        hub.revoke_key("VN/GOV/01", "VN/GOV/01#1", officer="a")
    assert keys_told(hub) == ["VN/GOV/01#1"]


def test_one_member_has_several_subsystems(hub: Hub) -> None:
    hub.accept(REQUEST, officer="a")
    hub.accept(replace(REQUEST, client="VN/GOV/02/MAPS", services=("maps",)), officer="a")
    told = read_directory(hub.publish("VN"), KNOWN, moment=StoppedClock().moment)
    assert told.members[0].services == (("LAND", ("land",)), ("MAPS", ("maps",)))


def test_every_directory_that_was_signed_is_kept_for_a_while(
    hub: Hub, connection: psycopg.Connection
) -> None:
    with pytest.raises(UnknownThing):
        hub.latest()
    notes = [hub.publish("VN") for _ in range(3)]
    assert hub.latest() == notes[-1]
    assert connection.execute("select count(*) from node.directory").fetchone() == (3,)


def test_every_directory_that_said_something_new_is_kept_for_good_and_leads_to_the_one_before(
    hub: Hub,
) -> None:
    """A member, or a key, that was in for an afternoon leaves a trace that the hub signed."""
    moment = StoppedClock().moment

    def published_at(hours: int) -> Directory:
        at = StoppedClock(moment + timedelta(hours=hours))
        hub_then = replace(hub, clock=at)
        told = [read_directory(hub_then.publish("VN"), KNOWN, moment=at.moment) for _ in range(3)]
        return told[-1]

    published_at(0)
    hub.accept(REQUEST, officer="a")
    false = published_at(3)
    hub.remove("VN/GOV/02", officer="a")
    published_at(5)
    last = published_at(300)

    history, said = last.history, list[tuple[int, int]]()
    while history is not None and history.before:
        content = hub.version(history.before)
        assert sha256(content.encode()).hexdigest() == history.before_sha256
        told = read_directory(content, KNOWN, moment=moment)
        said.append((told.version, len(told.members)))
        history = told.history
    assert said == [(4, 1), (1, 0)]
    assert false.history == replace(false.history, since=4, before=1)  # type: ignore[type-var]  # it has one
    # Of those that said nothing new one a day is left, beside the last hour's.
    with pytest.raises(UnknownThing):
        hub.version(5)
    assert hub.version(last.version) == hub.latest()
