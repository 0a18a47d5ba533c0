"""Persons who stand twice, found and held against the truth: in a register, and in a population.

    python benchmarks/doubles.py FOLDER [PERSONS [RECORDS]]

Makes a nation and a register of it in FOLDER (`sogoc bench link` makes the same). *Register*: the
records that clerks wrote, of which the truth tells which are of one person; with parents and spouse
and without. *Population*: the nation itself names nobody twice, so a hundredth of it is entered a
second time, as the clerks of the register wrote them down; a second entry with the number of the
first loses it, for no population register takes one number twice. Searched as `sogoc link
duplicates` searches; a pair is right where both records are of one person. Writes
`benchmarks/results/doubles.json`.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import harness

from sogoc.cli.benches.national import (
    AS_OF,
    LinkEngine,
    Task,
    Variant,
    make_people,
    make_records,
    register_of,
)
from sogoc.cli.benches.timed import TimedEngine
from sogoc.link.doubles.clusters import Pair, clustered
from sogoc.link.doubles.plan import HELD, PAIRS, doubles_plan
from sogoc.link.policy import shipped_policy
from sogoc.localities.tables import unit_tables
from sogoc.tables.engine import Step

SEED = 20261122
MEMORY_GIB = 5
FROM = (0.05, 0.5, 0.95, 0.999)
"""Posteriors from which pairs are counted; the first is where the list ends."""
A_HUNDREDTH = 100

_TELLING = ("number", "name", "born", "sex", "commune", "father", "mother", "spouse")
_OF_POPULATION = {
    "number": "so_dinh_danh", "name": "ho_ten", "born": "ngay_sinh", "sex": "gioi_tinh",
    "commune": "ma_xa", "father": "cha_ho_ten", "mother": "me_ho_ten",
    "spouse": "vo_chong_ho_ten",
}  # fmt: skip
_OF_RECORD = {name: f"r.{name}" for name in _TELLING} | {
    "commune": "coalesce(commune__now, commune)"
}


def main(task: Task) -> None:
    """Make the data, search both, write the result."""
    make_people(task)
    make_records(task)
    plain = replace(task, variant=Variant.PLAIN)
    held = {
        "register": (plain, _records(task)),
        "register_with_family": (task, _records(task)),
        "population": (task, _population(task)),
    }
    results: dict[str, Any] = {"persons": task.persons, "records": task.records}
    for name, told in held.items():
        measured = harness.measure(lambda name=name, told=told: _searched(name, *told))
        results[name] = measured | measured.pop("returned")
        print(name, results[name])
    print(harness.record("doubles", results, seed=SEED))


def _records(task: Task) -> str:
    """`_record`, what tells of a person, and who is meant: for the truth alone."""
    told = ", ".join(f"{_OF_RECORD[name]} as {name}" for name in _TELLING)
    parts = "part-*.parquet"
    return f"""
        select r._row as _record, {told}, t.person as meant
        from read_parquet('{task.register / "family" / parts}') as r
        inner join read_parquet('{task.register / "truth" / parts}') as t on r._row = t._row
    """


def _population(task: Task) -> str:
    told = ", ".join(f"{column} as {name}" for name, column in _OF_POPULATION.items())
    again = ", ".join(f"e.{name}" for name in _TELLING if name != "number")
    parts = "part-*.parquet"
    return f"""
        with people as (
            select row_number() over (order by file_row_number, filename) as _record, {told}
            from read_parquet('{task.population / parts}', file_row_number = true, filename = true)
        ),
        entered as (
            select s.*, t.number as own from ({_records(task)}) as s
            inner join read_parquet('{task.register / "truth" / parts}') as t on s._record = t._row
            where t.number is not null and not contains(t.kinds, 'record.second')
                and t.number in (select number from people group by number having count(*) = 1)
            order by s._record limit {task.persons // A_HUNDREDTH}
        )
        select p._record, {", ".join(f"p.{name}" for name in _TELLING)}, p._record as meant
        from people as p
        union all
        select {task.persons} + e._record, case when e.number <> e.own then e.number end as number,
            {again}, p._record
        from entered as e inner join people as p on e.own = p.number
    """


def _searched(name: str, task: Task, select: str) -> dict[str, Any]:
    folder = task.folder / f"doubles-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    register = register_of(task.variant)
    once = replace(register.objects[0], link_to="one-to-one")
    with TimedEngine(folder, memory_gib=task.memory_gib) as engine:
        engine.run(Step("told", (), select))
        kept = "select * exclude (meant), cast(null as bigint) as _missing_since from told"
        engine.run(Step(HELD, ("told",), kept))
        for unit, table in unit_tables().items():
            engine.register(unit, table)
        for step in doubles_plan(register, once, shipped_policy(), as_of=AS_OF):
            engine.run(step)
        found = engine.rows(f"""
            select p.record, p.other, p.weight, p.posterior, a.meant = b.meant
            from {PAIRS} as p
            inner join told as a on p.record = a._record
            inner join told as b on p.other = b._record
        """)
        ((records, doubles),) = engine.rows("""
            select sum(times), sum(times * (times - 1) // 2)
            from (select count(*) as times from told group by meant) as counted
        """)
        steps = {step: seconds for step, seconds in engine.seconds.items() if seconds >= 1}
    shutil.rmtree(folder)
    pairs = [Pair(record=a, other=b, weight=w, posterior=p, evidence="") for a, b, w, p, _ in found]
    return {
        "records": int(records), "true_pairs": int(doubles), "clusters": len(clustered(pairs)),
        "from_posterior": {str(least): _counted(found, least, int(doubles)) for least in FROM},
        "steps_of_a_second": steps,
    }  # fmt: skip


def _counted(found: list[tuple[Any, ...]], least: float, doubles: int) -> dict[str, float]:
    told = [right for *_, posterior, right in found if posterior >= least]
    right = sum(told)
    return {
        "pairs": len(told),
        "right": right,
        "precision": round(right / len(told), 6) if told else 1.0,
        "recall": round(right / doubles, 6) if doubles else 1.0,
    }


if __name__ == "__main__":
    given = [*sys.argv[2:], *("1000000", "100000")[len(sys.argv) - 2 :]]
    main(
        Task(
            folder=Path(sys.argv[1]).resolve() / f"nation-{SEED}",
            persons=int(given[0]),
            records=int(given[1]),
            seed=SEED,
            engine=LinkEngine.SQL,
            variant=Variant.FAMILY,
            memory_gib=MEMORY_GIB,
        )
    )
