"""Arrays in PostgreSQL's own binary form, made from elements that are bytes already.

The driver would ask each element what it is and put it into words that the server reads again; for
a statement of every question that costs more than the question.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, ClassVar

from psycopg.adapt import Dumper
from psycopg.pq import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.database.store import Connection

_HEAD, _EMPTY = struct.Struct("!iiIii"), struct.Struct("!iiI")
_NULL = (-1).to_bytes(4, "big", signed=True)


class Array:
    """One dimension of one type; None stands for null.

    `element` and `whole` are the numbers of the types in `pg_type`, the same in every database.
    """

    __slots__ = ("content",)
    element: ClassVar[int]
    whole: ClassVar[int]

    def __init__(self, elements: Sequence[bytes | None]) -> None:
        if not elements:
            self.content = _EMPTY.pack(0, 0, self.element)
            return
        parts = [sized(one) for one in elements]
        head = _HEAD.pack(1, None in elements, self.element, len(elements), 1)
        self.content = head + b"".join(parts)


class Uuids(Array):
    """Of 16 bytes each."""

    element, whole = 2950, 2951


class Integers(Array):
    """`int4`, four bytes each, the highest first."""

    element, whole = 23, 1007


class Moments(Array):
    """`timestamptz`: microseconds since 2000 in eight bytes, the highest first."""

    element, whole = 1184, 1185


class Texts(Array):
    """UTF-8 without a zero byte."""

    element, whole = 25, 1009


class Bytes(Array):
    """`bytea`."""

    element, whole = 17, 1001


def sized(content: bytes | None) -> bytes:
    """A value after its length, as arrays and COPY have it; None: null."""
    return _NULL if content is None else len(content).to_bytes(4, "big") + content


def takes_arrays(connection: Connection) -> None:
    """Let a connection take these arrays as values of statements."""
    for kind, dumper in _DUMPERS:
        connection.adapters.register_dumper(kind, dumper)


def _dumper(kind: type[Array]) -> type[Dumper]:
    class Whole(Dumper):
        format = Format.BINARY
        oid = kind.whole

        def dump(self, obj: Array) -> bytes:
            return obj.content

    return Whole


_DUMPERS = [(kind, _dumper(kind)) for kind in (Uuids, Integers, Moments, Texts, Bytes)]
