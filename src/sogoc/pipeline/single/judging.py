"""Single records through the stages: judged by themselves, beside a register that stays as it is.

Each record is read, held against the rules that it can break by itself or by what it refers to, and
its persons are verified, weighed as their register was when it was last linked whole. What needs
the others of its place - a key that stands twice, near-duplicates, coverage, the score - is not
asked: what a whole delivery said of it stays until the next one.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.check import plan as check
from sogoc.clock import today
from sogoc.database.decisions.judgements import Judgements
from sogoc.database.deliveries import Scope
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.after.correcting import judged_alone
from sogoc.pipeline.judgements import lend_judgements
from sogoc.pipeline.judging import folder_of
from sogoc.pipeline.linking.models import policies
from sogoc.pipeline.linking.ways import Ways
from sogoc.pipeline.persons import lend_chances, population_of
from sogoc.pipeline.population.people import People
from sogoc.pipeline.run_folder import take_once
from sogoc.pipeline.single.near import lend_near
from sogoc.pipeline.stages import Stage, run_steps
from sogoc.score.rule_file import newest
from sogoc.standardise.run import standardise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Reference, Register, RegisterObject, Rule
    from sogoc.database.deliveries import Delivery
    from sogoc.intake.take import Taken
    from sogoc.pipeline.judging import Judging
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.stages import Tell
    from sogoc.score.rule_file import RuleFile
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """The records judged: their stage tables stand in `engine`."""

    register: Register
    """With the objects alone of which records came."""
    engine: Engine
    taken: Taken
    rules: RuleFile
    day: date
    population: Delivery | None = None
    judged: frozenset[str] = frozenset()
    """Codes of the rules that the records were judged by."""


@contextmanager
def judge_single(parts: Parts, judging: Judging, *, tell: Tell) -> Iterator[Single]:
    """Run the stages; the engine is open while the caller stores what they made.

    Records that end are read and no more. Raises DeliveryRefused from intake.
    """
    day = today(parts.clock)
    rules = newest(parts.rules, day)
    found = None if judging.register.is_population else population_of(parts)
    judged = Judgements(parts.connection).mark(judging.register.id)
    by = policies(parts, judging.register).told()
    held = found and found[1].id
    made_of = (day, rules, held, judged, by, parts.policy, judging.delivery.scope)
    folder = folder_of(parts, judging, made_of)
    with parts.engine(folder) as engine:
        read = _read(parts, judging, engine, folder=folder, tell=tell)
        single = replace(read, rules=rules, day=day)
        if judging.delivery.scope == Scope.ENDINGS:
            yield single
            return
        known = _check(parts, judging, single, folder=folder, tell=tell)
        persons = any(one.persons for one in single.register.objects)
        asked = found if persons else None
        release = _link(parts, judging, single, found=asked, folder=folder, tell=tell)
        within = _referred(judging.register, single.register.objects)
        codes = judged_alone(single.register, known, verified=release is not None)
        yield replace(
            single,
            population=release,
            judged=frozenset([*codes, *(rule.code for rule, _ in within)]),
        )


def _read(parts: Parts, judging: Judging, engine: Engine, *, folder: Path, tell: Tell) -> Single:
    register, delivery = judging.register, judging.delivery
    tell(Stage.INTAKE, 0, 1)
    taken = take_once(judging.file, register, engine, folder=folder, form=delivery.form)
    tell(Stage.INTAKE, 1, 1)
    for name, table in unit_tables().items():
        engine.register(name, table)

    def told(done: int, steps: int) -> None:
        tell(Stage.STANDARDISE, done, steps)

    came = tuple(one for one in register.objects if taken.counts.get(one.name))
    read = {one.name for one in came} | {to.object for _, to in _referred(register, came)}
    needed = replace(register, objects=tuple(one for one in register.objects if one.name in read))
    standardise(engine, needed, as_of=delivery.as_of, told=told)
    day = today(parts.clock)
    return Single(
        register=replace(register, objects=came),
        engine=engine,
        taken=taken,
        rules=newest(parts.rules, day),
        day=day,
    )


def _check(
    parts: Parts, judging: Judging, single: Single, *, folder: Path, tell: Tell
) -> frozenset[str]:
    """The rules over single records; returns the tables that they could look things up in."""
    whole, engine = judging.register, single.engine
    known = lend_near(parts, single.register, engine, folder=folder / "lent")
    laid = replace(whole, objects=single.register.objects)
    steps = check.plan(laid, today=single.day, known=known, holidays=single.rules.holidays)
    run_steps(engine, Stage.CHECK, steps, tell=tell)
    return known


def _link(
    parts: Parts,
    judging: Judging,
    single: Single,
    *,
    found: tuple[Register, Delivery] | None,
    folder: Path,
    tell: Tell,
) -> Delivery | None:
    """Verify the persons named, against the newest release; None where there is none to ask."""
    register, engine = single.register, single.engine
    holidays = single.rules.holidays
    if found:
        by = policies(parts, judging.register)
        lend_chances(parts, register, engine, release=found[1], by=by)
        known = lend_judgements(parts.connection, register, engine)
        people = People(parts, found)
        ways = Ways(
            people=people, index=people.index, by=by, machine_code=parts.machine_code, tell=tell
        )
        ways.link(engine, register, folder=folder, known=known)
        last = check.plan_after_link(register, today=single.day, holidays=holidays)
    else:
        last = check.plan_without_link(register, today=single.day, holidays=holidays)
    run_steps(engine, Stage.CHECK, last, tell=tell)
    return found[1] if found else None


def _referred(
    register: Register, objects: Iterable[RegisterObject]
) -> Iterator[tuple[Rule, Reference]]:
    """The rules of these objects that look for a record of the same register."""
    for one in objects:
        for rule in one.rules:
            to = rule.reference
            if to is not None and to.register in {"", register.id} and not to.held_by:
                yield rule, to
