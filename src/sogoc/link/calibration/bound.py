"""What a run may promise: a bound below which its precision does not fall, 19 times in 20.

Three things are unknown when links are accepted on calibrated probabilities: how often a tread of
the staircase is wrong (it was counted on a sample of labels), how many of *these* links are then
wrong (chance), and whether this register is as others were. The bound takes the first two
together: the rate of errors is a sum of counts, each with a weight of its own, and its upper limit
is that of Fay and Feuer (1997), which is never too low; from that rate the number of errors is
bounded by Poisson's law, which bounds a sum of unlike chances. The chance of being wrong is shared
out between the two, so the promise holds whatever the two have to do with each other (Boole). The
third widens the rate's limit by how far error rates were seen to go apart between the offices of
the labelled registers (`between`); whether that is enough is what `benchmarks/calibration.py` tries
on a thousand simulated registers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.link.calibration.chance import gamma_quantile, poisson_quantile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.link.calibration.isotonic import Tread

PROMISE = 0.95
_RATE, _CHANCE = 0.03, 0.02
"""How the twentieth part that may fail is shared: not knowing the rate, and bad luck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Of `links` accepted links, `expected` are right by their probabilities; at least `low` are.

    Both as shares of the links; `low` holds in 19 of 20 registers.
    """

    links: int
    expected: float
    low: float


def promise(
    accepted: Iterable[tuple[Tread, int]], *, certain: int = 0, between: float = 0.0
) -> Promise:
    """The promise for links that stand on these treads; `certain` were judged by officers.

    A tread on which no label was wrong still counts as if one more label had been: no error seen
    in a hundred labels is no proof of none in a million links.
    """
    counted = [(tread, links) for tread, links in accepted if links]
    links = sum(number for _, number in counted) + certain
    if not links:
        return Promise(links=0, expected=1.0, low=0.0)
    wrong = sum(number * (1 - tread.probability) for tread, number in counted)
    most = min(poisson_quantile(1 - _CHANCE, _most(counted, between)), links) if counted else 0
    return Promise(links=links, expected=1 - wrong / links, low=1 - most / links)


def _most(counted: list[tuple[Tread, int]], between: float) -> float:
    """The upper limit of the number of errors to expect (Fay and Feuer, 1997, formula 4).

    That a register's rate is not the average of registers adds its own variance to the gamma law.
    """
    weights = [(links / max(tread.labels, 1.0), tread.wrong) for tread, links in counted]
    mean = sum(weight * wrong for weight, wrong in weights)
    variance = sum(weight * weight * wrong for weight, wrong in weights)
    largest = max(weight for weight, _ in weights)
    mean, variance = mean + largest, variance + largest * largest
    variance += (between * mean) ** 2
    return variance / mean * gamma_quantile(1 - _RATE, mean * mean / variance)
