"""Old writings are recovered, and what was right is never touched."""

from __future__ import annotations

import csv
import importlib.util
import random
import sys
import unicodedata
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.intake.writing.columns import Column
from sogoc.intake.writing.letters import plain
from sogoc.shipped import shipped


def _writers() -> ModuleType:
    path = Path(__file__).parents[1] / "old_fonts.py"
    spec = importlib.util.spec_from_file_location("old_fonts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["old_fonts"] = module
    spec.loader.exec_module(module)
    return module


WRITERS = _writers().WRITERS
OF_FONTS = ("tcvn3", "vni", "cp1258", "utf8-twice")
OF_KEYS = ("telex", "vni-keys", "viqr")


@cache
def units() -> tuple[str, ...]:
    """Real names of provinces, districts and communes, with their kind before."""
    file = shipped("reference-data") / "admin-units" / "units.csv"
    with file.open(encoding="utf-8") as rows:
        names = {unicodedata.normalize("NFC", row["name_vi"]) for row in csv.DictReader(rows)}
    return tuple(sorted(names))


def column_of(texts: list[str]) -> Column:
    column = Column(by_keys=True)
    column.learn(texts[:4096])
    return column


def share_recovered(writing: str, share: float) -> tuple[float, int]:
    """Share of the damaged names recovered, capitals apart, and the good names spoiled."""
    chance = random.Random(1)  # noqa: S311 - a sample for a test
    cells = [(name, chance.random() < share) for name in units()]
    chance.shuffle(cells)
    told = [(name, WRITERS[writing](name) if old else name) for name, old in cells]
    column = column_of([text for _, text in told])
    damaged = [(name, text) for name, text in told if name != text]
    good = [name for name, text in told if name == text]
    spoiled = sum(column.read(name)[0] != name for name in good)
    found = sum(column.read(text)[0].casefold() == name.casefold() for name, text in damaged)
    return found / len(damaged), spoiled


@pytest.mark.parametrize("writing", OF_FONTS)
def test_a_column_in_one_old_encoding_is_recovered_whole(writing: str) -> None:
    assert share_recovered(writing, 1.0) == (1.0, 0)


@pytest.mark.parametrize("writing", OF_FONTS)
@pytest.mark.parametrize("share", [0.5, 0.1])
def test_a_mixed_column_is_recovered_cell_by_cell(writing: str, share: float) -> None:
    recovered, spoiled = share_recovered(writing, share)
    assert recovered >= 0.995
    assert spoiled == 0


@pytest.mark.parametrize("writing", OF_KEYS)
def test_what_a_typing_program_left_is_recovered_where_the_column_is_full_of_it(
    writing: str,
) -> None:
    assert share_recovered(writing, 1.0)[0] >= 0.999


@pytest.mark.parametrize("writing", OF_KEYS)
def test_keys_left_in_a_few_names_of_places_are_recovered_as_well(writing: str) -> None:
    recovered, spoiled = share_recovered(writing, 0.1)
    assert recovered >= 0.995
    assert spoiled == 0


def test_no_real_name_of_a_place_is_changed() -> None:
    column = column_of(list(units()))
    assert [name for name in units() if column.read(name) != (name, "")] == []


@pytest.mark.parametrize(
    "text",
    [
        "H'Linh Niê",  # Ê Đê
        "Y Bhăm Êban",
        "Ksor Blô",
        "Giàng A Páo",
        "Café Noël",
        "Müller",
        "Loïc",  # VNI would read Lọc
        "São Paulo",
        "Hôtel Métropole",
        "Taj Mahal",  # Telex would read Tạ
        "Moon Room",
        "Hair Salon",
        "So61 Ngo4",  # house number, not VNI keys
        "Lô A1, khu B2",
        "5 µm",
        "100 m²",
        "Toa2 Tang3 Phong4",  # a building without marks, not VNI keys
        "Xã Sa Loong",  # Telex would read Xã Sa Lông: both exist
        "Lee Thanh An",
        "Can A8c",
        "C++ 2~3",
        "Ho so da du.",  # VIQR would read dụ
        "Hai?",
        "XÃ HOÀ BÌNH",
        "Hoàng",  # VNI would read Hồng
        "boss@has.com",
    ],
)
def test_what_is_right_stays_in_a_column_of_its_like(text: str) -> None:
    column = column_of([text, "Nguyễn Văn An", "Trần Thị Hoà", "Lê Hoàng"])
    assert column.read(text) == (text, "")


def test_an_ambiguous_name_follows_a_column_that_is_all_vni() -> None:
    names = [f"Nguyễn Văn {name}" for name in ("An", "Hải", "Đức", "Tuấn")] * 30
    column = column_of([WRITERS["vni"](f"{name} {at}") for at, name in enumerate(names)])
    assert column.read("Hoàng") == ("Hồng", "vni")


def test_one_name_in_an_old_font_among_good_ones_is_found() -> None:
    column = column_of(["Nguyễn Văn An", "Trần Thị Hoà", "Lê Hoàng"])
    assert column.read("NguyÔn V¨n §øc") == ("Nguyễn Văn Đức", "tcvn3")
    assert column.read("Nguyeexn Thij Hoaf") == ("Nguyễn Thị Hòa", "telex")
    assert column.read("Nguye64n Va8n D9u7c1") == ("Nguyễn Văn Đức", "vni-keys")
    assert column.read("Nguye^~n Va(n DDu+'c") == ("Nguyễn Văn Đức", "viqr")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Xa4 Quang3 Minh", "Xã Quảng Minh"),
        ("So61 27, Xa4 Tam Lu7", "Số 27, Xã Tam Lư"),
        ("Ly1 Bich1 Hoa2", "Lý Bích Hòa"),
        ("Noong Minh Hoaf", "Nông Minh Hòa"),
        ("Xa~ Ky` Thu+", "Xã Kỳ Thư"),
        ("Le^ Minh Nga", "Lê Minh Nga"),
        ("PHAMj THIj HAwNGf", "PHẠM THỊ HẰNG"),
        ("DdO^~ VA(N HOA`", "ĐỖ VĂN HOÀ"),
    ],
)
def test_keys_that_become_a_commune_or_a_full_name_prove_themselves(typed: str, meant: str) -> None:
    column = column_of(["Nguyễn Văn An", "Trần Thị Hoà", "Lê Hoàng", "Số 2, Xã Tân Hòa"])
    assert column.read(typed)[0] == meant


def test_capitals_of_tcvn3_follow_their_word() -> None:
    column = column_of(["NGUYÔN V¡N §øC"])
    assert column.read("NGUYÔN V¡N §øC") == ("NGUYỄN VĂN ĐỨC", "tcvn3")


def test_signs_that_nobody_sees_are_taken_out() -> None:
    assert plain("\ufeffNguyễn\u00a0Văn\u200b An \uff11\uff12") == "Nguyễn Văn An 12"
    assert plain("Nguye\u0302\u0303n") == "Nguyễn"


@given(st.text(max_size=40))
def test_plain_text_is_plain_again(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.lists(st.sampled_from(units()), min_size=1, max_size=20))
def test_good_names_stay_in_any_company(names: list[str]) -> None:
    column = column_of(names)
    assert [column.read(name) for name in names] == [(name, "") for name in names]
