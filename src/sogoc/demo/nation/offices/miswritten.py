"""Numbers, dates, sexes, places and households as offices write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sogoc.demo.nation.kin import TODAY, YEAR_ZERO
from sogoc.demo.nation.population import household_of, numbers_of
from sogoc.demo.nation.texts import YEAR_ALONE, coded, digits
from sogoc.demo.nation.village import NOBODY

if TYPE_CHECKING:
    from sogoc.demo.nation.lots import Flags, Ints
    from sogoc.demo.nation.nation import Nation
    from sogoc.demo.nation.offices.office import Office

_ALL_DAYS = YEAR_ZERO + np.arange(TODAY + 800)
_MONTHS = _ALL_DAYS.astype("datetime64[M]")
_MONTH = _MONTHS.astype(np.int64) % 12 + 1
_DAY = (_ALL_DAYS - _MONTHS.astype("datetime64[D]")).astype(np.int64) + 1
_YEAR = _ALL_DAYS.astype("datetime64[Y]").astype(np.int64) + 1970
_CHILD_FROM = 2008
_SOUND_CENTURY = 3


def number_columns(office: Office) -> dict[str, pa.Array]:
    """What stands in the field of the 12-digit number: the value, what was written, the flaw."""
    number, nine, lost = _numbers(office)
    ten = lost & (number < 10**10)
    raw = pc.coalesce(
        digits(number, 12, ~(lost | (nine > 0) | (number < 0))),
        digits(np.maximum(nine, 0), 9, nine > 0),
        digits(np.maximum(number, 0), 10, ten),
        digits(np.maximum(number, 0), 11, lost & ~ten),
    )
    whole = (number >= 0) & ~lost & (nine == 0)
    century = number // 10**8 % 10 > _SOUND_CENTURY
    flaws = pa.array(["old-number", "lost-leading-zero", "impossible-century"])
    flaw = np.select([nine > 0, lost], [0, 1], default=2)
    return {
        "number": digits(np.maximum(number, 0), 12, whole & ~century),
        "number__raw": raw,
        "number__flaw": coded(flaw, flaws, (nine > 0) | lost | (whole & century)),
        "number__proposal": digits(np.maximum(number, 0), 12, lost),
    }


def _numbers(office: Office) -> tuple[Ints, Ints, Flags]:
    """The number (-1: none), the old number in its place (0: none), whether zeros were lost."""
    persons = office.persons
    number = persons.number.copy()
    missing = office.errs("number.missing")
    office.remember("number.missing", missing)
    old = office.errs("number.old", among=~missing & (persons.old_number > 0))
    office.remember("number.old", old)
    free = ~(missing | old)
    free &= ~_others(office, number, free)
    wrong = office.errs("number.digit", among=free)
    at = 10 ** office.below("which digit", 12)
    digit = number // at % 10
    number = np.where(
        wrong, number + ((digit + 1 + office.below("by", 9)) % 10 - digit) * at, number
    )
    office.remember("number.digit", wrong)
    number = _swapped(office, number, free & ~wrong)
    lost = office.errs("number.zero-lost", among=~missing & ~old & (number < 10**11))
    office.remember("number.zero-lost", lost)
    return np.where(missing, -1, number), np.where(old, persons.old_number, 0), lost


def _others(office: Office, number: Ints, free: Flags) -> Flags:
    """Somebody else's number: anybody's, the spouse's, for a child a parent's."""
    persons, nation = office.persons, office.nation
    taken = np.zeros(len(number), dtype=np.bool_)
    anybody = nation.registered_person(office.below("somebody", nation.persons))
    parent = np.where(persons.father != NOBODY, persons.father, persons.mother)
    child = (persons.year >= _CHILD_FROM) & (parent != NOBODY)
    sources = (
        ("number.somebody-else", anybody, free),
        ("number.spouse", persons.spouse, free & (persons.spouse != NOBODY)),
        ("number.parent", parent, free & child),
    )
    for kind, whose, among in sources:
        struck = office.errs(kind, among=among & ~taken)
        number[struck] = numbers_of(nation, whose[struck])
        office.remember(kind, struck)
        taken |= struck
    return taken


def _swapped(office: Office, number: Ints, free: Flags) -> Ints:
    at = 10 ** office.below("which pair", 11)
    low, high = number // at % 10, number // (at * 10) % 10
    struck = office.errs("number.swap", among=free & (low != high))
    office.remember("number.swap", struck)
    return np.where(struck, number + (high - low) * at + (low - high) * at * 10, number)


def born_codes(office: Office) -> tuple[Ints, Flags]:
    """Codes of the dates written, and where one is."""
    born, year = office.persons.born.copy(), office.persons.year
    missing = office.errs("born.missing")
    exact = (born < YEAR_ALONE) & ~missing
    alone = office.errs("born.year", among=exact)
    free = exact & ~alone
    day = np.where(born < YEAR_ALONE, born, 0)
    written = np.where(alone, YEAR_ALONE + year - 1900, born)
    for kind, other, among in (
        ("born.new-year", _first(year), free),
        ("born.swapped", _swap(day), free & (_DAY[day] <= 12) & (_DAY[day] != _MONTH[day])),
        ("born.day", _other_day(office, day), free),
        ("born.year-slip", _other_year(office, day), free),
        ("born.lunar", day - 20 - office.below("lunar", 30), free),
    ):
        struck = office.errs(kind, among=among & free & (other >= 0) & (other != day))
        written = np.where(struck, other, written)
        free &= ~struck
        office.remember(kind, struck)
    only = office.errs("born.year-slip", among=(born >= YEAR_ALONE) & ~missing)
    written = np.where(only, written + 1 - 2 * office.below("which year", 2), written)
    for kind, struck in (("born.missing", missing), ("born.year", alone), ("born.year-slip", only)):
        office.remember(kind, struck)
    return written, ~missing


def _from_parts(year: Ints, month: Ints, day: Ints) -> Ints:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray((months - YEAR_ZERO).astype(np.int64) + day - 1)


def _first(year: Ints) -> Ints:
    return _from_parts(year, np.ones_like(year), np.ones_like(year))


def _swap(day: Ints) -> Ints:
    return _from_parts(_YEAR[day], np.minimum(_DAY[day], 12), _MONTH[day])


def _other_day(office: Office, day: Ints) -> Ints:
    return _from_parts(_YEAR[day], _MONTH[day], 1 + office.below("other day", 28))


def _other_year(office: Office, day: Ints) -> Ints:
    step = 1 - 2 * office.below("which year", 2)
    return _from_parts(_YEAR[day] + step, _MONTH[day], np.minimum(_DAY[day], 28))


def sex_columns(office: Office) -> tuple[Flags, Flags]:
    """Whether a woman is written, and where a sex is."""
    missing = office.errs("sex.missing")
    wrong = office.errs("sex.wrong", among=~missing)
    office.remember("sex.missing", missing)
    office.remember("sex.wrong", wrong)
    return office.persons.bearers.female ^ wrong, ~missing


@dataclass(frozen=True, slots=True)
class Codes:
    """Texts of places: old codes, today's, and for each old commune what it became."""

    old: pa.Array
    today: pa.Array
    now: pa.Array
    candidates: pa.Array


def codes_of(nation: Nation) -> Codes:
    """Made once for a register."""
    land = nation.land
    became = [
        [land.today[place] for place in row[:ways]]
        for row, ways in zip(land.become.tolist(), land.ways.tolist(), strict=True)
    ]
    return Codes(
        old=pa.array(land.communes),
        today=pa.array(land.today),
        now=pa.array([news[0] if len(news) == 1 else None for news in became]),
        candidates=pa.array([" ".join(news) for news in became]),
    )


def commune_columns(office: Office, codes: Codes) -> dict[str, pa.Array]:
    """The commune in the six columns of a locality; some offices write the codes of before."""
    persons, nation = office.persons, office.nation
    missing = office.errs("commune.missing")
    moved = persons.former != NOBODY
    former = office.errs("commune.former", among=moved & ~missing)
    elsewhere = office.errs("commune.elsewhere", among=~missing & ~former)
    anywhere = nation.land.moved_to(nation.lots, office.rows)
    place = np.where(former, persons.birthplace, np.where(elsewhere, anywhere, persons.place))
    today = np.where(
        former | elsewhere,
        nation.land.today_of(nation.lots, place, persons.home),
        persons.commune,
    )
    old = nation.lots.chance("old codes", persons.commune, nation.rates.old_codes) & ~missing
    for kind, struck in (
        ("commune.missing", missing), ("commune.former", former),
        ("commune.elsewhere", elsewhere), ("commune.old-code", old),
    ):  # fmt: skip
        office.remember(kind, struck)
    return _locality("commune", codes, (place, today), (old, ~missing))


def former_columns(office: Office, codes: Codes) -> dict[str, pa.Array]:
    """Where the person lived before, by the code of that time."""
    former = office.persons.former
    missing = office.errs("former.missing", among=former != NOBODY)
    office.remember("former.missing", missing)
    there = (former != NOBODY) & ~missing
    place = np.maximum(former, 0)
    return _locality("former", codes, (place, place), (there, there))


def _locality(
    name: str, codes: Codes, places: tuple[Ints, Ints], there: tuple[Flags, Flags]
) -> dict[str, pa.Array]:
    """Old and new position of the place; where the old code is written, and where any is."""
    (old, today), (by_old, any_code) = places, there
    by_new = any_code & ~by_old

    def chosen(old_texts: pa.Array) -> pa.Array:
        before = old_texts.take(pa.array(old, mask=~by_old))
        return pc.if_else(pa.array(by_new), codes.today.take(pa.array(today, mask=~by_new)), before)

    empty = pa.nulls(len(old), pa.string())
    code = chosen(codes.old)
    return {
        name: code,
        f"{name}__raw": code,
        f"{name}__flaw": empty,
        f"{name}__proposal": empty,
        f"{name}__now": chosen(codes.now),
        f"{name}__candidates": chosen(codes.candidates),
    }


def household_column(office: Office) -> pa.Array:
    """The number of the residence file."""
    persons, nation = office.persons, office.nation
    missing = office.errs("household.missing")
    left = (persons.father != NOBODY) & (persons.father != persons.home) & ~missing
    stale = office.errs("household.stale", among=left)
    home = np.where(stale, persons.father, persons.home)
    number = household_of(nation, home)
    wrong = office.errs("household.digit", among=~missing)
    at = 10 ** office.below("which household digit", 9)
    digit = number // at % 10
    number = np.where(wrong, number + ((digit + 1) % 10 - digit) * at, number)
    for kind, struck in (("missing", missing), ("stale", stale), ("digit", wrong)):
        office.remember(f"household.{kind}", struck)
    return digits(number, 12, ~missing)
