"""Candidates in parts: each a finished Parquet file, so that a run that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.tables.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from sogoc.tables.engine import Engine

_IDENTITY = "identity"


class Parts:
    """The parts of one run in a folder; parts of another run that lie there are thrown away."""

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        self._folder, mark = folder, _digest(identity)
        file = folder / _IDENTITY
        if not file.exists() or file.read_text(encoding="ascii") != mark:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            file.write_text(mark, encoding="ascii")
        self._numbers: list[int] = []

    def has(self, number: int) -> bool:
        """Whether this part is there, whole; it counts as one of the run's."""
        if not self._file(number).exists():
            return False
        self._numbers.append(number)
        return True

    def write(self, number: int, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
        """Make a part: written beside, then renamed."""
        beside = self._file(number).with_suffix(".part")
        with ParquetFile(beside, schema) as file:
            for table in tables:
                file.write(table)
        beside.replace(self._file(number))
        self._numbers.append(number)

    def hand_over(self, engine: Engine, table: str) -> None:
        """Let the engine read all parts as one table; a single part becomes the engine's own."""
        if len(self._numbers) == 1:
            engine.adopt(table, self._file(self._numbers[0]))
            shutil.rmtree(self._folder)
            return
        engine.register(table, self._folder / "*.parquet")

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:05}.parquet"


def _digest(identity: Mapping[str, object]) -> str:
    told = {
        name: _sha256(value) if isinstance(value, Path) else value
        for name, value in identity.items()
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
