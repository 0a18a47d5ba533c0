"""One access, as the journal keeps it, and what of it the public tree shows.

The tree shows SHA-256(salt || entry) and nothing else: no number of a citizen or officer can be
tried out against it. Salt and entry stay with the node; the person whom the entry is about may have
both, and can then prove that it stood in the journal, and unchanged. Without them - after a lawful
erasure - what stands in the tree says nothing any more, and the tree stays whole.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sogoc.errors import BrokenLog, Sentence

SALT_BYTES = 32
GRANTED, REFUSED = "granted", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who asked what about whom, for which purpose, and what was decided."""

    at: datetime
    request_id: str
    member: str
    """The asking member with its subsystem: `VN/GOV/02/LAND`."""
    officer: str = ""
    """Who acted there, as the member names them."""
    subject: str = ""
    """Personal number of the person it is about; empty if it is about nobody."""
    register: str = ""
    operation: str = ""
    fields: tuple[str, ...] = ()
    """Names of the fields that were released, never their values."""
    purpose: str = ""
    """Code of the procedure."""
    issue: str = ""
    """The case or dossier."""
    ground: str = ""
    grant: str = ""
    decision: str = GRANTED
    reason: str = ""
    visible_from: datetime | None = None
    """When the subject may see it; None: at once."""
    withheld_by: str = ""
    """By whose order it is not yet shown."""


def payload_of(entry: Entry) -> bytes:
    """The bytes of an entry: JSON with sorted names, so that one entry has one form."""
    told = {
        field.name: getattr(entry, field.name)
        for field in fields(entry)
        if getattr(entry, field.name) != field.default
    }
    for name in _MOMENTS & told.keys():
        told[name] = told[name].isoformat(timespec="microseconds")
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


_MOMENTS = {"at", "visible_from"}


def entry_from(payload: bytes) -> Entry:
    """Read an entry again. Raises BrokenLog if these bytes are none."""
    try:
        told: dict[str, Any] = json.loads(payload)
        told["fields"] = tuple(told.get("fields", ()))
        for name in _MOMENTS & told.keys():
            told[name] = datetime.fromisoformat(told[name])
        return Entry(**told)
    except (ValueError, TypeError, AttributeError) as wrong:
        raise BrokenLog(
            Sentence(
                vi="Một mục nhật ký không đọc được: nội dung không đúng mẫu.",
                en="An entry of the journal cannot be read: it is not in its form.",
            )
        ) from wrong


def commitment_of(payload: bytes, salt: bytes) -> bytes:
    """The 32 bytes that stand for an entry in the public tree."""
    return sha256(salt + payload).digest()


def check_commitment(payload: bytes, salt: bytes, commitment: bytes) -> None:
    """Raise BrokenLog unless the tree's bytes are those of this entry under this salt."""
    fits = hmac.compare_digest(commitment_of(payload, salt), commitment)
    if len(salt) != SALT_BYTES or not fits:
        raise BrokenLog(
            Sentence(
                vi="Mục nhật ký không khớp với dấu của nó trong cây: nội dung đã bị thay đổi.",
                en="An entry does not fit its mark in the tree: it was changed.",
            )
        )
