"""A delivery is kept byte for byte before anything reads it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sogoc.errors import DeliveryRefused, Place, Sentence

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A delivery in the node's folder, under its SHA-256."""

    path: Path
    sha256: str
    bytes: int


def keep(file: Path, folder: Path) -> Kept:
    """Copy `file` to `folder/<sha256>/<name>` and return it with its checksum.

    The copy is written beside, made durable and renamed, so what stands under a checksum is
    whole. The same bytes are kept once. Raises DeliveryRefused when the file cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    try:
        with (
            file.open("rb") as source,
            tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as copy,
        ):
            while block := source.read(_BLOCK):
                digest.update(block)
                copy.write(block)
                size += len(block)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as wrong:
        raise DeliveryRefused(
            Sentence(
                vi=f"Không đọc được tệp ({wrong.strerror}). Kiểm tra đường dẫn và quyền đọc.",
                en=f"The file cannot be read ({wrong.strerror}). Check its path and permissions.",
            ),
            place=Place(file=file.name),
        ) from wrong
    part = Path(copy.name)
    target = folder / digest.hexdigest() / file.name
    target.parent.mkdir(exist_ok=True)
    part.replace(target)
    return Kept(path=target, sha256=digest.hexdigest(), bytes=size)
