"""What a run promises is said in words that are never better than what was counted."""

from __future__ import annotations

from sogoc.link.explaining.promised import promised_words


def test_the_bound_is_said_as_a_number_of_wrong_links_and_as_a_share() -> None:
    said = promised_words(
        {"links": 925_000, "expected": 0.99996, "low": 0.9998648, "calibration": "1"}
    )
    assert "at most" not in said.en
    assert "no more than 125 wrong links: at least 99.986 %" in said.en
    assert "không quá 125 liên kết sai, tức ít nhất 99,986 %" in said.vi
    assert "925.000" in said.vi


def test_without_links_and_without_labels_nothing_is_promised() -> None:
    assert "No link" in promised_words({"links": 0, "low": 0.0, "calibration": "1"}).en
    assert "no labels" in promised_words({"links": 5, "low": 1.0, "calibration": ""}).en
