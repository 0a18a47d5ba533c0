"""As many as a province has: 300,000 records against a population of 3 million.

    python benchmarks/link.py [PERSONS RECORDS]

Writes `benchmarks/results/link.json`. Generating and evaluating are not timed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
import pyarrow.parquet as pq

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.demo.nation.make import Order, make_population, make_register
from sogoc.demo.nation.offices.records import PLAIN
from sogoc.link import evaluate
from sogoc.link.columns import answers, scored
from sogoc.link.plan import plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard, verified
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.tables.engine import Step

SEED = 20261122
ACCEPTED = ("verified", "differs", "deceased", "found")
_POPULATION = {
    "number": "so_dinh_danh",
    "old_number": "so_cmnd",
    "name": "ho_ten",
    "born": "ngay_sinh",
    "sex": "gioi_tinh",
    "commune": "ma_xa",
    "died": "ngay_mat",
    "father": "cha_ho_ten",
    "mother": "me_ho_ten",
    "spouse": "vo_chong_ho_ten",
}
_KINDS = {
    "number": Kind.PERSONAL_ID,
    "old_number": Kind.OLD_ID,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
    "died": Kind.PARTIAL_DATE,
    "father": Kind.PERSON_NAME,
    "mother": Kind.PERSON_NAME,
    "spouse": Kind.PERSON_NAME,
}


def main(persons: int = 3_000_000, records: int = 300_000) -> None:
    """Make the province, link it, judge the links, write the result."""
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder) / "run") as engine:
        truth = _province(Path(folder), engine, persons=persons, records=records)
        steps = {
            "population": population_plan(population(), as_of=date(2026, 1, 1)),
            "link": plan(register(), shipped_policy()),
        }
        measured = {name: _measure(engine, each) for name, each in steps.items()}
        results = {
            "persons": persons,
            "records": records,
            **measured,
            "pairs": _pairs(engine),
            **_judged(engine, truth),
        }
    print(harness.record("link", results, seed=SEED))


def _province(
    folder: Path, engine: DuckDBEngine, *, persons: int, records: int
) -> dict[int, evaluate.Truth]:
    """A made-up nation as small as a province, and a register of it."""
    order = Order(persons=persons, seed=SEED)
    made = make_register(folder / "register", order, records=records)
    tables = {
        reference("population", "people"): make_population(folder / "population", order),
        standard("people"): made.plain,
    }
    for name, files in tables.items():
        engine.register(name, files)
    for name, table in unit_tables().items():
        engine.register(name, table)
    truth = pq.read_table(made.truth.parent, columns=["_row", "number", "kinds"])
    return {
        row["_row"]: evaluate.Truth(person=row["number"], kinds=tuple(row["kinds"].split()))
        for row in truth.to_pylist()
    }


def population() -> Register:
    """The population register, under the names of the nation's columns."""
    return _one("population", _POPULATION)


def register() -> Register:
    """A register that names persons by number, name, date, sex and commune."""
    return _one("register", {role: role for role in _KINDS if role in PLAIN})


def _one(name: str, columns: dict[str, str]) -> Register:
    fields = tuple(Field(name=field, kind=_KINDS[role]) for role, field in columns.items())
    one = RegisterObject(name="people", fields=fields, persons=(Person(**columns),))
    return Register(id=name, name=name, version="1", objects=(one,))


def _measure(engine: DuckDBEngine, steps: Sequence[Step]) -> dict[str, Any]:
    each: dict[str, float] = {}

    def run() -> None:
        for step in steps:
            started = time.perf_counter()
            engine.run(step)
            each[step.makes] = round(time.perf_counter() - started, 3)

    whole = harness.measure(run)
    whole.pop("returned", None)
    return {**whole, "steps": each}


def _pairs(engine: DuckDBEngine) -> int:
    stages = range(1, len(shipped_policy().stages) + 1)
    tables = [scored("people", stage) for stage in stages]
    return sum(int(engine.rows(f"select count(*) from {table}")[0][0]) for table in tables)


def _judged(engine: DuckDBEngine, truth: dict[int, evaluate.Truth]) -> dict[str, Any]:
    select = f"""
        select v._row, v.outcome, v.number, a.b_number, a.b_posterior
        from {verified("people")} as v
        inner join {answers("people")} as a on v._row = a._row
    """
    rows = engine.rows(select)
    accepted = [
        evaluate.Link(record=row, person=number, probability=1.0, accepted=True)
        for row, outcome, number, _, _ in rows
        if outcome in ACCEPTED or (outcome == "mismatch" and number)
    ]
    named = [
        evaluate.Link(record=row, person=number, probability=1.0, accepted=True)
        for row, _, number, _, _ in rows
        if number
    ]
    ranked = [
        evaluate.Link(record=row, person=best, probability=posterior or 0.0, accepted=True)
        for row, _, _, best, posterior in rows
        if best
    ]
    outcomes: dict[str, int] = {}
    for _, outcome, *_ in rows:
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return {
        "outcomes": dict(sorted(outcomes.items())),
        "outcome_right": _right_by_outcome(rows, truth),
        "accepted": _numbers(evaluate.quality(accepted, truth)),
        "accepted_or_proposed": _numbers(evaluate.quality(named, truth)),
        "best_of_everybody": _numbers(evaluate.quality(ranked, truth)),
        "recall_at_precision": {
            str(p): round(evaluate.recall_at(ranked, truth, precision=p), 5)
            for p in (0.99, 0.995, 0.999, 0.9995)
        },
        "calibration": [
            {
                "from": one.low,
                "to": one.high,
                "count": one.count,
                "mean": round(one.mean, 6),
                "right": round(one.right, 6),
            }
            for one in evaluate.calibration(ranked, truth)
        ],
        "accepted_by_kind": {
            kind: _numbers(one) for kind, one in evaluate.by_kind(accepted, truth).items()
        },
    }


def _right_by_outcome(rows: list[Any], truth: dict[int, evaluate.Truth]) -> dict[str, Any]:
    """Of the answers that name a person: how many name the right one."""
    counts: dict[str, list[int]] = {}
    for row, outcome, number, _, _ in rows:
        if number:
            count = counts.setdefault(outcome, [0, 0])
            count[0] += 1
            count[1] += truth[row].person == number
    return {name: {"named": n, "right": r} for name, (n, r) in sorted(counts.items())}


def _numbers(one: evaluate.Quality) -> dict[str, float]:
    return {
        "records": one.records,
        "linked": one.linked,
        "precision": round(one.precision, 5),
        "recall": round(one.recall, 5),
        "f1": round(one.f1, 5),
    }


if __name__ == "__main__":
    main(*(int(count) for count in sys.argv[1:]))
