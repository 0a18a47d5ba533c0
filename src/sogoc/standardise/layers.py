"""One SELECT that reads an object's fields, layer by layer: seen, core, flaw, value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.standardise.kinds import LOCALITIES, reading_of
from sogoc.standardise.reading import TYPES, Column, clean
from sogoc.tables import naming
from sogoc.tables.engine import quoted
from sogoc.values.kinds import Kind
from sogoc.values.sql import earliest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.contract.model import Field, RegisterObject
    from sogoc.standardise.reading import Reading

KEPT = ("_row", "_sheet", "_line", "_part", TYPES)
STRANGE_CELL = quoted("~strange")
"""Whether any cell of the record is an error or an uncalculated formula: asked once a record."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The fields of one object that a SELECT reads; localities stand as `seen` until joined."""

    object: RegisterObject
    fields: tuple[Field, ...]

    def column(self, field: Field) -> Column:
        """The names of one field in the layers."""
        return Column(field.name, self.object.fields.index(field) + 1)

    @property
    def plain(self) -> list[Reading]:
        """How the fields that need no day are read."""
        return [
            reading_of(field, self.column(field))
            for field in self.fields
            if field.kind not in LOCALITIES
        ]

    @property
    def places(self) -> list[Column]:
        """The fields that need a day."""
        return [self.column(field) for field in self.fields if field.kind in LOCALITIES]

    def ctes(self) -> str:
        """`with ... , read as (...)`: below it stands a SELECT from `read`."""
        kept = ", ".join(quoted(name) for name in KEPT)
        strange = f"regexp_matches({quoted(TYPES)}, '[ef]') as {STRANGE_CELL}"
        plain = self.plain
        columns = [reading.column for reading in plain] + self.places
        texts = [column.text for column in columns]
        seen = [f"{one.seen} as {one.column.seen}" for one in plain]
        seen += [
            f"{_place_text(field)} as {self.column(field).seen}"
            for field in self.fields
            if field.kind in LOCALITIES
        ]
        core = [f"{one.core} as {one.column.core}" for one in plain]
        flaws = [f"{_flaw(one)} as {one.column.flaw}" for one in plain]
        found = [f"({_looked_up(one)}) as {quoted(one.column.field + '~found')}" for one in plain]
        listed = [one for one in found if one[:2] != "()"]
        joins = " ".join(one.join for one in plain if one.join)
        source = quoted(naming.taken(self.object.name))
        return (
            f"with seen as (select {_comma([kept, strange, *texts, *seen])} from {source}), "
            f"core as (select {_comma(['*', *core])} from seen), "
            f"read as (select {_comma(['core.*', *flaws, *listed])} from core {joins})"
        )


def _comma(parts: Sequence[str]) -> str:
    return ", ".join(parts)


def _place_text(field: Field) -> str:
    """What is written for a place: in its own cell, else in the columns of the address."""
    own = clean(quoted(field.name))
    if not field.derived_from:
        return own
    parts = ", ".join(f"nullif({quoted(name)}, '')" for name in field.derived_from)
    words = f"concat_ws(', ', {parts})"
    return f"coalesce({own}, {clean(words)})"


def _looked_up(reading: Reading) -> str:
    """The value that a joined list gives, kept for the last layer; nothing for other kinds."""
    return reading.value if reading.join else ""


def value_of(reading: Reading) -> str:
    """The value in the last layer."""
    return quoted(f"{reading.column.field}~found") if reading.join else reading.value


def _flaw(reading: Reading) -> str:
    return strange_or(reading.column, reading.flaw)


def strange_or(column: Column, flaw: str) -> str:
    """What the cell's type says outranks what its text says: `#N/A` is an error, not a word."""
    return (
        f"case when {STRANGE_CELL} and {column.cell} = 'e' then 'error-cell' "
        f"when {STRANGE_CELL} and {column.cell} = 'f' then 'formula-without-value' "
        f"else {flaw} end"
    )


def standard_columns(reading: Reading) -> list[str]:
    """The four columns of a field that is no locality."""
    column = reading.column
    name = column.field
    proposal = f"case when {column.flaw} is not null then {reading.proposal} end"
    return [
        f"case when {column.flaw} is null then {value_of(reading)} end as {quoted(name)}",
        f"case when {column.seen} is not null then {column.text} end as {quoted(naming.raw(name))}",
        f"{column.flaw} as {quoted(naming.flaw(name))}",
        f"{proposal} as {quoted(naming.proposal(name))}",
    ]


def day_of(field: Field, reading: Reading) -> str:
    """The day, as DATE, that a field read in `read` means; NULL if it means none."""
    value = f"case when {reading.column.flaw} is null then {value_of(reading)} end"
    if field.kind is Kind.PARTIAL_DATE:
        return earliest(f"({value})")
    return f"try_cast(({value}) as date)"
