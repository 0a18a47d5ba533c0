"""Words of a header, made comparable: without marks, case, punctuation and numbering."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile("[\u0300-\u036f]+")
_OTHER = re.compile(r"[^0-9a-z]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBER_BEFORE = re.compile(r"^\s*(?:\(?\d{1,2}\)|\d{1,2}[.)]|[ivx]{1,4}[.)])\s*", re.IGNORECASE)


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower-case words without marks, one blank between: `Số tờ (bản đồ)` gives `so to ban do`."""
    bare = text.replace("đ", "d").replace("Đ", "d").replace("²", "2")
    if not bare.isascii():
        bare = _MARKS.sub("", unicodedata.normalize("NFD", bare))
    return _OTHER.sub(" ", bare.lower()).strip()


@lru_cache(maxsize=100_000)
def wordings(text: str) -> tuple[str, ...]:
    """The keys under which a header may be known, best first.

    Forms add units and notes in brackets, `Diện tích (m2)`, and numbers before, `3. Họ tên`.
    """
    shorter = _BRACKETS.sub(" ", text)
    keys = (fold(text), fold(shorter), fold(_NUMBER_BEFORE.sub("", shorter)))
    return tuple(dict.fromkeys(key for key in keys if key))


@lru_cache(maxsize=100_000)
def likeness(one: str, other: str) -> float:
    """Share of words in common, only where the words of one all stand in the other.

    `so to ban do` and `so thua ban do` have most words in common and mean two things: so words
    may be added, never replaced.
    """
    left, right = set(one.split()), set(other.split())
    common = left & right
    if len(common) < 2 or (common not in (left, right)):  # noqa: PLR2004 - one word is chance
        return 0.0
    return 2 * len(common) / (len(left) + len(right))
