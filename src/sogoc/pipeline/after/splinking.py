"""A model of linking given to Splink, and taken back as a version that a person may accept.

Given are the chances by which an object is linked: those of the model that a person accepted, of
another version by its number, or, where none is in use, what the newest run measured. 0 is the
policy as it travels, before anything is measured. u is told from the newest run, whose records met
this population. What comes back is kept like a model that was learned: nothing uses it yet.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sogoc.database.decisions.models import LinkModels
from sogoc.errors import Place, RuleFileError, Sentence, UnknownThing
from sogoc.link.columns import TOTALS, asked, candidates, exact
from sogoc.link.models.model import bits, learned, read, shipped_m
from sogoc.link.models.splink import model_of, settings, sides
from sogoc.link.pairing.pairs import chances_step
from sogoc.pipeline.after.kept_run import beside_population, keep, kept_run, no_run, table_of
from sogoc.pipeline.linking.ways import PARTS
from sogoc.tables.engine import Step

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.models.model import Model
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine

SHIPPED = 0
"""The version that is no model: the policy as it travels."""

_LARGEST = 10_000_000
"""Bytes of a file that comes back; one that was exported has some ten thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Settings for Splink, and of which model: None where the newest run measured them."""

    settings: dict[str, Any]
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """The version under which it is kept, what training did not tell, and what weighs otherwise."""

    version: int
    untold: tuple[str, ...]
    moved: tuple[tuple[str, int, int], ...]
    """Level, what it weighed by the policy and what it weighs now, thousandths of a bit."""


def given(
    parts: Parts, register: Register, one: RegisterObject, *, version: int | None = None
) -> Given:
    """The model for Splink; without a version the one in use, else what the newest run measured.

    Raises UnknownThing where there is no such version, or no run where it takes one.
    """
    policy = parts.policy
    known = LinkModels(parts.connection).of(register.id)
    mine = [each for each in known if each.object == one.name]
    meant = [each for each in mine if (each.in_use if version is None else each.version == version)]
    if version not in {None, SHIPPED} and not meant:
        raise UnknownThing(
            Sentence(
                f"Không có mô hình {one.name} {version}. Xem: sogoc link models {register.id}",
                f"There is no model {one.name} {version}. See: sogoc link models {register.id}",
            )
        )
    with beside_population(parts) as engine:
        if not engine.has(TOTALS):
            raise no_run()
        if meant:
            model = read(meant[0].text, name=f"{one.name} {meant[0].version}")
        else:
            model = _measured(parts, register, one, engine=engine)
        if version == SHIPPED:
            starts = shipped_m(policy)
            told = {code: replace(each, m=starts[code]) for code, each in model.chances.items()}
            model = replace(model, chances=told)
        ((persons,),) = engine.rows(f"select persons from {TOTALS}")  # noqa: S608 - ours
    return Given(
        settings=settings(policy, model, persons=int(persons)),
        version=meant[0].version if meant else version,
    )


def _measured(parts: Parts, register: Register, one: RegisterObject, *, engine: Engine) -> Model:
    run = kept_run(parts, register, one)
    if run is None:
        raise no_run()
    for name in (asked(one.name), exact(one.name)):
        engine.register(name, table_of(run, name))
    # Measured anew: the run itself may have been linked by a model, which measures nothing.
    engine.run(chances_step(one, parts.policy))
    return learned(engine, one, parts.policy)


def write_sides(parts: Parts, register: Register, one: RegisterObject, *, folder: Path) -> int:
    """Both tables that Splink compares, of the newest run: how many records they hold.

    `records.parquet` and `persons.parquet`: all persons asked for, and all of the population who
    came into question for one of them. Raises UnknownThing without a run.
    """
    run = kept_run(parts, register, one)
    if run is None:
        raise no_run()
    folder.mkdir(parents=True, exist_ok=True)
    with beside_population(parts) as engine:
        engine.register(asked(one.name), table_of(run, asked(one.name)))
        engine.register(candidates(one.name), _candidates_of(run, one))
        for name, select in zip(("records", "persons"), sides(one, parts.policy), strict=True):
            engine.run(Step(name, (), select))
            shutil.copyfile(engine.parquet(name), folder / f"{name}.parquet")
        return int(engine.rows("select count(*) from records")[0][0])


def _candidates_of(run: Path, one: RegisterObject) -> Path:
    """The candidates of a run: a table, or the parts of a run that was larger than one."""
    whole = table_of(run, candidates(one.name))
    return whole if whole.is_file() else run / PARTS / one.name / "*.parquet"


def taken_back(
    parts: Parts, register: Register, one: RegisterObject, *, file: Path, officer: str
) -> TakenBack:
    """Keep what Splink saved as the next version, used by nothing until a person accepts it.

    Raises RuleFileError where it is not what was exported, trained.
    """
    policy = parts.policy
    back = model_of(_read(file), policy)
    version = keep(parts, register, one, model=back.model, told={"judged": 0, "officer": officer})
    was = bits(_beginning(back.model, policy))
    now = bits(back.model)
    # Only levels with an m of their own count: a ratio stays the policy's.
    own = [
        f"{each.id}:{level.code}" for each in policy.comparisons for level in each.levels if level.m
    ]
    moved = sorted(
        ((code, was[code], now[code]) for code in own if abs(now[code] - was[code]) >= _A_BIT),
        key=lambda one: -abs(one[2] - one[1]),
    )
    return TakenBack(version=version, untold=back.untold, moved=tuple(moved))


_A_BIT = 1000


def _beginning(model: Model, policy: Policy) -> Model:
    """The same u, with m as the policy begins."""
    starts = shipped_m(policy)
    told = {code: replace(each, m=starts[code]) for code, each in model.chances.items()}
    return replace(model, chances=told)


def _read(file: Path) -> object:
    try:
        whole = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
        return json.loads(whole)
    except (OSError, ValueError) as unreadable:
        raise RuleFileError(
            Sentence(
                "Không đọc được tệp này như thiết lập JSON của Splink.",
                "This file cannot be read as settings of Splink in JSON.",
            ),
            place=Place(file=str(file)),
        ) from unreadable
