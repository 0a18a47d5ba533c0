"""What a text proves once it is read: names of units that exist.

A single word proves little. But signs that become a whole name that is known were not put there
by chance: `Xa4 Quang3 Minh` becomes a commune of the list.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache

from sogoc.shipped import shipped

_KIND = re.compile("^(?:tỉnh|thành phố|quận|huyện|thị xã|xã|phường|thị trấn|đặc khu) ")


@cache
def units() -> frozenset[str]:
    """Names of provinces, districts and communes with their kind, old and new, small letters."""
    file = shipped("reference-data") / "admin-units" / "units.csv"
    with file.open(encoding="utf-8") as rows:
        names = (row["name_vi"] for row in csv.DictReader(rows))
        return frozenset(unicodedata.normalize("NFC", name).casefold() for name in names)


def names_a_unit(before: str, after: str) -> bool:
    """Whether a part of an address became the name of a unit, and none was one before.

    Both `Xã Sa Loong` and `Xã Sa Lông` exist: a text that names a unit proves nothing else.
    """
    return units().isdisjoint(_parts(before)) and not units().isdisjoint(_parts(after))


def names_a_place(text: str) -> bool:
    """Whether a part of an address is the name of a unit, with its kind or without."""
    return not _places().isdisjoint(_parts(text))


@cache
def _places() -> frozenset[str]:
    return units() | {_KIND.sub("", name) for name in units()}


def _parts(address: str) -> set[str]:
    return {part.strip() for part in address.casefold().split(",")}
