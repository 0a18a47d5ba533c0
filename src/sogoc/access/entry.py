"""One access, as the journal keeps it, and what of it the public tree shows.

The tree shows SHA-256(salt || entry) and nothing else: no number of a citizen or officer can be
tried out against it. Salt and entry stay with the node; the person whom the entry is about may have
both, and can then prove that it stood in the journal, and unchanged. Without them - after a lawful
erasure - what stands in the tree says nothing any more, and the tree stays whole.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from operator import attrgetter
from typing import TYPE_CHECKING, Any, overload

from sogoc.errors import BrokenLog, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
    """By whose order it is not shown at once; without `visible_from`, not until that is lifted."""
    acting: str = ""
    """On which ground somebody looked for another: a child, an adult under guardianship."""


@dataclass(frozen=True, slots=True)
class Alike(Sequence[Entry]):
    """Entries that differ in their subject alone, held as one of them and all the subjects.

    What the journal says of a question about ten thousand persons: to make each entry by itself
    would cost more than to write it.
    """

    entry: Entry
    subjects: Sequence[str]

    def __len__(self) -> int:
        return len(self.subjects)

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> Alike: ...

    def __getitem__(self, place: int | slice) -> Entry | Alike:
        if isinstance(place, slice):
            return Alike(self.entry, self.subjects[place])
        return replace(self.entry, subject=self.subjects[place])

    def payloads(self) -> Iterator[bytes]:
        """The bytes of each entry; what they share is put into words once."""
        shared = _SHARED(self.entry)
        head, tail = _words(shared[:_BEFORE], 0), _words(shared[_BEFORE:], _BEFORE)
        for subject in self.subjects:
            about = f'"subject":{encode_basestring(subject)},' if subject else ""
            yield f"{{{head}{about}{tail}"[:-1].encode() + b"}"


def alike(entries: Sequence[Entry]) -> Iterable[Alike]:
    """The entries as runs of such that differ in their subject alone."""
    if isinstance(entries, Alike):
        return [entries]
    return (Alike(entry, (entry.subject,)) for entry in entries)


def payload_of(entry: Entry) -> bytes:
    """The bytes of an entry: JSON with sorted names, so that one entry has one form."""
    return next(Alike(entry, (entry.subject,)).payloads())


def _words(values: tuple[Any, ...], start: int) -> str:
    """Members of the entry, each with its comma; what is as by default is left out."""
    return "".join(
        word + _TEXT_OF[type(value)](value) + ","
        for (word, default), value in zip(_MEMBERS[start:], values, strict=False)
        if value != default
    )


@lru_cache
def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False, separators=(",", ":"))


_MOMENTS = {"at", "visible_from"}
_TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    tuple: _listed,
    datetime: lambda moment: f'"{moment.isoformat(timespec="microseconds")}"',
}
_OTHERS = sorted(
    (field for field in fields(Entry) if field.name != "subject"), key=lambda field: field.name
)
_SHARED = attrgetter(*(field.name for field in _OTHERS))
_MEMBERS = [(f'"{field.name}":', field.default) for field in _OTHERS]
_BEFORE = sum(field.name < "subject" for field in _OTHERS)


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
