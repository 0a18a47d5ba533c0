"""What a learned model's posteriors are worth on its own register: labels, counted by tread.

The records of a run are linked once more by the model, as if nobody had decided anything. Of whom
people decided it is then known whether the model was right; and records with a good number are
linked again with the number hidden (`link.calibration.hidden`). Where people decided, hidden
numbers count for little: they do not see what only those without any number have in common.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.database.decisions.judgements import OTHER, SAME, Judgements
from sogoc.link.calibration.applied import group_sql
from sogoc.link.calibration.bins import position_sql
from sogoc.link.calibration.hidden import (
    hidden,
    hidden_known,
    hidden_plan,
    hidden_register,
    labels,
    labels_plan,
    learned,
)
from sogoc.link.calibration.model import ELSEWHERE
from sogoc.link.columns import answers, chances, first, judged, pairs, scored, settled
from sogoc.link.models.model import applied
from sogoc.link.plan import plan
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.after.kept_run import no_run
from sogoc.pipeline.judgements import lend_to_records
from sogoc.pipeline.linking.models import Policies
from sogoc.pipeline.linking.ways import Ways
from sogoc.pipeline.persons import population_of
from sogoc.pipeline.population.people import People
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.tables.engine import quoted
from sogoc.tables.naming import recorded, standard

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.decisions.judgements import Standing
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.models.model import Model
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine

_DECIDED, _RECORDED = "decided", "labelled_recorded"
_SEEN = "select evidence, bin, seen, right_ones from"


def own_labels(
    parts: Parts,
    register: Register,
    one: RegisterObject,
    *,
    run: Path,
    model: Model,
) -> Calibration:
    """The labels of the records of a run, by what the model says of them.

    Reads `standard(o)` and `recorded(o)` of the run, which met the population as it stands. Raises
    UnknownThing where the node holds none.
    """
    policy = applied(parts.policy, model)
    mine = replace(register, objects=(one,))
    names = (one.name, hidden(one.name))
    by = Policies(by_object=dict.fromkeys(names, policy), used={}, policy=policy)
    found = population_of(parts)
    if found is None:
        raise no_run()
    people = People(parts, found)
    ways = Ways(people=people, index=people.index, by=by, machine_code=parts.machine_code)
    with (
        tempfile.TemporaryDirectory(prefix=".labelling-", dir=parts.runs) as folder,
        parts.engine(Path(folder)) as engine,
    ):
        _lend(engine, one, run)
        ways.link(engine, mine, folder=Path(folder), known=frozenset())
        run_steps(engine, Stage.LINK, hidden_plan(mine, policy), tell=nobody)
        alike, known = hidden_register(mine), hidden_known(mine)
        ways.link(engine, alike, folder=Path(folder), known=known)
        run_steps(engine, Stage.LINK, labels_plan(mine, policy), tell=nobody)
        standing = Judgements(parts.connection).standing(register.id, one.name)
        source = f"{register.id} {one.name}: decided by people, and numbers hidden"
        decided = learned(
            _decided(engine, one, policy=policy, standing=standing), policy=policy, source=source
        )
        free = learned(engine.rows(f"{_SEEN} {quoted(labels(one.name))}"), policy=policy, source="")
    pooled = (a.before(b, most=ELSEWHERE) for a, b in zip(decided.labels, free.labels, strict=True))
    return replace(decided, labels=tuple(pooled))


def lend_pairs(
    parts: Parts, register: Register, one: RegisterObject, *, engine: Engine, run: Path
) -> None:
    """Put all pairs of a run within reach: the kernel keeps the best alone, so SQL makes them anew.

    The engine holds the tables of the population, and `link_asked__` of the run.
    """
    policy = parts.policy
    kept = {
        name: run / f"{name}.parquet"
        for name in (scored(one.name, number) for number, _ in enumerate(policy.stages, 1))
    }
    if all(file.is_file() for file in kept.values()):
        for name, file in kept.items():
            engine.register(name, file)
        return
    _lend(engine, one, run)
    engine.register(chances(one.name), run / f"{chances(one.name)}.parquet")
    rows = dict(engine.rows(f"select record, _row from {_RECORDED}"))
    standing = Judgements(parts.connection).standing(register.id, one.name)
    known = lend_to_records(standing, one, engine, rows=rows)
    stages = range(1, len(policy.stages) + 1)
    made = {table(one.name, stage) for table in (pairs, scored, settled) for stage in stages}
    made |= {judged(one.name), first(one.name)}
    steps = plan(replace(register, objects=(one,)), policy, known=known)
    for step in steps:
        if step.makes in made:
            engine.run(step)


def _lend(engine: Engine, one: RegisterObject, run: Path) -> None:
    for name, table in unit_tables().items():
        engine.register(name, table)
    engine.register(standard(one.name), run / f"{standard(one.name)}.parquet")
    engine.register(_RECORDED, run / f"{recorded(one.name)}.parquet")


def _decided(
    engine: Engine, one: RegisterObject, *, policy: Policy, standing: list[Standing]
) -> list[tuple[int, int, int, int]]:
    """Of whom people decided: whether the best candidate is the person they named.

    That somebody is not one person says nothing of another candidate; such are left out.
    """
    columns = list(zip(*standing, strict=True)) or [(), (), (), ()]
    kinds = (pa.int64(), pa.string(), pa.string(), pa.string())
    told = [pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
    engine.register(_DECIDED, pa.table(told, names=["record", "person", "number", "decision"]))
    select = f"""
select {group_sql(policy, "a.b_")} as evidence, {position_sql("a.b_posterior")} as bin,
    count(*) as seen,
    cast(sum(case when d.decision = '{SAME}' and d.number = a.b_number then 1 else 0 end)
        as bigint) as right_ones
from {_DECIDED} as d
inner join {_RECORDED} as r on d.record = r.record
inner join {quoted(answers(one.name))} as a on r._row = a._row and d.person = a.who
where a.b_person is not null
    and (d.decision <> '{OTHER}' or d.number = a.b_number)
group by 1, 2
"""
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in engine.rows(select)]
