"""The hub's key is followed by another, and every node finds the way to it - or keeps from it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tests.exchange.test_directory import DIRECTORY
from tests.exchange.test_hub import HUB, KNOWN, NAME, NEW, REQUEST

from sogoc.errors import DirectoryRefused
from sogoc.exchange.directory import published, read_directory
from sogoc.exchange.hub import Hub
from sogoc.exchange.keys.succession import line_of_keys, successor_note
from sogoc.node.member import current_directory, hub_key, kept_directory
from sogoc.node.settings import Settings
from sogoc.testing.served import free_port, served
from sogoc.testing.stopped_clock import StoppedClock
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey, believed, read_note, sign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

THIRD, THIEF = SigningKey(bytes([7]) * 32), SigningKey(bytes([8]) * 32)
CLOCK = StoppedClock()
OWN = replace(REQUEST, client="VN/GOV/01/POP", key_id="VN/GOV/01#1", public=HUB.public)


def note(old: SigningKey, new: SigningKey) -> str:
    return successor_note(NAME, old, new.public, moment=CLOCK.moment)


def key(of: SigningKey) -> NoteKey:
    return NoteKey(NAME, of.public)


def test_whoever_knows_an_earlier_key_finds_the_one_in_use() -> None:
    notes = [note(HUB, NEW), note(NEW, THIRD)]
    assert line_of_keys(key(HUB), notes) == (key(HUB), key(NEW), key(THIRD))
    assert line_of_keys(key(NEW), notes) == (key(NEW), key(THIRD))
    assert line_of_keys(key(THIRD), notes) == (key(THIRD),)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense",
        note(THIEF, NEW),
        note(HUB, NEW).replace("next", "text"),
        successor_note("other.example/directory", HUB, NEW.public, moment=CLOCK.moment),
        str(sign(f"sogoc-join/1\n{json.dumps({'next': str(key(NEW))})}\n", NAME, HUB)),
        str(sign('sogoc-hub-key/1\n{"next":3}\n', NAME, HUB)),
        str(sign(f'sogoc-hub-key/1\n{{"next":"{NoteKey("x", NEW.public)}"}}\n', NAME, HUB)),
        note(HUB, HUB),
    ],
    ids=[
        "nothing", "no note", "by a stranger", "altered", "under another name", "another form",
        "no key", "a key of another name", "itself",
    ],
)  # fmt: skip
def test_what_the_key_in_use_did_not_sign_leads_to_no_other_key(content: str) -> None:
    assert line_of_keys(key(HUB), [content]) == (key(HUB),)


def test_keys_that_name_one_another_end_the_search() -> None:
    assert line_of_keys(key(HUB), [note(NEW, HUB), note(HUB, NEW)]) == (key(HUB), key(NEW))


@dataclass
class Country:
    """A hub, and a node that was told the hub's first key."""

    hub: Hub
    folder: Path
    settings: Settings
    shown: str = ""

    def shows(self, *, under: SigningKey) -> None:
        self.hub = replace(self.hub, key=under)
        self.shown = self.hub.publish("VN")

    def node_takes_it(self) -> bool:
        try:
            told = current_directory(self.folder, self.settings, CLOCK)
        except DirectoryRefused:
            return False
        return told == kept_directory(self.folder, self.settings, CLOCK)


@pytest.fixture
def country(connection: psycopg.Connection, tmp_path: Path) -> Iterator[Country]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(hub_address=address, hub_key=str(key(HUB)))
    told = Country(Hub(connection, CLOCK, NAME, HUB), tmp_path, settings)
    told.hub.accept(OWN, officer="a")
    app = Starlette(routes=[Route("/directory", lambda _: PlainTextResponse(told.shown))])
    with served(app, port):
        yield told


@contextmanager
def new_hub_key(country: Country, new: SigningKey) -> Iterator[None]:
    number = f"VN/GOV/01#{new.public.text[:4]}"
    country.hub.accept(replace(OWN, key_id=number, public=new.public), officer="a")
    assert country.hub.is_followed_by(new.public)
    yield
    country.shows(under=new)


def test_a_node_follows_the_hub_from_key_to_key_and_never_back(country: Country) -> None:
    country.shows(under=HUB)
    assert country.node_takes_it()
    assert not country.hub.is_followed_by(NEW.public)
    with new_hub_key(country, NEW):
        country.shows(under=HUB)  # until its operator changes over, the hub signs as before
        assert country.node_takes_it()
        assert hub_key(country.folder, country.settings) == key(HUB)
    assert country.node_takes_it()
    assert hub_key(country.folder, country.settings) == key(NEW)
    # Whoever finds the old key years after signs no directory for this node.
    country.shows(under=HUB)
    assert not country.node_takes_it()
    country.shows(under=NEW)
    with new_hub_key(country, THIRD):
        country.shows(under=NEW)
        assert country.node_takes_it()
    assert country.node_takes_it()
    assert hub_key(country.folder, country.settings) == key(THIRD)


def test_a_node_that_was_away_while_the_key_changed_twice_finds_the_way(country: Country) -> None:
    with new_hub_key(country, NEW):
        pass
    with new_hub_key(country, THIRD):
        pass
    assert country.node_takes_it()
    assert hub_key(country.folder, country.settings) == key(THIRD)


def test_a_hub_that_begins_anew_with_another_next_key_is_followed_there(country: Country) -> None:
    with new_hub_key(country, NEW):
        pass
    country.shows(under=HUB)
    with new_hub_key(country, THIRD):
        pass
    assert country.node_takes_it()
    assert hub_key(country.folder, country.settings) == key(THIRD)


def test_a_key_told_by_another_way_ends_all_that_a_stolen_one_signed(country: Country) -> None:
    """The thief named a successor of the stolen key, and nodes followed."""
    with new_hub_key(country, THIEF):
        pass
    assert country.node_takes_it()
    country.settings = replace(country.settings, hub_key=str(key(THIRD)))
    assert hub_key(country.folder, country.settings) == key(THIRD)
    assert not country.node_takes_it()
    country.shows(under=THIRD)
    assert country.node_takes_it()


def test_a_program_of_before_reads_a_directory_that_names_the_next_key(country: Country) -> None:
    """It knows no such notes: it reads on under the key that it was told."""
    with new_hub_key(country, NEW):
        country.shows(under=HUB)
        assert believed(read_note(country.shown), [key(HUB)]) == (key(HUB),)
        form, line = country.shown.partition("\n\n")[0].split("\n")
        told = json.loads(line)
        assert form == "sogoc-directory/1"
        assert set(told) >= {"instance", "version", "issued", "expires", "members"}


def test_a_directory_of_before_names_no_other_key_and_is_read() -> None:
    told = read_directory(published(DIRECTORY, NAME, HUB), KNOWN, moment=DIRECTORY.issued)
    assert (told.succession, told.by) == ((), key(HUB))
    assert "succession" not in published(DIRECTORY, NAME, HUB)


def test_a_next_key_that_is_taken_back_is_named_no_more_and_the_operator_hears_what_is_out(
    country: Country,
) -> None:
    number = f"VN/GOV/01#{NEW.public.text[:4]}"
    country.hub.accept(replace(OWN, key_id=number, public=NEW.public), officer="a")
    country.shows(under=HUB)
    note_that_is_out = country.hub.succession()
    assert country.hub.revoke_key("VN/GOV/01", number, officer="a")
    assert country.hub.succession() == ()
    assert not country.hub.is_followed_by(NEW.public)
    assert line_of_keys(key(HUB), note_that_is_out) == (key(HUB), key(NEW))
    # The next one after it is named in its place.
    with new_hub_key(country, THIRD):
        country.shows(under=HUB)
    assert country.node_takes_it()
    assert hub_key(country.folder, country.settings) == key(THIRD)
