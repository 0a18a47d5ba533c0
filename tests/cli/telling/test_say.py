"""The terminal speaks the officer's language, and writes numbers as it does."""

from __future__ import annotations

import pytest

from sogoc.cli.telling.say import Say, language_of
from sogoc.errors import DeliveryRefused, Place, Sentence


@pytest.mark.parametrize(
    ("setting", "environment", "language"),
    [
        ("", {}, "vi"),
        ("", {"LANG": "C.UTF-8"}, "vi"),
        ("", {"LANG": "en_US.UTF-8"}, "en"),
        ("", {"LANG": "en_US.UTF-8", "LC_ALL": "vi_VN.UTF-8"}, "vi"),
        ("vi", {"LANG": "en_US.UTF-8"}, "vi"),
    ],
)
def test_the_setting_goes_before_the_terminal_and_vietnamese_is_the_default(
    setting: str, environment: dict[str, str], language: str
) -> None:
    assert language_of(setting, environment) == language


def test_numbers_are_written_as_the_language_does() -> None:
    assert Say("vi").figure(1234567) == "1.234.567"
    assert Say("vi").figure(1234.56) == "1.234,6"
    assert Say("en").figure(1234567) == "1,234,567"


def test_a_refusal_is_said_in_both_languages_with_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = DeliveryRefused(
        Sentence(vi="Thiếu cột.", en="A column is missing."),
        place=Place(file="a.xlsx", sheet="Biểu 1", row=6),
    )
    Say("vi").refusal(error)
    said = capsys.readouterr().err
    assert "Thiếu cột." in said
    assert "A column is missing." in said
    assert "a.xlsx, Biểu 1, row 6" in said
