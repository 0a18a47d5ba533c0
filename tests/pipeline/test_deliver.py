"""A delivery from a file to records, findings and a score, in one process."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from sogoc.contract.shelf import Shelf
from sogoc.database.deliveries import Deliveries
from sogoc.errors import AddressRefused, DeliveryRefused, UnknownThing
from sogoc.pipeline.after.exporting import export_run
from sogoc.pipeline.after.rescoring import Figure, score_again
from sogoc.pipeline.after.taking_back import take_back
from sogoc.pipeline.deliver import Delivered, Request, deliver
from sogoc.pipeline.parts import Parts
from sogoc.pipeline.stages import Stage
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.both_engines import differences
from sogoc.testing.stopped_clock import StoppedClock

FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"


@pytest.fixture
def parts(connection: psycopg.Connection, tmp_path: Path) -> Parts:
    return Parts(
        folder=tmp_path,
        connection=connection,
        shelf=Shelf((shipped("registers"),)),
        clock=StoppedClock(datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
        engine=DuckDBEngine,
        rules=shipped("rules"),
    )


def hand_in(parts: Parts, file: Path = FACILITIES) -> Delivered:
    return deliver(parts, Request(register="health-facilities", file=file, officer="can-bo"))


def rounded(figures: Iterable[Figure]) -> set[Figure]:
    """Sums of fractions may end otherwise in the fifteenth digit: the engine adds in any order."""
    return {replace(one, dqi=None if one.dqi is None else round(one.dqi, 9)) for one in figures}


def count(parts: Parts, table: str) -> int:
    rows = parts.connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows[0][0])


def test_a_file_becomes_records_findings_scores_and_groups(parts: Parts) -> None:
    delivered = hand_in(parts)
    assert delivered.delivery.state == "merged"
    assert count(parts, 'register."health-facilities__co_so"') == 252
    for table in ("finding", "score", "record_group", "near_duplicate", "contract"):
        assert count(parts, f"node.{table}") > 0, table


def test_every_stored_value_leads_back_to_its_row_in_the_file_that_is_kept(parts: Parts) -> None:
    delivered = hand_in(parts)
    kept = parts.folder / delivered.delivery.kept_path
    assert kept.read_bytes() == FACILITIES.read_bytes()
    lines = kept.read_text(encoding="utf-8").splitlines()
    rows = parts.connection.execute(
        'select ma_ban_do, _line from register."health-facilities__co_so"'
    ).fetchall()
    assert all(f",{code}," in lines[line - 1] for code, line in rows)


def test_the_same_bytes_under_another_name_change_nothing(parts: Parts, tmp_path: Path) -> None:
    first = hand_in(parts)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(FACILITIES.read_bytes())
    again = hand_in(parts, copy)
    assert again.known_already
    assert again.delivery.id == first.delivery.id
    assert count(parts, "node.delivery") == 1


def test_a_run_that_was_stopped_goes_on_where_it_stopped(parts: Parts) -> None:
    class StoppedError(Exception):
        pass

    def stop_at_score(stage: Stage, done: int, steps: int) -> None:
        if stage is Stage.SCORE and done:
            raise StoppedError
        del steps

    request = Request(register="health-facilities", file=FACILITIES, officer="can-bo")
    with pytest.raises(StoppedError):
        deliver(parts, request, tell=stop_at_score)
    assert count(parts, "node.finding") == 0
    made = {file.name: file.stat().st_mtime_ns for file in (parts.runs / "1").glob("*.parquet")}
    assert "standard__co_so.parquet" in made
    delivered = deliver(parts, request)
    assert delivered.delivery.id == 1
    standard = parts.runs / "1" / "standard__co_so.parquet"
    assert standard.stat().st_mtime_ns == made["standard__co_so.parquet"]


def test_a_refused_file_leaves_its_name_and_the_reason_and_nothing_else(
    parts: Parts, tmp_path: Path
) -> None:
    wrong = tmp_path / "scan.csv"
    wrong.write_bytes(b"%PDF-1.7\n")
    with pytest.raises(DeliveryRefused):
        hand_in(parts, wrong)
    refused = Deliveries(parts.connection).newest("health-facilities")[0]
    assert refused.state == "refused"
    assert refused.counts["refused"]["vi"]
    assert not list(parts.deliveries.rglob("*.csv"))
    assert not list(parts.runs.rglob("*.parquet"))


def test_a_delivery_taken_back_leaves_no_record_finding_or_score(parts: Parts) -> None:
    delivered = hand_in(parts)
    take_back(parts, delivered.delivery.id)
    for table in ('register."health-facilities__co_so"', "node.finding", "node.score"):
        assert count(parts, table) == 0, table
    assert not hand_in(parts).known_already


def test_a_published_score_is_computed_again_to_the_same_figures(
    parts: Parts, tmp_path: Path
) -> None:
    delivered = hand_in(parts)
    columns = "level, name, criterion, locality, dqi, colour"
    stored = parts.connection.execute(f"select {columns} from node.score").fetchall()
    version, again = score_again(parts, delivered.delivery.id, tmp_path / "again")
    assert version == delivered.delivery.rules_version
    assert rounded(Figure(*row) for row in stored) == rounded(again)


def test_another_rule_file_gives_other_figures_and_stores_none(
    parts: Parts, tmp_path: Path
) -> None:
    delivered = hand_in(parts)
    before = count(parts, "node.score")
    shipped_file = next(shipped("rules").glob("dqi-*.yaml"))
    text = shipped_file.read_text(encoding="utf-8")
    other = tmp_path / "dqi-2030-01-01.yaml"
    other.write_text(text.replace("green: 90", "green: 99.99"), encoding="utf-8")
    number = delivered.delivery.id
    _, published = score_again(parts, number, tmp_path / "a")
    _, tried = score_again(parts, number, tmp_path / "b", file=other)
    assert {one.colour for one in published} != {one.colour for one in tried} or published != tried
    assert count(parts, "node.score") == before


def test_a_delivery_that_is_not_there_cannot_be_scored(parts: Parts, tmp_path: Path) -> None:
    with pytest.raises(UnknownThing):
        score_again(parts, 77, tmp_path / "none")


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_records_and_errors_are_written_to_an_address_in_parts_and_never_over_others(
    parts: Parts, engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    delivery = hand_in(parts).delivery.id
    kept = pq.read_table(parts.runs / str(delivery) / "errors__co_so.parquet")
    if engine == "spark":
        session = request.getfixturevalue("spark")
        from sogoc.tables.spark_engine import SparkEngine  # noqa: PLC0415 - an optional part

        parts = replace(parts, engine=lambda folder: SparkEngine(folder, session))
    address, out = (tmp_path / "out").as_uri(), tmp_path / "out"
    written = export_run(parts, delivery, address, by=["tinh"])
    assert written == {"standard__co_so": 252, "errors__co_so": kept.num_rows}
    assert len(list((out / "standard__co_so").glob("tinh=*"))) > 1
    assert differences(kept, pq.read_table(out / "errors__co_so")) == ""
    with pytest.raises(AddressRefused, match="already"):
        export_run(parts, delivery, address)


def test_what_was_kept_of_an_older_run_is_gone_and_that_is_said(parts: Parts) -> None:
    delivery = hand_in(parts).delivery.id
    shutil.rmtree(parts.runs / str(delivery))
    with pytest.raises(UnknownThing, match="keep_runs"):
        export_run(parts, delivery, "anywhere")
