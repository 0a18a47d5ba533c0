"""Parcels, certificates and rights of one commune: who owns what, before an officer writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.draw import Days, Flags, Floats, Ints, Texts, either, texts
from sogoc.demo.people import NOBODY, TODAY

if TYPE_CHECKING:
    from sogoc.demo.world import World

LAND_TYPES = ("ONT", "ODT", "CLN", "LUC", "LUK", "BHK", "NHK", "RSX", "NTS", "TMD", "DGD")
_RURAL = (24, 0.5, 26, 22, 4, 12, 4, 5, 2, 0.3, 0.2)
_URBAN = (1, 45, 18, 10, 2, 12, 2, 2, 4, 3, 1)
_TYPICAL_AREA = (320, 120, 4200, 1800, 1500, 2100, 2600, 9000, 2400, 400, 3000)
ORIGINS = ("CNQ-CTT", "DG-CTT", "DG-KTT", "DT-TTT", "Nhận chuyển nhượng", "NTK")
_LETTERS = ("AA", "AB", "BA", "BĐ", "BS", "CA", "CĐ", "CH", "CK", "CR", "CS", "DA", "DD", "DK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """Arrays by parcel."""

    ids: Ints
    owner: Ints
    partner: Ints
    """The owner's spouse on the certificate, or NOBODY."""
    heir: Ints
    """The new user after a sale or an inheritance, or NOBODY."""
    organisation: Flags
    patch: Ints
    sheet: Ints
    number: Ints
    old_sheet: Ints
    old_number: Ints
    kind: Texts
    second_kind: Texts
    area: Texts
    first_area: Texts
    second_area: Texts
    parcel_id: Texts
    certificate: Texts
    issued: Days
    book_entry: Texts
    origin: Texts

    def __len__(self) -> int:
        return len(self.ids)


def parcels_of(world: World, commune: str, count: int) -> Parcels:
    """`count` parcels, each held by somebody of the commune, couples mostly together."""
    draws = world.draws
    ids = int(commune) * 1_000_000 + np.arange(count, dtype=np.int64)
    owner = _owners(world, commune, ids)
    partner = _partners(world, ids, owner)
    issued, paper = _issued(world, ids, (owner, partner)), _papers(world, ids)
    patch = world.people.patch[owner]
    kind = _kinds(world, ids, patch)
    area = _areas(world, ids, kind)
    mixed = np.isin(kind, (0, 1)) & draws.chance("garden", ids, 0.35)
    first = np.where(mixed, np.round(area * 0.3, 1), area)
    sheet = draws.below("map sheet", ids, max(count // 250, 1)) + 1
    number = _numbers_within(sheet)
    return Parcels(
        ids=ids,
        owner=owner,
        partner=partner,
        heir=_heirs(world, commune, ids),
        organisation=draws.chance("organisation", ids, 0.012),
        patch=patch,
        sheet=sheet,
        number=number,
        old_sheet=np.where(draws.chance("remapped", ids, 0.3), sheet % 40 + 1, sheet),
        old_number=np.where(draws.chance("remapped", ids, 0.3), number * 3 % 900 + 1, number),
        kind=texts(LAND_TYPES)[kind],
        second_kind=either(mixed, "CLN", None),
        area=_decimal(area),
        first_area=_decimal(first),
        second_area=either(mixed, _decimal(area - first), None),
        parcel_id=_parcel_ids(world, ids),
        certificate=_serials(world, ids, issued)[paper],
        issued=issued[paper],
        book_entry=_book_entries(world, ids),
        origin=draws.one_of("origin", ids, ORIGINS),
    )


def _owners(world: World, commune: str, ids: Ints) -> Ints:
    """Adults of the commune, elders more often; some died and nobody told the land office."""
    people = world.people
    home = world.places.new[people.patch] == commune
    adults = np.flatnonzero(home & people.adult(TODAY - np.timedelta64(2500, "D")))
    alive = people.living(TODAY)[adults]
    dead_rate = world.damager.table.row_rate("dead_owner", "land")
    dead = world.draws.chance("dead owner", ids, dead_rate)
    lot = world.draws.uniform("owner", ids) ** 1.5
    living = _one_of(adults[alive], lot, len(people))
    gone = _one_of(adults[~alive], lot, len(people))
    return np.asarray(np.where(dead, gone, living), dtype=np.int64)


def _one_of(pool: Ints, lot: Floats, everybody: int) -> Ints:
    """One of the pool by lot; in a country so small that it is empty, one of everybody."""
    if len(pool) == 0:
        pool = np.arange(everybody, dtype=np.int64)
    return pool[(lot * len(pool)).astype(np.int64)]


def _partners(world: World, ids: Ints, owner: Ints) -> Ints:
    spouse = world.people.spouse[owner]
    together = world.draws.chance("held together", ids, 0.62) & (spouse != NOBODY)
    return np.asarray(np.where(together, spouse, NOBODY), dtype=np.int64)


def _heirs(world: World, commune: str, ids: Ints) -> Ints:
    people = world.people
    home = world.places.new[people.patch] == commune
    grown = np.flatnonzero(home & people.adult(TODAY) & people.living(TODAY))
    chosen = _one_of(grown, world.draws.uniform("heir", ids), len(people))
    sold = world.draws.chance("sold", ids, 0.05)
    return np.asarray(np.where(sold, chosen, NOBODY), dtype=np.int64)


def _kinds(world: World, ids: Ints, patch: Ints) -> Ints:
    names = np.array([world.places.new_units[str(code)].kind for code in world.places.new])
    urban = names[patch] == "phường"
    town = world.draws.weighted("land type", ids, _URBAN)
    country = world.draws.weighted("land type", ids, _RURAL)
    return np.asarray(np.where(urban, town, country), dtype=np.int64)


def _areas(world: World, ids: Ints, kind: Ints) -> Floats:
    typical = np.array(_TYPICAL_AREA)[kind]
    spread = np.exp((world.draws.uniform("area", ids) - 0.5) * 2.4)
    return np.asarray(np.round(typical * spread, 1))


def _decimal(area: Floats) -> Texts:
    return texts([f"{one:.1f}" for one in area.tolist()])


def _numbers_within(sheet: Ints) -> Ints:
    """Parcels are counted from 1 on each map sheet."""
    order = np.argsort(sheet, kind="stable")
    ordered = sheet[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    number = np.empty_like(sheet)
    number[order] = np.arange(len(sheet)) - np.repeat(starts, sizes) + 1
    return number


def _parcel_ids(world: World, ids: Ints) -> Texts:
    """12 characters; the true alphabet is not public, so letters and digits by lot."""
    alphabet = "23456789BCDFGHJKMNPQRTVWXY"
    lot = world.draws.below("parcel id", ids, len(alphabet) ** 5)
    made = []
    for one, tail in zip(lot.tolist(), ids.tolist(), strict=True):
        letters = []
        for _ in range(5):
            one, at = divmod(one, len(alphabet))  # noqa: PLW2901 - digits of a number, one by one
            letters.append(alphabet[at])
        made.append("".join(letters) + _based(tail, alphabet))
    return texts(made)


def _based(number: int, alphabet: str) -> str:
    letters = []
    for _ in range(7):
        number, at = divmod(number, len(alphabet))
        letters.append(alphabet[at])
    return "".join(letters)


def _papers(world: World, ids: Ints) -> Ints:
    """Whose certificate each parcel stands on: one may cover a parcel and the next."""
    same = world.draws.chance("same certificate", ids, 0.08)
    return np.where(same, np.maximum(np.arange(len(ids)) - 1, 0), np.arange(len(ids)))


def _serials(world: World, ids: Ints, issued: Days) -> Texts:
    """Two letters and six digits; since 2025 eight."""
    number = world.draws.below("serial", ids, 899_999) + 100_000
    head = world.draws.one_of("serial letters", ids, _LETTERS)
    new = issued >= np.datetime64("2025-01-01")
    return texts(
        [f"AA{n:08d}" if late else f"{h}{n}" for h, n, late in zip(head, number, new, strict=True)]
    )


def _issued(world: World, ids: Ints, holders: tuple[Ints, ...]) -> Days:
    """The day of the certificate, on which all who hold the land are of age."""
    late = (1 - world.draws.uniform("issued", ids) ** 1.6) * 32 * 365
    day = np.datetime64("1994-03-01") + late.astype(np.int64).astype("timedelta64[D]")
    for who in holders:
        grown = world.people.born[who] + np.timedelta64(18 * 366, "D")
        day = np.where((who != NOBODY) & (grown > day), np.minimum(grown, TODAY), day)
    return np.asarray(day)


def _book_entries(world: World, ids: Ints) -> Texts:
    head = world.draws.one_of("book", ids, ("CS", "CH", "CT", "VP", "H"))
    number = world.draws.below("book entry", ids, 99_999)
    return texts([f"{h}{n:05d}" for h, n in zip(head, number, strict=True)])
