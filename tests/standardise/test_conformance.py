"""A kind is written twice, in Python and in SQL: both say the same of the same text."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.standardise.dirt import DIRT

from sogoc.contract.model import Code, Field, Register, RegisterObject
from sogoc.standardise.plan import plan
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Engine
from sogoc.values import amounts
from sogoc.values import text as texts_of
from sogoc.values.flaws import flaws
from sogoc.values.kinds import Kind
from sogoc.values.readers import READ_WITH_MORE, read
from sogoc.values.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

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


def read_in_sql(engine: Engine, texts: list[str], cell: str) -> list[dict[Kind, Reading]]:
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


def differences(engine: Engine, texts: Iterable[str], cell: str) -> list[object]:
    listed = list(texts)
    found: list[object] = []
    for text, row in zip(listed, read_in_sql(engine, listed, cell), strict=True):
        for kind in KINDS:
            in_python = comparable(kind, read_in_python(kind, text, cell))
            in_sql = comparable(kind, row[kind])
            if in_python != in_sql:
                found.append((kind.value, text, in_python, in_sql))
    return found[:5]


@pytest.mark.parametrize("cell", ["t", "n", "e", "f"])
def test_real_dirt_is_read_alike(engine: Engine, cell: str) -> None:
    assert differences(engine, DIRT, cell) == []


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
    with DuckDBEngine(tmp_path_factory.mktemp("any")) as engine:
        assert differences(engine, texts, cell) == []


def test_every_flaw_that_a_reader_gives_has_its_sentences() -> None:
    for kind in KINDS:
        for cell in "tnef":
            given_flaws = {read_in_python(kind, text, cell).flaw for text in DIRT} - {None}
            assert given_flaws <= flaws(kind).keys(), kind
