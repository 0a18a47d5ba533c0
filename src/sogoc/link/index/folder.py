"""A folder of tables and arrays with a manifest: made beside its place, renamed when whole."""

from __future__ import annotations

import mmap
import os
import shutil
from typing import TYPE_CHECKING

import numpy as np

from sogoc.link.index import manifest as manifests
from sogoc.link.index.layout import ARRAYS
from sogoc.link.index.manifest import FileMark, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class NewFolder:
    """A folder in the making. Nobody sees it before `finish`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._beside = folder.with_name(f"{folder.name}.part")
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._tables: list[Path] = []
        shutil.rmtree(self._beside, ignore_errors=True)
        (self._beside / "tables").mkdir(parents=True)
        (self._beside / "arrays").mkdir()

    def bring(self, table: str, file: Path) -> Path:
        """A table that lies elsewhere: linked where the disk allows, since neither changes."""
        target = self.table(table)
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)
        return target

    def table(self, name: str) -> Path:
        """Where to write a table of this name."""
        target = self._beside / "tables" / f"{name}.parquet"
        target.parent.mkdir(exist_ok=True)
        self._tables.append(target)
        return target

    def keep(self, name: str, array: np.ndarray) -> None:
        """Write an array of `layout.ARRAYS`."""
        self._shapes[name] = array.shape
        np.ascontiguousarray(array, dtype=ARRAYS[name][0]).tofile(_array(self._beside, name))

    def finish(self, *, source: str, persons: int, gone: int = 0, of: str = "") -> Manifest:
        """Write the manifest and take the place of what stood there before."""
        made = Manifest(source=source, persons=persons, gone=gone, of=of, files=self._marks())
        manifests.write(self._beside, made)
        old = self._folder.with_name(f"{self._folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self._folder.exists():
            self._folder.rename(old)
        self._beside.rename(self._folder)
        shutil.rmtree(old, ignore_errors=True)
        return made

    def _marks(self) -> dict[str, FileMark]:
        arrays = {_array(self._beside, name): name for name in self._shapes}
        files = [*self._tables, *arrays]
        sums = manifests.checksums(files)
        return {
            file.relative_to(self._beside).as_posix(): self._mark(file, sha256, arrays.get(file))
            for file, sha256 in zip(files, sums, strict=True)
        }

    def _mark(self, file: Path, sha256: str, name: str | None) -> FileMark:
        size = file.stat().st_size
        if name is None:
            return FileMark(size=size, sha256=sha256)
        dtype, tells = ARRAYS[name]
        shape = self._shapes[name]
        return FileMark(size=size, sha256=sha256, dtype=_spelled(dtype), shape=shape, tells=tells)


class Arrays:
    """The arrays of a finished folder, mapped: read where they lie, never loaded."""

    def __init__(self, folder: Path, files: Mapping[str, FileMark]) -> None:
        self._folder = folder
        self._files = files
        self._mapped: dict[str, np.ndarray] = {}

    def __call__(self, name: str) -> np.ndarray:
        """An array of `layout.ARRAYS`; empty where there is none of it."""
        if name not in self._mapped:
            mark = self._files[f"arrays/{name}.bin"]
            self._mapped[name] = _mapped(_array(self._folder, name), mark)
        return self._mapped[name]


def _array(folder: Path, name: str) -> Path:
    return folder / "arrays" / f"{name}.bin"


def _spelled(dtype: np.dtype) -> str:
    if dtype.fields is None:
        return dtype.str
    return " ".join(f"{name}:{field[0].str}@{field[1]}" for name, field in dtype.fields.items())


def _mapped(file: Path, mark: FileMark) -> np.ndarray:
    dtype = ARRAYS[file.stem][0]
    if not mark.size:
        empty = np.empty(mark.shape, dtype=dtype)
        empty.setflags(write=False)
        return empty
    with file.open("rb") as content:
        pages = mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(pages, dtype=dtype).reshape(mark.shape)
