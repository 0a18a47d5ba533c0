"""The kinds of value that a contract can name, with the type each has once it is read."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What a field holds; the text is what a contract writes as `sogocKind`.

    One way of standardising, one set of built-in rules, one masked form for each kind.
    """

    PERSONAL_ID = "personal-id"
    """12 digits given for life (Decree 137/2015 Art. 13; Law 26/2023)."""
    OLD_ID = "old-id"
    """9 digits of the card used until 31 December 2024 (CMND)."""
    PERSON_NAME = "person-name"
    PARTIAL_DATE = "date-with-precision"
    """ISO text `1931`, `1931-05` or `1931-05-02`: no day is ever invented."""
    SEX = "sex"
    """`nam` or `nữ`."""
    COMMUNE = "commune-code"
    """5 digits, read together with the date at which the code was written."""
    PROVINCE = "province-code"
    """2 digits, read together with its date."""
    ADDRESS = "address"
    TAX_CODE = "tax-code"
    INSURANCE_CARD = "insurance-card"
    INSURANCE_NUMBER = "insurance-number"
    LAND_CERTIFICATE = "land-certificate-number"
    BOOK_ENTRY = "book-entry-number"
    PARCEL_ID = "parcel-id"
    MAP_SHEET = "map-sheet"
    PARCEL_NUMBER = "parcel-number"
    AREA = "area"
    """Square metres."""
    PHONE = "phone"
    EMAIL = "email"
    MONEY = "money"
    """Đồng."""
    CODE = "code"
    """One value of the field's `enum`; labels are read as well as values."""
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    YES_NO = "yes-no"


COLUMN_TYPE: dict[Kind, str] = {
    Kind.MAP_SHEET: "BIGINT",
    Kind.PARCEL_NUMBER: "BIGINT",
    Kind.AREA: "DECIMAL(18,2)",
    Kind.MONEY: "BIGINT",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.YES_NO: "BOOLEAN",
}
"""Type of the standard value; every kind not named here is VARCHAR. Same words in PostgreSQL,
but for DOUBLE, which is DOUBLE PRECISION there."""


def column_type(kind: Kind) -> str:
    """The type of a column of this kind, in DuckDB's words."""
    return COLUMN_TYPE.get(kind, "VARCHAR")
