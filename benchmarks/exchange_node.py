"""A node that answers for a made-up population of any size, and the persons whom it is asked about.

The persons are the project's own nation (`sogoc.demo.nation`), written to Parquet in slices. They
go straight into the table of current records with every key and index of the contract, as the
first delivery of a population leaves them (`drop_keys`, `copy_in`, `add_keys`); what a delivery
does besides - checks, scores, an index for linking - no question of the exchange ever reads.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from psycopg import sql

from sogoc.access.grant import Grant, Operation, State
from sogoc.access.grant_store import GrantStore
from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.database.bulk import copy_in
from sogoc.demo.nation.make import Order, make_population
from sogoc.node.node import open_node
from sogoc.node.settings import read_settings
from sogoc.records.prepare import add_keys, drop_keys
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped
from sogoc.testing.served import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.database.store import Connection

SEED = 20261122
MEMBER = "VN/GOV/01/POP"
POPULATION = load(shipped("registers") / "population.odcs.yaml")
OBJECT = next(one for one in POPULATION.objects if one.persons)
FIELDS = ["ho_ten", "ngay_sinh", "gioi_tinh", "ma_xa"]
ASKED = 500_000
"""Persons drawn from the whole population, about whom is asked."""
_SOGOC = [sys.executable, "-m", "sogoc"]


def ready(folder: Path, persons: int) -> None:
    """The node with its key, its population and one grant; one that stands is used again."""
    if not (folder / "sogoc.toml").exists():
        port = free_port()
        words = ["--member", MEMBER, "--address", f"http://127.0.0.1:{port}"]
        words += ["--name", "Cơ quan ví dụ", "--port", str(port)]
        subprocess.run([*_SOGOC, "--node", str(folder), "node", "init", *words], check=True)
        accept = ["hub", "accept", str(folder / "join-request.txt")]
        subprocess.run([*_SOGOC, "--node", str(folder), *accept], check=True)
    with open_node(folder, read_settings(folder)) as node:
        connection = node.parts.connection
        RecordStore(connection).prepare(POPULATION)
        table = Tables(POPULATION.id, OBJECT).current
        row = connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
        if row is None or row[0] != persons:
            _fill(connection, folder, persons)
        # Of a register that is asked all day the index is in memory.
        connection.execute(sql.SQL("select max(length(ho_ten)) from {}").format(table))
        grants = GrantStore(connection, SystemClock())
        if not grants.held():
            grants.ask(_grant(), POPULATION, officer="bench")
            grants.change("G-1", State.ACCEPTED, officer="bench")
        connection.execute("checkpoint")


def asked_file(folder: Path) -> Path:
    """Those who are asked about: `number`, `name`, `born`."""
    return folder / "asked.parquet"


def _fill(connection: Connection, folder: Path, persons: int) -> None:
    parts = make_population(folder / "nation", Order(persons=persons, seed=SEED))
    draw = {"parts": parts, "asked": min(ASKED, persons), "seed": SEED, "file": asked_file(folder)}
    tables = Tables(POPULATION.id, OBJECT)
    with duckdb.connect() as own, connection.transaction():
        own.execute(_DRAW.format(**draw))
        drop_keys(connection, tables)
        for part in sorted(parts.parent.glob(parts.name)):
            for rows in own.sql(_ROWS.format(part=part)).to_arrow_reader(_SLICE):
                copy_in(connection, tables.current, pa.Table.from_batches([rows]))
        add_keys(connection, tables)
    connection.execute(sql.SQL("vacuum analyze {}").format(tables.current))
    shutil.rmtree(parts.parent)


_SLICE = 1_000_000
_DRAW = """
copy (
    select so_dinh_danh as number, ho_ten as name, ngay_sinh as born from '{parts}'
    using sample reservoir({asked} rows) repeatable ({seed})
) to '{file}'
"""
_ROWS = """
select
    so_dinh_danh || '.' || file_row_number as key,
    * exclude (ma_xa_truoc, cap_nhat_luc, file_row_number),
    1 as _delivery, md5(so_dinh_danh) as _digest, ma_xa as _locality,
    date '2026-01-01' as _true_from, timestamp '2026-01-01' as _believed_from
from read_parquet('{part}', file_row_number = true)
"""


def _grant() -> Grant:
    return Grant(
        id="G-1",
        member=MEMBER,
        register=POPULATION.id,
        fields=frozenset(FIELDS),
        operations=frozenset({Operation.VERIFY}),
        purpose="1.012789",
        ground="Luật ví dụ, Điều 1",
        first_day=date(2020, 1, 1),
        last_day=date(2099, 1, 1),
        rate_per_minute=1_000_000,
        most_keys=10_000,
    )
