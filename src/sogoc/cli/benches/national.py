"""The phases of the benchmark of linking: a nation, a register, an index, links, their judgement.

Each is a function of plain values that a process of its own can run; each leaves its tables in a
folder and tells what it counted.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sogoc.cli.benches.judging import CLAIMS, claims_step, judged_numbers, lines_numbers
from sogoc.cli.benches.timed import TimedEngine
from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.contract.shelf import Shelf
from sogoc.demo.nation.make import Order, make_population, make_register
from sogoc.demo.nation.offices.records import VARIANTS
from sogoc.link.building.index import build
from sogoc.link.index.compiled import available
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link, standing
from sogoc.link.plan import plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.shipped import shipped
from sogoc.tables.naming import reference, standard
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sogoc.tables.engine import Engine, Step

OBJECT = "people"
AS_OF = date(2025, 11, 1)
"""The day on which the nation is looked at."""
_PROCESSES = 2
_KINDS = {
    "number": Kind.PERSONAL_ID,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
    "father": Kind.PERSON_NAME,
    "mother": Kind.PERSON_NAME,
    "spouse": Kind.PERSON_NAME,
    "household": Kind.TEXT,
    "former": Kind.COMMUNE,
}


class LinkEngine(Enum):
    """What makes the candidates."""

    SQL = "sql"
    KERNEL = "kernel"


class Variant(Enum):
    """What the register records: number, name, date, sex and commune, or the family too."""

    PLAIN = "plain"
    FAMILY = "family"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is measured, and where everything of it lies."""

    folder: Path
    persons: int
    records: int
    seed: int
    engine: LinkEngine
    variant: Variant
    memory_gib: float

    @property
    def population(self) -> Path:
        """Parts of the population register."""
        return self.folder / f"population-{self.persons}"

    @property
    def register(self) -> Path:
        """Parts of the register and of its truth."""
        return self.folder / f"register-{self.records}-of-{self.persons}"

    @property
    def index(self) -> Path:
        """The person index, once it stands, and its making."""
        return self.folder / f"index-{self.persons}"

    @property
    def links(self) -> Path:
        """Tables of linking."""
        names = (self.engine.value, self.variant.value, self.records, "of", self.persons)
        return self.folder / "-".join(("links", *map(str, names)))

    @property
    def result(self) -> Path:
        """What was measured."""
        return self.folder / f"{self.links.name.replace('links', 'link', 1)}.json"

    @property
    def order(self) -> Order:
        """Which nation."""
        return Order(persons=self.persons, seed=self.seed)


def make_people(task: Task) -> dict[str, Any]:
    """The population register."""
    make_population(task.population, task.order, processes=_PROCESSES)
    return {"processes": _PROCESSES, "disk_gib": _gib(task.population)}


def make_records(task: Task) -> dict[str, Any]:
    """The register, and the truth."""
    make_register(task.register, task.order, records=task.records, processes=_PROCESSES)
    return {"processes": _PROCESSES, "disk_gib": _gib(task.register)}


def build_index(task: Task) -> dict[str, Any]:
    """The person index; without the compiled part only its tables, which SQL reads."""
    work = task.index / "work"
    with _engine(work, task) as engine:
        population = Shelf((shipped("registers"),)).register("population")
        people = next(one.name for one in population.objects if one.persons)
        engine.register(reference("population", people), task.population / "part-*.parquet")
        for name, table in unit_tables().items():
            engine.register(name, table)
        if not available():
            steps = _run(engine, population_plan(population, as_of=AS_OF))
            return {"steps": steps, "disk_gib": _gib(work), "arrays": False}
        started = time.perf_counter()
        build(
            engine,
            population,
            sorted(task.population.glob("part-*.parquet")),
            as_of=AS_OF,
            folder=task.index / "persons",
            source=f"nation {task.seed}",
        )
        wall = time.perf_counter() - started
        steps = {**engine.seconds, "loops": round(wall - sum(engine.seconds.values()), 2)}
    shutil.rmtree(work)
    return {"steps": steps, "disk_gib": _gib(task.index / "persons"), "arrays": True}


def link_sql(task: Task) -> dict[str, Any]:
    """Links by the portable steps. Tables that stand, of a run that was cut off, are kept."""
    with _engine(task.links, task) as engine:
        _lend(engine, task)
        steps = _run(engine, plan(register_of(task.variant), shipped_policy()))
        return {"steps": steps, **_counted(engine)}


def link_kernel(task: Task) -> dict[str, Any]:
    """Links by the compiled kernel over the mapped index; its parts that stand are kept."""
    code = task.folder / "machine-code"
    compiled = not code.exists()
    with _engine(task.links, task) as engine:
        _lend(engine, task)
        started = time.perf_counter()
        index = PersonIndex.open(task.index / "persons")
        kernel = Kernel(index=index, policy=shipped_policy(), cache=code)
        register = register_of(task.variant)
        parts = task.links / "parts"
        stands = standing(engine, register.object(OBJECT), kernel, folder=parts)
        said = link(engine, register, kernel, folder=parts, stands=stands)
        wall = time.perf_counter() - started
        seconds = {**engine.seconds, "kernel": round(wall - sum(engine.seconds.values()), 2)}
        return {
            "steps": seconds,
            "compiled_now": compiled,
            "said": [sentence.en for sentence in said],
            **_counted(engine),
        }


LINKING: dict[LinkEngine, Callable[[Task], dict[str, Any]]] = {
    LinkEngine.SQL: link_sql,
    LinkEngine.KERNEL: link_kernel,
}


def judge(task: Task) -> dict[str, Any]:
    """The links against the truth, which nothing before has read."""
    with _engine(task.links, task) as engine:
        _lend(engine, task)
        engine.run(claims_step(OBJECT))
        engine.register("truth", task.register / "truth" / "part-*.parquet")
        told = judged_numbers(engine, CLAIMS, VARIANTS[task.variant.value])
        return {**told, "thresholds": lines_numbers(engine, OBJECT, shipped_policy())}


def _engine(folder: Path, task: Task) -> TimedEngine:
    return TimedEngine(folder, memory_gib=task.memory_gib)


def _lend(engine: Engine, task: Task) -> None:
    """What linking reads: the population's tables, the units, the records."""
    if (task.index / "persons").exists():
        PersonIndex.open(task.index / "persons").register(engine)
    else:
        for name in TABLES:
            engine.register(name, task.index / "work" / f"{name}.parquet")
    for name, table in unit_tables().items():
        engine.register(name, table)
    records = task.register / task.variant.value / "part-*.parquet"
    engine.register(standard(OBJECT), records)


def _run(engine: TimedEngine, steps: Iterable[Step]) -> dict[str, float]:
    """Run what does not stand yet; seconds of each step."""
    for name, table in unit_tables().items():
        engine.register(name, table)
    for step in steps:
        if not engine.has(step.makes):
            engine.run(step)
    return engine.seconds


def _counted(engine: Engine) -> dict[str, Any]:
    counted = engine.rows(f"select outcome, count(*) from verified__{OBJECT} group by 1 order by 1")  # noqa: S608 - a constant
    return {"outcomes": dict(counted)}


def register_of(variant: Variant) -> Register:
    """A register of persons with nothing else to tell."""
    names = VARIANTS[variant.value]
    fields = tuple(Field(name=name, kind=_KINDS[name]) for name in names)
    roles = {name: name for name in names if hasattr(Person(), name)}
    one = RegisterObject(name=OBJECT, fields=fields, persons=(replace(Person(), **roles),))
    return Register(id="bench", name="bench", version="1", objects=(one,))


def _gib(folder: Path) -> float:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return round(size / 1024**3, 3)
