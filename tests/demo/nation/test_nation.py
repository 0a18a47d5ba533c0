"""The made-up nation: families that hold together, numbers that nobody shares, any slice alone."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sogoc.demo.nation as package
from sogoc.demo.nation.kin import Kin
from sogoc.demo.nation.lots import Lots, Shuffle, wheel
from sogoc.demo.nation.make import Order, make_population
from sogoc.demo.nation.nation import Nation, load_nation
from sogoc.demo.nation.population import Persons, names_of, persons_of, table_of
from sogoc.demo.nation.rates import load_rates
from sogoc.demo.nation.village import NOBODY, RANKS, SLOTS, load_village
from sogoc.errors import RuleFileError

PERSONS, SEED = 60_000, 7


@cache
def nation() -> Nation:
    return load_nation(PERSONS, seed=SEED, rates=load_rates())


@cache
def everybody() -> Persons:
    return persons_of(nation(), nation().registered_person(np.arange(PERSONS)))


def test_no_module_of_the_nation_knows_how_linking_works() -> None:
    for module in Path(package.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith(("sogoc.link", "sogoc.score"))]


@given(count=st.integers(1, 3000), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_shuffle_meets_everybody_once(count: int, seed: int) -> None:
    met = Shuffle(Lots(seed), "lot", count)(np.arange(count))
    assert sorted(met.tolist()) == list(range(count))


def test_a_wheel_stops_as_often_as_the_weights_say() -> None:
    stops = Counter(wheel([1, 3, 0, 4]).tolist())
    assert [stops[place] / (1 << 16) for place in range(4)] == [0.125, 0.375, 0, 0.5]


def test_every_person_is_registered_once_or_not_at_all() -> None:
    one = nation()
    ids = np.concatenate(
        [
            one.registered_person(np.arange(PERSONS)),
            one.unregistered_person(np.arange(one.unregistered)),
        ]
    )
    assert len(np.unique(ids)) == len(ids) == one.neighbourhoods * SLOTS


def test_a_slice_made_alone_is_the_same_slice() -> None:
    whole = table_of(nation(), 0, 3000)
    assert table_of(nation(), 1234, 500).equals(whole.slice(1234, 500))


def test_a_larger_nation_begins_with_the_same_people() -> None:
    larger = load_nation(200_000, seed=SEED, rates=load_rates())
    ids = np.arange(20_000)
    ours, theirs = persons_of(nation(), ids), persons_of(larger, ids)
    assert (ours.number == theirs.number).all()
    assert (ours.name == theirs.name).all()
    assert (ours.mother_name == theirs.mother_name).all()


def test_another_seed_is_another_nation() -> None:
    other = load_nation(PERSONS, seed=SEED + 1, rates=load_rates())
    assert not table_of(other, 0, 100).equals(table_of(nation(), 0, 100))


def test_husband_and_wife_name_each_other() -> None:
    kin = Kin(nation(), everybody().ids)
    married = kin.spouse() != NOBODY
    spouse = Kin(nation(), kin.spouse()[married])
    assert (spouse.spouse() == kin.ids[married]).all()
    assert (spouse.female != kin.female[married]).all()


def test_the_mother_is_the_wife_of_the_father() -> None:
    kin = Kin(nation(), everybody().ids)
    child = (kin.father() != NOBODY) & ~kin.fatherless(kin.father())
    father = Kin(nation(), kin.father()[child])
    assert (father.spouse() == kin.mother()[child]).all()


def test_mothers_are_between_seventeen_and_forty_six_at_birth() -> None:
    kin = Kin(nation(), everybody().ids)
    child = kin.mother() != NOBODY
    mother = Kin(nation(), kin.mother()[child])
    years = (kin.days()[child] - mother.days()) / 365.25
    assert years.min() > 17
    assert years.max() < 46


def test_parents_bear_in_the_books_of_the_child_their_own_names() -> None:
    persons = everybody()
    told = persons.mother != NOBODY
    assert (persons.mother_name[:, told] == names_of(nation(), persons.mother[told])).all()


def test_most_children_bear_the_fathers_surname() -> None:
    persons, kin = everybody(), Kin(nation(), everybody().ids)
    child = (kin.father() != NOBODY) & (persons.bearers.people == 0)
    father = persons_of(nation(), kin.father()[child])
    assert (father.name[0] == persons.name[0, child]).mean() > 0.98


def test_twins_have_one_birthday_and_sometimes_names_a_letter_apart() -> None:
    village = load_village(Lots(SEED))
    assert 0.005 < village.twin.mean() < 0.02
    kin = Kin(nation(), everybody().ids)
    at = nation().pattern[kin.ids // SLOTS // 8] * SLOTS + kin.ids % SLOTS
    twins = village.twin[at]
    elder = kin.ids[twins] // SLOTS * SLOTS + village.elder[at[twins]]
    assert (Kin(nation(), elder).days() == kin.days()[twins]).all()


def test_personal_numbers_are_unique_but_for_the_few_given_twice() -> None:
    _, counts = np.unique(everybody().number, return_counts=True)
    assert counts.max() <= 2
    assert (counts == 2).sum() <= 15


def test_slots_of_one_sex_that_may_be_born_in_one_year_have_different_ranks() -> None:
    """Else two persons of a province could be given one number."""
    village = load_village(Lots(SEED))
    shifted = 2 * 195 + 366
    for first in range(0, len(village.day), SLOTS):
        of_pattern = slice(first, first + SLOTS)
        for sex in (False, True):
            days = np.sort(village.day[of_pattern][village.female[of_pattern] == sex])
            crowd = np.searchsorted(days, days + shifted, side="right") - np.arange(len(days))
            assert crowd.max() <= RANKS


def test_a_number_says_province_sex_and_year_of_birth() -> None:
    """Decree 137/2015 Art. 13; the few numbers given twice are a neighbour's."""
    persons = everybody()
    century = persons.number // 10**8 % 10
    assert (century == (persons.year // 100 - 19) * 2 + persons.bearers.female).mean() > 0.999
    assert (persons.number // 10**6 % 100 == persons.year % 100).mean() > 0.999


def test_names_have_the_shapes_of_their_peoples() -> None:
    names = set()
    for first in range(0, PERSONS, 20_000):
        names.update(table_of(nation(), first, 20_000)["ho_ten"].to_pylist())
    assert not any(name != " ".join(name.split()) for name in names)
    assert any(name.startswith("Nguyễn Thị ") for name in names)


def test_the_dead_left_no_child_born_after_them() -> None:
    kin = Kin(nation(), everybody().ids)
    died = kin.died(everybody().year)
    assert (died[died > 0] > kin.days()[died > 0]).all()
    child = kin.mother() != NOBODY
    mother = persons_of(nation(), kin.mother()[child])
    late = (mother.died > 0) & (mother.died < kin.days()[child])
    assert not late.any()


def test_parts_that_stand_are_not_made_again(tmp_path: Path) -> None:
    order = Order(persons=5000, seed=SEED)
    told: list[int] = []
    pattern = make_population(tmp_path, order, processes=1, made=told.append)
    (file,) = tmp_path.glob(pattern.name)
    before = file.stat().st_mtime_ns
    make_population(tmp_path, order, processes=1, made=told.append)
    assert file.stat().st_mtime_ns == before
    assert told == [0, 5000, 5000]
    assert pq.read_metadata(file).num_rows == 5000


def test_two_makings_give_the_same_bytes(tmp_path: Path) -> None:
    order = Order(persons=4000, seed=SEED)
    for name in ("one", "other"):
        make_population(tmp_path / name, order, processes=1)
    one, other = (next((tmp_path / name).glob("*.parquet")) for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_a_table_of_rates_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    shipped = Path(package.__path__[0]) / "rates.yaml"
    text = shipped.read_text(encoding="utf-8")
    text = text.replace("mixed:", "mixt:").replace("{rate: 0.020}", "{rate: 2}")
    file = tmp_path / "rates.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"people.mixed.*people.mixt.*rate = 2"):
        load_rates(file)
