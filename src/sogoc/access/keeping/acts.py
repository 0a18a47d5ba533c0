"""Acts on the journal and on grants, as entries of the journal: the tree covers them too.

An act and its entry are one transaction, so there is no act without its entry and no entry of an
act that did not happen. An act is about nobody in particular; a number is never in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sogoc.access.entry import Entry

if TYPE_CHECKING:
    from datetime import datetime

OWN = "-"
"""The keeper itself, where no other member is concerned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, and when."""

    officer: str
    now: datetime
    member: str = OWN
    """The keeper's own subsystem, or the member that asks for something."""

    def entry(self, operation: str, **said: str) -> Entry:
        """The entry of an act."""
        return Entry(
            at=self.now,
            request_id=said.pop("request_id", "") or str(uuid4()),
            member=self.member,
            officer=self.officer,
            operation=operation,
            **said,  # type: ignore[arg-type]  # texts by name
        )
