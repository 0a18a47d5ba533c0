"""The whole demo: 200,000 persons, six nodes, questions among them, until all is verified; its end.

Use: country.py [persons]. Writes `benchmarks/results/country.json`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from harness import record

SEED = 1
_LOOK_SECONDS = 0.5
_COUNTED = "Pss:"
"""A page that processes share counts once among them."""


class Memory:
    """Watches what all processes that work in a folder take together."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder).encode()
        self.peak_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def now_mib(self) -> float:
        """Of all processes together, at this moment."""
        total = 0
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self._folder in (process / "cmdline").read_bytes():
                    total += _kib(process / "smaps_rollup")
        return total / 1024

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self.peak_mib = max(self.peak_mib, self.now_mib())


def _kib(file: Path) -> int:
    lines = file.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(_COUNTED))


def main(persons: int) -> None:
    """Make the country, look, stop it, record."""
    with tempfile.TemporaryDirectory(prefix="country-") as name:
        home = Path(name) / "country"
        words = ["demo", "--folder", str(home), "--persons", str(persons), "--seed", str(SEED)]
        with Memory(home) as memory:
            wall = _seconds(*words, "--no-serve")
            serving = memory.now_mib()
        stop = _seconds("demo", "stop", "--folder", str(home))
    told: dict[str, Any] = {
        "persons": persons,
        "wall_seconds": wall,
        "peak_mib_all_processes": round(memory.peak_mib, 1),
        "six_nodes_serving_mib": round(serving, 1),
        "stop_seconds": stop,
    }
    print(told, record("country", told, seed=SEED))


def _seconds(*words: str) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "sogoc", "-l", "en", *words]
    subprocess.run(command, check=True)
    return round(time.perf_counter() - began, 1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
