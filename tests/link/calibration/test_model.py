"""The calibration file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sogoc.errors import RuleFileError
from sogoc.link.calibration.isotonic import Labels
from sogoc.link.calibration.model import ELSEWHERE, Calibration, dump, load, shipped_calibration
from sogoc.link.calibration.picture import Dot, reliability
from sogoc.link.policy import shipped_policy


def _made(right: int, wrong: int) -> Calibration:
    labels = Labels.of([(0.9, True)] * right + [(0.9, False)] * wrong)
    return Calibration(
        version="1", policy="1", source="a test", labels=(Labels(), labels, Labels())
    )


def test_a_calibration_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(dump(_made(7, 3)), encoding="utf-8")
    assert load(file) == _made(7, 3)


def test_the_same_calibration_gives_the_same_bytes() -> None:
    assert dump(_made(7, 3)) == dump(_made(7, 3))


@pytest.mark.parametrize("text", ["", "{}", '{"version": 1}', "[1]"])
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError):
        load(file)


def test_more_right_labels_than_labels_are_refused(tmp_path: Path) -> None:
    broken = _made(7, 3)
    broken.labels[1].right[0] = 1
    file = tmp_path / "calibration.json"
    file.write_text(dump(broken), encoding="utf-8")
    with pytest.raises(RuleFileError):
        load(file)


def test_a_registers_own_labels_come_first_and_others_fill_the_gaps() -> None:
    together = _made(0, 10_000).for_register(_made(900, 100))
    assert sum(together.labels[1].seen) == 1040
    assert together.source == "a test; a test"


def test_a_model_that_was_learned_has_no_calibration_of_another() -> None:
    policy, known = shipped_policy(), shipped_calibration()
    assert known.fitting(policy) is known
    dearer = replace(policy, version="ours", costs=replace(policy.costs, false_link=500))
    assert known.fitting(dearer) is known
    surer = replace(policy, present=0.96)
    assert known.fitting(surer).version == ""
    assert not any(any(labels.seen) for labels in known.fitting(surer).labels)


def test_where_people_decided_other_labels_count_for_little() -> None:
    decided, free = _made(2, 1).labels[1], Labels.of([(0.9, True)] * 100 + [(0.2, False)] * 100)
    together = decided.before(free, most=ELSEWHERE)
    assert sum(together.seen) == 3 + 40 + 100


def test_the_plot_shows_every_group_of_links_and_names_itself() -> None:
    dots = [Dot(said=0.5, links=10, right=5), Dot(said=1.0, links=10, right=10)]
    drawn = reliability(dots, title="Said & so", description="two groups")
    assert drawn.count("<circle") == 2
    assert "<title>Said &amp; so</title>" in drawn
