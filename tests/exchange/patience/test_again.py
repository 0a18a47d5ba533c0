"""How often, after which pause and for how long a question is asked again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import NodeUnreachable, Sentence
from sogoc.exchange.patience.again import (
    LONGEST_SECONDS,
    ONCE,
    Answered,
    Failed,
    Patience,
    wait_told,
)

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def down(wait: float = 0.0) -> Failed:
    return Failed(error=NodeUnreachable(Sentence(vi="Không.", en="No.")), wait_seconds=wait)


@dataclass
class Watch:
    """A clock that goes on by resting alone."""

    at: float = 0.0
    rests: list[float] = field(default_factory=list)

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.at += seconds

    def patience(self, *, tries: int = 4, seconds: float = 60.0, chance: float = 1.0) -> Patience:
        return Patience(
            tries=tries,
            seconds=seconds,
            first_pause_seconds=1.0,
            longest_pause_seconds=4.0,
            rest=self.rest,
            now=lambda: self.at,
            chance=lambda: chance,
        )


def asked(patience: Patience, *tries: Failed) -> int:
    """How often it was asked until an answer came."""
    left = [*tries]
    count = 0

    def ask() -> Answered[int] | Failed:
        nonlocal count
        count += 1
        return left.pop(0) if left else Answered(count)

    return patience.asked(ask)


def test_pauses_double_up_to_a_bound() -> None:
    watch = Watch()
    assert asked(watch.patience(tries=6), *[down()] * 5) == 6
    assert watch.rests == [1.0, 2.0, 4.0, 4.0, 4.0]


@given(chance=st.floats(0, 1))
def test_a_pause_is_drawn_between_its_half_and_its_whole(chance: float) -> None:
    watch = Watch()
    asked(watch.patience(chance=chance), down(), down())
    assert 0.5 <= watch.rests[0] <= 1.0
    assert 1.0 <= watch.rests[1] <= 2.0


def test_after_the_last_try_the_error_is_told() -> None:
    watch = Watch()
    with pytest.raises(NodeUnreachable):
        asked(watch.patience(tries=3), *[down()] * 3)
    assert len(watch.rests) == 2
    with pytest.raises(NodeUnreachable):
        asked(ONCE, down())


def test_nobody_comes_before_the_time_that_the_other_side_named() -> None:
    watch = Watch()
    asked(watch.patience(chance=0.0), down(wait=30))
    assert watch.rests == [30.5]


@given(waits=st.lists(st.floats(0, 100), min_size=1, max_size=10), seconds=st.floats(0, 1000))
def test_no_try_begins_after_the_time_that_all_may_take(waits: list[float], seconds: float) -> None:
    watch = Watch()
    with suppress(NodeUnreachable):
        asked(watch.patience(tries=20, seconds=seconds), *map(down, waits))
    assert watch.at <= min(seconds, LONGEST_SECONDS)


def test_a_wait_is_told_in_seconds_or_as_a_date() -> None:
    later = NOON + timedelta(seconds=90)
    assert wait_told("7", now=NOON) == 7
    assert wait_told(format_datetime(later, usegmt=True), now=NOON) == 90
    assert wait_told(later.strftime("%A, %d-%b-%y %H:%M:%S GMT"), now=NOON) == 90
    assert wait_told(later.strftime("%a %b %d %H:%M:%S %Y"), now=NOON) == 90
    assert wait_told(format_datetime(NOON - timedelta(days=1)), now=NOON) == 0


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [0-9:]{0,20}"))
def test_a_wait_that_cannot_be_read_is_none_and_never_an_error(header: str) -> None:
    assert wait_told(header, now=NOON) >= 0
