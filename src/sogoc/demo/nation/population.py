"""The population register: every registered person as a row, made in slices of any size.

Columns are named as in the contract `population`; `ma_xa_truoc` (beyond it) is the commune lived
in before the last move, by its code of before 1 July 2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.demo.nation.kin import YEAR_ZERO, Kin, year_of
from sogoc.demo.nation.names import NOTHING, Bearers, Tokens, text_of
from sogoc.demo.nation.nation import DISTRICT_BITS, SLOT_BITS, Nation
from sogoc.demo.nation.texts import YEAR_ALONE, coded, dates, digits, sexes
from sogoc.demo.nation.village import NOBODY

if TYPE_CHECKING:
    from sogoc.demo.nation.lots import Flags, Ints

COLUMNS = (
    "so_dinh_danh", "so_cmnd", "ho_ten", "ngay_sinh", "gioi_tinh", "ma_xa", "ngay_mat",
    "cha_ho_ten", "me_ho_ten", "vo_chong_ho_ten", "so_ho", "ma_xa_truoc", "cap_nhat_luc",
)  # fmt: skip
_UPDATED = pa.array(["2025-11-01"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """What the population register knows of some persons; one value each.

    `born` and `died` are codes of `texts.dates` (died 0: alive), `former` is an old commune or
    NOBODY; names are as written, with NOTHING where none stands.
    """

    ids: Ints
    number: Ints
    old_number: Ints
    name: Tokens
    """As `NameBook` has it: surname, middle, given."""
    bearers: Bearers
    day: Ints
    year: Ints
    born: Ints
    died: Ints
    birthplace: Ints
    """The old commune."""
    place: Ints
    """The old commune of the place lived in."""
    commune: Ints
    """Today's."""
    home: Ints
    """The man's number of the couple they live with."""
    father: Ints
    mother: Ints
    spouse: Ints
    """Numbers of persons as recorded, NOBODY else."""
    father_name: Tokens
    mother_name: Tokens
    spouse_name: Tokens
    """As written."""

    @property
    def former(self) -> Ints:
        """The old commune lived in before the last move; NOBODY for those who stayed."""
        return np.where(self.place != self.birthplace, self.birthplace, NOBODY)


def persons_of(nation: Nation, ids: Ints) -> Persons:
    """Everything about these persons."""
    kin, rates, lots = Kin(nation, ids), nation.rates.people, nation.lots
    day = kin.days()
    year = year_of(day)
    bearers = kin.bearers(year)
    name = kin.tokens(bearers)
    father, mother, spouse = kin.father(), kin.mother(), kin.spouse()
    home = kin.couple(father, spouse)
    place = _place(nation, home)
    unknown = lots.chance("parents unrecorded", ids, rates.parents_unrecorded(year))
    single = lots.chance("spouse unrecorded", ids, rates.spouse_unrecorded(year))
    named = np.where(single, NOBODY, spouse)
    father_name, mother_name = _parents(nation, kin, (bearers, name), (father, mother))
    father_name[:, unknown | kin.fatherless(father)] = NOTHING
    mother_name[:, unknown] = NOTHING
    return Persons(
        ids=ids,
        number=_numbers(nation, kin, year),
        old_number=kin.old_numbers(year),
        name=name,
        bearers=bearers,
        day=day,
        year=year,
        born=_recorded_day(nation, ids, day, year),
        died=kin.died(year),
        birthplace=nation.birthplace[kin.neighbourhood],
        place=place,
        commune=nation.land.today_of(lots, place, home),
        home=home,
        father=np.where(unknown | kin.fatherless(father), NOBODY, father),
        mother=np.where(unknown, NOBODY, mother),
        spouse=named,
        father_name=father_name,
        mother_name=mother_name,
        spouse_name=names_of(nation, named),
    )


def names_of(nation: Nation, ids: Ints) -> Tokens:
    """Names as written; NOTHING for NOBODY."""
    there = np.flatnonzero(ids != NOBODY)
    kin = Kin(nation, ids[there])
    bearers = kin.bearers(year_of(kin.days()))
    names = np.full((3, len(ids)), NOTHING, dtype=np.int32)
    names[:, there] = nation.book.written(kin.tokens(bearers), bearers)
    return names


def numbers_of(nation: Nation, ids: Ints) -> Ints:
    """Personal numbers of these persons."""
    kin = Kin(nation, ids)
    return _numbers(nation, kin, year_of(kin.days()))


def table_of(nation: Nation, first: int, count: int) -> pa.Table:
    """Rows `first` ... `first + count - 1` (from 0) of the population register."""
    places = np.arange(first, first + count, dtype=np.int64)
    return as_table(nation, persons_of(nation, nation.registered_person(places)))


def as_table(nation: Nation, persons: Persons) -> pa.Table:
    """The rows of these persons."""
    texts, land = pa.array(nation.book.texts), nation.land
    count = len(persons.ids)
    former = persons.former
    columns = [
        digits(persons.number, 12),
        digits(persons.old_number, 9, persons.old_number > 0),
        text_of(texts, nation.book.written(persons.name, persons.bearers)),
        dates(persons.born),
        sexes(persons.bearers.female),
        coded(persons.commune, pa.array(land.today)),
        dates(persons.died, persons.died > 0),
        *(
            text_of(texts, name)
            for name in (persons.father_name, persons.mother_name, persons.spouse_name)
        ),
        digits(household_of(nation, persons.home), 12),
        coded(np.maximum(former, 0), pa.array(land.communes), former != NOBODY),
        coded(np.zeros(count, dtype=np.int64), _UPDATED),
    ]
    return pa.table(dict(zip(COLUMNS, columns, strict=True)))


def household_of(nation: Nation, home: Ints) -> Ints:
    """Numbers of residence files: province of the family, and nine digits."""
    province = nation.land.codes[nation.province[home >> DISTRICT_BITS]]
    return np.asarray(province * 1_000_000_000 + (home * 740_249 + 17) % 1_000_000_000)


def _numbers(nation: Nation, kin: Kin, year: Ints) -> Ints:
    """One's own; a few bear that of a neighbour of the same age."""
    numbers = kin.numbers(year)
    rate = nation.rates.people.number_twice
    rows = np.flatnonzero(nation.lots.chance("number twice", kin.ids, rate))
    other = Kin(nation, kin.ids[rows] ^ (1 << SLOT_BITS))
    numbers[rows] = other.numbers(year_of(other.days()))
    return numbers


def _place(nation: Nation, home: Ints) -> Ints:
    """The old commune in which the household lives."""
    place: Ints = nation.birthplace[home >> SLOT_BITS]
    rows = np.flatnonzero(nation.lots.chance("moved", home, nation.rates.people.moved))
    place[rows] = nation.land.moved_to(nation.lots, home[rows])
    return place


def _recorded_day(nation: Nation, ids: Ints, day: Ints, year: Ints) -> Ints:
    """The birthday; 1 January or the year alone where the day was not known."""
    rates, lots = nation.rates.people, nation.lots
    filled = lots.chance("first of january", ids, rates.first_of_january(year))
    alone = lots.chance("year only", ids, rates.year_only(year))
    first = ((year - 1970).astype("datetime64[Y]").astype("datetime64[D]") - YEAR_ZERO).astype(
        np.int64
    )
    return np.where(alone, YEAR_ALONE + year - 1900, np.where(filled, first, day))


def _parents(
    nation: Nation, kin: Kin, own: tuple[Bearers, Tokens], parents: tuple[Ints, Ints]
) -> tuple[Tokens, Tokens]:
    father, mother = (names_of(nation, ids) for ids in parents)
    oldest: Flags = kin.generation == 0
    rows = np.flatnonzero(oldest)
    bearers = Bearers(
        people=own[0].people[rows],
        naming=own[0].naming[rows],
        female=own[0].female[rows],
        cohort=own[0].cohort[rows],
    )
    father[:, rows], mother[:, rows] = Kin(nation, kin.ids[rows]).ancestors(
        bearers, own[1][0, rows]
    )
    return father, mother
