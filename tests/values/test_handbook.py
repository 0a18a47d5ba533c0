"""The page of the kinds is what the code does, and every flaw is said in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sogoc.values import handbook
from sogoc.values.flaws import flaws, sentence
from sogoc.values.kinds import Kind
from sogoc.values.readers import READ_WITH_MORE, read

ROOT = Path(__file__).parents[2]
SOURCES = [
    *(ROOT / "src/sogoc/values").rglob("*.py"),
    ROOT / "src/sogoc/localities/places.py",
]


def test_the_page_of_the_kinds_is_made_from_the_code() -> None:
    page = (ROOT / "docs/reference/kinds.md").read_text(encoding="utf-8")
    assert page == handbook.page()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in READ_WITH_MORE])
def test_the_example_on_the_page_is_read_so(kind: Kind) -> None:
    written, value = handbook.EXAMPLES[kind]
    assert read(kind, written).value == value


def test_every_flaw_written_in_the_code_has_a_sentence() -> None:
    known = {flaw for kind in Kind for flaw in flaws(kind)}
    written = {
        flaw
        for source in SOURCES
        for flaw in re.findall(r'flaw="([a-z-]+)"', source.read_text(encoding="utf-8"))
    }
    assert written <= known


@pytest.mark.parametrize("kind", list(Kind))
def test_each_sentence_stands_in_both_languages_and_ends(kind: Kind) -> None:
    for flaw in flaws(kind):
        said = sentence(kind, flaw)
        assert said.vi.endswith((".", "1.100,0.")), flaw
        assert said.en.endswith("."), flaw
        assert said.vi != said.en
