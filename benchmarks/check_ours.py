"""Our part of the checking benchmark, one process a part: `check_ours.py PART FOLDER [ROWS]`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import check_case as case
import duckdb

from sogoc.check.carried import before, changed, earlier, kept_tables
from sogoc.check.plan import plan
from sogoc.check.recheck import Earlier, recheck_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step, quoted

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
    """One record in a hundred changed, of these one in ten bears another's code: keys turn.

    The changed records stand among the others, numbered on, as `pipeline.again` leaves them. The
    full check before is not counted; the full check after says whether the answers are the same.
    """
    with _engine(folder, "standard__right.parquet") as (engine, where):
        for step in _steps(formats_known=True):
            engine.run(step)
        one = case.register(formats_known=True).objects[0]
        for table in kept_tables(one):
            engine.register(earlier(table), _moved(engine, where, table))
        _change(engine, folder)
        then = Earlier(today=TODAY - timedelta(days=1), known=KNOWN)
        steps = recheck_plan(case.register(formats_known=True), then, today=TODAY, known=KNOWN)
        seconds = {}
        for step in steps:
            started, cpu = time.perf_counter(), time.process_time()
            engine.run(step)
            used = time.process_time() - cpu
            seconds[step.makes] = (round(time.perf_counter() - started, 3), round(used, 2))
        [(looked_at, turned)] = engine.rows(
            "select (select count(*) from changed__right), (select count(*) from turned__right)"
        )
        again = _answers(engine)
        for step in _steps(formats_known=True):
            engine.run(step)
        same = again == _answers(engine)
    errors = [spent for made, spent in seconds.items() if "errors" in made]
    wall = sum(spent for spent, _ in seconds.values())
    return {
        "recheck_wall_seconds": round(wall, 2),
        "recheck_cpu_seconds": round(sum(cpu for _, cpu in seconds.values()), 2),
        "findings_and_scorecard_wall_seconds": round(wall - sum(w for w, _ in errors), 2),
        "looked_at": looked_at,
        "same_records_with_another_answer": turned,
        "as_the_full_check": same,
        "steps_wall_and_cpu_seconds": seconds,
    }


def _change(engine: DuckDBEngine, folder: Path) -> None:
    """The delivery after: one record in a hundred went, as many came in their place."""
    old = f"read_parquet('{folder / 'standard__right.parquet'}')"
    engine.run(Step(before("right"), (), f"select * from {old} where _row % 100 = 7"))
    others = "lpad(to_base(_row + 500, 36), 12, 'T')"
    code = f"case when _row % 1000 = 7 then {others} else ma_thua end"
    new = f"_row + 100000000 as _row, dien_tich_o + 5 as dien_tich_o, {code} as ma_thua"
    came = f"select * replace ({new}) from {quoted(before('right'))}"
    engine.run(Step(changed("right"), (), came))
    engine.view(
        Step(
            "standard__right",
            (),
            f"select * from {old} where _row not in (select _row from {quoted(before('right'))})"
            f" union all select * from {quoted(changed('right'))}",
        )
    )


def _answers(engine: DuckDBEngine) -> list[tuple[Any, ...]]:
    """What the check says, in a form that can be compared."""
    findings = "select sum(hash(_row, _locality, fail_0)), count(*) from findings__right"
    errors = "select sum(hash(_row, rule, field, flaw, text)), count(*) from errors__right"
    judged = "select sum(hash(_locality, fail_0, records)), count(*) from judged__right"
    card = "select * from scorecard__right order by all"
    return [row for select in (findings, errors, judged, card) for row in engine.rows(select)]


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
