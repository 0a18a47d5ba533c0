"""What goes wrong in a day: processes and databases killed, lines cut, clocks shifted."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sogoc.cli.country.laying import DATABASE
from sogoc.cli.country.processes import Post
from sogoc.database.store import open_store
from sogoc.testing.day.line import State

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.cli.country.laying import Laid
    from sogoc.testing.day.line import TcpLine

_BREAK_OFF = """
select pg_terminate_backend(pid) from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid()
"""
_WITHIN, _BEYOND = 20, 600
"""Seconds by which a clock goes wrong: what others put up with, and what they refuse."""


def serve(one: Laid, *, clock_off_by: int = 0) -> None:
    """Let a node serve, by the machine's clock or by one that is wrong."""
    module = ("sogoc.testing.shifted_clock", str(clock_off_by)) if clock_off_by else ("sogoc",)
    Post(one.home, "serve").start_alone((*module, "--node", str(one.home), "node", "serve"))


@dataclass(slots=True, kw_only=True)
class Storm:
    """One mishap after the other, each mended before the next of its kind."""

    nodes: dict[str, Laid]
    lines: dict[str, TcpLine]
    chance: random.Random
    happened: Counter[str] = field(default_factory=Counter)
    _to_mend: list[Callable[[], None]] = field(default_factory=list)

    def strike(self) -> None:
        """Mend what struck last, then let something else happen to some node."""
        self.mend()
        name = self.chance.choice(sorted(self.nodes))
        what = self.chance.choice(_MISHAPS)
        self.happened[what] += 1
        getattr(self, f"_{what}")(name)

    def mend(self) -> None:
        """Everything is as it should be again: each node serves, each line is whole."""
        while self._to_mend:
            self._to_mend.pop()()

    def _node_killed(self, name: str) -> None:
        one = self.nodes[name]
        if not _kill(one.home / "var" / "serve.pid", os.killpg):
            # A storm that strikes nobody would prove nothing, and once did so unseen.
            raise RuntimeError(f"the node {name} could not be killed")
        self._to_mend.append(lambda: self._back(one))

    def _database_killed(self, name: str) -> None:
        """The server of the database under a node that goes on: it must get over it, or end."""
        one = self.nodes[name]
        if not _kill(one.home / "state" / DATABASE / "data" / "postmaster.pid", os.kill):
            # The node was started a moment ago and its database is not up yet.
            self.happened["database_killed"] -= 1
        self._to_mend.append(lambda: self._again(one))

    def _database_restarted(self, name: str) -> None:
        """Every line to it breaks off; nothing mends that: the node must get over it by itself."""
        with open_store(self.nodes[name].home / "state") as connection:
            connection.execute(_BREAK_OFF)

    def _line_cut(self, name: str) -> None:
        self._line(name, State.CUT)

    def _line_slow(self, name: str) -> None:
        self._line(name, State.SLOW)

    def _line_breaking(self, name: str) -> None:
        self._line(name, State.BREAKING)

    def _clock_a_little_off(self, name: str) -> None:
        self._again(self.nodes[name], clock_off_by=self.chance.choice((-_WITHIN, _WITHIN)))

    def _clock_far_off(self, name: str) -> None:
        one = self.nodes[name]
        self._again(one, clock_off_by=self.chance.choice((-_BEYOND, _BEYOND)))
        self._to_mend.append(lambda: self._again(one))

    def _line(self, name: str, state: State) -> None:
        line = self.lines[name]
        line.state = state

        def whole() -> None:
            line.state = State.WHOLE

        self._to_mend.append(whole)

    def _back(self, one: Laid) -> None:
        if not Post(one.home, "serve").runs:
            serve(one)

    def _again(self, one: Laid, *, clock_off_by: int = 0) -> None:
        Post(one.home, "serve").stop()
        serve(one, clock_off_by=clock_off_by)


_MISHAPS = (
    "node_killed",
    "node_killed",
    "database_killed",
    "database_restarted",
    "line_cut",
    "line_slow",
    "line_breaking",
    "clock_a_little_off",
    "clock_far_off",
)


def _kill(file: Path, how: Callable[[int, int], None]) -> bool:
    """Kill -9 the process whose number stands first in the file, or all that it leads.

    Tells whether there was one.
    """
    with suppress(OSError, ValueError), file.open(encoding="ascii") as told:
        how(int(told.readline()), signal.SIGKILL)
        return True
    return False
