"""Reading what stands in a cell for a commune or a province: a code, a name or a whole address.

Several candidates or none make a flaw and are left to a person; nothing is chosen by default, and
a code is never rewritten: what it is today stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.localities.address import Address, read_address
from sogoc.localities.units import OLDER_COMMUNES
from sogoc.values.text import clean, is_none

if TYPE_CHECKING:
    from datetime import date

    from sogoc.localities.units import Units

_LENGTH = {"province": 2, "commune": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A locality as read: `code` as written, `candidates` and `now` by the newest map."""

    code: str | None = None
    flaw: str | None = None
    proposal: str | None = None
    now: str | None = None
    """The unit of today, None where several are possible."""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in a record about a place."""

    text: str
    level: str
    """`commune` or `province`: what the field should hold."""
    day: date
    """When it was written."""
    province: str = ""
    """Text of the record's province field, if it has one: a code or a name."""
    cell: str = "t"
    """Letter of the cell's type: a number cell loses zeros."""


def read_place(written: Written, units: Units) -> Place:
    """The unit that is meant, if it can be told for certain."""
    text = clean(written.text).removesuffix(".0")
    if not text:
        return Place()
    if is_none(text):
        return Place(flaw="filler")
    return _by_code(text, written, units) if text.isdigit() else _by_name(text, written, units)


def _by_code(text: str, written: Written, units: Units) -> Place:
    unit = units.unit(text, written.day)
    if unit is not None and unit.level == written.level:
        return _certain(text, units, written.day)
    length = _LENGTH[written.level]
    padded = text.rjust(length, "0")
    if written.cell == "n" and len(text) < length and units.unit(padded, written.day):
        return Place(
            flaw="lost-leading-zero",
            proposal=padded,
            candidates=_today([padded], units, written.day),
        )
    return _strange_code(text, written, units)


def _strange_code(text: str, written: Written, units: Units) -> Place:
    """A code that is no unit of the level on the day: say as what it is known."""
    if unit := units.unit(text, written.day):
        return Place(flaw=f"code-of-a-{unit.level}")
    eras = _eras_of(text, written.level, units)
    if eras:
        return _out_of_force(text, written.day, units, eras=eras)
    if text in OLDER_COMMUNES:
        return Place(flaw="older-than-the-list")
    return Place(flaw="unknown-code" if len(text) == _LENGTH[written.level] else "wrong-length")


def _eras_of(code: str, level: str, units: Units) -> list[date]:
    """The spans in which the code is a unit of the level, each by one of its days."""
    found = ((era, units.unit(code, era)) for era in units.eras())
    return [era for era, unit in found if unit is not None and unit.level == level]


def _out_of_force(code: str, day: date, units: Units, *, eras: list[date]) -> Place:
    """A unit of another time. One meaning that went over whole tells where the record is today.

    The code of a unit abolished before the day may be written anew; one that came later is no
    correction: then the day is in doubt.
    """
    newest = units.eras()[-1]
    meanings = {units.read_forward(code, era, newest) for era in eras}
    today = tuple(sorted({now for meaning in meanings for now in meaning.codes}))
    sure = len(meanings) == 1 and meanings.pop().certain
    then = units.read_forward(code, eras[-1], day)
    proposal = then.codes[0] if sure and eras[-1] < day and then.certain else None
    return Place(
        flaw="not-in-force",
        proposal=proposal,
        now=today[0] if sure else None,
        candidates=today,
    )


def _certain(code: str, units: Units, day: date) -> Place:
    forward = units.read_forward(code, day, units.eras()[-1])
    return Place(
        code=code, now=forward.codes[0] if forward.certain else None, candidates=forward.codes
    )


def _today(codes: list[str], units: Units, day: date) -> tuple[str, ...]:
    """Today's units that these may have become."""
    return tuple(
        sorted(
            {now for code in codes for now in units.read_forward(code, day, units.eras()[-1]).codes}
        )
    )


def _by_name(text: str, written: Written, units: Units) -> Place:
    if written.level == "province":
        return _province(text, written, units)
    address = read_address(text, units, written.day, province=written.province)
    return _commune(address, written, units)


def _province(text: str, written: Written, units: Units) -> Place:
    found = units.find(text, level="province", day=written.day)
    if len(found) == 1:
        return _certain(found[0], units, written.day)
    folded = units.find_folded(text, level="province", day=written.day)
    if len(folded) == 1:
        today = _today(folded, units, written.day)
        return Place(flaw="marks-lost", proposal=folded[0], candidates=today)
    for era in units.eras():
        if other := units.find(text, level="province", day=era):
            return Place(flaw="not-in-force", candidates=_today(other, units, era))
    return Place(flaw="unknown-name")


def _commune(address: Address, written: Written, units: Units) -> Place:
    if len(address.communes) == 1:
        return _one_commune(address, written, units)
    if address.communes:
        today = _today(list(address.communes), units, address.day)
        return Place(flaw="ambiguous-name", candidates=today)
    if address.district:
        today = _today([address.district], units, address.day)
        return Place(flaw="no-commune-in-district", candidates=today)
    return Place(flaw="unknown-name")


def _one_commune(address: Address, written: Written, units: Units) -> Place:
    (code,) = address.communes
    today = _today([code], units, address.day)
    if address.day != written.day and not _same_map(units, address.day, written.day):
        whole = units.read_forward(code, address.day, units.eras()[-1])
        # Words written before a map was drawn do not mean its units.
        sure = whole.certain and address.day < written.day and address.exact
        code_now = whole.codes[0] if sure else None
        return Place(flaw="not-in-force", proposal=code_now, now=code_now, candidates=today)
    if not address.exact:
        return Place(flaw="marks-lost", proposal=code, candidates=today)
    return _certain(code, units, written.day)


def _same_map(units: Units, one: date, other: date) -> bool:
    return era_of(units, one) == era_of(units, other)


def era_of(units: Units, day: date) -> int:
    """How many times the map had changed by that day: between changes a code means one thing."""
    return sum(change <= day for change in units.change_days)
