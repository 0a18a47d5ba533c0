"""Whether posteriors are probabilities, and whether runs keep what they promise.

    python benchmarks/calibration.py learn NATION SIZE [NATION SIZE ...]
    python benchmarks/calibration.py halves NATION 1000000x10000000
    python benchmarks/calibration.py NATION [SIZE]

The first labels registers by their truth and writes the calibration that travels with the package
(`src/sogoc/link/calibration/calibration.json`): registers of nations of several sizes, since what a
posterior is worth depends on how many people there are; and how far offices go apart. The second
learns from every other record and says in `benchmarks/results/calibration-halves.json` how it fits
the rest: what people's judgements on a
register do for the register itself. The third takes another register (1000000x10000000
unless told), of another nation of the same maker, and compares in every bin what is said with what
is so: the posterior as it is, the calibration that travels, labels from the register's own hidden
numbers, and both. Then a thousand registers are drawn from it, each with its own share of careless
offices, and each states its bound: the share of registers whose precision is not below it is
counted. Writes `benchmarks/results/calibration.json` and `docs/pictures/calibration.svg`.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
import numpy as np
import splink_side as side

from sogoc.link import evaluate
from sogoc.link.calibration.applied import group_sql, promised
from sogoc.link.calibration.bins import BINS, position_sql
from sogoc.link.calibration.hidden import (
    hidden_known,
    hidden_plan,
    hidden_register,
    labels,
    labels_plan,
    learned,
)
from sogoc.link.calibration.isotonic import tread_at
from sogoc.link.calibration.model import GROUPS, Calibration, dump, load
from sogoc.link.calibration.picture import Dot, reliability
from sogoc.link.plan import plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan

if TYPE_CHECKING:
    from sogoc.link.calibration.bound import Promise
    from sogoc.tables.duckdb_engine import DuckDBEngine

SEED = 20261124
SIZE = "1000000x10000000"
REGISTERS = 1000
SHIPPED = Path(__file__).parents[1] / "src/sogoc/link/calibration/calibration.json"
PICTURE = Path(__file__).parents[1] / "docs/pictures/calibration.svg"
THRESHOLDS = (0.999, 0.99, 0.95, 0.8)
CELLS = ("province", "office")
"""Where error rates may differ: cells that are not alike make registers that are not alike."""
GROUPINGS = ("office", "sex", "age", "region", "minority")
_NAMES = tuple(dict.fromkeys((*GROUPINGS, *CELLS)))
AT_THEIR_WORD = Calibration(version="", policy="", source="")
"""What is measured here are posteriors: no calibration stands between."""

LEAST = 500
"""Links in a bin from which on a difference of a point is more than chance."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The best candidate of each record: group of evidence, bin, posterior, right or not."""

    evidence: np.ndarray
    bin: np.ndarray
    posterior: np.ndarray
    right: np.ndarray
    present: np.ndarray
    groups: dict[str, np.ndarray]
    """To which group each record belongs, by the name of the grouping."""

    def every_other(self, first: int) -> Answers:
        """Every other record from the first or from the second on."""
        return Answers(
            evidence=self.evidence[first::2],
            bin=self.bin[first::2],
            posterior=self.posterior[first::2],
            right=self.right[first::2],
            present=self.present[first::2],
            groups={name: groups[first::2] for name, groups in self.groups.items()},
        )


def learn(given: list[tuple[Path, str]]) -> None:
    """Label registers by their truth and write what travels with the package."""
    policy = shipped_policy()
    every: list[Answers] = []
    for nation, size in given:
        with tempfile.TemporaryDirectory(prefix="calibration-") as scratch:
            every.append(_linked(nation, Path(scratch), size, own_labels=False)[0])
    rows = [row for answers in every for row in _counts(answers)]
    told = "; ".join(f"{size.replace('x', ' records of ')} persons" for _, size in given)
    source = f"truth of made-up nations ({told})"
    pooled = learned(rows, policy=policy, source=source)
    apart = max(_between(pooled, answers) for answers in every)
    SHIPPED.write_text(dump(replace(pooled, between=apart)), encoding="utf-8")


def _between(calibration: Calibration, answers: Answers) -> float:
    """How far the cells' shares of wrong links go apart beyond chance (method of moments)."""
    said = _probabilities(calibration, answers)
    taken = said >= THRESHOLDS[-1]
    names = np.char.add(*(answers.groups[name].astype(str) for name in CELLS))
    _, cell = np.unique(names[taken], return_inverse=True)
    wrong = np.bincount(cell, weights=~answers.right[taken])
    expected = np.bincount(cell, weights=1 - said[taken])
    beyond = ((wrong - expected) ** 2).sum() - expected.sum()
    return float(np.sqrt(max(beyond, 0.0) / (expected**2).sum()))


def halves(nation: Path, size: str) -> None:
    """Learn from one half of a register's truth, hold it against the other."""
    with tempfile.TemporaryDirectory(prefix="calibration-") as scratch:
        answers, _ = _linked(nation, Path(scratch), size, own_labels=False)
    learnt, tested = answers.every_other(0), answers.every_other(1)
    own = learned(_counts(learnt), policy=shipped_policy(), source=f"half of the truth, {size}")
    maps = {"travelling": load(SHIPPED), "half of its own truth": own}
    results: dict[str, Any] = {
        "size": size,
        "labels": {name: _labelled(each) for name, each in maps.items()},
    }
    for name, each in maps.items():
        said = _probabilities(each, tested)
        results[name] = {
            "bins": _bins(said, tested.right),
            "bound": {str(n): _kept(each, tested, n) for n in (1_000, 10_000)},
        }
    (Path(tempfile.gettempdir()) / "halves.json").write_text(dump(own), encoding="utf-8")
    print(harness.record("calibration-halves", results, seed=SEED))


def main(nation: Path, size: str = SIZE) -> None:
    """Compare, draw registers, write the result and the picture."""
    with tempfile.TemporaryDirectory(prefix="calibration-") as scratch:
        answers, own = _linked(nation, Path(scratch), size, own_labels=True)
    elsewhere = load(SHIPPED)
    maps = {
        "travelling": elsewhere,
        "own hidden numbers": own,
        "own, joined with travelling": elsewhere.for_register(own),
    }
    said = {"posterior as it is": answers.posterior}
    said |= {name: _probabilities(each, answers) for name, each in maps.items()}
    results = {
        "size": size,
        "labels": {name: _labelled(each) for name, each in maps.items()},
        "bins": {name: _bins(each, answers.right) for name, each in said.items()},
        "largest_difference": {
            name: max(
                (abs(one["right"] - one["said"]) for one in _bins(each, answers.right)
                 if one["links"] >= LEAST), default=0.0,
            )
            for name, each in said.items()
        },
        "by_group": _by_group(said["travelling"], answers),
        "bound": {
            f"{name}, {records} records": _kept(each, answers, records)
            for name, each in maps.items()
            for records in (1_000, 10_000)
        },
    }  # fmt: skip
    _draw(said["travelling"], answers.right, size)
    print(harness.record("calibration", results, seed=SEED))


def _linked(
    nation: Path, scratch: Path, size: str, *, own_labels: bool
) -> tuple[Answers, Calibration]:
    records, persons = (int(count) for count in size.split("x"))
    case = side._case(nation, scratch, records=records, persons=persons)  # noqa: SLF001 - a sister
    policy, register = shipped_policy(), side._register()  # noqa: SLF001 - likewise
    steps = [
        *population_plan(side._population(), as_of=date(2026, 1, 1)),  # noqa: SLF001 - likewise
        *plan(register, policy, calibration=AT_THEIR_WORD),
    ]
    if own_labels:
        steps += [
            *hidden_plan(register, policy),
            *plan(
                hidden_register(register),
                policy,
                known=hidden_known(register),
                calibration=AT_THEIR_WORD,
            ),
            *labels_plan(register, policy),
        ]
    with side._engine(case) as engine:  # noqa: SLF001 - likewise
        for step in steps:
            engine.run(step)
        own = [] if not own_labels else engine.rows(
            f"select evidence, bin, seen, right_ones from {labels('people')}"
        )  # fmt: skip
        return _answers(engine, case), learned(own, policy=policy, source="hidden numbers")


def _answers(engine: DuckDBEngine, case: Path) -> Answers:
    policy = shipped_policy()
    table = engine.arrow(f"""
        select cast({group_sql(policy, "a.b_")} as tinyint) as evidence,
            cast({position_sql("coalesce(a.b_posterior, 0)")} as smallint) as bin,
            coalesce(a.b_posterior, 0) as posterior,
            coalesce(a.b_number = t.number, false) as correct, t.number is not null as present,
            {", ".join(f"cast(t.{name} as varchar) as {name}" for name in _NAMES)}
        from link_answers__people as a
        inner join read_parquet('{case}/truth.parquet') as t on a._row = t._row
        order by a._row
    """)
    columns = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
    return Answers(
        evidence=columns["evidence"],
        bin=columns["bin"],
        posterior=columns["posterior"],
        right=columns["correct"].astype(bool),
        present=columns["present"].astype(bool),
        groups={name: columns[name].astype(str) for name in _NAMES},
    )


def _counts(answers: Answers) -> list[tuple[int, int, int, int]]:
    key = answers.evidence.astype(int) * BINS + answers.bin
    seen = np.bincount(key, minlength=len(GROUPS) * BINS)
    right = np.bincount(key[answers.right], minlength=len(GROUPS) * BINS)
    return [
        (at // BINS, at % BINS, int(seen[at]), int(right[at])) for at in range(len(GROUPS) * BINS)
    ]


def _probabilities(calibration: Calibration, answers: Answers) -> np.ndarray:
    table = np.array(
        [
            [tread_at(treads, position).probability for position in range(BINS)]
            for treads in calibration.treads()
        ]
    )
    return table[answers.evidence.astype(int), answers.bin]


def _labelled(calibration: Calibration) -> dict[str, int]:
    pairs = zip(GROUPS, calibration.labels, strict=True)
    return {group: round(sum(labels.seen)) for group, labels in pairs}


def _bins(said: np.ndarray, right: np.ndarray) -> list[dict[str, Any]]:
    inside = np.digitize(said, evaluate.BINS[1:-1])
    return [
        {
            "from": evaluate.BINS[at],
            "to": evaluate.BINS[at + 1],
            "links": int(here.sum()),
            "said": round(float(said[here].mean()), 6),
            "right": round(float(right[here].mean()), 6),
        }
        for at in range(len(evaluate.BINS) - 1)
        for here in (inside == at,)
        if here.any()
    ]


def _by_group(said: np.ndarray, answers: Answers) -> dict[str, dict[str, Any]]:
    """For each group: of those who are there the share found at 0.999, and said against so."""
    sure = said >= THRESHOLDS[0]
    return {
        f"{name}: {group}": {
            "records": int(here.sum()),
            "precision": round(float(answers.right[here & sure].mean()), 6),
            "recall": round(float((answers.right & sure)[here & answers.present].mean()), 5),
            "said": round(float(said[here].mean()), 5),
            "right": round(float(answers.right[here].mean()), 5),
        }
        for name in GROUPINGS
        for groups in (answers.groups[name],)
        for group in np.unique(groups)
        for here in (groups == group,)
        if here.sum() >= LEAST
    }


def _kept(calibration: Calibration, answers: Answers, records: int) -> dict[str, Any]:
    """How many of a thousand registers keep their bound, and what bound and precision are."""
    draw = np.random.default_rng(SEED)
    said = _probabilities(calibration, answers)
    office = answers.groups["office"]
    pools = [np.flatnonzero(office == name) for name in np.unique(office)]
    rows: dict[float, list[tuple[float, float]]] = {threshold: [] for threshold in THRESHOLDS}
    for _ in range(REGISTERS):
        shares = draw.dirichlet(np.array([len(pool) for pool in pools]) / len(said) * 6)
        counts = draw.multinomial(records, shares)
        pairs = zip(pools, counts, strict=True)
        chosen = np.concatenate([draw.choice(pool, count) for pool, count in pairs])
        for threshold in THRESHOLDS:
            taken = chosen[said[chosen] >= threshold]
            stated = _promise(calibration, answers, taken)
            rows[threshold].append((stated.low, float(answers.right[taken].mean())))
    return {
        str(threshold): {
            "kept": sum(precision >= low for low, precision in each) / REGISTERS,
            "mean_bound": round(float(np.mean([low for low, _ in each])), 6),
            "mean_precision": round(float(np.mean([right for _, right in each])), 6),
        }
        for threshold, each in rows.items()
    }


def _promise(calibration: Calibration, answers: Answers, taken: np.ndarray) -> Promise:
    key = answers.evidence[taken].astype(int) * BINS + answers.bin[taken]
    counted = [
        (at // BINS, at % BINS, int(links))
        for at, links in enumerate(np.bincount(key, minlength=len(GROUPS) * BINS))
        if links
    ]
    return promised(calibration, counted)


def _draw(said: np.ndarray, right: np.ndarray, size: str) -> None:
    edges = np.array([0, 0.005, 0.02, 0.05, *np.arange(0.1, 0.96, 0.1), 0.95, 0.98, 0.99, 0.995,
                      0.998, 0.999, 0.9995, 0.9999, 0.99999])  # fmt: skip
    inside = np.digitize(said, edges)
    dots = [
        Dot(said=float(said[here].mean()), links=int(here.sum()), right=int(right[here].sum()))
        for at in np.unique(inside)
        for here in (inside == at,)
        if here.sum() >= LEAST / 5
    ]
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    drawn = reliability(
        dots,
        title="Said (across) and so (up): probability of the right person",
        description=f"Reliability of calibrated probabilities, {size.replace('x', ' records of ')} "
        "persons: dots on the dashed line are exact",
    )
    PICTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "learn":
        learn([(Path(one), size) for one, size in zip(sys.argv[2::2], sys.argv[3::2], strict=True)])
    elif sys.argv[1] == "halves":
        halves(Path(sys.argv[2]), sys.argv[3])
    else:
        main(Path(sys.argv[1]), *sys.argv[2:])
