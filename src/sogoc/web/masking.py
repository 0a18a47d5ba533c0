"""Personal values on lists: enough to tell two rows apart, too little to know a person.

A list is seen over a shoulder and stays on a screen; the record page shows values in full,
because that is where an officer works on one matter. Each kind has one masked form.
"""

from __future__ import annotations

from sogoc.values.kinds import Kind

SHOWN_LAST = 3
"""Digits left of a number: what an officer compares with the paper at hand."""

_NUMBERS = {
    Kind.PERSONAL_ID,
    Kind.OLD_ID,
    Kind.TAX_CODE,
    Kind.INSURANCE_CARD,
    Kind.INSURANCE_NUMBER,
    Kind.PHONE,
}


def masked(kind: Kind, text: str) -> str:
    """The text as a list may show it: numbers by their last digits, names by initials."""
    if kind in _NUMBERS:
        return "•••" + text[-SHOWN_LAST:] if len(text) > 2 * SHOWN_LAST else "•••"
    if kind is Kind.PERSON_NAME:
        return " ".join(f"{word[0]}." for word in text.split())
    if kind is Kind.PARTIAL_DATE:
        return _year(text)
    if kind in {Kind.EMAIL, Kind.ADDRESS}:
        return "•••"
    return text


def _year(text: str) -> str:
    """The year alone, from ISO text or from the way forms write a date."""
    parts = text.replace("/", "-").replace(".", "-").split("-")
    return next((part for part in parts if len(part) == len("2000") and part.isdigit()), "•••")
