"""Signed notes and checkpoints: a text under which keys stand (C2SP signed-note, tlog-checkpoint).

A checkpoint says how large a log is and what its root is. The log signs it; witnesses who saw that
it only grew sign too (C2SP tlog-cosignature). Signatures of unknown keys are passed over; one known
key at least must verify, and a known key that fails spoils the note: somebody forged.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sogoc.errors import BadSeal, BrokenLog, KeyRefused, Sentence
from sogoc.trust.keys import PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.trust.keys import SigningKey

ED25519 = 0x01
COSIGNATURE = 0x04
"""Kinds of signature: of the log itself, and of a witness with the time it looked."""

_LONGEST = 1 << 20
_ID_BYTES = 4
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_MOST_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under the name by which notes know it.

    The name holds no space and no plus sign (C2SP signed-note).
    """

    name: str
    public: PublicKey
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not self.name or re.search(r"[\s+]", self.name):
            raise _forged("tên khóa không hợp lệ", "the name of a key holds a space or a plus sign")

    @property
    def id(self) -> bytes:
        """The four bytes that say which key signed: a hint, never a proof."""
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public.raw
        return sha256(told).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        coded = base64.b64encode(bytes([self.kind]) + self.public.raw).decode()
        return f"{self.name}+{self.id.hex()}+{coded}"


def note_key(text: str) -> NoteKey:
    """Read a verifier key, `name+id+key`. Raises BadSeal if its parts do not fit one another."""
    parts = text.strip().split("+", 2)
    try:
        name, told, coded = parts
        raw = base64.b64decode(coded, validate=True)
        key = NoteKey(name, PublicKey(raw[1:]), raw[0])
    except (ValueError, IndexError, KeyRefused) as wrong:
        raise _forged("khóa kiểm tra không đọc được", "the verifier key cannot be read") from wrong
    if key.id.hex() != told or key.kind not in (ED25519, COSIGNATURE):
        raise _forged("khóa kiểm tra không khớp mã", "the verifier key does not fit its id")
    return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note: who, the key's id, and what they put there."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        coded = base64.b64encode(self.key_id + self.content).decode()
        return f"— {self.name} {coded}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with lines of signature, not yet believed; `text` ends in a line feed."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def and_signed(self, signature: Signature) -> Note:
        """The same note with one more signature."""
        return Note(self.text, (*self.signatures, signature))


def read_note(content: str) -> Note:
    """Take a note apart; nothing of it is believed yet. Raises BadSeal if it is no note."""
    text, middle, lines = content.rpartition("\n\n")
    if len(content) > _LONGEST or not middle or not lines.endswith("\n") or "\r" in content:
        raise _forged("không phải văn bản có chữ ký", "this is no signed note")
    each = lines[:-1].split("\n")
    if len(each) > _MOST_SIGNATURES:
        raise _forged("có quá nhiều chữ ký", "the note bears too many signatures")
    return Note(text + "\n", tuple(_signature(line) for line in each))


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    try:
        dash, name, coded = parts
        content = base64.b64decode(coded, validate=True)
    except ValueError as wrong:
        raise _forged("dòng chữ ký không đọc được", "a line of signature cannot be read") from wrong
    if dash != "—" or not name or len(content) <= _ID_BYTES:
        raise _forged("dòng chữ ký không đọc được", "a line of signature cannot be read")
    return Signature(name, content[:_ID_BYTES], content[_ID_BYTES:])


def sign(text: str, name: str, key: SigningKey) -> Note:
    """The text under one signature. Raises BadSeal for a text that a reader could misread."""
    if not text.endswith("\n") or "\n\n" in text:
        raise _forged(
            "văn bản không ký được", "this text cannot be a note: one blank line too many"
        )
    known = NoteKey(name, key.public)
    return Note(text, (Signature(name, known.id, key.sign(text.encode())),))


def cosign(note: Note, name: str, key: SigningKey, *, seconds: int) -> Note:
    """Add the signature of a witness who saw this checkpoint at `seconds` since 1970."""
    known = NoteKey(name, key.public, COSIGNATURE)
    told = key.sign(_witnessed(note.text, seconds))
    content = seconds.to_bytes(_TIME_BYTES, "big") + told
    return note.and_signed(Signature(name, known.id, content))


def _witnessed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def believed(note: Note, keys: Iterable[NoteKey]) -> tuple[NoteKey, ...]:
    """The known keys that signed the note. Raises BadSeal if there is none, or one that fails."""
    known = {(key.name, key.id): key for key in keys}
    signed = list[NoteKey]()
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None or key in signed:
            continue
        if not _holds(note, signature, key):
            raise _forged("một chữ ký không đúng", f"the signature of {key.name} does not hold")
        signed.append(key)
    if not signed:
        raise _forged("không có chữ ký của khóa đã biết", "no known key signed this note")
    return tuple(signed)


def _holds(note: Note, signature: Signature, key: NoteKey) -> bool:
    if key.kind == ED25519:
        return key.public.holds(note.text.encode(), signature.content)
    if len(signature.content) != _TIME_BYTES + _SIGNATURE_BYTES:
        return False
    seconds = int.from_bytes(signature.content[:_TIME_BYTES], "big")
    return key.public.holds(_witnessed(note.text, seconds), signature.content[_TIME_BYTES:])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's own statement of its size and root, as it stands in a note."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. Raises BrokenLog if it is none."""
    lines = text.split("\n")
    try:
        origin, size, root, *more, end = lines
        checkpoint = Checkpoint(
            origin, int(size), base64.b64decode(root, validate=True), tuple(more)
        )
    except ValueError as wrong:
        raise _no_checkpoint() from wrong
    # int() reads more than decimal digits, and one size has one spelling.
    plain = size == str(checkpoint.size) and checkpoint.size >= 0
    if end or not origin or not plain or len(checkpoint.root) != sha256().digest_size or "" in more:
        raise _no_checkpoint()
    return checkpoint


def _no_checkpoint() -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi="Mốc nhật ký không đọc được: cần tên nhật ký, số mục và mã gốc.",
            en="The checkpoint cannot be read: it needs origin, size and root, a line each.",
        )
    )


def _forged(vi: str, en: str) -> BadSeal:
    return BadSeal(
        Sentence(vi=f"Không thể tin văn bản có chữ ký: {vi}.", en=f"Not to be believed: {en}.")
    )
