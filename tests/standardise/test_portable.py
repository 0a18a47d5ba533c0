"""The steps are written once: Spark gets the same text through sqlglot."""

from __future__ import annotations

from datetime import date

import pytest
import sqlglot

from sogoc.contract.model import Code, Field, Register, RegisterObject
from sogoc.standardise.plan import plan
from sogoc.tables.engine import Step
from sogoc.values.kinds import Kind

CODES = (Code("ONT", "Đất ở"),)
REGISTER = Register(
    id="thu",
    name="Thử",
    version="1.0.0",
    objects=tuple(
        RegisterObject(
            name=kind.name.lower(),
            fields=(Field(name="gia_tri", kind=kind, codes=CODES if kind is Kind.CODE else ()),),
        )
        for kind in Kind
    ),
)
STEPS = plan(REGISTER, as_of=date(2026, 1, 1))
# They mean something else on Spark, or nothing.
NOT_PORTABLE = ("strip_accents", "printf", "hash(", "strlen", "bit_count", "list_", "struct_pack")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.makes)
def test_each_step_is_one_select_that_spark_understands(step: Step) -> None:
    select = step.select
    (parsed,) = sqlglot.transpile(select, read="duckdb", write="spark")
    assert parsed
    assert not any(word in select for word in NOT_PORTABLE)
