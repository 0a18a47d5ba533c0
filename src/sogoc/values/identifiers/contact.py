"""Telephone numbers and e-mail addresses.

Mobile numbers have ten digits since the change of prefixes of 15 September to 14 November 2018;
which carrier a prefix belongs to tells nothing any more, since numbers are carried over.
"""

from __future__ import annotations

import re

from sogoc.values.identifiers.persons import is_placeholder
from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean, is_none, lower

BETWEEN = "[ .()\\-–'’]"
COUNTRY = "^(\\+|00)?84(0?[2-9][0-9]{8,9})$"
TAIL = "\\.0+$"
MOBILE = "^0[35789][0-9]{8}$"
LANDLINE = "^02[0-9]{9}$"
OLD_MOBILE = "^01[0-9]{9}$"
WITHOUT_ZERO = "^[35789][0-9]{8}$"
SEVERAL = "[0-9]{8,} *[,;/&\\n-]+ *[+0-9][0-9. ]{6,}"
DIGITS = "^[+]?[0-9]+$"
PREFIXES = (
    ("0120", "070"),
    ("0121", "079"),
    ("0122", "077"),
    ("0126", "076"),
    ("0128", "078"),
    ("0123", "083"),
    ("0124", "084"),
    ("0125", "085"),
    ("0127", "081"),
    ("0129", "082"),
    ("0162", "032"),
    ("0163", "033"),
    ("0164", "034"),
    ("0165", "035"),
    ("0166", "036"),
    ("0167", "037"),
    ("0168", "038"),
    ("0169", "039"),
    ("0186", "056"),
    ("0188", "058"),
    ("0199", "059"),
)
"""Prefixes of eleven-digit mobile numbers until 2018 and what each became, digit for digit."""
_BETWEEN, _COUNTRY, _TAIL = re.compile(BETWEEN), re.compile(COUNTRY), re.compile(TAIL)
_MOBILE, _LANDLINE, _OLD_MOBILE = re.compile(MOBILE), re.compile(LANDLINE), re.compile(OLD_MOBILE)
_WITHOUT_ZERO, _SEVERAL, _DIGITS = re.compile(WITHOUT_ZERO), re.compile(SEVERAL), re.compile(DIGITS)
_NEW_PREFIX = dict(PREFIXES)


def dialled(text: str) -> str:
    """The digits as dialled inside the country: no signs between, 0 for +84."""
    digits = _BETWEEN.sub("", _TAIL.sub("", clean(text)))
    if found := _COUNTRY.search(digits):
        return "0" + found[2].removeprefix("0")
    return digits


def read_phone(text: str, *, cell: str = "t") -> Reading:
    """`0912345678`, or a landline with its area code. Eleven old digits get the new prefix
    proposed; a number cell without its 0 gets it back as a proposal.
    """
    seen = clean(text)
    if not seen:
        return NOTHING
    number = dialled(text)
    if is_none(seen):
        return Reading(flaw="filler")
    if is_placeholder(number):
        return Reading(flaw="placeholder")
    if _MOBILE.search(number) or _LANDLINE.search(number):
        return Reading(value=number)
    return _phone_flaw(seen, number, cell)


def _phone_flaw(seen: str, number: str, cell: str) -> Reading:
    if _SEVERAL.search(seen):
        return Reading(flaw="several")
    if not _DIGITS.search(number):
        return Reading(flaw="not-digits")
    new = _NEW_PREFIX.get(number[:4]) if _OLD_MOBILE.search(number) else None
    if new:
        return Reading(flaw="old-prefix", proposal=new + number[4:])
    if _WITHOUT_ZERO.search(number):
        return Reading(flaw="lost-leading-zero", proposal=f"0{number}" if cell == "n" else None)
    return Reading(flaw="not-a-phone-number")


ADDRESS = "^[A-Za-z0-9._%+'&=~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$"
SEVERAL_ADDRESSES = "@.*[ ,;/].*@"
_ADDRESS, _SEVERAL_ADDRESSES = re.compile(ADDRESS), re.compile(SEVERAL_ADDRESSES)
_MARKS = re.compile("[À-ỹ]")


def read_email(text: str) -> Reading:
    """One address in lower case: no mail service of the country tells capitals apart."""
    seen = clean(text)
    if not seen:
        return NOTHING
    if is_none(seen):
        return Reading(flaw="filler")
    if _ADDRESS.search(seen):
        return Reading(value=lower(seen))
    return Reading(flaw=_email_flaw(seen))


def _email_flaw(seen: str) -> str:
    if "@" not in seen:
        return "no-at-sign"
    if _SEVERAL_ADDRESSES.search(seen):
        return "several"
    return "marks-in-address" if _MARKS.search(seen) else "wrong-form"
