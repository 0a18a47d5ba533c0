"""New or changed records of one day against the index of a made-up nation.

    python benchmarks/few.py INDEX REGISTER [RECORDS]

Links RECORDS (10,000) of a register: with the dictionaries read whole, and with what the records
name alone. Writes `benchmarks/results/few-<records>-of-<persons>.json`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
from small import plain_register, records

from sogoc.link.desk.few import link_few
from sogoc.link.index.person_index import PersonIndex
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link
from sogoc.link.policy import shipped_policy
from sogoc.localities.tables import unit_tables
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import standard

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa


def main(folder: Path, register: Path, count: int) -> None:
    """Link both ways, twice each; the second of each counts."""
    some = records(register, count)
    code = Path(tempfile.mkdtemp(prefix="few-code-"))
    started = time.perf_counter()
    index = PersonIndex.open(folder)
    opened = time.perf_counter() - started
    kernel = Kernel(index=index, policy=shipped_policy(), cache=code)
    ways: dict[str, Callable[..., object]] = {"whole": link, "few": link_few}
    results: dict[str, Any] = {"persons": index.persons, "records": some.num_rows}
    results["open_seconds"] = round(opened, 3)
    for name, way in ways.items():
        for state in ("first", "second", "third"):
            results[f"{name} {state}"] = _linked(way, kernel, some)
            print(name, state, results[f"{name} {state}"])
    harness.record(f"few-{some.num_rows}-of-{index.persons}", results)


def _linked(way: Callable[..., object], kernel: Kernel, some: pa.Table) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as work,
        DuckDBEngine(Path(work) / "run") as engine,
    ):
        for name, table in unit_tables().items():
            engine.register(name, table)
        engine.register(standard("people"), some)
        took = harness.measure(
            lambda: way(engine, plain_register(), kernel, folder=Path(work) / "parts")
        )
        took.pop("returned", None)
        return took


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 10_000)
