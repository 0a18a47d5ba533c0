"""The person index and the kernel over a made-up nation: build, and records of several sizes.

    python benchmarks/index.py POPULATION_FOLDER [REGISTER_FOLDER ...]

Folders hold Parquet parts: a population with the columns of the contract `population`, and standard
records with the fields of a plain register. Writes `benchmarks/results/index.json`.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import harness

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.link.index.person_index import PersonIndex
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard
from sogoc.values.kinds import Kind

_KINDS = {
    "number": Kind.PERSONAL_ID,
    "old_number": Kind.OLD_ID,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
    "died": Kind.PARTIAL_DATE,
    "father": Kind.PERSON_NAME,
    "mother": Kind.PERSON_NAME,
    "spouse": Kind.PERSON_NAME,
}
_POPULATION = {
    "number": "so_dinh_danh",
    "old_number": "so_cmnd",
    "name": "ho_ten",
    "born": "ngay_sinh",
    "sex": "gioi_tinh",
    "commune": "ma_xa",
    "died": "ngay_mat",
    "father": "cha_ho_ten",
    "mother": "me_ho_ten",
    "spouse": "vo_chong_ho_ten",
}
_PLAIN = {role: role for role in ("number", "name", "born", "sex", "commune")}


def main(population: Path, registers: list[Path]) -> None:
    """Build the index of the population, link each register twice: compiling, and warm."""
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder) / "run") as engine:
        for name, table in unit_tables().items():
            engine.register(name, table)
        engine.register(reference("people", "people"), population / "part-*.parquet")
        index = Path(folder) / "index"
        results: dict[str, Any] = {"build": harness.measure(lambda: _build(engine, index))}
        results["build"]["disk_mib"] = _mib(index)
        kernel = Kernel(
            index=PersonIndex.open(index), policy=shipped_policy(), cache=Path(folder) / "kernel"
        )
        for register in registers:
            engine.register(standard("people"), register / "part-*.parquet")
            for state in ("compiling", "warm"):
                took = harness.measure(lambda: _link(engine, kernel, Path(folder) / "parts"))
                results[f"{register.parent.name} {state}"] = took
        harness.record("index", results)


def _register(roles: dict[str, str]) -> Register:
    fields = tuple(Field(name=name, kind=_KINDS[role]) for role, name in roles.items())
    one = RegisterObject(name="people", fields=fields, persons=(Person(id="owner", **roles),))
    return Register(id="people", name="people", version="1", objects=(one,))


def _build(engine: DuckDBEngine, folder: Path) -> int:
    for step in population_plan(_register(_POPULATION), as_of=date(2026, 1, 1)):
        engine.run(step)
    return PersonIndex.build(engine, folder, source="made up").persons


def _link(engine: DuckDBEngine, kernel: Kernel, folder: Path) -> int:
    said = link(engine, _register(_PLAIN), kernel, folder=folder)
    if said:
        raise SystemExit(said[0].en)
    return int(engine.rows("select count(*) from verified__people")[0][0])


def _mib(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.rglob("*.*")) / 1024**2, 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
