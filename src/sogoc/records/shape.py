"""The tables of a register: their names, their columns, and how a contract's types read there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from sogoc.contract.model import Field, RegisterObject

_LONGEST_NAME = 63  # bytes of a name that PostgreSQL keeps

POSTGRES_TYPE = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "DECIMAL(18,2)": "numeric(18,2)",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "BOOLEAN": "boolean",
}
"""A field's type (`values.kinds`) in PostgreSQL's words, as its catalogue spells them."""

VERSION_COLUMNS = {
    "_came": "jsonb",
    "_delivery": "bigint not null",
    "_sheet": "text",
    "_line": "integer",
    "_part": "integer",
    "_digest": "uuid not null",
    "_locality": "text",
    "_true_from": "date not null",
    "_believed_from": "timestamp with time zone not null",
    "_missing_since": "bigint",
}
"""Columns of every version of a record, beside its fields."""

ENDED_COLUMNS = {
    "_true_to": "date",
    "_believed_to": "timestamp with time zone not null",
    "_ended_by": "bigint not null",
    "_change": "text not null",
}
"""Columns of an earlier version: how long it held, and the delivery that ended it."""

COMMENTS = {
    "id": "Number of the record on this node, never given twice",
    "key": "What names the record: the contract's identity, or its content",
    "_came": "Texts as they came, where the value is empty or was written differently",
    "_delivery": "The delivery that brought this version (node.delivery)",
    "_sheet": "Sheet of the file",
    "_line": "Row of the sheet, from 1",
    "_part": "Which of several persons in one cell, from 1",
    "_digest": "Equal for equal content",
    "_locality": "Unit of today to which the record belongs",
    "_true_from": "Day since when this version is true",
    "_believed_from": "Moment since when this node held it",
    "_missing_since": "The delivery in which it was no longer there, or that ended it",
    "_true_to": "Day until when it was true, not included; empty: not ended by a later truth",
    "_believed_to": "Moment until when this node held it",
    "_ended_by": "The delivery that ended it",
    "_change": "changed, missing, ended or returned",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """Where the records of one object stand."""

    register: str
    object: RegisterObject

    @property
    def name(self) -> str:
        """The name of the table of current records, in the schema `register`."""
        return self._named("")

    @property
    def current(self) -> sql.Identifier:
        """The table of current records."""
        return sql.Identifier("register", self._named(""))

    @property
    def history(self) -> sql.Identifier:
        """The table of earlier versions."""
        return sql.Identifier("register", self._named("__history"))

    def index(self, suffix: str) -> str:
        """The name of an index of this object."""
        return self._named(f"__{suffix}")

    def _named(self, suffix: str) -> str:
        name = f"{self.register}__{self.object.name}"
        room = _LONGEST_NAME - len(suffix)
        if len(name.encode()) > room:
            # Cut names would fall together: the checksum keeps them apart.
            mark = hashlib.sha256(name.encode()).hexdigest()[:8]
            name = name.encode()[: room - 9].decode(errors="ignore") + "_" + mark
        return name + suffix


def postgres_type(field: Field) -> str:
    """The type of a field's column."""
    return POSTGRES_TYPE[field.type]
