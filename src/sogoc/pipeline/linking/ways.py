"""By which way the persons of a run are linked: the compiled kernel or SQL, to the same rows.

The kernel serves where the node keeps an index of the release (`population.people` says where that
pays) and tables stand on this machine. Of a few records it looks up what they name; of many it
reads the dictionaries of the index whole. Everything else is linked by SQL over the tables of the
release, which are those of the index where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.link.calibration.stated import taken_step
from sogoc.link.columns import answers, candidates, exact, judged, mutual
from sogoc.link.desk.few import link_few
from sogoc.link.index.compiled import available
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link, standing
from sogoc.pipeline.linking.models import link_steps
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import quoted
from sogoc.tables.naming import standard, verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.index.person_index import PersonIndex
    from sogoc.pipeline.linking.models import Policies
    from sogoc.pipeline.population.people import People
    from sogoc.pipeline.stages import Tell
    from sogoc.tables.engine import Engine

_FEW = 1_000
"""Of so many persons one record: up to there, looking up what records name is the shorter way.

A hundred thousand of a hundred million (`link.desk.few`); dictionaries grow with the persons."""
PARTS = "candidates"
"""Folder of a run in which candidates of more than a million persons lie by parts."""
"""Folder in that of the run where the kernel keeps what it has done so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Against whom, by what, and with which machine code."""

    people: People
    index: Callable[[], PersonIndex | None]
    """Which index of theirs: that which is kept, or one that is made for this."""
    by: Policies
    machine_code: Path
    tell: Tell = nobody

    def link(
        self, engine: Engine, register: Register, *, folder: Path, known: frozenset[str]
    ) -> None:
        """Make `verified(o)` and `link_taken(o)` of every object that names persons.

        Reads `standard(o)`, `locality_units` and the judgements in `known`; chances that stand
        are kept. `folder` is the engine's. A run that was stopped goes on.
        """
        objects = [one for one in register.objects if one.persons]
        index = self._index(engine)
        if index is None:
            self.people.lend(engine, tell=self.tell)
            steps = link_steps(register, self.by, known=known)
            steps += [taken_step(one, self.by.of(one.name)) for one in objects]
            run_steps(engine, Stage.LINK, steps, tell=self.tell)
            return
        for done, one in enumerate(objects):
            self.tell(Stage.LINK, done, len(objects))
            if not all(engine.has(table(one.name)) for table in _last(one)):
                mine = replace(register, objects=(one,))
                self._by_kernel(engine, mine, index, folder=folder, known=known)
            taken = taken_step(one, self.by.of(one.name))
            run_steps(engine, Stage.LINK, [taken], tell=nobody)
        self.tell(Stage.LINK, len(objects), len(objects))

    def resolve(self, engine: Engine, register: Register, *, known: frozenset[str]) -> None:
        """The same from all candidates of an object, which stand: what others claim is weighed.

        Reads `link_asked__`, `link_candidates__` and `link_chances__` beside.
        """
        (one,) = register.objects
        table = quoted(candidates(one.name))
        found = engine.arrow(f"select distinct person from {table}")
        self.people.meant(engine, found["person"].to_numpy())
        last = {f(one.name) for f in (judged, mutual, answers, verified)}
        steps = [s for s in link_steps(register, self.by, known=known) if s.makes in last]
        steps.append(taken_step(one, self.by.of(one.name)))
        run_steps(engine, Stage.LINK, steps, tell=self.tell)

    def _index(self, engine: Engine) -> PersonIndex | None:
        return self.index() if available() and isinstance(engine, DuckDBEngine) else None

    def _by_kernel(
        self,
        engine: Engine,
        register: Register,
        index: PersonIndex,
        *,
        folder: Path,
        known: frozenset[str],
    ) -> None:
        (one,) = register.objects
        kernel = Kernel(index=index, policy=self.by.of(one.name), cache=self.machine_code)
        way = link_few if _count(engine, one) * _FEW <= index.persons else link
        # Where the kernel cannot serve a policy, it links by SQL itself: the officer need not know.
        way(
            engine,
            register,
            kernel,
            folder=folder / PARTS,
            known=known,
            calibration=self.by.calibration_of(one.name),
            stands=standing(engine, one, kernel, folder=folder / PARTS, known=known),
        )
        # Who learns from this run later reads it as a file.
        engine.parquet(exact(one.name))


def _last(one: RegisterObject) -> tuple[Callable[[str], str], ...]:
    """What stands once an object is linked; claims of others are weighed over its candidates."""
    return (verified, exact, *((candidates,) if one.link_to == "one-to-one" else ()))


def _count(engine: Engine, one: RegisterObject) -> int:
    return int(engine.rows(f"select count(*) from {quoted(standard(one.name))}")[0][0])
