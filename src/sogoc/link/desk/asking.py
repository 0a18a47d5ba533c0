"""Persons asked for, as the compiled loops take them: rows of `link_asked__` without an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sogoc.link.columns import ASKED_COLUMNS
from sogoc.link.kernel.shapes import Asked, Texts, texts
from sogoc.link.kernel.writing.source import NONE
from sogoc.link.weights import asked_bits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.link.kernel.writing.source import Source
    from sogoc.link.policy import Policy

    Row = Mapping[str, Any]

_LONG = ("asked", "_row", "number", "number_proposal", "old_number")
_TEXT = ("who", "number_text", "old_number_text", "folded_text", "communes")
_UNREAD = ("cohort", "region", "sex_share", "name_level")
"""Doubles, and what the loop itself finds."""


def kinds(policy: Policy) -> dict[str, str]:
    """Which columns the kernel can read, and how: what `kernel.asking.columns` says of the table.

    Equal kinds make an equal kernel, so that the desk and a whole register share machine code.
    """
    own = {name: _kind(name) for name in ASKED_COLUMNS if name not in _UNREAD}
    return own | dict.fromkeys(asked_bits(policy), "int")


def _kind(name: str) -> str:
    if name in _TEXT:
        return "text"
    return "long" if name in _LONG or name.endswith(("bearers", "formers")) else "int"


def asked_of(rows: Sequence[Row], source: Source) -> Asked:
    """These persons, none of whom an officer judged."""
    return Asked(
        ints=_numbers(rows, source.ints, np.int32),
        longs=_numbers(rows, source.longs, np.int64),
        texts=tuple(_texts(rows, name) for name in source.texts),
        judged_starts=np.zeros(len(rows) + 1, dtype=np.int32),
        judged_persons=np.empty(0, dtype=np.int64),
        judged_kinds=np.empty(0, dtype=np.int64),
    )


def _numbers(rows: Sequence[Row], names: tuple[str, ...], dtype: type) -> np.ndarray:
    told = [[NONE if row[name] is None else row[name] for name in names] for row in rows]
    return np.array(told, dtype=dtype).reshape(len(rows), len(names))


def _texts(rows: Sequence[Row], name: str) -> Texts:
    told = [(row[name] or "").encode() for row in rows]
    known = np.array([row[name] is not None for row in rows], dtype=np.uint8)
    ends = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in told], out=ends[1:])
    return texts(np.frombuffer(b"".join(told), dtype=np.uint8), ends, known)
