"""Rounds in the day: one agency has its register verified whole, whatever breaks meanwhile.

Each step is a command of its own, given again until it is done, as an officer would. In the evening
nobody of a round may be missing, and nobody may stand twice: neither among the results nor in the
journal of whoever answered.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sogoc.access.grant import Operation, State
from sogoc.access.grant_store import GrantStore
from sogoc.cli.country.cast import GRANTS, HEALTH, HUB, OFFICER, POPULATION
from sogoc.database.store import open_store
from sogoc.node.node import open_node
from sogoc.testing.killed_rounds import Nodes, ended_round, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.cli.country.laying import Laid
    from sogoc.testing.killed_rounds import Ended

REGISTER = "health-insurance"
_PAUSE_SECONDS = 0.5
_HEAL_SECONDS = 180.0
_LANDED = re.compile(r"as delivery \d+")
_STEPS = ("open", "send", "answer", "receive")
_SENT = "select package, persons, records from node.round where number = %s"
_TAKEN = "select journalled from node.round_taken where package = %s"


def allow_rounds(hub: Laid) -> None:
    """Give the health office the grant by which it sends rounds to the population."""
    given = next(one for one in GRANTS if (one.keeper, one.asker) == (HUB, HEALTH)).grant
    grant = replace(
        given,
        id=f"{given.id}-round",
        operations=frozenset({Operation.ROUND}),
        fields=frozenset({"so_dinh_danh"}),
    )
    with open_node(hub.home, hub.settings) as node:
        store = GrantStore(node.parts.connection, node.parts.clock)
        store.ask(grant, node.parts.shelf.register(POPULATION), officer=OFFICER)
        store.change(grant.id, State.ACCEPTED, officer=OFFICER)


@dataclass(slots=True, kw_only=True)
class RoundsAtWork:
    """The health office's rounds, one after the other."""

    nodes: dict[str, Laid]
    every_seconds: float
    done: list[str] = field(default_factory=list)
    """Numbers of rounds whose results stand in the register."""
    _number: str = ""
    _step: int = 0

    def work(self, evening: Callable[[], bool]) -> None:
        """Send a round every so often until the evening; the last may not be done by then."""
        due = time.monotonic()
        while not evening():
            if self._number or time.monotonic() >= due:
                due = max(due, time.monotonic() + self.every_seconds) if not self._step else due
                self._go_on()
            time.sleep(_PAUSE_SECONDS)

    def finish(self) -> bool:
        """Now that all is mended: bring the round that is under way to its end, or one at least."""
        until = time.monotonic() + _HEAL_SECONDS
        while (self._step or not self.done) and time.monotonic() < until:
            if not self._go_on():
                time.sleep(_PAUSE_SECONDS)
        return not self._step

    def _go_on(self) -> bool:
        """Take the next step; whether it was done."""
        step = _STEPS[self._step]
        try:
            said = self._said(step)
        except RuntimeError:
            return False
        if step == "open":
            self._number = re.findall(r"Round (\d+):", said)[0]
        elif step == "receive":
            if not _LANDED.search(said):
                self._step -= 1  # not answered yet
                return False
            self.done.append(self._number)
            self._number, self._step = "", 0
            return True
        self._step += 1
        return True

    def _said(self, step: str) -> str:
        health, hub = self.nodes[HEALTH], self.nodes[HUB]
        if step == "answer":
            return run(hub.home, "round", "answer")
        if step != "open":
            return run(health.home, "round", step, self._number)
        to = ("--to", f"{hub.agency.member}/{POPULATION}", "--records", "all")
        case = ("--officer", OFFICER, "--issue", f"1.014028/round-{len(self.done)}")
        return run(health.home, "round", "open", REGISTER, *to, *case)


def reckon_rounds(rounds: RoundsAtWork) -> list[str]:
    """What is wrong with the rounds that were done: somebody lost, or somebody twice."""
    nodes = rounds.nodes
    ends = Nodes(pop=nodes[HUB].home, bh=nodes[HEALTH].home, port=0)
    faults = list[str]()
    for number in rounds.done:
        with open_store(ends.bh / "state") as connection:
            sent = connection.execute(_SENT, (int(number),)).fetchone() or ("", 0, 0)
        with open_store(ends.pop / "state") as connection:
            taken = connection.execute(_TAKEN, (sent[0],)).fetchone() or (0,)
        told = Told(persons=sent[1], records=sent[2], journalled=taken[0])
        faults += compared(ended_round(ends, number), number, told)
    return faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What both nodes say of a round."""

    persons: int
    records: int
    journalled: int
    """Entries, as whoever answers counted them: of a number that is another's that one's too."""


def compared(ended: Ended, number: str, told: Told) -> list[str]:
    """What is wrong with one round: what stands there, against what its nodes say of it."""
    whom = [tuple(answer[:3]) for answer in ended.answers]
    entries = sum(int(str(count)) for _, count in ended.entries)
    wrong = (
        (not told.persons, "asked about nobody"),
        (len(set(whom)) != len(whom), "gave somebody two results"),
        (
            len(whom) != told.persons,
            f"asked about {told.persons} persons, {len(whom)} have results",
        ),
        (len({answer[:2] for answer in whom}) != told.records, "lost or doubled a record"),
        (told.journalled < told.persons, "was answered before everybody was journalled"),
        (entries != told.journalled, f"has {entries} entries where {told.journalled} were written"),
        (not ended.gapless, "left a gap in the journal's numbers"),
    )
    return [f"round {number} {fault}" for is_so, fault in wrong if is_so]
