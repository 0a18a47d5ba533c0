"""The model of a register learned anew when asked: from its free labels and what people decided.

The newest run whose tables are kept, and that met the population as it stands, is looked at once
more: pairs with one number, pairs that people confirmed, and then the records without a number (see
`link.models.residue`). What comes of it is a file that says what it was learned from, and beside it
what its posteriors are worth on this register (`labelling`); the run and the register stay as they
are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.database.decisions.judgements import SAME, Judgements
from sogoc.database.decisions.models import LinkModels
from sogoc.link.calibration.model import dump
from sogoc.link.columns import asked, exact, scored
from sogoc.link.models.model import store
from sogoc.link.models.residue import trained
from sogoc.link.pairing.pairs import chances_step
from sogoc.pipeline.after.kept_run import beside_population, keep, kept_run, no_run, table_of
from sogoc.pipeline.after.labelling import lend_pairs, own_labels
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import POPULATION, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.models.model import Model
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine

_JUDGED, _OF_RUN = "trained_judged", "trained_exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A model that was stored, and how many of its labels people gave."""

    object: str
    version: int
    file: Path
    model: Model
    judged: int


def train(parts: Parts, register: Register, *, officer: str) -> list[Learned]:
    """Learn the model of each object anew; store it as the next version, used by nothing yet.

    A delivery is linked by it once a person accepted it (`link.models`). Raises UnknownThing where
    no run is kept that can be learned from.
    """
    made = [
        _learned(parts, register, one, run=run, officer=officer)
        for one in register.objects
        for run in [kept_run(parts, register, one)]
        if run is not None
    ]
    if not made:
        raise no_run()
    return made


def _learned(
    parts: Parts, register: Register, one: RegisterObject, *, run: Path, officer: str
) -> Learned:
    policy = parts.policy
    stages = [scored(one.name, number) for number, _ in enumerate(policy.stages, 1)]
    with beside_population(parts) as engine:
        engine.register(asked(one.name), table_of(run, asked(one.name)))
        lend_pairs(parts, register, one, engine=engine, run=run)
        engine.register(_OF_RUN, table_of(run, exact(one.name)))
        _lend_judged(parts, register, one, engine=engine, run=run)
        labels = engine.run(_labels(one, policy, stages))
        free = int(engine.rows(f"select count(*) from {_OF_RUN}")[0][0])
        engine.run(chances_step(one, policy))
        model = trained(engine, one, policy)
    judged = labels - free
    version = keep(parts, register, one, model=model, told={"judged": judged, "officer": officer})
    models = parts.folder / "models"
    models.mkdir(exist_ok=True)
    file = models / f"{register.id}__{one.name}.{version:04d}.json"
    store(model, file)
    own = own_labels(parts, register, one, run=run, model=model)
    LinkModels(parts.connection).label(register.id, one.name, version, calibration=dump(own))
    return Learned(object=one.name, version=version, file=file, model=model, judged=judged)


def _lend_judged(
    parts: Parts, register: Register, one: RegisterObject, *, engine: Engine, run: Path
) -> None:
    """Whom people confirmed, by the number under which the run asked for them."""
    engine.register("trained_recorded", table_of(run, recorded(one.name)))
    rows = dict(engine.rows("select record, _row from trained_recorded"))
    positions = {person.id: at for at, person in enumerate(one.persons)}
    held = [
        (rows[record] * len(one.persons) + positions[person], int(number))
        for record, person, number, decision in Judgements(parts.connection).standing(
            register.id, one.name
        )
        if decision == SAME and number and record in rows and person in positions
    ]
    columns = list(zip(*held, strict=True)) or [(), ()]
    names = ("asked", "number")
    table = {name: pa.array(columns[at], pa.int64()) for at, name in enumerate(names)}
    engine.register(_JUDGED, pa.table(table))


def _labels(one: RegisterObject, policy: Policy, stages: list[str]) -> Step:
    """Pairs with one number, and those that people confirmed beside them."""
    levels = ", ".join(f"s.{each.id}_level" for each in policy.comparisons)
    pairs = " union all ".join(f"select * from {quoted(stage)}" for stage in stages)
    equal = policy.level("number:equal")
    select = (
        f"select s.asked, s.person, {levels} from {_OF_RUN} as s union all"
        f" select s.asked, s.person, {levels} from ({pairs}) as s"
        f" inner join {_JUDGED} as j on s.asked = j.asked"
        f" inner join {POPULATION} as p on s.person = p.person and p.number = j.number"
        f" where s.number_level <> {equal}"
    )
    return Step(exact(one.name), (_OF_RUN, _JUDGED, POPULATION, *stages), select)
