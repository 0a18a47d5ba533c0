"""Health-insurance cards (Decision 1351/QĐ-BHXH) and social-insurance numbers.

Since 1 August 2025 the personal number serves as the social-insurance number, and most places
take it instead of the card: twelve digits are read in both.
"""

from __future__ import annotations

import re

from sogoc.values.identifiers.persons import (
    PUNCTUATION,
    SEVERAL,
    bare,
    is_placeholder,
    personal_flaw,
    unreadable,
)
from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean, is_none

CARD = "^[A-Z]{2}[1-5][0-9]{12}$"
"""Group, level of benefit, province, social-insurance number."""
CARD_BUT_LEVEL = "^[A-Z]{2}[06-9][0-9]{12}$"
CARD_IN_LINE = "^[A-Za-z]{2}[1-5][0-9]{12}$"
NUMBER = "^[0-9]{10}$"
TWELVE = "^[0-9]{12}$"
NINE = "^[1-9][0-9]{8}$"
_PUNCTUATION, _SEVERAL = re.compile(PUNCTUATION), re.compile(SEVERAL)
_CARD, _CARD_BUT_LEVEL = re.compile(CARD), re.compile(CARD_BUT_LEVEL)
_CARD_IN_LINE = re.compile(CARD_IN_LINE)
_NUMBER, _TWELVE, _NINE = re.compile(NUMBER), re.compile(TWELVE), re.compile(NINE)


def read_card(text: str) -> Reading:
    """Fifteen characters, `DN4010123456789`; or the personal number that serves instead."""
    seen = clean(text)
    if not seen:
        return NOTHING
    if is_none(seen):
        return Reading(flaw="filler")
    card = _PUNCTUATION.sub("", seen).upper()
    flaw = _card_flaw(seen, card)
    return Reading(flaw=flaw) if flaw else Reading(value=card)


def _card_flaw(seen: str, card: str) -> str | None:
    if _CARD.search(card):
        return None
    if _TWELVE.search(card):
        return personal_flaw(card, "t")
    if _NUMBER.search(card):
        return "number-without-card"
    if _SEVERAL.search(seen):
        return "several"
    return "benefit-level" if _CARD_BUT_LEVEL.search(card) else "wrong-form"


def read_number(text: str, *, cell: str = "t") -> Reading:
    """Ten digits, or the personal number. A whole card holds the number in its last ten digits."""
    seen = clean(text)
    digits = bare(text)
    if not seen:
        return NOTHING
    if _CARD_IN_LINE.search(digits):
        return Reading(flaw="card-instead", proposal=digits[5:])
    flaw = unreadable(seen, digits) or _number_flaw(digits, cell)
    if flaw == "lost-leading-zero":
        return Reading(flaw=flaw, proposal=f"0{digits}")
    return Reading(flaw=flaw) if flaw else Reading(value=digits)


def _number_flaw(digits: str, cell: str) -> str | None:
    if is_placeholder(digits):
        return "placeholder"
    if _NUMBER.search(digits):
        return None
    if _TWELVE.search(digits):
        return personal_flaw(digits, cell)
    return "lost-leading-zero" if cell == "n" and _NINE.search(digits) else "wrong-length"
