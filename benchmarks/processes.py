"""CPU of whole trees of processes, and what a disk takes to keep something for good."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def postmaster(state: Path) -> int:
    """The process of a node's own PostgreSQL, by the folder of its state."""
    text = (state / "postgres/data/postmaster.pid").read_text(encoding="ascii")
    return int(text.split()[0])


def tree_cpu(pid: int) -> float:
    """CPU seconds of a process, those below it, and those of them that ended."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            told = (each / "stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        number, rest = int(each.name), re.sub(r"^.*\) ", "", told, flags=re.DOTALL).split()
        children.setdefault(int(rest[1]), []).append(number)
        used[number] = sum(map(int, rest[11:15])) / _TICK
    todo, total = [pid], 0.0
    while todo:
        one = todo.pop()
        total += used.get(one, 0.0)
        todo += children.get(one, [])
    return total


def busy_cpu() -> float:
    """CPU seconds that the whole machine has worked since it started, for whomever."""
    told = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, interrupts, soft, stolen = map(int, told[:8])
    return (user + nice + system + interrupts + soft + stolen) / _TICK


def fsync_ms(folder: Path) -> float:
    """Median time of one write of 8 KB and its fdatasync where the node lies."""
    took = []
    with (folder / "fsync.probe").open("wb", buffering=0) as probe:
        for _ in range(200):
            probe.write(b"\0" * 8192)
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            took.append(time.perf_counter() - began)
    (folder / "fsync.probe").unlink()
    return round(1000 * sorted(took)[100], 3)
