"""Where contracts stand: the node's own folder before those that travel along."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sogoc.errors import Sentence, UnknownThing
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sogoc.contract.model import Register

_ENDING = ".odcs.yaml"


@lru_cache(maxsize=64)
def _loaded(path: Path, _changed: int) -> Register:
    """A page asks for the same contract many times; it is read again once the file changed."""
    # Not above: what reads contracts takes long to import, and many a command reads none.
    from sogoc.contract.load import load, load_shipped  # noqa: PLC0415 - the reason stands above

    return load_shipped(path) if path.parent == shipped("registers") else load(path)


class Shelf:
    """Finds registers by id. A file in an earlier folder stands before one of the same name later.

    The name of a file is the id of its register, so that only the one asked for is read: a mistake
    in another contract stops nobody.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def ids(self) -> list[str]:
        """The ids of all registers, in order."""
        return sorted(self._files())

    def path(self, register: str) -> Path:
        """The file of that register's contract. Raises UnknownThing."""
        files = self._files()
        if register not in files:
            known = ", ".join(sorted(files)) or "-"
            raise UnknownThing(
                Sentence(
                    vi=f"Không có cơ sở dữ liệu nào tên {register}. Hiện có: {known}.",
                    en=f"There is no register {register}. There are: {known}.",
                ),
            )
        return files[register]

    def register(self, register: str) -> Register:
        """The register of that id. Raises UnknownThing, and ContractError for its own mistakes."""
        path = self.path(register)
        return _loaded(path, path.stat().st_mtime_ns)

    def registers(self) -> Iterator[Register]:
        """All of them, in the order of their ids. Raises ContractError at a mistaken one."""
        for register in self.ids():
            yield self.register(register)

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in reversed(self._folders):
            for path in sorted(folder.glob(f"*{_ENDING}")):
                found[path.name.removesuffix(_ENDING)] = path
        return found
