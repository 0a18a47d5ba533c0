"""A register is searched for persons entered twice: pairs for people to judge, never merged."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.clock import today
from sogoc.database.decisions.duplicates import Duplicates
from sogoc.link.doubles.clusters import Pair, clustered
from sogoc.link.doubles.plan import HELD, PAIRS, doubles_plan
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.records.store import RecordStore
from sogoc.tables.naming import reference

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.stages import Tell
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search found."""

    search: int
    object: RegisterObject
    records: int
    """Persons compared: where one may stand in several records, each once."""
    clusters: list[list[Pair]]
    policy: Policy
    """By which they were compared."""


def search(
    parts: Parts, register: Register, one: RegisterObject, *, officer: str, tell: Tell = nobody
) -> Searched:
    """Search an object for persons who may stand in it twice, and keep the pairs.

    The first person that its records name is compared. Stage tables go when it is done.
    """
    policy = parts.policy
    once = "one-to-one" if register.is_population else one.link_to
    alone = replace(one, persons=one.persons[:1], link_to=once)
    parts.runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".doubles-", dir=parts.runs) as folder:
        place = Path(folder)
        with parts.engine(place / "tables") as engine:
            for name, table in unit_tables().items():
                engine.register(name, table)
            held = RecordStore(parts.connection).export(register, one.name, place)
            engine.register(HELD, held)
            steps = doubles_plan(register, alone, policy, as_of=today(parts.clock))
            run_steps(engine, Stage.LINK, steps, tell=tell)
            found = clustered(_pairs(engine, policy))
            records = _count(engine, reference(register.id, one.name))
    number = _keep(parts, register, one, found=found, records=records, officer=officer)
    return Searched(search=number, object=one, records=records, clusters=found, policy=policy)


def _count(engine: Engine, table: str) -> int:
    return int(engine.rows(f'select count(*) from "{table}"')[0][0])


def _pairs(engine: Engine, policy: Policy) -> list[Pair]:
    levels = ", ".join(f"{each.id}_level" for each in policy.comparisons)
    rows = engine.rows(f"select record, other, weight, posterior, {levels} from {PAIRS}")
    return [
        Pair(
            record=record,
            other=other,
            weight=weight,
            posterior=posterior,
            evidence=_codes(policy, own),
        )
        for record, other, weight, posterior, *own in rows
    ]


def _codes(policy: Policy, levels: list[int]) -> str:
    """What agreed and what did not, in the codes of `link.words`."""
    return " ".join(
        f"{each.id}:{each.levels[level - 1].code}"
        for each, level in zip(policy.comparisons, levels, strict=True)
        if level
    )


def _keep(
    parts: Parts,
    register: Register,
    one: RegisterObject,
    *,
    found: list[list[Pair]],
    records: int,
    officer: str,
) -> int:
    pairs = [
        {
            "cluster": number,
            "record": pair.record,
            "other": pair.other,
            "posterior": pair.posterior,
            "weight": pair.weight,
            "evidence": pair.evidence,
        }
        for number, group in enumerate(found, 1)
        for pair in group
    ]
    told = {
        "register": register.id,
        "object": one.name,
        "at": parts.clock.now(),
        "officer": officer,
        "policy": parts.policy.version,
        "records": records,
        "pairs": len(pairs),
        "clusters": len(found),
    }
    with parts.connection.transaction():
        return Duplicates(parts.connection).keep(told, pairs)
