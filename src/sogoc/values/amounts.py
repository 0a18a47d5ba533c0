"""Areas, money and plain numbers, in Vietnamese writing: 1.100,5 is one thousand one hundred and
a half. Where a dot or comma can mean two things, nobody guesses.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean, is_filler, lower

UNIT = " *(m2|m²|m 2|mét vuông|đồng|vnđ|vnd|đ|₫)\\.?$"
MACHINE = "^[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,2})?$"
"""How a number cell is written out: the dot is the decimal point."""
WHOLE = "^-?[0-9]+$"
GROUPED = "^-?[1-9][0-9]{0,2}(\\.[0-9]{3}){2,}$|^-?[1-9][0-9]{0,2}(,[0-9]{3}){2,}$"
VIETNAMESE = "^-?[1-9][0-9]{0,2}(\\.[0-9]{3})+,[0-9]+$"
ENGLISH = "^-?[1-9][0-9]{0,2}(,[0-9]{3})+\\.[0-9]+$"
AMBIGUOUS = "^-?[1-9][0-9]{0,2}[., ][0-9]{3}$"
"""1.100 and 1,100: a thousand and a hundred, or one and a tenth; 100 200: one number or two."""
ONE_GROUP = "^-?[1-9][0-9]{0,2}[.,][0-9]{3}$"
BLANK_GROUPS = "^-?[1-9][0-9]{0,2}(( [0-9]{3}){2,}|( [0-9]{3})+,[0-9]+)$"
FRACTION = "^-?[0-9]+[.,][0-9]+$"
SEVERAL = "[0-9] *[;+] *[0-9]"
WORDS = "triệu|trieu|tỷ|tỉ|nghìn|ngàn|sào|công|mẫu|ha$|hecta"
LONGEST = 40
"""Characters of a number that still makes sense."""
EXACT = 9 * 10**15
"""Below this every whole number has its own double: what a spreadsheet counts with."""

_UNIT, _MACHINE, _WHOLE = re.compile(UNIT), re.compile(MACHINE), re.compile(WHOLE)
_GROUPED, _VIETNAMESE = re.compile(GROUPED), re.compile(VIETNAMESE)
_ENGLISH, _AMBIGUOUS = re.compile(ENGLISH), re.compile(AMBIGUOUS)
_FRACTION, _SEVERAL, _WORDS = re.compile(FRACTION), re.compile(SEVERAL), re.compile(WORDS)
_BLANK_GROUPS, _ONE_GROUP = re.compile(BLANK_GROUPS), re.compile(ONE_GROUP)


def plain(text: str) -> str:
    """Lower case without unit and without blanks between groups of digits."""
    low = _UNIT.sub("", lower(clean(text)))
    return low.replace(" ", "") if _BLANK_GROUPS.search(low) else low


def decimal_text(number: str, cell: str) -> str | None:
    """The number with a point for its decimals, or None where it cannot be told.

    `1.100` alone is not told here: whole-number kinds know that it is a group, others do not.
    """
    if cell == "n" and _MACHINE.search(number):
        return number
    if _WHOLE.search(number):
        return number
    if _VIETNAMESE.search(number):
        return number.replace(".", "").replace(",", ".")
    if _GROUPED.search(number):
        return number.replace(".", "").replace(",", "")
    return _less_usual(number)


def _less_usual(number: str) -> str | None:
    if _ENGLISH.search(number):
        return number.replace(",", "")
    if _AMBIGUOUS.search(number):
        return None
    return number.replace(",", ".") if _FRACTION.search(number) else None


def within_bounds(number: str, bounds: tuple[float, float] | None) -> str | None:
    """Which of the two numbers 1.100 can be, where the contract's bounds leave only one.

    A latitude of 21.167 cannot be twenty-one thousand; an area of 1.100 can be either.
    """
    if bounds is None or not _ONE_GROUP.search(number):
        return None
    least, most = bounds
    ways = (number.replace(".", "").replace(",", ""), number.replace(",", "."))
    fitting = [way for way in ways if least <= float(way) <= most]
    return fitting[0] if len(fitting) == 1 else None


def _flaw(number: str) -> str:
    if is_filler(number):
        return "filler"
    if _AMBIGUOUS.search(number):
        return "ambiguous-separator"
    if _SEVERAL.search(number):
        return "several"
    return "words-in-number" if _WORDS.search(number) else "not-a-number"


def read_area(text: str, *, cell: str = "t", bounds: tuple[float, float] | None = None) -> Reading:
    """Square metres with two decimals, the third rounded half up."""
    if not clean(text):
        return NOTHING
    number = plain(text)
    told = decimal_text(number, cell) or within_bounds(number, bounds)
    if told is None:
        return Reading(flaw=_flaw(number))
    area = Decimal(told)
    if abs(area) >= EXACT or len(told) > LONGEST:
        return Reading(flaw="too-large")
    if area < 0:
        return Reading(flaw="negative")
    return Reading(value=str(abs(area.quantize(Decimal("0.01"), ROUND_HALF_UP))))


def read_whole(text: str, *, cell: str = "t") -> Reading:
    """A whole number, đồng among them: a dot before three digits can only be a group."""
    if not clean(text):
        return NOTHING
    number = plain(text)
    told = decimal_text(number, cell)
    if told is None and _ONE_GROUP.search(number):
        told = number.replace(".", "").replace(",", "")
    if told is None:
        return Reading(flaw=_flaw(number))
    if len(told) > LONGEST or abs(float(told)) >= EXACT:
        return Reading(flaw="too-large")
    whole = float(told)
    return Reading(value=str(int(whole))) if whole.is_integer() else Reading(flaw="fraction")


def read_number(
    text: str, *, cell: str = "t", bounds: tuple[float, float] | None = None
) -> Reading:
    """A number with any decimals."""
    if not clean(text):
        return NOTHING
    number = plain(text)
    told = decimal_text(number, cell) or within_bounds(number, bounds)
    if told is None:
        return Reading(flaw=_flaw(number))
    return Reading(flaw="too-large") if len(told) > LONGEST else Reading(value=repr(float(told)))
