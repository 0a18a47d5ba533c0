"""The hidden sheet by which a worklist is known again: what was sent, row by row.

One JSON text a cell, the first of them the head with a SHA-256 over the others. It shows a change
by accident; against one on purpose stands the node, which knows what it sent and believes only
findings and records that it finds under the worklist's number.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

SHEET = "_sogoc"
VERSION = 2
"""2 may ask who is meant, and keep the header of the delivered file; 1 is still read."""

OWN = (
    "Mã dòng",
    "Lỗi và cách sửa",
    "Đề xuất",
    "Hạn",
    "Trả lời",
    "Trường hợp đặc biệt",
    "Căn cứ, ghi chú",
)
"""Our columns, right of the form's own."""
WHO, SAME_PERSON = "Người trong dân cư", "Có đúng người này không?"
OWN_ASKING = (*OWN[:4], WHO, SAME_PERSON, *OWN[4:])
"""The same where a row asks who is meant."""


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
    own: list[str] = field(default_factory=lambda: list(OWN))
    """Our columns, as they were named."""
    own_row: int = 0
    """The row of their names; 0: two above the first row."""
    order: list[int] = field(default_factory=list)
    """Which column of the form each is, from 0, -1 for one it does not know; empty: as the form."""
    version: int = VERSION

    @property
    def names_row(self) -> int:
        """The row in which our columns are named."""
        return self.own_row or self.first_row - 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Whether a person of a record is who linking means; without a number: who it is at all."""

    object: str
    record: int
    person: str
    outcome: str
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One row as it was sent: `records` object -> [id, digest], `findings` id -> column."""

    token: str
    records: dict[str, list[object]]
    findings: dict[str, int]
    cells: list[str]
    ask: Ask | None = None


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
        rows = [_sent(json.loads(text)) for text in texts[1:]]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as broken:
        raise BrokenManifest from broken
    if checksum != _checksum(own, texts[1:]):
        raise BrokenManifest
    return head, {row.token: row for row in rows}


def _sent(own: dict[str, Any]) -> Sent:
    ask = own.pop("ask", None)
    return Sent(**own, ask=Ask(**ask) if ask else None)


def _text(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _checksum(own: dict[str, object], lines: list[str]) -> str:
    whole = "\n".join(["sogoc worklist", _text(own), *lines])
    return hashlib.sha256(whole.encode()).hexdigest()
