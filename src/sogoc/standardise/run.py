"""The whole stage: between two steps the distinct places of a delivery are read in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.localities.units import Units
from sogoc.standardise import places
from sogoc.standardise.plan import plan
from sogoc.tables.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.tables.engine import Engine


def untold(done: int, steps: int) -> None:
    """Tell nobody."""
    del done, steps


def standardise(
    engine: Engine,
    register: Register,
    *,
    as_of: date,
    units: Units | None = None,
    told: Callable[[int, int], None] = untold,
) -> None:
    """Make `standard` of every object, passing over tables that an interrupted run left whole.

    `told` hears how many of the steps are done.
    """
    known = units or Units.load()
    objects = {places.asked(one.name): one for one in register.objects}
    steps = plan(register, as_of=as_of, units=known)
    told(0, len(steps))
    for done, step in enumerate(steps, start=1):
        if not engine.has(step.makes):
            engine.run(step)
        if step.makes in objects:
            _resolve(engine, objects[step.makes], known)
        told(done, len(steps))


def _resolve(engine: Engine, one: RegisterObject, units: Units) -> None:
    columns = ", ".join(places.ASKED)
    asked = engine.rows(
        f"select {columns} from {quoted(places.asked(one.name))} order by {columns}"
    )
    found = places.answers(one, [(*row,) for row in asked], units)
    engine.register(places.resolved(one.name), found)
