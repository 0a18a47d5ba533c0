"""What reading one text gives: a value, or the way in which it could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` in standard form, or None with `flaw` (a code); both None: nothing was written.

    `proposal` is a value that a person may accept, given only where it is certain.
    """

    value: str | None = None
    flaw: str | None = None
    proposal: str | None = None


NOTHING = Reading()
