"""A delivery that comes again leaves what judging it whole would leave."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg import conninfo

from sogoc.contract.shelf import Shelf
from sogoc.database.store import Store
from sogoc.demo.scale import make_big
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.again.basis import basis_of
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.linking.models import link_steps, policies
from sogoc.pipeline.parts import Parts
from sogoc.pipeline.persons import lend_population, population_of
from sogoc.pipeline.stages import nobody
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step
from sogoc.testing.stopped_clock import StoppedClock

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
REGISTER = "health-insurance"
Rows = list[list[str]]


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cards of made-up persons, half of whom hold two."""
    folder = tmp_path_factory.mktemp("big")
    make_big(folder, rows=300, persons=220, seed=3)
    return folder


class Node:
    """A node of its own that is handed versions of a sheet."""

    def __init__(self, connection: psycopg.Connection, folder: Path) -> None:
        self.parts = Parts(
            folder=folder,
            connection=connection,
            shelf=Shelf((shipped("registers"),)),
            clock=StoppedClock(NOW),
            engine=lambda run: DuckDBEngine(run, memory_gib=1, threads=1),
            rules=shipped("rules"),
        )

    def deliver(self, register: str, file: Path) -> int:
        request = Request(register=register, file=file, officer="can-bo")
        return deliver(self.parts, request).delivery.id

    def forget(self) -> None:
        """Judge the next delivery whole."""
        for mark in self.parts.runs.glob("*/basis.json"):
            mark.unlink()

    def stands(self) -> dict[str, list[str]]:
        """All that stands of the register, without assigned numbers."""
        table = f'register."{REGISTER}__the"'
        key = f"(select key from {table} as own where own.id = one.record)"
        # How often fields agree stays as it was first measured: a likelihood may differ a little.
        less = "'{id,record,probability,link}'::text[]"
        found = {}
        for name, add in (
            ("node.finding", key),
            ("node.verification", key),
            ("node.score", "''"),
            ("node.record_group", "''"),
            ("node.coverage", "''"),
            (table, "''"),
        ):
            rows = self.parts.connection.execute(
                f"select (to_jsonb(one) - {less})::text || {add} from {name} as one order by 1"
            )
            found[name] = sorted(rounded(row[0]) for row in rows)
        return found


def rounded(row: str) -> str:
    """Sums of fractions may end otherwise in the last digits: the engine adds in any order."""
    text, brace, key = row.rpartition("}")
    values = json.loads(text + brace)
    told = {n: round(v, 6) if isinstance(v, float) else v for n, v in values.items()}
    return json.dumps(told, sort_keys=True) + key


@pytest.fixture
def nodes(database_server: Store, database: Store, tmp_path: Path) -> Iterable[tuple[Node, Node]]:
    """Two nodes alike: the first begins with what the run before left, the second never."""
    address = conninfo.make_conninfo(database_server.address, dbname="postgres")
    name = f"second_{tmp_path.name}".lower()
    with Store(address).connect() as connection:
        connection.execute(f'create database "{name}" template sogoc strategy file_copy')
    second = Store(conninfo.make_conninfo(address, dbname=name))
    with database.connect() as one, second.connect() as other:
        yield Node(one, tmp_path / "first"), Node(other, tmp_path / "second")


def write(file: Path, rows: Rows) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def later(rows: Rows, chance: random.Random) -> Rows:
    """The sheet a month later: some rows changed, twice there, gone, new, all in another order."""
    header, *records = rows
    kept = [row for row in records if chance.random() > 0.02]
    for row in chance.sample(kept, 6):
        row[header.index("HO_TEN")] = chance.choice(["Nguyễn Văn Thử", "", "Trần Thị 9"])
    for row in chance.sample(kept, 4):
        row[header.index("SO_CCCD")] = chance.choice(kept)[header.index("SO_CCCD")]
    kept += [list(row) for row in chance.sample(kept, 3)]
    chance.shuffle(kept)
    return [header, *kept]


def test_a_sheet_that_comes_again_leaves_what_judging_it_whole_would_leave(
    nodes: tuple[Node, Node], big: Path, tmp_path: Path
) -> None:
    first, second = nodes
    with (big / "insurance-big.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    for node in nodes:
        node.deliver("population", big / "population.parquet")
    chance = random.Random(20261122)  # noqa: S311 - months of a test, no secret
    for month in range(3):
        file = write(tmp_path / f"cards-{month}.csv", rows)
        run = first.deliver(REGISTER, file)
        second.forget()
        second.deliver(REGISTER, file)
        assert first.stands() == second.stands()
        left = basis_of(first.parts.runs / str(run))
        assert left is not None
        assert len(left.parts["the"]) == month + 1
        rows = later(rows, chance)


def test_where_a_person_may_stand_once_claims_of_the_same_records_are_carried_on(
    nodes: tuple[Node, Node], big: Path, tmp_path: Path
) -> None:
    node, _ = nodes
    once = "{property: linkTo, value: one-to-one, vendor: sogoc}"
    contract = (shipped("registers") / f"{REGISTER}.odcs.yaml").read_text(encoding="utf-8")
    told = "      - {property: identities,"
    assert contract.count(told) == 1
    own = tmp_path / "registers" / f"{REGISTER}.odcs.yaml"
    own.parent.mkdir()
    own.write_text(contract.replace(told, f"      - {once}\n{told}"), encoding="utf-8")
    node.parts = replace(node.parts, shelf=Shelf((own.parent, shipped("registers"))))
    with (big / "insurance-big.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    node.deliver("population", big / "population.parquet")
    chance = random.Random(20261130)  # noqa: S311 - months of a test, no secret
    node.deliver(REGISTER, write(tmp_path / "0.csv", rows))
    file = write(tmp_path / "1.csv", later(rows, chance))
    run = node.parts.runs / str(node.deliver(REGISTER, file))
    assert pq.read_metadata(run / "anew__the.parquet").num_rows < len(rows) // 4
    assert in_order(run / "verified__the.parquet") == linked_whole(node, run, tmp_path / "whole")


def in_order(file: Path) -> list[dict[str, object]]:
    return pq.read_table(file).sort_by("_row").to_pylist()  # type: ignore[no-any-return]


def linked_whole(node: Node, run: Path, folder: Path) -> list[dict[str, object]]:
    """The answers for all records of a run, each linked anew by the chances of the run."""
    register = node.parts.shelf.register(REGISTER)
    found = population_of(node.parts)
    assert found is not None
    with node.parts.engine(folder) as engine:
        for name, table in unit_tables().items():
            engine.register(name, table)
        lend_population(node.parts, found, engine, tell=nobody)
        engine.register("gone", run / "gone__the.parquet")
        engine.register("every", run / "part_*__standard__the.parquet")
        standing = "select * from every where _row not in (select _row from gone)"
        engine.run(Step("standard__the", ("every", "gone"), standing))
        engine.register("link_chances__the", run / "link_chances__the.parquet")
        for step in link_steps(register, policies(node.parts, register), known=frozenset()):
            if not engine.has(step.makes):
                engine.run(step)
        return in_order(engine.parquet("verified__the"))


def test_rows_in_another_order_are_the_same_rows(nodes: tuple[Node, Node], big: Path) -> None:
    node, _ = nodes
    with (big / "insurance-big.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    node.parts.folder.mkdir()
    node.deliver(REGISTER, write(node.parts.folder / "a.csv", [header, *rows]))
    run = node.deliver(REGISTER, write(node.parts.folder / "b.csv", [header, *reversed(rows)]))
    with DuckDBEngine(node.parts.runs / str(run)) as engine:
        assert engine.rows("select count(*) from new_taken__the") == [(0,)]
        assert engine.rows("select count(*) from before__the") == [(0,)]


def test_under_another_contract_every_record_is_judged_anew(
    nodes: tuple[Node, Node], big: Path, tmp_path: Path
) -> None:
    node, _ = nodes
    node.deliver(REGISTER, big / "insurance-big.csv")
    text = (shipped("registers") / f"{REGISTER}.odcs.yaml").read_text(encoding="utf-8")
    own = tmp_path / "registers"
    own.mkdir()
    (own / f"{REGISTER}.odcs.yaml").write_text(
        text.replace("\nversion: 1.0.0", "\nversion: 1.0.1"), encoding="utf-8"
    )
    node.parts = replace(node.parts, shelf=Shelf((own, shipped("registers"))))
    sheet = (big / "insurance-big.csv").read_text(encoding="utf-8")
    (tmp_path / "again.csv").write_text(sheet + "\n", encoding="utf-8")
    run = node.deliver(REGISTER, tmp_path / "again.csv")
    left = basis_of(node.parts.runs / str(run))
    assert left is not None
    assert left.parts["the"] == ("standard__the.parquet",)
