"""What the compiled loops take: arrays in named groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Segment(NamedTuple):
    """The arrays of the index (`index/layout.py`), or of the persons added to it since."""

    first: int
    """Number of the segment's first person."""
    ordered: int
    """1: folded names of one given name are one range of numbers; 0: some came later."""
    persons: np.ndarray
    father: np.ndarray
    mother: np.ndarray
    spouse: np.ndarray
    household: np.ndarray
    household_starts: np.ndarray
    household_rows: np.ndarray
    former: np.ndarray
    days: np.ndarray
    day_starts: np.ndarray
    name_starts: np.ndarray
    name_rows: np.ndarray
    place_starts: np.ndarray
    place_rows: np.ndarray
    number_starts: np.ndarray
    number_rows: np.ndarray
    number_marks: np.ndarray
    old_starts: np.ndarray
    old_rows: np.ndarray
    old_marks: np.ndarray
    homes: np.ndarray
    gone: np.ndarray
    """One bit a person who is no longer there; empty: nobody is."""


class Words(NamedTuple):
    """The dictionary of folded names."""

    parts: np.ndarray
    given_starts: np.ndarray
    letters: np.ndarray
    ends: np.ndarray


class Texts(NamedTuple):
    """A text of each person asked for, end to end; `known` is 0 where it is NULL."""

    letters: np.ndarray
    ends: np.ndarray
    known: np.ndarray


def texts(letters: np.ndarray, ends: np.ndarray, known: np.ndarray) -> Texts:
    """These arrays as texts, read-only whatever made them.

    Whether an array can be written is part of its type: the loops are compiled once for each.
    """
    for array in (letters, ends, known):
        array.setflags(write=False)
    return Texts(letters=letters, ends=ends, known=known)


class Asked(NamedTuple):
    """Some of the persons asked for, sorted by date of birth and name."""

    ints: np.ndarray
    longs: np.ndarray
    texts: tuple[Texts, ...]
    judged_starts: np.ndarray
    judged_persons: np.ndarray
    judged_kinds: np.ndarray


class Work(NamedTuple):
    """What one thread needs to look at one person after another; it is never given back."""

    stamp: np.ndarray
    slots: np.ndarray
    queue: np.ndarray
    persons: np.ndarray
    weights: np.ndarray
    confirmed: np.ndarray
    levels: np.ndarray
    weigh: np.ndarray
    far: np.ndarray
    band: np.ndarray
    digits: np.ndarray
