"""Small dirty populations, linked twice: by SQL, and by the kernel. Machine code is kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from sogoc.link.index.person_index import PersonIndex
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link
from sogoc.link.plan import plan
from sogoc.link.policy import Policy, shipped_policy
from sogoc.link.population import population_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Engine
from sogoc.tables.naming import reference, standard
from sogoc.testing.district import (
    CHANGES,
    UNITS,
    Someone,
    population_of,
    records_of,
    register_of,
)

SURNAMES = ("Nguyễn", "Nguyên", "Trần", "Lê", "Bế", "Ksor")
MIDDLES = ("Văn", "Thị", "Thị Ngọc", "Ngọc", "Đức", "")
GIVENS = ("An", "Ân", "Lan", "Lán", "Hoà", "Hòa", "Nam", "H’Hen")
COMMUNES = ("00001", "00002", "00003", "00101", "00201")
KEPT = ("link_candidates__people", "link_exact__people", "verified__people")


@dataclass(frozen=True)
class World:
    """A population and records of it, as two tables of made-up people."""

    persons: list[Someone]
    records: list[Someone]
    judgements: tuple[tuple[int, str, str | None, str], ...] = ()


def world(seed: int, persons: int, records: int) -> World:
    """People of few names and days, so that ties, twins and wrong numbers are the rule."""
    draw = random.Random(seed)  # noqa: S311 - made-up people, no secret
    people = [_someone(draw, number) for number in range(persons)]
    people += [replace(draw.choice(people), number=None) for _ in range(persons // 20)]  # twins
    people += [draw.choice(people) for _ in range(persons // 30)]  # entered twice
    written = [_record(draw, people) for _ in range(records)]
    return World(people, written)


def _someone(draw: random.Random, number: int) -> Someone:
    name = " ".join(
        part for part in (draw.choice(SURNAMES), draw.choice(MIDDLES), draw.choice(GIVENS)) if part
    )
    born = f"{draw.choice((1959, 1960, 1961, 1992))}-{draw.choice((1, 2, 11)):02}"
    born = draw.choice((born[:4], born, *[f"{born}-{draw.choice((1, 2, 11, 12)):02}"] * 8))
    return Someone(
        draw.choice((name, name, name, name, None)) if draw.random() < 0.1 else name,
        draw.choice((None, born)) if draw.random() < 0.1 else born,
        draw.choice(("nam", "nữ", None)),
        f"0010590{number // 2 * 7 % 100_000:05}" if draw.random() < 0.8 else None,
        f"{number // 3 * 13:09}" if draw.random() < 0.5 else None,
        draw.choice((*COMMUNES, None)),
        draw.choice((None, None, "2020-03-01", "2019")),
        father=_relative(draw),
        mother=_relative(draw),
        spouse=_relative(draw),
        household=draw.choice((None, f"01{number // 4:010}", "0100000000")),
        former=draw.choice((None, None, *COMMUNES)),
    )


def _relative(draw: random.Random) -> str | None:
    return draw.choice((None, f"{draw.choice(SURNAMES)} Văn {draw.choice(GIVENS)}"))


def _record(draw: random.Random, people: list[Someone]) -> Someone:
    """One person as an office writes them down, with several things wrong."""
    one = draw.choice(people)
    odd = {
        "number": (None, draw.choice(people).number, _slipped(draw, one)),
        "name": _misspelt(one.name),
        "born": (None, "1960", "1960-02", "1960-11-02", "1992-01-01"),
        "commune": (None, *COMMUNES),
        "sex": ("nam", "nữ", None),
        "father": (_relative(draw),),
        "household": (None, draw.choice(people).household, "01-x"),
        "former": (None, *COMMUNES),
    }
    changes = {name: draw.choice(values) for name, values in odd.items() if draw.random() < 0.3}
    written = {}
    if draw.random() < 0.1:
        changes["commune"] = None
        written["candidates"] = "00001 00101"
    if draw.random() < 0.15 and one.number:
        changes["number"] = None
        name, digits = draw.choice(
            (
                ("number", one.number[1:]),
                ("number", one.old_number or ""),
                ("number", one.number + "0"),
                ("number__proposal", one.number),
            )
        )
        written[name] = digits
    return replace(one, died=None, **changes, written=written)


def _misspelt(name: str | None) -> tuple[str | None, ...]:
    first, *rest = (name or "Y Moan").split()
    turned = " ".join([*rest, first])
    return (
        name and name.upper(),
        name and name.replace("n", "m", 1),
        turned,
        " ".join(rest) or None,
    )


def _slipped(draw: random.Random, one: Someone) -> str | None:
    if one.number is None:
        return None
    at = draw.randrange(4, 11)
    swapped = one.number[:at] + one.number[at + 1] + one.number[at] + one.number[at + 2 :]
    return draw.choice((swapped, one.number[:at] + "7" + one.number[at + 1 :]))


@dataclass
class Linked:
    """One world, linked by the one and by the other."""

    engine: Engine
    folder: Path
    cache: Path

    def populate(self, people: list[Someone]) -> PersonIndex:
        """The index of these people."""
        self.engine.register(reference("people", "people"), population_of(people))
        for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
            self.engine.run(step)
        return PersonIndex.build(self.engine, self.folder / "index", source="release")

    def records(self, one: World) -> frozenset[str]:
        """Lay the records down, and what officers judged of them."""
        self.engine.register(standard("people"), records_of(one.records))
        if not one.judgements:
            return frozenset()
        names = ("_row", "person", "number", "decision")
        rows = zip(*one.judgements, strict=True)
        table = pa.table(dict(zip(names, map(list, rows), strict=True)))
        self.engine.register("judgements__people", table)
        return frozenset({"judgements__people"})

    def by_sql(self, policy: Policy, known: frozenset[str]) -> dict[str, pa.Table]:
        """The tables that the plan leaves."""
        for step in plan(register_of(), policy, known=known):
            self.engine.run(step)
        return self.tables()

    def by_kernel(
        self,
        index: PersonIndex,
        policy: Policy,
        known: frozenset[str],
        *,
        link_to: str = "many-to-one",
    ) -> dict[str, pa.Table]:
        """The same tables by the kernel; nothing was said, so it ran."""
        kernel = Kernel(index=index, policy=policy, cache=self.cache)
        register, folder = register_of(link_to=link_to), self.folder / "parts"
        said = link(self.engine, register, kernel, folder=folder, known=known)
        assert said == []
        return self.tables()

    def tables(self) -> dict[str, pa.Table]:
        """What both ways leave."""
        return {table: self.engine.arrow(f"select * from {table} order by all") for table in KEPT}


@pytest.fixture
def linked(tmp_path: Path, kernels: Path) -> Iterator[Linked]:
    """An engine to link in twice."""
    with DuckDBEngine(tmp_path / "engine", threads=1) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        yield Linked(engine, tmp_path, kernels)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return shipped_policy()
