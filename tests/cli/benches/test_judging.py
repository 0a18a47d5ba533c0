"""Links against the truth: ten records whose every number can be counted by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sogoc.cli.benches.judging import CLAIMS, claims_step, judged_numbers, lines_numbers
from sogoc.cli.benches.told import say_result, unfair
from sogoc.cli.telling.say import Say
from sogoc.link.columns import answers
from sogoc.link.policy import shipped_policy
from sogoc.link.thresholds import line_of
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import verified

FIELDS = ("number", "name")
# row: true number, kinds, region; outcome, number answered, best candidate, its posterior
RECORDS = [
    ("a", "clean", "north", "verified", "a", "a", 1.0),
    ("b", "clean", "north", "verified", "b", "b", 1.0),
    ("c", "name.slip", "north", "needs_a_person", "c", "c", 0.99),
    ("d", "name.slip father.slip", "south", "found", "d", "d", 0.9999),
    ("e", "number.missing", "south", "ambiguous", None, "x", 0.5),
    ("f", "number.missing name.slip", "south", "found", "y", "y", 0.98),
    (None, "record.absent", "south", "not_found", None, "z", 0.1),
    (None, "record.absent", "north", "found", "w", "w", 0.97),
    ("g", "clean", "south", "verified", "g", "g", 1.0),
    ("h", "name.slip", "south", None, None, None, None),
]


def _as_answered(asked: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Nobody has a number, all levels are the best, nobody is dead: posteriors decide."""
    policy = shipped_policy()
    levels = {f"b_{one.id}_level": 1 for one in policy.comparisons} | {"b_number_level": 0}
    same = {"bearers": 0, "folded": 1, "confirmed": False, "judged_absent": False, "born": 1}
    nothing = dict.fromkeys(("number_text", "old_number", "place", "b_died", "died"), "")
    columns = {**levels, **same, "b_old_number_level": 0, "b_person": 1}
    return {
        **{name: [value] * len(asked) for name, value in columns.items()},
        **{name: pa.nulls(len(asked), pa.string()) for name in nothing},
        "asked": [row[0] for row in asked],
        "anybody": [row[7] for row in asked],
    }


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path) as one:
        rows = range(1, len(RECORDS) + 1)
        truth = {
            "_row": rows,
            "number": [one[0] for one in RECORDS],
            "kinds": [one[1] for one in RECORDS],
            "region": [one[2] for one in RECORDS],
            "minority": [one[2] == "south" for one in RECORDS],
        }
        truth |= {name: ["all"] * len(RECORDS) for name in ("age", "sex", "people", "office")}
        one.register("truth", pa.table(truth))
        asked = [(row, *record) for row, record in zip(rows, RECORDS, strict=True) if record[3]]
        one.register(
            verified("people"),
            pa.table(
                {
                    "_row": [row[0] for row in asked],
                    "outcome": [row[4] for row in asked],
                    "number": [row[5] for row in asked],
                    "probability": [row[7] if row[5] else None for row in asked],
                }
            ),
        )
        one.register(
            answers("people"),
            pa.table(
                {
                    "_row": [row[0] for row in asked],
                    "b_number": [row[6] for row in asked],
                    "b_posterior": [row[7] for row in asked],
                    **_as_answered(asked),
                }
            ),
        )
        one.run(claims_step("people"))
        yield one


def test_a_proposal_to_an_officer_is_not_accepted(engine: DuckDBEngine) -> None:
    judged = judged_numbers(engine, CLAIMS, FIELDS)
    accepted, proposed = judged["accepted"], judged["accepted_or_proposed"]
    assert (accepted["linked"], accepted["correct"], accepted["present"]) == (6, 4, 8)
    assert (proposed["linked"], proposed["correct"]) == (7, 5)


def test_a_record_nobody_was_asked_about_still_counts_as_not_found(engine: DuckDBEngine) -> None:
    judged = judged_numbers(engine, CLAIMS, FIELDS)
    assert judged["accepted"]["records"] == len(RECORDS)
    assert judged["outcomes"]["nobody asked for"]["records"] == 1


def test_the_cut_lies_where_the_precision_is_still_reached(engine: DuckDBEngine) -> None:
    cut = judged_numbers(engine, CLAIMS, FIELDS)["at_precision"]["0.999"]
    assert cut == {"posterior": 0.99, "precision": 1.0, "recall": 0.625}


def test_a_record_with_two_kinds_counts_in_both_and_unseen_fields_in_none(
    engine: DuckDBEngine,
) -> None:
    kinds = judged_numbers(engine, CLAIMS, FIELDS)["kinds"]
    assert kinds["name.slip"]["records"] == 4
    assert kinds["number.missing"]["records"] == 2
    assert "father.slip" not in kinds


def test_what_is_said_of_a_group_stands_beside_how_often_it_is_so(engine: DuckDBEngine) -> None:
    judged = judged_numbers(engine, CLAIMS, FIELDS)
    north, slip = judged["groups"]["region"]["north"], judged["kinds"]["name.slip"]
    assert (north["mean_posterior"], north["best_right"]) == (round(3.96 / 4, 6), 0.75)
    assert (slip["mean_probability"], slip["named_right"]) == (
        round(2.9699 / 3, 6),
        round(2 / 3, 6),
    )


def test_two_runs_are_told_apart_by_one_figure_whatever_the_order_of_rows(
    engine: DuckDBEngine,
) -> None:
    first = judged_numbers(engine, CLAIMS, FIELDS)["rows"]
    turned = f"select * from {CLAIMS} order by _row desc"
    engine.register("turned", engine.arrow(turned))
    assert judged_numbers(engine, "turned", FIELDS)["rows"] == first
    other = f"select * replace (case when _row = 4 then 'x' else named end as named) from {CLAIMS}"
    engine.register("other", engine.arrow(other))
    assert judged_numbers(engine, "other", FIELDS)["rows"]["sum"] != first["sum"]


def test_thresholds_are_paid_for_on_the_truth_and_kept_with_the_result(
    engine: DuckDBEngine,
) -> None:
    # Another policy by what it weighs: no calibration was learned for it.
    policy = replace(shipped_policy(), strength=shipped_policy().strength + 1)
    found = json.loads(json.dumps(lines_numbers(engine, "people", policy)))
    sure = found["sure"]
    # Of nine answered, five of 0.9999 and more are right; two of 0.97 and 0.98 are not.
    assert (sure["records"], sure["policy"]["mistakes"], sure["policy"]["cost"]) == (9, 0, 5)
    assert (sure["least"]["threshold"], sure["least"]["cost"], sure["dearer"]) == (0.99, 4, 0.25)
    assert line_of(found["sure"]).least.threshold == 0.99


def test_groups_add_up_to_all_records(engine: DuckDBEngine) -> None:
    judged = judged_numbers(engine, CLAIMS, FIELDS)
    for groups in judged["groups"].values():
        assert sum(one["records"] for one in groups.values()) == len(RECORDS)
    assert judged["groups"]["region"]["north"]["recall"] == round(2 / 3, 6)


def test_bins_of_posteriors_hold_every_best_candidate(engine: DuckDBEngine) -> None:
    bins = judged_numbers(engine, CLAIMS, FIELDS)["calibration"]
    assert sum(one["count"] for one in bins) == 9
    assert bins[-1]["right"] == 1.0


def test_the_result_is_told_in_both_languages(
    engine: DuckDBEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    judged = judged_numbers(engine, CLAIMS, FIELDS)
    judged["thresholds"] = lines_numbers(engine, "people", shipped_policy())
    say_result(Say("vi"), {}, judged)
    say_result(Say("en"), {}, judged)
    said = capsys.readouterr().out
    assert "Ai được phục vụ kém hơn" in said
    assert "Who is served worse" in said
    assert "accepted from" in said
    assert "rẻ nhất" in said
    assert unfair(judged) == []
