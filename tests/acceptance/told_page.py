"""A page of the documents, followed word for word by somebody with as many terminals as it takes.

Blocks of a page that name a file (```` ```toml grant.toml ````) are put into it, behind what stands
there; a line `$ sogoc ...` of a `console` block is given as a command, and `serve` keeps running.
What the page writes as `…` is a key that one of its commands printed.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Said

_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = "$ sogoc "
_KEY = re.compile(r"(\S+/(?:directory|journal)\+)[0-9a-f]{8}\+\S+")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the file it goes to, what it says."""

    language: str
    file: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command, without the program's name."""
        lines = self.text.splitlines() if self.language == "console" else []
        return [shlex.split(line.removeprefix(_PROMPT)) for line in lines if line[:8] == _PROMPT]


def blocks(page: Path, *, section: str = "") -> list[Block]:
    """All blocks of a page in their order, or those under the headings that begin so."""
    text = page.read_text(encoding="utf-8")
    if section:
        found = re.search(
            rf"^## {re.escape(section)}.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
        )
        assert found, f"{page.name} has no section {section}"
        text = found.group()
    return [Block(*told) for told in _BLOCK.findall(text)]


@dataclass
class Reader:
    """Follows pages in one folder."""

    folder: Path
    run: Callable[..., Said]
    """Gives a command: its node's folder, its words."""
    serve: Callable[[Path], None]
    """Starts a node in a terminal of its own and waits until it answers."""
    own: dict[str, str] = field(default_factory=dict)
    """What this reader has instead of what the page says: ports, printed keys."""
    made: set[str] = field(default_factory=set)
    """Files that a page began: what it puts there again replaces what it put before."""
    said: list[str] = field(default_factory=list)
    """What each command answered."""

    def follow(self, page: Path, *, section: str = "") -> None:
        """Do what the blocks say, each in its order."""
        for block in blocks(page, section=section):
            if block.file:
                if not (self.folder / block.file).exists():
                    self.made.add(block.file)
                told = "w" if block.file in self.made else "a"
                with (self.folder / block.file).open(told, encoding="utf-8") as file:
                    file.write(self.in_own_words(block.text))
            for words in block.commands:
                self._give([self.in_own_words(word) for word in words])

    def in_own_words(self, text: str) -> str:
        """The text as this reader has to type it."""
        for told, mine in self.own.items():
            text = text.replace(told, mine)
        return text

    def python(self, page: Path) -> dict[str, Any]:
        """Run the page's samples of Python in one module; give what they named."""
        names = dict[str, Any]()
        for block in blocks(page):
            if block.language == "python":
                exec(self.in_own_words(block.text), names)  # noqa: S102 - our own documents
        return names

    def _give(self, words: list[str]) -> None:
        node = self.folder / (words[1] if words[0] == "--node" else "nobody")
        if words[-2:] == ["node", "serve"]:
            self.serve(node)
            return
        told = self.run(node, *words)
        assert told.code == 0, f"{shlex.join(words)}\n{told.out}\n{told.err}"
        self.said.append(told.out)
        self.own |= {f"{key[1]}…": key[0] for key in _KEY.finditer(told.out)}
