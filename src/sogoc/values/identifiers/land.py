"""What a land book is found by: certificate, book entry, map sheet, parcel, parcel id.

Certificate serial: two letters and eight digits since 1 August 2024 (Circular 10/2024/TT-BTNMT),
two letters and six before, one letter and six in the oldest. The parcel id is twelve characters
whose alphabet is not public: only the length is asked (plan 515/KH-BCA-BNN&MT of 2025).
"""

from __future__ import annotations

import re

from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean, is_none

GAPS = "[ .\\-–_]"
SERIAL = "^([A-ZĐ]{2}[0-9]{8}|[A-ZĐ]{1,2}[0-9]{6})$"
SERIAL_PARTS = "^([A-ZĐ]+)([0-9]+)$"
SEVERAL_SERIALS = "[A-ZĐ]{1,2} ?[0-9]{6,8}[^0-9]+[A-ZĐ]{1,2} ?[0-9]{6,8}"
LETTERS_AND_DIGITS = "^[A-ZĐ]{1,2}[0-9]+$"
ONLY_DIGITS = "^[0-9]+$"
_GAPS, _SERIAL, _PARTS = re.compile(GAPS), re.compile(SERIAL), re.compile(SERIAL_PARTS)
_SEVERAL_SERIALS = re.compile(SEVERAL_SERIALS)
_LETTERS_AND_DIGITS, _ONLY_DIGITS = re.compile(LETTERS_AND_DIGITS), re.compile(ONLY_DIGITS)


def upper(text: str) -> str:
    """Upper case letter by letter, as SQL engines do it."""
    return "".join(_UPPER_ALONE.get(letter) or _upper(letter) for letter in text)


_UPPER_ALONE = {"ß": "ẞ"}


def _upper(letter: str) -> str:
    return letter.upper() if len(letter.upper()) == 1 else letter


def read_certificate(text: str) -> Reading:
    """Letters, a blank, digits: `AA 00476432`."""
    seen = upper(clean(text))
    if not seen:
        return NOTHING
    if is_none(seen):
        return Reading(flaw="filler")
    serial = _GAPS.sub("", seen)
    if _SERIAL.search(serial):
        return Reading(value=_PARTS.sub(r"\1 \2", serial))
    return Reading(flaw=_certificate_flaw(seen, serial))


def _certificate_flaw(seen: str, serial: str) -> str:
    if _SEVERAL_SERIALS.search(seen):
        return "several"
    if _ONLY_DIGITS.search(serial):
        return "no-letters"
    return "wrong-length" if _LETTERS_AND_DIGITS.search(serial) else "wrong-form"


ENTRY = "^([A-ZĐ]{1,3})[ .\\-:]*([0-9]+)$"
_ENTRY = re.compile(ENTRY)
_DIGIT = re.compile("[0-9]")


def read_book_entry(text: str) -> Reading:
    """`CS 01234`; other offices' forms are kept in capitals, since no list of them is public."""
    seen = upper(clean(text))
    if not seen:
        return NOTHING
    if is_none(seen):
        return Reading(flaw="filler")
    if not _DIGIT.search(seen):
        return Reading(flaw="no-digits")
    return Reading(value=_ENTRY.sub(r"\1 \2", seen))


PLACE_LENGTH = 12


def read_parcel_id(text: str) -> Reading:
    """Twelve characters, kept as written but for blanks between them."""
    seen = clean(text)
    if not seen:
        return NOTHING
    if is_none(seen):
        return Reading(flaw="filler")
    place = seen.replace(" ", "")
    return Reading(value=place) if len(place) == PLACE_LENGTH else Reading(flaw="wrong-length")


WHOLE = "^0*([1-9][0-9]{0,5})([.,]0+)?$"
SEVERAL_WHOLES = "^[0-9]+( *[,;+&/-] *[0-9]+)+$"
ZERO = "^0+([.,]0+)?$"
_WHOLE, _SEVERAL_WHOLES, _ZERO = re.compile(WHOLE), re.compile(SEVERAL_WHOLES), re.compile(ZERO)


def read_sheet_or_parcel(text: str) -> Reading:
    """The number of a map sheet or of a parcel on it, 1 to 999999; `012` and `12.0` are 12.

    `12a`, `DC12` and `12 (BĐ 299)` belong to other maps: kept as a flaw, for a person to place.
    """
    seen = clean(text)
    if not seen:
        return NOTHING
    if whole := _WHOLE.search(seen):
        return Reading(value=whole[1])
    if _ZERO.search(seen):
        return Reading(flaw="zero")
    if is_none(seen):
        return Reading(flaw="filler")
    return Reading(flaw="several" if _SEVERAL_WHOLES.search(seen) else "not-a-whole-number")
