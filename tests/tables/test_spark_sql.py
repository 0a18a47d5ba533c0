"""An expression gives the same on both engines."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.tables import expressions as written

from sogoc.tables.engine import Engine

pytestmark = pytest.mark.spark
TABLES = {
    "t": (pa.array(written.TEXTS, pa.string()), written.OF_TEXTS),
    "n": (pa.array(written.NUMBERS, pa.int64()), written.OF_NUMBERS),
    "d": (pa.array(written.DOUBLES, pa.float64()), written.OF_DOUBLES),
}


@pytest.mark.parametrize("column", list(TABLES))
def test_an_expression_gives_the_same_on_both_engines(
    column: str, duckdb_engine: Engine, spark_engine: Engine
) -> None:
    given, expressions = TABLES[column]
    table = pa.table({"i": list(range(len(given))), column: given})
    named = ", ".join(f"{one} as e{at}" for at, one in enumerate(expressions))
    select = f"select {column}, {named} from given order by i"
    found = []
    for engine in (duckdb_engine, spark_engine):
        engine.register("given", table)
        found.append(engine.arrow(select))
    names = [column, *expressions]
    differ = [
        (names[at], row[0].as_py(), one.as_py(), other.as_py())
        for at in range(1, len(names))
        for row, one, other in zip(
            zip(found[0][0], strict=True), found[0][at], found[1][at], strict=True
        )
        if one.as_py() != other.as_py()
    ]
    assert differ == []
