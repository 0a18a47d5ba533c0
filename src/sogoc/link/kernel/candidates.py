"""From `link_asked__<object>` and a person index to `link_candidates__<object>`, without joins.

Leaves the same rows as the steps `exact` to `candidates` of the plan do in SQL, to the bit. What
needs logarithms was computed in SQL, once a person; here integers are compared and added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.link.columns import asked as asked_table
from sogoc.link.columns import candidates as candidates_table
from sogoc.link.columns import chances as chances_table
from sogoc.link.columns import exact as exact_table
from sogoc.link.columns import judged as judged_table
from sogoc.link.index.compiled import needed
from sogoc.link.kernel.asking import OTHER, PART, SAME, columns, part, slices
from sogoc.link.kernel.parts import Parts
from sogoc.link.kernel.people import bearers, population
from sogoc.link.kernel.running import Kept, Runner
from sogoc.link.kernel.writing.module import loops
from sogoc.link.kernel.writing.source import NONE, source
from sogoc.link.weights import FAR, mass
from sogoc.tables.engine import quoted
from sogoc.tables.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.contract.model import RegisterObject
    from sogoc.link.index.person_index import PersonIndex
    from sogoc.link.kernel.running import Loop
    from sogoc.link.kernel.shapes import Asked, Work
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine

_PAIR = (("asked", pa.int64()), ("person", pa.int64()))
_NUMBERS = (
    *_PAIR,
    ("place", pa.int32()),
    ("confirmed", pa.int8()),
    ("weight", pa.int32()),
    ("next_weight", pa.int32()),
    ("mass", pa.int64()),
    ("seen", pa.int64()),
    ("unseen", pa.int64()),
    ("absent", pa.int64()),
    ("namesakes", pa.int32()),
    ("bearers", pa.int32()),
    ("rivals", pa.int32()),
)
"""What the loop keeps of a candidate, in its order; levels stand after the first four."""
_BEFORE_LEVELS = 4
_EXPLAINED = 10_000
"""Candidates up to which all of them are read, not only who is meant."""


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """The kernel of a policy over an index.

    `cache` is a folder in which its machine code may stay; `threads` work at once.
    """

    index: PersonIndex
    policy: Policy
    cache: Path
    threads: int = 2

    def ready(self, engine: Engine, one: RegisterObject) -> Ready:
        """The kernel for the persons in `link_asked__` of this object.

        Raises KernelMissing without the part `national`, UnknownToKernel where the policy says
        what only SQL can.
        """
        needed()
        return Ready(self, engine, one)


class Ready:
    """The kernel over the persons of one object; reads `link_asked__` and `link_judged__`."""

    def __init__(self, kernel: Kernel, engine: Engine, one: RegisterObject) -> None:
        self._policy, self._engine, self._one = kernel.policy, engine, one
        schema = engine.arrow(f"select * from {quoted(asked_table(one.name))} limit 0").schema
        self._source = source(kernel.policy, columns(schema))
        self._loops = loops(self._source, kernel.cache)
        self._index, self._population = kernel.index, population(kernel.index)
        self._runner = Runner(len(kernel.policy.comparisons), kernel.threads)
        self._first: Asked | None = None

    def exact(self) -> None:
        """Make `link_exact__`: the levels of all pairs with one number, from which m is learned."""
        kept = [
            self._table(some, _PAIR, len(_PAIR))
            for asked in self._asked()
            for some in (self._nothing(), *self._runner.run(self._exact, asked))
        ]
        self._engine.register(exact_table(self._one.name), pa.concat_tables(kept))

    def candidates(self, folder: Path) -> None:
        """Make `link_candidates__`, part by part, in `folder`; reads `link_chances__`.

        A run that was stopped goes on: parts that an earlier run made of the same persons, with
        the same chances, on the same index, stay.
        """
        made = Parts(folder, self._identity())
        for number, some in enumerate(self._slices()):
            if not made.has(number):
                known = self._first if number == 0 else None
                self._first = None
                asked = known or part(some, self._source, self._judged)
                made.write(number, self._schema, self._candidates(asked))
        made.hand_over(self._engine, candidates_table(self._one.name))

    def meant(self, file: Path) -> None:
        """Write the best candidates and the bearers of numbers to `file`, as rows of `population`.

        A million at a time: a nation's register means half a nation.
        """
        best = f"place = 1 or number_level = {self._policy.level('number:equal')}"
        table = quoted(candidates_table(self._one.name))
        [(rows,)] = self._engine.rows(f"select count(*) from {table}")
        # Where a person may stand once, claims of other records may bring up the second best. Of a
        # few records everybody is read, for whoever explains them.
        everybody = self._one.link_to == "one-to-one" or rows <= _EXPLAINED
        where = "true" if everybody else best
        found = self._engine.arrow(f"select distinct person from {table} where {where}")
        # In their order, so that the arrays are read from front to back.
        persons = np.sort(found["person"].to_numpy())
        file.parent.mkdir(parents=True, exist_ok=True)
        with ParquetFile(file, self._index.people(persons[:0]).schema) as written:
            for first in range(0, len(persons), PART):
                written.write(self._index.people(persons[first : first + PART]))

    def tables(self) -> Iterator[pa.Table]:
        """The candidates in memory, for a few persons."""
        for asked in self._asked():
            yield from self._candidates(asked)

    def _candidates(self, asked: Asked) -> Iterator[pa.Table]:
        for some in self._runner.run(self._link, asked):
            yield self._table(some, _NUMBERS, _BEFORE_LEVELS)

    def _slices(self) -> Iterator[pa.Table]:
        read = [*self._source.ints, *self._source.longs, *self._source.texts]
        return slices(self._engine.parquet(asked_table(self._one.name)), read)

    def _asked(self) -> Iterator[Asked]:
        for number, some in enumerate(self._slices()):
            asked = part(some, self._source, self._judged)
            if number == 0:
                # Most registers are one part: it is put in order once, for both loops.
                self._first = asked
            yield asked

    def _exact(self, asked: Asked, work: Work, kept: Kept) -> Loop:
        return partial(self._loops.exact, asked, *self._population, work, *kept)

    def _link(self, asked: Asked, work: Work, kept: Kept) -> Loop:
        chances, masses = self._chances, self._masses
        return partial(self._loops.link, asked, chances, masses, *self._population, work, *kept)

    @cached_property
    def _chances(self) -> np.ndarray:
        """The one row of chances, in the order in which the source names its columns."""
        names = ", ".join(quoted(name) for name in self._source.chances)
        table = quoted(chances_table(self._one.name))
        (row,) = self._engine.rows(f"select {names} from {table}")
        return np.array(row, dtype=np.int64)

    @cached_property
    def _masses(self) -> np.ndarray:
        """The mass at each distance below the top, by the engine that sums masses in SQL."""
        rows = self._engine.rows(
            f"select {mass('t.d')} from (select unnest(range({FAR + 1})) as d) as t order by t.d"
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    @cached_property
    def _judged(self) -> dict[int, list[tuple[int, int]]]:
        """What officers decided, with the persons whom the numbers mean."""
        judged: dict[int, list[tuple[int, int]]] = {}
        for asked, number, decision in self._engine.rows(
            f"select distinct asked, number, decision from {quoted(judged_table(self._one.name))} "
            "where decision in ('same', 'other') and number is not null order by all"
        ):
            kind = SAME if decision == "same" else OTHER
            for person in bearers(self._population, number):
                judged.setdefault(asked, []).append((person, kind))
        return judged

    @property
    def _schema(self) -> pa.Schema:
        return self._table(self._nothing(), _NUMBERS, _BEFORE_LEVELS).schema

    def _nothing(self) -> Kept:
        count = len(self._policy.comparisons)
        return Kept(np.empty((0, len(_NUMBERS)), np.int64), np.empty((0, count), np.int8))

    def _table(
        self, kept: Kept, numbers: tuple[tuple[str, pa.DataType], ...], before: int
    ) -> pa.Table:
        columns = {
            name: _column(kept.longs[:, at], dtype) for at, (name, dtype) in enumerate(numbers)
        }
        levels = {
            f"{comparison.id}_level": pa.array(np.ascontiguousarray(kept.levels[:, at]))
            for at, comparison in enumerate(self._policy.comparisons)
        }
        names = list(columns)
        return pa.table(
            {
                **{name: columns[name] for name in names[:before]},
                **levels,
                **{name: columns[name] for name in names[before:]},
            }
        )

    def _identity(self) -> dict[str, object]:
        """What the parts depend on: the same here, the same parts."""
        return {
            "index": self._index.identity,
            "kernel": self._source.text,
            "chances": self._chances.tolist(),
            "judged": sorted(self._judged.items()),
            "asked": self._engine.parquet(asked_table(self._one.name)),
        }


def _column(numbers: np.ndarray, dtype: pa.DataType) -> pa.Array:
    made = pa.array(np.ascontiguousarray(numbers), mask=numbers == NONE)
    return made.cast(dtype)
