"""The one recorder of all benchmarks: what ran, on which machine, how long, in how much memory.

Numbers in documents name a file in `benchmarks/results/`; those files are only written here.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Event, Timer
from typing import IO, TYPE_CHECKING, Any

from sogoc.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("sogoc", "duckdb", "polars", "pyarrow", "numpy", "sqlglot", "psycopg", "numba")
_MIB = 1024 * 1024


class CommandFailed(Exception):
    """A measured command did not end well; its last words are the message."""


def measure(
    work: Callable[[], object] | Sequence[str], *, most: float | None = None
) -> dict[str, Any]:
    """Wall and CPU seconds and the peak of resident memory of a call or of a command.

    A command runs in a process of its own: use it to compare tools, and keep the process that
    measures small, since Linux never tells a child's peak below that of its parent. A call is
    measured in this process, its peak from the moment it starts; what it returns stands under
    `returned` (a command's standard output likewise, read as JSON where it is). A command that has
    not ended after `most` seconds is stopped; what it took by then is told with `unfinished`.
    """
    return _measure_call(work) if callable(work) else _measure_command(list(work), most)


def record(
    name: str,
    results: Mapping[str, Any],
    *,
    seed: int | None = None,
    packages: Sequence[str] = (),
) -> Path:
    """Write `benchmarks/results/<name>.json`: the results with machine, versions, seed and day."""
    kept = {
        "name": name,
        "recorded_at": SystemClock().now().isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions((*PACKAGES, *packages)),
        "seed": seed,
        "results": results,
    }
    file = RESULTS / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(kept, ensure_ascii=False, indent=1, default=str)
    file.write_text(text + "\n", encoding="utf-8")
    return file


def machine() -> dict[str, Any]:
    """The machine, as far as it explains a time."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages / 1024**3, 1),
        "load_before": round(os.getloadavg()[0], 1),
    }


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Python's version and that of each package that is installed."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _measure_command(command: list[str], most: float | None) -> dict[str, Any]:
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=complained)
        stopped = Event()
        watch = Timer(most, lambda: (stopped.set(), child.kill())) if most else None
        if watch:
            watch.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        if watch:
            watch.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0 and not stopped.is_set():
            raise CommandFailed(_written(complained)[-4000:])
        cpu = used.ru_utime + used.ru_stime
        taken = _numbers(wall, cpu, used.ru_maxrss * 1024)
        if stopped.is_set():
            return taken | {"unfinished": True, "returned": None}
        return taken | {"returned": _read(_written(said))}


def _measure_call(call: Callable[[], object]) -> dict[str, Any]:
    _forget_peak()
    started, cpu = time.perf_counter(), _cpu_seconds()
    returned = call()
    wall = time.perf_counter() - started
    return _numbers(wall, _cpu_seconds() - cpu, _peak_bytes()) | {"returned": returned}


def _numbers(wall: float, cpu: float, peak: float) -> dict[str, Any]:
    return {
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
        "peak_mib": round(peak / _MIB, 1),
    }


def _cpu_seconds() -> float:
    """Of this process and of the children it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _forget_peak() -> None:
    """Let the peak of resident memory begin anew (Linux; elsewhere it stays the process's)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak_bytes() -> float:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024


def _written(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _read(said: str) -> object:
    try:
        return json.loads(said)
    except ValueError:
        return said


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split("\n"):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
