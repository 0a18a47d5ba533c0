"""The main job end to end, each time as a command of its own: time, stages, memory.

    python benchmarks/deliver.py [commune million ...]

A commune of 30,000 parcels beside a population of 200,000, delivered and delivered again with
about 1 % changed; a million insurance cards beside 700,000 persons, as csv and as workbooks.
Writes `benchmarks/results/deliver.json`; what is not asked for keeps its figures. The whole demo is
measured by `country.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import harness

HERE = Path(__file__).parent
SEED = 1
REPEATS = 3
_TICK = os.sysconf("SC_CLK_TCK")
_MAKE_BIG = (
    "import sys; from pathlib import Path; from sogoc.demo.scale import make_big; "
    "make_big(Path(sys.argv[1]), rows=1_000_000, persons=700_000, seed=int(sys.argv[2]))"
)
_MAKE_DEMO = (
    "import sys; from pathlib import Path; from sogoc.demo.country import make; "
    "make(Path(sys.argv[1]), persons=200_000, seed=int(sys.argv[2]))"
)


class Server:
    """Watches the PostgreSQL of a node while a command runs: its memory, its work."""

    def __init__(self, node: Path) -> None:
        self._data = node / "state" / "postgres" / "data"
        self._work: dict[str, float] = {}
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def numbers(self) -> dict[str, float]:
        """Seconds of work, and the most memory at any moment (shared pages counted once)."""
        return {
            "postgres_cpu_seconds": round(sum(self._work.values()), 2),
            "postgres_peak_mib": round(self._peak / 1024, 1),
        }

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            memory = sum(map(self._look, Path("/proc").glob("[0-9]*")))
            self._peak = max(self._peak, memory)

    def _look(self, process: Path) -> int:
        """The memory of one process in KiB, none if it is no process of the server."""
        with suppress(OSError):
            if (process / "cwd").readlink() == self._data:
                return self._measured(process)
        return 0

    def _measured(self, process: Path) -> int:
        times = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
        self._work[process.name] = (int(times[11]) + int(times[12])) / _TICK
        told = (process / "smaps_rollup").read_text(encoding="ascii").splitlines()
        return int(next(line for line in told if line.startswith("Pss:")).split()[1])


def main(asked: list[str]) -> None:
    """Measure what is asked for and write it beside what was measured before."""
    file = harness.RESULTS / "deliver.json"
    results = json.loads(file.read_text(encoding="utf-8"))["results"] if file.exists() else {}
    parts = {"commune": commune, "million": million}
    for name in asked or parts:
        with tempfile.TemporaryDirectory(prefix="deliver-") as folder:
            results[name] = parts[name](Path(folder))
        harness.record("deliver", results, seed=SEED, packages=["psycopg", "python-calamine"])


def command(node: Path, *words: str) -> dict[str, Any]:
    """One command of `sogoc` on this node, measured."""
    seconds = node.with_suffix(".json")
    load = os.getloadavg()[0]
    line = [sys.executable, str(HERE / "timed_command.py"), str(seconds)]
    with Server(node) as server:
        found = harness.measure([*line, "--node", str(node), "-l", "en", *words])
    del found["returned"]
    deliveries = json.loads(seconds.read_text(encoding="utf-8"))
    of_it = {"deliveries": deliveries, "load_before": round(load, 1)}
    return {**found, **server.numbers, **of_it}


def commune(folder: Path) -> dict[str, Any]:
    """30,000 parcels from Excel, thrice on nodes alike; then again with about 1 % changed."""
    subprocess.run([sys.executable, "-c", _MAKE_DEMO, str(folder), str(SEED)], check=True)
    files = folder / "deliveries"
    first = folder / "first"
    population = command(
        first, "deliver", "population", str(files / "population-2026-06-30.parquet")
    )
    runs = []
    for number in range(REPEATS):
        node = shutil.copytree(first, folder / f"node-{number}")
        runs.append(command(node, "deliver", "land", str(files / "land-24544.xlsx")))
    again = command(folder / "node-0", "deliver", "land", str(files / "land-24544-again.xlsx"))
    return {
        "population_of_200000": population,
        "median_wall_seconds": statistics.median(one["wall_seconds"] for one in runs),
        "runs": runs,
        "again_with_1_percent_changed": again,
    }


def million(folder: Path) -> dict[str, Any]:
    """A million rows in one csv; the same rows in four workbooks on another node."""
    subprocess.run([sys.executable, "-c", _MAKE_BIG, str(folder / "big"), str(SEED)], check=True)
    big, first = folder / "big", folder / "first"
    population = command(first, "deliver", "population", str(big / "population.parquet"))
    other = shutil.copytree(first, folder / "other")
    csv = command(first, "deliver", "health-insurance", str(big / "insurance-big.csv"))
    books = [
        command(other, "deliver", "health-insurance", str(book))
        for book in sorted(big.glob("*.xlsx"))
    ]
    return {
        "population_of_700000": population,
        "csv": csv,
        "workbooks_wall_seconds": round(sum(one["wall_seconds"] for one in books), 2),
        "workbooks": books,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
