"""Releases of the population through the door of a node: recoded whole by SQL, or by its index.

    python benchmarks/released.py [PERSONS] [CARDS]

A population of PERSONS (300,000) is delivered, then once more with one person in a hundred changed;
CARDS (100,000) are delivered after each release, the second time with a few new. Once in a node
that recodes every release, once in one that keeps an index; machine code is made before by a node
of two thousand persons. Seconds count from the delivery's first word of a stage to its last. Writes
`benchmarks/results/released-<persons>.json`.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import harness
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.demo.scale import make_cards
from sogoc.node.node import open_node
from sogoc.node.settings import Settings
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.stages import Stage

if TYPE_CHECKING:
    from sogoc.pipeline.parts import Parts

SEED = 20261130
SQL = 10**9


def main(persons: int, cards: int) -> None:
    """Deliver by both ways; tell what linking and the release itself took."""
    with tempfile.TemporaryDirectory(prefix="released-") as work:
        place = Path(work)
        code = place / "machine-code"
        small = _files(place / "small", persons=2_000, cards=1_000)
        _delivered(place / "warm", small, code=code, index_from=1)
        files = _files(place / "files", persons=persons, cards=cards)
        results: dict[str, Any] = {"persons": persons, "cards": cards}
        for name, index_from in (("sql", SQL), ("index", 1)):
            results[name] = _delivered(place / name, files, code=code, index_from=index_from)
        print(harness.record(f"released-{persons}", results, seed=SEED))


def _files(folder: Path, *, persons: int, cards: int) -> dict[str, Path]:
    population, csv = make_cards(folder, rows=cards, persons=persons, seed=SEED)
    table = pq.read_table(population)
    names = table["ho_ten"].to_pylist()
    names[::100] = ["Ksor H’Nhi"] * len(names[::100])
    at = table.column_names.index("ho_ten")
    later = folder / "later.parquet"
    pq.write_table(table.set_column(at, "ho_ten", pa.array(names, pa.string())), later)
    lines = csv.read_text(encoding="utf-8").splitlines(keepends=True)
    grown = folder / "grown.csv"
    grown.write_text("".join([*lines, *lines[1 : 1 + len(lines) // 1000]]), encoding="utf-8")
    return {"release": population, "cards": csv, "later release": later, "grown cards": grown}


def _delivered(
    folder: Path, files: dict[str, Path], *, code: Path, index_from: int
) -> dict[str, Any]:
    folder.mkdir(parents=True)
    code.mkdir(exist_ok=True)
    (folder / "var").mkdir()
    (folder / "var" / "kernel").symlink_to(code)
    with open_node(folder, Settings()) as node:
        parts = replace(node.parts, index_from=index_from)
        return {name: _one(parts, file, name) for name, file in files.items()}


def _one(parts: Parts, file: Path, name: str) -> dict[str, float]:
    register = "population" if "release" in name else "health-insurance"
    said: dict[Stage, list[float]] = defaultdict(list)

    def tell(stage: Stage, done: int, steps: int) -> None:
        del done, steps
        said[stage].append(perf_counter())

    began, worked = perf_counter(), process_time()
    deliver(parts, Request(register=register, file=file, officer="benchmark"), tell=tell)
    ended = perf_counter()
    link = said.get(Stage.LINK, [0.0])
    return {
        "wall_seconds": round(ended - began, 2),
        "cpu_seconds_of_this_process": round(process_time() - worked, 2),
        "check_and_link_seconds": round(said[Stage.SCORE][0] - said[Stage.CHECK][0], 2),
        "of_them_told": round(link[-1] - link[0], 2),
        "after_the_records_seconds": round(ended - said[Stage.RECORDS][-1], 2),
    }


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    main(*(numbers + [300_000, 100_000][len(numbers) :]))
