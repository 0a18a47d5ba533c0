"""On which line of a YAML file a mistake stands, by the words that name its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMED_BY = ("id", "code")


def lines_of(text: str, mistakes: Iterable[str]) -> list[tuple[int, str]]:
    """The mistakes, each after its line: `name:equal: ...` is level `equal` of comparison `name`.

    A word that was misspelt is looked for as it is written, between quotes.
    """
    places = dict(_places(yaml.compose(text, yaml.SafeLoader), ""))
    return [(_line(text, places, each), each) for each in mistakes]


def _line(text: str, places: dict[str, int], mistake: str) -> int:
    """Of the longest place that the mistake begins with, else of the first word it quotes."""
    named = [place for place in places if mistake.startswith((f"{place}:", f"{place}."))]
    if named:
        return places[max(named, key=len)]
    first = mistake.partition(":")[0].split(",")[0].partition(".")[0]
    if first in places:
        return places[first]
    for word in mistake.split("'")[1::2]:
        for number, line in enumerate(text.splitlines(), 1):
            if f"{word}:" in line:
                return number
    return 1


def _places(node: yaml.Node | None, above: str) -> Iterator[tuple[str, int]]:
    """Every key, every element of a list by its position from 1, or by its id or code."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _within(value, f"{above}.{key.value}" if above else key.value, key)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value, 1):
            name = _name(value)
            if name and above.endswith(".levels"):
                own = f"{above.removesuffix('.levels')}:{name}"
            else:
                own = name or f"{above}.{position}"
            yield from _within(value, own, value)


def _within(value: yaml.Node, name: str, at: yaml.Node) -> Iterator[tuple[str, int]]:
    yield name, at.start_mark.line + 1
    yield from _places(value, name)


def _name(value: yaml.Node) -> str:
    if not isinstance(value, yaml.MappingNode):
        return ""
    told = {key.value: one.value for key, one in value.value if isinstance(one, yaml.ScalarNode)}
    return next((str(told[by]) for by in _NAMED_BY if by in told), "")
