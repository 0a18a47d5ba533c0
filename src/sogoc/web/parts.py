"""What the pages are given: each part says what is needed of it, and no page gets more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import Sentence, UnknownThing
from sogoc.link.policy import shipped_policy
from sogoc.worklists.place import UnitNames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from sogoc.clock import Clock
    from sogoc.contract.model import Register
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts as NodeParts
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
class GroupLine:
    """One line of the table of groups in a rule file: the first that is true decides.

    `when` is a condition over counts of the record: errors, warnings, missing, required,
    key_errors, unverified.
    """

    group: int
    reason: str
    when: str
    sentence: Sentence


PLAIN_GROUPS = (
    GroupLine(
        group=2,
        reason="errors",
        when="errors > 0",
        sentence=Sentence("Có lỗi cần sửa hoặc bổ sung", "It has errors to mend or gaps to fill"),
    ),
    GroupLine(group=1, reason="clean", when="true", sentence=Sentence("Không có lỗi", "No errors")),
)
"""What holds while no rule file says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNote:
    """What the pages say and use of the rule file that a figure was computed by."""

    version: str
    source: str = ""
    checked_against_text: bool = False
    groups: tuple[GroupLine, ...] = PLAIN_GROUPS

    def reason(self, code: str) -> Sentence:
        """Why a record is in its group, in words."""
        found = (line.sentence for line in self.groups if line.reason == code)
        return next(found, Sentence(code, code))


def no_work() -> AbstractContextManager[NodeParts]:
    """For pages that only show."""
    raise UnknownThing(
        Sentence(
            "Trang này chỉ để xem; hãy dùng lệnh sogoc worklist.",
            "These pages only show; use the command sogoc worklist.",
        )
    )


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
    work: Callable[[], AbstractContextManager[NodeParts]] = field(default=no_work)
    """The node's parts over a connection of their own, for what changes something."""
    officer: str = ""
    """Who works at this machine, as it knows them."""
    rule_note: Callable[[str], RuleNote] = field(default=lambda version: RuleNote(version=version))
    """What is known of a rule file by its version."""
    flaw: Callable[[Kind, str], Sentence | None] = field(default=lambda _kind, _flaw: None)
    """In words, how a text of this kind could not be read."""
    policy: Callable[[], Policy] = field(default=shipped_policy)
    """By what persons are linked: it has the words of evidence."""
