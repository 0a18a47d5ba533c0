"""DuckDB against Spark on this machine, two threads each: the same steps over the same Parquet.

    python benchmarks/spark.py standardise|check|link [ROWS]

Each part is written into `benchmarks/results/spark.json` beside those that stand there.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import check_case
import harness
import people
import pyarrow.parquet as pq

from sogoc.check.plan import plan as check_plan
from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.link.plan import plan as link_plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.shipped import shipped
from sogoc.standardise.run import standardise as standardise_stage
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard, verified
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.tables.engine import Engine, Step

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import standardise

DAY = date(2026, 1, 1)
TODAY = date.fromisoformat(check_case.TODAY)
KNOWN = frozenset({"reference__other__persons", "reference__other__communes"})
_PERSON = {
    "number": Kind.PERSONAL_ID,
    "old_number": Kind.OLD_ID,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
}
_OF_THE_POPULATION = _PERSON | {
    "died": Kind.PARTIAL_DATE,
    **dict.fromkeys(("father", "mother", "spouse"), Kind.PERSON_NAME),
}
MEMORY_GIB = 4
TICKS = os.sysconf("SC_CLK_TCK")
ROWS = {"standardise": 10_000_000, "check": 10_000_000, "link": 100_000}
PERSONS_A_RECORD = 10


class Made:
    """The engine with its tables timed one by one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seconds: dict[str, float] = {}

    def steps(self, steps: list[Step]) -> None:
        """Run them in order."""
        for step in steps:
            started = time.perf_counter()
            self.engine.run(step)
            self.seconds[step.makes] = round(time.perf_counter() - started, 2)


@contextmanager
def opened(name: str, folder: Path) -> Iterator[tuple[Engine, dict[str, float]]]:
    """The engine, and what is known of its work when it is done."""
    known: dict[str, float] = {}
    if name == "duckdb":
        with DuckDBEngine(folder / name, memory_gib=MEMORY_GIB, threads=2) as engine:
            yield engine, known
            known |= _of_process(os.getpid())
        return
    from sogoc.tables.spark_engine import SparkEngine
    from sogoc.tables.spark_session import SparkWishes, start

    started = time.perf_counter()
    wishes = SparkWishes(
        master="local[2]", memory_gib=MEMORY_GIB, scratch=folder / "scratch", options={}
    )
    session = start(wishes)
    known["start_seconds"] = round(time.perf_counter() - started, 1)
    with SparkEngine(folder / name, session) as engine:
        yield engine, known
        known |= _of_process(session.sparkContext._gateway.proc.pid)  # noqa: SLF001 - Java's number
    session.stop()


def _of_process(number: int) -> dict[str, float]:
    """CPU seconds and the peak of memory of a process that still runs."""
    stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    status = Path(f"/proc/{number}/status").read_text(encoding="ascii")
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    cpu = (int(stat[11]) + int(stat[12])) / TICKS
    return {"cpu_seconds": round(cpu, 1), "peak_mib": round(int(peak) / 1024, 1)}


def make(part: str, folder: Path, rows: int) -> None:
    """What both read, as Parquet."""
    if part == "standardise":
        with DuckDBEngine(folder / "given", memory_gib=MEMORY_GIB) as engine:
            engine.run(standardise.taken(rows))
    elif part == "check":
        check_case.make(folder, rows)
    else:
        units = shipped("reference-data") / "admin-units" / "units.csv"
        communes = people.communes_of(units, ("01", "04"))
        many = rows * PERSONS_A_RECORD
        country = people.make(many, rows, seed=standardise.SEED, communes=communes)
        pq.write_table(country.persons, folder / "persons.parquet")
        pq.write_table(country.records, folder / "records.parquet")


def run(part: str, name: str, folder: Path) -> dict[str, Any]:
    """One part on one engine; `seconds` counts the steps alone."""
    with opened(name, folder) as (engine, known):
        made = Made(engine)
        started = time.perf_counter()
        answer = PARTS[part](made, folder)
        known["seconds"] = round(time.perf_counter() - started, 1)
    return {**known, "answer": answer, "steps": made.seconds}


def _standardise(made: Made, folder: Path) -> Any:  # noqa: ANN401 - one row of an answer
    made.engine.register("taken__quyen", folder / "given" / "taken__quyen.parquet")
    standardise_stage(made.engine, standardise.REGISTER, as_of=DAY)
    names = [
        f"count({field.name}), count({field.name}__flaw)" for field in standardise.OBJECT.fields
    ]
    return made.engine.rows(f"select count(*), {', '.join(names)} from standard__quyen")


def _check(made: Made, folder: Path) -> Any:  # noqa: ANN401 - as above
    made.engine.register("standard__right", folder / "standard__right.parquet")
    for name in ("persons", "communes"):
        made.engine.register(f"reference__other__{name}", folder / f"{name}.parquet")
    made.steps(check_plan(check_case.register(formats_known=True), today=TODAY, known=KNOWN))
    return made.engine.rows(
        "select rule, sum(failed), sum(passed) from scorecard__right group by rule order by rule"
    )


def _link(made: Made, folder: Path) -> Any:  # noqa: ANN401 - as above
    made.engine.register(reference("population", "people"), folder / "persons.parquet")
    made.engine.register(standard("people"), folder / "records.parquet")
    for name, table in unit_tables().items():
        made.engine.register(name, table)
    made.steps(population_plan(_register("population", _OF_THE_POPULATION), as_of=DAY))
    made.steps(link_plan(_register("register", _PERSON), shipped_policy()))
    table = verified("people")
    return made.engine.rows(
        f"select outcome, count(*), sum(cast(number as bigint)) from {table} "
        "group by outcome order by outcome"
    )


def _register(name: str, kinds: dict[str, Kind]) -> Register:
    fields = tuple(Field(name=field, kind=kind) for field, kind in kinds.items())
    person = Person(**{field: field for field in kinds})
    one = RegisterObject(name="people", fields=fields, persons=(person,))
    return Register(id=name, name=name, version="1", objects=(one,))


PARTS = {"standardise": _standardise, "check": _check, "link": _link}


def main(part: str, rows: int) -> None:
    """Run the part on both, each in a process of its own; keep it beside the other parts."""
    found: dict[str, Any] = {"rows": rows, "memory_gib": MEMORY_GIB, "threads": 2}
    found |= {"load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory() as name:
        make(part, Path(name), rows)
        answers = {}
        for engine in ("duckdb", "spark"):
            command = [sys.executable, __file__, "--run", part, engine, name]
            found[engine] = harness.measure(command)["returned"]
            answers[engine] = found[engine].pop("answer")
    found["same_answer"] = answers["duckdb"] == answers["spark"]
    found["spark_takes_times"] = round(found["spark"]["seconds"] / found["duckdb"]["seconds"], 1)
    file = harness.RESULTS / "spark.json"
    before = json.loads(file.read_text(encoding="utf-8"))["results"] if file.exists() else {}
    results = {**before, part: found}
    print(harness.record("spark", results, seed=standardise.SEED, packages=("pyspark",)), found)


if __name__ == "__main__":
    if sys.argv[1] == "--run":
        print(json.dumps(run(sys.argv[2], sys.argv[3], Path(sys.argv[4])), default=str))
    else:
        asked = sys.argv[1]
        main(asked, int(sys.argv[2].replace("_", "")) if len(sys.argv) > 2 else ROWS[asked])
