"""A register in the words of others: JSON Schema, Frictionless Table Schema, PostgreSQL tables.

Each says what it can. What none of them can (persons, localities by date, rules over more than one
field) stays in the contract, which is the source; nothing is ever read back from an export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sogoc.tables.engine import literal, quoted
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import Field, ForeignKey, Register, RegisterObject

Document = dict[str, Any]

_JSON_TYPE = {
    "BIGINT": {"type": "integer"},
    "DECIMAL(18,2)": {"type": "number"},
    "DOUBLE": {"type": "number"},
    "DATE": {"type": "string", "format": "date"},
    "TIMESTAMP": {"type": "string", "format": "date-time"},
    "BOOLEAN": {"type": "boolean"},
    "VARCHAR": {"type": "string"},
}

_TABLE_TYPE = {
    "BIGINT": "integer",
    "DECIMAL(18,2)": "number",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
}

_POSTGRES_TYPE = {"DOUBLE": "DOUBLE PRECISION", "DECIMAL(18,2)": "NUMERIC(18,2)"}

_STANDARD_PATTERN = {
    Kind.PERSONAL_ID: "^[0-9]{12}$",
    Kind.OLD_ID: "^[0-9]{9}$",
    Kind.COMMUNE: "^[0-9]{5}$",
    Kind.PROVINCE: "^[0-9]{2}$",
    Kind.PARTIAL_DATE: "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
    Kind.SEX: "^(nam|nữ)$",
}
"""The standard form of a value, where a pattern says it whole."""

_LONGEST_CONSTRAINT_NAME = 63
"""PostgreSQL cuts longer names, and two cut alike would clash."""


def json_schema(register: Register) -> Document:
    """One record of each object, as JSON Schema 2020-12; the objects are its `$defs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sogoc:register:{register.id}:{register.version}",
        "title": register.name,
        "description": register.purpose,
        "$defs": {one.name: _json_object(one) for one in register.objects},
        "anyOf": [{"$ref": f"#/$defs/{one.name}"} for one in register.objects],
    }


def _json_object(one: RegisterObject) -> Document:
    return {
        "type": "object",
        "title": one.label,
        "properties": {field.name: _json_field(field) for field in one.fields},
        "required": [field.name for field in one.fields if field.required],
        "additionalProperties": False,
    }


def _json_field(field: Field) -> Document:
    schema: Document = {**_JSON_TYPE[field.type], "title": field.label}
    limits = {
        "minimum": field.minimum,
        "maximum": field.maximum,
        "minLength": field.min_length,
        "maxLength": field.max_length,
        "pattern": field.pattern or _STANDARD_PATTERN.get(field.kind),
    }
    schema |= {name: limit for name, limit in limits.items() if limit is not None}
    if field.codes:
        values: list[object] = [_typed(field, code.value) for code in field.codes]
        schema["enum"] = values if field.required else [*values, None]
    if not field.required:
        schema["type"] = [schema["type"], "null"]
    return schema


def _typed(field: Field, value: str) -> object:
    return int(value) if field.type == "BIGINT" else value


def table_schema(one: RegisterObject) -> Document:
    """One object as a Frictionless Table Schema (specs.frictionlessdata.io/table-schema)."""
    key = [field.name for field in _key(one)]
    schema: Document = {"fields": [_table_field(field) for field in one.fields]}
    if key:
        schema["primaryKey"] = key
    joined = [_table_key(key) for key in one.references if not key.reference.register]
    if joined:
        schema["foreignKeys"] = joined
    return schema


def _key(one: RegisterObject) -> list[Field]:
    return sorted((field for field in one.fields if field.key), key=lambda field: field.key)


def _table_field(field: Field) -> Document:
    constraints: Document = {
        "required": field.required or None,
        "unique": field.unique or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "minLength": field.min_length,
        "maxLength": field.max_length,
        "pattern": field.pattern or _STANDARD_PATTERN.get(field.kind),
        "enum": [_typed(field, code.value) for code in field.codes] or None,
    }
    described: Document = {
        "name": field.name,
        "type": _TABLE_TYPE[field.type],
        "title": field.label,
        "description": field.label_en,
    }
    kept = {name: limit for name, limit in constraints.items() if limit is not None}
    return {**described, "constraints": kept} if kept else described


def _table_key(key: ForeignKey) -> Document:
    return {
        "fields": list(key.fields),
        "reference": {"resource": key.reference.object, "fields": list(key.reference.fields)},
    }


def ddl(register: Register) -> str:
    """The register as PostgreSQL tables with keys, checks, comments and foreign keys.

    For a system that will keep good records only: the node's own tables also hold what is wrong,
    and so have none of these constraints. Foreign keys come last, for objects may refer to each
    other in a ring, and only to a target that is unique: others are told in a comment.
    """
    statements = [statement for one in register.objects for statement in _table(register, one)]
    statements += [statement for one in register.objects for statement in _links(register, one)]
    head = f"-- {register.id} {register.version}".replace("\n", " ")
    return "\n\n".join([head, *statements]) + "\n"


def _table(register: Register, one: RegisterObject) -> Iterator[str]:
    table = _table_name(register, one.name)
    lines = [_column(field) for field in one.fields]
    key = [quoted(field.name) for field in _key(one)]
    if key:
        lines.append(f"primary key ({', '.join(key)})")
    lines += [f"unique ({columns})" for columns in _unique(one)]
    lines += [check for field in one.fields for check in _checks(one, field)]
    body = ",\n    ".join(lines)
    yield f"create table {table} (\n    {body}\n);"
    yield f"comment on table {table} is {literal(_said(one.label, one.label_en))};"
    for field in one.fields:
        said = literal(_said(field.label, field.label_en))
        yield f"comment on column {table}.{quoted(field.name)} is {said};"


def _table_name(register: Register, name: str) -> str:
    return quoted(f"{register.id}__{name}")


def _said(label: str, label_en: str) -> str:
    return f"{label} ({label_en})" if label_en else label


def _column(field: Field) -> str:
    column = f"{quoted(field.name)} {_POSTGRES_TYPE.get(field.type, field.type)}"
    return f"{column} not null" if field.required else column


def _unique(one: RegisterObject) -> Iterator[str]:
    key = _key(one)
    for field in one.fields:
        if field.unique and key != [field]:
            yield quoted(field.name)


def _checks(one: RegisterObject, field: Field) -> Iterator[str]:
    value = quoted(field.name)
    pattern = field.pattern or _STANDARD_PATTERN.get(field.kind)
    listed = ", ".join(
        code.value if field.type == "BIGINT" else literal(code.value) for code in field.codes
    )
    conditions = {
        "min": f"{value} >= {field.minimum:.12g}" if field.minimum is not None else "",
        "max": f"{value} <= {field.maximum:.12g}" if field.maximum is not None else "",
        "shortest": f"length({value}) >= {field.min_length}" if field.min_length else "",
        "longest": f"length({value}) <= {field.max_length}" if field.max_length else "",
        "pattern": f"{value} ~ {literal(pattern)}" if pattern else "",
        "list": f"{value} in ({listed})" if listed else "",
    }
    for name, condition in conditions.items():
        if condition:
            yield f"constraint {_constraint(one.name, field.name, name)} check ({condition})"


def _constraint(*parts: str) -> str:
    name = "__".join(parts)
    if len(name) > _LONGEST_CONSTRAINT_NAME:
        name = f"{'__'.join(parts[1:])}"
    return quoted(name[:_LONGEST_CONSTRAINT_NAME])


def _links(register: Register, one: RegisterObject) -> Iterator[str]:
    table = _table_name(register, one.name)
    for number, key in enumerate(one.references, start=1):
        fields = ", ".join(quoted(name) for name in key.fields)
        there = key.reference
        targets = ", ".join(quoted(name) for name in there.fields)
        if there.register or not _names_one_record(register.object(there.object), there.fields):
            where = f"{there.register or register.id}.{there.object} ({targets})"
            yield f"-- {table} ({fields}) refers to {where}"
            continue
        name = _constraint(one.name, f"reference_{number}")
        yield (
            f"alter table {table} add constraint {name} foreign key ({fields})"
            f" references {_table_name(register, there.object)} ({targets});"
        )


def _names_one_record(one: RegisterObject, fields: tuple[str, ...]) -> bool:
    if list(fields) == [field.name for field in _key(one)]:
        return True
    return len(fields) == 1 and one.field(fields[0]).unique
