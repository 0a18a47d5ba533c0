"""DuckDB against Spark on this machine, two threads each: the same steps over the same Parquet.

    python benchmarks/spark.py standardise|check|link [ROWS] [FOLDER]

`ROWS` are rows of the delivery; for `link` persons of the population, a tenth as many records are
linked to them. Tables and what does not fit in memory lie in FOLDER (else where temporary files
go) and are gone at the end; a run that would leave the disk less than a few GiB stops. Each engine
is told of in `benchmarks/results/spark.json` when it is done, by work and by rows, beside what
stands there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import check_case
import harness

import link as province
from sogoc.check.plan import plan as check_plan
from sogoc.demo.nation.make import Order, make_population, make_register
from sogoc.link.plan import plan as link_plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.standardise.run import standardise as standardise_stage
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard, verified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.tables.engine import Engine, Step

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import standardise

DAY = date(2026, 1, 1)
TODAY = date.fromisoformat(check_case.TODAY)
KNOWN = frozenset({"reference__other__persons", "reference__other__communes"})
MEMORY_GIB = 6
KEEP_FREE_GIB = 4
ROWS = 10_000_000
PERSONS_A_RECORD = 10
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Timed:
    """The engine with its tables timed one by one; each is told of on the terminal."""

    engine: Engine
    seconds: dict[str, float] = field(default_factory=dict)

    def steps(self, steps: list[Step]) -> None:
        """Run them in order."""
        for step in steps:
            self.run(step)

    def run(self, step: Step) -> int:
        """Run one."""
        started = time.perf_counter()
        rows = self.engine.run(step)
        self.seconds[step.makes] = round(time.perf_counter() - started, 2)
        said = f"    {step.makes}: {self.seconds[step.makes]} s, {rows} rows"
        print(said, file=sys.stderr, flush=True)
        return rows

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the engine has
        return getattr(self.engine, name)


@contextmanager
def opened(name: str, folder: Path) -> Iterator[tuple[Engine, dict[str, float]]]:
    """The engine, and what is known of its work when it is done."""
    known: dict[str, float] = {}
    if name == "duckdb":
        with DuckDBEngine(folder / name, memory_gib=MEMORY_GIB, threads=2, spill_gib=20) as engine:
            yield engine, known
            known |= _of_processes(os.getpid())
        return
    from sogoc.tables.spark_engine import SparkEngine
    from sogoc.tables.spark_session import SparkWishes, start

    started = time.perf_counter()
    wishes = SparkWishes(
        master="local[2]", memory_gib=MEMORY_GIB, scratch=folder / name / "scratch", options={}
    )
    session = start(wishes)
    known["start_seconds"] = round(time.perf_counter() - started, 1)
    with SparkEngine(folder / name / "tables", session) as engine:
        yield engine, known
        java = session.sparkContext._gateway.proc.pid  # noqa: SLF001 - Java's number
        known |= _of_processes(os.getpid(), java)
    session.stop()


def _of_processes(*numbers: int) -> dict[str, float]:
    """CPU seconds of processes that still run, and the sum of their peaks of memory."""
    cpu, peak = 0.0, 0.0
    for number in numbers:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        status = Path(f"/proc/{number}/status").read_text(encoding="ascii")
        (most,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        cpu += (int(stat[11]) + int(stat[12])) / TICKS
        peak += int(most) / 1024
    return {"cpu_seconds": round(cpu, 1), "peak_mib": round(peak, 1)}


def _watch_the_disk(folder: Path) -> None:
    """End this process before it fills the disk: Spark knows no limit of its own."""

    def watch() -> None:
        while shutil.disk_usage(folder).free > KEEP_FREE_GIB * 1024**3:
            time.sleep(1)
        print(f"less than {KEEP_FREE_GIB} GiB are free: stopped", file=sys.stderr, flush=True)
        os._exit(3)

    Thread(target=watch, daemon=True).start()


def make(part: str, folder: Path, rows: int) -> None:
    """What both read, as Parquet."""
    if part == "standardise":
        with DuckDBEngine(folder / "given", memory_gib=MEMORY_GIB) as engine:
            engine.run(standardise.taken(rows))
    elif part == "check":
        check_case.make(folder, rows)
        (folder / "raw.parquet").unlink()
    else:
        order = Order(persons=rows, seed=province.SEED)
        make_population(folder / "population", order)
        make_register(folder / "register", order, records=rows // PERSONS_A_RECORD)


def run(part: str, name: str, folder: Path) -> dict[str, Any]:
    """One part on one engine; `seconds` counts the steps and the reading of the answer alone."""
    _watch_the_disk(folder)
    with opened(name, folder) as (engine, known):
        timed = Timed(engine)
        started = time.perf_counter()
        answer = PARTS[part](timed, folder)
        known["seconds"] = round(time.perf_counter() - started, 1)
    return {**known, "answer": answer, "steps": timed.seconds}


def _standardise(timed: Timed, folder: Path) -> Any:  # noqa: ANN401 - one row of an answer
    timed.engine.register("taken__quyen", folder / "given" / "taken__quyen.parquet")
    standardise_stage(timed, standardise.REGISTER, as_of=DAY)  # type: ignore[arg-type]  # as above
    names = [
        f"count({field.name}), count({field.name}__flaw)" for field in standardise.OBJECT.fields
    ]
    return timed.engine.rows(f"select count(*), {', '.join(names)} from standard__quyen")


def _check(timed: Timed, folder: Path) -> Any:  # noqa: ANN401 - as above
    timed.engine.register("standard__right", folder / "standard__right.parquet")
    for name in ("persons", "communes"):
        timed.engine.register(f"reference__other__{name}", folder / f"{name}.parquet")
    timed.steps(check_plan(check_case.register(formats_known=True), today=TODAY, known=KNOWN))
    return timed.engine.rows(
        "select rule, sum(failed), sum(passed) from scorecard__right group by rule order by rule"
    )


def _link(timed: Timed, folder: Path) -> Any:  # noqa: ANN401 - as above
    timed.engine.lend(reference("population", "people"), str(folder / "population"))
    timed.engine.lend(standard("people"), str(folder / "register" / "plain"))
    for name, table in unit_tables().items():
        timed.engine.register(name, table)
    timed.steps(population_plan(province.population(), as_of=DAY))
    timed.steps(link_plan(province.register(), shipped_policy()))
    table = verified("people")
    return timed.engine.rows(
        f"select outcome, count(*), sum(cast(number as bigint)) from {table} "
        "group by outcome order by outcome"
    )


PARTS = {"standardise": _standardise, "check": _check, "link": _link}


def main(part: str, rows: int, below: str | None) -> None:
    """Run the part on both, each in a process of its own; keep it beside the other parts."""
    found: dict[str, Any] = {"rows": rows, "memory_gib": MEMORY_GIB, "threads": 2}
    if part == "link":
        found |= {"persons": rows, "rows": rows // PERSONS_A_RECORD}
    found |= {"load_before": round(os.getloadavg()[0], 1)}
    if below:
        Path(below).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="spark-bench-", dir=below) as name:
        print(f"{part}, {rows} rows: making them in {name}", file=sys.stderr, flush=True)
        make(part, Path(name), rows)
        answers = {}
        for engine in ("duckdb", "spark"):
            print(f"  {engine}", file=sys.stderr, flush=True)
            command = [sys.executable, __file__, "--run", part, engine, name]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
            found[engine] = json.loads(said)
            answers[engine] = found[engine].pop("answer")
            shutil.rmtree(Path(name) / engine, ignore_errors=True)
            if engine == "spark":
                found["same_answer"] = answers["duckdb"] == answers["spark"]
                times = found["spark"]["seconds"] / found["duckdb"]["seconds"]
                found["spark_takes_times"] = round(times, 1)
            print(_keep(part, rows, found))


def _keep(part: str, rows: int, found: dict[str, Any]) -> Path:
    file = harness.RESULTS / "spark.json"
    results = json.loads(file.read_text(encoding="utf-8"))["results"] if file.exists() else {}
    of_part = {**results.get(part, {}), str(rows): {**found, "machine": harness.machine()}}
    results[part] = dict(sorted(of_part.items(), key=lambda one: int(one[0])))
    return harness.record("spark", results, seed=standardise.SEED, packages=("pyspark",))


if __name__ == "__main__":
    if sys.argv[1] == "--run":
        print(json.dumps(run(sys.argv[2], sys.argv[3], Path(sys.argv[4])), default=str))
    else:
        given = dict(enumerate(sys.argv))
        main(given[1], int(given.get(2, str(ROWS)).replace("_", "")), given.get(3))
