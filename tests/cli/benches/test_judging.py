"""Links against the truth: ten records whose every number can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from sogoc.cli.benches.judging import CLAIMS, claims_step, judged_numbers
from sogoc.cli.benches.told import say_result, unfair
from sogoc.cli.telling.say import Say
from sogoc.link.columns import answers
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
    say_result(Say("vi"), {}, judged)
    say_result(Say("en"), {}, judged)
    said = capsys.readouterr().out
    assert "Ai được phục vụ kém hơn" in said
    assert "Who is served worse" in said
    assert unfair(judged) == []
