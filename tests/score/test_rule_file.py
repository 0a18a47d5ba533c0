"""Rule files are read whole, or refused with all their mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sogoc.contract.model import Criterion, Dimension, Severity
from sogoc.errors import RuleFileError
from sogoc.score.deadlines import due
from sogoc.score.rule_file import load, newest
from sogoc.shipped import shipped

FILE = shipped("rules") / "dqi-2026-09-14.yaml"


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = FILE.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file = folder / "changed.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_file_is_marked_as_not_compared_with_the_text() -> None:
    rules = load(FILE)
    assert rules.version == "dqi-2026-09-14"
    assert not rules.checked_against_text
    assert all(source.text for source in rules.sources)
    assert (rules.levels.green, rules.levels.yellow, rules.must_be) == (90, 75, 100)
    assert rules.criteria[Dimension.TIMELINESS] is Criterion.SONG
    assert rules.weights.severity[Severity.ERROR] == 2


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    file = changed(
        tmp_path,
        ("yellow: 75", "yelow: 75"),
        ("accuracy: dung", "accuracy: right"),
        ("find_cause: 5", "find_cause: soon"),
        ("when: errors > 0", "when: mistakes > 0"),
        ("warning: 1", "warning: -1"),
    )
    with pytest.raises(RuleFileError) as refused:
        load(file)
    told = refused.value.sentence.en
    for word in ("'yelow'", "'yellow' is missing", "'right'", "whole working days"):
        assert word in told
    assert "'mistakes'" in told
    assert "a weight is a number from 0" in told
    assert told.count("line ") >= 6


def test_a_table_of_groups_must_end_with_a_line_for_everybody_else(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="true of every record"):
        load(changed(tmp_path, ('when: "true"', "when: warnings = 0")))


def test_a_condition_of_a_group_calls_no_functions(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="has no place"):
        load(changed(tmp_path, ("when: errors > 0", "when: error('x') > errors")))


def test_what_is_no_yaml_is_refused_as_a_rule_file(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("levels: [", encoding="utf-8")
    with pytest.raises(RuleFileError, match="not YAML"):
        load(file)


def test_the_newest_file_valid_on_the_day_is_used(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    later = ("valid_from: 2026-09-14", "valid_from: 2027-01-01")
    changed(tmp_path, later, ("version: dqi-2026-09-14", "version: dqi-2027-01-01"))
    assert newest(tmp_path, date(2026, 12, 31)).version == "dqi-2026-09-14"
    assert newest(tmp_path, date(2027, 1, 1)).version == "dqi-2027-01-01"
    with pytest.raises(RuleFileError, match="no rule file"):
        newest(tmp_path, date(2020, 1, 1))


def test_five_ten_and_fifteen_working_days_skip_weekends_and_holidays() -> None:
    days = due(date(2026, 8, 28), load(FILE))
    assert days.cause_by == date(2026, 9, 8)
    assert days.correct_by == date(2026, 9, 15)
    assert days.field_work_by == date(2026, 9, 22)
    assert days.certain


def test_a_deadline_beyond_the_known_calendar_says_that_it_is_not_certain() -> None:
    assert not due(date(2027, 12, 20), load(FILE)).certain
