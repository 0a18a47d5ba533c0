"""The person index: built from the tables of `population_plan`, opened by mapping its files.

A folder holds `tables/*.parquet` (for engines), `arrays/*.bin` (for the kernel and the desk) and
`manifest.json`. It is built beside its place and renamed, so that whoever opens it sees the old
index or the new one, whole. The same tables give the same bytes. What changed since stands in the
folder `changes` in it (`link/overlay`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.errors import IndexRefused, Sentence
from sogoc.link.columns import FOLDED, NAMES, PLACES, POPULATION_TABLES, TOKENS
from sogoc.link.index import manifest as manifests
from sogoc.link.index.arrays import derive, people_in
from sogoc.link.index.compiled import needed
from sogoc.link.index.folder import Arrays, NewFolder
from sogoc.link.index.reading import people
from sogoc.tables.engine import Step
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from sogoc.link.index.manifest import Manifest
    from sogoc.tables.engine import Engine

TABLES = (POPULATION, *POPULATION_TABLES)
GROWING = (TOKENS, FOLDED, NAMES, PLACES)
"""Dictionaries to which changes add; what was counted stays as it was."""
CHANGES = "changes"
_BUILT, CAME, LEFT = "population_built", "population_came", "population_left"


class Changes:
    """What was laid over an index: persons who came, and who is gone."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.array = Arrays(folder, manifest.files)

    def table(self, name: str) -> Path:
        """The rows that the changes add to a table."""
        return self.folder / "tables" / f"{name}.parquet"


class PersonIndex:
    """An index that was found whole."""

    def __init__(self, folder: Path, manifest: Manifest, changes: Changes | None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.changes = changes
        self.array = Arrays(folder, manifest.files)

    @classmethod
    def build(cls, engine: Engine, folder: Path, *, source: str) -> Self:
        """Build it from the tables that `population_plan` left in this engine, in place of an old.

        `source` names the release of the population register. Raises KernelMissing without the
        part `national`, IndexRefused where the tables are not numbered in order.
        """
        needed()
        new = NewFolder(folder)
        tables = {name: new.bring(name, engine.parquet(name)) for name in TABLES}
        persons = derive(tables, people_in(tables[POPULATION]), new.keep)
        return cls(folder, new.finish(source=source, persons=persons), None)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in this folder, with its changes.

        Raises IndexRefused if either is unfinished, damaged, of another version or not of this
        index.
        """
        manifest, over = manifests.read(folder), folder / CHANGES
        if any(f"tables/{name}.parquet" not in manifest.files for name in TABLES):
            # The plan of the population has tables that this index was built without.
            raise manifests.other_version(folder, "-")
        if not over.exists():
            return cls(folder, manifest, None)
        changes = Changes(over, manifests.read(over))
        if changes.manifest.of != manifests.seal(manifest):
            raise IndexRefused(
                Sentence(
                    vi=f"Các biến động ở {over} không thuộc chỉ mục này; hãy tạo lại chỉ mục.",
                    en=f"The changes in {over} are not of this index; build the index again.",
                )
            )
        return cls(folder, manifest, changes)

    @property
    def identity(self) -> str:
        """One text for the whole content: equal for equal indexes, and only for them."""
        own = manifests.seal(self.manifest)
        return f"{own}+{manifests.seal(self.changes.manifest)}" if self.changes else own

    def verify(self) -> None:
        """Read every byte anew. Raises IndexRefused."""
        manifests.verify(self.folder)
        if self.changes:
            manifests.verify(self.changes.folder)

    def table(self, name: str) -> Path:
        """The Parquet file of a table as it was built."""
        return self.folder / "tables" / f"{name}.parquet"

    def register(self, engine: Engine) -> None:
        """Let the engine read the index's tables as if `population_plan` had run in it.

        Where there are changes, `population` is written anew: SQL pays for them once a run.
        """
        self.register_dictionaries(engine)
        engine.register(POPULATION, self.table(POPULATION))
        if self.changes:
            engine.register(_BUILT, self.table(POPULATION))
            engine.register(CAME, self.changes.table(CAME))
            engine.register(LEFT, self.changes.table(LEFT))
            engine.run(Step(POPULATION, (_BUILT, CAME, LEFT), _WITH_CHANGES))

    def register_dictionaries(self, engine: Engine) -> None:
        """The same without `population`: what the kernel needs beside the index itself."""
        for name in POPULATION_TABLES:
            grown = self.changes is not None and name in GROWING
            engine.register(name, self._grown(name) if grown else self.table(name))

    def _grown(self, name: str) -> Path:
        """A dictionary with what the changes added, as a pattern of files."""
        return self.folder / CHANGES / "tables" / name / "*.parquet"

    def people(self, rows: np.ndarray) -> pa.Table:
        """The persons with these numbers, in this order, as rows of `population`."""
        made = [people(self.array, rows[rows < self.persons], first=0, parts=self.parts)]
        later = rows[rows >= self.persons]
        if self.changes:
            made.append(people(self.changes.array, later, first=self.persons, parts=self.parts))
        back = np.empty(len(rows), dtype=np.int64)
        back[np.argsort(rows >= self.persons, kind="stable")] = np.arange(len(rows))
        return pa.concat_tables(made).take(pa.array(back))

    @cached_property
    def parts(self) -> np.ndarray:
        """The parts of each folded name, those that changes added too."""
        own = self.array("parts")
        return np.concatenate([own, self.changes.array("parts")]) if self.changes else own

    @cached_property
    def persons(self) -> int:
        """With how many persons it was built."""
        return len(self.array("persons"))


_WITH_CHANGES = f"""
select b.* from {_BUILT} as b left join {LEFT} as l on b.person = l.person where l.person is null
union all
select * from {CAME}
"""
