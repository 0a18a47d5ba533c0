"""The reference data holds what its README promises, and units are read by date."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter, defaultdict
from datetime import date

import pytest

from sogoc.localities.tables import unit_tables
from sogoc.localities.units import Units
from sogoc.shipped import shipped

EVE, DAY, LATER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 9, 20)
FOLDER = shipped("reference-data") / "admin-units"


@pytest.fixture(scope="module")
def units() -> Units:
    return Units.load()


def kinds(units: Units, level: str, day: date) -> Counter[str]:
    return Counter(unit.kind for unit in units.in_force(level, day))


def test_counts_by_kind_are_those_of_the_two_maps(units: Units) -> None:
    assert kinds(units, "province", EVE) == {"tỉnh": 57, "thành phố": 6}
    assert kinds(units, "district", EVE) == {
        "huyện": 508,
        "thành phố": 87,
        "thị xã": 52,
        "quận": 49,
    }
    assert kinds(units, "commune", EVE) == {"xã": 7692, "phường": 1726, "thị trấn": 617}
    for day in (DAY, LATER):
        assert kinds(units, "province", day) == {"tỉnh": 28, "thành phố": 6}
        assert not units.in_force("district", day)
        assert kinds(units, "commune", day) == {"xã": 2621, "phường": 687, "đặc khu": 13}


def test_a_code_is_unique_on_any_one_day_and_its_length_tells_the_level(units: Units) -> None:
    keys = Counter((unit.code, unit.valid_from) for unit in units.units)
    assert set(keys.values()) == {1}
    length = {"province": 2, "district": 3, "commune": 5}
    for day in (EVE, DAY):
        codes = [unit.code for unit in units.units if unit.in_force(day)]
        assert len(codes) == len(set(codes))
    assert all(len(unit.code) == length[unit.level] for unit in units.units)


def test_each_parent_exists_on_the_same_day_at_the_right_level(units: Units) -> None:
    above = {EVE: {"commune": "district", "district": "province"}, DAY: {"commune": "province"}}
    for day, levels in above.items():
        for level, expected in levels.items():
            for unit in units.in_force(level, day):
                parent = units.unit(unit.parent, day)
                assert parent is not None
                assert parent.level == expected


def test_changes_lead_from_units_of_the_eve_to_units_of_the_day(units: Units) -> None:
    pairs = [(change.old_code, change.new_code) for change in units.changes]
    assert len(pairs) == len(set(pairs)) == 10_669
    for change in units.changes:
        assert units.unit(change.old_code, EVE)
        assert units.unit(change.new_code, change.day)


def test_every_unit_has_a_successor_and_a_source_that_is_not_disputed(units: Units) -> None:
    old = {change.old_code for change in units.changes}
    new = {change.new_code for change in units.changes}
    sure = {change.new_code for change in units.changes if change.extent != "unknown"}
    for level in ("province", "commune"):
        assert {unit.code for unit in units.in_force(level, EVE)} <= old
        assert {unit.code for unit in units.in_force(level, DAY)} <= new & sure


def test_whole_has_one_receiver_and_part_at_least_two(units: Units) -> None:
    extents: dict[str, list[str]] = defaultdict(list)
    for change in units.changes:
        extents[change.old_code].append(change.extent)
    communes = Counter[str]()
    for code, found in extents.items():
        assert len(set(found)) == 1
        assert (found[0] == "whole") <= (len(found) == 1)
        assert (found[0] == "part") <= (len(found) >= 2)
        communes[found[0]] += len(code) == 5
    assert communes == {"whole": 9560, "part": 436, "unknown": 39}


def test_a_receiver_lies_in_the_province_to_which_the_old_province_went(units: Units) -> None:
    for change in units.changes:
        province = units.province_of(change.old_code, EVE)
        assert province is not None
        assert units.read_forward(province, EVE, DAY).codes == (
            units.province_of(change.new_code, DAY),
        )


def test_each_name_is_nfc_and_starts_with_its_kind(units: Units) -> None:
    signs = Counter[str]()
    for unit in units.units:
        assert unicodedata.is_normalized("NFC", unit.name)
        assert unit.name.lower().startswith(f"{unit.kind} ")
        assert " ".join(unit.name.split()) == unit.name
        signs.update(c for c in unit.name if not c.isalnum() and c != " ")
    assert signs == {"'": 43, "-": 9}


@pytest.mark.parametrize("name", ["units.csv", "changes.csv", "disputed.csv"])
def test_files_are_sorted_utf8_without_mark_and_end_lines_in_lf(name: str) -> None:
    raw = (FOLDER / name).read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8").splitlines()))
    order = {"province": 0, "district": 1, "commune": 2}
    keys = {
        "units.csv": lambda row: (order[row["level"]], row["code"], row["valid_from"]),
        "changes.csv": lambda row: (
            row["date"],
            len(row["old_code"]),
            row["old_code"],
            row["new_code"],
        ),
        "disputed.csv": lambda row: (row["old_code"], row["new_code"]),
    }[name]
    assert rows == sorted(rows, key=keys)


def test_one_code_names_another_ward_after_the_merger(units: Units) -> None:
    assert units.name("00004", EVE) == "Phường Trúc Bạch"
    assert units.name("00004", DAY) == "Phường Ba Đình"


def test_the_province_of_a_unit_is_told_through_the_district_before_and_directly_after(
    units: Units,
) -> None:
    assert units.province_of("00004", EVE) == "01"
    assert units.province_of("00004", DAY) == "01"
    assert units.province_of("02", EVE) == "02"
    assert units.province_of("99999", DAY) is None


def test_a_commune_carried_over_whole_is_read_forward_for_certain(units: Units) -> None:
    whole = next(c for c in units.changes if c.extent == "whole" and len(c.old_code) == 5)
    forward = units.read_forward(whole.old_code, EVE, LATER)
    assert forward.certain
    assert forward.codes == (whole.new_code,)


@pytest.mark.parametrize("extent", ["part", "unknown"])
def test_a_divided_or_disputed_commune_gives_candidates_and_never_a_default(
    units: Units, extent: str
) -> None:
    codes = {c.old_code for c in units.changes if c.extent == extent}
    for code in codes:
        forward = units.read_forward(code, EVE, DAY)
        assert not forward.certain
        assert forward.codes


def test_a_district_is_read_forward_through_its_communes(units: Units) -> None:
    ba_dinh = units.find("Quận Ba Đình", level="district", parent="01", day=EVE)
    forward = units.read_forward(ba_dinh[0], EVE, DAY)
    assert not forward.certain
    assert "00004" in forward.codes
    assert units.read_forward("755", EVE, DAY).codes == ("26732",)


def test_a_new_code_stands_for_itself_and_an_unknown_one_leads_nowhere(units: Units) -> None:
    assert units.read_forward("00004", DAY, LATER).codes == ("00004",)
    assert units.read_forward("00004", DAY, LATER).certain
    assert units.read_forward("99999", DAY, LATER).codes == ()


@pytest.mark.parametrize(
    ("province", "pair"),
    [
        ("Thái Nguyên", ("Văn Lang", "Văn Lăng")),
        ("Hải Phòng", ("Cẩm Giang", "Cẩm Giàng")),
        ("Quảng Ngãi", ("Sơn Hà", "Sơn Hạ")),
        ("Quảng Ngãi", ("Ba Tơ", "Ba Tô")),
        ("Đồng Nai", ("Lộc Thạnh", "Lộc Thành")),
        ("Hồ Chí Minh", ("Thanh An", "Thạnh An")),
        ("Tây Ninh", ("Tân Thành", "Tân Thạnh")),
        ("Đồng Tháp", ("Tân Thành", "Tân Thạnh")),
    ],
)
def test_two_communes_that_differ_only_in_marks_are_two(
    units: Units, province: str, pair: tuple[str, str]
) -> None:
    one, other = pair
    (parent,) = units.find(province, level="province", day=DAY)
    first = units.find(one, parent=parent, day=DAY)
    second = units.find(other, parent=parent, day=DAY)
    assert len(first) == len(second) == 1
    assert first != second
    assert units.find_folded(one, parent=parent, day=DAY) == sorted(first + second)


@pytest.mark.parametrize(
    "written",
    ["Thành phố Hà Nội", "Hà Nội", "TP. Hà Nội", "TP Hà Nội", "tp.hà nội", "HÀ NỘI", "Hà  Nội"],
)
def test_a_province_is_found_under_every_way_of_writing_it(units: Units, written: str) -> None:
    assert units.find(written, level="province", day=DAY) == ["01"]


@pytest.mark.parametrize("written", ["Hanoi", "Ha Noi", "Hanoi City", "ha noi", "TP Ha Noi"])
def test_a_name_without_marks_is_found_folded_only(units: Units, written: str) -> None:
    assert units.find(written, level="province", day=DAY) == []
    assert units.find_folded(written, level="province", day=DAY) == ["01"]


def test_old_and_new_placing_of_the_tone_find_the_same_commune(units: Units) -> None:
    assert units.find("Xã Thuận Hòa", day=DAY) == units.find("Xã Thuận Hoà", day=DAY) != []


@pytest.mark.parametrize("written", ["Phường 4", "P.4", "P4", "P. 04", "phường 04"])
def test_a_numbered_ward_needs_its_kind(units: Units, written: str) -> None:
    assert units.find(written, day=EVE)
    assert units.find("4", day=EVE) == []


def test_the_tables_for_the_engines_hold_every_row(units: Units) -> None:
    tables = unit_tables(units)
    assert tables["locality_units"].num_rows == 14_149
    assert tables["locality_changes"].num_rows == 10_669
    assert tables["locality_units"].column_names == [
        "code",
        "level",
        "name",
        "kind",
        "parent",
        "valid_from",
        "valid_to",
    ]
