"""Makes the small made-up country: what offices deliver, and the truth about it, kept apart."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sogoc.demo.books.bank import write_accounts, write_customers
from sogoc.demo.books.broken import write_broken
from sogoc.demo.books.civil_status import write_births, write_deaths, write_marriages
from sogoc.demo.books.form import Desk
from sogoc.demo.books.insurance import OFFICES, write_insurance
from sogoc.demo.books.land import LandOffice, write_again, write_land
from sogoc.demo.books.places_of_care import write_facilities, write_statistics
from sogoc.demo.books.population import write_release
from sogoc.demo.books.science import write_organisations, write_projects, write_researchers
from sogoc.demo.books.students import write_schools, write_students
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
        broken=write_broken(deliveries[3].file, folder / "deliveries" / "broken"),
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
        # Books of births and deaths reach to the last day: they are held against this release.
        yield self._population("population-2026-10-31", TODAY)
        yield from self._others()
        yield self._land_again()

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
        """The statistics first: how many parcels there should be."""
        known = {office.commune: _known_parcels(office) for office in land_offices(self._world)}
        desk = Desk(self._folder, self._truth)
        file, counted = write_statistics(self._world, known, desk)
        yield Delivery(
            register="land-statistics",
            file=file,
            rows=counted,
            what_vi="Thống kê đất đai theo xã",
            what_en="Land statistics by commune",
        )
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

    def _others(self) -> Iterator[Delivery]:
        world, desk = self._world, Desk(self._folder, self._truth)
        schools = (LAND_COMMUNE, SMALL_COMMUNES[-1])
        writers: list[tuple[str, Callable[[], tuple[Path, int]], str, str]] = [
            *(
                ("health-insurance", partial(write_insurance, world, office, desk),
                 f"Thẻ bảo hiểm y tế, tỉnh {office[0]}", f"Insurance cards, province {office[0]}")
                for office in OFFICES
            ),
            ("health-facilities", partial(write_facilities, world, desk),
             "Cơ sở y tế tỉnh Đắk Lắk", "Health facilities of Đắk Lắk"),
            ("students", partial(write_schools, world, schools, desk), "Trường học", "Schools"),
            *(
                ("students", partial(write_students, world, commune, desk),
                 f"Học sinh {world.places.new_units[commune].name}",
                 f"Students of {world.places.new_units[commune].name}")
                for commune in schools
            ),
            ("science", partial(write_organisations, world, desk),
             "Tổ chức khoa học và công nghệ", "Organisations of science and technology"),
            ("science", partial(write_researchers, world, desk),
             "Nhân lực khoa học và công nghệ", "Researchers"),
            ("science", partial(write_projects, world, desk),
             "Nhiệm vụ khoa học và công nghệ", "Projects of science and technology"),
            ("bank-customers", partial(write_customers, world, desk),
             "Khách hàng ngân hàng", "Bank customers"),
            ("bank-customers", partial(write_accounts, world, desk),
             "Tài khoản ngân hàng", "Bank accounts"),
            ("civil-status", partial(write_births, world, desk), "Khai sinh", "Births"),
            ("civil-status", partial(write_marriages, world, desk), "Kết hôn", "Marriages"),
            ("civil-status", partial(write_deaths, world, desk), "Khai tử", "Deaths"),
        ]  # fmt: skip
        for register, write, what_vi, what_en in writers:
            file, rows = write()
            if rows:
                yield Delivery(
                    register=register, file=file, rows=rows, what_vi=what_vi, what_en=what_en
                )

    def _land_again(self) -> Delivery:
        office = land_offices(self._world)[0]
        rows = write_again(self._world, office, self._folder, self._truth)
        return Delivery(
            register="land",
            file=self._folder / f"{office.delivery}-again.xlsx",
            rows=rows,
            what_vi="Biểu PL3-01 nộp lại, khoảng 1 % thay đổi",
            what_en="The land sheet once more, about 1 % changed",
        )


def _known_parcels(office: LandOffice) -> int:
    """A few parcels are known to the statistics and stand on no sheet."""
    return round(office.parcels * 1.03)


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
            known = _known_parcels(office)
            table.writerow(("land", "thua_dat", "du-so-thua", office.commune, known))
    return file
