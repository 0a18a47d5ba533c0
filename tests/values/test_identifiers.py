"""Numbers of tax, insurance and land offices, telephones, amounts and words, one rule a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.values import amounts
from sogoc.values import text as plain
from sogoc.values.identifiers import contact, insurance, land, tax
from sogoc.values.kinds import Kind, column_type
from sogoc.values.readers import masked, read

WORKED = [
    ("010004751", 6),  # the circular's own example
    ("990000001", 6),
    ("991234567", 1),
    ("998765432", 4),
    ("990000003", 0),
    ("990000007", None),  # none of the ten digits is valid
]


@pytest.mark.parametrize(("first_nine", "digit"), WORKED)
def test_the_check_digit_is_that_of_the_circular(first_nine: str, digit: int | None) -> None:
    assert tax.check_digit(first_nine) == digit


CODES = st.integers(10_000_000, 999_999_999).map(lambda n: f"{n:09}")


@given(CODES, st.integers(0, 9), st.integers(1, 9))
def test_every_single_wrong_digit_of_a_tax_code_is_caught(first: str, at: int, by: int) -> None:
    digit = tax.check_digit(first)
    if digit is not None:
        code = f"{first}{digit}"
        wrong = f"{code[:at]}{(int(code[at]) + by) % 10}{code[at + 1 :]}"
        assert not tax.is_closed(wrong)


@given(CODES, st.integers(0, 8))
def test_every_swap_of_neighbours_in_a_tax_code_is_caught(first: str, at: int) -> None:
    digit = tax.check_digit(first)
    if digit is not None:
        code = f"{first}{digit}"
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        assert swapped == code or not tax.is_closed(swapped)


@pytest.mark.parametrize("code", ["9487659324", "9947654328"])
def test_swaps_of_digits_2_and_7_and_of_3_and_10_pass_unseen(code: str) -> None:
    assert tax.read(code).value == code  # a blind spot of the circular's weights


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("9900000016", "9900000016"),
        ("9900000016-001", "9900000016-001"),
        ("9900000016001", "9900000016-001"),
        ("001085000012", "001085000012"),  # an individual, since 1 July 2025
    ],
)
def test_tax_codes_have_10_13_or_12_digits(written: str, standard: str) -> None:
    assert tax.read(written).value == standard


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("9900000017", "check-digit"),
        ("9900000016-000", "no-such-branch"),
        ("0100000000", "no-such-serial"),
        ("990000001", "wrong-length"),
        ("012345679012345", "wrong-length"),
    ],
)
def test_a_tax_code_that_nobody_was_given_is_a_flaw(written: str, flaw: str) -> None:
    assert tax.read(written).flaw == flaw


def test_a_tax_code_cell_that_lost_its_zero_is_proposed_only_if_the_digit_closes() -> None:
    assert tax.read("100047516", cell="n").proposal == "0100047516"
    assert tax.read("100047517", cell="n").proposal is None


def test_insurance_cards_have_fifteen_characters_and_a_level_of_one_to_five() -> None:
    assert insurance.read_card("dn 4 01 0123456789").value == "DN4010123456789"
    assert insurance.read_card("DN9010123456789").flaw == "benefit-level"
    assert insurance.read_card("0123456789").flaw == "number-without-card"
    assert insurance.read_card("001085000012").value == "001085000012"


def test_the_insurance_number_is_proposed_out_of_a_whole_card() -> None:
    assert insurance.read_number("DN4010123456789").proposal == "0123456789"
    assert insurance.read_number("112345678", cell="n").proposal == "0112345678"
    assert insurance.read_number("001085000012").value == "001085000012"


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("AA00476432", "AA 00476432"),  # since August 2024
        ("bk 123456", "BK 123456"),
        ("Đ-123456", "Đ 123456"),  # the oldest
    ],
)
def test_serials_of_three_generations_of_certificates_are_read(written: str, standard: str) -> None:
    assert land.read_certificate(written).value == standard


def test_the_other_marks_of_a_land_book() -> None:
    assert land.read_certificate("00476432").flaw == "no-letters"
    assert land.read_book_entry("cs01234").value == "CS 01234"
    assert land.read_book_entry("00123/QSDĐ").value == "00123/QSDĐ"
    assert land.read_parcel_id("ABCD EFGH JKLM").value == "ABCDEFGHJKLM"
    assert land.read_parcel_id("ABC").flaw == "wrong-length"
    assert land.read_sheet_or_parcel("012").value == "12"
    assert land.read_sheet_or_parcel("12.0").value == "12"
    assert land.read_sheet_or_parcel("12+13").flaw == "several"
    assert land.read_sheet_or_parcel("DC12").flaw == "not-a-whole-number"


@pytest.mark.parametrize(
    ("written", "area"),
    [
        ("100,5", "100.50"),
        ("1.100,5", "1100.50"),
        ("1,100.5", "1100.50"),  # English
        ("1.100.000", "1100000.00"),
        ("120,5 m²", "120.50"),
        ("0,125", "0.13"),
    ],
)
def test_areas_are_read_in_vietnamese_writing(written: str, area: str) -> None:
    assert amounts.read_area(written).value == area


@pytest.mark.parametrize("written", ["1.100", "1,100", "100 200"])
def test_a_separator_that_can_mean_two_things_is_not_guessed(written: str) -> None:
    assert amounts.read_area(written).flaw == "ambiguous-separator"


def test_the_cell_and_the_kind_tell_what_text_alone_cannot() -> None:
    assert amounts.read_area("1.100", cell="n").value == "1.10"
    assert amounts.read_whole("1.100").value == "1100"  # đồng has no fraction
    assert amounts.read_whole("1.100,5").flaw == "fraction"
    assert amounts.read_whole("1,5 tỷ").flaw == "words-in-number"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("024 3825 3531", "02438253531"),
    ],
)
def test_telephones_are_read_as_dialled_inside_the_country(written: str, number: str) -> None:
    assert contact.read_phone(written).value == number


def test_an_eleven_digit_mobile_number_gets_its_new_prefix_proposed() -> None:
    reading = contact.read_phone("01212345678")
    assert (reading.flaw, reading.proposal) == ("old-prefix", "0792345678")


def test_an_email_is_kept_in_lower_case() -> None:
    assert contact.read_email("Can.Bo@Example.VN").value == "can.bo@example.vn"
    assert contact.read_email("canbo example.vn").flaw == "no-at-sign"


def test_a_list_knows_its_values_before_any_word_is_a_filler() -> None:
    spellings = plain.code_spellings(
        [("0", "Không có", ""), ("A", "Chung", ""), ("B", "Chung", "")]
    )
    assert plain.read_code("0", spellings).value == "0"
    assert plain.read_code("không có", spellings).value == "0"
    assert plain.read_code("Chung", spellings).flaw == "not-in-the-list"  # two share the label
    assert plain.read_code("a", spellings).value == "A"


@pytest.mark.parametrize("kind", list(Kind))
def test_a_masked_value_shows_no_whole_identity(kind: Kind) -> None:
    shown = masked(kind, "001085000012")
    identifies = column_type(kind) == "VARCHAR" and "•" in shown
    assert identifies == (shown != "001085000012")
    assert masked(Kind.PERSONAL_ID, "001085000012") == "001••••••012"
    assert masked(Kind.PERSON_NAME, "Nguyễn Văn An") == "N••• V••• A•••"
    assert masked(Kind.EMAIL, "canbo@example.vn") == "c•••@example.vn"
    assert masked(Kind.ADDRESS, "Tựu Liệt") == "•" * 6


def test_a_cell_in_error_is_no_text_whatever_it_shows() -> None:
    assert read(Kind.TEXT, "#N/A", cell="e").flaw == "error-cell"
    assert read(Kind.AREA, "", cell="f").flaw == "formula-without-value"
    assert read(Kind.SEX, "Nữ").value == "nữ"
