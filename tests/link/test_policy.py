"""The linking policy is a table that names all its mistakes, and weighs as it says."""

from __future__ import annotations

import math
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import RuleFileError
from sogoc.link.policy import Costs, Policy, load, shipped_policy

SHIPPED = (files("sogoc.link") / "policy.yaml").read_text(encoding="utf-8")


def _mistakes(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = SHIPPED
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as refused:
        load(file)
    return str(refused.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    said = _mistakes(
        tmp_path,
        ("present: 0.95", "present: 1.5"),
        ("when: a.number = p.number", "when: a.shoe = p.number"),
        ("ratio: 0.025", "m: 0.025"),
        ("{same: [number]}", "{same: [number=hat]}"),
    )
    assert "policy.yaml" in said
    assert "line 23: present" in said
    assert "line 44: number:equal: no column a.shoe" in said
    assert "line 62: number:other: give either m and u, or ratio" in said
    assert "no column hat" in said


def test_an_unknown_word_is_refused(tmp_path: Path) -> None:
    said = _mistakes(tmp_path, ("        vi: số định danh khớp", "        vim: số"))
    assert "line 48: " in said
    assert "vim" in said


def test_a_predicate_must_not_look_into_other_tables(tmp_path: Path) -> None:
    looks = "when: a.number in (select number from secrets)"
    assert "other tables" in _mistakes(tmp_path, ("when: a.number = p.number", looks))


def test_the_last_level_takes_what_is_left(tmp_path: Path) -> None:
    last = '        when: "true"\n        ratio: 0.025'
    said = _mistakes(tmp_path, (last, last.replace('"true"', "a.number = p.number")))
    assert "number: the last level" in said


def test_a_review_that_costs_more_than_the_mistake_is_refused(tmp_path: Path) -> None:
    assert "costs" in _mistakes(tmp_path, ("  review: 1\n", "  review: 5000\n"))


def test_chances_of_measured_levels_leave_room_for_the_rest(policy: Policy) -> None:
    for comparison in policy.comparisons:
        assert sum(one.m or 0 for one in comparison.levels if one.measured) <= 1.0 + 1e-9


@given(st.floats(1.01, 1e6), st.floats(1.01, 1e6))
def test_thresholds_follow_from_costs(false_link: float, missed_link: float) -> None:
    costs = Costs(review=1, false_link=false_link, missed_link=missed_link)
    assert math.isclose((1 - costs.sure) * false_link, 1, rel_tol=1e-6)
    assert math.isclose(costs.likely + costs.unlikely, 1)
    dearer = Costs(review=1, false_link=false_link * 2, missed_link=missed_link)
    assert dearer.sure > costs.sure


def test_dearer_mistakes_never_lower_the_threshold() -> None:
    assert shipped_policy().costs.sure == pytest.approx(0.999)
