"""Personal numbers: twelve digits for life; what looks otherwise is named, never mended."""

from __future__ import annotations

import pytest

from sogoc.localities.units import Units
from sogoc.values.identifiers import persons


def test_the_codes_in_numbers_are_the_63_provinces_before_the_merger() -> None:
    units = Units.load()
    eve = units.eras()[0]
    before = tuple(f"0{unit.code}" for unit in units.in_force("province", eve))
    assert before == persons.PROVINCES


def test_the_digits_say_place_sex_and_year() -> None:
    found = persons.facts("001300000000")
    assert (found.province, found.sex, found.birth_year) == ("01", "nữ", 2000)
    assert found.contradicts_sex("nam")
    assert not found.contradicts_sex(None)
    assert found.contradicts_birth("1900")
    assert not found.contradicts_birth("2000-05-02")


def test_a_code_that_is_no_province_is_unknown_and_not_wrong() -> None:
    assert persons.read("999085000012").value == "999085000012"
    assert persons.facts("999085000012").province is None


@pytest.mark.parametrize(
    "written",
    ["001085000012", "001 085 000 012", "001.085.000.012", "'001085000012", "001085000012.0"],
)
def test_what_people_write_between_digits_is_read_past(written: str) -> None:
    assert persons.read(written).value == "001085000012"


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("N/A", "filler"),
        ("0", "filler"),
        ("000000000000", "placeholder"),
        ("123456789012", "placeholder"),
        ("012345679", "old-number"),
        ("01085000012", "wrong-length"),  # text: a digit was left out, nobody knows which
        ("0010850000123", "wrong-length"),
        ("OO1085000012", "not-digits"),
        ("1.085E+09", "rounded-by-spreadsheet"),
        ("001085000012 001185000013", "several"),
        ("001485000012", "impossible-century"),
    ],
)
def test_a_number_that_cannot_be_one_is_a_flaw_without_a_guess(written: str, flaw: str) -> None:
    reading = persons.read(written)
    assert (reading.value, reading.flaw, reading.proposal) == (None, flaw, None)


@pytest.mark.parametrize("digits", ["1085000012", "25085000012"])
def test_a_number_cell_that_lost_its_zeros_gets_them_as_a_proposal(digits: str) -> None:
    reading = persons.read(digits, cell="n")
    assert reading.flaw == "lost-leading-zero"
    assert reading.proposal == digits.rjust(12, "0")
    assert persons.read(digits, cell="t").proposal is None


def test_eleven_digits_that_begin_no_province_are_only_too_short() -> None:
    assert persons.read("50085000012", cell="n").flaw == "wrong-length"


def test_the_old_number_has_nine_digits() -> None:
    assert persons.read_old("012 345 679").value == "012345679"
    assert persons.read_old("001085000012").flaw == "new-number"
    assert persons.read_old("12345679", cell="n").proposal == "012345679"
    assert persons.read_old("12345679").flaw == "wrong-length"
    assert persons.read_old("111111111").flaw == "placeholder"
    assert persons.read_old("").flaw is None


@pytest.mark.parametrize("written", ["Nữ", "nu", "NỮ", "female", "Gái", "F"])
def test_every_word_for_a_woman_is_one(written: str) -> None:
    assert persons.read_sex(written).value == "nữ"


@pytest.mark.parametrize(("written", "flaw"), [("1", "number-for-sex"), ("khác", "unknown-word")])
def test_a_bare_figure_for_the_sex_is_not_guessed(written: str, flaw: str) -> None:
    assert persons.read_sex(written).flaw == flaw
    assert persons.read_sex("nam").value == "nam"
    assert persons.read_sex("-").flaw == "filler"
    assert persons.read_sex(" ").flaw is None
