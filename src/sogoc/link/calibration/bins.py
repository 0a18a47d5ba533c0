"""The bins of posteriors: fixed once, equal in evidence, the same on every engine.

A bin is as wide as a quarter bit of evidence in the middle and half a bit towards the ends, where
"certain" and "nearly certain" must stay apart: 0.999 and 0.99999 differ a hundredfold in what they
promise. Edges are whole parts of a billion, so engines cannot disagree at one.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BILLION = 1_000_000_000

_LOW, _MIDDLE, _HIGH = -10, 4, 20
"""In bits of odds; beyond both ends lies one bin each."""


def _edges() -> tuple[int, ...]:
    bits = [
        *(Fraction(half, 2) for half in range(2 * _LOW, -2 * _MIDDLE)),
        *(Fraction(quarter, 4) for quarter in range(-4 * _MIDDLE, 4 * _MIDDLE)),
        *(Fraction(half, 2) for half in range(2 * _MIDDLE, 2 * _HIGH + 1)),
    ]
    return tuple(round(BILLION / (1 + 2.0 ** -float(bit))) for bit in bits)


EDGES = _edges()
"""Lower edges of all bins but the first, which begins at 0; in parts of a billion."""

BINS = len(EDGES) + 1


def bin_of(posterior: float) -> int:
    """The bin of a posterior, from 0; an edge belongs to the bin above it."""
    return bisect_right(EDGES, round(posterior * BILLION))


def low(position: int) -> int:
    """The lower edge of a bin, in parts of a billion."""
    return EDGES[position - 1] if position else 0


def high(position: int) -> int:
    """The upper edge of a bin, in parts of a billion."""
    return EDGES[position] if position < len(EDGES) else BILLION


def middle(position: int) -> float:
    """A posterior that stands for the bin: the middle in evidence, not in parts."""
    if position == 0:
        return low(1) / BILLION / 2
    if position == BINS - 1:
        return 1 - (BILLION - low(position)) / BILLION / 2
    ends = (low(position) / BILLION, high(position) / BILLION)
    bits = sum(log2(end / (1 - end)) for end in ends) / 2
    return float(1 / (1 + 2.0**-bits))


def position_sql(posterior: str) -> str:
    """The bin as SQL over an expression of the posterior, by halving: seven comparisons a row."""
    return _halved(f"cast(round({posterior} * {BILLION}) as bigint)", EDGES, 0)


def _halved(parts: str, edges: Sequence[int], first: int) -> str:
    if not edges:
        return str(first)
    half = len(edges) // 2
    below = _halved(parts, edges[:half], first)
    above = _halved(parts, edges[half + 1 :], first + half + 1)
    return f"case when {parts} < {edges[half]} then {below} else {above} end"
