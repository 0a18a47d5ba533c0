"""The persons who changed between two releases of the population, told by the register's history.

Whoever changed went as they were and came as they are. Nobody else is read: neither release is
written out whole for it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.database.deliveries import Deliveries
from sogoc.errors import UnknownThing
from sogoc.link.building.index import changes_of
from sogoc.link.population import people_of, population_plan
from sogoc.localities.tables import unit_tables
from sogoc.localities.units import Units
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.records.readings import CameSince, HeldBefore
from sogoc.records.store import RecordStore
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import reference

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sogoc.contract.model import Person, Register, RegisterObject
    from sogoc.database.deliveries import Delivery
    from sogoc.link.overlay.changes import Tables
    from sogoc.pipeline.parts import Parts
    from sogoc.records.readings import Reading
    from sogoc.tables.engine import Engine

_CAME, _HELD = "persons_came", "persons_held"
_SIDES = ((_CAME, _HELD), (_HELD, _CAME))


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in the population register since a release; `folder` takes what is read."""

    parts: Parts
    found: tuple[Register, Delivery]
    since: Delivery
    folder: Path

    @property
    def one_map(self) -> bool:
        """Whether both releases write of places by the same map: else everybody's code may move."""
        days = Units.load().change_days
        then, present = self.since.as_of, self.found[1].as_of
        return sum(day <= then for day in days) == sum(day <= present for day in days)

    def lend(self, engine: Engine) -> None:
        """The tables of linking of these persons alone: as they were, and as they are."""
        self._read(engine)
        run_steps(engine, Stage.LINK, [self.step(), *self._plan()], tell=nobody)

    def step(self) -> Step:
        """Their records: who stands on one side and not, in all that tells of a person, on both.

        As often as they stand on it: of two alike one may go.
        """
        one = self._one
        either = " union all ".join(f"({_apart(one, *side)})" for side in _SIDES)
        return Step(reference(self.found[0].id, one.name), (_CAME, _HELD), either)

    def coded(self) -> tuple[Tables, Tables]:
        """The same apart, by compiled loops: who came, and who is gone.

        Raises KernelMissing, and IndexRefused where they are too many.
        """
        folder, files = self.folder / "sides", []
        with self.parts.engine(self.folder) as engine:
            self._read(engine)
            for number, side in enumerate(_SIDES):
                step = Step(f"side_{number}", side, _apart(self._one, *side))
                run_steps(engine, Stage.LINK, [step], tell=nobody)
                files.append(folder / f"{number}.parquet")
                folder.mkdir(exist_ok=True)
                os.link(engine.parquet(step.makes), files[-1])
            engine.register(reference(self.found[0].id, self._one.name), folder / "*.parquet")
            came, gone = ([file] for file in files)
            as_of = self.found[1].as_of
            return changes_of(engine, self._alone, came=came, gone=gone, as_of=as_of)

    def _plan(self) -> list[Step]:
        return population_plan(self._alone, as_of=self.found[1].as_of)

    @property
    def _one(self) -> RegisterObject:
        return people_of(self.found[0])

    @property
    def _alone(self) -> Register:
        return replace(self.found[0], objects=(self._one,))

    def _read(self, engine: Engine) -> None:
        for name, table in unit_tables().items():
            engine.register(name, table)
        at, since = _moment(self.since), self.since.id
        readings: dict[str, Reading] = {_CAME: CameSince(at, since), _HELD: HeldBefore(at, since)}
        for name, reading in readings.items():
            beside = self.folder / f"read-{name}"
            file = beside / f"{self.found[0].id}__{self._one.name}.parquet"
            if not file.is_file():
                store = RecordStore(self.parts.connection)
                store.export(self.found[0], self._one.name, beside, reading=reading)
            engine.register(name, file)


def can_tell(parts: Parts, found: tuple[Register, Delivery], since: int) -> Delivery | None:
    """The earlier release, if the register's history can say what changed since."""
    try:
        older = Deliveries(parts.connection).one(since)
    except UnknownThing:
        return None  # such as a folder that another database left
    there = older.register == found[0].id and older.state == "merged"
    return older if there and _order(older) <= _order(found[1]) else None


def told_of(person: Person) -> list[str]:
    """The fields that tell of a person."""
    told = (person.number, person.old_number, person.name, person.born, person.sex)
    more = (person.commune, person.died, person.father, person.mother, person.spouse)
    return [name for name in (*told, *more, person.household, person.former) if name]


def _apart(one: RegisterObject, side: str, other: str) -> str:
    columns = ", ".join(quoted(name) for name in _needed(one))
    return f"select {columns} from {side} except all select {columns} from {other}"


def _needed(one: RegisterObject) -> list[str]:
    """The fields that tell of the person, and the day at which a commune's code was written."""
    person = one.persons[0]
    dated = [one.field(name).as_of for name in (person.commune, person.former) if name]
    return list(dict.fromkeys([*told_of(person), *(name for name in dated if name)]))


def _order(release: Delivery) -> tuple[datetime, int]:
    return _moment(release), release.id


def _moment(release: Delivery) -> datetime:
    if release.merged_at is None:
        raise LookupError("a release was merged at some moment")
    return release.merged_at
