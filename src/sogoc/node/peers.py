"""Those whom a node's own processes ask: a breaker for each purpose, counted where figures are.

A member whose journal is silent may well take call-backs elsewhere, so one purpose never stops
another. A command that asks has breakers of its own; where the node's figures are shown, it counts
among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sogoc.errors import BadQuestion, DirectoryRefused, NodeUnreachable, NotThere
from sogoc.exchange.limits import Breaker
from sogoc.exchange.names import subsystem
from sogoc.node.figures.kinds import OTHER
from sogoc.node.figures.measured import MeasuredBreaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.clock import Clock
    from sogoc.exchange.directory import Directory
    from sogoc.node.figures.peers import PeerFigures

CALLBACK, CATALOGUE, ROUNDS, WITNESS = "callback", "catalogue", "rounds", "witness"
"""Why a member is asked: its call-backs, its catalogue, a round of ours, journals and witnesses."""
LONGEST_SECONDS = 600.0
"""So long a member rests at most: one that comes back is not to wait for us for an hour."""

Told = TypeVar("Told")


@dataclass(slots=True, kw_only=True)
class Peers:
    """The breakers of one process. `directory` gives the one in force, and may raise."""

    directory: Callable[[], Directory]
    clock: Clock
    figures: PeerFigures | None = None
    _breakers: dict[str, Breaker] = field(default_factory=dict)

    def breaker(self, purpose: str) -> Breaker:
        """The breaker of one purpose."""
        if purpose not in self._breakers:
            self._breakers[purpose] = (
                Breaker(longest_seconds=LONGEST_SECONDS)
                if self.figures is None
                else MeasuredBreaker(
                    self.figures, purpose, named=self._label, longest_seconds=LONGEST_SECONDS
                )
            )
        return self._breakers[purpose]

    def asked(self, purpose: str, peer: str, ask: Callable[[], Told]) -> Told:
        """What `ask` gives. Raises what it raises; NodeUnreachable, unasked, for one that rests."""
        breaker = self.breaker(purpose)
        if breaker.rest(peer, now=self._now()):
            raise breaker.refusal(peer, peer)
        try:
            told = ask()
        except NotThere:
            breaker.answered(peer)
            raise
        except NodeUnreachable:
            breaker.failed(peer, now=self._now())
            raise
        breaker.answered(peer)
        return told

    def _now(self) -> float:
        return self.clock.now().timestamp()

    def _label(self, peer: str) -> str:
        """The member to whom a peer belongs, or `other` for whoever is in no directory."""
        try:
            who = subsystem(peer).owner
            return OTHER if self.directory().member(who) is None else str(who)
        except (BadQuestion, DirectoryRefused):
            return OTHER
