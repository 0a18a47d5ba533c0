"""Single writes by a façade into a register of some 10,000s, from the call to what is so.

    python benchmarks/writes.py [CARDS] [PERSONS]

A population of PERSONS (40,000) and health insurance of CARDS (50,000), both made up, are handed in
whole. Then cards are changed and ended one at a time, as a façade hands them in: kept, through the
stages, linked, stored, journalled durably. Writes `benchmarks/results/writes-<cards>.json`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import harness

from sogoc.access.entry import Entry
from sogoc.access.journal import GroupCommit
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.clock import SystemClock
from sogoc.demo.scale import make_cards
from sogoc.exchange.protocol import Envelope
from sogoc.facades.queries import Condition, Query
from sogoc.facades.writing import Kind, Order, Write
from sogoc.node.node import open_node
from sogoc.node.offering.writing import writing
from sogoc.node.serving import Served
from sogoc.node.settings import Settings
from sogoc.pipeline.deliver import Request, deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.node.node import Node
    from sogoc.node.offering.writing import RegisterWriter

SEED = 1
_TIMES = 12
_REGISTER = "health-insurance"


def main(cards: int, persons: int) -> None:
    """Hand in whole, then write singly; the first write of a worker is told by itself."""
    with tempfile.TemporaryDirectory(prefix="writes-") as work:
        folder = Path(work)
        files = make_cards(folder / "files", rows=cards, persons=persons, seed=SEED)
        with open_node(folder / "node", Settings()) as node:
            for register, file in zip(("population", _REGISTER), files, strict=True):
                deliver(node.parts, Request(register=register, file=file, officer="bench"))
            served = Served(folder=folder / "node", settings=Settings(), store=node.store)
            with writing(served, SystemClock()) as writer:
                results = _measured(node, writer)
    harness.record(f"writes-{cards}", {"cards": cards, "persons": persons, **results}, seed=SEED)


def _measured(node: Node, writer: RegisterWriter) -> dict[str, object]:
    one = node.parts.shelf.register(_REGISTER).objects[0]
    table = f'register."{_REGISTER}__{one.name}"'
    keys = [
        str(row[0])
        for row in node.parts.connection.execute(
            f"select ma_the from {table} where ma_the is not null"
            f" group by ma_the having count(*) = 1 order by min(id) limit {_TIMES}"
        )
    ]
    group = GroupCommit(PostgresJournal(node.store))
    results: dict[str, object] = {}
    for kind, values in ((Kind.UPDATE, {"dien_thoai": "0912345678"}), (Kind.DELETE, {})):
        took = [_written(node, writer, group, what=(kind, values, key)) for key in keys]
        results[kind.value] = {
            "first_seconds": round(took[0], 3),
            "median_seconds": round(statistics.median(took[1:]), 3),
            "slowest_seconds": round(max(took[1:]), 3),
        }
    group.close()
    return results


def _written(
    node: Node,
    writer: RegisterWriter,
    group: GroupCommit,
    *,
    what: tuple[Kind, dict[str, str], str],
) -> float:
    kind, values, key = what
    register = node.parts.shelf.register(_REGISTER)
    query = Query(
        register=register,
        object=register.objects[0],
        conditions=(Condition(field="ma_the", values=(key,)),),
    )
    write = Write(
        kind=kind, register=register, object=register.objects[0], values=values, query=query
    )
    caller = Envelope(
        client="VN/GOV/01/BHXH",
        request_id=str(uuid4()),
        officer="VN1",
        purpose="1.0",
        case="",
        party="",
    )

    def witness(subjects: Sequence[str], /) -> None:
        at = SystemClock().now()
        entries = [
            Entry(at=at, request_id=caller.request_id, member=caller.client, subject=each)
            for each in subjects
        ]
        group.append(entries)

    started = time.perf_counter()
    writer.hand_in(Order(write=write, caller=caller, most=1, shown=frozenset({"ma_the"})), witness)
    return time.perf_counter() - started


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers or [50_000, 40_000]))
