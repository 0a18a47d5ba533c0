"""Whom a change of the population touches: the records of a delivery that must be linked anew.

Between two releases some persons came, some went, and whoever changed went as they were and came
as they are. An answer depends on them only through pairs: a record is touched if any block of any
stage would pair it with one of them, or if an officer judged one of them. So all blocks are run
over these few persons alone, none settled: what is left untouched would be answered alike if
everybody were linked again, but for what counts weigh (how common a name or a date is).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.asked import asked_step, judged_step
from sogoc.link.columns import judged, pairs, settled
from sogoc.link.pairing.pairs import pairs_step
from sogoc.pipeline.population.changed import told_of
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import POPULATION, candidates, now, proposal, raw, standard
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Policy
    from sogoc.pipeline.population.changed import Changed
    from sogoc.tables.engine import Engine

_MOST = 0.1
"""Where a greater share of the persons changed, linking everybody again is the shorter way."""


def touched(name: str) -> str:
    """`_row` of the records that changes of the population touch."""
    return f"touched__{name}"


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


def find_touched(  # noqa: PLR0913 - what is held against what
    engine: Engine,
    one: RegisterObject,
    policy: Policy,
    *,
    open_engine: Callable[[], Engine],
    changed: Changed,
    persons: int,
    known: frozenset[str],
) -> bool:
    """Leave `touched(o)` in `engine`, which holds the standard records; False where all are to be.

    The few persons, of so many, are coded and met in an engine of their own.
    """
    run_steps(engine, Stage.LINK, [_standing(one)], tell=nobody)
    with open_engine() as few:
        changed.lend(few)
        [(moved,)] = few.rows(f"select count(*) from {POPULATION}")
        if int(moved) > _MOST * persons + 1:
            return False
        few.register(standard(one.name), engine.parquet(_standing(one).makes))
        for table in known:
            few.borrow(table, engine)
        run_steps(few, Stage.LINK, touched_plan(one, policy, known=known), tell=nobody)
        engine.register(touched(one.name), few.parquet(touched(one.name)))
    return True


def _standing(one: RegisterObject) -> Step:
    """What linking reads of the records, and no more."""
    names = dict.fromkeys(name for person in one.persons for name in told_of(person))
    columns = ["_row"]
    for name in names:
        columns += [name, raw(name), proposal(name)]
        if one.field(name).kind is Kind.COMMUNE:
            columns += [now(name), candidates(name)]
    listed = ", ".join(map(quoted, columns))
    select = f"select {listed} from {quoted(standard(one.name))}"
    return Step(f"persons_of__{one.name}", (standard(one.name),), select)
