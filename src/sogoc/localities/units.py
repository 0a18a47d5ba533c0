"""Provinces, districts and communes by date, and what became of the units of old.

Facts from `reference-data/admin-units` (its README tells sources, counts and gaps). A code alone
names nothing: `00004` was Phường Trúc Bạch and is Phường Ba Đình, so every question has a day.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Self

from sogoc.localities.spelling import UnitName, name_of, readings
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_OLDER = (
    "03751 03898 03913 03988 03991 04003 04060 07693 07732 07744 16387 16411 18448 20176 20674 "
    "25102 25174 25177 25186 26935 26959 27067 27217 27223 27361 27379"
)
OLDER_COMMUNES = frozenset(_OLDER.split())
"""Codes no longer current on the eve of 1 July 2025 that other lists still show: a record with
one is not wrong, only older than the table, and which unit it means is not known here."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One province, district or commune, for a span in which it is the same unit."""

    code: str
    level: str
    """`province`, `district` or `commune`."""
    name: str
    """Full, with its kind: Phường Ba Đình, Quận 1, Đặc khu Côn Đảo."""
    kind: str
    parent: str
    valid_from: date | None
    """None: before the period covered."""
    valid_to: date | None
    """Last day, inclusive; None: still in force as far as the table knows."""

    def in_force(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on, the land of the old unit, whole or in part, belongs to the new one."""

    day: date
    old_code: str
    new_code: str
    extent: str
    """`whole`, `part`, or `unknown` where the sources disagree."""


@dataclass(frozen=True, slots=True)
class Forward:
    """A unit of old read at a later day: one code if certain, else those to choose from."""

    codes: tuple[str, ...]
    certain: bool


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


class Units:
    """All units and changes, asked by code and day or by name and day."""

    def __init__(self, units: Iterable[Unit], changes: Iterable[Change]) -> None:
        self.units = tuple(units)
        self.changes = tuple(changes)
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        self._children: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            self._by_code[unit.code].append(unit)
            self._children[unit.parent].append(unit)
        self._receivers: dict[tuple[date, str], list[Change]] = defaultdict(list)
        for change in self.changes:
            self._receivers[change.day, change.old_code].append(change)
        self.change_days = tuple(sorted({change.day for change in self.changes}))
        """The days on which the map changed: between two of them every code means one thing."""

    @staticmethod
    def load() -> Units:
        """The units that travel with sogoc; read once, for every stage asks for them."""
        return _loaded()

    @cached_property
    def _by_name(self) -> dict[str, list[Unit]]:
        """Units by the canonical name."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit, written in self._written:
            found[written.bare].append(unit)
        return found

    @cached_property
    def _by_folded(self) -> dict[str, list[Unit]]:
        """The same without marks."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit, written in self._written:
            found[written.folded].append(unit)
        return found

    @cached_property
    def _written(self) -> list[tuple[Unit, UnitName]]:
        """Every unit with its name taken apart: made when the first name is asked for."""
        return [(unit, name_of(unit.name, unit.kind)) for unit in self.units]

    @classmethod
    def _read(cls) -> Self:
        folder = shipped("reference-data") / "admin-units"
        return cls(
            (
                Unit(
                    code=row["code"],
                    level=row["level"],
                    name=row["name_vi"],
                    kind=row["kind"],
                    parent=row["parent_code"],
                    valid_from=_day(row["valid_from"]),
                    valid_to=_day(row["valid_to"]),
                )
                for row in _rows(folder / "units.csv")
            ),
            (
                Change(
                    date.fromisoformat(row["date"]),
                    row["old_code"],
                    row["new_code"],
                    row["extent"],
                )
                for row in _rows(folder / "changes.csv")
            ),
        )

    def unit(self, code: str, day: date) -> Unit | None:
        """The unit that bears the code on that day, if one does."""
        return next((unit for unit in self._by_code.get(code, ()) if unit.in_force(day)), None)

    def name(self, code: str, day: date) -> str | None:
        """Its full name on that day."""
        unit = self.unit(code, day)
        return unit.name if unit else None

    def parent_of(self, code: str, day: date) -> str | None:
        """The unit above it on that day."""
        unit = self.unit(code, day)
        return unit.parent or None if unit else None

    def province_of(self, code: str, day: date) -> str | None:
        """The province in which the unit lies on that day; a province lies in itself."""
        unit = self.unit(code, day)
        while unit is not None and unit.parent:
            unit = self.unit(unit.parent, day)
        return unit.code if unit else None

    def children(self, code: str, day: date) -> list[Unit]:
        """The units right below it on that day."""
        return [unit for unit in self._children.get(code, ()) if unit.in_force(day)]

    def in_force(self, level: str, day: date) -> list[Unit]:
        """All units of one level on that day, by code."""
        return [unit for unit in self.units if unit.level == level and unit.in_force(day)]

    def eras(self) -> tuple[date, ...]:
        """One day of each span between changes, oldest first: the eve, then each change day."""
        first = self.change_days[0] - timedelta(days=1)
        return (first, *self.change_days)

    def find(
        self, name: str, *, level: str = "commune", parent: str | None = None, day: date
    ) -> list[str]:
        """Codes of the units so named on that day, marks respected, with or without their kind.

        A kind that is written must be the unit's. `parent` may be a district or a province.
        """
        return self._first(
            (
                [unit for unit in self._by_name.get(one.bare, ()) if _fits(unit, one)]
                for one in readings(name)
            ),
            level,
            _Within(self, parent, day),
        )

    def find_folded(
        self, name: str, *, level: str = "commune", parent: str | None = None, day: date
    ) -> list[str]:
        """Codes of the units whose names are the same once marks are dropped: candidates only.

        In seven provinces two communes differ only in marks (Văn Lang, Văn Lăng).
        """
        return self._first(
            (
                [unit for unit in self._by_folded.get(one.folded, ()) if _fits(unit, one)]
                for one in readings(name)
            ),
            level,
            _Within(self, parent, day),
        )

    def _first(self, found: Iterable[list[Unit]], level: str, within: _Within) -> list[str]:
        """The codes of the first way of reading the name that gives any."""
        for units in found:
            codes = {unit.code for unit in units if unit.level == level and within.holds(unit)}
            if codes:
                return sorted(codes)
        return []

    def read_forward(self, code: str, as_of: date, to: date) -> Forward:
        """The unit that bore the code on `as_of`, read at `to`: certain only if it went over whole.

        A district has no row of its own but for five islands; its communes tell where the land
        went. A code not in force on `as_of` leads nowhere.
        """
        if self.unit(code, as_of) is None:
            return Forward((), certain=False)
        codes, certain = [code], True
        for day in self.change_days:
            if as_of < day <= to:
                codes, sure = self._step(codes, day)
                certain = certain and sure
        return Forward(tuple(codes), certain=certain and len(codes) == 1)

    def _step(self, codes: list[str], day: date) -> tuple[list[str], bool]:
        """Where these units went on a day of change, and whether that is beyond doubt."""
        after: set[str] = set()
        sure = True
        for code in codes:
            changes = self._receivers.get((day, code))
            if changes is None:
                eve = day - timedelta(days=1)
                below = [unit.code for unit in self.children(code, eve)]
                reached, _ = self._step(below, day) if below else ([], False)
                still = self.unit(code, day) is not None and not below
                after.update([code] if still else reached)
                sure = sure and still
            else:
                after.update(change.new_code for change in changes)
                sure = sure and all(change.extent == "whole" for change in changes)
        return sorted(after), sure


def _fits(unit: Unit, written: UnitName) -> bool:
    """A number is no name without its kind: "4" is not Phường 4."""
    if not written.kind:
        return not written.bare.isdigit()
    return unit.kind == written.kind


@dataclass(frozen=True, slots=True)
class _Within:
    """In force on a day and, if a unit above is named, lying in it."""

    units: Units
    parent: str | None
    day: date

    def holds(self, unit: Unit) -> bool:
        if not unit.in_force(self.day):
            return False
        if self.parent is None or unit.parent == self.parent:
            return True
        return self.units.province_of(unit.code, self.day) == self.parent


@cache
def _loaded() -> Units:
    return Units._read()  # noqa: SLF001 - the constructor behind `load`, in its own module
