from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import python_calamine

from sogoc.demo.country import Country, make
from sogoc.demo.people import TODAY
from sogoc.demo.world import World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(6_000, 1)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return make(tmp_path_factory.mktemp("country"), persons=3_000, seed=1)


def test_the_register_holds_about_as_many_persons_as_were_asked_for(world: World) -> None:
    assert abs(int(world.people.registered(TODAY).sum()) - 6_000) < 900


def test_no_two_persons_have_one_number(world: World) -> None:
    assert len(set(world.people.number)) == len(world.people)


def test_a_number_says_sex_and_year_of_birth(world: World) -> None:
    people = world.people
    for number, female, year in zip(people.number, people.female, people.year(), strict=True):
        assert int(number[3]) == (year // 100 - 19) * 2 + female
        assert int(number[4:6]) == year % 100


def test_children_are_younger_than_their_mothers(world: World) -> None:
    people = world.people
    child = np.flatnonzero(people.mother >= 0)
    age = people.year()[child] - people.year()[people.mother[child]]
    # The 1 January habit and namesakes move a few births by up to some years.
    assert np.mean((age >= 15) & (age <= 46)) > 0.99


def test_who_is_married_is_the_spouse_of_the_spouse(world: World) -> None:
    people = world.people
    wed = np.flatnonzero(people.spouse >= 0)
    assert (people.spouse[people.spouse[wed]] == wed).all()
    assert (people.female[wed] != people.female[people.spouse[wed]]).all()


def test_there_are_twins_and_sons_of_their_fathers_name(world: World) -> None:
    people = world.people
    sons = (people.father >= 0) & (people.name == people.name[people.father])
    assert sons.any()
    born_together: dict[tuple[int, object], int] = {}
    for mother, day in zip(people.mother.tolist(), people.born.tolist(), strict=True):
        if mother >= 0:
            born_together[mother, day] = born_together.get((mother, day), 0) + 1
    assert max(born_together.values()) >= 2


def test_highland_names_stand_in_their_own_shape(world: World) -> None:
    people = world.people
    highland = people.name[people.people == people.peoples.index("Ê Đê")]
    assert all(name.startswith(("Y ", "H'")) for name in highland)
    assert any("ŏ" in name or "ĕ" in name or "ŭ" in name for name in highland)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for turn in ("one", "two"):
        country = make(tmp_path / turn, persons=500, seed=7)
        files = sorted((tmp_path / turn).rglob("*.*"))
        digests.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
        assert country.deliveries
    assert digests[0] == digests[1]


def test_another_seed_makes_other_people() -> None:
    assert set(make_world(500, 1).people.number) != set(make_world(500, 2).people.number)


def test_the_land_sheet_has_its_header_in_six_rows_and_38_columns(country: Country) -> None:
    land = next(one for one in country.deliveries if one.register == "land")
    sheet = python_calamine.CalamineWorkbook.from_path(land.file).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert all(len(row) == 38 for row in rows)
    assert rows[4][7] == "Họ và tên"
    assert rows[5][37] == "(38)"
    assert rows[6][0] == 1
    assert rows[6 + land.rows][1] == "Tổng cộng"


def test_the_truth_names_the_line_on_which_each_person_was_written(country: Country) -> None:
    land = next(one for one in country.deliveries if one.register == "land")
    persons = pq.read_table(country.truth / f"{land.file.stem}.persons.parquet").to_pydict()
    damage = pq.read_table(country.truth / f"{land.file.stem}.damage.parquet").to_pydict()
    sheet = python_calamine.CalamineWorkbook.from_path(land.file).get_sheet_by_index(0)
    rows = sheet.to_python()
    hit = set(zip(damage["line"], damage["part"], damage["field"], strict=True))
    shared = {line for line, part in zip(damage["line"], damage["part"], strict=True) if part > 1}
    untouched = 0
    for line, part, slot, number in zip(
        *(persons[name] for name in ("line", "part", "slot", "number")), strict=True
    ):
        if slot == "owner" and (line, part, "owner.number") not in hit and line not in shared:
            untouched += 1
            assert number is None or rows[line - 1][10] == number
    assert untouched > 100


def test_the_population_release_has_each_number_once(country: Country) -> None:
    first = pq.read_table(country.deliveries[0].file)
    assert len(set(first["so_dinh_danh"].to_pylist())) == first.num_rows
    last = pq.read_table(country.deliveries[-1].file)
    assert last.num_rows > first.num_rows - 50
