"""Addresses in free text lead to candidates on a dated map, never to a default."""

from __future__ import annotations

from datetime import date

import pytest

from sogoc.localities.address import read_address, resolve_addresses
from sogoc.localities.units import Units

EVE, NEW = date(2025, 6, 30), date(2026, 1, 1)
UNITS = Units.load()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Tựu Liệt, Tam Hiệp, Thanh Trì, Hà Nội", "00655"),
        ("Xã Tam Hiệp, H. Thanh Trì, TP. Hà Nội", "00655"),
        ("P. Trúc Bạch, Q. Ba Đình, Hanoi", "00004"),
        ("Số 5 phố X, P. 4, Quận Phú Nhuận, TP HCM", "27043"),
        ("Phường Bến Nghé, Quận 1, TP.HCM, Việt Nam", "26740"),
    ],
)
def test_an_address_of_three_levels_is_read_on_the_map_of_its_day(written: str, code: str) -> None:
    found = read_address(written, UNITS, EVE)
    assert (found.communes, found.exact, found.day) == ((code,), True, EVE)


def test_english_without_marks_gives_candidates_only() -> None:
    found = read_address("Ben Nghe Ward, District 1, Ho Chi Minh City", UNITS, EVE)
    assert found.communes == ("26740",)
    assert not found.exact


def test_an_address_of_two_levels_is_read_on_the_new_map() -> None:
    found = read_address("Phường Ba Đình, Hà Nội", UNITS, NEW)
    assert (found.communes, found.district) == (("00004",), None)


def test_old_levels_written_after_the_merger_are_read_on_the_old_map_and_say_so() -> None:
    found = read_address("Xã Tam Hiệp, Huyện Thanh Trì, Hà Nội", UNITS, NEW)
    assert (found.communes, found.day) == (("00655",), EVE)


def test_an_address_that_fits_both_maps_differently_needs_a_person() -> None:
    found = read_address("Tựu Liệt, Tam Hiệp, Thanh Trì, Hà Nội", UNITS, NEW)
    became = UNITS.read_forward("00655", EVE, NEW).codes
    assert set(found.communes) == {"00640", *became}


@pytest.mark.parametrize("written", ["", "xyz", "Hà Nội", "Quận Ba Đình, Hà Nội", "Việt Nam"])
def test_what_names_no_commune_gives_none(written: str) -> None:
    assert read_address(written, UNITS, EVE).communes == ()


def test_a_district_without_a_commune_is_not_taken_for_the_ward_of_its_name() -> None:
    found = read_address("Thanh Trì, Hà Nội", UNITS, EVE)
    assert (found.communes, found.district) == ((), "020")
    # In 2024 these words meant the district, though a ward of 2025 bears its name.
    found = read_address("Hai Bà Trưng, Hà Nội", UNITS, EVE)
    assert (found.communes, found.district) == ((), "007")


def test_a_lone_name_in_a_commune_field_is_a_commune() -> None:
    assert len(read_address("Tân Thành", UNITS, EVE).communes) > 5


def test_a_commune_of_another_district_than_the_stated_one_is_left_to_a_person() -> None:
    found = read_address("Ngọc Khánh, Đống Đa, Hà Nội, Hà Nội", UNITS, EVE)
    assert (found.communes, found.district) == ((), "006")


def test_namesakes_are_all_candidates() -> None:
    assert len(read_address("Xã Tân Thành", UNITS, NEW).communes) > 5


def test_an_address_that_contradicts_its_province_field_is_left_to_a_person() -> None:
    found = read_address("Phường Ba Đình, Hà Nội", UNITS, NEW, province="48")
    assert found.communes == ()


def test_distinct_addresses_become_a_table() -> None:
    table = resolve_addresses(["Phường Ba Đình, Hà Nội", "Xã Tân Thành", "xyz"], NEW, units=UNITS)
    rows = table.to_pylist()
    assert rows[0]["commune"] == rows[0]["now"] == "00004"
    assert rows[1]["commune"] is None
    assert len(rows[1]["candidates"].split()) > 5
    assert rows[2]["candidates"] is None
