"""The hub: members join by a request that an officer accepts, keys change without a pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sogoc.errors import DirectoryRefused, UnknownThing
from sogoc.exchange.directory import read_directory
from sogoc.exchange.hub import LIFE, OVERLAP, Hub
from sogoc.exchange.joining import JoinRequest, read_request, written
from sogoc.testing.stopped_clock import StoppedClock, TickingClock
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey
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


def test_a_node_that_cannot_reach_the_hub_refuses_everybody_within_a_minute(hub: Hub) -> None:
    hub.accept(REQUEST, officer="a")
    told = read_directory(hub.publish("VN"), KNOWN, moment=StoppedClock().moment)
    assert timedelta(minutes=1) >= LIFE
    with pytest.raises(DirectoryRefused):
        told.at(told.issued + LIFE)


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
