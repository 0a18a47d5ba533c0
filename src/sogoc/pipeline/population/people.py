"""The persons of one release, made once and shared by deliveries, rounds and the desk.

A small population is recoded whole for each release, by SQL: it takes seconds. From a size on an
index is kept (`parts.index_from`). The next release's index is then the same files with what
changed laid over them, as long as that is little; how common names and dates are stays as it was
counted when the index was built. Each release has a folder of its own: an index that is refreshed
is a copy by other names of the files, so whoever still reads the one before is not disturbed, and
a program that is killed leaves the new one whole or not at all.
"""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from sogoc.database.deliveries import Deliveries, turn
from sogoc.errors import IndexRefused
from sogoc.link.building.index import build
from sogoc.link.index.compiled import available
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.link.overlay.changes import refresh
from sogoc.link.population import people_of, population_plan
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.population.changed import Changed, can_tell
from sogoc.pipeline.run_folder import is_made_of, ready_folder
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.records.store import RecordStore
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import POPULATION, reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.link.overlay.changes import Tables
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.stages import Tell
    from sogoc.tables.engine import Engine, Step

INDEX = "persons"
"""The folder of the index in that of the release."""
_MOST = 0.1
"""Changes laid over an index, as a part of its persons: with more it is built anew.

One who changed came and is gone, so this is one person in twenty. What names and dates weigh is
then off by 0.07 of a bit at most on the whole, and the lists of those who came stay short beside
the index's own; building counts everybody anew.
"""


class People:
    """The persons of a release of the population register."""

    def __init__(self, parts: Parts, found: tuple[Register, Delivery]) -> None:
        self._parts = parts
        self._found = found
        self._register, self._release = found
        self._one = people_of(self._register)

    def lend(self, engine: Engine, *, tell: Tell = nobody) -> None:
        """Put the tables of linking within the engine's reach; make them if the release is new."""
        index = self.index()
        if index is None:
            steps = self._steps(self._release)
            with self._parts.engine(self._ready) as own:
                self._recode(own, steps, tell)
                for step in steps:
                    engine.borrow(step.makes, own)
        else:
            index.register_dictionaries(engine)
            engine.register(POPULATION, self._table(index))
        self.forget_older()

    def index(self) -> PersonIndex | None:
        """The index where it pays and can be made; else None: SQL over tables serves.

        It is made from the one before where it can, else by the loops that are compiled.
        """
        return self._standing() or self._made() if self._pays else None

    def have_index(self) -> None:
        """Make it where it pays; of a small population nothing is touched."""
        if self._pays and self.index() is not None:
            self.forget_older()

    def index_at_once(self) -> PersonIndex | None:
        """The same for whoever asks of single persons: of a small population too."""
        return self._standing() or self._made() if self._possible else None

    def meant(self, engine: Engine, people: np.ndarray) -> None:
        """Lend the table of persons alone; of an index no more than these persons."""
        index = self.index()
        if index is None:
            self.lend(engine)
        else:
            engine.register(POPULATION, index.people(people))

    def numbering(self) -> str:
        """Equal where persons bear the same numbers in the tables of linking."""
        index = self.index()
        return index.identity if index else "tables"

    def count(self) -> int:
        """How many persons there are."""
        return RecordStore(self._parts.connection).count(self._register, self._one.name)

    @cached_property
    def _ready(self) -> Path:
        return ready_folder(self._folder(self._release), self._made_of(self._release))

    def _folder(self, release: Delivery) -> Path:
        return self._parts.population / str(release.id)

    def _steps(self, release: Delivery) -> list[Step]:
        return population_plan(self._register, as_of=release.as_of)

    def _made_of(self, release: Delivery) -> tuple[str, ...]:
        """A later program may make other tables of the same release: both never stand together."""
        return release.sha256, *(step.select for step in self._steps(release))

    def _standing(self) -> PersonIndex | None:
        """The index if it was found whole; one that is damaged is not used, and made again."""
        try:
            return PersonIndex.open(self._ready / INDEX)
        except IndexRefused:
            return None

    @cached_property
    def _pays(self) -> bool:
        store, least = RecordStore(self._parts.connection), self._parts.index_from
        return store.holds_at_least(self._register, self._one.name, least) and self._possible

    @cached_property
    def _possible(self) -> bool:
        """Whether an index can be made here: it needs compiled loops, and files of this machine."""
        if not available():
            return False
        with self._parts.engine(self._ready) as own:
            return isinstance(own, DuckDBEngine)

    def _made(self) -> PersonIndex | None:
        """Made by one at a time; whoever waited finds it."""
        with turn(self._parts.connection, f"{self._register.id} {INDEX}"):
            there = self._standing()
            if there is not None:
                return there
            self._tidy()
            # What does not open is in the way, and a table that was made of it speaks of others.
            for damaged in (INDEX, _WHOLE):
                shutil.rmtree(self._ready / damaged, ignore_errors=True)
            # Until it is known better: a program may be killed before it can say so.
            (self._ready / _MOVED).touch()
            try:
                return (self._refreshed() if self._pays else None) or self._built()
            except IndexRefused:
                # Such as places of too many kinds: SQL knows no such bounds.
                return None
            finally:
                self._unmark_unless_moved()
                self._tidy()

    def _tidy(self) -> None:
        """What a program that was killed left half done goes."""
        for beside in (_NEXT, _WORK):
            shutil.rmtree(self._ready / beside, ignore_errors=True)

    def _unmark_unless_moved(self) -> None:
        """Where the register moved on meanwhile, the index holds more: no other is made from it."""
        latest = Deliveries(self._parts.connection).latest(self._register.id)
        if latest is not None and latest.id == self._release.id:
            (self._ready / _MOVED).unlink(missing_ok=True)

    def _built(self) -> PersonIndex:
        folder, source = self._ready, f"{self._register.id} {self._release.id}"
        with self._parts.engine(folder) as own:
            if all(own.has(name) for name in TABLES) or not self._pays:
                self._recode(own, self._steps(self._release), nobody)
                return PersonIndex.build(own, folder / INDEX, source=source)
        file = self._export(folder)
        with self._parts.engine(folder / _WORK) as own:
            _lend_units(own)
            own.register(reference(self._register.id, self._one.name), file)
            return build(
                own,
                self._register,
                [file],
                as_of=self._release.as_of,
                folder=folder / INDEX,
                source=source,
            )

    def _refreshed(self) -> PersonIndex | None:
        """The index of the release before with what changed since; None where it must be built."""
        older, index = next(self._earlier(), (None, None))
        if older is None or index is None:
            return None
        changed = Changed(self._parts, self._found, older, self._ready / _WORK)
        if not changed.one_map:
            return None
        try:
            came, gone = changed.coded()
        except IndexRefused:
            return None  # so many names that building is the shorter way
        if not _is_little(index, _rows(came) + _rows(gone)):
            return None
        copied = PersonIndex.open(_other_names(index.folder, self._ready / _NEXT))
        made, unknown = refresh(copied, came=came, gone=gone)
        # Where somebody is gone whom it never held, it is of others than the register says.
        return None if unknown else _renamed(made.folder, self._ready / INDEX)

    def _earlier(self) -> Iterator[tuple[Delivery, PersonIndex]]:
        """Indexes of earlier releases that stand whole, of the same contract and program."""
        for number in sorted(_releases(self._parts.population), reverse=True):
            older = can_tell(self._parts, self._found, number)
            if older is None or older.id == self._release.id:
                continue
            folder = self._folder(older)
            if is_made_of(folder, self._made_of(older)) and not (folder / _MOVED).exists():
                try:
                    yield older, PersonIndex.open(folder / INDEX)
                except IndexRefused:
                    continue

    def _recode(self, own: Engine, steps: list[Step], tell: Tell) -> None:
        """The tables of linking by SQL, from the records whole."""
        if not all(own.has(step.makes) for step in steps):
            _lend_units(own)
            file = self._export(self._ready)
            own.register(reference(self._register.id, self._one.name), file)
            run_steps(own, Stage.LINK, steps, tell=tell)

    def _export(self, folder: Path) -> Path:
        store = RecordStore(self._parts.connection)
        return store.export(self._register, self._one.name, folder)

    def _table(self, index: PersonIndex) -> Path:
        """All persons as one table: where some changed, it is written once for the release."""
        if index.changes is None:
            return index.table(POPULATION)
        with self._parts.engine(self._ready / _WHOLE) as own:
            if not own.has(POPULATION):
                index.register(own)
            return own.parquet(POPULATION)

    def forget_older(self) -> None:
        """Two releases stay: another delivery may still be reading the one before."""
        for older in sorted(_releases(self._parts.population))[:-2]:
            shutil.rmtree(self._parts.population / str(older), ignore_errors=True)


def landed(parts: Parts, register: Register) -> None:
    """Have the index of the newest release, if one is kept, before anybody asks.

    The release is merged by then: a program that is killed here has lost nothing but time.
    """
    release = Deliveries(parts.connection).latest(register.id)
    if release is not None:
        People(parts, (register, release)).have_index()


_WORK, _NEXT, _WHOLE, _MOVED = "in-work", "next", "whole", "moved"


def _lend_units(engine: Engine) -> None:
    for name, table in unit_tables().items():
        engine.register(name, table)


def _releases(folder: Path) -> list[int]:
    return [int(one.name) for one in folder.iterdir() if one.name.isdigit()]


def _is_little(index: PersonIndex, rows: int) -> bool:
    """Whether so many that came or are gone, over those of before, are a small part."""
    over = index.changes.manifest if index.changes else None
    before = over.persons + over.gone if over else 0
    return before + rows <= _MOST * index.persons


def _rows(tables: Tables) -> int:
    told = tables[POPULATION]
    return int(pq.read_metadata(told).num_rows if isinstance(told, Path) else told.num_rows)


def _renamed(folder: Path, target: Path) -> PersonIndex:
    folder.rename(target)
    return PersonIndex.open(target)


def _other_names(folder: Path, target: Path) -> Path:
    """The same files in another folder, which a refresh then replaces by name, never in place."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, copy_function=os.link)
    return target
