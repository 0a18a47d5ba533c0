"""Our part of the checking benchmark, one process a part: `check_ours.py PART FOLDER [ROWS]`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import check_case as case
import duckdb

from sogoc.check.functions import Surroundings
from sogoc.check.plan import plan
from sogoc.check.recheck import before, changed, earlier_findings, earlier_scorecard, recheck
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step

TODAY = date.fromisoformat(case.TODAY)
KNOWN = frozenset({"reference__other__persons", "reference__other__communes"})
MEMORY_GIB = 0.7


def make(folder: Path, rows: str = "10000000") -> dict[str, Any]:
    """The tables of the case."""
    case.make(folder, int(rows))
    return {"rows": int(rows)}


def floor(folder: Path) -> dict[str, Any]:
    """Every value of every column decoded once; lengths, since minima come from statistics."""
    connection = duckdb.connect(config={"threads": 2})
    columns = ", ".join(f"sum(strlen(cast({name} as varchar)))" for name in _texts())
    numbers = ", ".join(f"sum({name})" for name in _numbers())
    dates = ", ".join(f"sum(year({name}))" for name in ("ngay_cap", "cap_nhat"))
    source = f"read_parquet('{folder / 'raw.parquet'}')"
    connection.execute(f"select {columns}, {numbers}, {dates} from {source}").fetchall()
    return {}


def standard(folder: Path) -> dict[str, Any]:
    """From standard records, whose formats *standardise* has judged; errors in full apart."""
    return _check(folder, "standard__right.parquet", formats_known=True)


def raw(folder: Path) -> dict[str, Any]:
    """From the texts as they came, every format checked in the same pass."""
    return _check(folder, "raw.parquet", formats_known=False)


def recheck_part(folder: Path) -> dict[str, Any]:
    """One record in a hundred changed, of these one in ten has another's code.

    The full check before it is not counted.
    """
    with _engine(folder, "standard__right.parquet") as (engine, where):
        for step in _steps(formats_known=True):
            if not step.makes.startswith("errors"):
                engine.run(step)
        engine.register(earlier_findings("right"), _moved(engine, where, "findings__right"))
        engine.register(earlier_scorecard("right"), _moved(engine, where, "scorecard__right"))
        one_in_100 = "select * from standard__right where _row % 100 = 7"
        engine.run(Step(before("right"), (), one_in_100))
        others = "lpad(to_base(_row + 500, 36), 12, 'T')"
        code = f"case when _row % 1000 = 7 then {others} else ma_thua end"
        other = f"* replace (dien_tich_o + 5 as dien_tich_o, {code} as ma_thua)"
        swapped = one_in_100.replace("*", other)
        engine.run(Step(changed("right"), (), swapped))
        register = case.register(formats_known=True)
        kinds = {field.name: field.kind for field in register.objects[0].fields}
        around = Surroundings(register="case", kinds=kinds, today=TODAY, known=KNOWN)
        started, cpu = time.perf_counter(), time.process_time()
        for step in recheck(register.objects[0], around):
            engine.run(step)
        used = time.process_time() - cpu
        [(rows,)] = engine.rows("select count(*) from again__right")
        wall = time.perf_counter() - started
        return {"recheck_wall_seconds": wall, "recheck_cpu_seconds": used, "looked_at": rows}


def _check(folder: Path, table: str, *, formats_known: bool) -> dict[str, Any]:
    seconds: dict[str, tuple[float, float]] = {}
    with _engine(folder, table) as (engine, _):
        for step in _steps(formats_known=formats_known):
            if not formats_known and step.makes.startswith("errors"):
                continue
            started, cpu = time.perf_counter(), time.process_time()
            engine.run(step)
            used = time.process_time() - cpu
            seconds[step.makes] = (round(time.perf_counter() - started, 2), round(used, 2))
        failed = engine.rows("select rule, sum(failed) from scorecard__right group by rule")
        [(records,)] = engine.rows("select count(*) from findings__right")
    counted = [spent for made, spent in seconds.items() if not made.startswith("errors")]
    return {
        "failed": {str(rule): int(number) for rule, number in sorted(failed)},
        "failing_records": records,
        "findings_and_scorecard_wall_seconds": round(sum(wall for wall, _ in counted), 2),
        "findings_and_scorecard_cpu_seconds": round(sum(cpu for _, cpu in counted), 2),
        "steps_wall_and_cpu_seconds": seconds,
    }


def _steps(*, formats_known: bool) -> list[Step]:
    return plan(case.register(formats_known=formats_known), today=TODAY, known=KNOWN)


class _engine:  # noqa: N801 - reads as the verb it is: with _engine(...)
    """An engine over the case with less than a gigabyte, in a folder that goes away."""

    def __init__(self, folder: Path, table: str) -> None:
        self._where = tempfile.TemporaryDirectory(dir=folder)
        self._engine = DuckDBEngine(Path(self._where.name), memory_gib=MEMORY_GIB)
        self._engine.register("standard__right", folder / table)
        for name in ("persons", "communes"):
            self._engine.register(f"reference__other__{name}", folder / f"{name}.parquet")

    def __enter__(self) -> tuple[DuckDBEngine, Path]:
        return self._engine, Path(self._where.name)

    def __exit__(self, *_: object) -> None:
        self._engine.close()
        self._where.cleanup()


def _moved(engine: DuckDBEngine, where: Path, table: str) -> Path:
    return engine.parquet(table).rename(where / f"kept_{table}")


def _texts() -> list[str]:
    return [name for name in case.COLUMNS if name not in {*_numbers(), "ngay_cap", "cap_nhat"}]


def _numbers() -> list[str]:
    return ["so_to", "so_thua", "dien_tich", "dien_tich_o", "gia_tri"]


PARTS = {"make": make, "floor": floor, "standard": standard, "raw": raw, "recheck": recheck_part}

if __name__ == "__main__":
    part, where, *more = sys.argv[1:]
    print(json.dumps(PARTS[part](Path(where), *more)))
