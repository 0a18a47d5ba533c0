"""The personal number, the old card's number and the sex of a person.

Personal number: Decree 137/2015/NĐ-CP Art. 13, now under Law 26/2023/QH15 and Decree 70/2024.
Twelve digits and no check digit, so a wrong digit cannot be seen from the number alone:

    1-3   province or country where the birth was registered
    4     century and sex: 0 and 1 born 1900-1999 male and female, 2 and 3 2000-2099, and so on
    5-6   last two digits of the year of birth
    7-12  random
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean, is_filler, is_none, lower

_PROVINCES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 "
    "036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 "
    "074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096"
)
PROVINCES = tuple(_PROVINCES.split())
"""The 63 provinces before 1 July 2025, which stand in numbers for life. Countries have codes too,
of which no list is public: an unknown code is unknown, not wrong."""


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What a personal number says about its bearer: to compare, never to prove."""

    place: str
    province: str | None
    """Two-digit code of the province of birth registration before 1 July 2025, if it is one."""
    sex: str
    birth_year: int

    def contradicts_sex(self, sex: str | None) -> bool:
        """Whether the sex stated elsewhere is the other one; nothing stated contradicts nothing."""
        return sex is not None and sex != self.sex

    def contradicts_birth(self, born: str | None) -> bool:
        """Whether the year of a date with precision is another; the day is not in the number."""
        return born is not None and int(born[:4]) != self.birth_year


def facts(number: str) -> NumberFacts:
    """What the digits of a standard personal number say."""
    century_and_sex = int(number[3])
    return NumberFacts(
        place=number[:3],
        province=number[1:3] if number[:3] in PROVINCES else None,
        sex="nữ" if century_and_sex % 2 else "nam",
        birth_year=1900 + 100 * (century_and_sex // 2) + int(number[4:6]),
    )


PUNCTUATION = "[ .'’‘`,_–-]"
"""What people put between digits, and the apostrophe that keeps a spreadsheet from counting."""
DECIMAL_TAIL = "[.,]0+$"
"""`1085000002.0`: a number cell written out by a program."""
SEVERAL = "[0-9]{9,}[^0-9]+[0-9]{9,}"
PERSONAL = "^[0-9]{12}$"
OLD = "^[0-9]{9}$"
DIGITS = "^[0-9]+$"
ROUNDED = "^[0-9][.,]?[0-9]*[eE][+]?[0-9]+$"
"""`1.085E+09`: the spreadsheet kept the size and lost the digits."""
ONE_DIGIT = "^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"
TYPED_TO_PASS = ("123456789012", "012345678901", "001234567890", "123456789", "012345678")
BORN_AFTER_2099 = "^[0-9]{3}[4-9]"

_DECIMAL_TAIL = re.compile(DECIMAL_TAIL)
_PUNCTUATION = re.compile(PUNCTUATION)
_SEVERAL = re.compile(SEVERAL)
_PERSONAL = re.compile(PERSONAL)
_OLD = re.compile(OLD)
_DIGITS = re.compile(DIGITS)
_ROUNDED = re.compile(ROUNDED)
_ONE_DIGIT = re.compile(ONE_DIGIT)
_BORN_AFTER_2099 = re.compile(BORN_AFTER_2099)


def bare(text: str) -> str:
    """The digits without what people write between them."""
    return _PUNCTUATION.sub("", _DECIMAL_TAIL.sub("", clean(text)))


def unreadable(seen: str, digits: str) -> str | None:
    """The flaw that every number of digits shares, or None if only digits are left."""
    if is_none(seen):
        return "filler"
    if _SEVERAL.search(seen):
        return "several"
    if _ROUNDED.search(seen):
        return "rounded-by-spreadsheet"
    return None if _DIGITS.search(digits) else "not-digits"


def is_placeholder(digits: str) -> bool:
    """Whether the digits were typed to get past a form: one digit only, or 123456789."""
    return _ONE_DIGIT.search(digits) is not None or digits in TYPED_TO_PASS


def read(text: str, *, cell: str = "t") -> Reading:
    """The twelve digits. `cell` is the letter of the cell's type: only number cells lose zeros.

    A number cell with eleven digits (or ten, for provinces 001 to 008) lost leading zeros that
    can be told for certain, since every province code begins with 0: a proposal, not a repair.
    """
    seen = clean(text)
    digits = bare(text)
    if not seen:
        return NOTHING
    flaw = unreadable(seen, digits) or personal_flaw(digits, cell)
    if flaw is None:
        return Reading(value=digits)
    if flaw == "lost-leading-zero":
        return Reading(flaw=flaw, proposal=digits.rjust(12, "0"))
    return Reading(flaw=flaw)


def personal_flaw(digits: str, cell: str) -> str | None:
    """Why these digits are no personal number, or None."""
    if is_placeholder(digits):
        return "placeholder"
    if _PERSONAL.search(digits):
        return "impossible-century" if _BORN_AFTER_2099.search(digits) else None
    if _OLD.search(digits):
        return "old-number"
    padded = digits.rjust(12, "0")
    lost = cell == "n" and len(digits) in {10, 11} and padded[:3] in PROVINCES
    return "lost-leading-zero" if lost else "wrong-length"


def read_old(text: str, *, cell: str = "t") -> Reading:
    """The nine digits of the card used until 31 December 2024 (Law 26/2023/QH15 Art. 46).

    Not unique over time or province, so it never identifies by itself.
    """
    seen = clean(text)
    digits = bare(text)
    if not seen:
        return NOTHING
    flaw = unreadable(seen, digits) or _old_flaw(digits, cell)
    if flaw is None:
        return Reading(value=digits)
    if flaw == "lost-leading-zero":
        return Reading(flaw=flaw, proposal=digits.rjust(9, "0"))
    return Reading(flaw=flaw)


def _old_flaw(digits: str, cell: str) -> str | None:
    if is_placeholder(digits):
        return "placeholder"
    if _OLD.search(digits):
        return None
    if _PERSONAL.search(digits):
        return "new-number"
    lost = cell == "n" and len(digits) == 8  # noqa: PLR2004 - nine digits less one zero
    return "lost-leading-zero" if lost else "wrong-length"


MALE = ("nam", "nam giới", "nam gioi", "trai", "con trai", "male", "m", "ông", "đàn ông")
FEMALE = (
    "nữ",
    "nu",
    "nữ giới",
    "nu gioi",
    "gái",
    "con gái",
    "female",
    "f",
    "bà",
    "đàn bà",
    "phụ nữ",
)
NUMBERED = ("0", "1", "2", "9")


def read_sex(text: str) -> Reading:
    """`nam` or `nữ`. A bare 0, 1 or 2 means one thing in one system and another in the next."""
    word = lower(clean(text))
    if not word:
        return NOTHING
    if word in MALE:
        return Reading(value="nam")
    if word in FEMALE:
        return Reading(value="nữ")
    if word in NUMBERED:
        return Reading(flaw="number-for-sex")
    return Reading(flaw="filler" if is_filler(word) else "unknown-word")
