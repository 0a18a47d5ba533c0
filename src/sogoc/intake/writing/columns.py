"""One column's texts recovered: what the column is made of first, then each distinct text.

The share of each writing in the column is estimated from a sample (expectation-maximisation over
the readings of each text); then a text is read otherwise than it stands only if the other reading
is better by far. A text that is legal as it stands is right until the column proves, by dozens of
texts against none, that nothing in it stands as it was meant.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from sogoc.intake.writing.letters import plain
from sogoc.intake.writing.readings import (
    AS_IT_STANDS,
    FONTS,
    KEYS,
    WRITINGS,
    Reading,
    is_odd,
    is_right,
    is_telling,
    readings,
)
from sogoc.intake.writing.standing import stands
from sogoc.intake.writing.typed import NUMBERED, joins_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

_RAREST = 1e-4
"""Share of a writing of which the sample shows nothing."""
_BETTER = 0.7
"""A reading must be five times as likely as the text as it stands."""
_BETTER_THAN_LEGAL = 1.5
"""And thirty times, where the text is legal as it stands."""
_APART = 0.5
"""Two readings closer than this are not told apart; the text stays."""
_LEAST_NUMBERED = -1.2
_ENOUGH = 8192
_ODD_ONES = 2.0
_ROUNDS = 6
_REMEMBERED = 200_000
"""Distinct texts whose reading is kept at hand."""


@dataclass(slots=True)
class Column:
    """Reads the texts of one column. `by_keys` says whether typing residue is looked for."""

    by_keys: bool
    shares: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WRITINGS, _RAREST))
    numbered: float = NUMBERED
    """Share of texts that join words and numbers, `Toa2 Tang3`: a decimal logarithm."""
    _read: dict[str, tuple[str, str]] = field(default_factory=dict)
    _sampled: dict[str, list[Reading]] = field(default_factory=dict)
    """What the texts of the sample may mean, from when it was learned from until they are read."""

    def learn(self, sample: Iterable[str]) -> None:
        """Estimate how much of the column is in which writing."""
        telling = [text for text in sorted(set(sample)) if is_telling(text)]
        telling = telling[:: len(telling) // _ENOUGH + 1]
        self.numbered = _numbered(telling) if self.by_keys else NUMBERED
        self._sampled.clear()
        # Many texts say the same: a few hundred kinds stand for thousands.
        costs = Counter(self._costs(text) for text in telling)
        counts = {AS_IT_STANDS: 0.9} | dict.fromkeys(FONTS + KEYS, 0.1 / len(FONTS + KEYS))
        for _ in range(_ROUNDS):
            counts = _counted(costs, _shares(counts))
        # A few texts cannot vouch for each other: else one odd name would make its own case.
        for writing in FONTS + KEYS:
            counts[writing] = max(counts[writing] - _ODD_ONES, 0.0)
        self.shares = _shares(counts)

    def _costs(self, text: str) -> tuple[tuple[str, float], ...]:
        if is_right(text, by_keys=self.by_keys):
            return ((AS_IT_STANDS, 0.0),)
        known = self._sampled[text] = self._readings(text)
        return tuple((one.writing, one.cost) for one in known)

    def _readings(self, text: str) -> list[Reading]:
        return readings(text, by_keys=self.by_keys, numbered=self.numbered)

    def read(self, text: str) -> tuple[str, str]:
        """The text as it was meant, and the writing it was in, empty where it stands."""
        known = self._read.get(text)
        if known is None:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            known = self._read[text] = self._decide(text)
        return known

    def _decide(self, text: str) -> tuple[str, str]:
        if is_right(text, by_keys=self.by_keys):
            return plain(text), AS_IT_STANDS
        as_is, *others = self._sampled.pop(text, None) or self._readings(text)
        # Capitals apart: most old fonts cannot tell them.
        standing = text.casefold()
        odds = [self._share(one) for one in others if one.text.casefold() == standing]
        rivals = [one for one in others if one.text.casefold() != standing]
        if not rivals:
            return plain(text), AS_IT_STANDS
        limit = as_is.cost - math.log10(self._share(as_is) + sum(odds))
        rivals.sort(key=self._total)
        best = rivals[0]
        needed = _BETTER if is_odd(text) or best.writing in KEYS else _BETTER_THAN_LEGAL
        if limit - self._total(best) < needed or self._is_close(rivals):
            return plain(text), AS_IT_STANDS
        return plain(best.text), best.writing

    def _is_close(self, ranked: list[Reading]) -> bool:
        best = ranked[0]
        others = [one for one in ranked[1:] if one.text.casefold() != best.text.casefold()]
        return bool(others) and self._total(others[0]) - self._total(best) < _APART

    def _total(self, one: Reading) -> float:
        return one.cost - math.log10(self._share(one))

    def _share(self, one: Reading) -> float:
        return self.shares[one.writing]


def _numbered(texts: list[str]) -> float:
    """The share of texts that join words and numbers, as far as the column tells."""
    joined = sum(map(joins_numbers, texts))
    return max(math.log10((joined + 0.1) / (len(texts) + 1.0)), _LEAST_NUMBERED)


def _counted(
    costs: Counter[tuple[tuple[str, float], ...]], shares: dict[str, float]
) -> dict[str, float]:
    """One round: each text is divided among its readings by their odds, then counted."""
    # Half a text more that stands: a column never proves more than its length.
    counts = dict.fromkeys(WRITINGS, 0.0) | {AS_IT_STANDS: 0.5}
    for told, texts in costs.items():
        lowest = min(what for _, what in told)
        weights = [(writing, shares[writing] * 10.0 ** (lowest - what)) for writing, what in told]
        total = sum(weight for _, weight in weights)
        for writing, weight in weights:
            counts[writing] += texts * weight / total
    return counts


def _shares(counts: dict[str, float]) -> dict[str, float]:
    everything = sum(counts.values())
    return {writing: max(count / everything, _RAREST) for writing, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Recovered:
    """A column in Unicode NFC, and of each row the writing it was in, NULL where it stood."""

    column: pa.Array
    writings: pa.Array | None


def recover(array: pa.Array, column: Column) -> Recovered:
    """Read a batch of the column: each distinct text once, and only those not surely right."""
    right = stands(array, by_keys=column.by_keys)
    if right.all():
        return Recovered(array, None)
    doubtful = pa.array(~right)
    coded = array.filter(doubtful).dictionary_encode()
    read = [column.read(text) for text in coded.dictionary.to_pylist()]
    # Blanks alone are nothing.
    texts = pa.array([text or None for text, _ in read], pa.string()).take(coded.indices)
    whole = pc.replace_with_mask(array, doubtful, texts)
    if not any(writing for _, writing in read):
        return Recovered(whole, None)
    writings = pa.array([writing or None for _, writing in read], pa.string()).take(coded.indices)
    nothing = pa.nulls(len(array), pa.string())
    return Recovered(whole, pc.replace_with_mask(nothing, doubtful, writings))
