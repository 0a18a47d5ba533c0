"""What a text proves once it is read: names of units that exist, and full names of persons.

A single word proves little. But signs that become a whole name that is known were not put there
by chance: `Xa4 Quang3 Minh` becomes a commune of the list, `Ly1 Bich1 Hoa2` a surname with two
names after it.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache

from sogoc.intake.writing.syllables import is_syllable
from sogoc.shipped import shipped

_SURNAMES_TOLD = """
nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh đoàn lương đào
đàm phùng triệu lưu tạ hà quách thạch sầm giàng sùng lò vàng nông cao mai tô trương châu thái tống
vương chu lâm kiều lục vi hứa khổng bạch mạc thân tăng doãn nghiêm đồng từ ông lại la âu quan
"""
SURNAMES = frozenset(_SURNAMES_TOLD.split())
_FEWEST, _MOST = 3, 5
"""Words of a full name that proves something."""


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


def _parts(address: str) -> set[str]:
    return {part.strip() for part in address.casefold().split(",")}


def is_full_name(text: str) -> bool:
    """Whether the text is a surname and two to four legal syllables, and nothing else."""
    words = text.casefold().split()
    if not _FEWEST <= len(words) <= _MOST or words[0] not in SURNAMES:
        return False
    return all(map(is_syllable, words))
