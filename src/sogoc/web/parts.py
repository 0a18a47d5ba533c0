"""What the pages are given: each part says what is needed of it, and no page gets more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sogoc.contract.model import Severity
from sogoc.worklists.place import UnitNames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from sogoc.clock import Clock
    from sogoc.contract.model import Register
    from sogoc.errors import Sentence
    from sogoc.values.kinds import Kind
    from sogoc.worklists.connection import Connection


class Contracts(Protocol):
    """The registers a node knows."""

    def register(self, register: str) -> Register:
        """The register of that id. Raises UnknownThing."""

    def registers(self) -> Iterable[Register]:
        """All of them."""


class Provinces(UnitNames, Protocol):
    """Names of units, and to which province each belongs."""

    def province_of(self, code: str, day: date) -> str | None:
        """Code of the province, None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNote:
    """What a page says of the rule file that a figure was computed by."""

    version: str
    source: str = ""
    checked_against_text: bool = False


def group_by_severity(register: Register) -> dict[str, int]:
    """Rule code -> group 2 for errors: what holds while no rule file says otherwise."""
    return {
        rule.code: 2
        for one in register.objects
        for rule in one.rules
        if rule.severity is Severity.ERROR
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The open parts of one node that the pages need."""

    open: Callable[[], AbstractContextManager[Connection]]
    """A connection for one page; its transaction ends with the page."""
    contracts: Contracts
    units: Provinces
    clock: Clock
    worklist_folder: Path
    keeper: str = ""
    groups: Callable[[Register], dict[str, int]] = field(default=group_by_severity)
    """Rule code -> group 2 or 3 that an open finding of it puts a record in."""
    rule_note: Callable[[str], RuleNote] = field(default=lambda version: RuleNote(version=version))
    """What is known of a rule file's version."""
    flaw: Callable[[Kind, str], Sentence | None] = field(default=lambda _kind, _flaw: None)
    """In words, how a text of this kind could not be read."""
