"""Changes of the population laid over the index of a made-up nation: nothing is rebuilt.

    python benchmarks/overlay.py INDEX POPULATION [CHANGED]

CHANGED (1,000,000) persons move, are renamed or get a number: told as they were and as they are.
The index itself stays as it is: its files are linked into a folder that goes away. Writes
`benchmarks/results/overlay-<changed>-of-<persons>.json`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
import pyarrow.dataset as ds

from sogoc.contract.shelf import Shelf
from sogoc.link.building.index import changes_of
from sogoc.link.index.person_index import CHANGES, PersonIndex
from sogoc.link.overlay.changes import refresh
from sogoc.localities.tables import unit_tables
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import reference

if TYPE_CHECKING:
    from sogoc.contract.model import Register
    from sogoc.link.overlay.changes import Tables

AS_OF = date(2025, 11, 1)
_SIDES = ("came", "gone")


def main(folder: Path, population: Path, count: int) -> None:
    """Tell the changes, code them, lay them over, open the index again."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        place = Path(work)
        copy = _linked(folder, place / "persons")
        results: dict[str, Any] = {"persons": PersonIndex.open(copy).persons, "changed": count}
        told = {name: _tell(place / name, population, count, name=name) for name in _SIDES}
        took = harness.measure(lambda: _coded(place, told))
        came, gone = took.pop("returned")
        results["code"] = took
        index = PersonIndex.open(copy)
        took = harness.measure(lambda: refresh(index, came=came, gone=gone))
        over, unknown = took.pop("returned")
        took["unknown"] = unknown
        results["lay over"] = took
        results["open again"] = harness.measure(lambda: PersonIndex.open(copy).persons)
        results["came"] = over.changes.manifest.persons if over.changes else 0
        parts = ("code", "lay over")
        results["wall_seconds"] = round(sum(results[part]["wall_seconds"] for part in parts), 2)
        print(results)
        harness.record(f"overlay-{count}-of-{over.persons}", results)


def _linked(folder: Path, copy: Path) -> Path:
    """The index under another name: its files are the same, what changes it goes away."""
    shutil.copytree(
        folder, copy, copy_function=os.link, ignore=shutil.ignore_patterns(CHANGES, "desk")
    )
    return copy


def _tell(folder: Path, population: Path, count: int, *, name: str) -> Path:
    """The changed persons as a register would tell them, in a file."""
    register, people = _population()
    with DuckDBEngine(folder) as engine:
        parts = sorted(population.glob("part-*.parquet"))
        engine.register("told", ds.dataset(parts).head(count))
        step = _told(register, people, name)
        engine.run(step)
        return engine.parquet(step.makes)


def _coded(place: Path, told: dict[str, Path]) -> tuple[Tables, Tables]:
    """The tables of linking of the changed persons alone, as they are and as they were."""
    register, people = _population()
    both = place / "told"
    both.mkdir()
    files = {side: [told[side].rename(both / f"{side}.parquet")] for side in _SIDES}
    with DuckDBEngine(place / "coded") as engine:
        for table, units in unit_tables().items():
            engine.register(table, units)
        engine.register(reference(register.id, people), both / "*.parquet")
        return changes_of(engine, register, **files, as_of=AS_OF)


def _population() -> tuple[Register, str]:
    register = Shelf((shipped("registers"),)).register("population")
    return register, next(one.name for one in register.objects if one.persons)


def _told(register: Register, name: str, side: str) -> Step:
    """Of those who come, a third moved, a third bear another name, a third another number."""
    one = register.object(name)
    person = one.persons[0]
    changed = ""
    if side == "came":
        items = {
            person.commune: "case when turn % 3 = 0 then '00004' else {} end",
            person.name: "case when turn % 3 = 1 then {} || ' Hai' else {} end",
            person.number: "case when turn % 3 = 2 then reverse({}) else {} end",
        }
        told = ", ".join(
            f"{text.replace('{}', quoted(column))} as {quoted(column)}"
            for column, text in items.items()
        )
        changed = f" replace ({told})"
    select = (
        f"select * exclude (turn){changed} from ("
        "select *, row_number() over () as turn from told) as numbered"
    )
    return Step(reference(register.id, name), ("told",), select)


if __name__ == "__main__":
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    main(Path(sys.argv[1]), Path(sys.argv[2]), size)
