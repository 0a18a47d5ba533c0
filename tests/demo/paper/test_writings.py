from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.demo.paper import writings


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("NguyÔn ThÞ Thóy", "Nguyễn Thị Thúy"),
        ("TrÇn V¨n Phóc", "Trần Văn Phúc"),
        ("§ç Thµnh §¹t", "Đỗ Thành Đạt"),
    ],
)
def test_tcvn3_is_what_abc_fonts_left(written: str, name: str) -> None:
    assert writings.tcvn3(name) == written


@pytest.mark.parametrize(
    ("written", "name"),
    [("Nguyeãn Thò Thuùy", "Nguyễn Thị Thúy"), ("Ñoã Thaønh Ñaït", "Đỗ Thành Đạt")],
)
def test_vni_is_what_vni_fonts_left(written: str, name: str) -> None:
    assert writings.vni(name) == written


def test_cp1258_has_bytes_that_the_code_page_reads_back() -> None:
    name = "Nguyễn Thị Thúy Đường"
    assert unicodedata.normalize("NFC", writings.cp1258(name).decode("cp1258")) == name


def test_keys_typed_with_the_input_method_off() -> None:
    assert writings.telex("Nguyễn Đức Hòa") == "Nguyeenx Dduwcs Hoaf"
    assert writings.viqr("Nguyễn Thị") == "Nguye^~n Thi."


@pytest.mark.parametrize(
    ("old", "new"),
    [("Hòa", "Hoà"), ("Thúy", "Thuý"), ("THỦY", "THUỶ"), ("Hoè", "Hòe"), ("Hoàn", "Hoàn"),
     ("Quý", "Quý"), ("Quỳnh", "Quỳnh"), ("Huỳnh", "Huỳnh"), ("Khoa", "Khoa")],
)  # fmt: skip
def test_the_tone_moves_only_in_a_final_oa_oe_uy(old: str, new: str) -> None:
    assert writings.retoned(old) == new


@given(st.text(alphabet="aăâeêioôơuưyđnhtgclmHTĐ áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệ"))
def test_what_loses_its_marks_is_ascii(text: str) -> None:
    assert writings.without_marks(text).isascii()


@given(st.sampled_from(["Hòa", "Thúy", "Lê Thị Thủy", "Đỗ Hoè", "Khoẻ"]))
def test_the_tone_moved_twice_is_where_it_was(name: str) -> None:
    assert writings.retoned(writings.retoned(name)) == name
