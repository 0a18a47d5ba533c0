"""The stages that judge a delivery: all but storing. Nothing of the register changes here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sogoc.check import plan as check
from sogoc.check.recheck import recheck_plan
from sogoc.clock import today
from sogoc.database.decisions.judgements import Judgements
from sogoc.database.deliveries import Deliveries
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.again.basis import earlier_basis, new_basis, older_release, persons_state
from sogoc.pipeline.again.carrying import Again
from sogoc.pipeline.judgements import lend_judgements
from sogoc.pipeline.linking.models import LINKING, policies
from sogoc.pipeline.linking.promises import promises
from sogoc.pipeline.linking.ways import Ways
from sogoc.pipeline.persons import population_of
from sogoc.pipeline.population.changed import Changed, can_tell
from sogoc.pipeline.population.people import People
from sogoc.pipeline.references import lend_references, states_of
from sogoc.pipeline.run_folder import ready_folder, take_once
from sogoc.pipeline.stages import Stage, run_steps
from sogoc.records.store import RecordStore
from sogoc.score.plan import plan as score_plan
from sogoc.score.rule_file import newest
from sogoc.standardise.run import standardise
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import standard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.deliveries import Delivery
    from sogoc.intake.take import Taken
    from sogoc.pipeline.again.basis import Basis
    from sogoc.pipeline.again.carrying import Files
    from sogoc.pipeline.linking.models import Policies
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
    basis: Basis
    """What the next delivery of these places may begin with, once this one is stored."""
    linking: dict[str, Any]
    """By which policy and models persons were linked, and what is promised of the links."""


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
    by = policies(parts, judging.register)
    made_of = (day, rules, release and release.id, judged, by.told(), parts.policy)
    folder = folder_of(parts, judging, made_of)
    with parts.engine(folder) as engine:
        stages = _Stages(parts, judging, engine, folder, tell, by)
        taken = stages.take()
        basis = new_basis(
            folder,
            judging.register,
            engine,
            contract=_contract(parts, judging),
            delivery=replace(judging.delivery, form=taken.form),
        )
        again = stages.again(basis)
        files = stages.standardise(again)
        known = stages.check(day, rules, again)
        persons = stages.link(day, rules, found, again=again)
        stages.score(rules)
        if again:
            again.put_in_place()
        left = replace(
            basis,
            day=day,
            holidays=rules.holidays,
            known=known,
            persons=persons,
            numbering=stages.numbering(found) if found else "",
            parts=files,
        )
        yield Judged(
            engine=engine,
            taken=taken,
            rules=rules,
            population=release,
            day=day,
            basis=left,
            linking=stages.stated() if found else {},
        )


def folder_of(parts: Parts, judging: Judging, made_of: tuple[object, ...]) -> Path:
    """The folder of a run made of these things, its file and the register as it stands."""
    delivery = judging.delivery
    latest = Deliveries(parts.connection).latest(judging.register.id)
    folder = parts.runs / str(delivery.id)
    stands = latest.id if latest else 0
    words = (delivery.sha256, delivery.as_of, _contract(parts, judging), stands, *made_of)
    return ready_folder(folder, words)


def _contract(parts: Parts, judging: Judging) -> str:
    return parts.shelf.path(judging.register.id).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Stages:
    """The stages of one run, in the order in which they are called."""

    parts: Parts
    judging: Judging
    engine: Engine
    folder: Path
    tell: Tell
    by: Policies

    def take(self) -> Taken:
        register, form = self.judging.register, self.judging.delivery.form
        self.tell(Stage.INTAKE, 0, 1)
        taken = take_once(self.judging.file, register, self.engine, folder=self.folder, form=form)
        self.tell(Stage.INTAKE, 1, 1)
        return taken

    def again(self, mine: Basis) -> Again | None:
        """The delivery held against an earlier one of the same places, if that is worth while.

        Spark judges every delivery whole: its tables stand where no file has two names.
        """
        register = self.judging.register
        found = earlier_basis(self.parts, register, mine)
        if found is None or not isinstance(self.engine, DuckDBEngine):
            return None
        again = Again(self.parts, register, self.engine, of=(self.folder, found))
        return again if again.begin() else None

    def standardise(self, again: Again | None) -> Files:
        register, as_of = self.judging.register, self.judging.delivery.as_of
        for name, table in unit_tables().items():
            self.engine.register(name, table)

        def told(done: int, steps: int) -> None:
            self.tell(Stage.STANDARDISE, done, steps)

        if again:
            return again.standardise(as_of, told)
        standardise(self.engine, register, as_of=as_of, told=told)
        return {one.name: (f"{standard(one.name)}.parquet",) for one in register.objects}

    def check(self, day: date, rules: RuleFile, again: Again | None) -> dict[str, str]:
        """Return the tables that rules could look things up in, with what they show."""
        register = self.judging.register
        store = RecordStore(self.parts.connection)
        lent = self.folder / "lent"
        known = lend_references(self.parts, register, self.engine, store=store, folder=lent)
        states = states_of(self.parts, register, known)
        if again:
            then = again.earlier(states)
            steps = recheck_plan(register, then, today=day, known=known, holidays=rules.holidays)
        else:
            steps = check.plan(register, today=day, known=known, holidays=rules.holidays)
        run_steps(self.engine, Stage.CHECK, steps, tell=self.tell)
        return states

    def link(
        self,
        day: date,
        rules: RuleFile,
        found: tuple[Register, Delivery] | None,
        *,
        again: Again | None,
    ) -> str:
        """Verify the persons, then check the rules that read the answers; return by what."""
        register, holidays = self.judging.register, rules.holidays
        persons = persons_state(self.parts, register, found, by=self.by)
        if found:
            self._verify(found, persons, again)
            last = check.plan_after_link(register, today=day, holidays=holidays)
        else:
            last = check.plan_without_link(register, today=day, holidays=holidays)
        run_steps(self.engine, Stage.CHECK, last, tell=self.tell)
        return persons

    def _verify(self, found: tuple[Register, Delivery], persons: str, again: Again | None) -> None:
        register = self.judging.register
        people = People(self.parts, found)
        ways = Ways(
            people=people,
            index=people.index,
            by=self.by,
            machine_code=self.parts.machine_code,
            tell=self.tell,
        )
        known = lend_judgements(self.parts.connection, register, self.engine)
        whole = []
        for one in register.objects:
            if again and self._carries(one, again, found, persons=persons, known=known):
                again.link(one, ways, known=known)
            else:
                whole.append(one)
        if any(one.persons for one in whole):
            mine = replace(register, objects=tuple(whole))
            ways.link(self.engine, mine, folder=self.folder, known=known)

    def _carries(
        self,
        one: RegisterObject,
        again: Again,
        found: tuple[Register, Delivery],
        *,
        persons: str,
        known: frozenset[str],
    ) -> bool:
        """Whether answers are carried on: all alike, or a new release touches only some of them."""
        if not again.carries_answers(one):
            return False
        if one.link_to == "one-to-one":
            # Claims are carried by the numbers of persons: those of another release are others.
            alike = (again.basis.persons, again.basis.numbering)
            return alike == (persons, self.numbering(found))
        if again.basis.persons == persons:
            return True
        number = older_release(again.basis.persons, persons)
        since = can_tell(self.parts, found, number) if number is not None else None
        if since is None:
            return False
        changed = Changed(self.parts, found, since, self.folder / "moved")
        count = People(self.parts, found).count()
        policy = self.by.of(one.name)
        return changed.one_map and again.touch(one, policy, changed, persons=count, known=known)

    def numbering(self, found: tuple[Register, Delivery]) -> str:
        """By which numbers persons stand in tables, where claims are carried by them."""
        objects = self.judging.register.objects
        once = any(each.persons and each.link_to == "one-to-one" for each in objects)
        return People(self.parts, found).numbering() if once else ""

    def stated(self) -> dict[str, Any]:
        """For the record of the run: by what it linked, and what it promises of its links."""
        said = promises(self.judging.register, self.by, self.engine)
        return {LINKING: {**self.by.told(), "promises": said}}

    def score(self, rules: RuleFile) -> None:
        steps = score_plan(self.judging.register, rules)
        run_steps(self.engine, Stage.SCORE, steps, tell=self.tell)
