"""The whole stage: between two steps the distinct places of a delivery are read in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.localities.units import Units
from sogoc.standardise import places
from sogoc.standardise.plan import plan
from sogoc.tables.engine import quoted

if TYPE_CHECKING:
    from datetime import date

    from sogoc.contract.model import Register
    from sogoc.tables.engine import Engine


def standardise(
    engine: Engine, register: Register, *, as_of: date, units: Units | None = None
) -> dict[str, int]:
    """Run every step on the taken tables of the engine; return the rows of each table made."""
    known = units or Units.load()
    objects = {places.asked(one.name): one for one in register.objects}
    made = {}
    for step in plan(register, as_of=as_of, units=known):
        made[step.makes] = engine.run(step)
        if step.makes in objects:
            one = objects[step.makes]
            columns = ", ".join(places.ASKED)
            rows = engine.rows(f"select {columns} from {quoted(step.makes)} order by {columns}")
            found = places.answers(one, [(*row,) for row in rows], known)
            engine.register(places.resolved(one.name), found)
    return made
