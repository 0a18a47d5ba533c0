"""Online verification by the lawful triple: number, name and date of birth.

The same outcomes as linking gives, from the number alone: nobody is searched for by name. What the
triple says is compared with the bearer of the number; a name is equal only if its marks are; a date
agrees if what both sides know agrees. Granted fields go out only where all three agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.values import dates, names
from sogoc.values.dates import PartialDate
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from collections.abc import Mapping

VERIFIED, DIFFERS, MISMATCH = "verified", "differs", "mismatch"
NOT_FOUND, DECEASED, NEEDS_A_PERSON = "not_found", "deceased", "needs_a_person"


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


def triple_from(told: Mapping[str, object]) -> Triple | None:
    """The triple of a question, in standard form; None if one of the three is not there to read."""
    number = persons.read(str(told.get("number") or ""))
    name = names.read(str(told.get("name") or ""))
    born = dates.read(str(told.get("born") or ""))
    if not (number.value and name.value and born.value):
        return None
    return Triple(number=number.value, name=name.value, born=born.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What the population register says of the one who bears the number."""

    name: str
    born: str
    died: str = ""


def compare(triple: Triple, bearers: list[Bearer]) -> Outcome:
    """The outcome for those who bear the number: none, one, or by mistake several."""
    if len(bearers) != 1:
        return Outcome(outcome=NEEDS_A_PERSON if bearers else NOT_FOUND)
    bearer = bearers[0]
    exact = names.same(triple.name, bearer.name)
    folded = names.folded(triple.name) == names.folded(bearer.name)
    born = bool(bearer.born) and PartialDate.of(triple.born).may_equal(PartialDate.of(bearer.born))
    if exact and born:
        return Outcome(outcome=DECEASED if bearer.died else VERIFIED, released=True)
    if not folded and not (born and _shares_a_part(triple.name, bearer.name)):
        # Another name on the same day: a twin's number, or a name changed since.
        return Outcome(outcome=NEEDS_A_PERSON if born else MISMATCH)
    said = (
        ("name", not folded),
        ("name.marks", folded and not exact),
        ("born", not born),
    )
    return Outcome(outcome=DIFFERS, differs=tuple(name for name, there in said if there))


def _shares_a_part(one: str, other: str) -> bool:
    """Whether surname and given name agree, the middle aside: one was left out or is an initial."""
    first, second = names.folded(one).split(), names.folded(other).split()
    return (first[0], first[-1]) == (second[0], second[-1])
