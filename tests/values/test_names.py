"""Names: marks decide identity, the placing of a tone does not, and no shape is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.values import names

OLD_AND_NEW = [
    ("Hòa", "Hoà"),
    ("HÓA", "HOÁ"),
    ("khỏe", "khoẻ"),
    ("Thủy", "Thuỷ"),
    ("Lê Thị Thúy Hòa", "Lê Thị Thuý Hoà"),
    ("Hòa-Thụy", "Hoà-Thuỵ"),
]
NEVER_MOVED = ["hoàn", "hoài", "xoáy", "khoét", "huỳnh", "suýt", "nguyễn", "khuya"]
NEVER_MOVED += ["quý", "quỳ", "quỷ", "quà", "què", "già", "giá", "gìn"]


@pytest.mark.parametrize(("old", "new"), OLD_AND_NEW)
def test_old_and_new_placing_of_the_tone_are_one_name(old: str, new: str) -> None:
    assert names.same(old, new)
    assert names.canonical(old) == new.lower()


@pytest.mark.parametrize("word", NEVER_MOVED)
def test_a_tone_is_left_where_a_letter_follows_or_the_vowel_belongs_to_qu_or_gi(word: str) -> None:
    assert names.canonical(word) == word


def test_names_that_differ_in_a_mark_are_two_people() -> None:
    assert not names.same("Nguyễn Văn An", "Nguyễn Văn Ân")
    assert names.folded("Nguyễn Văn An") == names.folded("Nguyễn Văn Ân")


def test_i_and_y_are_different_names_and_the_same_candidates() -> None:
    assert not names.same("Lý Mỹ", "Lí Mĩ")
    assert names.loose("Lý Mỹ") == names.loose("Lí Mĩ")


@pytest.mark.parametrize(
    ("north", "south"),
    [("Hoàng", "Huỳnh"), ("Vũ", "Võ"), ("Phúc", "Phước"), ("Chu", "Châu"), ("Nhật", "Nhựt")],
)
def test_regional_pairs_are_candidates_and_not_equal(north: str, south: str) -> None:
    assert names.loose(north) == names.loose(south)
    assert not names.same(north, south)


@pytest.mark.parametrize("letter", ["Đ", "Ð", "Ɖ", "đ", "ð"])
def test_every_crossed_d_is_one(letter: str) -> None:
    assert names.folded(f"{letter}ỗ") == "do"
    assert names.same(f"{letter}ỗ", "Đỗ")


def test_decomposed_text_is_the_same_name() -> None:
    assert names.same(unicodedata.normalize("NFD", "Huệ"), "Huệ")
    assert names.read(unicodedata.normalize("NFD", "Huệ")).value == "Huệ"


SHAPES = [
    "Na",  # one part
    "H'Linh Niê",  # Ê Đê woman
    "H’Linh Niê",  # the same from a word processor
    "Y Bhăm Êban",
    "K'Tem",
    "Ksor Hbơ̆t",  # a letter that NFC leaves as two code points
    "Giàng A Páo",
    "Rah Lan Ŏ",
    "Công Tằng Tôn Nữ Thị Bích Hoàng Phương",  # longer than 25 letters
    "Ông Ích Khiêm",  # a surname, not a title
    "Danh Thạch",
    "Jean-Pierre Dupont",
    "Nguyễn Văn Đang",
]


@pytest.mark.parametrize("name", SHAPES)
def test_no_shape_of_name_is_refused(name: str) -> None:
    assert names.read(name).value == name


@pytest.mark.parametrize(
    "written",
    ["Ông Nguyễn Văn An", "Hộ ông Nguyễn Văn An", "Hộ ông: Nguyễn Văn An", "ÔNG Nguyễn Văn An"],
)
def test_a_title_of_the_land_book_is_no_part_of_the_name(written: str) -> None:
    assert names.read(written).value == "Nguyễn Văn An"


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("đang cập nhật", "filler"),
        ("N/A", "filler"),
        ("---", "filler"),
        ("Nguyễn Văn A và Trần Thị B", "several-persons"),
        ("Nguyễn Văn A; Trần Thị B", "several-persons"),
        ("Nguyễn Văn A\nTrần Thị B", "filler-or-not"),
        ("Công ty TNHH Một Hai", "organisation"),
        ("UBND xã", "organisation"),
        ("Nguyễn Văn A2", "digit-in-name"),  # two columns run together
        ("NguyÔn V¨n A", "strange-character"),  # TCVN3 that nobody recovered
    ],
)
def test_what_cannot_be_one_persons_name_is_a_flaw(written: str, flaw: str) -> None:
    if "\n" in written:
        # A line break is a blank once cleaned; intake divides such cells before.
        assert names.read(written).value == "Nguyễn Văn A Trần Thị B"
    else:
        assert names.read(written).flaw == flaw


def test_a_note_in_brackets_is_proposed_away() -> None:
    reading = names.read("Nguyễn Văn A (đã chết)")
    assert (reading.value, reading.flaw) == (None, "note-in-name")
    assert reading.proposal == "Nguyễn Văn A"


def test_nothing_written_is_neither_a_value_nor_a_flaw() -> None:
    assert names.read(" \u00a0 ").value is None
    assert names.read(" \u00a0 ").flaw is None


def test_parts_are_given_in_their_order() -> None:
    assert names.tokens("Nguyễn  Thị Hòa") == ["nguyễn", "thị", "hoà"]
    assert names.has_marks("Hòa")
    assert not names.has_marks("HOA")


LETTERS = st.text("aeouyhqgintrAOUÀòóỏõọàèùúỳýđĐ' -", max_size=24)


@given(LETTERS)
def test_the_canonical_form_is_its_own_canonical_form(text: str) -> None:
    assert names.canonical(names.canonical(text)) == names.canonical(text)


@given(LETTERS, LETTERS)
def test_equal_names_have_equal_keys(one: str, other: str) -> None:
    if names.same(one, other):
        assert names.folded(one) == names.folded(other)
        assert names.loose(one) == names.loose(other)
