"""The stages that judge a delivery: all but storing. Nothing of the register changes here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.check import plan as check
from sogoc.clock import today
from sogoc.database.judgements import Judgements
from sogoc.link.plan import plan as link_plan
from sogoc.link.policy import shipped_policy
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.judgements import lend_judgements
from sogoc.pipeline.persons import lend_population, population_of
from sogoc.pipeline.references import lend_references
from sogoc.pipeline.run_folder import ready_folder, take_once
from sogoc.pipeline.stages import Stage, run_steps
from sogoc.records.store import RecordStore
from sogoc.score.plan import plan as score_plan
from sogoc.score.rule_file import newest
from sogoc.standardise.run import standardise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.intake.take import Taken
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.stages import Tell
    from sogoc.score.rule_file import RuleFile
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What is to be judged."""

    register: Register
    delivery: Delivery
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was made: stage tables in the engine, and by what they were made."""

    engine: Engine
    taken: Taken
    rules: RuleFile
    population: Delivery | None
    """The release that persons were verified against; None: nobody was verified."""
    day: date


@contextmanager
def judge(parts: Parts, judging: Judging, *, tell: Tell) -> Iterator[Judged]:
    """Run every stage on the delivery; the engine is open while the caller stores what it made.

    Raises DeliveryRefused from intake.
    """
    day = today(parts.clock)
    rules = newest(parts.rules, day)
    found = None if judging.register.is_population else population_of(parts)
    release = found[1] if found else None
    judged = Judgements(parts.connection).mark(judging.register.id)
    folder = _folder(parts, judging, (day, rules, release and release.id, judged))
    with parts.engine(folder) as engine:
        stages = _Stages(parts, judging, engine, folder, tell)
        taken = stages.take()
        stages.standardise()
        stages.check(day, rules)
        stages.link(day, rules, found)
        stages.score(rules)
        yield Judged(engine=engine, taken=taken, rules=rules, population=release, day=day)


def _folder(parts: Parts, judging: Judging, made_of: tuple[object, ...]) -> Path:
    delivery = judging.delivery
    contract = parts.shelf.path(judging.register.id).read_text(encoding="utf-8")
    folder = parts.runs / str(delivery.id)
    return ready_folder(folder, (delivery.sha256, delivery.as_of, contract, *made_of))


@dataclass(frozen=True, slots=True)
class _Stages:
    """The stages of one run, in the order in which they are called."""

    parts: Parts
    judging: Judging
    engine: Engine
    folder: Path
    tell: Tell

    def take(self) -> Taken:
        register, form = self.judging.register, self.judging.delivery.form
        self.tell(Stage.INTAKE, 0, 1)
        taken = take_once(self.judging.file, register, self.engine, folder=self.folder, form=form)
        self.tell(Stage.INTAKE, 1, 1)
        return taken

    def standardise(self) -> None:
        register, as_of = self.judging.register, self.judging.delivery.as_of
        for name, table in unit_tables().items():
            self.engine.register(name, table)
        standardise(
            self.engine,
            register,
            as_of=as_of,
            told=lambda done, steps: self.tell(Stage.STANDARDISE, done, steps),
        )

    def check(self, day: date, rules: RuleFile) -> None:
        register = self.judging.register
        store = RecordStore(self.parts.connection)
        lent = self.folder / "lent"
        known = lend_references(self.parts, register, self.engine, store=store, folder=lent)
        steps = check.plan(register, today=day, known=known, holidays=rules.holidays)
        run_steps(self.engine, Stage.CHECK, steps, tell=self.tell)

    def link(self, day: date, rules: RuleFile, found: tuple[Register, Delivery] | None) -> None:
        """Verify the persons, then check the rules that read the answers."""
        register, holidays = self.judging.register, rules.holidays
        if found:
            lend_population(self.parts, found, self.engine, tell=self.tell)
            known = lend_judgements(self.parts.connection, register, self.engine)
            steps = link_plan(register, shipped_policy(), known=known)
            run_steps(self.engine, Stage.LINK, steps, tell=self.tell)
            last = check.plan_after_link(register, today=day, holidays=holidays)
        else:
            last = check.plan_without_link(register, today=day, holidays=holidays)
        run_steps(self.engine, Stage.CHECK, last, tell=self.tell)

    def score(self, rules: RuleFile) -> None:
        steps = score_plan(self.judging.register, rules)
        run_steps(self.engine, Stage.SCORE, steps, tell=self.tell)
