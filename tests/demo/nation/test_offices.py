"""Offices write people down: some wrongly, the truth apart."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.demo.nation.make import Order, make_register
from sogoc.demo.nation.names import without_marks
from sogoc.demo.nation.nation import Nation, load_nation
from sogoc.demo.nation.offices.records import VARIANTS, Slice, Writer
from sogoc.demo.nation.population import table_of
from sogoc.demo.nation.rates import load_rates

PERSONS, RECORDS, SEED = 60_000, 30_000, 7


@cache
def nation() -> Nation:
    return load_nation(PERSONS, seed=SEED, rates=load_rates())


@cache
def register() -> Slice:
    return Writer(nation(), RECORDS).slice(0, RECORDS)


@cache
def rows() -> list[dict[str, Any]]:
    """Records, the truth about them, and what the population register says of the person."""
    population = table_of(nation(), 0, PERSONS).to_pylist()
    records, truths = register().records.to_pylist(), register().truth.to_pylist()
    return [
        {**record, "truth": truth, "person": population[truth["place"]]}
        if truth["place"] is not None
        else {**record, "truth": truth, "person": None}
        for record, truth in zip(records, truths, strict=True)
    ]


def share(kind: str) -> float:
    kinds = register().truth["kinds"].to_pylist()
    return sum(kind in one.split() for one in kinds) / len(kinds)


def test_a_slice_of_a_register_made_alone_is_the_same_slice() -> None:
    alone = Writer(nation(), RECORDS).slice(20_000, 700)
    assert alone.records.equals(register().records.slice(20_000, 700))
    # What struck nobody of the slice is not among its texts: compared as text.
    ours = register().truth.slice(20_000, 700).to_pylist()
    assert alone.truth.to_pylist() == ours


def test_four_in_a_hundred_are_not_in_the_population_and_four_have_a_second_record() -> None:
    places = register().truth["place"].to_pylist()
    assert places.count(None) == round(RECORDS * 0.04)
    known = [place for place in places if place is not None]
    assert len(known) - len(set(known)) == round(RECORDS * 0.04)


def test_a_clean_record_says_what_the_population_says() -> None:
    pairs = {
        "number": "so_dinh_danh", "name": "ho_ten", "born": "ngay_sinh", "sex": "gioi_tinh",
        "commune": "ma_xa", "father": "cha_ho_ten", "mother": "me_ho_ten",
        "spouse": "vo_chong_ho_ten", "household": "so_ho", "former": "ma_xa_truoc",
    }  # fmt: skip
    clean = [row for row in rows() if row["truth"]["kinds"] == "clean"]
    assert len(clean) > 1000
    for row in clean:
        for ours, theirs in pairs.items():
            assert row[ours] == row["person"][theirs]


def test_the_truth_names_the_number_of_the_person_meant() -> None:
    for row in rows():
        person, truth = row["person"], row["truth"]
        assert truth["number"] == (person and person["so_dinh_danh"])


def test_a_number_is_written_in_the_shapes_that_standardising_leaves() -> None:
    for row in rows():
        number, raw, flaw = row["number"], row["number__raw"], row["number__flaw"]
        if number is not None:
            assert number == raw
            assert len(str(number)) == 12
            assert flaw is None
        elif raw is not None:
            assert flaw in {"old-number", "lost-leading-zero", "impossible-century"}
        if flaw == "lost-leading-zero":
            assert row["number__proposal"] == str(raw).zfill(12)


def test_a_name_without_marks_has_none() -> None:
    struck = [row for row in rows() if "name.marks-lost" in row["truth"]["kinds"]]
    plain = [row for row in struck if "name.slip" not in row["truth"]["kinds"]]
    assert len(plain) > 1000
    assert all(row["name"] == without_marks(str(row["name"])) for row in plain)


def test_offices_with_old_codes_write_a_commune_of_before_and_standardising_reads_it() -> None:
    old = [row for row in rows() if "commune.old-code" in row["truth"]["kinds"]]
    assert len(old) > 1000
    for row in old:
        possible = str(row["commune__candidates"]).split()
        assert row["commune__now"] == (possible[0] if len(possible) == 1 else None)


def test_careless_offices_err_three_times_as_often_as_careful_ones() -> None:
    truth = register().truth
    slips = Counter[str]()
    records = Counter(truth["office"].to_pylist())
    for office, kinds in zip(truth["office"].to_pylist(), truth["kinds"].to_pylist(), strict=True):
        slips[office] += "name.slip" in kinds.split()
    careful, careless = (slips[name] / records[name] for name in ("careful", "careless"))
    assert 2.5 < careless / careful < 5


def test_minority_names_are_mistyped_more_often() -> None:
    truth = register().truth
    minority = np.array(truth["minority"].to_pylist())
    slip = np.array(["name.slip" in kinds.split() for kinds in truth["kinds"].to_pylist()])
    assert slip[minority].mean() > 1.5 * slip[~minority].mean()


def test_numbers_of_spouses_parents_and_strangers_stand_on_other_rows() -> None:
    for kind in ("number.spouse", "number.parent", "number.somebody-else"):
        assert 0.001 < share(kind) < 0.02, kind


def test_every_kind_of_the_table_of_rates_happens() -> None:
    happened = {kind for kinds in register().truth["kinds"].to_pylist() for kind in kinds.split()}
    assert set(nation().rates.errors) <= happened


def test_both_variants_are_the_same_records() -> None:
    plain, family = (register().variant(fields) for fields in VARIANTS.values())
    assert family.select(plain.schema.names).equals(plain)
    assert "father" not in plain.schema.names


def test_the_truth_lies_apart_from_the_records(tmp_path: Path) -> None:
    order = Order(persons=5000, seed=SEED)
    files = make_register(tmp_path, order, records=2000, processes=1)
    tables = {
        name: pq.read_table(next(getattr(files, name).parent.glob("*.parquet")))
        for name in ("plain", "family", "truth")
    }
    assert {table.num_rows for table in tables.values()} == {2000}
    assert not {"kinds", "place", "person"} & set(tables["family"].schema.names)
    assert pa.types.is_string(tables["plain"].schema.field("born").type)
