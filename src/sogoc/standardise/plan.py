"""The steps that turn the records of a delivery into standard form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.localities.units import Units
from sogoc.standardise import places
from sogoc.standardise.kinds import LOCALITIES, reading_of
from sogoc.standardise.layers import Layers, standard_columns
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from datetime import date

    from sogoc.contract.model import Field, Register, RegisterObject

ROW_COLUMNS = ("_row", "_sheet", "_line", "_part")


def plan(register: Register, *, as_of: date, units: Units | None = None) -> list[Step]:
    """For each object the step that makes `standard`; before it, for one with localities, the
    step that asks for its places, between which `run` resolves them.

    `as_of` is the day at which codes of units were written where no field and no promise of the
    contract tells another.
    """
    days = (units or Units.load()).change_days
    return [step for one in register.objects for step in _steps(one, as_of, days)]


def _steps(one: RegisterObject, as_of: date, days: tuple[date, ...]) -> list[Step]:
    if not places.locality_fields(one):
        return [_standard(one, "", ())]
    joins = places.joins(one, as_of=as_of, days=days)
    return [
        places.asking(one, as_of=as_of, days=days),
        _standard(one, joins, (places.resolved(one.name),)),
    ]


def _standard(one: RegisterObject, joins: str, reads: tuple[str, ...]) -> Step:
    layers = Layers(one, one.fields)
    columns = [f"read.{quoted(name)}" for name in ROW_COLUMNS]
    for field in one.fields:
        columns += _columns(one, layers, field)
    select = f"{layers.ctes()} select {', '.join(columns)} from read {joins}"
    return Step(naming.standard(one.name), (naming.taken(one.name), *reads), select.strip())


def _columns(one: RegisterObject, layers: Layers, field: Field) -> list[str]:
    if field.kind in LOCALITIES:
        return places.standard_columns(one, field)
    return standard_columns(reading_of(field, layers.column(field)))
