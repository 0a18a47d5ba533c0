"""Tables of the node that are divided by register: the part of one register, made when needed."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

_LONGEST, _BEGINNING, _MARK = 40, 30, 8
"""Bytes of a register's name that stand whole in the name of a part; else a beginning and a mark.
The migration that first made parts names them in the same way."""


@contextmanager
def part_of(connection: psycopg.Connection, table: str, register: str) -> Iterator[sql.Identifier]:
    """The part of `node.<table>` that holds the rows of a register, to copy into.

    A part that is not there yet is made beside the others and joined to them at the end of the
    block, in the caller's transaction: PostgreSQL then builds each index once, the node's own
    server need not write the rows to its log as well, and nobody who reads waits meanwhile.
    """
    part = sql.Identifier("node", f"{table}__{_short(register)}")
    row = connection.execute(
        "select to_regclass(%s) is not null", (part.as_string(connection),)
    ).fetchone()
    if row == (True,):
        yield part
        return
    whole = sql.Identifier("node", table)
    like = sql.SQL("create table {} (like {} including defaults including constraints)")
    connection.execute(like.format(part, whole))
    yield part
    join = sql.SQL("alter table {} attach partition {} for values in ({})")
    connection.execute(join.format(whole, part, sql.Literal(register)))


def _short(register: str) -> str:
    if len(register.encode()) <= _LONGEST:
        return register
    return f"{register[:_BEGINNING]}_{hashlib.sha256(register.encode()).hexdigest()[:_MARK]}"
