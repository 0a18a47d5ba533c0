from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sogoc.demo.damage import load_damage
from sogoc.demo.draw import texts
from sogoc.demo.spoil import SPOILERS, Hit


def struck(kind: str, cell: object, lot: float = 0.3) -> object:
    column = texts([cell, "038099000001"])
    hit = Hit(np.array([0]), "x", {"x": column}, {}, np.array([lot]))
    return SPOILERS[kind](hit)[0]


def test_every_kind_of_the_table_is_known_and_has_a_source() -> None:
    table = load_damage()
    assert {one.kind for one in table.cells} <= SPOILERS.keys()
    assert all(one.source and "other" in one.rates for one in (*table.cells, *table.rows))


def test_every_way_to_spoil_is_in_the_table() -> None:
    assert {one.kind for one in load_damage().cells} == SPOILERS.keys()


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("zeros_lost", "066085000002", 66085000002),
        ("year_only", "02/05/1931", "1931"),
        ("first_of_january", "02/05/1931", "01/01/1931"),
        ("swapped", "02/05/1931", "05/02/1931"),
        ("swapped", "22/05/1931", "22/05/1931"),
        ("serial_day", "20/01/1962", 22666),
        ("true_day", "20/01/1962", date(1962, 1, 20)),
        ("true_day", "1962", "1962"),
        ("i_for_y", "Lý Thị Mỹ Quý", "Lí Thị Mĩ Quí"),
        ("i_for_y", "Nguyễn Thúy Huỳnh", "Nguyễn Thúy Huỳnh"),
        ("middle_dropped", "Nguyễn Thị Lan", "Nguyễn Lan"),
        ("middle_dropped", "Y Bhăm Êban", "Y Bhăm Êban"),
        ("regional_pair", "Huỳnh Văn Phước", "Hoàng Văn Phúc"),
        ("thousands", "1234.5", "1.234,5"),
        ("plus84", "0559123456", "+84559123456"),
    ],
)
def test_a_cell_is_spoiled_as_its_name_says(kind: str, before: str, after: object) -> None:
    assert struck(kind, before) == after


def test_a_wrong_digit_is_always_another_digit() -> None:
    for lot in np.linspace(0, 0.999, 50):
        assert struck("digit_wrong", "066085000002", float(lot)) != "066085000002"


def test_a_day_that_was_spoiled_to_none_stays_text() -> None:
    assert struck("true_day", "31/02/1990") == "31/02/1990"
