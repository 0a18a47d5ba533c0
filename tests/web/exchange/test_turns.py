"""Small questions that come at once go together, and nobody waits long for others to come."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from time import monotonic, sleep
from typing import TYPE_CHECKING

from sogoc.web.exchange import turns
from sogoc.web.exchange.turns import Came, Turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

LONG_SECONDS = 2.0


class _Answers:
    """Answers each message with its body; tells which went together."""

    def __init__(self, takes_seconds: float = 0.0) -> None:
        self._takes_seconds = takes_seconds
        self.together: list[list[bytes]] = []

    def __call__(self, came: Sequence[Came]) -> list[bytes]:
        self.together.append([one.body for one in came])
        sleep(self._takes_seconds)
        return [one.body for one in came]


def _came(number: int) -> Came:
    return Came({"headers": []}, b"%d" % number)


def _asked(answers: _Answers, *, askers: int, times: int) -> None:
    """So many askers, each of whom asks again once it is answered."""

    async def asks(several: Turns[bytes], asker: int) -> None:
        for _ in range(times):
            assert await several.answered(_came(asker)) == b"%d" % asker

    async def all_of_them(threads: ThreadPoolExecutor) -> None:
        several = Turns(answers, threads)
        await asyncio.gather(*(asks(several, asker) for asker in range(askers)))

    with ThreadPoolExecutor(2) as threads:
        asyncio.run(all_of_them(threads))


def test_askers_who_were_answered_go_with_those_who_waited_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One came first and is answered alone; from then on all go together."""
    monkeypatch.setattr(turns, "PAUSE_SECONDS", LONG_SECONDS)
    answers = _Answers(takes_seconds=0.02)
    _asked(answers, askers=4, times=3)
    first, *others = answers.together
    assert len(first) < 4
    assert max(map(len, others)) == 4


def test_whoever_asks_alone_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PAUSE_SECONDS", LONG_SECONDS)
    began = monotonic()
    answers = _Answers()
    _asked(answers, askers=1, times=20)
    assert monotonic() - began < LONG_SECONDS
    assert answers.together == [[b"0"]] * 20


def test_who_waits_is_answered_after_a_moment_though_nobody_else_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "PAUSE_SECONDS", 0.05)
    answers = _Answers(takes_seconds=0.02)
    began = monotonic()
    _asked(answers, askers=3, times=1)
    assert monotonic() - began < LONG_SECONDS
    assert sorted(chain(*answers.together)) == [b"0", b"1", b"2"]


def test_no_more_go_together_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    answers = _Answers(takes_seconds=0.01)
    _asked(answers, askers=8, times=2)
    assert max(map(len, answers.together)) == 3
