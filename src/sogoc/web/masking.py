"""Personal values on lists: enough to tell two rows apart, too little to know a person.

A list is seen over a shoulder and stays on a screen; the record page shows values in full,
because that is where an officer works on one matter. Each kind has one masked form.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import TYPE_CHECKING

from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN_LAST = 3
"""Digits left of a number: what an officer compares with the paper at hand."""

_NUMBERS = {
    Kind.PERSONAL_ID,
    Kind.OLD_ID,
    Kind.TAX_CODE,
    Kind.INSURANCE_CARD,
    Kind.INSURANCE_NUMBER,
    Kind.PHONE,
}


def masked(kind: Kind, text: str) -> str:
    """The text as a list may show it: numbers by their last digits, names by initials."""
    if kind in _NUMBERS:
        return "•••" + text[-SHOWN_LAST:] if len(text) > 2 * SHOWN_LAST else "•••"
    if kind is Kind.PERSON_NAME:
        return " ".join(f"{word[0]}." for word in text.split())
    if kind is Kind.PARTIAL_DATE:
        return _year(text)
    if kind in {Kind.EMAIL, Kind.ADDRESS}:
        return "•••"
    return text


def masked_change(kind: Kind, before: str, after: str) -> tuple[str, str]:
    """Two values of one cell, masked, and never equal to look at where they differ.

    Where masking hides the difference, the parts that differ are shown and only those: the words
    of a name or an address, the digits of a number or a date, at last single letters.
    """
    plain = masked(kind, before), masked(kind, after)
    if before == after or plain[0] != plain[1]:
        return plain
    several = len(_parts(before)) > 1 and len(_parts(after)) > 1
    for cut in (_parts, tuple) if several else (tuple,):
        left, right = _only_differing(cut(before), cut(after))
        if left != right:
            return left, right
    return before, after


def _parts(text: str) -> tuple[str, ...]:
    """Words where there are several, else figures; what stands between them belongs to none."""
    return tuple(re.findall(r"[^\s/.,;-]+", text))


def _only_differing(before: Sequence[str], after: Sequence[str]) -> tuple[str, str]:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after)))  # noqa: B905 - the shorter ends it
    rest = (before[same:], after[same:])
    tail = sum(
        1
        for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*map(reversed, rest), strict=False))
    )
    shown = [_shown(part[: len(part) - tail]) for part in rest]
    around = ("•••" if same else "", "•••" if tail else "")
    left, right = ("".join((around[0], text, around[1])) for text in shown)
    return left, right


def _shown(parts: Sequence[str]) -> str:
    """What differs, between brackets; a sign that leaves no ink is named."""
    between = " " if any(len(part) > 1 for part in parts) else ""
    return f"[{between.join(''.join(map(_visible, part)) for part in parts)}]"


def _visible(letter: str) -> str:
    if letter == " ":
        return "␣"
    seen = unicodedata.category(letter)[0] not in "ZCM"
    return letter if seen else f"<U+{ord(letter):04X}>"


def _year(text: str) -> str:
    """The year alone, from ISO text or from the way forms write a date."""
    parts = text.replace("/", "-").replace(".", "-").split("-")
    return next((part for part in parts if len(part) == len("2000") and part.isdigit()), "•••")
