"""How long a piece of work takes, and in how much memory: each in a process of its own.

What one phase leaves in memory does not count for the next. A phase that ended is written down, so
that a run that goes on after an interruption still tells what it took.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_GIB = 1024**3
PACKAGES = ("sogoc", "duckdb", "pyarrow", "numpy", "numba", "sqlglot")
_SEEN = "measured.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a phase took; `peak_gib` adds up the processes that ran at once."""

    wall_seconds: float
    cpu_seconds: float
    peak_gib: float
    told: dict[str, Any]
    """What the work itself tells: counts, seconds of its steps."""
    kept: bool = False
    """Whether it was done before this run."""

    def numbers(self) -> dict[str, Any]:
        """As they stand in a result."""
        return {
            "wall_seconds": round(self.wall_seconds, 2),
            "cpu_seconds": round(self.cpu_seconds, 2),
            "peak_gib": round(self.peak_gib, 2),
            "kept": self.kept,
            **self.told,
        }


def phase(folder: Path, work: Callable[..., dict[str, Any]], *given: object) -> Measured:
    """Do the work unless it was done in this folder before; `given` are its arguments."""
    seen = folder / _SEEN
    if seen.exists():
        return Measured(**json.loads(seen.read_text(encoding="utf-8")), kept=True)
    folder.mkdir(parents=True, exist_ok=True)
    # Spawned: a forked child would begin with the memory of its parent.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        wall, cpu, peak, told = pool.submit(_watched, work, given).result()
    one = Measured(wall_seconds=wall, cpu_seconds=cpu, peak_gib=peak, told=told)
    numbers = {"wall_seconds": wall, "cpu_seconds": cpu, "peak_gib": peak, "told": told}
    beside = seen.with_suffix(".part")
    beside.write_text(json.dumps(numbers), encoding="utf-8")
    beside.replace(seen)
    return one


def finished(folder: Path) -> bool:
    """Whether the phase of this folder came to its end."""
    return (folder / _SEEN).exists()


def _watched(
    work: Callable[..., dict[str, Any]], given: tuple[object, ...]
) -> tuple[float, float, float, dict[str, Any]]:
    started, cpu = time.perf_counter(), _cpu_seconds()
    told = work(*given)
    wall = time.perf_counter() - started
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    processes = int(told.get("processes", 1))
    peak = _peak_bytes() + processes * children
    return wall, _cpu_seconds() - cpu, peak / _GIB, told


def _cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _peak_bytes() -> float:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024


def machine() -> dict[str, Any]:
    """The machine, as far as it explains a time."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gib": round(memory_bytes("MemTotal") / _GIB, 1),
        "load_before": round(os.getloadavg()[0], 1),
    }


def versions() -> dict[str, str]:
    """Python's version and that of each package that is installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def memory_bytes(which: str) -> float:
    """`MemTotal` or `MemAvailable` of the machine."""
    with suppress(OSError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{which}:"):
                return float(line.split()[1]) * 1024
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split("\n"):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
