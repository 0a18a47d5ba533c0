"""Texts that stand as they are beyond doubt, told for a whole column at once.

Most cells are right, so they are told by one regular expression over the column, and only the
others are looked at one by one. The test is sufficient, never necessary: what it passes, `plain`
would not change and no other reading can be of.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from sogoc.intake.writing.syllables import AFTER_QU, ONSETS, RIMES, composed, is_syllable, newer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import pyarrow as pa

_AFTER_WORD = r"[ !\"#$%&*,\-/:;<=>\[\]\\_{|}]"
"""Signs that may follow a word; @ is missing, and each that a typing program may have left."""
_SIGN = r"[ -?\[-_{-}]"
_OWN = "ăắằẳẵặđơớờởỡợưứừửữựạảấầẩẫậẹẻẽếềểễệỉĩịọỏốồổỗộụủũỳỷỹỵ"
"""Vietnamese letters that CP1252 lacks: where one stands, the text was in no old font."""
_SHARED = "àáâãèéêìíòóôõùúý"
_LIKE_ANY = ("", "g", "t")
"""Onsets that stand for all the usual ones: only g may join an i after it to another onset."""


class _Tree(dict[str, "_Tree"]):
    """Letters, and what may come after each."""


def stands(texts: pa.Array, *, by_keys: bool) -> np.ndarray:
    """True for each text that is certainly right and plain, and where there is none."""
    pattern = _words() if by_keys else _signs()
    right = pc.and_(
        pc.and_not(pc.match_substring_regex(texts, pattern), pc.ends_with(texts, " ")),
        pc.or_(
            pc.string_is_ascii(texts), pc.match_substring_regex(texts, f"[{_OWN}{_OWN.upper()}]")
        ),
    )
    found: np.ndarray = pc.fill_null(right, fill_value=True).to_numpy(zero_copy_only=False)
    return found


@cache
def _signs() -> str:
    """Signs of ASCII and Vietnamese letters in normal form, no blank at an end."""
    letters = _OWN + _OWN.upper() + _SHARED + _SHARED.upper()
    return rf"^[!-~{letters}](?:[ -~{letters}]*[!-~{letters}])?$"


@cache
def _words() -> str:
    """Legal syllables with signs between that no typing program leaves."""
    word = _syllable()
    return rf"^(?:[!-?\[-_{{-}}]{_SIGN}*)?(?:{word}(?:{_AFTER_WORD}{_SIGN}*|$))*$"


@cache
def _syllable() -> str:
    """One legal syllable in small or great letters: onsets of a kind, then their rimes."""
    usual = [onset for onset in ONSETS if onset not in ("gi", "qu", "gh", "ngh")]
    kinds = (usual, ["gi"], ["qu"], ["gh", "ngh"])
    parts = (_pattern(_tree(kind)) + _pattern(_tree(endings(kind))) for kind in kinds)
    return "(?:" + "|".join(parts) + ")"


def endings(onsets: list[str]) -> set[str]:
    """What may follow any of the onsets, tone marks placed."""
    told = [onset for onset in onsets if len(onsets) <= len(_LIKE_ANY) or onset in _LIKE_ANY]
    written = {
        word.removeprefix(onset)
        for onset, rime, tone in product(told, RIMES | AFTER_QU, range(6))
        for word in (composed(onset + rime, tone), newer(onset + rime, tone))
        if word.startswith(onset)
    }
    return {end for end in written if all(is_syllable(onset + end) for onset in told)}


def _tree(words: Iterable[str]) -> _Tree:
    """The words letter by letter; the empty letter ends a word."""
    root = _Tree()
    for word in words:
        node = root
        for letter in (*word, ""):
            node = node.setdefault(letter, _Tree())
    return root


def _pattern(tree: _Tree) -> str:
    """A regular expression for the words of a tree, letters with the same rest in one class."""
    letters: dict[str, str] = {}
    for letter in sorted(tree.keys() - {""}):
        rest = _pattern(tree[letter])
        letters[rest] = letters.get(rest, "") + letter + letter.upper()
    ways = "|".join(f"[{some}]{rest}" for rest, some in letters.items())
    return f"(?:{ways})" + ("?" if "" in tree else "") if ways else ""
