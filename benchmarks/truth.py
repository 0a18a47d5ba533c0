"""What the platform says of a made-up country, held against the truth about it.

Every cell that was damaged, by register, field and kind: does a finding name it, does linking tell
it, was it rightly recovered, is it only empty, or is it read as something plausible and untrue? Of
what was not damaged: which rules find fault with it? And whom did linking mean?

Use: truth.py [persons] [folder]
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from harness import record

from sogoc.contract.model import RuleForm
from sogoc.demo.books import bank, civil_status, insurance, land, science, students
from sogoc.demo.country import make
from sogoc.errors import DeliveryRefused
from sogoc.intake.keys import wordings
from sogoc.node.node import open_node
from sogoc.node.settings import Settings
from sogoc.pipeline.deliver import Request, deliver
from sogoc.standardise.run import standardise
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.values import names
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import Field, Register, RegisterObject, Rule
    from sogoc.database.deliveries import Delivery
    from sogoc.demo.country import Country
    from sogoc.pipeline.parts import Parts

SEED = 1
FORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "land": tuple((header, column) for _, header, column in land.HEADERS),
    "insurance": insurance.FORM,
    "students": students.FORM,
    "schools": students.SCHOOLS,
    "science-organisations": science.ORGANISATIONS,
    "science-researchers": science.RESEARCHERS,
    "science-projects": science.PROJECTS,
    "bank-customers": bank.CUSTOMERS,
    "bank-accounts": bank.ACCOUNTS,
    "civil-births": civil_status.BIRTHS,
    "civil-marriages": civil_status.MARRIAGES,
    "civil-deaths": civil_status.DEATHS,
}
"""Header and the demo's column of each form, by how the delivery's name begins."""
WHOLE_ROWS = {"two_in_one_cell", "shifted"}
RIGHT = {"verified", "differs", "found", "deceased"}

Key = tuple[str, int, int]
"""Sheet, line and part; the sheet is empty where a file has but one."""


@dataclass(frozen=True, slots=True)
class Run:
    """One delivery that went through, and its stage tables."""

    name: str
    register: Register
    delivery: Delivery
    tables: Path
    truth: Path
    released: frozenset[str]
    """The numbers in the population release that its persons were verified against."""

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A stage table; empty where the run made none."""
        file = self.tables / f"{table}.parquet"
        return pq.read_table(file).to_pylist() if file.exists() else []

    def told(self, what: str) -> list[dict[str, Any]]:
        """A table of the truth, a row a damaged cell or a person."""
        file = self.truth / f"{self.name}.{what}.parquet"
        return pq.read_table(file).to_pylist() if file.exists() else []

    def fields(self, one: RegisterObject) -> dict[str, tuple[str, ...]]:
        """For each of the demo's columns the fields of an object that it goes to."""
        return {
            column: tuple(field for owner, field in to if owner == one.name)
            for column, to in self._columns().items()
        }

    def _columns(self) -> dict[str, tuple[tuple[str, str], ...]]:
        book = next(form for start, form in FORMS.items() if self.name.startswith(start))
        known: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for form in self.register.forms:
            for column in form.columns:
                told = {(to.object, to.field) for to in column.targets}
                for wording in chain.from_iterable(map(wordings, (column.header, *column.also))):
                    known[wording] |= told
        return {
            column: tuple(sorted({to for one in wordings(header) for to in known[one]}))
            for header, column in book
            if column
        }


def key(row: dict[str, Any], start: str = "") -> Key:
    """Where a record or a cell stands; a file of text has no sheet."""
    sheet = row[f"{start}sheet"]
    return ("" if sheet.endswith(".csv") else sheet, row[f"{start}line"], row[f"{start}part"])


def meant(run: Run, one: RegisterObject, cells: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The records as they would be read had nothing been damaged: by the platform's own readers."""
    taken = pq.read_table(run.tables / f"{naming.taken(one.name)}.parquet")
    places = {key(row, "_"): at for at, row in enumerate(taken.select(_WHERE).to_pylist())}
    columns = run.fields(one)
    texts = {field.name: taken.column(field.name).to_pylist() for field in one.fields}
    letters = [list(text) for text in taken.column("_types").to_pylist()]
    at_field = {field.name: number for number, field in enumerate(one.fields)}
    for cell in cells:
        at = places.get(key(cell))
        for field in columns.get(cell["field"], ()):
            if at is not None:
                texts[field][at] = cell["meant"]
                letters[at][at_field[field]] = "t" if cell["meant"] else "-"
    told = {name: taken.column(name) for name in ("_row", *_WHERE)} | {
        "_types": pa.array(["".join(text) for text in letters])
    }
    told |= {name: pa.array(column, pa.string()) for name, column in texts.items()}
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder)) as engine:
        engine.register(naming.taken(one.name), pa.table(told))
        alone = replace(run.register, objects=(one,), forms=())
        standardise(engine, alone, as_of=run.delivery.as_of)
        rows = engine.arrow(f'select * from "{naming.standard(one.name)}"').to_pylist()
    return {key(row, "_"): row for row in rows}


_WHERE = ["_sheet", "_line", "_part"]


def hold_cells(run: Run) -> Iterator[tuple[str, str]]:
    """(register, field and kind; what became of it) of each damaged cell."""
    damage = [cell for cell in run.told("damage") if cell["kind"] not in WHOLE_ROWS]
    for one in run.register.objects:
        columns = run.fields(one)
        cells = [(cell, field) for cell in damage for field in columns.get(cell["field"], ())]
        if not cells:
            continue
        truth = meant(run, one, [cell for cell, _ in cells])
        read = {key(row, "_"): row for row in run.rows(naming.standard(one.name))}
        told = _findings(run, one), _doubted(run, one)
        for cell, field in cells:
            if key(cell) in read:
                pair = (read[key(cell)], truth[key(cell)])
                named = f"{run.register.id} {one.name}.{field} {cell['kind']}"
                yield named, _fate(pair, one.field(field), told)


def _fate(
    pair: tuple[dict[str, Any], dict[str, Any]],
    field: Field,
    told: tuple[dict[int, set[str]], dict[int, set[str]]],
) -> str:
    row = pair[0]
    value, right = (one[field.name] for one in pair)
    if value is not None and _is_the_same(value, right, field.kind):
        return "recovered"
    if field.name in told[0][row["_row"]]:
        return "finding"
    if field.name in told[1][row["_row"]]:
        return "told by linking"
    return "empty" if value is None else _untold(value, right, field.kind)


def _untold(value: object, right: object, kind: Kind) -> str:
    """What a value is that is not what was meant, and of which nothing was said."""
    if kind in FREE_TEXT:
        return "kept as text"
    less = kind is Kind.PARTIAL_DATE and right is not None and str(right).startswith(str(value))
    return "true, less exact" if less else "silently wrong"


def _is_the_same(value: object, right: object, kind: Kind) -> bool:
    """Names are kept as they were written: HOÀ and Hòa are one name."""
    if kind is Kind.PERSON_NAME and isinstance(value, str) and isinstance(right, str):
        return names.same(value, right)
    return value == right


FREE_TEXT = {Kind.ADDRESS, Kind.TEXT}
"""Nobody reads anything out of these but a person; an old address is no untrue one."""


def _findings(run: Run, one: RegisterObject) -> dict[int, set[str]]:
    """Of each record the fields that a finding names."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in run.rows(naming.errors(one.name)):
        rule = one.rules[row["rule"]]
        if rule.form is not RuleForm.VERIFICATION:
            found[row["_row"]].update(rule.fields)
    return found


def _doubted(run: Run, one: RegisterObject) -> dict[int, set[str]]:
    """Of each record the fields of persons whom linking did not simply verify or find."""
    found: dict[int, set[str]] = defaultdict(set)
    persons = {person.id: person for person in one.persons}
    for row in run.rows(naming.verified(one.name)):
        person = persons[row["person"]]
        of = {"number": person.number, "name": person.name, "born": person.born, "sex": person.sex}
        named = {word.split(".")[0] for word in (row["differs"] or "").split()}
        all_of_it = row["outcome"] not in {"verified", "differs", "found", "deceased"}
        found[row["_row"]].update(
            field for what, field in of.items() if field and (all_of_it or what in named)
        )
    return found


def hold_sound(run: Run) -> Iterator[tuple[str, str]]:
    """(rule, its form and the flaw) of findings on cells that nobody damaged."""
    for one in run.register.objects:
        hurt = _hurt(run, one)
        places = {row["_row"]: key(row, "_") for row in run.rows(naming.standard(one.name))}
        for row in run.rows(naming.errors(one.name)):
            rule = one.rules[row["rule"]]
            judged = _judged(one, rule)
            if not hurt[places[row["_row"]]] & judged:
                form = f"{rule.form.value} {row['flaw'] or ''}".strip()
                yield f"{run.register.id} {rule.code}", form


def _judged(one: RegisterObject, rule: Rule) -> set[str]:
    """The fields that a rule looks at: what is asked about a person is all that is told of them."""
    found = set(rule.fields)
    if rule.form is RuleForm.VERIFICATION:
        for person in one.persons:
            if rule.person in {"", person.id}:
                found |= {person.number, person.name, person.born, person.sex, person.died}
    return found - {""}


def _hurt(run: Run, one: RegisterObject) -> dict[Key, set[str]]:
    """Of each record the fields that were damaged."""
    columns = run.fields(one)
    found: dict[Key, set[str]] = defaultdict(set)
    for cell in run.told("damage"):
        whole = cell["kind"] in WHOLE_ROWS
        every = [field.name for field in one.fields] if whole else []
        found[key(cell)].update((*every, *columns.get(cell["field"], ())))
    return found


def hold_persons(run: Run) -> Iterator[dict[str, Any]]:
    """One row a person that was asked for: what was answered, who was meant, what was damaged."""
    truth = {(key(row), row["slot"]): row for row in run.told("persons")}
    damage: dict[tuple[Key, str], set[str]] = defaultdict(set)
    for cell in run.told("damage"):
        slot, _, column = cell["field"].rpartition(".")
        if column in {"number", "name", "born", "sex"}:
            damage[key(cell), slot].add(f"{column} {cell['kind']}")
    for one in run.register.objects:
        persons = {person.id: person for person in one.persons}
        columns = run.fields(one).items()
        slots = {field: column.rpartition(".")[0] for column, to in columns for field in to}
        places = {row["_row"]: key(row, "_") for row in run.rows(naming.standard(one.name))}
        for row in run.rows(naming.verified(one.name)):
            slot = slots.get(persons[row["person"]].name, "")
            at = places[row["_row"]]
            who = truth.get((at, slot))
            if who is not None:
                known = who["registered"] and who["number"] in run.released
                yield {
                    "register": run.register.id,
                    "outcome": row["outcome"],
                    "is_right": known and row["number"] == who["number"],
                    "known": known,
                    "dead": who["dead"],
                    "damage": damage[at, slot] or {"nothing"},
                }


def linking(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Precision of the answers that name a person, recall over those the register holds."""
    named = [row for row in rows if row["outcome"] in RIGHT]
    known = [row for row in rows if row["known"]]
    right = sum(row["is_right"] for row in named)
    return {
        "persons": len(rows),
        "known": len(known),
        "answered_with_a_person": len(named),
        "precision": round(right / len(named), 4) if named else None,
        "recall": round(right / len(known), 4) if known else None,
        "outcomes": dict(Counter(row["outcome"] for row in rows).most_common()),
    }


def by_damage(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same for each kind of damage, a person with two kinds in both."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for kind in row["damage"]:
            kinds[kind].append(row)
    return {kind: linking(kinds[kind]) for kind in sorted(kinds)}


def runs(parts: Parts, country: Country) -> Iterator[Run]:
    """Deliver everything; each run as soon as it is through."""
    released: frozenset[str] = frozenset()
    for delivery in country.deliveries:
        request = Request(register=delivery.register, file=delivery.file, officer="truth")
        try:
            done = deliver(parts, request)
        except DeliveryRefused:
            # In a very small country a commune may have no pupils.
            continue
        name = delivery.file.stem
        if delivery.register == "population":
            numbers = pq.read_table(delivery.file)
            released = frozenset(numbers.column(_number(numbers)).to_pylist())
        elif any(name.startswith(start) for start in FORMS) and name != "land-statistics":
            tables = parts.runs / str(done.delivery.id)
            yield Run(name, done.register, done.delivery, tables, country.truth, released)


def _number(table: pa.Table) -> str:
    return next(
        name
        for name in table.column_names
        if table.column(name).type == pa.string()
        and pc.all(pc.match_substring_regex(table.column(name), r"^\d{12}$")).as_py()
    )


def main(persons: int, folder: Path) -> None:
    """Make the country, let it deliver, and hold every answer against the truth."""
    country = make(folder / "country", persons=persons, seed=SEED)
    node = folder / "node"
    (node / "expected").mkdir(parents=True)
    (node / "expected" / "expected.csv").write_bytes(country.expected.read_bytes())
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    false: dict[str, Counter[str]] = defaultdict(Counter)
    people: list[dict[str, Any]] = []
    totals: Counter[str] = Counter()
    with open_node(node, Settings(keep_runs=99)) as opened:
        for run in runs(opened.parts, country):
            for cell, fate in hold_cells(run):
                fates[cell][fate] += 1
                totals[fate] += 1
            for rule, form in hold_sound(run):
                false[rule][form] += 1
            people += hold_persons(run)
            print(run.name, dict(totals), flush=True)
    results = {
        "persons_in_the_country": country.persons,
        "damaged_cells": dict(totals),
        "cells": {name: dict(counts) for name, counts in sorted(fates.items())},
        "findings_on_what_was_not_damaged": {
            rule: dict(counts) for rule, counts in sorted(false.items())
        },
        "linking": linking(people),
        "linking_by_damage": by_damage(people),
        "dead_and_known": sum(row["dead"] and row["known"] for row in people),
        "dead_told": dict(Counter(r["outcome"] for r in people if r["dead"] and r["known"])),
        "living_told_dead": sum(r["outcome"] == "deceased" and not r["dead"] for r in people),
    }
    print(record("truth", results, seed=SEED))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as made:
        main(count, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(made))
