"""What every work on a list needs: the register, its database, the names of places, the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sogoc.clock import Clock
    from sogoc.contract.model import Register
    from sogoc.database.decisions.judgements import Standing
    from sogoc.errors import Sentence
    from sogoc.values.kinds import Kind
    from sogoc.worklists.connection import Connection
    from sogoc.worklists.place import UnitNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The parts of a node that worklists need. The caller holds the transaction."""

    connection: Connection
    register: Register
    units: UnitNames
    clock: Clock
    keeper: str = ""
    rules_version: str = ""
    flaw: Callable[[Kind, str], Sentence | None] = field(default=lambda _kind, _flaw: None)
    """In words, how a text of this kind could not be read."""
    is_number_of_somebody: Callable[[str], bool] = field(default=lambda _number: True)
    """Whether somebody of the population bears this personal number."""
    standing: Callable[[str], Sequence[Standing]] = field(default=lambda _name: ())
    """The judgements that count in an object."""
    kept: Callable[[int], Path | None] = field(default=lambda _delivery: None)
    """The file of a delivery, as it came."""
