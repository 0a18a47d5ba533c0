"""The units as tables for the engines: what SQL joins codes against."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.localities.units import Units

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALITY_UNITS = "locality_units"
"""`code, level, name, kind, parent, valid_from, valid_to`: one row a unit and span; days as DATE,
open ends NULL, `parent` NULL for a province."""

LOCALITY_CHANGES = "locality_changes"
"""`day, old_code, new_code, extent`: many-to-many; `whole` may be applied, the rest is asked."""


def unit_tables(units: Units | None = None) -> dict[str, pa.Table]:
    """Both tables by the name under which steps read them."""
    return _tables(units or Units.load())


@cache
def _tables(known: Units) -> dict[str, pa.Table]:
    """Made once: every stage of every delivery lends the same."""
    return {LOCALITY_UNITS: _units(known), LOCALITY_CHANGES: _changes(known)}


def _units(known: Units) -> pa.Table:
    text, day = pa.string(), pa.date32()
    columns: Mapping[str, tuple[list[object], pa.DataType]] = {
        "code": ([unit.code for unit in known.units], text),
        "level": ([unit.level for unit in known.units], text),
        "name": ([unit.name for unit in known.units], text),
        "kind": ([unit.kind for unit in known.units], text),
        "parent": ([unit.parent or None for unit in known.units], text),
        "valid_from": ([unit.valid_from for unit in known.units], day),
        "valid_to": ([unit.valid_to for unit in known.units], day),
    }
    return pa.table({name: pa.array(rows, kind) for name, (rows, kind) in columns.items()})


def _changes(known: Units) -> pa.Table:
    return pa.table(
        {
            "day": pa.array([change.day for change in known.changes], pa.date32()),
            "old_code": pa.array([change.old_code for change in known.changes], pa.string()),
            "new_code": pa.array([change.new_code for change in known.changes], pa.string()),
            "extent": pa.array([change.extent for change in known.changes], pa.string()),
        }
    )
