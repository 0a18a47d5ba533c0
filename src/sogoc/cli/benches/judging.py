"""Links against the truth, as counts: made in the engine, for millions of records.

Two readings of the same links. *Accepted*: what linking itself answered, the outcomes that name a
person without asking an officer. *Ranked*: the best person of each record with the posterior, cut
wherever the wanted precision is reached; ties stand or fall together. A record is right where the
number answered is that of the person meant.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sogoc.link.calibration.model import shipped_calibration
from sogoc.link.columns import answers
from sogoc.link.evaluate import BINS, Quality
from sogoc.link.thresholds import LINES, cases, drawn, lines_step
from sogoc.tables.engine import Step, literal
from sogoc.tables.naming import verified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine

CLAIMS = "bench_claims"
ACCEPTED = ("verified", "differs", "deceased", "found", "mismatch")
PRECISIONS = (0.99, 0.995, 0.999, 0.9995)
GROUPS = ("age", "sex", "region", "minority", "people", "office")
_SURE = 0.999
_MEANT = "bench_meant"


def claims_step(name: str) -> Step:
    """What was answered to each record: `_row, outcome, accepted, named, best, posterior`.

    `accepted` and `named` (accepted or proposed to an officer) are numbers, NULL where none is,
    `probability` is that of `named`; `best` is the first of all candidates.
    """
    outcomes = ", ".join(literal(outcome) for outcome in ACCEPTED)
    select = f"""
        select
            v._row, v.outcome, case when v.outcome in ({outcomes}) then v.number end as accepted,
            v.number as named, v.probability, a.b_number as best, a.b_posterior as posterior
        from {verified(name)} as v
        inner join {answers(name)} as a on v._row = a._row
    """
    return Step(CLAIMS, (verified(name), answers(name)), select)


def judged_numbers(engine: Engine, claims: str, fields: Sequence[str]) -> dict[str, Any]:
    """Everything that is told of the links; `truth` and the claims must be there.

    `fields` are those that linking saw: errors in others do not count.
    """
    engine.run(Step("bench_judged", (claims, "truth"), _judged(claims)))
    cuts = {str(precision): _cut(engine, precision) for precision in PRECISIONS}
    sure = cuts[str(_SURE)]["posterior"]
    return {
        "rows": _rows(engine, claims),
        "accepted": _told(_quality(engine, "accepted")),
        "accepted_or_proposed": _told(_quality(engine, "named")),
        "best_of_everybody": _told(_quality(engine, "best")),
        "at_precision": cuts,
        "outcomes": _outcomes(engine),
        "calibration": _calibration(engine),
        "groups": {group: _groups(engine, group, sure) for group in GROUPS},
        "kinds": _kinds(engine, sure, fields),
    }


def _rows(engine: Engine, claims: str) -> dict[str, int | str]:
    """How many answers there are, and a sum over all of them whatever their order.

    Two runs with the same figure gave the same outcome and number to every record: so what SQL and
    the kernel answered can be compared by their files.
    """
    text = "concat_ws('|', _row, outcome, coalesce(named, ''))"
    select = f"select count(*), sum(cast('0x' || left(md5({text}), 15) as bigint)) from {claims}"
    ((count, whole),) = engine.rows(select)
    return {"count": count, "sum": f"{int(whole or 0) % 2**64:016x}"}


def lines_numbers(engine: Engine, name: str, policy: Policy) -> dict[str, Any]:
    """Each line of the policy beside the threshold that costs least on the truth."""
    engine.run(lines_step(name, policy, shipped_calibration().fitting(policy)))
    engine.run(Step(_MEANT, ("truth",), "select _row as asked, number from truth"))
    found = cases(engine, _MEANT)
    lines = {line: drawn(line, found[line], policy.costs) for line in LINES}
    return {line: {**asdict(one), "dearer": round(one.dearer, 6)} for line, one in lines.items()}


def _judged(claims: str) -> str:
    right = ", ".join(
        f"coalesce(c.{claim} = t.number, false) as {claim}_right"
        for claim in ("accepted", "named", "best")
    )
    return f"""
        select
            t._row, t.number is not null as present, t.kinds,
            {", ".join(f"cast(t.{group} as varchar) as {group}" for group in GROUPS)},
            c.outcome, coalesce(c.posterior, 0) as posterior, c.probability,
            c.accepted is not null as accepted, c.named is not null as named,
            c.best is not null as best, {right}
        from truth as t left join {claims} as c on t._row = c._row
    """


def _counts(claim: str) -> str:
    return (
        "count(*), count(*) filter (where present), "
        f"count(*) filter (where {claim}), count(*) filter (where {claim}_right)"
    )


def _quality(engine: Engine, claim: str) -> Quality:
    ((records, present, linked, correct),) = engine.rows(
        f"select {_counts(claim)} from bench_judged"
    )
    return Quality(records=records, present=present, linked=linked, correct=correct)


def _cut(engine: Engine, precision: float) -> dict[str, float]:
    """The posterior from which the best candidates are right so often, and the recall there."""
    select = """
        with steps as (
            select posterior, count(*) as linked, count(*) filter (where best_right) as correct
            from bench_judged where best group by posterior
        ),
        summed as (
            select posterior, sum(linked) over w as linked, sum(correct) over w as correct
            from steps window w as (order by posterior desc)
        )
        select posterior, linked, correct from summed
        where correct >= ? * linked order by correct desc, posterior desc limit 1
    """
    found = engine.rows(select, [precision])
    posterior, linked, correct = found[0] if found else (2.0, 0, 0)
    ((present,),) = engine.rows("select count(*) from bench_judged where present")
    return {
        "posterior": posterior,
        "precision": round(correct / linked, 6) if linked else 1.0,
        "recall": round(correct / present, 6) if present else 1.0,
    }


def _outcomes(engine: Engine) -> dict[str, dict[str, int]]:
    rows = engine.rows(
        "select coalesce(outcome, 'nobody asked for'), count(*), "
        "count(*) filter (where named), count(*) filter (where named_right), "
        "count(*) filter (where present) from bench_judged group by 1 order by 1"
    )
    names = ("records", "named", "right", "present")
    return {outcome: dict(zip(names, counts, strict=True)) for outcome, *counts in rows}


def _calibration(engine: Engine) -> list[dict[str, float]]:
    """Of the best candidates with a posterior within each bin: the mean, and the share right."""
    edges = ", ".join(str(edge) for edge in BINS[1:-1])
    rows = engine.rows(
        f"select len(list_filter([{edges}], lambda edge: edge <= posterior)), count(*), "
        "avg(posterior), avg(cast(best_right as integer)) "
        "from bench_judged where best group by 1 order by 1"
    )
    return [
        {
            "from": BINS[place],
            "to": BINS[place + 1],
            "count": count,
            "mean": round(mean, 6),
            "right": round(right, 6),
        }
        for place, count, mean, right in rows
    ]


def _groups(engine: Engine, group: str, sure: float) -> dict[str, dict[str, float | None]]:
    rows = engine.rows(_by(f"select *, {group} as of_group from bench_judged"), [sure])
    return {value: _told_of_group(*counts) for value, *counts in rows}


def _kinds(
    engine: Engine, sure: float, fields: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """A record with two kinds of error counts in both."""
    seen = {*fields, "person", "record", "clean"}
    split = "select *, unnest(string_split(kinds, ' ')) as of_group from bench_judged"
    rows = engine.rows(_by(split), [sure])
    return {
        kind: _told_of_group(*counts) for kind, *counts in rows if kind.partition(".")[0] in seen
    }


def _by(source: str) -> str:
    return (
        f"select of_group, {_counts('accepted')}, count(*) filter (where named_right), "
        f"count(*) filter (where best_right and posterior >= ?), {_SAID_AND_SO} "
        f"from ({source}) as grouped group by of_group order by of_group"
    )


def _told(one: Quality) -> dict[str, float]:
    return {
        "records": one.records,
        "present": one.present,
        "linked": one.linked,
        "correct": one.correct,
        "precision": round(one.precision, 6),
        "recall": round(one.recall, 6),
        "f1": round(one.f1, 6),
    }


_SAID_AND_SO = ", ".join(
    f"avg({what}) filter (where {which})"
    for which in ("best", "named")
    for what in (
        "posterior" if which == "best" else "probability",
        f"cast({which}_right as integer)",
    )
)
"""What was said of the best candidates and of those named, and how often it was so."""


def _told_of_group(*counts: float | None) -> dict[str, float | None]:
    """The columns of one row of `_by`, but for the first."""
    records, present, linked, correct, named, sure = (int(each or 0) for each in counts[:6])
    quality = Quality(records=records, present=present, linked=linked, correct=correct)
    names = ("mean_posterior", "best_right", "mean_probability", "named_right")
    said = dict(zip(names, counts[6:], strict=True))
    return {
        **_told(quality),
        "recall_with_proposed": round(named / present, 6) if present else 1.0,
        "recall_at_0.999": round(sure / present, 6) if present else 1.0,
        **{name: None if one is None else round(one, 6) for name, one in said.items()},
    }
