"""A first draft of a contract from a table that somebody has, for an officer to correct.

A kind is proposed where nearly all filled cells look like it and, where shapes are shared (nine
digits, five digits), the header says so too. What would bind a deliverer (keys, required fields)
stands in comments with the figures that speak for it. No value of a person is ever written
down: only code lists are, and only of columns that repeat a few words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.values.kinds import Kind, column_type
from sogoc.values.names import folded
from sogoc.values.text import clean, is_filler

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ENOUGH = 0.8
"""Share of filled cells that must look like a kind: the rest is the dirt the contract will name."""

_NEARLY_ALL = 0.98
"""The same for plain numbers: house numbers look like them until one reads 12A."""

_MOST_CODES = 12
_LEAST_REPEATS = 5
_LONGEST_CODE = 60
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class _Sign:
    """What a kind looks like. Without `alone` the header must say it as well."""

    kind: Kind
    shape: str
    words: str
    said: str
    alone: bool = False
    enough: float = _ENOUGH


_SIGNS: tuple[_Sign, ...] = (
    _Sign(Kind.PERSONAL_ID, "^0[0-9]{2}[0-9] ?[0-9]{2} ?[0-9]{6}$", "", "số định danh", alone=True),
    _Sign(Kind.PERSONAL_ID, "^[0-9]{9,12}$", "dinh danh|cccd|can cuoc|ddcn", "số định danh"),
    _Sign(Kind.OLD_ID, "^[0-9]{8,9}$", "cmnd|cmt|chung minh|giay to", "số CMND"),
    _Sign(
        Kind.INSURANCE_CARD, "^[A-Za-z]{2}[1-5][0-9]{12}$", "", "mã thẻ bảo hiểm y tế", alone=True
    ),
    _Sign(Kind.INSURANCE_NUMBER, "^[0-9]{9,10}$", "bhxh|bao hiem", "mã số bảo hiểm xã hội"),
    _Sign(
        Kind.TAX_CODE,
        "^[0-9]{10}(-?[0-9]{3})?$|^[0-9]{12}$",
        "thue|mst|tax|doanh nghiep",
        "mã số thuế",
    ),
    _Sign(Kind.PHONE, r"^(\+?84|0)[ .-]?[0-9]([ .()-]?[0-9]){7,9}$", "", "điện thoại", alone=True),
    _Sign(Kind.EMAIL, "^[^@ ]+@[^@ ]+[.][A-Za-z]{2,}$", "", "thư điện tử", alone=True),
    _Sign(Kind.PARCEL_ID, "^[0-9A-Za-z]{12}$", "ma thua|dinh danh thua", "mã định danh thửa đất"),
    _Sign(Kind.COMMUNE, "^[0-9]{3,5}$", "xa|phuong|dvhc|ward|commune", "mã xã"),
    _Sign(Kind.PROVINCE, "^[0-9]{1,2}$", "tinh|thanh pho|province", "mã tỉnh"),
    _Sign(
        Kind.LAND_CERTIFICATE,
        "^[A-Za-zĐđ]{1,2} ?[0-9]{6,8}$",
        "gcn|giay chung nhan|phat hanh|seri",
        "số Giấy chứng nhận",
    ),
    _Sign(Kind.BOOK_ENTRY, "[0-9]", "vao so", "số vào sổ"),
    _Sign(Kind.MAP_SHEET, "^[0-9]{1,4}([.,]0)?$", "so to|to ban do|shto", "số tờ bản đồ"),
    _Sign(Kind.PARCEL_NUMBER, "^[0-9]{1,5}([.,]0)?$", "so thua|shthua", "số thửa"),
    _Sign(Kind.AREA, "^[0-9][0-9., ]*( ?m2| ?m²)?$", "dien tich|area", "diện tích"),
    _Sign(
        Kind.MONEY,
        "^-?[0-9][0-9., ]*( ?(đ|vnd|đồng))?$",
        "tien|kinh phi|luong|so du|dong|von|gia tri",
        "số tiền",
    ),
    _Sign(Kind.SEX, "^(?i:nam|nữ|nu|male|female|m|f)$", "", "giới tính", alone=True),
    _Sign(
        Kind.PARTIAL_DATE,
        r"^([0-3]?[0-9][-/.][01]?[0-9][-/.])?(19|20)[0-9]{2}$|^(19|20)[0-9]{2}-[01][0-9](-[0-3][0-9])?$",
        "sinh|birth|dob",
        "ngày có độ chính xác",
    ),
    _Sign(
        Kind.DATE,
        r"^[0-3]?[0-9][-/.][01]?[0-9][-/.](19|20)[0-9]{2}|^(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
        "",
        "ngày",
        alone=True,
    ),
    _Sign(
        Kind.PERSON_NAME,
        "^[^0-9]{2,60}$",
        "ho (va )?ten|ho,? chu dem|chu ho|full.?name|nguoi|cha$|me$|vo$|chong$",
        "họ và tên",
    ),
    _Sign(
        Kind.ADDRESS,
        "[^0-9]",
        "dia chi|noi o|thuong tru|tam tru|que quan|noi sinh|address",
        "địa chỉ",
    ),
    _Sign(
        Kind.YES_NO, "^(?i:có|không|co|khong|yes|no|x|true|false)$", "", "có hoặc không", alone=True
    ),
    _Sign(Kind.INTEGER, "^-?[0-9]{1,9}$", "", "số nguyên", alone=True, enough=_NEARLY_ALL),
    _Sign(Kind.NUMBER, "^-?[0-9]+([.,][0-9]+)?$", "", "số", alone=True, enough=_NEARLY_ALL),
)
"""The first that fits is proposed: what is rare stands before what is common."""

_LOGICAL = {
    "BIGINT": "integer",
    "DECIMAL(18,2)": "number",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
}

_OF_PERSONS = frozenset(
    {Kind.PERSONAL_ID, Kind.OLD_ID, Kind.PERSON_NAME, Kind.PARTIAL_DATE, Kind.SEX, Kind.PHONE}
    | {Kind.EMAIL, Kind.ADDRESS, Kind.INSURANCE_CARD, Kind.INSURANCE_NUMBER},
)

_WITHOUT_KIND = frozenset(
    {Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.TIMESTAMP, Kind.YES_NO, Kind.CODE}
)
"""Kinds that the logical type or an enum says already."""

_MEASURES = frozenset({Kind.NUMBER, Kind.AREA, Kind.MONEY, Kind.DATE, Kind.PARTIAL_DATE})
"""Kinds that name no record, even where no value stands twice."""

_ROW_NUMBER = re.compile("stt|tt|so tt|so thu tu|no|#")


@dataclass(frozen=True, slots=True)
class _Column:
    """What was seen of one column."""

    header: str
    name: str
    kind: Kind
    said: str
    filled: int
    rows: int
    distinct: int
    codes: tuple[str, ...] = ()
    is_row_number: bool = False


def suggest(name: str, columns: Mapping[str, Sequence[str]]) -> str:
    """The draft contract, as YAML that loads, of a register with that id; cells are texts.

    The object bears the register's name; every column becomes a field but row numbers.
    """
    seen = _profiles(columns)
    taken = [column for column in seen if not column.is_row_number]
    one = _plain(name, "bang")
    lines = [*_head(name, one), *_fields(taken), *_object_properties(taken), *_form(one, seen)]
    return "\n".join(lines) + "\n"


def _profiles(columns: Mapping[str, Sequence[str]]) -> list[_Column]:
    names: Counter[str] = Counter()
    seen = []
    for number, (header, cells) in enumerate(columns.items(), start=1):
        name = _plain(header, f"cot_{number}")
        names[name] += 1
        if names[name] > 1:
            name = f"{name}_{names[name]}"
        seen.append(_profile(clean(header) or f"Cột {number}", name, cells))
    return seen


def _profile(header: str, name: str, cells: Sequence[str]) -> _Column:
    written = [text for text in map(clean, cells) if text and not is_filler(text)]
    distinct = Counter(written)
    kind, said = _kind(header, written)
    codes = _codes(kind, distinct, len(written))
    return _Column(
        header=header,
        name=name,
        kind=Kind.CODE if codes else kind,
        said="danh mục" if codes else said,
        filled=len(written),
        rows=len(cells),
        distinct=len(distinct),
        codes=codes,
        is_row_number=bool(_ROW_NUMBER.fullmatch(folded(header))),
    )


def _kind(header: str, written: Sequence[str]) -> tuple[Kind, str]:
    """The kind, and in words what it was read as with the share of cells that could be."""
    words = folded(header).replace("_", " ")
    for sign in _SIGNS if written else ():
        if not sign.alone and not re.search(rf"\b({sign.words})", words):
            continue
        shape = re.compile(sign.shape)
        share = sum(1 for text in written if shape.search(text)) / len(written)
        if share >= sign.enough:
            return sign.kind, f"{share:.0%} đọc được là {sign.said}"
    return Kind.TEXT, "chữ tự do"


def _codes(kind: Kind, distinct: Counter[str], filled: int) -> tuple[str, ...]:
    few = 1 < len(distinct) <= _MOST_CODES and filled >= _LEAST_REPEATS * len(distinct)
    short = all(len(text) <= _LONGEST_CODE for text in distinct)
    return tuple(sorted(distinct)) if kind is Kind.TEXT and few and short else ()


def _plain(text: str, otherwise: str) -> str:
    """A name that a table can bear."""
    name = re.sub("[^a-z0-9]+", "_", folded(text)).strip("_")[:_LONGEST_NAME].strip("_")
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"c_{name}"


def _quote(text: str) -> str:
    """A text that YAML reads back as it is: JSON's way of quoting is YAML's too."""
    return json.dumps(text, ensure_ascii=False)


_WORDS_OF_YAML = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def _bare(name: str) -> str:
    """A name without quotes, but where YAML would take it for something else."""
    return _quote(name) if name in _WORDS_OF_YAML else name


def _head(name: str, one: str) -> list[str]:
    return [
        "# Bản nháp do máy đề xuất từ một bảng; cán bộ phụ trách kiểm tra và sửa từng dòng.",
        "# A draft made from a table: an officer checks and corrects every line.",
        "apiVersion: v3.2.0",
        "kind: DataContract",
        f"id: {_quote(name)}",
        f"name: {_quote(name)}",
        "version: 0.1.0",
        "status: draft",
        "description:",
        '  purpose: "Ghi mục đích của cơ sở dữ liệu."',
        "  customProperties:",
        "    - {property: checkedAgainstText, value: false, vendor: sogoc}",
        "schema:",
        f"  - name: {_bare(one)}",
        f"    id: {_bare(one)}",
        f"    businessName: {_quote(name)}",
        "    logicalType: object",
        "    physicalType: table",
        "    properties:",
    ]


def _fields(columns: Sequence[_Column]) -> Iterator[str]:
    scored = next((one for one in columns if one.kind in {Kind.COMMUNE, Kind.PROVINCE}), None)
    for column in columns:
        own = [] if column.kind in _WITHOUT_KIND else [("sogocKind", column.kind.value)]
        own += [("scoreBy", "locality")] if column is scored else []
        yield f"      # {column.said}; có giá trị {column.filled}/{column.rows}"
        yield f"      - name: {_bare(column.name)}"
        yield from (f"        {line}" for line in _field(column, own))


def _field(column: _Column, own: list[tuple[str, str]]) -> Iterator[str]:
    yield f"businessName: {_quote(column.header)}"
    yield f"logicalType: {_LOGICAL[column_type(column.kind)]}"
    if column.kind in _OF_PERSONS:
        yield "classification: personal-basic"
    if column.filled == column.rows > 0:
        yield "# required: true"
    if column.distinct == column.rows > 0 and column.kind not in _MEASURES:
        yield f"# primaryKey: true   # {column.rows} giá trị, không trùng"
    if column.codes:
        yield "enum:"
    for code in column.codes:
        yield f"  - {{value: {_quote(code)}, label: {_quote(code)}}}"
    if own:
        yield "customProperties:"
    for key, value in own:
        yield f"  - {{property: {key}, value: {value}, vendor: sogoc}}"


def _object_properties(columns: Sequence[_Column]) -> Iterator[str]:
    """The person whom a record names, if there is just one of each sort of field."""
    person = {}
    for role, kind in (
        ("number", Kind.PERSONAL_ID),
        ("oldNumber", Kind.OLD_ID),
        ("name", Kind.PERSON_NAME),
        ("born", Kind.PARTIAL_DATE),
        ("sex", Kind.SEX),
    ):
        like = [column.name for column in columns if column.kind is kind]
        if len(like) > 1:
            yield f"    # {role}: nhiều cột cùng kiểu: {', '.join(like)}"
        elif like:
            person[role] = like[0]
    if "name" in person or "number" in person:
        listed = ", ".join(f"{role}: {_bare(name)}" for role, name in person.items())
        yield "    customProperties:"
        yield f"      - {{property: person, value: {{{listed}}}, vendor: sogoc}}"


def _form(one: str, columns: Sequence[_Column]) -> Iterator[str]:
    """The form in which the table came; by position too where headers are alike."""
    headers = Counter(column.header.casefold() for column in columns)
    alike = max(headers.values(), default=0) > 1
    yield "customProperties:"
    yield "  - property: forms"
    yield "    vendor: sogoc"
    yield "    value:"
    yield "      - id: bang-goc"
    yield '        label: "Bảng như đã nhận"'
    yield '        labelEn: "The table as it came"'
    yield "        columns:"
    for number, column in enumerate(columns, start=1):
        header = column.header
        if headers[header.casefold()] > 1:
            header = f"{header} ({number})"
        parts = [f"column: {number}"] if alike else []
        parts.append(f"header: {_quote(header)}")
        if not column.is_row_number:
            parts.append(f"to: [{one}.{column.name}]")
        yield f"          - {{{', '.join(parts)}}}"
