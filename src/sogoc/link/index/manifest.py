"""What stands in an index folder, and whether it is still what was built.

`manifest.json` is written last: a folder without one was never finished. It names each file with
its size and SHA-256, and carries a SHA-256 of itself. Reading gigabytes on every start would cost
more than linking, so a file is read whole once for each state of it (size, time of change, inode);
what was found is remembered in `.checked.json` beside it. `verify` reads everything anew.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sogoc.errors import IndexRefused, Sentence
from sogoc.link.index.layout import FORMAT, VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
_CHECKED = ".checked.json"
_READERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The index describes itself: whose persons, how many, which files of what shape."""

    source: str
    """Which release of the population register, in the words of whoever built the index."""
    persons: int
    gone: int = 0
    """Of changes: how many persons of the index are no longer there."""
    of: str = ""
    """Of changes: the identity of the index over which they are laid."""
    files: Mapping[str, FileMark]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMark:
    """One file: its size, its SHA-256, and for an array the type and shape of its entries."""

    size: int
    sha256: str
    dtype: str = ""
    shape: tuple[int, ...] = ()
    tells: str = ""


def write(folder: Path, manifest: Manifest) -> None:
    """Finish the folder. The files must be there; they count as checked."""
    body = _body(manifest)
    text = json.dumps({**body, "seal": _seal(body)}, ensure_ascii=False, indent=1, sort_keys=True)
    beside = folder / f"{MANIFEST}.part"
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(folder / MANIFEST)
    _remember(folder, manifest)


def read(folder: Path) -> Manifest:
    """The manifest of a finished index whose files are as it says. Raises IndexRefused."""
    manifest = _read(folder)
    doubted = [name for name in manifest.files if not _is_remembered(folder, name)]
    _check(folder, manifest, doubted)
    if doubted:
        _remember(folder, manifest)
    return manifest


def verify(folder: Path) -> Manifest:
    """The same, every file read anew: finds what a failing disk changed without a trace."""
    manifest = _read(folder)
    _check(folder, manifest, list(manifest.files))
    _remember(folder, manifest)
    return manifest


def seal(manifest: Manifest) -> str:
    """The SHA-256 that a manifest carries of itself, and so of all files."""
    return _seal(_body(manifest))


def _body(manifest: Manifest) -> dict[str, object]:
    return {"format": FORMAT, "version": VERSION, **asdict(manifest)}


def checksums(files: list[Path]) -> list[str]:
    """The SHA-256 of each file, several read at once."""
    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(_sha256, files))


def _read(folder: Path) -> Manifest:
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        seal = raw.pop("seal")
    except FileNotFoundError:
        raise _unfinished(folder) from None
    except (ValueError, KeyError, AttributeError, OSError):
        raise _damaged(folder, MANIFEST) from None
    if raw.get("format") != FORMAT or raw.get("version") != VERSION:
        raise other_version(folder, raw.get("version"))
    if seal != _seal(raw):
        raise _damaged(folder, MANIFEST)
    try:
        files = {
            name: FileMark(**{**mark, "shape": tuple(mark["shape"])})
            for name, mark in raw["files"].items()
        }
        return Manifest(
            source=raw["source"],
            persons=raw["persons"],
            gone=raw["gone"],
            of=raw["of"],
            files=files,
        )
    except (KeyError, TypeError, AttributeError):
        # Sealed, so nobody damaged it: it was made by software that tells other things.
        raise other_version(folder, raw.get("version")) from None


def _seal(body: Mapping[str, object]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check(folder: Path, manifest: Manifest, names: list[str]) -> None:
    for name, mark in manifest.files.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != mark.size:
            raise _damaged(folder, name)
    found = checksums([folder / name for name in names])
    for name, checksum in zip(names, found, strict=True):
        if checksum != manifest.files[name].sha256:
            raise _damaged(folder, name)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _state(file: Path) -> list[int]:
    seen = file.stat()
    return [seen.st_size, seen.st_mtime_ns, seen.st_ino]


def _is_remembered(folder: Path, name: str) -> bool:
    with suppress(OSError, ValueError, KeyError, TypeError):
        states = json.loads((folder / _CHECKED).read_text(encoding="utf-8"))
        return bool(states[name] == _state(folder / name))
    return False


def _remember(folder: Path, manifest: Manifest) -> None:
    # A folder that may only be read is checked on every start.
    with suppress(OSError):
        states = {name: _state(folder / name) for name in manifest.files}
        beside = folder / f"{_CHECKED}.part"
        beside.write_text(json.dumps(states), encoding="utf-8")
        beside.replace(folder / _CHECKED)


def _unfinished(folder: Path) -> IndexRefused:
    return IndexRefused(
        Sentence(
            vi=f"Chỉ mục dân cư ở {folder} không có hoặc chưa tạo xong; hãy tạo lại.",
            en=f"The person index in {folder} is not there or was never finished; build it again.",
        )
    )


def _damaged(folder: Path, name: str) -> IndexRefused:
    return IndexRefused(
        Sentence(
            vi=f"Chỉ mục dân cư ở {folder} đã hỏng: tệp {name} không còn như khi được tạo. "
            "Không dùng chỉ mục này; hãy tạo lại.",
            en=f"The person index in {folder} is damaged: the file {name} is not as it was built. "
            "It is not used; build it again.",
        )
    )


def other_version(folder: Path, version: object) -> IndexRefused:
    """The refusal of an index that other software made."""
    return IndexRefused(
        Sentence(
            vi=f"Chỉ mục dân cư ở {folder} thuộc phiên bản {version}, phần mềm này đọc phiên bản "
            f"{VERSION}; hãy tạo lại.",
            en=f"The person index in {folder} is of version {version}, this software reads "
            f"{VERSION}; build it again.",
        )
    )
