"""The model of a register learned anew when asked: from its free labels and what people decided.

The newest run whose tables are kept, and that met the population as it stands, is looked at once
more: pairs with one number, pairs that people confirmed, and then the records without a number (see
`link.models.residue`). What comes of it is a file that says what it was learned from; the run and
the register stay as they are.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.database.decisions.judgements import SAME, Judgements
from sogoc.database.decisions.models import LinkModels
from sogoc.database.deliveries import Deliveries
from sogoc.errors import Sentence, UnknownThing
from sogoc.link.columns import asked, exact, scored
from sogoc.link.models.model import store, written
from sogoc.link.models.residue import trained
from sogoc.link.pairing.pairs import chances_step
from sogoc.link.policy import shipped_policy
from sogoc.pipeline.persons import lend_population, population_of
from sogoc.pipeline.stages import nobody
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import POPULATION, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    found = population_of(parts)
    runs = Deliveries(parts.connection).newest(register.id) if found else []
    release = found[1].id if found else None
    usable = [
        parts.runs / str(run.id) for run in runs if run.population_release == release and release
    ]
    made = [
        _learned(parts, register, one, run=run, officer=officer)
        for one in register.objects
        for run in [next((run for run in usable if _table(run, exact(one.name)).is_file()), None)]
        if one.persons and run is not None
    ]
    if not made:
        raise UnknownThing(
            Sentence(
                "Không còn lượt đối soát nào với sổ dân cư hiện nay để học lại; hãy nộp lại dữ "
                "liệu rồi chạy lệnh này.",
                "No run against the present population register is kept to learn from; deliver "
                "the register again, then run this command.",
            )
        )
    return made


def _table(run: Path, name: str) -> Path:
    return run / f"{name}.parquet"


def _learned(
    parts: Parts, register: Register, one: RegisterObject, *, run: Path, officer: str
) -> Learned:
    policy = shipped_policy()
    found = population_of(parts)
    with (
        tempfile.TemporaryDirectory(prefix=".training-", dir=parts.runs) as folder,
        parts.engine(Path(folder)) as engine,
    ):
        if found:
            lend_population(parts, found, engine, tell=nobody)
        stages = [scored(one.name, number) for number, _ in enumerate(policy.stages, 1)]
        for name in (asked(one.name), *stages):
            engine.register(name, _table(run, name))
        engine.register(_OF_RUN, _table(run, exact(one.name)))
        _lend_judged(parts, register, one, engine=engine, run=run)
        labels = engine.run(_labels(one, policy, stages))
        free = int(engine.rows(f"select count(*) from {_OF_RUN}")[0][0])
        engine.run(chances_step(one, policy))
        model = trained(engine, one, policy)
    judged = labels - free
    version = _kept(parts, register, one, model=model, told={"judged": judged, "officer": officer})
    models = parts.folder / "models"
    models.mkdir(exist_ok=True)
    file = models / f"{register.id}__{one.name}.{version:04d}.json"
    store(model, file)
    return Learned(object=one.name, version=version, file=file, model=model, judged=judged)


def _lend_judged(
    parts: Parts, register: Register, one: RegisterObject, *, engine: Engine, run: Path
) -> None:
    """Whom people confirmed, by the number under which the run asked for them."""
    engine.register("trained_recorded", _table(run, recorded(one.name)))
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


def _kept(
    parts: Parts,
    register: Register,
    one: RegisterObject,
    *,
    model: Model,
    told: Mapping[str, object],
) -> int:
    """The version under which the node keeps it, whole: an older one is never overwritten."""
    text = written(model)
    return LinkModels(parts.connection).keep(
        {
            "register": register.id,
            "object": one.name,
            "text": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "policy_version": model.policy,
            "pairs": model.pairs,
            "at": parts.clock.now(),
            **told,
        }
    )
