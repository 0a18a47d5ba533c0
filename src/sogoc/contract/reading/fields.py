"""Objects and their fields, as far as one object can be understood alone."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sogoc.contract.model import Code, Field, Person
from sogoc.contract.reading.document import closest
from sogoc.contract.reading.own import label_en, ours
from sogoc.contract.reading.predicates import check_pattern
from sogoc.values.kinds import Kind, column_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.reading.document import Mistakes, Part

_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
"""What DuckDB, PostgreSQL and a person can all write without quotes."""

_KINDS = {kind.value: kind for kind in Kind}

_PLAIN = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "timestamp": Kind.TIMESTAMP,
    "boolean": Kind.YES_NO,
}

_LOGICAL = {
    "VARCHAR": ("string",),
    "BIGINT": ("integer", "number"),
    "DECIMAL(18,2)": ("number",),
    "DOUBLE": ("number",),
    "DATE": ("date",),
    "TIMESTAMP": ("timestamp",),
    "BOOLEAN": ("boolean",),
}
"""Logical types that go with the type of a standard value."""

_DATES = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.PARTIAL_DATE})

LOCALITIES = frozenset({Kind.COMMUNE, Kind.PROVINCE})


def check_name(part: Part, name: str, mistakes: Mistakes) -> None:
    """Note a name of an object or field that a table could not bear."""
    if not _NAME.fullmatch(name) or "__" in name:
        mistakes.add(
            part,
            f"the name {name!r} must be small letters without marks, digits and single "
            "underlines, at most 48",
            f"tên {name!r} chỉ gồm chữ thường không dấu, chữ số, gạch dưới đơn, tối đa 48 ký tự",
        )


def check_unique(parts: Part, key: str, mistakes: Mistakes) -> None:
    """Note names that stand twice in one list."""
    seen: set[str] = set()
    for part in parts:
        name = part.text(key)
        if name and name in seen:
            mistakes.add(part, f"{key} {name!r} stands twice", f"{key} {name!r} bị trùng")
        seen.add(name)


def fields_of(schema: Part, mistakes: Mistakes) -> tuple[Field, ...]:
    """The fields of one object, with all that is wrong with each noted."""
    check_unique(schema.at("properties"), "name", mistakes)
    fields = tuple(_field(part, mistakes) for part in schema.at("properties"))
    if not fields:
        mistakes.add(schema, "the object has no fields", "đối tượng chưa có trường nào")
    _check_together(schema, fields, mistakes)
    return fields


def _field(part: Part, mistakes: Mistakes) -> Field:
    name = part.text("name")
    check_name(part, name, mistakes)
    own = ours(part, "field", mistakes)
    kind = _kind(part, own, mistakes)
    codes = tuple(_code(value, mistakes) for value in part.at("enum"))
    options = part.at("logicalTypeOptions")
    _check_options(options, kind, mistakes)
    _check_codes(part, kind, codes, mistakes=mistakes)
    _check_locality_properties(own, kind, mistakes)
    return Field(
        name=name,
        kind=kind,
        label=part.text("businessName") or name,
        label_en=label_en(part),
        required=part.is_true("required") or part.is_true("primaryKey"),
        unique=part.is_true("unique"),
        key=_key_position(part),
        critical=part.is_true("criticalDataElement"),
        classification=part.text("classification"),
        codes=codes,
        minimum=options.number("minimum"),
        maximum=options.number("maximum"),
        min_length=options.whole("minLength"),
        max_length=options.whole("maxLength"),
        pattern=options.text("pattern") or None,
        as_of=own["asOf"].text() if "asOf" in own else "",
        as_of_date=own["asOfDate"].text() if "asOfDate" in own else "",
        score_by="scoreBy" in own,
        synonyms=tuple(one.text("synonym") for one in part.at("synonyms")),
        derived_from=own["derivedFrom"].texts() if "derivedFrom" in own else (),
    )


def _key_position(part: Part) -> int:
    if not part.is_true("primaryKey"):
        return 0
    return max(1, part.whole("primaryKeyPosition") or 1)


def _kind(part: Part, own: Mapping[str, Part], mistakes: Mistakes) -> Kind:
    logical = part.text("logicalType")
    if "sogocKind" not in own:
        if logical and logical not in _PLAIN:
            mistakes.add(
                part,
                f"a field of type {logical!r} cannot be kept, flatten it",
                f"không lưu được kiểu {logical!r}, hãy tách thành các trường đơn",
            )
        plain = _PLAIN.get(logical or "string", Kind.TEXT)
        return Kind.CODE if part.at("enum") and plain is Kind.TEXT else plain
    said = own["sogocKind"].text()
    kind = _KINDS.get(said)
    if kind is None:
        mistakes.add(
            own["sogocKind"],
            f"{part.text('name')}: unknown kind {said!r}{closest(said, _KINDS)}",
            f"không có kiểu giá trị {said!r}; có: {', '.join(sorted(_KINDS))}",
        )
        return Kind.TEXT
    fitting = _LOGICAL[column_type(kind)]
    if logical and logical not in fitting:
        mistakes.add(
            part.at("logicalType"),
            f"{part.text('name')}: kind {said!r} needs logicalType {fitting[0]!r}, not {logical!r}",
            f"kiểu {said!r} phải đi với logicalType {fitting[0]!r}",
        )
    return kind


def _code(part: Part, mistakes: Mistakes) -> Code:
    own = ours(part, "value", mistakes)
    return Code(
        value=part.text("value"),
        label=part.text("label") or part.text("value"),
        label_en=own["labelEn"].text() if "labelEn" in own else "",
    )


def _check_codes(part: Part, kind: Kind, codes: tuple[Code, ...], *, mistakes: Mistakes) -> None:
    check_unique(part.at("enum"), "value", mistakes)
    if kind is Kind.CODE and not codes:
        mistakes.add(
            part,
            f"{part.text('name')}: kind 'code' needs an enum",
            "kiểu 'code' phải có danh sách enum",
        )
    if codes and kind not in {Kind.CODE, Kind.INTEGER, Kind.TEXT}:
        mistakes.add(
            part.at("enum"),
            f"{part.text('name')}: an enum does not go with kind {kind.value!r}",
            f"kiểu {kind.value!r} không dùng danh sách enum",
        )


def _check_options(options: Part, kind: Kind, mistakes: Mistakes) -> None:
    if options.text("pattern"):
        check_pattern(options.at("pattern"), options.text("pattern"), mistakes)
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
        least, most = options.number(low), options.number(high)
        if least is not None and most is not None and least > most:
            mistakes.add(
                options.at(low),
                f"{low} {least:g} is above {high} {most:g}",
                f"{low} lớn hơn {high}",
            )
    if kind in {Kind.DATE, Kind.TIMESTAMP} and (options.at("minimum") or options.at("maximum")):
        mistakes.add(
            options,
            "limits of dates are written as a rule, where today() can stand",
            "giới hạn ngày phải viết thành quy tắc",
        )


def _check_locality_properties(own: Mapping[str, Part], kind: Kind, mistakes: Mistakes) -> None:
    for name in ("asOf", "asOfDate", "derivedFrom", "scoreBy"):
        if name in own and kind not in LOCALITIES:
            mistakes.add(
                own[name],
                f"{name} goes with kind 'commune-code' or 'province-code' only",
                f"{name} chỉ dùng cho mã xã hoặc mã tỉnh",
            )
    if "scoreBy" in own and own["scoreBy"].text() != "locality":
        mistakes.add(own["scoreBy"], "scoreBy must be 'locality'", "scoreBy phải là 'locality'")
    if "asOfDate" in own and not _is_day(own["asOfDate"].text()):
        mistakes.add(
            own["asOfDate"],
            f"asOfDate {own['asOfDate'].text()!r} is no day, write it like '2025-07-01'",
            "asOfDate phải viết theo dạng '2025-07-01'",
        )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_together(schema: Part, fields: tuple[Field, ...], mistakes: Mistakes) -> None:
    by_name = {field.name: field for field in fields}
    scored = [field.name for field in fields if field.score_by]
    if len(scored) > 1:
        mistakes.add(
            schema,
            f"two fields have scoreBy: {', '.join(scored)}; keep one",
            f"chỉ một trường được có scoreBy, nay có: {', '.join(scored)}",
        )
    positions = sorted(field.key for field in fields if field.key)
    if positions != list(range(1, len(positions) + 1)):
        mistakes.add(
            schema,
            f"primaryKeyPosition must count 1, 2, 3 ..., but is {positions}",
            "primaryKeyPosition phải đánh số 1, 2, 3 ...",
        )
    for part, field in zip(schema.at("properties"), fields, strict=True):
        _check_named(part, (field.as_of, *field.derived_from), by_name, mistakes=mistakes)
        if field.as_of in by_name and by_name[field.as_of].kind not in _DATES:
            mistakes.add(
                part,
                f"asOf {field.as_of!r} is no date",
                f"asOf {field.as_of!r} không phải trường ngày",
            )


def _check_named(
    part: Part, names: tuple[str, ...], known: Mapping[str, object], *, mistakes: Mistakes
) -> None:
    for name in names:
        if name and name not in known:
            unknown_field(part, name, known, mistakes=mistakes)


def unknown_field(
    part: Part, name: str, known: Mapping[str, object], *, mistakes: Mistakes
) -> None:
    """Note a name that is no field of the object."""
    mistakes.add(
        part,
        f"unknown field {name!r}{closest(name, known)}",
        f"không có trường {name!r}",
    )


PERSON_KINDS: dict[str, frozenset[Kind]] = {
    "number": frozenset({Kind.PERSONAL_ID}),
    "old_number": frozenset({Kind.OLD_ID, Kind.PERSONAL_ID}),
    "name": frozenset({Kind.PERSON_NAME}),
    "born": frozenset({Kind.PARTIAL_DATE, Kind.DATE}),
    "sex": frozenset({Kind.SEX}),
    "commune": frozenset({Kind.COMMUNE}),
    "died": frozenset({Kind.PARTIAL_DATE, Kind.DATE, Kind.YES_NO}),
    "father": frozenset({Kind.PERSON_NAME}),
    "mother": frozenset({Kind.PERSON_NAME}),
    "spouse": frozenset({Kind.PERSON_NAME}),
    "father_number": frozenset({Kind.PERSONAL_ID}),
    "mother_number": frozenset({Kind.PERSONAL_ID}),
    "spouse_number": frozenset({Kind.PERSONAL_ID}),
    "household": frozenset({Kind.TEXT, Kind.CODE}),
    "former": frozenset({Kind.COMMUNE}),
}
"""What each field of a person must be; in the file `old_number` is written `oldNumber`."""


def persons_of(part: Part, fields: tuple[Field, ...], mistakes: Mistakes) -> tuple[Person, ...]:
    """The persons that a record names: one mapping with the id `person`, or a list with ids."""
    groups = tuple(part) if isinstance(part.value, list) else (part,) if part else ()
    check_unique(part, "id", mistakes)
    by_name = {field.name: field for field in fields}
    return tuple(_person(group, by_name, mistakes) for group in groups)


def _person(group: Part, by_name: Mapping[str, Field], mistakes: Mistakes) -> Person:
    given: dict[str, str] = {}
    spelt = {camel(name): name for name in PERSON_KINDS}
    for key, child in group.inside.items():
        role = spelt.get(str(key))
        if key == "id":
            given["id"] = child.text()
        elif role is None:
            mistakes.add(
                child,
                f"a person has no {key!r}{closest(str(key), spelt)}",
                f"người không có mục {key!r}; có: {', '.join(spelt)}",
            )
        elif child.text() not in by_name:
            unknown_field(child, child.text(), by_name, mistakes=mistakes)
        else:
            given[role] = child.text()
            _check_person_kind(child, role, by_name[child.text()].kind, mistakes=mistakes)
    if not (given.get("number") or given.get("name")):
        mistakes.add(
            group, "a person needs a number or a name", "người phải có số định danh hoặc họ tên"
        )
    return Person(**given)


def _check_person_kind(child: Part, role: str, kind: Kind, *, mistakes: Mistakes) -> None:
    if kind not in PERSON_KINDS[role]:
        fitting = " or ".join(sorted(one.value for one in PERSON_KINDS[role]))
        mistakes.add(
            child,
            f"{child.text()!r} is of kind {kind.value!r}, a person's {camel(role)} must be "
            f"{fitting}",
            f"trường {child.text()!r} sai kiểu, cần {fitting}",
        )


def camel(name: str) -> str:
    """A name as contracts write it: `old_number` is `oldNumber` there."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
