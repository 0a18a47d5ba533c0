"""Some persons of an index as rows of the table `population`: read from arrays, nothing scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.link.columns import PERSON_COLUMNS
from sogoc.link.index import records
from sogoc.link.index.layout import PARTS, TIES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    Arrays = Callable[[str], np.ndarray]
    """Gives an array of `layout.ARRAYS` by its name."""

_TYPES = {
    "person": pa.int64(),
    "number": pa.int64(),
    "old_number": pa.int64(),
    "year": pa.int16(),
    "sex": pa.int8(),
}
"""Types of `population`; all other columns are INTEGER."""


def people(array: Arrays, numbers: np.ndarray, *, first: int, parts: np.ndarray) -> pa.Table:
    """The persons with these numbers, in this order, with the columns of `population`.

    `first` is the number of the first person in the arrays; `parts` those of all names.
    """
    rows = numbers - first
    persons = array("persons")[rows]
    folded, born = persons["folded"], persons["born"]
    known = folded != UNKNOWN
    columns: dict[str, np.ndarray] = {
        "person": numbers.astype(np.int64),
        **{name: persons[name] for name in ("old_number", "written", "born")},
        "number": records.numbers(persons),
        "sex": records.sexes(persons),
        "folded": folded,
        "commune": records.communes(persons, array("homes")),
        "province": records.provinces(persons, array("homes")),
        "year": np.where(born == UNKNOWN, UNKNOWN, born // 10000),
        "died": _died(array, rows),
    }
    for at, part in enumerate(PARTS):
        columns[part] = np.where(known, parts[np.where(known, folded, 0), at], UNKNOWN)
    for role in TIES:
        relatives = array(role)
        columns[role] = relatives[rows] if len(relatives) else np.full(len(rows), UNKNOWN)
    return pa.table({name: column(name, columns[name]) for name in PERSON_COLUMNS})


def _died(array: Arrays, rows: np.ndarray) -> np.ndarray:
    dead, died = array("dead"), array("died")
    if not len(dead):
        return np.full(len(rows), UNKNOWN)
    at = np.minimum(np.searchsorted(dead, rows), len(dead) - 1)
    return np.where(dead[at] == rows, died[at], UNKNOWN)


def column(name: str, numbers: np.ndarray) -> pa.Array:
    """A column of `population` in its type, NULL where nothing is known."""
    numbers = np.ascontiguousarray(numbers)
    made = pa.array(numbers, mask=numbers == UNKNOWN)
    return made.cast(_TYPES.get(name, pa.int32()))
