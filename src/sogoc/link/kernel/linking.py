"""The plan of linking, with the kernel in the place of its heaviest steps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sogoc.errors import KernelMissing, Sentence
from sogoc.link.asked import asked_step, judged_step
from sogoc.link.columns import (
    asked,
    candidates,
    chances,
    exact,
    first,
    judged,
    pairs,
    scored,
    settled,
)
from sogoc.link.kernel.writing.predicates import UnknownToKernel
from sogoc.link.plan import plan
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.kernel.candidates import Kernel, Ready
    from sogoc.tables.engine import Engine, Step


def link(  # noqa: PLR0913 - what a run is made of
    engine: Engine,
    register: Register,
    kernel: Kernel,
    *,
    folder: Path,
    known: frozenset[str] = frozenset(),
    calibration: Calibration | None = None,
    stands: frozenset[str] = frozenset(),
    lend: Callable[[], None] | None = None,
) -> list[Sentence]:
    """Make what `plan` makes, candidates by the kernel: the same rows of `verified`, to the bit.

    The engine needs `standard(o)` and `locality_units`; the population is the kernel's index.
    Parts of candidates are kept in `folder` until they are done, and the persons who are meant.
    Where the kernel cannot serve (it is not installed, or the policy says what only SQL can), SQL
    makes them, and a sentence says so.
    Tables in `stands` are there already and not made: chances that a register measured, or what a
    run that was stopped left whole (`standing`).
    `lend` registers the dictionaries, if not whole (`desk.few`).
    """
    (lend or partial(kernel.index.register_dictionaries, engine))()
    said: list[Sentence] = []
    for one in register.objects:
        if one.persons:
            steps = plan(
                replace(register, objects=(one,)),
                kernel.policy,
                known=known,
                calibration=calibration,
            )
            mark = _mark(folder / one.name)
            if asked(one.name) not in stands:
                mark.unlink(missing_ok=True)
            steps = [step for step in steps if step.makes not in stands]

            def made(step: Step, one: RegisterObject = one, mark: Path = mark) -> None:
                engine.run(step)
                if step.makes == asked(one.name):
                    mark.parent.mkdir(parents=True, exist_ok=True)
                    mark.write_text(_made_of(one, kernel, known), encoding="ascii")

            said += _link_object(
                engine, one, steps, kernel=kernel, folder=folder / one.name, run=made
            )
    if kernel.index.changes is None:
        kernel.index.register(engine)
        for one in register.objects:
            _meant(folder / one.name).unlink(missing_ok=True)
    return said


def standing(
    engine: Engine,
    one: RegisterObject,
    kernel: Kernel,
    *,
    folder: Path,
    known: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The tables that need not be made: chances, and what a run that was stopped left whole.

    Persons asked for that are made anew are the same rows in another order, and no part could
    stay; but they name persons by the numbers of one index. `folder` and `known` are those of
    `link`; what is in the engine's reach is one set of records.
    """
    there = {table for table in (chances(one.name),) if engine.has(table)}
    mark = _mark(folder / one.name)
    if mark.is_file() and mark.read_text(encoding="ascii") == _made_of(one, kernel, known):
        there |= {table for table in (asked(one.name), judged(one.name)) if engine.has(table)}
    return frozenset(there)


def _mark(folder: Path) -> Path:
    """Of what the persons asked for were made, beside the parts."""
    return folder.with_name(f"{folder.name}-asked")


def _made_of(one: RegisterObject, kernel: Kernel, known: frozenset[str]) -> str:
    steps = (asked_step(one, kernel.policy), judged_step(one, known))
    words = "\n".join([kernel.index.identity, *(step.select for step in steps)])
    return hashlib.sha256(words.encode()).hexdigest()


def _link_object(
    engine: Engine,
    one: RegisterObject,
    steps: list[Step],
    *,
    kernel: Kernel,
    folder: Path,
    run: Callable[[Step], None],
) -> list[Sentence]:
    stages = range(1, len(kernel.policy.stages) + 1)
    replaced = {table(one.name, stage) for table in (pairs, scored, settled) for stage in stages}
    replaced.add(first(one.name))
    ready: Ready | None = None
    said: list[Sentence] = []
    for step in steps:
        if step.makes == pairs(one.name, 1):
            ready, said = _ready(engine, one, kernel)
        if ready is None:
            run(step)
        elif step.makes == exact(one.name):
            ready.exact()
        elif step.makes == candidates(one.name):
            ready.candidates(folder)
            # What follows reads only the persons who are meant: no scan of the population.
            ready.meant(_meant(folder))
            engine.register(POPULATION, _meant(folder))
        elif step.makes not in replaced:
            engine.run(step)
    return said


def _meant(folder: Path) -> Path:
    """The persons who are meant, beside the parts: those are read by their pattern."""
    return folder.with_name(f"{folder.name}-meant.parquet")


def _ready(
    engine: Engine, one: RegisterObject, kernel: Kernel
) -> tuple[Ready | None, list[Sentence]]:
    """The kernel for this object; or none, what to say of it, and the population for SQL."""
    try:
        return kernel.ready(engine, one), []
    except KernelMissing as missing:
        reason = missing.sentence
    except UnknownToKernel as unknown:
        reason = Sentence(
            vi=f"Nhân biên dịch không hiểu biểu thức trong quy tắc đối soát: {unknown}. "
            "Việc đối soát chạy bằng SQL, cùng kết quả nhưng chậm hơn.",
            en="The compiled kernel does not know this expression of the linking policy: "
            f"{unknown}. Linking runs in SQL, with the same result but slower.",
        )
    kernel.index.register(engine)
    return None, [reason]
