"""Reading and masking one value of any kind: the desk's door to this folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sogoc.values import amounts, dates, names, text
from sogoc.values.identifiers import contact, insurance, land, persons, tax
from sogoc.values.kinds import Kind
from sogoc.values.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN: dict[Kind, Callable[[str], Reading]] = {
    Kind.PERSON_NAME: names.read,
    Kind.PARTIAL_DATE: dates.read,
    Kind.SEX: persons.read_sex,
    Kind.ADDRESS: text.read_address,
    Kind.INSURANCE_CARD: insurance.read_card,
    Kind.LAND_CERTIFICATE: land.read_certificate,
    Kind.BOOK_ENTRY: land.read_book_entry,
    Kind.PARCEL_ID: land.read_parcel_id,
    Kind.MAP_SHEET: land.read_sheet_or_parcel,
    Kind.PARCEL_NUMBER: land.read_sheet_or_parcel,
    Kind.EMAIL: contact.read_email,
    Kind.TEXT: text.read,
    Kind.DATE: dates.read_day,
    Kind.TIMESTAMP: dates.read_moment,
    Kind.YES_NO: text.read_yes_no,
}


def _with_cell(kind: Kind, written: str, cell: str) -> Reading | None:
    """The kinds for which it matters that a spreadsheet counted with the value."""
    readers = {
        Kind.PERSONAL_ID: persons.read,
        Kind.OLD_ID: persons.read_old,
        Kind.TAX_CODE: tax.read,
        Kind.INSURANCE_NUMBER: insurance.read_number,
        Kind.PHONE: contact.read_phone,
        Kind.AREA: amounts.read_area,
        Kind.MONEY: amounts.read_whole,
        Kind.INTEGER: amounts.read_whole,
        Kind.NUMBER: amounts.read_number,
    }
    reader = readers.get(kind)
    return reader(written, cell=cell) if reader else None


READ_WITH_MORE = frozenset({Kind.CODE, Kind.COMMUNE, Kind.PROVINCE})
"""Kinds that one text alone does not tell: a code needs its list (`text.read_code`), a unit its
day (`sogoc.localities.places`)."""


def read(kind: Kind, written: str, *, cell: str = "t") -> Reading:
    """The value of one text. `cell` is the letter of its cell's type (`tables.naming.taken`).

    Raises KeyError for the kinds of READ_WITH_MORE.
    """
    if cell == "e":
        return Reading(flaw="error-cell")
    if cell == "f":
        return Reading(flaw="formula-without-value")
    return _with_cell(kind, written, cell) or _PLAIN[kind](written)


_SHOWN: dict[Kind, tuple[int, int]] = {
    Kind.PERSONAL_ID: (3, 3),
    Kind.OLD_ID: (0, 3),
    Kind.TAX_CODE: (0, 3),
    Kind.INSURANCE_CARD: (2, 3),
    Kind.INSURANCE_NUMBER: (0, 3),
    Kind.LAND_CERTIFICATE: (2, 3),
    Kind.PHONE: (3, 2),
    Kind.EMAIL: (1, 0),
    Kind.ADDRESS: (0, 0),
    Kind.PERSON_NAME: (0, 0),
    Kind.PARTIAL_DATE: (4, 0),
}
"""How many characters a page may show at the beginning and at the end to those who need not see
the whole; the kinds that identify nobody are shown whole."""


def masked(kind: Kind, value: str) -> str:
    """The value as a page shows it to who need not see it: enough to tell two apart at a desk."""
    if kind is Kind.PERSON_NAME:
        return " ".join(f"{part[0]}{'•' * 3}" for part in value.split())
    if kind is Kind.ADDRESS:
        return "•" * 6
    if kind is Kind.EMAIL:
        return re.sub("^(.)[^@]*", r"\1•••", value)
    if kind not in _SHOWN:
        return value
    first, last = _SHOWN[kind]
    hidden = max(len(value) - first - last, 3)
    return value[:first] + "•" * hidden + (value[-last:] if last else "")
