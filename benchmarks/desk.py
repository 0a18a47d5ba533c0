"""One person asked about at a desk, against the index of a made-up nation.

    python benchmarks/desk.py INDEX REGISTER [QUESTIONS]

INDEX and REGISTER as `benchmarks/small.py` says. Opens a desk, asks QUESTIONS (2,000) dirty records
one after another: cold, the files out of memory; then the same once more, warm. Writes
`benchmarks/results/desk-<persons>.json`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import harness
from small import forget_pages, plain_register, records, spread

from sogoc.link.desk.desk import Desk, Told
from sogoc.link.desk.weights import starting_chances
from sogoc.link.index.person_index import PersonIndex
from sogoc.link.policy import shipped_policy
from sogoc.tables.duckdb_engine import DuckDBEngine


def main(folder: Path, register: Path, questions: int) -> None:
    """Open, ask, record."""
    asked = records(register, questions).to_pylist()
    code = Path(tempfile.mkdtemp(prefix="desk-code-"))
    _open(folder, code).ask(asked[0])  # compiled once for each machine, before anybody waits
    forget_pages(folder)
    started = time.perf_counter()
    desk = _open(folder, code)
    opened = time.perf_counter() - started
    cold, outcomes = _ask(desk, asked)
    warm, _ = _ask(desk, asked)
    persons = PersonIndex.open(folder).persons
    results: dict[str, Any] = {
        "persons": persons,
        "questions": len(asked),
        "open_seconds": round(opened, 3),
        "cold": spread(cold),
        "warm": spread(warm),
        "outcomes": dict(outcomes),
    }
    print(results)
    harness.record(f"desk-{persons}", results)


def _open(folder: Path, code: Path) -> Desk:
    index, policy = PersonIndex.open(folder), shipped_policy()
    (one,) = plain_register().objects
    with (
        tempfile.TemporaryDirectory() as work,
        DuckDBEngine(Path(work), threads=1) as engine,
    ):
        chances = starting_chances(engine, one, policy, persons=index.persons)
    return Desk(index, Told(object=one, policy=policy, chances=chances), cache=code)


def _ask(desk: Desk, asked: list[dict[str, Any]]) -> tuple[list[float], Counter[str]]:
    seconds: list[float] = []
    outcomes: Counter[str] = Counter()
    for record in asked:
        started = time.perf_counter()
        answers = desk.ask(record)
        seconds.append(time.perf_counter() - started)
        outcomes.update(one.outcome for one in answers)
    return seconds, outcomes


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2000)
