"""Columns of text out of numbers, without a Python object a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.demo.nation.kin import TODAY, YEAR_ZERO

if TYPE_CHECKING:
    from sogoc.demo.nation.lots import Flags, Ints

_GROUP = np.array([f"{number:04d}".encode() for number in range(10_000)]).view(np.uint32)
_YEARS = range(1900, 2030)
_DAYS = [str(day) for day in YEAR_ZERO + np.arange(TODAY + 800)]
_DATES = pa.array([*_DAYS, *(str(year) for year in _YEARS)])
YEAR_ALONE = len(_DAYS)
"""Added to a year since 1900 it is the code of a date of which only the year is known."""
_SEXES = pa.array(["nam", "nữ"])


def digits(numbers: Ints, length: int, there: Flags | None = None) -> pa.Array:
    """The numbers with zeros in front, at most twelve digits; NULL where there is none."""
    rest, low = np.divmod(numbers, 10_000)
    high, middle = np.divmod(rest, 10_000)
    groups = np.stack([_GROUP[high], _GROUP[middle], _GROUP[low]], axis=1)
    letters = np.ascontiguousarray(groups.view(np.uint8).reshape(-1, 12)[:, 12 - length :])
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * length
    validity = None
    if there is not None:
        validity = pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(
        pa.string(),
        len(numbers),
        [validity, pa.py_buffer(offsets), pa.py_buffer(letters)],
    )


def dates(codes: Ints, there: Flags | None = None) -> pa.Array:
    """Dates of day codes (days since 1900) or of year codes."""
    return coded(codes, _DATES, there)


def sexes(female: Flags, there: Flags | None = None) -> pa.Array:
    """`nam` or `nữ`."""
    return coded(female.astype(np.int64), _SEXES, there)


def coded(codes: Ints, texts: pa.Array, there: Flags | None = None) -> pa.Array:
    """One of a list of texts each."""
    mask = None if there is None else ~there
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=mask), texts)


def code_of_date(text: str) -> int:
    """The code of a date written as `1931-05-02`."""
    return int((np.datetime64(text) - YEAR_ZERO).astype(np.int64))
