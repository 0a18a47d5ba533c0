"""Scores, groups and coverage of a delivery in the node's database: kept over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.database.bulk import copy_in
from sogoc.tables.engine import literal, quoted
from sogoc.tables.naming import coverage, silent

if TYPE_CHECKING:
    import psycopg

    from sogoc.contract.model import Register
    from sogoc.tables.engine import Engine

_KEPT = {"scores": "score", "groups": "record_group"}
"""Stage table -> table of the node; the columns are the same."""


def keep_figures(
    connection: psycopg.Connection, register: Register, tables: Engine, *, delivery: int
) -> None:
    """Keep `scores`, `groups`, every `coverage(o)` and `silent(o)` under their delivery.

    Call it in the transaction of the delivery. Figures of older deliveries stay as they were.
    """
    for made, kept in _KEPT.items():
        rows = tables.arrow(f"select * from {quoted(made)}")
        _keep(connection, kept, rows, delivery=delivery)
    counted = [(one, name(one.name)) for one in register.objects for name in (coverage, silent)]
    for one, places in counted:
        if tables.has(places):
            select = (
                f"select {literal(register.id)} as register, {literal(one.name)} as object, rule,"
                " _locality as locality, expected, present"
                f" from {quoted(places)} where _locality is not null"
            )
            _keep(connection, "coverage", tables.arrow(select), delivery=delivery)


def _keep(connection: psycopg.Connection, table: str, rows: pa.Table, *, delivery: int) -> None:
    number = pa.array([delivery] * rows.num_rows, pa.int64())
    copy_in(connection, sql.Identifier("node", table), rows.append_column("delivery", number))
