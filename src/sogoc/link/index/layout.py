"""How the person index lies on disk: one record of 24 bytes a person, and lists of positions.

A person's number is the position in the order of date of birth, folded name and personal number.
So the persons of one day lie together, within it those of one given name, and the date itself
needs no search structure but a table of days. Every other way to a person is a list of positions
beside an array of starts (the list of value v is `rows[starts[v]:starts[v + 1]]`).

Folded names are numbered by given name, surname and middle name: all names of one given name, and
in it of one surname, are one range of numbers.

All arrays are little-endian, whatever the machine; -1 stands for "not known".
"""

from __future__ import annotations

import numpy as np

from sogoc.link.names import NAME_PARTS

FORMAT = "sogoc-person-index"
VERSION = 4
"""Changes with every change of the files' meaning: an index of another version is made anew."""

UNKNOWN = -1

PERSON = np.dtype(
    {
        "names": [
            "folded",
            "written",
            "old_number",
            "born",
            "number_low",
            "home",
            "number_high",
            "marks",
        ],
        "formats": ["<i4", "<i4", "<i4", "<i4", "<u4", "<i2", "u1", "u1"],
        "offsets": [0, 4, 8, 12, 16, 20, 22, 23],
        "itemsize": 24,
    }
)
"""One person in 24 bytes: a candidate costs one read of memory.

- The personal number, of 12 digits, in 40 bits: its low 32 in `number_low`, the others in
  `number_high`, which is `NO_NUMBER` where none is known.
- `home` is the row of `homes` that tells commune and province, -1 where neither is known.
- `marks`: two bits of the sex and one more (0: not known), then `DEAD`, where the population
  register records the death.
"""

NO_NUMBER = 255
"""More than any number of 12 digits has above its low 32 bits."""
SEX = 3
DEAD = 4
MOST_HOMES = 1 << 15

FAMILY = ("father", "mother", "spouse")
"""Folded names of relatives: arrays of their own, read only where the record names a relative."""

TIES = (*FAMILY, "household", "former")
"""The same of households and former places: no file where nobody's is known."""

ARRAYS: dict[str, tuple[np.dtype, str]] = {
    "persons": (PERSON, "one record a person"),
    "father": (np.dtype("<i4"), "folded name of each person's father; no file where nobody's is"),
    "mother": (np.dtype("<i4"), "folded name of the mother, likewise"),
    "spouse": (np.dtype("<i4"), "folded name of the spouse, likewise"),
    "household": (np.dtype("<i4"), "number of each person's household, likewise"),
    "household_starts": (np.dtype("<i4"), "by bucket of the household, where its list begins"),
    "household_rows": (np.dtype("<i4"), "positions by bucket, ascending; none where none is known"),
    "former": (np.dtype("<i2"), "place each person lived in before, likewise"),
    "dead": (np.dtype("<i4"), "positions of persons whose death is recorded, ascending"),
    "died": (np.dtype("<i4"), "their dates of death, as `born`"),
    "gone": (np.dtype("u1"), "of changes: one bit a person of the index who is no longer there"),
    "days": (np.dtype("<i4"), "distinct dates of birth, ascending, as yyyymmdd with 00"),
    "day_starts": (np.dtype("<i4"), "first position of each day; last, the end of the known ones"),
    "name_starts": (np.dtype("<i4"), "by folded name, where its list in `name_rows` begins"),
    "name_rows": (np.dtype("<i4"), "positions of persons by folded name, ascending"),
    "place_starts": (np.dtype("<i4"), "by place, where the list of a commune begins"),
    "place_rows": (np.dtype("<i4"), "positions by commune, then folded name, ascending"),
    "number_starts": (np.dtype("<i4"), "by bucket of the personal number, where its list begins"),
    "number_rows": (np.dtype("<i4"), "positions by bucket, ascending"),
    "number_marks": (np.dtype("u1"), "eight bits of each number: most others are seen at once"),
    "old_starts": (np.dtype("<i4"), "the same for the 9-digit number"),
    "old_rows": (np.dtype("<i4"), "positions by bucket, ascending"),
    "old_marks": (np.dtype("u1"), "eight bits of each 9-digit number"),
    "provinces": (np.dtype("<i4"), "numbers of the places that are provinces of persons"),
    "homes": (np.dtype("<i4"), "commune and province of persons, as places: two columns"),
    "given_starts": (np.dtype("<i4"), "by token, the first folded name with this given name"),
    "parts": (np.dtype("<i4"), "surname, middle, core and given of each folded name: four columns"),
    "name_text": (np.dtype("u1"), "the folded names, end to end"),
    "name_ends": (np.dtype("<i8"), "where each begins; last, the end of all"),
    "name_counts": (np.dtype("<i4"), "women and persons of known sex of each: two columns"),
    "name_keys": (np.dtype("<u8"), "64-bit keys of the folded names, ascending"),
    "name_of_key": (np.dtype("<i4"), "the folded name of each key"),
    "written_starts": (np.dtype("<i4"), "by folded name, the first of its written names"),
    "written_text": (np.dtype("u1"), "the written names, end to end"),
    "written_ends": (np.dtype("<i8"), "where each begins; last, the end of all"),
    "written_counts": (np.dtype("<i4"), "bearers of each written name"),
    "cohort_keys": (np.dtype("<i8"), "of the desk: middle, given and decade, packed, ascending"),
    "cohort_counts": (np.dtype("<i4"), "bearers of each, as `link_cohorts` counts them"),
    "region_keys": (np.dtype("<i8"), "of the desk: surname, given and province, packed, ascending"),
    "region_counts": (np.dtype("<i4"), "bearers of each, as `link_regions` counts them"),
    "token_text": (np.dtype("u1"), "of the desk: the tokens, end to end, in the order of texts"),
    "token_ends": (np.dtype("<i8"), "where each begins; last, the end of all"),
}
"""Every array: what one entry is, and what it tells."""

PARTS = NAME_PARTS

BUCKET = 8
"""Persons to a bucket of numbers, on average: their marks are one word of memory."""
