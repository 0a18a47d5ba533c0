"""What household, relatives and former places decide that name, date, sex, place and number do not.

    python benchmarks/family.py FOLDER [PERSONS [RECORDS [ENGINE]]]

Links the same rows of a made-up register twice, plain and with the family (`sogoc bench link` makes
them in FOLDER, or finds them there), and follows the records that plain linking leaves undecided:
those whose person is in the population and whose answer names nobody (`accepted`), and those whose
best candidate is not the right one above the posterior from which precision is 0.999 (`ranked`). Of
those whom a machine accepts by neither, it tells why.
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
    OBJECT,
    LinkEngine,
    Task,
    Variant,
    build_index,
    judge,
    make_people,
    make_records,
)
from sogoc.link.calibration.applied import numbered_sql
from sogoc.link.columns import answers
from sogoc.link.policy import shipped_policy

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
        "undecided_in_plain": _followed(judged, cuts),
        "still_open_with_family": _why(variants["family"], judged), **told,
    }  # fmt: skip
    for task in variants.values():
        shutil.rmtree(task.links)
    print(harness.record(f"family-{plain.records}-of-{plain.persons}", results, seed=SEED))
    print(results["undecided_in_plain"])


def _linked(task: Task) -> dict[str, Any]:
    shutil.rmtree(task.links, ignore_errors=True)
    took = phase(task.links, LINKING[task.engine], task)
    told = phase(task.links / "judged", judge, task).told
    kept = ("rows", "accepted", "accepted_or_proposed", "at_precision", "calibration")
    kept += ("thresholds", "outcomes", "groups", "kinds")
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


def _why(family: Task, judged: dict[str, Path]) -> dict[str, dict[str, int]]:
    """Of the records that neither variant accepts, why not: how many, with the right one best.

    A death or a level that always needs a person comes first: no evidence changes these.
    """
    policy = shipped_policy()
    codes = {
        review: " ".join(
            f"when a.b_{one.id}_level = {number} then '{one.id}:{level.code} ({review})'"
            for one in policy.comparisons
            for number, level in enumerate(one.levels, 1)
            if level.review == review
        )
        for review in ("always", "without-number")
    }
    found = duckdb.sql(f"""
        select case
                when a.bearers > 0 then 'the number is somebody''s'
                when a.b_person is null then 'nobody came near'
                when a.b_died is not null and a.died is null then 'the death is recorded'
                {codes["always"]}
                when {numbered_sql(policy, "a.b_")} then 'not probable enough'
                {codes["without-number"]}
                else 'not probable enough' end as why,
            count(*), count(*) filter (where f.named_right), count(*) filter (where f.best_right)
        from read_parquet('{judged["plain"]}') as p
        inner join read_parquet('{judged["family"]}') as f on p._row = f._row
        inner join read_parquet('{family.links / f"{answers(OBJECT)}.parquet"}') as a
            on f._row = a._row
        where p.present and not p.accepted_right and not f.accepted_right
        group by 1 order by 2 desc
    """).fetchall()
    names = ("records", "right_one_proposed", "right_one_best")
    return {why: dict(zip(names, counts, strict=True)) for why, *counts in found}


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
