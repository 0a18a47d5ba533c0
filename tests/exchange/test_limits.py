"""Rates, replays and broken lines: bounded, steady, and one peer never stops another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sogoc.exchange.limits import Breaker, Rate, SeenIds, Stands, Troubled


def test_a_grant_of_sixty_a_minute_gives_sixty_at_once_and_then_one_a_second() -> None:
    rate = Rate()
    assert all(rate.wait("G-1", 60, now=0.0) == 0 for _ in range(60))
    assert rate.wait("G-1", 60, now=0.0) == 1.0
    assert rate.wait("G-1", 60, now=1.0) == 0
    assert rate.wait("G-2", 60, now=0.0) == 0


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200), st.integers(1, 30))
def test_never_more_than_the_rate_and_its_burst_pass(steps: list[float], per_minute: int) -> None:
    rate, now, passed = Rate(), 0.0, 0
    for step in steps:
        now += step
        passed += rate.wait("G-1", per_minute, now=now) == 0
    assert passed <= per_minute + now * per_minute / 60 + 1e-6


def test_the_memory_of_rates_is_bounded() -> None:
    rate = Rate(most=2)
    for grant in ("a", "b", "c"):
        rate.wait(grant, 1, now=0.0)
    assert rate.wait("c", 1, now=0.0) > 0
    assert rate.wait("a", 1, now=0.0) == 0


def test_an_id_that_comes_again_is_a_replay_until_its_time_has_passed() -> None:
    seen = SeenIds(seconds=60)
    assert seen.is_new("land", "1", now=0)
    assert not seen.is_new("land", "1", now=60)
    assert seen.is_new("tax", "1", now=60)
    assert seen.is_new("land", "1", now=61)


def test_a_full_memory_refuses_rather_than_forgets() -> None:
    seen = SeenIds(seconds=60, most=2)
    assert [seen.is_new("land", str(number), now=0) for number in range(3)] == [True, True, False]
    assert seen.is_new("land", "3", now=61)


def test_a_peer_that_fails_again_and_again_is_left_in_peace_and_tried_once_after() -> None:
    breaker = Breaker(failures=3, seconds=10)
    for _ in range(3):
        assert breaker.rest("land", now=0) == 0
        breaker.failed("land", now=0)
    assert breaker.rest("land", now=4) == 6
    assert breaker.rest("tax", now=4) == 0
    assert breaker.rest("land", now=10) == 0
    assert breaker.rest("land", now=10) == 10
    breaker.failed("land", now=11)
    assert breaker.rest("land", now=11) == 20
    breaker.answered("land")
    assert breaker.rest("land", now=11) == 0


def test_a_peer_in_trouble_is_shown_as_it_stands_and_looking_changes_nothing() -> None:
    breaker = Breaker(failures=2, seconds=10)
    breaker.failed("land", now=5)
    assert [(one.stands, one.since) for one in breaker.troubled()] == [(Stands.ASKED, 5)]
    assert breaker.failed("land", now=7) == 10
    for _ in range(2):
        assert breaker.troubled() == (Troubled(peer="land", failures=2, since=5, rests_until=17),)
    assert breaker.troubled()[0].stands is Stands.RESTS
    breaker.rest("land", now=17)
    assert breaker.troubled()[0].stands is Stands.TRIED
    breaker.answered("land")
    assert breaker.troubled() == ()
    assert "does not answer" in str(breaker.refusal("land", "land"))


def test_a_peer_that_is_down_for_weeks_rests_no_longer_than_set() -> None:
    breaker = Breaker(failures=1, seconds=10, longest_seconds=600)
    assert max(breaker.failed("land", now=0) for _ in range(3_000)) == 600
