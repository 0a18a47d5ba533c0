"""Small registers and standard records to check and score; every person in them is made up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sogoc.contract.model import (
    Criterion,
    Dimension,
    ErrorGroup,
    Field,
    Register,
    RegisterObject,
    Rule,
    RuleForm,
)
from sogoc.records.readings import arrow_type
from sogoc.tables import naming
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.tables.engine import Engine

TODAY = date(2026, 11, 20)


def rule(code: str, *fields: str, fail_when: str = "", **more: object) -> Rule:
    """A rule with what a test does not care about filled in."""
    given: dict[str, Any] = {
        "code": code,
        "name": code,
        "form": RuleForm.ROW,
        "dimension": Dimension.CONFORMITY,
        "criterion": Criterion.SACH,
        "group": ErrorGroup.FORMAT,
        "fields": fields,
        "fail_when": fail_when,
    }
    return Rule(**(given | dict(more)))


def register(*objects: RegisterObject) -> Register:
    """A land register of these objects."""
    return Register(id="land", name="Sổ đất đai", version="1.0.0", objects=objects)


def parcels(*rules: Rule) -> RegisterObject:
    """An object with one field of most kinds, and these rules."""
    return RegisterObject(
        name="parcel",
        fields=(
            Field(name="code", kind=Kind.TEXT, key=1),
            Field(name="commune", kind=Kind.COMMUNE, score_by=True),
            Field(name="area", kind=Kind.AREA),
            Field(name="owner", kind=Kind.PERSONAL_ID),
            Field(name="sex", kind=Kind.SEX),
            Field(name="born", kind=Kind.PARTIAL_DATE),
            Field(name="issued", kind=Kind.DATE),
        ),
        rules=rules,
    )


def put(engine: Engine, one: RegisterObject, rows: Sequence[Mapping[str, object]]) -> None:
    """Standard records: a row says values by field, and raw, flaw ... by their columns."""
    columns: dict[str, object] = {
        "_row": pa.array(range(1, len(rows) + 1), pa.int64()),
        "_sheet": pa.array(["1"] * len(rows), pa.string()),
        "_line": pa.array(range(2, len(rows) + 2), pa.int32()),
        "_part": pa.array([1] * len(rows), pa.int32()),
    }
    for field in one.fields:
        values = [row.get(field.name) for row in rows]
        columns[field.name] = pa.array(values, arrow_type(field))
        names = [naming.raw(field.name), naming.flaw(field.name), naming.proposal(field.name)]
        if field.kind in {Kind.COMMUNE, Kind.PROVINCE}:
            names += [naming.now(field.name), naming.candidates(field.name)]
        for name in names:
            fallback = field.name if name == naming.now(field.name) else ""
            texts = [row.get(name, row.get(fallback)) for row in rows]
            columns[name] = pa.array(texts, pa.string())
    engine.register(naming.standard(one.name), pa.table(columns))
