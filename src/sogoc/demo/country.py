"""Makes the small made-up country: what offices deliver, and the truth about it, kept apart."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.demo.books.land import LandOffice, write_land
from sogoc.demo.books.population import write_release
from sogoc.demo.people import FIRST_RELEASE, TODAY
from sogoc.demo.places import LAND_COMMUNE, SMALL_COMMUNES
from sogoc.demo.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One file that an office sends, in the order in which it comes."""

    register: str
    file: Path
    rows: int
    what_vi: str
    what_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """Where everything lies."""

    deliveries: tuple[Delivery, ...]
    broken: tuple[Path, ...]
    """Files that must be refused, each with a sentence."""
    truth: Path
    expected: Path
    """Counts that coverage is measured against: register, object, rule, locality, expected."""
    persons: int


def quiet(_: str) -> None:
    """Tell nobody how far the work is."""


def make(
    folder: Path, *, persons: int = 200_000, seed: int = 1, progress: Callable[[str], None] = quiet
) -> Country:
    """Make the country in `folder`: the same persons and seed give the same cells every time."""
    progress("people")
    world = make_world(persons, seed)
    office = _Post(world, folder / "deliveries", folder / "truth")
    deliveries = []
    for delivery in office.all():
        progress(delivery.file.name)
        deliveries.append(delivery)
    return Country(
        deliveries=tuple(deliveries),
        broken=(),
        truth=folder / "truth",
        expected=_expected(world, folder / "expected.csv"),
        persons=int(world.people.registered(TODAY).sum()),
    )


class _Post:
    """Lets one office after another deliver."""

    def __init__(self, world: World, folder: Path, truth: Path) -> None:
        self._world = world
        self._folder = folder
        self._truth = truth
        folder.mkdir(parents=True, exist_ok=True)

    def all(self) -> Iterator[Delivery]:
        """Every delivery, in the order in which it is to be taken."""
        yield self._population("population-2026-06-30", FIRST_RELEASE)
        yield from self._land()
        yield self._population("population-2026-10-31", TODAY)

    def _population(self, name: str, day: np.datetime64) -> Delivery:
        file = self._folder / f"{name}.parquet"
        who = write_release(self._world, file, day)
        return Delivery(
            register="population",
            file=file,
            rows=len(who),
            what_vi=f"Dữ liệu dân cư đến ngày {day}",
            what_en=f"Population register as of {day}",
        )

    def _land(self) -> Iterator[Delivery]:
        for office in land_offices(self._world):
            rows = write_land(self._world, office, self._folder, self._truth)
            name = self._world.places.new_units[office.commune].name
            yield Delivery(
                register="land",
                file=self._folder / f"{office.delivery}.xlsx",
                rows=rows,
                what_vi=f"Biểu PL3-01 của {name}",
                what_en=f"Land sheet PL3-01 of {name}",
            )


def land_offices(world: World) -> list[LandOffice]:
    """The large commune of 30,000 parcels and three small ones."""
    sizes = [(LAND_COMMUNE, 30_000), *((code, 1_500) for code in SMALL_COMMUNES)]
    return [
        LandOffice(commune=code, parcels=world.scaled(count), delivery=f"land-{code}")
        for code, count in sizes
    ]


def _expected(world: World, file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(("register", "object", "rule", "locality", "expected"))
        for office in land_offices(world):
            # A few parcels are known to the statistics and to no sheet.
            known = round(office.parcels * 1.03)
            table.writerow(("land", "thua_dat", "du-so-thua", office.commune, known))
    return file
