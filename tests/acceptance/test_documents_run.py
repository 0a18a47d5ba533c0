"""Every console example in the documents is run, in order, on a node of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.told_page import Reader, blocks

if TYPE_CHECKING:
    from tests.acceptance.conftest import Command, Said

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
WITH_NODES = {"exchange", "connect"}
"""Pages on which nodes answer one another: `test_exchange.py` follows them."""
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if any(block.commands for block in blocks(page)) and page.stem not in WITH_NODES
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_as_they_stand(
    sogoc: Command, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    def run(node: Path, *words: str) -> Said:
        return sogoc(node, *words)

    Reader(tmp_path, run=run, serve=_nobody_serves).follow(page)


def _nobody_serves(node: Path) -> None:
    raise AssertionError(f"{node} is served on a page that is not followed with nodes")
