"""Puts the generations together: names, numbers, deaths, homes, moves and changes of number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.draw import Days, Draws, Flags, Ints, Texts, either, texts
from sogoc.demo.names import MATRILINEAL, Bearers, NameBook, draw_surnames, full_names
from sogoc.demo.numbers import old_numbers, personal_numbers, phone_numbers
from sogoc.demo.people import (
    BY_MONTH,
    BY_YEAR,
    NEVER,
    NOBODY,
    TODAY,
    Couples,
    Generation,
    People,
    children,
    founders,
    marry,
    regions,
    years,
)

if TYPE_CHECKING:
    from sogoc.demo.places import Places

_REGISTERED_PER_FOUNDER = 6.41
"""How many the register holds for each founder, measured with these fertilities and lifetimes."""
_GENERATIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kin:
    """All generations in one, with whom each married."""

    all: Generation
    spouse: Ints
    married: Days


def make_people(draws: Draws, places: Places, book: NameBook, persons: int) -> People:
    """About `persons` of them in the register, to within three in a hundred."""
    kin = _generations(draws, places, book, int(persons / _REGISTERED_PER_FOUNDER))
    everybody = kin.all
    ids, year = everybody.ids, years(everybody.born)
    died = _deaths(draws, everybody)
    born = _january_habit(draws, everybody)
    province = _birth_provinces(draws, places, everybody)
    number = personal_numbers(draws, province, everybody.female, year)
    patch_before, moved = _moves(draws, places, everybody)
    number_before, renumbered = _renumbered(draws, ids, number)
    return People(
        female=everybody.female,
        born=born,
        precision=_precision(draws, ids, year),
        father=everybody.father,
        mother=everybody.mother,
        spouse=kin.spouse,
        married=kin.married,
        people=everybody.people,
        peoples=book.peoples,
        name=_names(draws, places, book, everybody),
        died=died,
        patch=everybody.patch,
        hamlet=_hamlets(draws, places, kin),
        patch_before=patch_before,
        moved=moved,
        household=_households(kin),
        birth_province=province,
        number=number,
        number_before=number_before,
        renumbered=renumbered,
        old_number=_old_cards(draws, ids, year),
        phone=phone_numbers(draws, ids),
    )


def _generations(draws: Draws, places: Places, book: NameBook, count: int) -> _Kin:
    generation = founders(draws, places, book, count)
    generations, weddings = [generation], []
    for _ in range(_GENERATIONS):
        couples = marry(draws, places, generation)
        weddings.append(couples)
        first = int(generation.ids[-1]) + 1
        generation = children(draws, couples, generation, first)
        generations.append(generation)
    joined = Generation(
        **{
            name: np.concatenate([getattr(one, name) for one in generations])
            for name in Generation.__slots__
        }
    )
    spouse, married = _spouses(weddings, len(joined.ids))
    return _Kin(all=joined, spouse=spouse, married=married)


def _spouses(weddings: list[Couples], count: int) -> tuple[Ints, Days]:
    spouse = np.full(count, NOBODY, dtype=np.int64)
    married = np.full(count, NEVER)
    for couples in weddings:
        spouse[couples.husband] = couples.wife
        spouse[couples.wife] = couples.husband
        married[couples.husband] = couples.married
        married[couples.wife] = couples.married
    return spouse, married


def _deaths(draws: Draws, everybody: Generation) -> Days:
    """Lifetimes after Gompertz, about 74 years for men and 79 for women; a few die young."""
    ids = everybody.ids
    lot = draws.uniform("lifetime", ids)
    scale = np.where(everybody.female, 84.0, 79.0)
    lifetime = scale + 9.5 * np.log(-np.log(1 - lot) + 1e-9)
    lifetime = np.where(draws.chance("early death", ids, 0.01), lot * 60, np.maximum(lifetime, 3))
    # A parent of children in these arrays lived to have them; other early deaths may stand.
    died: Days = everybody.born + (lifetime * 365.25).astype(np.int64).astype("timedelta64[D]")
    parents = np.unique(np.r_[everybody.father, everybody.mother])
    is_parent = np.isin(ids, parents)
    spared = is_parent & (lifetime < 50)
    died[spared] = NEVER
    died[died > TODAY] = NEVER
    return died


def _january_habit(draws: Draws, everybody: Generation) -> Days:
    """1 January for those whose day nobody knew: 12 % of births before 1960, 4 % before 1980."""
    year = years(everybody.born)
    rate = np.where(year < 1960, 0.12, np.where(year < 1980, 0.04, 0.0))
    habit = draws.chance("first of january", everybody.ids, rate)
    born = everybody.born.copy()
    born[habit] = born[habit].astype("datetime64[Y]").astype("datetime64[D]")
    return born


def _precision(draws: Draws, ids: Ints, year: Ints) -> Ints:
    """Elders of whom the register itself holds only the year, or month and year."""
    rate = np.where(year < 1945, 0.25, np.where(year < 1960, 0.06, 0.002))
    lot = draws.uniform("birth precision", ids)
    by_year = np.where(lot < rate, BY_YEAR, 0)
    return np.asarray(
        np.where((lot >= rate) & (lot < rate * 1.1), BY_MONTH, by_year), dtype=np.int64
    )


def _birth_provinces(draws: Draws, places: Places, everybody: Generation) -> Texts:
    """Four in five were registered where their family lives; the others in any old province."""
    codes = sorted(code for code in places.old_units if len(code) == 2)
    away = draws.one_of("birth province", everybody.ids, codes)
    home = places.old_province[everybody.patch]
    settlers = places.province[everybody.patch] == "66"
    rate = np.where(settlers, 0.26, 0.13)
    rate = np.where(years(everybody.born) < 1985, rate * 1.3, rate)
    far = draws.chance("born elsewhere", everybody.ids, rate)
    return either(far, away, home)


def _moves(draws: Draws, places: Places, everybody: Generation) -> tuple[Ints, Days]:
    """One in nine moved in the last three years, most of them within the province."""
    ids = everybody.ids
    moves = draws.chance("moves", ids, 0.11) & (years(everybody.born) < 2024)
    days = draws.below("moved", ids, 3 * 365).astype("timedelta64[D]")
    target = draws.weighted("moves to", ids, places.weight)
    before = np.where(moves, target, everybody.patch)
    moved = np.where(moves, TODAY - days, NEVER)
    return np.asarray(before, dtype=np.int64), moved


def _renumbered(draws: Draws, ids: Ints, number: Texts) -> tuple[Texts, Days]:
    """One in 500 got a new number: an error of the first issue, or a change of sex or year."""
    changed = draws.chance("renumbered", ids, 0.002)
    before = texts([""] * len(ids))
    flip = draws.below("first number", ids, 999_000)
    before[changed] = [
        f"{n[:6]}{f:06d}" for n, f in zip(number[changed], flip[changed], strict=True)
    ]
    days = draws.below("renumbered on", ids, 3 * 365).astype("timedelta64[D]")
    return before, np.where(changed, TODAY - days, NEVER)


def _names(draws: Draws, places: Places, book: NameBook, everybody: Generation) -> Texts:
    ids = everybody.ids
    bearers = Bearers(
        ids=ids,
        people=everybody.people,
        region=regions(places, everybody.patch),
        female=everybody.female,
        year=years(everybody.born),
    )
    surnames = draw_surnames(draws, book, bearers)
    from_mother = np.isin(everybody.people, [book.peoples.index(name) for name in MATRILINEAL])
    parent = np.where(from_mother, everybody.mother, everybody.father)
    # Parents have lower numbers, so a few rounds carry a surname down four generations.
    for _ in range(_GENERATIONS):
        surnames = either(parent == NOBODY, surnames, surnames[parent])
    names = full_names(draws, book, bearers, surnames)
    _same_as_father(draws, everybody, names)
    _namesakes(draws, everybody, names)
    return names


def _same_as_father(draws: Draws, everybody: Generation, names: Texts) -> None:
    """One son in 400 bears his father's whole name."""
    son = ~everybody.female & (everybody.father != NOBODY)
    chosen = np.flatnonzero(son & draws.chance("named after father", everybody.ids, 0.0025))
    names[chosen] = names[everybody.father[chosen]]


def _namesakes(draws: Draws, everybody: Generation, names: Texts) -> None:
    """One in 700 shares name and birthday with somebody of the same generation and sex."""
    chosen = np.flatnonzero(draws.chance("namesake", everybody.ids, 0.0015))
    other = chosen - 1 - draws.below("whose namesake", chosen, 40)
    other = np.maximum(other, 0)
    fit = (everybody.female[chosen] == everybody.female[other]) & (
        everybody.mother[chosen] != everybody.mother[other]
    )
    chosen, other = chosen[fit], other[fit]
    names[chosen] = names[other]
    near = np.abs((everybody.born[chosen] - everybody.born[other]).astype(np.int64)) < 8 * 365
    everybody.born[chosen[near]] = everybody.born[other[near]]


def _households(kin: _Kin) -> Ints:
    """Who keeps house together is named by the man, or by the unmarried person's father."""
    everybody = kin.all
    lone = np.where(everybody.father == NOBODY, everybody.ids, everybody.father)
    own = np.where(everybody.female, kin.spouse, everybody.ids)
    return np.asarray(np.where(kin.spouse == NOBODY, lone, own), dtype=np.int64)


def _hamlets(draws: Draws, places: Places, kin: _Kin) -> Ints:
    counts = np.array([len(names) for names in places.hamlets], dtype=np.int64)
    lot = draws.uniform("hamlet", _households(kin))
    return np.asarray((lot * counts[kin.all.patch]).astype(np.int64), dtype=np.int64)


def _old_cards(draws: Draws, ids: Ints, year: Ints) -> Texts:
    """90 % of those born before 1990 had the old card, 50 % before 2000, 10 % before 2004."""
    steps = np.array([1990, 2000, 2004])
    rate = np.array([0.9, 0.5, 0.1, 0.0])[np.searchsorted(steps, year, side="right")]
    had: Flags = draws.chance("old card held", ids, rate)
    return either(had, old_numbers(draws, ids), "")
