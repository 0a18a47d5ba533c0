"""Draws by lot that depend on the seed, the name of the lot and the number drawn for: nothing else.

So a person keeps the same name and fate whatever is added beside, and any delivery can be made
again alone. The mixing is splitmix64 (Steele, Lea, Flood 2014), over whole arrays at once.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]
Days: TypeAlias = npt.NDArray[np.datetime64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def either(there: Flags, first: Any, second: Any) -> Texts:  # noqa: ANN401 - a cell or an array
    """The first where it holds, else the second: texts, or nothing."""
    chosen: Any = np.where(there, first, second)
    return np.asarray(chosen, dtype=object)


def texts(values: Sequence[object] | Ints) -> Texts:
    """An array of cells, most of them Python texts."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


class Draws:
    """One seed; each lot is named, and drawn once for each number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, lot: str, ids: Ints) -> Floats:
        """A number from 0 up to, not including, 1 for each id."""
        return (self._bits(lot, ids) >> np.uint64(11)).astype(np.float64) / float(1 << 53)

    def below(self, lot: str, ids: Ints, limit: int) -> Ints:
        """A whole number from 0 up to, not including, `limit`."""
        return (self.uniform(lot, ids) * limit).astype(np.int64)

    def between(self, lot: str, ids: Ints, span: tuple[float, float]) -> Floats:
        """A number within the span."""
        return span[0] + self.uniform(lot, ids) * (span[1] - span[0])

    def chance(self, lot: str, ids: Ints, rate: float | Floats) -> Flags:
        """True with the chance `rate`, one for all or one for each."""
        return np.asarray(self.uniform(lot, ids) < rate, dtype=np.bool_)

    def weighted(self, lot: str, ids: Ints, weights: Sequence[float] | Floats) -> Ints:
        """A position in `weights`, as often as its weight says."""
        steps = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = np.searchsorted(steps, self.uniform(lot, ids) * steps[-1], side="right")
        return np.asarray(np.minimum(drawn, len(steps) - 1), dtype=np.int64)

    def one_of(self, lot: str, ids: Ints, choices: Sequence[str | None]) -> Texts:
        """One of the texts, each as often as the others."""
        return texts(choices)[self.below(lot, ids, len(choices))]

    def _bits(self, lot: str, ids: Ints) -> npt.NDArray[np.uint64]:
        salt = (zlib.crc32(lot.encode()) << 32) ^ (self._seed * 0x2545F491 & 0xFFFFFFFF)
        # Wrapping around 64 bits is how splitmix works.
        with np.errstate(over="ignore"):
            mixed = _mix(np.asarray(ids).astype(np.uint64) + np.uint64(salt) * _GOLDEN)
            return _mix(mixed ^ np.uint64(salt))


def _mix(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    bits = bits + _GOLDEN
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
