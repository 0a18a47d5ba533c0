from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
import python_calamine
import yaml

from sogoc.demo.books import bank, civil_status, insurance, land, places_of_care, science, students
from sogoc.demo.books.form import Columns
from sogoc.demo.country import Country, make
from sogoc.demo.people import TODAY
from sogoc.demo.scale import make_big
from sogoc.demo.world import World, make_world
from sogoc.shipped import shipped


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
        country = make(tmp_path / turn, persons=300, seed=7)
        files = sorted((tmp_path / turn).rglob("*.*"))
        # The key of a password is drawn anew each time by the library.
        files = [file for file in files if file.stem != "password"]
        digests.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
        assert country.deliveries
    assert digests[0] == digests[1]


def test_another_seed_makes_other_people() -> None:
    assert set(make_world(500, 1).people.number) != set(make_world(500, 2).people.number)


def test_the_land_sheet_has_its_header_in_six_rows_and_38_columns(country: Country) -> None:
    sheet_of_land = next(one for one in country.deliveries if one.register == "land")
    sheet = python_calamine.CalamineWorkbook.from_path(sheet_of_land.file).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert all(len(row) == 38 for row in rows)
    assert rows[4][7] == "Họ và tên"
    assert rows[5][37] == "(38)"
    assert rows[6][0] == 1
    assert rows[6 + sheet_of_land.rows][1] == "Tổng cộng"


def test_the_truth_names_the_line_on_which_each_person_was_written(country: Country) -> None:
    sheet_of_land = next(one for one in country.deliveries if one.register == "land")
    persons = pq.read_table(
        country.truth / f"{sheet_of_land.file.stem}.persons.parquet"
    ).to_pydict()
    damage = pq.read_table(country.truth / f"{sheet_of_land.file.stem}.damage.parquet").to_pydict()
    sheet = python_calamine.CalamineWorkbook.from_path(sheet_of_land.file).get_sheet_by_index(0)
    rows = sheet.to_python()
    hit = set(zip(damage["line"], damage["part"], damage["field"], strict=True))
    shared = {line for line, part in zip(damage["line"], damage["part"], strict=True) if part > 1}
    shifted = {
        line for line, kind in zip(damage["line"], damage["kind"], strict=True) if kind == "shifted"
    }
    untouched = 0
    for line, part, slot, number in zip(
        *(persons[name] for name in ("line", "part", "slot", "number")), strict=True
    ):
        if slot == "owner" and (line, part, "owner.number") not in hit and line not in shared:
            untouched += 1
            assert line in shifted or number is None or rows[line - 1][10] == number
    assert untouched > 100


def columns_of_forms() -> list[tuple[str, Columns]]:
    return [
        ("land", tuple((header, name) for _, header, name in land.HEADERS[:30])),
        ("health-insurance", insurance.FORM),
        ("health-facilities", places_of_care.FORM),
        ("land-statistics", places_of_care.STATISTICS),
        ("students", students.FORM),
        ("students", students.SCHOOLS),
        ("science", science.PROJECTS),
        ("science", science.RESEARCHERS),
        ("science", science.ORGANISATIONS),
        ("bank-customers", bank.CUSTOMERS),
        ("bank-customers", bank.ACCOUNTS),
        ("civil-status", civil_status.BIRTHS),
        ("civil-status", civil_status.MARRIAGES),
        ("civil-status", civil_status.DEATHS),
    ]


@pytest.mark.parametrize("place", range(len(columns_of_forms())))
def test_the_headers_are_those_of_a_form_in_the_contract(place: int) -> None:
    register, columns = columns_of_forms()[place]
    contract = yaml.safe_load((shipped("registers") / f"{register}.odcs.yaml").read_text("utf-8"))
    properties = {one["property"]: one["value"] for one in contract["customProperties"]}
    known = [
        {
            header
            for column in form["columns"]
            for header in (column["header"], *column.get("also", ()))
        }
        for form in properties["forms"]
    ]
    headers = {header for header, _ in columns}
    assert any(headers <= form for form in known)


def test_every_register_of_the_node_gets_a_delivery(country: Country) -> None:
    registers = {file.name.split(".")[0] for file in shipped("registers").glob("*.odcs.yaml")}
    assert {one.register for one in country.deliveries} == registers


def test_every_workbook_opens_and_holds_its_rows(country: Country) -> None:
    for one in country.deliveries:
        if one.file.suffix in {".xlsx", ".xls", ".ods"}:
            book = python_calamine.CalamineWorkbook.from_path(one.file)
            rows = sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names)
            assert rows >= one.rows


def test_another_reader_opens_the_workbooks_without_complaint(country: Country) -> None:
    schools = next(one.file for one in country.deliveries if one.file.name == "schools.xlsx")
    assert openpyxl.load_workbook(schools).worksheets[0]["B3"].value == "Mã trường"


def test_letters_that_cp1258_lacks_are_lost_and_the_truth_says_so(country: Country) -> None:
    damage = pq.read_table(country.truth / "insurance-66.damage.parquet").to_pydict()
    lost = [
        (meant, written)
        for kind, meant, written in zip(
            damage["kind"], damage["meant"], damage["written"], strict=True
        )
        if kind == "letter_lost"
    ]
    assert lost
    assert all("?" in written for _, written in lost)


def test_the_land_sheet_comes_again_with_about_one_row_in_a_hundred_changed(
    country: Country,
) -> None:
    first = next(one for one in country.deliveries if one.register == "land")
    again = country.deliveries[-1]
    before, after = (
        {
            tuple(row[1:])
            for row in python_calamine.CalamineWorkbook.from_path(one.file)
            .get_sheet_by_index(0)
            .to_python()
        }
        for one in (first, again)
    )
    assert 0 < len(before - after) < 0.03 * len(before)


def test_broken_files_are_of_every_kind(country: Country) -> None:
    names = {file.stem for file in country.broken}
    assert names >= {"password", "truncated", "empty-file", "empty-sheet", "wrong-form", "zip-bomb"}


def test_a_big_delivery_holds_more_rows_than_persons(tmp_path: Path) -> None:
    big = make_big(tmp_path, rows=1_500, persons=1_000, seed=1)
    assert big.rows >= 1_500
    assert big.csv.read_text("utf-8").count("\n") == big.rows + 1
    assert pq.read_table(big.truth / "insurance-big.persons.parquet").num_rows == big.rows


def test_the_population_release_has_each_number_once(country: Country) -> None:
    first = pq.read_table(country.deliveries[0].file)
    assert len(set(first["so_dinh_danh"].to_pylist())) == first.num_rows
    releases = [one for one in country.deliveries if one.register == "population"]
    last = pq.read_table(releases[-1].file)
    assert len(releases) == 2
    assert last.num_rows > first.num_rows - 50
