"""Whom a change of the population touches: the records of a delivery that must be linked anew.

Between two releases some persons came, some went, and whoever changed went as they were and came
as they are. An answer depends on them only through pairs: a record is touched if any block of any
stage would pair it with one of them, or if an officer judged one of them. So all blocks are run
over these few persons alone, none settled: what is left untouched would be answered alike if
everybody were linked again, but for what counts weigh (how common a name or a date is).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.link.asked import asked_step, judged_step
from sogoc.link.columns import judged, pairs, settled
from sogoc.link.pairing.pairs import pairs_step
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import (
    POPULATION,
    candidates,
    now,
    proposal,
    raw,
    reference,
    standard,
)
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Person, Register, RegisterObject
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine

_THEN, _NOW = "persons_then", "persons_now"
_MOST = 0.1
"""Where a greater share of the persons changed, linking everybody again is the shorter way."""


def touched(name: str) -> str:
    """`_row` of the records that changes of the population touch."""
    return f"touched__{name}"


class Changed:
    """The persons who changed between two releases, told by the records of both."""

    def __init__(self, population: Register, *, as_of: date, then: Path, present: Path) -> None:
        self._one = next(each for each in population.objects if each.persons)
        self._population = replace(population, objects=(self._one,))
        self._as_of, self._then, self._now = as_of, then, present

    @property
    def told(self) -> bool:
        """Whether the records of both releases are kept."""
        return self._then.is_file() and self._now.is_file()

    def steps(self) -> list[Step]:
        """The tables of linking, of these persons alone: as they were, and as they are."""
        return [self.step(), *population_plan(self._population, as_of=self._as_of)]

    def step(self) -> Step:
        """Their records: who stands in one release and not, in all that tells of a person, in both.

        As often as they stand in it: of two alike one may go.
        """
        columns = ", ".join(quoted(name) for name in _needed(self._one))
        records = [f"select {columns} from {_NOW}", f"select {columns} from {_THEN}"]
        came, gone = (f"{one} except all {other}" for one, other in (records, records[::-1]))
        table = reference(self._population.id, self._one.name)
        return Step(table, (_NOW, _THEN), f"({came}) union all ({gone})")

    def lend(self, engine: Engine) -> bool:
        """Put them within reach; False where too many changed for it to be worth while."""
        engine.register(_THEN, self._then)
        engine.register(_NOW, self._now)
        for name, table in unit_tables().items():
            engine.register(name, table)
        run_steps(engine, Stage.LINK, self.steps(), tell=nobody)
        [(few, all_of_them)] = engine.rows(
            f"select (select count(*) from {POPULATION}), (select count(*) from {_NOW})"
        )
        return int(few) <= _MOST * int(all_of_them) + 1


def touched_plan(one: RegisterObject, policy: Policy, *, known: frozenset[str]) -> list[Step]:
    """From `standard(o)` and the tables of the few persons to `touched(o)`."""
    stages = range(1, len(policy.stages) + 1)
    steps = [judged_step(one, known), asked_step(one, policy)]
    for stage in stages:
        steps.append(pairs_step(one, policy, stage))
        if stage != stages[-1]:
            still = "select cast(null as bigint) as asked where 1 = 0"
            steps.append(Step(settled(one.name, stage), (), still))
    paired = " union all ".join(f"select asked from {quoted(pairs(one.name, n))}" for n in stages)
    decided = (
        f"select j.asked from {quoted(judged(one.name))} as j"
        f" inner join {POPULATION} as p on j.number = p.number"
    )
    select = (
        f"select distinct asked // {len(one.persons)} as _row"
        f" from ({paired} union all {decided}) as met"
    )
    reads = (*(pairs(one.name, number) for number in stages), judged(one.name), POPULATION)
    return [*steps, Step(touched(one.name), reads, select)]


def find_touched(
    engine: Engine,
    one: RegisterObject,
    policy: Policy,
    *,
    open_engine: Callable[[], Engine],
    changed: Changed,
    known: frozenset[str],
) -> bool:
    """Leave `touched(o)` in `engine`, which holds the standard records; False where all are to be.

    The few persons are coded and met in an engine of their own.
    """
    run_steps(engine, Stage.LINK, [_standing(one)], tell=nobody)
    with open_engine() as few:
        if not changed.lend(few):
            return False
        few.register(standard(one.name), engine.parquet(_standing(one).makes))
        for table in known:
            few.borrow(table, engine)
        run_steps(few, Stage.LINK, touched_plan(one, policy, known=known), tell=nobody)
        engine.register(touched(one.name), few.parquet(touched(one.name)))
    return True


def _standing(one: RegisterObject) -> Step:
    """What linking reads of the records, and no more."""
    names = dict.fromkeys(name for person in one.persons for name in _told(person))
    columns = ["_row"]
    for name in names:
        columns += [name, raw(name), proposal(name)]
        if one.field(name).kind is Kind.COMMUNE:
            columns += [now(name), candidates(name)]
    listed = ", ".join(map(quoted, columns))
    select = f"select {listed} from {quoted(standard(one.name))}"
    return Step(f"persons_of__{one.name}", (standard(one.name),), select)


def _needed(one: RegisterObject) -> list[str]:
    """The fields that tell of the person, and the day at which a commune's code was written."""
    person = one.persons[0]
    dated = [one.field(name).as_of for name in (person.commune, person.former) if name]
    return list(dict.fromkeys([*_told(person), *(name for name in dated if name)]))


def _told(person: Person) -> list[str]:
    told = (person.number, person.old_number, person.name, person.born, person.sex)
    more = (person.commune, person.died, person.father, person.mother, person.spouse)
    return [name for name in (*told, *more, person.household, person.former) if name]
