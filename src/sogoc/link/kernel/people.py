"""The arrays of an index as the compiled loops take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sogoc.link.index.hashing import mixed_one
from sogoc.link.index.layout import ARRAYS
from sogoc.link.index.records import numbers
from sogoc.link.kernel.shapes import Segment, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.link.index.person_index import PersonIndex

_SAME_NAME = [field for field in Segment._fields if field not in ("first", "ordered", "gone")]


class Population(NamedTuple):
    """Whom the loops look for persons among."""

    base: Segment
    added: Segment
    words: Words


def population(index: PersonIndex) -> Population:
    """The persons of an index with its changes, and the names they bear."""
    changes = index.changes
    gone = _fixed(np.empty(0, np.uint8))
    if changes is None:
        return Population(_segment(index.array, 0, gone), _nobody(index.persons), _words(index))
    base = _segment(index.array, 0, changes.array("gone"))
    added = _segment(changes.array, index.persons, gone)
    return Population(base, added, _words(index))


def _segment(array: Callable[[str], np.ndarray], first: int, gone: np.ndarray) -> Segment:
    """Only the names of the index itself lie in the order of their parts."""
    arrays = {name: array(name) for name in _SAME_NAME}
    return Segment(first=first, ordered=int(first == 0), gone=gone, **arrays)


def _nobody(first: int) -> Segment:
    """A segment without persons, whose numbers would begin at `first`."""
    empty = {name: _fixed(np.empty(0, ARRAYS[name][0])) for name in _SAME_NAME}
    empty["homes"] = _fixed(np.empty((0, 2), ARRAYS["homes"][0]))
    return Segment(first=first, ordered=0, gone=_fixed(np.empty(0, np.uint8)), **empty)


def _words(index: PersonIndex) -> Words:
    """The dictionary of folded names, those that changes added too."""
    letters, ends = index.array("name_text"), index.array("name_ends")
    if index.changes:
        more = index.changes.array("name_ends") + ends[-1]
        ends = _fixed(np.concatenate([ends[:-1], more]))
        letters = _fixed(np.concatenate([letters, index.changes.array("name_text")]))
    return Words(
        parts=_fixed(index.parts) if index.changes else index.parts,
        given_starts=index.array("given_starts"),
        letters=letters,
        ends=ends,
    )


def bearers(population: Population, number: int) -> list[int]:
    """The persons who bear this 12-digit number, those gone left out."""
    return [*_bearers(population.base, number), *_bearers(population.added, number)]


def _bearers(segment: Segment, number: int) -> list[int]:
    if not len(segment.persons):
        return []
    bits = (len(segment.number_starts) - 1).bit_length() - 1
    at = mixed_one(number) >> (64 - bits)
    rows = segment.number_rows[segment.number_starts[at] : segment.number_starts[at + 1]]
    return [
        segment.first + int(row)
        for row in rows
        if numbers(segment.persons[row]) == number and not _is_gone(segment, int(row))
    ]


def _is_gone(segment: Segment, row: int) -> bool:
    return bool(len(segment.gone)) and bool(segment.gone[row >> 3] >> (row & 7) & 1)


def _fixed(array: np.ndarray) -> np.ndarray:
    """Mapped arrays cannot be written; the compiler wants one kind for all."""
    array.setflags(write=False)
    return array
