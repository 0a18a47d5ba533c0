"""Draws that depend on the seed, the name of the lot and the number drawn for, and nothing else.

So every person and every record can be made alone, in any order, on any machine, and is the same.
The mixing is splitmix64 (Steele, Lea, Flood 2014), over whole arrays, in place: a hundred million
persons draw some ten thousand million times.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints: TypeAlias = npt.NDArray[np.int64]
Small: TypeAlias = npt.NDArray[np.int32]
Bits: TypeAlias = npt.NDArray[np.uint64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

WHEEL = 1 << 16
"""Places on a wheel of fortune: a share below one in 65,536 may get none."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_FRACTION = np.float64(2.0**-53)


class Lots:
    """One seed; each lot is named, and drawn once for each number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def bits(self, lot: str, ids: Ints) -> Bits:
        """64 bits for each id."""
        salt = zlib.crc32(f"{self._seed}:{lot}".encode()) | (zlib.crc32(lot.encode()) << 32)
        bits = np.asarray(ids).astype(np.uint64)
        with np.errstate(over="ignore"):  # wrapping round 64 bits is how it works
            bits *= _GOLDEN
            bits ^= np.uint64(salt)
            other = np.empty_like(bits)
            for shift, factor in ((30, _FIRST), (27, _SECOND), (31, _FIRST), (29, _SECOND)):
                np.right_shift(bits, np.uint64(shift), out=other)
                bits ^= other
                bits *= factor
            np.right_shift(bits, np.uint64(31), out=other)
            bits ^= other
        return bits

    def uniform(self, lot: str, ids: Ints) -> Floats:
        """A number from 0 up to, not including, 1."""
        return (self.bits(lot, ids) >> np.uint64(11)).astype(np.float64) * _FRACTION

    def below(self, lot: str, ids: Ints, limit: int) -> Ints:
        """A whole number from 0 up to, not including, `limit` (at most 2 to the 31st)."""
        high = self.bits(lot, ids) >> np.uint64(32)
        return ((high * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)

    def chance(self, lot: str, ids: Ints, rate: float | Floats) -> Flags:
        """True with the chance `rate`, one for all or one for each."""
        return np.asarray(self.uniform(lot, ids) < rate, dtype=np.bool_)

    def spin(self, lot: str, ids: Ints) -> Ints:
        """A place on a wheel."""
        return (self.bits(lot, ids) >> np.uint64(48)).astype(np.int64)


def wheel(weights: Sequence[float] | Floats) -> Ints:
    """For each place on a wheel a position in `weights`, as often as its weight says."""
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    middle = (np.arange(WHEEL) + 0.5) / WHEEL * steps[-1]
    return np.asarray(np.searchsorted(steps, middle, side="right"), dtype=np.int64)


class Shuffle:
    """A one-to-one map of 0 .. count - 1 onto itself, known without making it.

    Four rounds of a Feistel cipher over the next power of four; whoever falls outside goes round
    again (cycle walking), so that nobody is met twice and nobody is left out.
    """

    def __init__(self, lots: Lots, lot: str, count: int) -> None:
        self._lots, self._lot, self._count = lots, lot, count
        self._half = max(((max(count, 2) - 1).bit_length() + 1) // 2, 1)

    def __call__(self, places: Ints) -> Ints:
        """Where each place goes."""
        found = self._round(np.asarray(places, dtype=np.int64))
        while (outside := np.flatnonzero(found >= self._count)).size:
            found[outside] = self._round(found[outside])
        return found

    def _round(self, places: Ints) -> Ints:
        mask = (1 << self._half) - 1
        left, right = places >> self._half, places & mask
        for turn in range(4):
            mixed = self._lots.bits(f"{self._lot} {turn}", right).astype(np.int64) & mask
            left, right = right, left ^ mixed
        return (left << self._half) | right
