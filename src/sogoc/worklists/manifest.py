"""The hidden sheet by which a worklist is known again: what was sent, row by row.

One JSON text a cell, the first of them the head with a SHA-256 over the others. It shows a change
by accident; against one on purpose stands the node, which knows what it sent and believes only
findings and records that it finds under the worklist's number.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

SHEET = "_sogoc"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Which worklist this is."""

    worklist: int
    register: str
    contract_version: str
    rules_version: str
    form: str
    sheet: str
    locality: str
    hamlet: str
    made_at: str
    first_row: int
    columns: int
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One row as it was sent: `records` object -> [id, digest], `findings` id -> column."""

    token: str
    records: dict[str, list[object]]
    findings: dict[str, int]
    cells: list[str]


class BrokenManifest(ValueError):
    """The hidden sheet is missing or was changed."""


def packed(head: Head, rows: list[Sent]) -> list[str]:
    """The texts of the hidden sheet, from its first cell down."""
    lines = [_text(asdict(row)) for row in rows]
    own = asdict(head)
    return [_text({**own, "checksum": _checksum(own, lines)}), *lines]


def unpacked(texts: list[str]) -> tuple[Head, dict[str, Sent]]:
    """Head and rows by token. Raises BrokenManifest."""
    try:
        own = json.loads(texts[0])
        checksum = own.pop("checksum")
        head = Head(**own)
        rows = [Sent(**json.loads(text)) for text in texts[1:]]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as broken:
        raise BrokenManifest from broken
    if checksum != _checksum(own, texts[1:]):
        raise BrokenManifest
    return head, {row.token: row for row in rows}


def _text(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _checksum(own: dict[str, object], lines: list[str]) -> str:
    whole = "\n".join(["sogoc worklist", _text(own), *lines])
    return hashlib.sha256(whole.encode()).hexdigest()
