"""What the benchmarks of small questions share: a register of a made-up nation, and its index.

Folders are those of `sogoc bench link`: an index (`nation-*/index-*/persons`), standard records
(`nation-*/register-*/plain`), a population (`nation-*/population-*`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow.dataset as ds

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

_KINDS = {
    "number": Kind.PERSONAL_ID,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
}


def plain_register() -> Register:
    """A register that tells of number, name, date, sex and commune."""
    fields = tuple(Field(name=name, kind=kind) for name, kind in _KINDS.items())
    person = Person(id="owner", **{name: name for name in _KINDS})
    one = RegisterObject(name="people", fields=fields, persons=(person,))
    return Register(id="bench", name="bench", version="1", objects=(one,))


def records(folder: Path, count: int) -> pa.Table:
    """So many records of a folder of parts, from its beginning."""
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        raise SystemExit(f"{folder} has no part-*.parquet: tell the folder `plain` of a register.")
    return ds.dataset(parts).head(count)


def forget_pages(folder: Path) -> None:
    """Let the machine forget what it holds of these files in memory: cold, as after a start."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as content:
                os.posix_fadvise(content.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def spread(seconds: Sequence[float]) -> dict[str, Any]:
    """Median, 99 in 100 and the longest, in milliseconds."""
    ordered = sorted(seconds)
    at = {"p50_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99, "max_ms": 1.0}
    last = len(ordered) - 1
    return {name: round(1000 * ordered[round(share * last)], 3) for name, share in at.items()}
