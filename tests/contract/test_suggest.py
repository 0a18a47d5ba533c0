"""A draft of a contract from a table: kinds are recognised, and nobody's data is written down."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.contract.load import load_text
from sogoc.contract.model import Register
from sogoc.contract.suggest import suggest
from sogoc.shipped import shipped
from sogoc.values.kinds import Kind


def draft(columns: dict[str, list[str]]) -> Register:
    return load_text(suggest("thu", columns), Path("thu.odcs.yaml"))


def kind_of(header: str, *cells: str) -> Kind:
    [one] = draft({header: list(cells)}).objects
    return one.fields[0].kind


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        ("Số giấy tờ", ["001300000001", "001300000002"], Kind.PERSONAL_ID),
        ("Số CCCD", ["1300000001", "1300000002"], Kind.PERSONAL_ID),  # a spreadsheet ate the zeros
        ("CMND", ["012345678", "123456789"], Kind.OLD_ID),
        ("Họ và tên", ["Nguyễn Thử Nghiệm", "Y Thử Êban"], Kind.PERSON_NAME),
        ("Ngày sinh", ["1931", "02/05/1931", "1931-05"], Kind.PARTIAL_DATE),
        ("Ngày cấp", ["02/05/2010", "2011-03-01"], Kind.DATE),
        ("Giới tính", ["Nam", "Nữ"], Kind.SEX),
        ("Mã xã", ["00001", "00004"], Kind.COMMUNE),
        ("Mã tỉnh", ["01", "79"], Kind.PROVINCE),
        ("MST", ["9900000016", "9912345671"], Kind.TAX_CODE),
        ("Thẻ", ["TE1010000000001", "GD4790000000002"], Kind.INSURANCE_CARD),
        ("Số phát hành GCN", ["AA 00000001", "BC 000002"], Kind.LAND_CERTIFICATE),
        ("SĐT", ["0912 345 678", "+84 24 3974 0000"], Kind.PHONE),
        ("Hòm thư", ["thu@example.vn", "thu2@example.vn"], Kind.EMAIL),
        ("Kinh phí (đồng)", ["1.200.000", "350.000"], Kind.MONEY),
        ("Diện tích", ["120,5", "98"], Kind.AREA),
        ("Nơi thường trú", ["Thôn 1, xã Thử", "Thôn 2, xã Thử"], Kind.ADDRESS),
        ("Ghi chú", ["gì đó", "khác"], Kind.TEXT),
    ],
)
def test_a_kind_is_recognised_by_cells_and_header(
    header: str, cells: list[str], kind: Kind
) -> None:
    assert kind_of(header, *cells) is kind


def test_a_few_wrong_cells_do_not_hide_a_kind() -> None:
    cells = ["001300000001"] * 9 + ["đang cập nhật", "không nhớ"]
    assert kind_of("Số", *cells) is Kind.PERSONAL_ID


def test_house_numbers_stay_text_for_the_sake_of_the_one_with_a_letter() -> None:
    assert kind_of("Số nhà", *["12", "7", "108", "44"] * 4, "12A") is Kind.TEXT


def test_a_column_that_repeats_few_words_becomes_a_list_of_codes() -> None:
    [one] = draft({"Loại hình": ["Công lập", "Tư thục"] * 20}).objects
    assert [code.value for code in one.fields[0].codes] == ["Công lập", "Tư thục"]


def test_names_of_persons_never_become_a_list_of_codes() -> None:
    text = suggest("thu", {"Họ và tên": ["Nguyễn Thử Nghiệm", "Trần Thử Nghiệm"] * 20})
    assert "Nghiệm" not in text


def test_keys_and_required_fields_are_only_proposed_in_comments() -> None:
    text = suggest("thu", {"Mã hồ sơ": ["A-1x", "A-2x", "A-3x"]})
    assert "# required: true" in text
    assert "# primaryKey: true" in text
    [one] = draft({"Mã hồ sơ": ["A-1x", "A-2x", "A-3x"]}).objects
    assert not one.fields[0].required
    assert not one.fields[0].key


def test_a_person_is_put_together_from_number_name_birth_and_sex() -> None:
    [one] = draft(
        {
            "STT": ["1", "2"],
            "Họ tên": ["Nguyễn Thử Nghiệm", "Trần Thử Nghiệm"],
            "CCCD": ["001300000001", "001300000002"],
            "Năm sinh": ["2000", "2000"],
            "Giới tính": ["Nữ", "Nữ"],
        }
    ).objects
    [person] = one.persons
    assert (person.number, person.name, person.born, person.sex) == (
        "cccd",
        "ho_ten",
        "nam_sinh",
        "gioi_tinh",
    )
    assert "stt" not in [field.name for field in one.fields]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["9900000016", "9912345671", "0100109106"], Kind.TAX_CODE),  # each closes its check digit
        (["9900000017", "9912345672", "0100109107"], Kind.TEXT),  # ten digits that close none
        (["00001", "00004", "00070", "26740"], Kind.COMMUNE),
        (["Xã Minh Châu", "Phường Ba Đình", "Xã Đông Anh"], Kind.COMMUNE),
        (["Thành phố Hà Nội", "Tỉnh Đồng Tháp", "Lâm Đồng"], Kind.PROVINCE),
        (["AA 00476432", "BC123456", "DD 00000001"], Kind.LAND_CERTIFICATE),
        (["CS 00123", "CH01234", "VP 0007"], Kind.BOOK_ENTRY),
        (["120,5 m2", "98 m²", "1.200 m2"], Kind.AREA),
        (["1.200.000 đ", "350.000 đồng", "20000 VND"], Kind.MONEY),
        (["Nguyễn Thử An", "LÊ THI THU", "H'Thử Niê", "Trần Văn Thử"], Kind.PERSON_NAME),
        (["Thôn 1, xã Thử", "Tổ 3, khu phố 2, phường Thử", "Số 5 đường Thử"], Kind.ADDRESS),
        (["02/05/2010 08:30", "2011-03-01 23:15:00"], Kind.TIMESTAMP),
    ],
)
def test_values_that_prove_their_kind_need_no_header(cells: list[str], kind: Kind) -> None:
    assert kind_of("Cột A", *cells) is kind


def test_codes_of_units_that_are_no_more_are_read_as_of_the_old_map() -> None:
    [one] = draft({"Mã ĐVHC": ["00001", "00006", "00007", "00016"]}).objects
    assert one.fields[0].as_of_date == "2025-06-30"
    [now] = draft({"Mã ĐVHC": ["00004", "00008", "26740"]}).objects
    assert not now.fields[0].as_of_date


def test_columns_beside_each_other_are_one_person_until_one_comes_again() -> None:
    columns = {
        "Họ tên chồng": ["Nguyễn Thử An", "Trần Thử Bình"],
        "CCCD chồng": ["001080000001", "001080000002"],
        "Ngày cấp": ["02/05/2021", "03/05/2021"],
        "Họ tên vợ": ["Lê Thử Hoa", "Phạm Thử Lan"],
        "CCCD vợ": ["001180000001", "001180000002"],
        "Năm sinh vợ": ["1980", "1980"],
    }
    [one] = draft(columns).objects
    assert [(who.name, who.number, who.born) for who in one.persons] == [
        ("ho_ten_chong", "cccd_chong", ""),
        ("ho_ten_vo", "cccd_vo", "nam_sinh_vo"),
    ]


def test_a_code_with_its_words_gives_the_label() -> None:
    [one] = draft({"Diện hộ": ["1 - Hộ nghèo", "2 - Hộ cận nghèo"] * 10}).objects
    assert [code.label for code in one.fields[0].codes] == ["Hộ nghèo", "Hộ cận nghèo"]


def test_a_slip_in_a_list_of_codes_is_no_code_of_it() -> None:
    [one] = draft({"Loại hình": ["Công lập", "Tư thục"] * 100 + ["Cong lap"]}).objects
    assert [code.value for code in one.fields[0].codes] == ["Công lập", "Tư thục"]


def test_the_health_facilities_of_volunteers_give_a_draft_that_loads() -> None:
    folder = shipped("reference-data") / "health-facilities"
    with next(folder.glob("*.csv")).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    [one] = draft({name: [row[name] for row in rows] for name in rows[0]}).objects
    assert one.field("phone").kind is Kind.PHONE
    assert one.field("email").kind is Kind.EMAIL
    assert one.field("lat").kind is Kind.NUMBER
    assert one.field("housenumber").kind is Kind.TEXT
    assert one.field("osm_type").kind is Kind.CODE


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
        st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12), max_size=6),
        min_size=1,
        max_size=4,
    ).filter(lambda columns: set(columns) - {"STT"})
)
def test_whatever_stands_in_the_table_the_draft_loads(columns: dict[str, list[str]]) -> None:
    columns = {"Mã hồ sơ": ["x"]} | columns
    assert draft(columns).objects[0].fields
