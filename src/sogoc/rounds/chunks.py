"""Chunks on the disk: each durable before it is acknowledged, in any order, any number of times.

A folder holds `head` and `chunk-000000`, `chunk-000001`...; what is not there is still missing. A
file of a medium is the same in one piece.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.rounds.package import LARGEST_HEAD, MAGIC, Head, Package, read_head, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.errors import PackageRefused

_HEAD = "head"
_BEGINNING = len(MAGIC) + 4 + LARGEST_HEAD + 64
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of one package in a folder of their own."""

    folder: Path

    def begin(self, head: Head) -> None:
        """Keep the head; the chunks may come."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        write_durably(self.folder / _HEAD, head.bytes)

    def head(self) -> Head | None:
        """The head that was kept, None if there is none."""
        file = self.folder / _HEAD
        return read_head(file.read_bytes())[0] if file.is_file() else None

    def keep(self, number: int, chunk: bytes) -> None:
        """Keep one chunk; it is durable when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        write_durably(self._file(number), chunk)

    def forget(self) -> None:
        """Let everything go that is here."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def missing(self, package: Package) -> list[int]:
        """Numbers of the chunks that are not here."""
        here = {file.name for file in self.folder.glob("chunk-*") if not file.suffix}
        return [at for at in range(package.count) if self._file(at).name not in here]

    def read(self, number: int) -> bytes:
        """One chunk as it came."""
        return self._file(number).read_bytes()

    def all(self, package: Package) -> Iterator[bytes]:
        """All of them in order."""
        return map(self.read, range(package.count))

    def _file(self, number: int) -> Path:
        return self.folder / f"chunk-{number:06d}"


def write_file(package: Package, chunks: Iterator[bytes], file: Path) -> None:
    """The package as one file, there whole or not at all."""
    beside = file.with_name(f"{file.name}.part")
    with beside.open("wb") as out:
        out.write(package.head.bytes)
        for chunk in chunks:
            out.write(chunk)
        _to_the_disk(out.fileno())
    beside.replace(file)


def head_of_file(file: Path) -> Head:
    """The head of a file, not yet believed. Raises PackageRefused."""
    try:
        with file.open("rb") as content:
            return read_head(content.read(_BEGINNING))[0]
    except OSError as wrong:
        raise _unreadable(file) from wrong


def _unreadable(file: Path) -> PackageRefused:
    return refused(f"không đọc được tệp {file.name}", f"the file {file.name} cannot be read")


def chunks_of_file(file: Path, package: Package) -> Iterator[bytes]:
    """The chunks of a file with this head. Raises PackageRefused if it is cut or longer."""
    expected = len(package.head.bytes) + sum(map(package.manifest.size_of, range(package.count)))
    try:
        if file.stat().st_size != expected:
            raise refused(
                "tệp bị cắt cụt hoặc có phần thừa", "the file is cut, or longer than it says"
            )
        with file.open("rb") as content:
            content.seek(len(package.head.bytes))
            for number in range(package.count):
                chunk = content.read(package.manifest.size_of(number))
                package.check_chunk(number, chunk)
                yield chunk
    except OSError as wrong:
        raise _unreadable(file) from wrong


def write_durably(file: Path, content: bytes) -> None:
    """Write a file that is there whole, also after the power failed, or not at all."""
    beside = file.with_name(f"{file.name}.part")
    with beside.open("wb") as out:
        out.write(content)
        _to_the_disk(out.fileno())
    beside.replace(file)


def make_durable(file: Path) -> None:
    """See to it that a file written by others is on the disk."""
    with file.open("rb") as content:
        _to_the_disk(content.fileno())


def _to_the_disk(descriptor: int) -> None:
    os.fsync(descriptor)
