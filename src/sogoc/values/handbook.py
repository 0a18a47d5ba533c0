"""The page of the kinds, made from the readers' own tables: `docs/reference/kinds.md`."""

from __future__ import annotations

from sogoc.values.flaws import flaws
from sogoc.values.kinds import Kind, column_type
from sogoc.values.readers import masked

EXAMPLES: dict[Kind, tuple[str, str]] = {
    Kind.PERSONAL_ID: ("001 085 000 012", "001085000012"),
    Kind.OLD_ID: ("012 345 679", "012345679"),
    Kind.PERSON_NAME: ("Hộ ông  Nguyễn Văn An", "Nguyễn Văn An"),
    Kind.PARTIAL_DATE: ("05/1931", "1931-05"),
    Kind.SEX: ("NỮ", "nữ"),
    Kind.COMMUNE: ("Phường Ba Đình, Hà Nội", "00004"),
    Kind.PROVINCE: ("TP. Hà Nội", "01"),
    Kind.ADDRESS: ("Tựu Liệt,  Tam Hiệp", "Tựu Liệt, Tam Hiệp"),
    Kind.TAX_CODE: ("9900000016001", "9900000016-001"),
    Kind.INSURANCE_CARD: ("dn 4 01 0123456789", "DN4010123456789"),
    Kind.INSURANCE_NUMBER: ("0123456789", "0123456789"),
    Kind.LAND_CERTIFICATE: ("aa00476432", "AA 00476432"),
    Kind.BOOK_ENTRY: ("cs01234", "CS 01234"),
    Kind.PARCEL_ID: ("ABCD EFGH JKLM", "ABCDEFGHJKLM"),
    Kind.MAP_SHEET: ("012", "12"),
    Kind.PARCEL_NUMBER: ("12.0", "12"),
    Kind.AREA: ("1.100,5 m²", "1100.50"),
    Kind.PHONE: ("+84 912 345 678", "0912345678"),
    Kind.EMAIL: ("Can.Bo@example.vn", "can.bo@example.vn"),
    Kind.MONEY: ("1.500.000 đ", "1500000"),
    Kind.CODE: ("ONT - Đất ở tại nông thôn", "ONT"),
    Kind.TEXT: (" ghi  chú ", "ghi chú"),
    Kind.INTEGER: ("1.100", "1100"),
    Kind.NUMBER: ("3,14", "3.14"),
    Kind.DATE: ("02/05/2020", "2020-05-02"),
    Kind.TIMESTAMP: ("02/05/2020 10:20", "2020-05-02 10:20:00"),
    Kind.YES_NO: ("Có", "true"),
}
"""For each kind a text as it comes and the value it has; the persons and numbers are made up."""

_HEAD = """# Kinds of value

Each field of a contract has a kind (`sogocKind`). The kind says how its text is read, which type
the value has, how a page shows it to those who need not see the whole, and every way in which the
text can be wrong. This page is made from the code (`sogoc.values.handbook`); a test holds the two
equal.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(kind) for kind in Kind)])


def _section(kind: Kind) -> str:
    written, value = EXAMPLES[kind]
    lines = [
        f"## `{kind.value}`",
        "",
        f"- type: `{column_type(kind)}`",
        f"- read: `{written}` → `{value}`",
        f"- masked: `{masked(kind, value)}`",
        "",
        "| flaw | tiếng Việt | English |",
        "|---|---|---|",
        *(f"| `{flaw}` | {said.vi} | {said.en} |" for flaw, said in flaws(kind).items()),
        "",
    ]
    return "\n".join(lines)
