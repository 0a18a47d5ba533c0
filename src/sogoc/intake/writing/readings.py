"""What one text may have meant: each writing's reading of it, and how hard that is to believe.

Costs are decimal logarithms of odds: 3 means one in a thousand. The letters of a wrong decoding
seldom make legal syllables, so each word that is none costs; a sign in the middle of a word costs
most, since no language writes `V¨n`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sogoc.intake.writing import fonts, typed
from sogoc.intake.writing.known import is_full_name
from sogoc.intake.writing.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator

FONTS = ("utf8-twice", "tcvn3", "vni", "cp1258")
KEYS = ("telex", "vni-keys", "viqr")
AS_IT_STANDS = ""
WRITINGS = (AS_IT_STANDS, *FONTS, *KEYS)

_WORD = re.compile(r"[^\s!-@\[-`{-~]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_TRACES = re.compile(r"[^\W\d_][\d(^+'`?~.]")
_NOT_TYPED = re.compile(r"@|://|www\.")
_UNITS = frozenset(("µm", "µg", "µl", "µs", "m²", "m³", "km²", "cm²", "°C"))
_VIETNAMESE = frozenset(
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
)

_ODD_WORD, _ODD_LETTER, _SIGN_INSIDE = 3.0, 4.3, 6.0
_FOREIGN = 1.5
_BETWEEN, _OF_WOMEN = " Thị ", 2.0
"""Half of all full names hold it in the middle, and none what VNI makes of it, `Thò`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text if it was in this writing; `cost` beside that of other readings of it."""

    writing: str
    text: str
    cost: float


def cost(text: str) -> float:
    """How hard it is to believe that somebody meant this text."""
    return sum(_word_cost(word) for word in _WORD.findall(text) if not word.isascii())


def _cost_of_decoded(text: str, as_is: Reading) -> float:
    """The same for a decoded text: it says something only if fewer words are odd than before.

    Else it is as odd as it was: names of minorities stay odd in any reading.
    """
    odd, before = _odd_words(text), _odd_words(as_is.text)
    if odd and odd >= before:
        return max(as_is.cost, _ODD_LETTER)
    return odd * _ODD_LETTER


def _odd_words(text: str) -> int:
    return sum(1 for word in _WORD.findall(text) if not word.isascii() and _word_cost(word))


@lru_cache(maxsize=200_000)
def _word_cost(word: str) -> float:
    if is_syllable(word) or word in _UNITS:
        return 0.0
    letters = sum(sign.isalpha() for sign in word)
    if letters < len(word):
        return _SIGN_INSIDE if letters else 0.0
    if not _VIETNAMESE.issuperset(word.lower()) or fonts.VNI_PAIR.search(word):
        return _ODD_LETTER
    return _ODD_WORD


def readings(text: str, *, by_keys: bool) -> list[Reading]:
    """Every reading that the text allows; the first is the text as it stands.

    Several may give the same text: signs of ASCII are the same in all the old fonts.
    """
    as_is = Reading(AS_IT_STANDS, text, cost(text))
    found = [as_is, *_by_fonts(as_is)]
    if by_keys and not _NOT_TYPED.search(text) and _may_be_typed(text):
        found += _by_keys(as_is)
    return found


def _by_fonts(as_is: Reading) -> Iterator[Reading]:
    text = as_is.text
    if text.isascii():
        yield from (Reading(writing, text, as_is.cost) for writing in FONTS)
        return
    if not fonts.is_windows(text):
        return
    twice = fonts.utf8_twice(text)
    if twice is not None:
        # Bytes that are UTF-8 by chance are rarer than any odd word.
        yield Reading("utf8-twice", twice, _cost_of_decoded(twice, as_is) - _SIGN_INSIDE)
    for writing, read in (("tcvn3", fonts.tcvn3), ("vni", fonts.vni), ("cp1258", fonts.cp1258)):
        meant = read(text)
        told = as_is.cost if meant == text else _cost_of_decoded(meant, as_is)
        if _BETWEEN in meant and _BETWEEN not in text and is_full_name(meant):
            told -= _OF_WOMEN
        yield Reading(writing, meant, told)


def _by_keys(as_is: Reading) -> Iterator[Reading]:
    """Readings as the keys of a typing program; words legal as they stand stay.

    A text that holds words of another language as well is one of that language; one with
    Vietnamese marks was typed with the program on.
    """
    mixed = 0.0 if as_is.text.isascii() else _FOREIGN
    for writing, read in (
        ("telex", typed.telex),
        ("vni-keys", typed.vni_keys),
        ("viqr", typed.viqr),
    ):
        one = read(as_is.text)
        if one.text == as_is.text:
            continue
        foreign = sum(
            word.isascii() and not is_syllable(word) for word in _LETTERS.findall(one.text)
        )
        yield Reading(writing, one.text, as_is.cost - one.sure + foreign * _FOREIGN + mixed)


def is_right(text: str, *, by_keys: bool) -> bool:
    """Whether no other reading can come up: most texts, told quickly.

    A text with a letter that CP1252 lacks (ă, ơ, ư, đ, ạ ...) was in no old font.
    """
    if by_keys and _may_be_typed(text):
        return False
    return text.isascii() or bool(fonts.BEYOND_WINDOWS.search(text))


def is_telling(text: str) -> bool:
    """Whether the text says anything about the writing: plain ASCII syllables do not."""
    return not text.isascii() or not all(map(is_syllable, _LETTERS.findall(text)))


def _may_be_typed(text: str) -> bool:
    return bool(_TRACES.search(text)) or not all(map(is_syllable, _LETTERS.findall(text)))
