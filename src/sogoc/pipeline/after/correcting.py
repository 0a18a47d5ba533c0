"""Corrected records through the stages: read where an officer wrote, judged, then stored.

The stages are those of a delivery, on a batch of a few records in a folder that goes away. What
needs the other records of the register (keys twice, references within it, near-duplicates,
coverage) is not judged here: a finding of that sort stays as it is until a delivery is checked
whole, unless the officer's answer closes it.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from sogoc.check import plan as check
from sogoc.clock import today
from sogoc.contract.model import RuleForm
from sogoc.database.decisions.judgements import Judgements
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.judgements import lend_to_records
from sogoc.pipeline.linking.models import policies
from sogoc.pipeline.linking.ways import Ways
from sogoc.pipeline.persons import lend_chances, population_of
from sogoc.pipeline.placing import place_findings
from sogoc.pipeline.population.people import People
from sogoc.pipeline.references import lend_references
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.records.correcting import Place
from sogoc.records.finding_store import FindingStore
from sogoc.records.store import RecordStore
from sogoc.records.verification_store import VerificationStore
from sogoc.score.deadlines import due
from sogoc.score.rule_file import newest
from sogoc.standardise.run import standardise
from sogoc.tables.naming import reference, taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sogoc.contract.model import Register, RegisterObject, Rule
    from sogoc.database.decisions.judgements import Standing
    from sogoc.database.deliveries import Delivery
    from sogoc.pipeline.parts import Parts
    from sogoc.score.rule_file import RuleFile
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One record as an officer wrote it: every field as text, and which of them are new."""

    object: str
    record: int
    texts: Mapping[str, str]
    fields: frozenset[str]
    sheet: str
    line: int


class Judging(Protocol):
    """The judgements on one object as they will stand, given those that stand."""

    def __call__(self, name: str, standing: Sequence[Standing], /) -> Sequence[Standing]:
        """Those of the object of that name."""


def nothing_new(name: str, standing: Sequence[Standing], /) -> Sequence[Standing]:
    """Judgements stay as they are."""
    del name
    return standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The records judged: their stage tables stand in `engine`."""

    register: Register
    """With the objects alone of which a record is corrected."""
    engine: Engine
    rows: Mapping[tuple[str, int], int]
    """Object and record -> `_row`."""
    rules: RuleFile
    population: Delivery | None
    day: date
    judged: frozenset[str]
    """Codes of the rules that a record was judged by without the rest of its register."""


@contextmanager
def corrected(
    parts: Parts,
    register: Register,
    corrections: Sequence[Correction],
    *,
    judgements: Judging = nothing_new,
) -> Iterator[Corrected]:
    """Run the stages on the corrected records; what they leave goes when the block ends.

    A record of which no field is corrected is judged as it stands, by the judgements as they will
    be: so a decision about who is meant shows at once what comes of it.
    """
    parts.runs.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".correcting-", dir=parts.runs) as folder,
        parts.engine(Path(folder)) as engine,
    ):
        places = _places(corrections)
        own = replace(register, objects=tuple(o for o in register.objects if o.name in places))
        for one in register.objects:
            mine = [each for each in corrections if each.object == one.name]
            engine.register(taken(one.name), _taken(one, mine))
        for name, table in unit_tables().items():
            engine.register(name, table)
        day = today(parts.clock)
        standardise(engine, register, as_of=day)
        RecordStore(parts.connection).prepare(register)
        RecordStore(parts.connection).stand(register, engine, places)
        rules = newest(parts.rules, day)
        known = _check(parts, register, engine, day=day, folder=Path(folder))
        lent = _lend_judgements(parts, own, engine, places=places, judgements=judgements)
        release = _link(parts, register, engine, day=day, folder=Path(folder), lent=lent)
        yield Corrected(
            register=own,
            engine=engine,
            rows={(n, r): row for n in places for row, r in enumerate(places[n], 1)},
            rules=rules,
            population=release,
            day=day,
            judged=frozenset(judged_alone(own, known, verified=release is not None)),
        )


def store_corrected(
    parts: Parts, made: Corrected, *, delivery: int, at: datetime
) -> dict[str, dict[str, int]]:
    """Write the corrected records as versions of their own; return counts by object.

    In the caller's transaction. What the new values put right beside the findings that were
    answered is closed by the delivery, and what they break is opened.
    """
    register, engine, connection = made.register, made.engine, parts.connection
    changed = RecordStore(connection).correct(register, engine, delivery=delivery, at=at)
    by = due(made.day, made.rules).correct_by
    days = dict.fromkeys(made.judged, by)
    found = FindingStore(connection).correct(register, engine, delivery=delivery, at=at, due=days)
    place_findings(connection, parts.shelf.register(register.id), delivery=delivery)
    if made.population:
        VerificationStore(connection).merge(register, engine, delivery=delivery, at=at)
    numbers = {name: sum(1 for held, _ in made.rows if held == name) for name in changed}
    return {
        name: {
            "rows": numbers[name],
            "changed": count,
            "unchanged": numbers[name] - count,
            "opened": found[name].opened,
            "closed": found[name].closed,
        }
        for name, count in changed.items()
    }


def _places(corrections: Sequence[Correction]) -> dict[str, dict[int, Place]]:
    places: dict[str, dict[int, Place]] = {}
    for one in corrections:
        place = Place(sheet=one.sheet, line=one.line, fields=one.fields)
        places.setdefault(one.object, {})[one.record] = place
    return places


def _taken(one: RegisterObject, corrections: Sequence[Correction]) -> pa.Table:
    """The records as intake leaves a delivery: texts, none of them empty, all typed as text."""
    count = len(corrections)
    columns: dict[str, pa.Array] = {
        "_row": pa.array(range(1, count + 1), pa.int64()),
        "_sheet": pa.array([each.sheet for each in corrections], pa.string()),
        "_line": pa.array([each.line for each in corrections], pa.int32()),
        "_part": pa.array([1] * count, pa.int32()),
        "_types": pa.array(["t" * len(one.fields)] * count, pa.string()),
    }
    for field in one.fields:
        texts = [each.texts.get(field.name) or None for each in corrections]
        columns[field.name] = pa.array(texts, pa.string())
    return pa.table(columns)


def _check(
    parts: Parts, register: Register, engine: Engine, *, day: date, folder: Path
) -> frozenset[str]:
    """The rules over single records; returns the tables that they could look things up in."""
    store = RecordStore(parts.connection)
    known = lend_references(parts, register, engine, store=store, folder=folder / "lent")
    holidays = newest(parts.rules, day).holidays
    steps = check.plan(register, today=day, known=known, holidays=holidays)
    run_steps(engine, Stage.CHECK, steps, tell=nobody)
    return known


def _lend_judgements(
    parts: Parts,
    own: Register,
    engine: Engine,
    *,
    places: Mapping[str, Mapping[int, Place]],
    judgements: Judging,
) -> frozenset[str]:
    lent: frozenset[str] = frozenset()
    for one in own.objects:
        rows = {record: row for row, record in enumerate(places[one.name], 1)}
        held = Judgements(parts.connection).standing(own.id, one.name)
        lent |= lend_to_records(judgements(one.name, held), one, engine, rows=rows)
    return lent


def _link(
    parts: Parts,
    register: Register,
    engine: Engine,
    *,
    day: date,
    folder: Path,
    lent: frozenset[str],
) -> Delivery | None:
    """Verify the persons named, against the newest release; None where the node has none."""
    holidays = newest(parts.rules, day).holidays
    found = None if register.is_population else population_of(parts)
    if found:
        by = policies(parts, register)
        lend_chances(parts, register, engine, release=found[1], by=by)
        people = People(parts, found)
        ways = Ways(people=people, index=people.index, by=by, machine_code=parts.machine_code)
        ways.link(engine, register, folder=folder, known=lent)
        last = check.plan_after_link(register, today=day, holidays=holidays)
    else:
        last = check.plan_without_link(register, today=day, holidays=holidays)
    run_steps(engine, Stage.CHECK, last, tell=nobody)
    return found[1] if found else None


def judged_alone(register: Register, known: frozenset[str], *, verified: bool) -> list[str]:
    """Codes of the rules that need nothing but the record, and what stands outside its register."""
    codes: list[str] = []
    for rule in [rule for one in register.objects for rule in one.rules]:
        row = rule.form is RuleForm.ROW
        person = rule.form is RuleForm.VERIFICATION and verified
        if row or person or _looked_up(rule) in known:
            codes.append(rule.code)
    return codes


def _looked_up(rule: Rule) -> str:
    """The table of another register in which a rule looks things up, empty where it does not."""
    to = rule.reference
    if rule.form is not RuleForm.REFERENCE or to is None or to.held_by:
        return ""
    return reference(to.register, to.object) if to.register else ""
