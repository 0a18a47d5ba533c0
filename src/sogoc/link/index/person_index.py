"""The person index: built from the tables of `population_plan`, opened by mapping its files.

A folder holds `tables/*.parquet` (for engines), `arrays/*.bin` (for the kernel and the desk) and
`manifest.json`. It is built beside its place and renamed, so that whoever opens it sees the old
index or the new one, whole. The same tables give the same bytes.
"""

from __future__ import annotations

import mmap
import os
import shutil
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sogoc.link.columns import POPULATION_TABLES
from sogoc.link.index import manifest as manifests
from sogoc.link.index.arrays import derive
from sogoc.link.index.layout import ARRAYS
from sogoc.link.index.manifest import FileMark, Manifest
from sogoc.link.index.reading import people
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    import pyarrow as pa

    from sogoc.tables.engine import Engine

TABLES = (POPULATION, *POPULATION_TABLES)


class PersonIndex:
    """An index that was found whole; its arrays are read where they lie, never loaded."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._arrays: dict[str, np.ndarray] = {}

    @classmethod
    def build(cls, engine: Engine, folder: Path, *, source: str) -> Self:
        """Build it from the tables that `population_plan` left in this engine, in place of an old.

        `source` names the release of the population register. Raises KernelMissing without the
        part `national`, IndexRefused where the tables are not numbered in order.
        """
        beside = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(beside, ignore_errors=True)
        (beside / "tables").mkdir(parents=True)
        (beside / "arrays").mkdir()
        tables = {name: _brought(engine.parquet(name), beside) for name in TABLES}
        shapes: dict[str, tuple[int, ...]] = {}

        def keep(name: str, array: np.ndarray) -> None:
            shapes[name] = array.shape
            np.ascontiguousarray(array, dtype=ARRAYS[name][0]).tofile(_array_file(beside, name))

        derive(tables, keep)
        made = Manifest(
            source=source, persons=shapes["persons"][0], added=0, files=_marks(beside, shapes)
        )
        manifests.write(beside, made)
        put_in_place(beside, folder)
        return cls(folder, made)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in this folder. Raises IndexRefused if it is unfinished, damaged or foreign."""
        return cls(folder, manifests.read(folder))

    @property
    def identity(self) -> str:
        """One text for the whole content: equal for equal indexes, and only for them."""
        return manifests.seal(self.manifest)

    def verify(self) -> None:
        """Read every byte anew. Raises IndexRefused."""
        manifests.verify(self.folder)

    def tables(self) -> dict[str, Path]:
        """The Parquet file of each table, to be registered with an engine."""
        return {name: self.folder / "tables" / f"{name}.parquet" for name in TABLES}

    def register(self, engine: Engine) -> None:
        """Let the engine read the index's tables as if `population_plan` had run in it."""
        for name, file in self.tables().items():
            engine.register(name, file)

    def array(self, name: str) -> np.ndarray:
        """An array of `layout.ARRAYS`, mapped; empty where the population has none of it."""
        if name not in self._arrays:
            mark = self.manifest.files[f"arrays/{name}.bin"]
            self._arrays[name] = _mapped(_array_file(self.folder, name), mark)
        return self._arrays[name]

    def people(self, rows: np.ndarray) -> pa.Table:
        """The persons with these numbers, in this order, as rows of `population`."""
        return people(self.array, rows)

    @cached_property
    def persons(self) -> int:
        """How many persons stand in the arrays."""
        return len(self.array("persons"))


def put_in_place(beside: Path, folder: Path) -> None:
    """Rename the finished folder to its name; what stood there before goes."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _brought(file: Path, beside: Path) -> Path:
    """The engine's file as the index's own: linked where the disk allows, since neither changes."""
    target = beside / "tables" / file.name
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)
    return target


def _array_file(folder: Path, name: str) -> Path:
    return folder / "arrays" / f"{name}.bin"


def _marks(folder: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, FileMark]:
    tables = [folder / "tables" / f"{name}.parquet" for name in TABLES]
    arrays = [_array_file(folder, name) for name in shapes]
    sums = manifests.checksums([*tables, *arrays])
    marks = {
        str(file.relative_to(folder)): FileMark(size=file.stat().st_size, sha256=sha256)
        for file, sha256 in zip(tables, sums[: len(tables)], strict=True)
    }
    for (name, shape), file, sha256 in zip(
        shapes.items(), arrays, sums[len(tables) :], strict=True
    ):
        dtype, tells = ARRAYS[name]
        marks[str(file.relative_to(folder))] = FileMark(
            size=file.stat().st_size, sha256=sha256, dtype=_spelled(dtype), shape=shape, tells=tells
        )
    return marks


def _spelled(dtype: np.dtype) -> str:
    if dtype.fields is None:
        return dtype.str
    return " ".join(f"{name}:{field[0].str}@{field[1]}" for name, field in dtype.fields.items())


def _mapped(file: Path, mark: FileMark) -> np.ndarray:
    name = file.stem
    if not mark.size:
        return np.empty(mark.shape, dtype=ARRAYS[name][0])
    with file.open("rb") as content:
        pages = mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(pages, dtype=ARRAYS[name][0]).reshape(mark.shape)
