"""Who may look for whom: for oneself; for one's child until it is of age; for an adult under care.

That somebody is a parent is proven from a register of this node that has it - population or civil
status; then what the asking member says of it is not needed. A node without such a register goes by
the ground that the asking member names, which stands in the journal under its signature. A child is
of age by its date of birth where a register knows it, else by the year in its number: then from the
first day of the year in which it comes of age, so that the doubt is the child's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import Sentence
from sogoc.values.dates import PartialDate
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from datetime import date

    from sogoc.exchange.usage.asked import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What a register says of somebody as a child."""

    born: str
    """A date with precision; empty if not known."""
    parents: frozenset[str]
    """Numbers of father and mother, as far as they are known."""
    source: str
    """The register that says so."""


class Kin(Protocol):
    """Where it stands who is whose child.

    Promise: what several records say is given for each record, and nothing is made up.
    """

    def child(self, number: str) -> list[Child]:
        """What the registers of this node say; empty if they know nobody of that number."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody may look, and on which ground it stands in the journal."""

    acting: str = ""
    refusal: Sentence | None = None


def standing(wanted: Wanted, signed_in: str, kin: Kin, *, today: date, of_age: int) -> Standing:
    """Whether whoever is signed in may look at the entries about `wanted.subject`."""
    if not signed_in:
        return Standing(refusal=_NOBODY)
    if signed_in == wanted.subject:
        return Standing()
    told = kin.child(wanted.subject)
    if _is_child(wanted.subject, told, today=today, of_age=of_age):
        return _for_a_child(wanted, signed_in, told)
    if not wanted.ground:
        return Standing(refusal=_OF_AGE)
    return Standing(acting=f"adult: {wanted.ground}")


def _for_a_child(wanted: Wanted, signed_in: str, told: list[Child]) -> Standing:
    proven = next((one.source for one in told if signed_in in one.parents), "")
    if proven:
        return Standing(acting=f"parent: {proven}")
    if not wanted.ground:
        return Standing(refusal=_NO_PARENT)
    # Where a register knows the parents and this is none of them, only a guardian is left.
    known = any(one.parents for one in told)
    who = "guardian" if known else "parent or guardian"
    return Standing(acting=f"{who}, says the asking member: {wanted.ground}")


def _is_child(subject: str, told: list[Child], *, today: date, of_age: int) -> bool:
    """Whether the subject is not yet of age on that day; in doubt it is."""
    dates = [PartialDate.of(one.born) for one in told if one.born]
    exact = [one for one in dates if one.month and one.day]
    if exact:
        return all(not _reached(one, of_age, today) for one in exact)
    years = [one.year for one in dates] or [persons.facts(subject).birth_year]
    return all(today.year - year < of_age for year in years)


def _reached(born: PartialDate, age: int, today: date) -> bool:
    return (born.year + age, born.month or 1, born.day or 1) <= (
        today.year,
        today.month,
        today.day,
    )


_NOBODY = Sentence(
    vi="X-Road-UserId phải là công dân đã đăng nhập: VN và 12 số định danh.",
    en="X-Road-UserId must be the citizen who is signed in: VN and twelve digits.",
)
_OF_AGE = Sentence(
    vi="Người này đã đủ tuổi: chỉ chính họ xem được, hoặc người giám hộ nêu căn cứ (ground).",
    en="This person is of age: they look themselves, or a guardian names the ground of it.",
)
_NO_PARENT = Sentence(
    vi="Cơ sở dữ liệu không ghi người đăng nhập là cha hoặc mẹ; người giám hộ cần nêu căn cứ "
    "(ground).",
    en="No register has whoever is signed in as a parent; a guardian names the ground of it.",
)
