"""Patterns as DuckDB reads them (RE2), written so that Java reads the same in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = "[0-9A-Za-z_]"
_BLANK = "\\t\\n\\f\\r "
_OUTSIDE = {
    # Java's would match before a last line break as well.
    "$": "\\z",
    # Java stops at five kinds of line ends, RE2 at one.
    ".": "[^\\n]",
    # Java counts the vertical tab.
    "\\s": f"[{_BLANK}]",
    "\\S": f"[^{_BLANK}]",
    "\\v": "\\x0B",
    # Java takes Vietnamese letters for parts of a word at its edge, and not inside.
    "\\b": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "\\B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
    "(?i)": "(?iu)",
    "(?P<": "(?<",
}
_INSIDE = {"\\s": _BLANK, "\\v": "\\x0B", "[": "\\[", "&": "\\&"}
_NAMED = re.compile(r"\[:(\^?)([a-z]+):\]")
_PIECE = re.compile(r"\[:\^?[a-z]+:\]|\(\?i\)|\(\?P<|\\.|.", re.DOTALL)


def java_pattern(pattern: str) -> str:
    """The pattern for Java, matching what RE2 would match."""
    return "".join(_pieces(pattern))


def java_replacement(written: str, *, shift: int = 0) -> str:
    """What replaces a match: groups are `$1` there, moved on by `shift`."""
    pieces = []
    for piece in re.findall(r"\\[0-9]|\\.|.", written, flags=re.DOTALL):
        if piece[0] == "\\" and piece[1:].isdigit():
            group = int(piece[1:])
            pieces.append(f"${group + shift}")
        else:
            pieces.append("\\$" if piece == "$" else piece)
    return "".join(pieces)


def first_only(pattern: str) -> str:
    """A pattern that matches from the start to the end of the first match: group 1 is before it."""
    return f"\\A((?s:.*?))(?:{pattern})"


def _pieces(pattern: str) -> Iterator[str]:
    depth = start = 0
    for found in _PIECE.finditer(pattern):
        piece = found.group()
        named = _NAMED.fullmatch(piece)
        if depth and named:
            yield f"\\{'P' if named[1] else 'p'}{{{named[2].capitalize()}}}"
        elif depth and piece == "]" and found.start() > start:
            depth = 0
            yield piece
        elif depth:
            yield _INSIDE.get(piece, piece)
        elif piece == "[":
            # A bracket that comes first in a class is a member of it.
            after = pattern[found.end() : found.end() + 1]
            depth, start = 1, found.end() + (after == "^")
            yield piece
        else:
            yield _OUTSIDE.get(piece, piece)
