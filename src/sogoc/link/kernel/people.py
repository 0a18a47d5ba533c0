"""The arrays of an index as the compiled loops take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sogoc.link.index.hashing import mixed_one
from sogoc.link.index.layout import FAMILY, PERSON
from sogoc.link.kernel.shapes import Segment, Words

if TYPE_CHECKING:
    from sogoc.link.index.person_index import PersonIndex

_SAME_NAME = (
    "persons",
    *FAMILY,
    "days",
    "day_starts",
    "name_starts",
    "name_rows",
    "place_starts",
    "place_rows",
    "number_starts",
    "number_rows",
    "number_marks",
    "old_starts",
    "old_rows",
    "old_marks",
    "provinces",
)


class Population(NamedTuple):
    """Whom the loops look for persons among."""

    base: Segment
    added: Segment
    words: Words


def population(index: PersonIndex) -> Population:
    """The persons of an index, and the names they bear."""
    return Population(_base(index), _nobody(index.persons), _words(index))


def _base(index: PersonIndex) -> Segment:
    """The persons with whom the index was built."""
    arrays = {name: index.array(name) for name in _SAME_NAME}
    return Segment(first=0, ordered=1, gone=_fixed(np.empty(0, np.uint8)), **arrays)


def _nobody(first: int) -> Segment:
    """A segment without persons, whose numbers would begin at `first`."""
    empty = {name: _fixed(np.empty(0, np.int32)) for name in _SAME_NAME}
    empty["persons"] = _fixed(np.empty(0, PERSON))
    empty["number_marks"] = empty["old_marks"] = _fixed(np.empty(0, np.uint8))
    return Segment(first=first, ordered=0, gone=_fixed(np.empty(0, np.uint8)), **empty)


def _words(index: PersonIndex) -> Words:
    """The dictionary of folded names."""
    return Words(
        parts=index.array("parts"),
        given_starts=index.array("given_starts"),
        letters=index.array("name_text"),
        ends=index.array("name_ends"),
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
        if segment.persons[row]["number"] == number and not _is_gone(segment, int(row))
    ]


def _is_gone(segment: Segment, row: int) -> bool:
    return bool(len(segment.gone)) and bool(segment.gone[row >> 3] >> (row & 7) & 1)


def _fixed(array: np.ndarray) -> np.ndarray:
    """Mapped arrays cannot be written; the compiler wants one kind for all."""
    array.setflags(write=False)
    return array
