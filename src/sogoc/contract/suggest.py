"""A first draft of a contract from a table that somebody has, for an officer to correct.

Kinds are those that `recognise` finds. What would bind a deliverer (keys, required fields)
stands in comments with the figures that speak for it. No value of a person is ever written
down: only code lists are, and only of columns that repeat a few words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.contract.recognise import recognise
from sogoc.localities.units import Units
from sogoc.values.kinds import Kind, column_type
from sogoc.values.names import folded
from sogoc.values.text import clean, is_filler

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST_CODES = 12
_LEAST_REPEATS = 5
_NEARLY_ALL = 0.95
_LONGEST_CODE = 60
_CODE_AND_WORDS = re.compile(r"[0-9A-Z]{1,4} ?[-–:.)] ?([^\W\d_].+)")
_LONGEST_NAME = 40


_LOGICAL = {
    "BIGINT": "integer",
    "DECIMAL(18,2)": "number",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
}

_LAST_OF_THE_OLD_MAP = "2025-06-30"
"""The day before communes were merged (Resolution 202/2025/QH15)."""

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
    old_map: bool
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
    told = recognise(header, written, Units.load())
    codes = _codes(told.kind, distinct, len(written))
    return _Column(
        header=header,
        name=name,
        kind=Kind.CODE if codes else told.kind,
        said=_said_of_codes(codes, distinct) if codes else told.said,
        old_map=told.old_map,
        filled=len(written),
        rows=len(cells),
        distinct=len(distinct),
        codes=codes,
        is_row_number=bool(_ROW_NUMBER.fullmatch(folded(header))),
    )


def _codes(kind: Kind, distinct: Counter[str], filled: int) -> tuple[str, ...]:
    """The few words that a column repeats; what stands in few cells is a slip, not a code."""
    if kind is not Kind.TEXT or filled < _LEAST_REPEATS:
        return ()
    often = [
        text for text, times in distinct.items() if times >= max(_LEAST_REPEATS, filled // 500)
    ]
    covered = sum(distinct[text] for text in often)
    few = 1 < len(often) <= _MOST_CODES and covered >= _NEARLY_ALL * filled
    short = all(len(text) <= _LONGEST_CODE for text in often)
    return tuple(sorted(often)) if few and short else ()


def _said_of_codes(codes: Sequence[str], distinct: Counter[str]) -> str:
    others = distinct.total() - sum(distinct[code] for code in codes)
    return f"danh mục; {others} ô khác" if others else "danh mục"


def _label(code: str) -> str:
    """What a code says: the words after it in `1 - Hộ nghèo`; else itself."""
    told = _CODE_AND_WORDS.fullmatch(code)
    return told[1] if told else code


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
        own += [("asOfDate", _quote(_LAST_OF_THE_OLD_MAP))] if column.old_map else []
        if column.old_map:
            yield "      # mã trước 1/7/2025; có ngày ghi mã thì khai asOf thay asOfDate"
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
        yield f"  - {{value: {_quote(code)}, label: {_quote(_label(code))}}}"
    if own:
        yield "customProperties:"
    for key, value in own:
        yield f"  - {{property: {key}, value: {value}, vendor: sogoc}}"


_ROLES = {
    Kind.PERSONAL_ID: "number",
    Kind.OLD_ID: "oldNumber",
    Kind.PERSON_NAME: "name",
    Kind.PARTIAL_DATE: "born",
    Kind.SEX: "sex",
}
_NO_BIRTH = re.compile("cap|mat|chet|ky|het han|hieu luc| hon$|dang ky")
"""Words of dates that are not of birth."""


def _persons(columns: Sequence[_Column]) -> list[dict[str, str]]:
    """The persons whom a record names: columns beside each other, until one comes again."""
    found: list[dict[str, str]] = [{}]
    for column in columns:
        role = _ROLES.get(column.kind)
        if role is None or (role == "born" and _NO_BIRTH.search(folded(column.header))):
            continue
        if role in found[-1]:
            found.append({})
        found[-1][role] = column.name
    return [one for one in found if "name" in one or "number" in one]


def _object_properties(columns: Sequence[_Column]) -> Iterator[str]:
    persons = _persons(columns)
    if not persons:
        return
    yield "    customProperties:"
    if len(persons) == 1:
        yield f"      - {{property: person, value: {{{_listed(persons[0])}}}, vendor: sogoc}}"
        return
    yield "      # Mỗi nhóm cột liền nhau được đoán là một người; kiểm tra lại từng nhóm."
    yield "      - property: person"
    yield "        vendor: sogoc"
    yield "        value:"
    for number, one in enumerate(persons, start=1):
        yield f"          - {{id: nguoi-{number}, {_listed(one)}}}"


def _listed(person: Mapping[str, str]) -> str:
    return ", ".join(f"{role}: {_bare(name)}" for role, name in person.items())


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
