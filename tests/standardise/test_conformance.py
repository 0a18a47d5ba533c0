"""A kind is written twice, in Python and in SQL: both say the same of the same text."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sogoc.contract.model import Code, Field, Register, RegisterObject
from sogoc.standardise.plan import plan
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.values import amounts
from sogoc.values import text as texts_of
from sogoc.values.flaws import flaws
from sogoc.values.kinds import Kind
from sogoc.values.readers import READ_WITH_MORE, read
from sogoc.values.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Texts as they stand in officers' sheets.
DIRT: list[str] = [
    # nothing, or words that stand for nothing
    "",
    " ",
    "\u00a0",
    "\u200b",
    "-",
    "--",
    "...",
    "?",
    "N/A",
    "#N/A",
    "null",
    "NULL",
    "0",
    "00",
    "đang cập nhật",
    "Đang cập nhật",
    "DANG CAP NHAT",
    "chưa có",
    "Không",
    "không có",
    "x",
    "X",
    "na",
    "Không rõ",
    "nan",
    # personal numbers: clean, spaced, kept as text, cut, rounded, doubled
    "001085000012",
    "001 085 000 012",
    "'001085000012",
    "001.085.000.012",
    "1085000012",
    "25085000012",
    "1085000012.0",
    "50085000012",
    "1.085E+09",
    "1,08500E+11",
    "012345679",
    "123456789",
    "12345679",
    "001485000012",
    "999085000012",
    "000000000000",
    "333333333333",
    "123456789012",
    "012345678901",
    "001085000012 001185000013",
    "001085000012;012345679",
    "OO1085000012",
    "00108500001a",
    "001085000012\u00a0",
    " 001085000012",
    "111111111",
    "0010850000123",
    "1" * 40,
    # tax codes: the worked vectors of the circular, swaps, branches
    "9900000016",
    "9912345671",
    "9987654324",
    "9900000030",
    "9900000070",
    "9900000016-001",
    "9900000016001",
    "9900000016-000",
    "9900000017",
    "9487659324",
    "9947654328",
    "990000001",
    "0100047516",
    "100047516",
    "0100000008",
    "010.004.7516",
    # insurance
    "DN4010123456789",
    "dn4010123456789",
    "DN 4 01 0123456789",
    "DN9010123456789",
    "DN401012345678",
    "0123456789",
    "112345678",
    "XX",
    # land
    "AA 00476432",
    "aa00476432",
    "AA00476432",
    "BK 123456",
    "B 123456",
    "Đ 123456",
    "BK 1234567",
    "00476432",
    "AA 00476432, AA 00476433",
    "AA-004",
    "CS 01234",
    "cs01234",
    "CH-00123",
    "00123/QSDĐ",
    "VP",
    "ABCDEFGHJKLM",
    "ABCD EFGH JKLM",
    "ABCDEF",
    "12",
    "012",
    "12.0",
    "0012,0",
    "12a",
    "DC12",
    "12 (BĐ 299)",
    "12+13",
    "12, 13",
    "1234567",
    "0.0",
    # amounts
    "100,5",
    "100.5",
    "1.100,5",
    "1,100.5",
    "1.100",
    "1,100",
    "1.100.000",
    "1,100,000",
    "1 100,5",
    "1 100 500",
    "100 200",
    "120 m2",
    "120,5 m²",
    "120m2",
    "1.500.000 đ",
    "1.500.000 đồng",
    "1,5 tỷ",
    "200 triệu",
    "-5",
    "-5,5",
    "-0",
    "-0,0",
    "100; 200",
    "1e5",
    "1.5E+10",
    "1e99",
    "1.1000000000000001",
    "0,125",
    "0.125",
    "1234,567",
    "99999999999999999999",
    "100.005",
    "100,995",
    "+5",
    "m2",
    "1.10.0",
    "9007199254740993",
    "5 ha",
    "12345678901234.5",
    # dates
    "1931",
    "05/1931",
    "5-1931",
    "1931-05",
    "2/5/1931",
    "02/05/1931",
    "02.05.1931",
    "1931-05-02",
    "1931-05-02 00:00:00",
    "1931-05-02T00:00:00",
    "1931/5/2",
    "19310502",
    "02051931",
    "19310000",
    "19310500",
    "00/00/1931",
    "00/05/1931",
    "05/25/1931",
    "25/25/1931",
    "31/02/1980",
    "29/02/1900",
    "29/02/2000",
    "12/00/1980",
    "12/0198",
    "02/05/31",
    "25572",
    "25572.5",
    "45",
    "45 tuổi",
    "15/8/1950 (ÂL)",
    "15/8/1950 âm lịch",
    "Sinh năm 1931",
    "SN 1931",
    "ngày 02 tháng 05 năm 1931",
    "tháng 5 năm 1931",
    "2020-05-02 10:20:30",
    "2020-05-02 10:20",
    "02/05/2020 10:20",
    "2020-05-02T23:00:00Z",
    "2020-05-02T23:00:00+07:00",
    "2020-05-02T23:00:00.25Z",
    "2020-05-02 25:00",
    "2020-02-30 10:00",
    "1700-01-01",
    "2020-05-02 24:00:00",
    "1/1/1",
    "02 / 05 / 1931",
    "30-04-1975",
    "2020-05-02 23:59:60",
    # sex, yes or no, codes
    "Nam",
    "NỮ",
    "nu",
    "Nữ giới",
    "M",
    "F",
    "1",
    "2",
    "có",
    "Có",
    "chưa",
    "true",
    "ONT",
    "ont",
    "Đất ở tại nông thôn",
    "ONT - Đất ở tại nông thôn",
    "Trùng tên",
    "a1",
    "khác",
    # names
    "Nguyễn Văn An",
    "NGUYỄN  VĂN AN",
    "Hộ ông Nguyễn Văn An",
    "Hộ bà: Trần Thị Bé",
    "Ông Nguyễn Văn An",
    "ông nguyễn văn an",
    "Ông Ích Khiêm",
    "Ông/bà Lê Thị Hòa",
    "Bà Triệu",
    "ÔNG  TRẦN VĂN BÉ",
    "H'Linh Niê",
    "H’Linh Niê",
    "Y Bhăm Êban",
    "K'Tem",
    "Ksor Hbơ\u0306t",
    "Nguyễn Văn A và Trần Thị B",
    "Nguyễn Văn A; Trần Thị B",
    "Nguyễn Văn A\nTrần Thị B",
    "Nguyễn Văn A, Trần Thị B",
    "Nguyễn Văn A (đã chết)",
    "(đã chết)",
    "Nguyễn Văn A2",
    "Công ty TNHH Một Hai",
    "UBND xã Tam Hiệp",
    "NguyÔn V¨n A",
    "Nguyá»…n",
    "Na",
    "Ho Ong Le Van A",
    "Nguyễn\u200b Văn An",
    "Lê Thị Hoa và chồng",
    "Vợ: Lê Thị Hoa",
    "Ông: Lê Văn Đực",
    "Hộ ông",
    # telephone, e-mail
    "0912345678",
    "0912 345 678",
    "+84912345678",
    "84912345678",
    "+84 (0)912 345 678",
    "912345678",
    "01212345678",
    "01912345678",
    "024 3825 3531",
    "02438253531",
    "0212345",
    "0912345678; 0987654321",
    "0912345678/0987654321",
    "điện thoại",
    "0333333333",
    "(+84) 24 3 8253531",
    "canbo@example.vn",
    "Can.Bo@Example.VN",
    "canbo@example",
    "canbo example.vn",
    "a@b.vn; c@d.vn",
    "cánbộ@example.vn",
    "@",
    # addresses
    "Tựu Liệt, Tam Hiệp, Thanh Trì, Hà Nội",
    "Thôn  2,\txã Tam Hiệp ",
]

KINDS = [kind for kind in Kind if kind is Kind.CODE or kind not in READ_WITH_MORE]
CODES = (
    Code("ONT", "Đất ở tại nông thôn", "Rural residential land"),
    Code("0", "Không có"),
    Code("LUC", "Đất chuyên trồng lúa"),
    Code("A1", "Trùng tên"),
    Code("A2", "Trùng tên"),
)
SPELLINGS = texts_of.code_spellings((one.value, one.label, one.label_en) for one in CODES)
OBJECT = RegisterObject(
    name="thu",
    fields=tuple(
        Field(name=kind.value, kind=kind, codes=CODES if kind is Kind.CODE else ())
        for kind in KINDS
    ),
)
REGISTER = Register(id="thu", name="Thử", version="1.0.0", objects=(OBJECT,))


def read_in_python(kind: Kind, text: str, cell: str) -> Reading:
    if kind is Kind.CODE and cell not in "ef":
        return texts_of.read_code(text, SPELLINGS)
    return read(Kind.TEXT if kind is Kind.CODE else kind, text, cell=cell)


def read_in_sql(folder: Path, texts: list[str], cell: str) -> list[dict[Kind, Reading]]:
    """Every text under every kind."""
    rows = len(texts)
    columns = {
        "_row": pa.array(range(1, rows + 1), pa.int64()),
        "_sheet": pa.array(["S"] * rows),
        "_line": pa.array(range(1, rows + 1), pa.int32()),
        "_part": pa.array([1] * rows, pa.int32()),
        "_types": pa.array([cell * len(KINDS)] * rows),
    }
    columns |= {kind.value: pa.array(texts, pa.string()) for kind in KINDS}
    with DuckDBEngine(folder) as engine:
        engine.register(naming.taken("thu"), pa.table(columns))
        for step in plan(REGISTER, as_of=AS_OF):
            engine.run(step)
        names = [
            f'cast("{name}" as varchar)'
            for kind in KINDS
            for name in (kind.value, naming.flaw(kind.value), naming.proposal(kind.value))
        ]
        found = engine.rows(f"select {', '.join(names)} from standard__thu order by _row")
    return [
        {kind: Reading(*row[3 * at : 3 * at + 3]) for at, kind in enumerate(KINDS)} for row in found
    ]


AS_OF = date(2026, 1, 1)


@pytest.mark.parametrize("bounds", [(6.5, 23.5), (0.1, 1e8), (500.0, 2000.0)])
def test_the_contracts_bounds_tell_a_group_from_decimals(
    tmp_path: Path, bounds: tuple[float, float]
) -> None:
    texts = ["21.167", "21,167", "1.100", "-1.100", "1.100.000", "100 200"]
    rows = len(texts)
    least, most = bounds
    one = RegisterObject(
        name="do",
        fields=(
            Field(name="so", kind=Kind.NUMBER, minimum=least, maximum=most),
            Field(name="dt", kind=Kind.AREA, minimum=least, maximum=most),
        ),
    )
    register = Register(id="do", name="Đo", version="1.0.0", objects=(one,))
    with DuckDBEngine(tmp_path) as engine:
        columns = {
            "_row": pa.array(range(rows), pa.int64()),
            "_sheet": ["S"] * rows,
            "_line": pa.array(range(rows), pa.int32()),
            "_part": pa.array([1] * rows, pa.int32()),
            "_types": ["tt"] * rows,
        }
        engine.register(naming.taken("do"), pa.table(columns | {"so": texts, "dt": texts}))
        for step in plan(register, as_of=AS_OF):
            engine.run(step)
        found = engine.rows(
            "select so, so__flaw, dt::varchar, dt__flaw from standard__do order by _row"
        )
    for text, row in zip(texts, found, strict=True):
        number = amounts.read_number(text, bounds=bounds)
        area = amounts.read_area(text, bounds=bounds)
        assert row[:2] == (number.value and float(number.value), number.flaw), text
        assert row[2:] == (area.value, area.flaw), text


def test_a_latitude_is_no_thousands() -> None:
    assert amounts.read_number("21.167", bounds=(6.5, 23.5)).value == "21.167"
    assert amounts.read_number("21.167").flaw == "ambiguous-separator"


def comparable(kind: Kind, reading: Reading) -> tuple[object, str | None, str | None]:
    """One way of writing a number and a moment: the engine drops zeros that say nothing."""
    value: object = reading.value
    if kind is Kind.NUMBER and value is not None:
        value = float(str(value))
    if kind is Kind.TIMESTAMP and value is not None and "." in str(value):
        value = str(value).rstrip("0").rstrip(".")
    return value, reading.flaw, reading.proposal


def differences(folder: Path, texts: Iterable[str], cell: str) -> list[object]:
    listed = list(texts)
    found: list[object] = []
    for text, row in zip(listed, read_in_sql(folder, listed, cell), strict=True):
        for kind in KINDS:
            in_python = comparable(kind, read_in_python(kind, text, cell))
            in_sql = comparable(kind, row[kind])
            if in_python != in_sql:
                found.append((kind.value, text, in_python, in_sql))
    return found[:5]


@pytest.mark.parametrize("cell", ["t", "n", "e", "f"])
def test_real_dirt_is_read_alike(tmp_path: Path, cell: str) -> None:
    assert differences(tmp_path, DIRT, cell) == []


PIECES = st.sampled_from([piece for text in DIRT for piece in (text, text[:5], text[-4:])])
TEXTS = st.one_of(
    st.lists(PIECES, max_size=3).map("".join),
    st.text("0123456789", max_size=14),
    st.text("0123456789.,-/ :tTZ+enmNMăÔđĐ\u00a0\u200b", max_size=14),
    st.text(st.characters(max_codepoint=0x1EFF, exclude_categories=["Cs", "Cc"]), max_size=12),
).map(lambda text: unicodedata.normalize("NFC", text))


@given(st.lists(TEXTS, min_size=150, max_size=150), st.sampled_from("tn"))
@settings(
    max_examples=4,
    deadline=None,
    # One run of the SQL costs half a second: a failing batch names its texts, unshrunk.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_text_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], cell: str
) -> None:
    assert differences(tmp_path_factory.mktemp("any"), texts, cell) == []


def test_every_flaw_that_a_reader_gives_has_its_sentences() -> None:
    for kind in KINDS:
        for cell in "tnef":
            given_flaws = {read_in_python(kind, text, cell).flaw for text in DIRT} - {None}
            assert given_flaws <= flaws(kind).keys(), kind
