"""The directory: signed by the hub, never an older one, and at its end nobody is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sogoc.errors import DirectoryRefused
from sogoc.exchange.directory import (
    Directory,
    DirectoryKey,
    LogKey,
    Member,
    published,
    read_directory,
)
from sogoc.exchange.names import Subsystem
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey, note_key, sign

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
HUB, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
HUB_NAME = "hub.example/directory"
KNOWN = [NoteKey(HUB_NAME, HUB.public)]
LAND = Member(
    id=Subsystem("VN", "GOV", "02"),
    name="Cục Quản lý đất đai (ví dụ)",
    address="https://land.example",
    keys=(
        DirectoryKey(
            id="VN/GOV/02#1",
            public=OTHER.public,
            since=NOON - timedelta(days=1),
            until=NOON + timedelta(days=1),
        ),
    ),
    log=str(NoteKey("land.example/journal", OTHER.public)),
    services=(("LAND", ("parcel",)),),
)
DIRECTORY = Directory(
    instance="VN",
    version=7,
    issued=NOON,
    expires=NOON + timedelta(seconds=60),
    members=(LAND,),
)


def told(directory: Directory = DIRECTORY, key: SigningKey = HUB) -> str:
    return published(directory, HUB_NAME, key)


def test_a_published_directory_is_read_as_it_was() -> None:
    assert read_directory(told(), KNOWN, moment=NOON) == DIRECTORY


def test_a_directory_under_another_key_is_refused() -> None:
    with pytest.raises(DirectoryRefused):
        read_directory(told(key=OTHER), KNOWN, moment=NOON)


def test_a_directory_changed_by_one_letter_is_refused() -> None:
    with pytest.raises(DirectoryRefused):
        read_directory(told().replace("land.example", "evil.example"), KNOWN, moment=NOON)


def test_an_older_directory_than_the_one_in_use_is_refused() -> None:
    with pytest.raises(DirectoryRefused, match="older"):
        read_directory(told(), KNOWN, newest=8, moment=NOON)
    assert read_directory(told(), KNOWN, newest=7, moment=NOON) == DIRECTORY


def test_a_directory_that_has_run_out_is_refused() -> None:
    with pytest.raises(DirectoryRefused, match="run out"):
        read_directory(told(), KNOWN, moment=DIRECTORY.expires)
    with pytest.raises(DirectoryRefused, match="run out"):
        DIRECTORY.at(DIRECTORY.expires)


def test_a_key_is_given_to_its_own_member_and_subsystems_alone() -> None:
    keys = DIRECTORY.at(NOON)
    assert keys.key_of("VN/GOV/02", "VN/GOV/02#1") == OTHER.public
    assert keys.key_of("VN/GOV/02/LAND", "VN/GOV/02#1") == OTHER.public
    for who, key in [
        ("VN/GOV/02/TAX", "VN/GOV/02#1"),
        ("VN/GOV/03", "VN/GOV/02#1"),
        ("VN/GOV/02", "VN/GOV/02#2"),
        ("nonsense", "VN/GOV/02#1"),
    ]:
        assert keys.key_of(who, key) is None


def test_a_key_outside_its_span_is_not_believed() -> None:
    late = replace(DIRECTORY, expires=NOON + timedelta(days=3)).at(NOON + timedelta(days=2))
    assert late.key_of("VN/GOV/02", "VN/GOV/02#1") is None


def test_a_member_taken_out_of_the_directory_is_nobody() -> None:
    after = replace(DIRECTORY, version=8, members=())
    assert (
        read_directory(told(after), KNOWN, moment=NOON).at(NOON).key_of("VN/GOV/02", "VN/GOV/02#1")
        is None
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello\n",
        str(sign(f"sogoc-directory/1\n{'[' * 200_000}\n", HUB_NAME, OTHER)),
        told(replace(DIRECTORY, members=(LAND, LAND))),
        told(replace(DIRECTORY, expires=datetime(2026, 3, 3))),  # noqa: DTZ001 - that is the mistake
        told(replace(DIRECTORY, members=(replace(LAND, log="nonsense"),))),
    ],
    ids=[
        "nothing",
        "no note",
        "too deep, by a stranger",
        "a member twice",
        "no zone",
        "no verifier key",
    ],
)
def test_what_is_no_directory_is_refused_even_if_the_hub_signed_it(content: str) -> None:
    with pytest.raises(DirectoryRefused):
        read_directory(content, KNOWN, moment=NOON)


def test_a_journal_s_keys_have_spans_and_those_of_before_stay_known() -> None:
    def spanned(key: SigningKey, days: int) -> LogKey:
        since = NOON + timedelta(days=days)
        known = NoteKey("land.example/journal", key.public)
        return LogKey(key=known, since=since, until=since + timedelta(days=10))

    old, new = spanned(OTHER, -9), spanned(HUB, 0)
    member = replace(LAND, logs=(old, new))
    read = read_directory(told(replace(DIRECTORY, members=(member,))), KNOWN, moment=NOON)
    assert read.members == (member,)
    assert member.log_keys(NOON) == (new.key, old.key)
    assert member.log_keys(NOON + timedelta(days=2)) == (new.key,)
    assert member.log_keys() == (new.key, old.key)
    assert member.log_keys(NOON + timedelta(days=20)) == ()


def test_a_directory_of_before_names_one_key_of_each_journal() -> None:
    assert '"logs"' not in told()
    assert LAND.log_keys(NOON) == LAND.log_keys() == (note_key(LAND.log),)
    assert replace(LAND, log="").log_keys() == ()


def test_a_member_offers_services_by_subsystem() -> None:
    assert LAND.offers("LAND") == ("parcel",)
    assert LAND.offers("TAX") == ()
