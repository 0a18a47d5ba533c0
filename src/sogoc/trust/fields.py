"""The structured fields that signatures travel in (RFC 9651), read strictly.

Only what RFC 9421 and RFC 9530 need: a dictionary whose members are byte sequences, or inner lists
of strings, with parameters. Two readers that understand one header differently are how signatures
are forged, so whatever is doubtful - a key given twice, a stray comma, an odd number - is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from sogoc.errors import BadSeal, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

Parameter = str | int | bool

_LONGEST = 16_384
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_SINGLE = re.compile(r"(?P<name>[a-z*][a-z0-9_.*-]{0,63})=:(?P<coded>[A-Za-z0-9+/]{0,1024}={0,2}):")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_INTEGER = re.compile(r"-?\d{1,15}(?![\d.])")
_BOOLEAN = re.compile(r"\?([01])")
_COMMA = re.compile(r"[ \t]*,[ \t]*")


@dataclass(frozen=True, slots=True)
class Item:
    """One string of an inner list, with its parameters: `"@method";req`."""

    name: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    text: str = field(init=False, repr=False, compare=False)
    """As it is written."""

    def __post_init__(self) -> None:
        # Written once: each component stands in several lines of each message.
        object.__setattr__(self, "text", _quoted(self.name) + _told(self.parameters))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class InnerList:
    """The list of what a signature covers, with the signature's own parameters."""

    items: tuple[Item, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    names: frozenset[str] = field(init=False, repr=False, compare=False)
    plain: bool = field(init=False, repr=False, compare=False)
    """Whether each name stands there once and without parameters."""
    text: str = field(init=False, repr=False, compare=False)
    """As it is written."""

    def __post_init__(self) -> None:
        # Written once: what is signed within a second bears the same list.
        items = " ".join(map(str, self.items))
        names = frozenset(item.name for item in self.items)
        bare = not any(item.parameters for item in self.items)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "plain", bare and len(names) == len(self.items))
        object.__setattr__(self, "text", f"({items}){_told(self.parameters)}")

    def __str__(self) -> str:
        return self.text


def written_bytes(content: bytes) -> str:
    """A byte sequence, `:base64:`."""
    return f":{base64.b64encode(content).decode()}:"


def _told(parameters: Mapping[str, Parameter]) -> str:
    return "".join(
        f";{name}" if value is True else f";{name}={_value(value)}"
        for name, value in parameters.items()
    )


def _value(value: Parameter) -> str:
    if isinstance(value, bool):
        return f"?{int(value)}"
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_byte_sequences(text: str) -> dict[str, bytes]:
    """A dictionary of byte sequences: `Signature`, `Content-Digest`. Raises BadSeal."""
    if single := _SINGLE.fullmatch(text):
        return {single["name"]: _decoded(single["coded"])}
    reader = _Reader(text)
    members: dict[str, bytes] = {}
    for name in reader.members(members):
        members[name] = reader.byte_sequence()
        reader.parameters()
    return members


@lru_cache(4096)
def read_inner_lists(text: str) -> Mapping[str, InnerList]:
    """A dictionary of inner lists: `Signature-Input`. Raises BadSeal.

    Remembered: all that one client signs within a second bears the same text.
    """
    reader = _Reader(text)
    members: dict[str, InnerList] = {}
    for name in reader.members(members):
        members[name] = reader.inner_list()
    return members


def _decoded(coded: str) -> bytes:
    try:
        return base64.b64decode(coded, validate=True)
    except binascii.Error as wrong:
        raise _unreadable("holds bytes that are not base64") from wrong


class _Reader:
    """Reads one header from left to right; what does not fit ends it."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise _unreadable("is too long")
        self._text = text.strip(" ")
        self._at = 0

    def members(self, seen: Mapping[str, object]) -> _Members:
        """The names of a dictionary's members, each where its value is to be read."""
        return _Members(self, seen)

    @property
    def done(self) -> bool:
        return self._at == len(self._text)

    def name(self) -> str:
        return self._take(_KEY)[0]

    def byte_sequence(self) -> bytes:
        return _decoded(self._take(_BYTES)[1])

    def inner_list(self) -> InnerList:
        self.expect("(")
        items = list[Item]()
        while not self.met(")"):
            if items:
                self.expect(" ")
            items.append(Item(self.string(), self.parameters()))
        return InnerList(tuple(items), self.parameters())

    def string(self) -> str:
        return re.sub(r"\\(.)", r"\1", self._take(_STRING)[1])

    def parameters(self) -> dict[str, Parameter]:
        told: dict[str, Parameter] = {}
        while self.met(";"):
            name = self.name()
            if name in told:
                raise _unreadable(f"gives the parameter {name} twice")
            told[name] = self._bare() if self.met("=") else True
        return told

    def _bare(self) -> Parameter:
        if found := self._try(_STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if found := self._try(_INTEGER):
            return int(found[0])
        return self._take(_BOOLEAN)[1] == "1"

    def met(self, sign: str) -> bool:
        if self._text.startswith(sign, self._at):
            self._at += len(sign)
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.met(sign):
            raise _unreadable(f"lacks {sign!r} at {self._at + 1}")

    def comma(self) -> None:
        self._take(_COMMA)

    def _try(self, shape: re.Pattern[str]) -> re.Match[str] | None:
        found = shape.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _take(self, shape: re.Pattern[str]) -> re.Match[str]:
        found = self._try(shape)
        if found is None:
            raise _unreadable(f"cannot be read at {self._at + 1}")
        return found


class _Members:
    """Goes from member to member of a dictionary; the caller reads the value in between."""

    def __init__(self, reader: _Reader, seen: Mapping[str, object]) -> None:
        self._reader = reader
        self._seen = seen
        self._first = True

    def __iter__(self) -> _Members:
        return self

    def __next__(self) -> str:
        if self._reader.done:
            if self._first:
                raise _unreadable("is empty")
            raise StopIteration
        if not self._first:
            self._reader.comma()
        self._first = False
        name = self._reader.name()
        if name in self._seen:
            raise _unreadable(f"names {name} twice")
        self._reader.expect("=")
        return name


def _unreadable(what: str) -> BadSeal:
    return BadSeal(
        Sentence(
            vi="Phần chữ ký của thông điệp không đúng RFC 9651.",
            en=f"A header of the signature {what} (RFC 9651).",
        )
    )
