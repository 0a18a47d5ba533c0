"""What travels between a log and a witness (C2SP tlog-witness, `add-checkpoint`).

old <size of the checkpoint that the witness cosigned last>
<one hash a line: that one is the start of this one>

<the checkpoint with the log's signature>
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256

from sogoc.errors import BrokenLog, Sentence
from sogoc.trust.note import COSIGNATURE, NoteKey
from sogoc.trust.tree import HASH_BYTES

MOST_STEPS = 63
LARGEST = 64 * 1024
"""Bytes that a request may have."""
MOST_WITNESSES = 8
"""How many members look after one log: enough that they do not all fail, or agree, at once."""
_OLD = re.compile(r"old (0|[1-9]\d{0,17})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A checkpoint with what proves that it grew out of `old`; nothing of it is believed yet."""

    old: int
    path: tuple[bytes, ...]
    note: str


def written(submitted: Submitted) -> str:
    """The request as it is sent."""
    steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in submitted.path)
    return f"old {submitted.old}\n{steps}\n{submitted.note}"


def read_submitted(content: str) -> Submitted:
    """Read a request. Raises BrokenLog if it is none."""
    head, middle, note = content.partition("\n\n")
    first, *steps = head.split("\n")
    old = _OLD.fullmatch(first)
    if not middle or old is None or len(steps) > MOST_STEPS or len(content) > LARGEST:
        raise _no_request()
    try:
        path = tuple(base64.b64decode(step, validate=True) for step in steps)
    except ValueError as wrong:
        raise _no_request() from wrong
    if any(len(step) != HASH_BYTES for step in path):
        raise _no_request()
    return Submitted(old=int(old[1]), path=path, note=note)


def witness_key(log: NoteKey) -> NoteKey:
    """The key by which the keeper of a log cosigns others': the same key under another kind."""
    return NoteKey(f"{log.name.removesuffix('/journal')}/witness", log.public, COSIGNATURE)


def witnesses_of(origin: str, logs: list[NoteKey]) -> list[NoteKey]:
    """The members that look after one log: everybody computes the same, and the log chooses none.

    By a hash over both names; the log itself is not among them.
    """
    others = [key for key in logs if key.name != origin]
    ranked = sorted(others, key=lambda key: sha256(f"{origin}\n{key.name}".encode()).digest())
    return ranked[:MOST_WITNESSES]


def place_of(origin: str) -> str:
    """The name of a log in an address of a witness."""
    return sha256(origin.encode()).hexdigest()


def _no_request() -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi="Yêu cầu làm chứng không đúng mẫu của C2SP tlog-witness.",
            en="This is no request to a witness (C2SP tlog-witness).",
        )
    )
