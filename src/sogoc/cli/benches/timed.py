"""An engine that says how long each step took."""

from __future__ import annotations

import time
from pathlib import Path

from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step


class TimedEngine(DuckDBEngine):
    """The engine of one machine; `seconds` holds those of each table it made."""

    def __init__(self, folder: Path, *, memory_gib: float) -> None:
        super().__init__(folder, memory_gib=memory_gib, threads=2)
        self.seconds: dict[str, float] = {}
        # The engine's own bar would run through the report.
        self.rows("set enable_progress_bar = false")

    def run(self, step: Step) -> int:
        """Make the step's table, and note how long it took."""
        started = time.perf_counter()
        rows = super().run(step)
        self.seconds[step.makes] = round(time.perf_counter() - started, 2)
        return rows
