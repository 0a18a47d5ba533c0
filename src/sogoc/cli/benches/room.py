"""Whether a machine has room for a benchmark: disk and memory, said before anything is made."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sogoc.cli.benches.measured import finished, memory_bytes
from sogoc.cli.benches.national import LinkEngine, Task
from sogoc.errors import NoRoom, Sentence

_GIB = 1024**3
_PERSON_ON_DISK = {"made": 36, "index": 110, "work": 120}
"""Bytes a person: of the population register, of the index, of what is sorted while it is made."""
_RECORD_ON_DISK = 170
_LINKS_ON_DISK = {LinkEngine.SQL: 1100, LinkEngine.KERNEL: 450}
"""Bytes a record: tables of linking, and what the engine spills at its widest."""
_LEAST_MEMORY = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """In GiB."""

    disk: float
    memory: float


def needed(task: Task) -> Room:
    """What the task needs at its widest."""
    made = finished(task.index)
    disk = task.persons * sum(
        size for what, size in _PERSON_ON_DISK.items() if not (made and what == "work")
    )
    disk += task.records * (_RECORD_ON_DISK + _LINKS_ON_DISK[task.engine])
    return Room(disk=disk / _GIB, memory=_LEAST_MEMORY + task.memory_gib * 1.25)


def check_room(task: Task) -> None:
    """Raises NoRoom, which says how much is needed and how much there is."""
    need = needed(task)
    there = _existing(task.folder)
    made = sum(file.stat().st_size for file in task.folder.rglob("*") if file.is_file())
    have = Room(
        disk=(shutil.disk_usage(there).free + made) / _GIB,
        memory=memory_bytes("MemAvailable") / _GIB,
    )
    if need.disk > have.disk:
        raise NoRoom(
            Sentence(
                vi=f"Cần khoảng {need.disk:.1f} GiB đĩa trống ở {task.folder}, hiện có "
                f"{have.disk:.1f} GiB. Chọn --folder khác, hoặc giảm --persons.",
                en=f"About {need.disk:.1f} GiB of disk are needed in {task.folder}, and "
                f"{have.disk:.1f} GiB are there. Choose another --folder, or fewer --persons.",
            )
        )
    if need.memory > have.memory:
        raise NoRoom(
            Sentence(
                vi=f"Cần khoảng {need.memory:.1f} GiB bộ nhớ trống, hiện có {have.memory:.1f} GiB. "
                "Đóng chương trình khác, hoặc giảm --memory (chạy chậm hơn, ghi tạm ra đĩa).",
                en=f"About {need.memory:.1f} GiB of free memory are needed, and {have.memory:.1f} "
                "GiB are there. Close other programs, or give less --memory (slower, by way of "
                "the disk).",
            )
        )


def _existing(folder: Path) -> Path:
    return next(one for one in (folder.resolve(), *folder.resolve().parents) if one.exists())
