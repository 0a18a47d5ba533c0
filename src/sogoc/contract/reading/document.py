"""The file as its author sees it: every value with its line, every mistake kept until the end.

The only module that reads YAML for contracts. Dates stay texts as written; a key that stands
twice in one mapping is a mistake, where YAML would silently take the last.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from sogoc.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same in C is ten times as fast, where the package was built with it."""

_AS_WRITTEN = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True, slots=True)
class Part:
    """One value of the file. What is not there is a part as well: empty, at its parent's line."""

    value: object = None
    line: int = 1
    path: tuple[str | int, ...] = ()
    inside: Mapping[str | int, Part] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.value is not None

    def __iter__(self) -> Iterator[Part]:
        """The items of a list; of anything else nothing."""
        return iter(self.inside.values() if isinstance(self.value, list) else ())

    def at(self, *keys: str | int) -> Part:
        """The part under these keys, one within the other."""
        part = self
        for key in keys:
            part = part.inside.get(key) or Part(None, part.line, (*part.path, key))
        return part

    def text(self, *keys: str) -> str:
        """The text under the keys; empty where nothing stands. Numbers are given as written."""
        value = self.at(*keys).value
        return "" if value is None or isinstance(value, (list, dict)) else str(value)

    def texts(self, *keys: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        part = self.at(*keys)
        if isinstance(part.value, list):
            return tuple(item.text() for item in part)
        return (part.text(),) if part else ()

    def is_true(self, *keys: str) -> bool:
        """Whether `true` stands there."""
        return self.at(*keys).value is True

    def number(self, *keys: str) -> float | None:
        """The number under the keys, None where there is none."""
        value = self.at(*keys).value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return value

    def whole(self, *keys: str) -> int | None:
        """The whole number under the keys, None where there is none."""
        number = self.number(*keys)
        return None if number is None else int(number)


@dataclass
class Mistakes:
    """All that is wrong with one file, told at once."""

    file: str
    _found: dict[tuple[int, str], None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, part: Part, en: str, vi: str) -> None:
        """Note what is wrong at this part, in English and in Vietnamese."""
        self._found[part.line, f"{en} / {vi}"] = None

    def told(self) -> list[str]:
        """One sentence a mistake, in the order of the file."""
        return [f"line {line}: {text}" for line, text in sorted(self._found)]

    def raise_if_any(self) -> None:
        """Raise ContractError if anything was noted."""
        if self._found:
            raise ContractError(self.file, self.told())


def read(text: str, mistakes: Mistakes) -> Part:
    """The whole file as parts. Raises ContractError where it is no YAML mapping at all."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as refusal:
        mark = refusal.problem_mark or refusal.context_mark
        line = Part(line=mark.line + 1 if mark else 1)
        mistakes.add(line, f"this is not YAML: {refusal.problem}", "tệp không đúng cú pháp YAML")
        raise ContractError(mistakes.file, mistakes.told()) from refusal
    if not isinstance(node, yaml.MappingNode):
        mistakes.add(Part(), "the file holds no contract", "tệp không chứa đặc tả nào")
        raise ContractError(mistakes.file, mistakes.told())
    return _part(node, (), mistakes)


def closest(word: str, known: Iterable[str]) -> str:
    """`, did you mean 'x'?` for the known word most like this one, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f", did you mean {near[0]!r}?" if near else ""


def _part(node: yaml.Node, path: tuple[str | int, ...], mistakes: Mistakes) -> Part:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        inside = _mapping(node, path, mistakes)
        return Part({key: part.value for key, part in inside.items()}, line, path, inside)
    if isinstance(node, yaml.SequenceNode):
        items: dict[str | int, Part] = {
            number: _part(item, (*path, number), mistakes) for number, item in enumerate(node.value)
        }
        return Part([part.value for part in items.values()], line, path, items)
    return Part(_scalar(node), line, path)


def _mapping(
    node: yaml.MappingNode, path: tuple[str | int, ...], mistakes: Mistakes
) -> dict[str | int, Part]:
    inside: dict[str | int, Part] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        part = _part(value_node, (*path, key), mistakes)
        # The line of the key: that is where an author looks.
        part = Part(part.value, key_node.start_mark.line + 1, part.path, part.inside)
        if key in inside:
            mistakes.add(part, f"{key!r} stands here twice", f"khóa {key!r} bị ghi hai lần")
        inside[key] = part
    return inside


def _scalar(node: yaml.Node) -> object:
    if node.tag == _AS_WRITTEN:
        return str(node.value)
    return yaml.constructor.SafeConstructor().construct_object(node)
