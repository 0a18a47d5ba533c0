"""SQL kept in files: each statement has a name and a sentence that says what it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_NAME = re.compile(r"^-- name: (?P<name>[a-z0-9_]+)\s*$", re.MULTILINE)


def statements(file: Traversable) -> dict[str, str]:
    """The statements of one `.sql` file by name, their sentences kept as SQL comments.

    A statement begins at a line `-- name: block` and ends where the next begins. Raises
    ValueError for a name given twice, since then nobody could tell which of the two runs.
    """
    text = file.read_text(encoding="utf-8")
    starts = list(_NAME.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    found: dict[str, str] = {}
    for start, end in zip(starts, ends, strict=True):
        name = start["name"]
        if name in found:
            raise ValueError(f"{file.name}: the statement {name} stands there twice")
        found[name] = text[start.end() : end].strip().removesuffix(";")
    return found
