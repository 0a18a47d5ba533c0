"""Online verification by the lawful triple: number, name and date of birth.

The same outcomes as linking gives, from the number alone: nobody is searched for by name. What the
triple says is compared with the bearer of the number; a name is equal only if its marks are; a date
agrees if what both sides know agrees. Granted fields go out only where all three agree.

| outcome | when |
|---|---|
| `verified` | the one bearer of the number has that name, marks included, and that date |
| `deceased` | the same, or but for marks of the name, and the register records the death |
| `differs` | the right person; `differs` says what is not as in the register |
| `mismatch` | the number is somebody else's |
| `not_found` | nobody bears the number |
| `ambiguous` | several bear it |
| `needs_a_person` | another name on the same day: a twin's number, or a name changed since |
| `unreadable` | one of the three cannot be read as what it should be |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.values import dates, names
from sogoc.values.dates import PartialDate
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from collections.abc import Mapping

VERIFIED, DIFFERS, MISMATCH = "verified", "differs", "mismatch"
NOT_FOUND, DECEASED, NEEDS_A_PERSON = "not_found", "deceased", "needs_a_person"
AMBIGUOUS = "ambiguous"

_STANDARD_NUMBER = re.compile(r"[0-9]{12}")
_STANDARD_DATE = re.compile(
    "(?:18|19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?"
    "|(?:18|19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
"""Dates that need no reading: in standard form, and a day that the month has in every year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triple:
    """What the asker knows: as it was written, in standard form once read."""

    number: str
    name: str
    born: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the comparison says, and what differs: `name`, `name.marks`, `born`."""

    outcome: str
    differs: tuple[str, ...] = ()
    released: bool = False
    """Whether granted fields may go out: all three agree."""


def triple_from(told: Mapping[str, str]) -> Triple | None:
    """The triple of a question, in standard form; None if one of the three is not there to read.

    The number is the personal one, or the old card's of nine digits where there is none yet.
    """
    given = told["number"]
    number = persons.read(given).value or persons.read_old(given).value
    name = names.read(told["name"]).value
    born = _born(told["born"])
    if not (number and name and born):
        return None
    return Triple(number=number, name=name, born=born)


def as_given(told: Mapping[str, str]) -> Triple | None:
    """The triple as it stands, if number and date are in standard form already; None if not.

    Nine of ten questions come so, and need no more where the register holds the same name letter by
    letter. Whatever else is said of such a triple is said of `triple_from` of it.
    """
    number, name, born = told["number"], told["name"], told["born"]
    if name and _STANDARD_NUMBER.fullmatch(number) and _STANDARD_DATE.fullmatch(born):
        return Triple(number=number, name=name, born=born)
    return None


def _born(text: str) -> str | None:
    return text if _STANDARD_DATE.fullmatch(text) else dates.read(text).value


_AGREES = Outcome(outcome=VERIFIED, released=True)
"""What there is to say of nine in ten, letter by letter the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What the population register says of the one who bears the number."""

    name: str
    born: str
    died: str = ""


def compare(triple: Triple, bearers: list[Bearer]) -> Outcome:
    """The outcome for those who bear the number: none, one, or by mistake several."""
    if len(bearers) != 1:
        return Outcome(outcome=AMBIGUOUS if bearers else NOT_FOUND)
    bearer = bearers[0]
    if (triple.name, triple.born, "") == (bearer.name, bearer.born, bearer.died):
        return _AGREES
    return _compared(triple, bearer)


def _compared(triple: Triple, bearer: Bearer) -> Outcome:
    exact = triple.name == bearer.name or names.same(triple.name, bearer.name)
    born = _may_be(triple.born, bearer.born)
    if exact and born:
        return Outcome(outcome=DECEASED if bearer.died else VERIFIED, released=True)
    folded = exact or names.folded(triple.name) == names.folded(bearer.name)
    if folded and born and bearer.died:
        return Outcome(outcome=DECEASED, differs=("name.marks",))
    if not folded and not (born and _shares_a_part(triple.name, bearer.name)):
        # Another name on the same day: a twin's number, or a name changed since.
        return Outcome(outcome=NEEDS_A_PERSON if born else MISMATCH)
    said = (
        ("name", not folded),
        ("name.marks", folded and not exact),
        ("born", not born),
    )
    return Outcome(outcome=DIFFERS, differs=tuple(name for name, there in said if there))


def _may_be(one: str, other: str) -> bool:
    if one == other:
        return True
    return bool(other) and PartialDate.of(one).may_equal(PartialDate.of(other))


def _shares_a_part(one: str, other: str) -> bool:
    """Whether surname and given name agree, the middle aside: one was left out or is an initial."""
    first, second = names.folded(one).split(), names.folded(other).split()
    return (first[0], first[-1]) == (second[0], second[-1])
