"""What household, relatives and former places decide that name, date, sex, place and number do not.

    python benchmarks/family.py FOLDER [PERSONS [RECORDS [ENGINE]]]

Links the same rows of a made-up register twice, plain and with the family (`sogoc bench link` makes
them in FOLDER, or finds them there), and follows the records that plain linking leaves undecided:
those whose person is in the population and whose answer names nobody (`accepted`), and those whose
best candidate is not the right one above the posterior from which precision is 0.999 (`ranked`).
Writes `benchmarks/results/family-RECORDS-of-PERSONS.json`.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import harness

from sogoc.cli.benches.measured import phase
from sogoc.cli.benches.national import (
    LINKING,
    LinkEngine,
    Task,
    Variant,
    build_index,
    judge,
    make_people,
    make_records,
)

SEED = 20261122
MEMORY_GIB = 5
DECIDED = {
    "accepted": ("{0}.accepted_right", "not {0}.accepted"),
    "ranked": ("({0}.best_right and {0}.posterior >= {1})", "{0}.posterior < {1}"),
}
"""When a record is decided rightly, and when it is left open; {1}: the cut of its variant."""


def main(plain: Task) -> None:
    """Link by both variants, follow the undecided, write the result."""
    phase(plain.population, make_people, plain)
    phase(plain.register, make_records, plain)
    phase(plain.index, build_index, plain)
    variants = {"plain": plain, "family": replace(plain, variant=Variant.FAMILY)}
    told = {name: _linked(task) for name, task in variants.items()}
    cuts = {name: one["at_precision"]["0.999"]["posterior"] for name, one in told.items()}
    judged = {name: task.links / "bench_judged.parquet" for name, task in variants.items()}
    results: dict[str, Any] = {
        "persons": plain.persons, "records": plain.records, "engine": plain.engine.value,
        "undecided_in_plain": _followed(judged, cuts), **told,
    }  # fmt: skip
    for task in variants.values():
        shutil.rmtree(task.links)
    print(harness.record(f"family-{plain.records}-of-{plain.persons}", results, seed=SEED))
    print(results["undecided_in_plain"])


def _linked(task: Task) -> dict[str, Any]:
    shutil.rmtree(task.links, ignore_errors=True)
    took = phase(task.links, LINKING[task.engine], task)
    told = phase(task.links / "judged", judge, task).told
    kept = ("accepted", "accepted_or_proposed", "at_precision", "calibration", "groups")
    return {"link": took.numbers(), **{name: told[name] for name in kept}}


def _followed(judged: dict[str, Path], cuts: dict[str, float]) -> dict[str, dict[str, float]]:
    """Of the records that plain linking leaves open or mistakes: what becomes of them."""
    found = {}
    for name, (right, still_open) in DECIDED.items():
        before, after = right.format("p", cuts["plain"]), right.format("f", cuts["family"])
        open_now = still_open.format("f", cuts["family"])
        ((present, undecided, rightly, wrongly, lost),) = duckdb.sql(f"""
            select count(*), count(*) filter (where not {before}),
                count(*) filter (where not {before} and {after}),
                count(*) filter (where not {before} and not {after} and not {open_now}),
                count(*) filter (where {before} and not {after})
            from read_parquet('{judged["plain"]}') as p
            inner join read_parquet('{judged["family"]}') as f on p._row = f._row
            where p.present
        """).fetchall()
        found[name] = {
            "present": present,
            "undecided": undecided,
            "then_decided_rightly": rightly,
            "then_decided_wrongly": wrongly,
            "decided_before_and_no_more": lost,
            "share_decided_rightly": round(rightly / undecided, 4) if undecided else 1.0,
        }
    return found


if __name__ == "__main__":
    given = [*sys.argv[2:], *("1000000", "1000000", "sql")[len(sys.argv) - 2 :]]
    main(
        Task(
            folder=Path(sys.argv[1]).resolve() / f"nation-{SEED}",
            persons=int(given[0]),
            records=int(given[1]),
            seed=SEED,
            engine=LinkEngine(given[2]),
            variant=Variant.PLAIN,
            memory_gib=MEMORY_GIB,
        )
    )
