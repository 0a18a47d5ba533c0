"""An interrupted run goes on only if it is the same run."""

from __future__ import annotations

from pathlib import Path

from sogoc.pipeline.run_folder import forget_older, ready_folder


def test_what_was_made_of_the_same_things_stays(tmp_path: Path) -> None:
    run = ready_folder(tmp_path / "7", ["file", "contract 1.0.0"])
    (run / "raw.parquet").touch()
    again = ready_folder(tmp_path / "7", ["file", "contract 1.0.0"])
    assert (again / "raw.parquet").exists()


def test_what_was_made_of_other_things_goes(tmp_path: Path) -> None:
    run = ready_folder(tmp_path / "7", ["file", "contract 1.0.0"])
    (run / "raw.parquet").touch()
    again = ready_folder(tmp_path / "7", ["file", "contract 1.1.0"])
    assert not (again / "raw.parquet").exists()


def test_the_words_of_two_things_do_not_run_together(tmp_path: Path) -> None:
    run = ready_folder(tmp_path / "7", ["a", "bc"])
    (run / "raw.parquet").touch()
    assert not (ready_folder(tmp_path / "7", ["ab", "c"]) / "raw.parquet").exists()


def test_only_the_newest_runs_of_a_register_stay(tmp_path: Path) -> None:
    for run in (1, 2, 9, 10, 11):
        (tmp_path / str(run)).mkdir()
    forget_older(tmp_path, [1, 2, 9, 10], keep=2)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["10", "11", "9"]
