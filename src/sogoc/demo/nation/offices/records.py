"""A slice of a register in the shape that standardising leaves, and the truth about it.

Two variants of one register: `plain` (number, name, date, sex, commune) and `family`, the same
records with parents, spouse, household and former commune. One truth serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.demo.nation.land import KINH
from sogoc.demo.nation.offices.misspelt import Misspeller
from sogoc.demo.nation.offices.miswritten import (
    Codes,
    born_codes,
    codes_of,
    commune_columns,
    former_columns,
    household_column,
    number_columns,
    sex_columns,
)
from sogoc.demo.nation.offices.office import Office
from sogoc.demo.nation.offices.register import Records
from sogoc.demo.nation.population import persons_of
from sogoc.demo.nation.texts import coded, dates, digits, sexes

if TYPE_CHECKING:
    from sogoc.demo.nation.lots import Ints
    from sogoc.demo.nation.nation import Nation

PLAIN = ("number", "name", "born", "sex", "commune")
FAMILY = (*PLAIN, "father", "mother", "spouse", "household", "former")
VARIANTS = {"plain": PLAIN, "family": FAMILY}
LOCALITIES = ("commune", "former")
ROW = ("_row", "_sheet", "_line", "_part")
_AGES = (15, 30, 45, 60, 75)
_NOW = 2025


@dataclass(frozen=True, slots=True)
class Slice:
    """Some records with all their fields, and the truth about each."""

    records: pa.Table
    truth: pa.Table

    def variant(self, fields: tuple[str, ...]) -> pa.Table:
        """The records with these fields alone."""
        return self.records.select([*ROW, *(name for one in fields for name in columns_of(one))])


def columns_of(field: str) -> list[str]:
    """The columns of a field in the standard table."""
    endings = ["", "__raw", "__flaw", "__proposal"]
    if field in LOCALITIES:
        endings += ["__now", "__candidates"]
    return [f"{field}{ending}" for ending in endings]


class Writer:
    """Writes any slice of one register of the nation."""

    def __init__(self, nation: Nation, count: int) -> None:
        self._nation = nation
        self._records = Records(nation, count)
        self._misspeller = Misspeller(nation.book)
        self._codes: Codes = codes_of(nation)

    def slice(self, first: int, count: int) -> Slice:
        """Records `first` ... `first + count - 1`, from 0; their `_row` counts from 1."""
        meant = self._records.meant(first, count)
        persons = persons_of(self._nation, meant.ids)
        office = Office(self._nation, self._records, meant, persons)
        columns: dict[str, pa.Array] = {
            "_row": pa.array(meant.rows + 1),
            "_sheet": coded(np.zeros(count, dtype=np.int64), pa.array([""])),
            "_line": pa.array((meant.rows + 2).astype(np.int32)),
            "_part": pa.array(np.ones(count, dtype=np.int32)),
        }
        columns |= number_columns(office)
        columns |= _read("name", self._misspeller.own_name(office))
        columns |= _read("born", dates(*born_codes(office)))
        columns |= _read("sex", sexes(*sex_columns(office)))
        columns |= commune_columns(office, self._codes)
        for role in ("father", "mother", "spouse"):
            tokens = getattr(persons, f"{role}_name")
            columns |= _read(role, self._misspeller.relative(office, tokens, role))
        columns |= _read("household", household_column(office))
        columns |= former_columns(office, self._codes)
        office.remember("person.dead", persons.died > 0)
        office.remember("record.absent", meant.place < 0)
        office.remember("record.second", meant.second)
        return Slice(pa.table(columns), self._truth(office))

    def _truth(self, office: Office) -> pa.Table:
        nation, persons, meant = self._nation, office.persons, office.meant
        known = meant.place >= 0
        offices = pa.array(["careful", "usual", "careless"])
        province = nation.land.province[persons.place]
        regions = sorted(set(nation.land.regions))
        region = np.array([regions.index(name) for name in nation.land.regions])
        return pa.table(
            {
                "_row": pa.array(meant.rows + 1),
                "number": digits(persons.number, 12, known),
                "place": pa.array(meant.place, mask=~known),
                "person": pa.array(meant.ids),
                "kinds": office.kinds(),
                "year": pa.array(persons.year.astype(np.int16)),
                "age": _ages(persons.year),
                "sex": sexes(persons.bearers.female),
                "region": coded(region[province], pa.array(regions)),
                "province": coded(province, pa.array(nation.land.provinces)),
                "people": coded(persons.bearers.people, pa.array(nation.book.peoples)),
                "minority": pa.array(persons.bearers.people != nation.book.peoples.index(KINH)),
                "office": coded(office.kind, offices),
            }
        )


def _read(field: str, values: pa.Array) -> dict[str, pa.Array]:
    """A field that could be read wherever it is filled."""
    empty = pa.nulls(len(values), pa.string())
    names = columns_of(field)
    return dict(zip(names, (values, values, empty, empty), strict=True))


def _ages(year: Ints) -> pa.Array:
    ages = np.searchsorted(np.array(_AGES), _NOW - year, side="right")
    edges = (0, *_AGES)
    names = [f"{low} to {high - 1}" for low, high in zip(edges, _AGES, strict=False)]
    return coded(ages, pa.array([*names, f"{_AGES[-1]} and over"]))
