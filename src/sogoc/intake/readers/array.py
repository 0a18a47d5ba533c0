"""A JSON array of objects, read piece by piece: the file may be larger than memory."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from sogoc.errors import Place
from sogoc.intake import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = tuple[int, dict[str, object]]
"""An object, and the line of the file where it begins."""
PIECE = 1024 * 1024
_LONGEST = 16 * PIECE
_BETWEEN = re.compile(r"[\s,]*")


class Number(str):
    """The digits of a number as they stand in the file."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number)


def elements(file: Path, place: Place) -> Iterator[Row]:
    """The objects of the array. Raises DeliveryRefused at the first that is none."""
    try:
        with file.open(encoding="utf-8-sig") as text:
            array = _Array(text, place)
            array.skip(re.compile(r"\s*\["))
            while row := array.element():
                yield row
    except UnicodeError:
        raise refusals.unreadable_text(place) from None


@dataclass(slots=True)
class _Array:
    """What is at hand of the text, how far it was read, and the line in which that is."""

    text: IO[str]
    place: Place
    held: str = ""
    at: int = 0
    line: int = 1

    def element(self) -> Row | None:
        """The next object; None after the last."""
        self.skip(_BETWEEN)
        if self.held.startswith("]", self.at):
            return None
        line = self.line
        told, end = self._value()
        self._pass(end)
        return line, told

    def _value(self) -> tuple[dict[str, object], int]:
        while True:
            try:
                told, end = _DECODER.raw_decode(self.held, self.at)
            except (ValueError, RecursionError):
                if len(self.held) > _LONGEST or not self._more():
                    raise self._broken() from None
                continue
            if not isinstance(told, dict):
                raise self._broken()
            return told, end

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Pass over what the pattern matches, however long."""
        told = pattern.match(self.held, self.at)
        while (not told or told.end() == len(self.held)) and self._more():
            told = pattern.match(self.held, self.at)
        self._pass(told.end() if told else self.at)

    def _pass(self, end: int) -> None:
        self.line += self.held.count("\n", self.at, end)
        self.at = end

    def _more(self) -> bool:
        more = self.text.read(PIECE)
        self.held, self.at = self.held[self.at :] + more, 0
        return bool(more)

    def _broken(self) -> Exception:
        return refusals.bad_line(Place(file=self.place.file, row=self.line))
