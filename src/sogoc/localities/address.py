"""Addresses in free text: "Tựu Liệt, Tam Hiệp, Thanh Trì, Hà Nội" to the communes it may mean.

Three levels before 1 July 2025, two since, and people write the old ones on. So an address is
tried on the map of its day, and if nothing fits, on the other maps; which map it was is told.
Parts are matched from the largest unit down; a part that fits no unit is a street or a hamlet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.localities.spelling import readings
from sogoc.localities.units import Units
from sogoc.values.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

_PARTS = re.compile(r"\s*[,;/\n]\s*|\s+[-–]\s+")
_COUNTRY = {"việt nam", "viet nam", "vietnam", "vn"}
_POSTCODE = re.compile(r"\s*\b[0-9]{5,6}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What an address may mean on the map of `day`."""

    communes: tuple[str, ...] = ()
    """Codes that fit; several or none need a person."""
    province: str | None = None
    district: str | None = None
    """Given without communes where a district is named and none of its communes."""
    exact: bool = True
    """False where a name was found only without its marks."""
    day: date


def read_address(text: str, units: Units, day: date, *, province: str = "") -> Address:
    """The communes that the address may mean on `day`, else on another map.

    `province` is what stands in a field of its own, a code or a name. An address that names a
    district is one of the old map, whatever day it was written.
    """
    parts = _parts_of(text)
    own = _read_on(_Map(units, day), parts, province)
    if own.district and not own.communes:
        return own
    others = [_read_on(_Map(units, era), parts, province) for era in units.eras() if era != day]
    older = [one for one in others if one.communes and one.exact and one.day < day]
    if own.communes and own.exact:
        return _both(units, own, older) if own.district is None else own
    return older[-1] if older and not own.communes else _first_found([own, *others], own)


def _both(units: Units, own: Address, older: list[Address]) -> Address:
    """Both meanings, where the words also name a commune and its district of an older map.

    "Tam Hiệp, Thanh Trì" may be a hamlet of the new commune Thanh Trì, or the old commune Tam
    Hiệp, whose land went elsewhere: a person must say which map the writer had in mind.
    """
    meant = {
        code
        for one in older
        if one.district
        for commune in one.communes
        for code in units.read_forward(commune, one.day, own.day).codes
    }
    return replace(own, communes=tuple(sorted(meant.union(own.communes))))


def _first_found(tried: list[Address], otherwise: Address) -> Address:
    told = (one for one in tried if one.communes or one.district)
    return next(told, otherwise)


def _parts_of(text: str) -> list[str]:
    """The parts from the largest unit down, without the country and postcodes."""
    parts = [_POSTCODE.sub("", part).strip() for part in _PARTS.split(clean(text))]
    kept = [part for part in parts if part and part.lower().strip(".") not in _COUNTRY]
    return kept[::-1]


@dataclass(frozen=True, slots=True)
class _Map:
    """The units of one day."""

    units: Units
    day: date

    def find(self, name: str, level: str, parent: str | None) -> tuple[list[str], bool]:
        """Codes by name, and whether the marks agree."""
        found = self.units.find(name, level=level, parent=parent, day=self.day)
        if found:
            return found, True
        return self.units.find_folded(name, level=level, parent=parent, day=self.day), False

    def province(self, text: str) -> str | None:
        """The one province a field means, by code or name."""
        if unit := self.units.unit(text.strip(), self.day):
            return unit.code if unit.level == "province" else None
        found, _ = self.find(text, "province", None) if text.strip() else ([], True)
        return found[0] if len(found) == 1 else None


def _read_on(chart: _Map, parts: list[str], province_field: str) -> Address:
    """Province, then district, then commune, each found within the one before."""
    province = chart.province(province_field)
    rest = list(parts)
    if rest and _is_province(chart, rest[0], alone=len(rest) == 1):
        stated = chart.province(rest[0])
        # The field of its own and the address contradict each other: nobody is right by default.
        if province is not None and stated != province:
            return Address(province=None, day=chart.day)
        province = stated
        rest = rest[1:]
    elif not province and province_field.strip():
        # A province that this map does not know: the address belongs to another map.
        return Address(day=chart.day)
    return _below(chart, rest, province, alone=len(parts) == 1)


def _is_province(chart: _Map, part: str, *, alone: bool) -> bool:
    """Whether a part is the province; alone it must say so, else it may be the commune's name."""
    if alone and not any(one.kind in {"tỉnh", "thành phố"} for one in readings(part)):
        return False
    return chart.province(part) is not None


def _below(chart: _Map, rest: list[str], province: str | None, *, alone: bool) -> Address:
    """The commune among the parts: the largest part first, as the first two may be units."""
    named = None
    for at, part in enumerate(rest[:3]):
        districts, exact = chart.find(part, "district", province)
        within = [
            found
            for district in districts
            if (found := _commune_in(chart, rest[at + 1 :], district)).communes
        ]
        if within:
            codes = tuple(sorted({code for one in within for code in one.communes}))
            return Address(
                communes=codes,
                province=province or chart.units.province_of(codes[0], chart.day),
                district=districts[0] if len(within) == 1 else None,
                exact=exact and all(one.exact for one in within),
                day=chart.day,
            )
        if named is None and len(districts) == 1 and _names_district(part, alone=alone):
            named = districts[0]
    if named is not None:
        # "Thanh Trì, Hà Nội" names a district, though a ward elsewhere bears its name.
        return Address(province=province, district=named, day=chart.day)
    found = _commune_in(chart, rest, province)
    return Address(communes=found.communes, province=province, exact=found.exact, day=chart.day)


def _names_district(part: str, *, alone: bool) -> bool:
    """Whether a name that a district bears is meant as one: alone in its cell it must say so."""
    kinds = {one.kind for one in readings(part)}
    if alone:
        return bool(kinds & {"quận", "huyện"})
    return not kinds & {"xã", "phường", "thị trấn"}


def _commune_in(chart: _Map, rest: list[str], parent: str | None) -> Address:
    """The first part, from the largest, that names communes within the unit above."""
    for find in _ways(chart):
        for part in rest[:2]:
            codes, exact = find(part, parent)
            if codes:
                return Address(communes=tuple(codes), exact=exact, day=chart.day)
    return Address(day=chart.day)


def _ways(chart: _Map) -> tuple[Callable[[str, str | None], tuple[list[str], bool]], ...]:
    """With marks over all parts, then without: a marked match of a later part is worth more."""

    def marked(part: str, parent: str | None) -> tuple[list[str], bool]:
        return chart.units.find(part, parent=parent, day=chart.day), True

    def folded(part: str, parent: str | None) -> tuple[list[str], bool]:
        return chart.units.find_folded(part, parent=parent, day=chart.day), False

    return marked, folded


def resolve_addresses(texts: Iterable[str], as_of: date, *, units: Units | None = None) -> pa.Table:
    """One row a text: `text`, `commune` (NULL unless one and exact), `province`, `candidates`
    (codes joined by a blank), `day` of the map on which they hold, `now` (today's unit if certain).
    """
    known = units or Units.load()
    found = [(text, read_address(text, known, as_of)) for text in texts]
    forward = [_forward(known, address) for _, address in found]
    return pa.table(
        {
            "text": pa.array([text for text, _ in found], pa.string()),
            "commune": pa.array([_one(address) for _, address in found], pa.string()),
            "province": pa.array([address.province for _, address in found], pa.string()),
            "candidates": pa.array([" ".join(a.communes) or None for _, a in found], pa.string()),
            "day": pa.array([address.day for _, address in found], pa.date32()),
            "now": pa.array(forward, pa.string()),
        }
    )


def _one(address: Address) -> str | None:
    return address.communes[0] if len(address.communes) == 1 and address.exact else None


def _forward(units: Units, address: Address) -> str | None:
    code = _one(address)
    if code is None:
        return None
    forward = units.read_forward(code, address.day, units.eras()[-1])
    return forward.codes[0] if forward.certain else None
