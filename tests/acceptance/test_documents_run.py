"""Every console example in the documents is run, in order, on a node of its own."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

Command = Callable[..., Any]

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
PROMPT = "$ sogoc "
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "```console" in page.read_text(encoding="utf-8")
]


def commands(example: Example) -> list[str]:
    return [line for line in str(example.parsed).splitlines() if line.startswith(PROMPT)]


class ConsoleParser(CodeBlockParser):
    language = "console"

    def evaluate(self, example: Example) -> str | None:
        for line in commands(example):
            words = shlex.split(line.removeprefix(PROMPT))
            said = example.namespace["sogoc"](example.namespace["node"], *words)
            if said.code != 0:
                return f"{line}\n{said.out}\n{said.err}"
        return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_as_they_stand(
    sogoc: Command, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    document = Sybil(parsers=[ConsoleParser()]).parse(page)
    document.namespace.update(sogoc=sogoc, node=tmp_path)
    for example in document.examples():
        example.evaluate()
