"""Which SQL reads which kind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sogoc.standardise import measures, numbers, words
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.contract.model import Field
    from sogoc.standardise.reading import Column, Reading

LOCALITIES = frozenset({Kind.COMMUNE, Kind.PROVINCE})
"""Kinds read together with a day: see `places`."""

READINGS: dict[Kind, Callable[[Column], Reading]] = {
    Kind.PERSONAL_ID: numbers.personal,
    Kind.OLD_ID: numbers.old,
    Kind.PERSON_NAME: words.name,
    Kind.PARTIAL_DATE: measures.partial_date,
    Kind.SEX: words.sex,
    Kind.ADDRESS: words.address,
    Kind.TAX_CODE: numbers.tax_code,
    Kind.INSURANCE_CARD: numbers.insurance_card,
    Kind.INSURANCE_NUMBER: numbers.insurance_number,
    Kind.LAND_CERTIFICATE: numbers.certificate,
    Kind.BOOK_ENTRY: numbers.book_entry,
    Kind.PARCEL_ID: numbers.parcel_id,
    Kind.MAP_SHEET: numbers.sheet_or_parcel,
    Kind.PARCEL_NUMBER: numbers.sheet_or_parcel,
    Kind.PHONE: numbers.phone,
    Kind.EMAIL: numbers.email,
    Kind.MONEY: measures.whole,
    Kind.TEXT: words.free_text,
    Kind.INTEGER: measures.whole,
    Kind.DATE: measures.day,
    Kind.TIMESTAMP: measures.moment,
    Kind.YES_NO: words.yes_no,
}


def reading_of(field: Field, column: Column) -> Reading:
    """The SQL for one field; not for localities, which need a day."""
    if field.kind is Kind.CODE:
        return words.code(column, field.codes)
    if field.kind is Kind.AREA:
        return measures.area(column, _bounds(field))
    if field.kind is Kind.NUMBER:
        return measures.number(column, _bounds(field))
    return READINGS[field.kind](column)


def _bounds(field: Field) -> tuple[float, float] | None:
    """What the contract allows; without a largest value, 1.100 stays ambiguous."""
    if field.maximum is None:
        return None
    return (-sys.float_info.max if field.minimum is None else field.minimum, field.maximum)
