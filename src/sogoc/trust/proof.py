"""A proof that an entry stood in a log, as one text that anybody checks offline (C2SP tlog-proof).

    c2sp.org/tlog-proof@v1
    extra <base64: JSON with what the entry said, and its salt>
    index <number of the entry>
    <one hash a line, from the leaf up>

    <the checkpoint with its signatures>

The entry itself is the 32 bytes that stand for it in the public tree; what `extra` says is not
authenticated by the format, but must make those bytes.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import BrokenLog, Sentence
from sogoc.trust.note import read_checkpoint, read_note
from sogoc.trust.tree import HASH_BYTES, check_inclusion, leaf_hash

if TYPE_CHECKING:
    from sogoc.trust.note import Checkpoint

_FORM = "c2sp.org/tlog-proof@v1"
_MOST_STEPS = 63
_LONGEST = 1 << 20
_SMALLEST_SIZE = 4
"""Lines before the checkpoint begins: form, extra, index, empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a person needs to show that an entry stood in the journal: checked without us."""

    payload: bytes
    salt: bytes
    number: int
    checkpoint: str
    """A note, with every signature that is to be kept."""
    path: tuple[bytes, ...]

    def checked(self, entry: bytes) -> Checkpoint:
        """The checkpoint under which `entry` stands. Raises BrokenLog if it does not.

        Whether the checkpoint is to be believed its signatures say (`sogoc.trust.note.believed`).
        """
        told = read_checkpoint(read_note(self.checkpoint).text)
        check_inclusion(
            leaf_hash(entry), self.number, size=told.size, path=self.path, root=told.root
        )
        return told


def written(proof: Proof) -> str:
    """The proof as a file."""
    extra = json.dumps({"payload": proof.payload.decode(), "salt": proof.salt.hex()})
    lines = [
        _FORM,
        f"extra {_coded(extra.encode())}",
        f"index {proof.number}",
        *map(_coded, proof.path),
    ]
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def read_proof(content: str) -> Proof:
    """Read a proof; nothing of it is believed yet. Raises BrokenLog."""
    head, middle, checkpoint = content.partition("\n\n")
    lines = head.split("\n")
    if len(content) > _LONGEST or not middle or len(lines) < _SMALLEST_SIZE - 1:
        raise _no_proof()
    form, extra, index, *path = lines
    try:
        told = json.loads(_plain(extra, "extra "))
        proof = Proof(
            payload=told["payload"].encode(),
            salt=bytes.fromhex(told["salt"]),
            number=int(index.removeprefix("index ")),
            checkpoint=checkpoint,
            path=tuple(base64.b64decode(step, validate=True) for step in path),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise _no_proof() from wrong
    sizes = {len(step) for step in proof.path} - {HASH_BYTES}
    if form != _FORM or index != f"index {proof.number}" or sizes or len(path) > _MOST_STEPS:
        raise _no_proof()
    return proof


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _plain(line: str, name: str) -> bytes:
    if not line.startswith(name):
        raise ValueError(name)
    return base64.b64decode(line.removeprefix(name), validate=True)


def _no_proof() -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi="Tệp không phải bằng chứng nhật ký (c2sp.org/tlog-proof@v1) còn nguyên vẹn.",
            en="The file is no whole proof of a journal (c2sp.org/tlog-proof@v1).",
        )
    )
