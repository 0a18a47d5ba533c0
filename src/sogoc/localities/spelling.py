"""How names of units are written: the kind before the name, short, in English, without marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sogoc.values.names import canonical, folded, has_marks


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit's name taken apart."""

    kind: str
    """`xã`, `phường`, … or empty where none was written."""
    bare: str
    """The name alone in canonical form: tone placed anew, hyphens as blanks, 04 as 4."""

    @property
    def folded(self) -> str:
        """Without marks and blanks: "Hanoi" and "Hà Nội" are one."""
        return folded(self.bare).replace(" ", "")


# With marks or short, a kind is a kind; the longest first, since "thị" begins three of them.
_MARKED = (
    ("thành phố", r"thành phố|tp\.?|t\.p\.?"),
    ("thị xã", r"thị xã|tx\.?|t\.x\.?"),
    ("thị trấn", r"thị trấn|tt\.?"),
    ("đặc khu", r"đặc khu|đk\.?"),
    ("phường", r"phường|ph\.|p\.|p(?=[ 0-9])"),
    ("quận", r"quận|q\.|q(?=[ 0-9])"),
    ("huyện", r"huyện|h\.|h(?= )"),
    ("tỉnh", r"tỉnh|t\."),
    ("xã", r"xã|x\.|x(?= )"),
)
# Without marks a kind may be part of the name: Quan Hóa, Xà Phìn, Tịnh Biên. Both are tried.
_UNMARKED = (
    ("thành phố", r"thanh pho"),
    ("thị xã", r"thi xa"),
    ("thị trấn", r"thi tran|townlet"),
    ("đặc khu", r"dac khu|special zone"),
    ("phường", r"phuong|ward"),
    ("quận", r"quan|district"),
    ("huyện", r"huyen|district"),
    ("tỉnh", r"tinh|province"),
    ("xã", r"xa|commune"),
)
_ENGLISH = (
    (" city", ("thành phố",)),
    (" province", ("tỉnh",)),
    (" district", ("quận", "huyện")),
    (" ward", ("phường",)),
    (" commune", ("xã",)),
    (" town", ("thị xã", "thị trấn")),
)
_MARKED_PATTERN = tuple((kind, re.compile(rf"^(?:{way})[ .]*(?=\S)")) for kind, way in _MARKED)
_UNMARKED_PATTERN = tuple((kind, re.compile(rf"^(?:{way}) +(?=\S)")) for kind, way in _UNMARKED)

ALIASES = {
    "hn": "hà nội",
    "hcm": "hồ chí minh",
    "hcmc": "hồ chí minh",
    "sài gòn": "hồ chí minh",
    "saigon": "hồ chí minh",
    "sai gon": "hồ chí minh",
    "thừa thiên - huế": "thừa thiên huế",
    "brvt": "bà rịa vũng tàu",
    "đắc lắc": "đắk lắk",
    "đăk lăk": "đắk lắk",
    "daclac": "đắk lắk",
    "đắc nông": "đắk nông",
    "đăk nông": "đắk nông",
    "bắc cạn": "bắc kạn",
}
"""What people call provinces, to the name in the list."""


@lru_cache(maxsize=65536)
def readings(text: str) -> tuple[UnitName, ...]:
    """The ways in which a written name can be taken apart, likeliest first; none of blank text."""
    low = canonical(text).strip(" .,;")
    if not low:
        return ()
    for kind, pattern in _MARKED_PATTERN:
        if cut := pattern.match(low):
            return (UnitName(kind, bare(low[cut.end() :])),)
    found = [
        UnitName(kind, bare(low.removesuffix(end)))
        for end, kinds in _ENGLISH
        if low.endswith(end)
        for kind in kinds
    ]
    if not has_marks(low):
        found += [
            UnitName(kind, bare(low[seen.end() :]))
            for kind, pattern in _UNMARKED_PATTERN
            if (seen := pattern.match(low))
        ]
    return (*found, UnitName("", bare(low)))


def bare(low: str) -> str:
    """A canonical name without what spellings differ in: hyphens, double blanks, 04 for 4."""
    text = re.sub(r"[ \-–.]+", " ", low).strip()
    text = re.sub(r"\b0+(?=[0-9])", "", text)
    return ALIASES.get(text, text)


def name_of(full_name: str, kind: str) -> UnitName:
    """An official name, whose kind is known, taken apart."""
    return UnitName(kind, bare(canonical(full_name[len(kind) :])))
