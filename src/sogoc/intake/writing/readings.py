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

from sogoc.intake.writing import fonts, typed, words
from sogoc.intake.writing.known import names_a_place, names_a_unit
from sogoc.intake.writing.syllables import is_syllable, parted

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
_MIXED = 1.5
"""A text with Vietnamese marks was typed with the program on."""
_RAREST_WORDS = 3.9
"""How much rarer words can weigh: never enough for a column that shows nothing else odd."""
_TONED = 2.0
_STEP = 4
"""Costs are told by quarters, so that texts of a kind cost the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text if it was in this writing; `cost` beside that of other readings of it."""

    writing: str
    text: str
    cost: float


def cost(text: str) -> float:
    """How hard it is to believe that somebody meant this text."""
    odd = sum(_word_cost(word) for word in _WORD.findall(text) if not word.isascii())
    return odd + _rarity(text)


def _rarity(text: str) -> float:
    """What the rare ones among its legal words cost: `Vãn` where `Văn` can be meant."""
    return 0.0 if names_a_place(text) else _stepped(sum(map(_rare, _WORD.findall(text))))


def _rare(word: str) -> float:
    return words.rarity(word) if not word.isascii() and words.is_known(word) else 0.0


def _stepped(told: float) -> float:
    return round(told * _STEP) / _STEP


def _cost_of_decoded(text: str, as_is: Reading) -> float:
    """The same for a decoded text: it says something only if fewer words are odd than before.

    Else it is as odd as it was: names of minorities stay odd in any reading. But their languages
    have no tones, so `Bhãm` is odder than `Bhăm`.
    """
    pairs = _pairs(text, as_is.text)
    odd, before = _odd_words(text), _odd_words(as_is.text)
    if odd and odd >= before:
        lost = any(_is_toned(was) and not _is_toned(word) for word, was in pairs if _word_cost(was))
        return as_is.cost - _TONED if lost else max(as_is.cost, _ODD_LETTER)
    if names_a_unit(as_is.text, text):
        return odd * _ODD_LETTER
    # A word that was odd before is legal now: that is more than it could be, however rare.
    rare = sum(_rare(word) for word, was in pairs if not _word_cost(was))
    return odd * _ODD_LETTER + _stepped(max(rare, _rarity(as_is.text) - _RAREST_WORDS))


def _pairs(text: str, before: str) -> list[tuple[str, str]]:
    """Each word with what it was before, the text as it was if words fell together."""
    told, stood = _WORD.findall(text), _WORD.findall(before)
    return list(zip(told, stood if len(stood) == len(told) else told, strict=True))


def _is_toned(word: str) -> bool:
    return parted(word)[1] != 0


def _odd_words(text: str) -> int:
    return sum(1 for word in _WORD.findall(text) if not word.isascii() and _word_cost(word))


@lru_cache(maxsize=200_000)
def _word_cost(word: str) -> float:
    if words.is_known(word) or word in _UNITS:
        return 0.0
    letters = sum(sign.isalpha() for sign in word)
    if letters < len(word):
        return _SIGN_INSIDE if letters else 0.0
    if not _VIETNAMESE.issuperset(word.lower()) or fonts.VNI_PAIR.search(word):
        return _ODD_LETTER
    return _ODD_WORD


def readings(text: str, *, by_keys: bool, numbered: float = typed.NUMBERED) -> list[Reading]:
    """Every reading that the text allows; the first is the text as it stands.

    Several may give the same text: signs of ASCII are the same in all the old fonts. `numbered`
    is the share of texts in the column that join words and numbers.
    """
    as_is = Reading(AS_IT_STANDS, text, cost(text))
    found = [as_is, *_by_fonts(as_is)]
    if by_keys and not _NOT_TYPED.search(text) and _may_be_typed(text):
        found += _by_keys(as_is, numbered)
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
        yield Reading(writing, meant, told)


def _by_keys(as_is: Reading, numbered: float) -> Iterator[Reading]:
    """Readings as the keys of a typing program; words legal as they stand stay."""
    mixed = 0.0 if as_is.text.isascii() else _MIXED
    text = as_is.text
    ways = (typed.telex(text), typed.vni_keys(text, numbered=numbered), typed.viqr(text))
    for writing, one in zip(KEYS, ways, strict=True):
        if one.text != text:
            sure = round(one.sure * _STEP) / _STEP
            yield Reading(writing, one.text, as_is.cost - sure + mixed)


def is_right(text: str, *, by_keys: bool) -> bool:
    """Whether no other reading can come up: most texts, told quickly.

    A text with a letter that CP1252 lacks (ă, ơ, ư, đ, ạ ...) was in no old font.
    """
    if by_keys and _may_be_typed(text):
        return False
    return text.isascii() or bool(fonts.BEYOND_WINDOWS.search(text))


def is_odd(text: str) -> bool:
    """Whether any word is illegal as it stands."""
    return bool(_odd_words(text))


def is_telling(text: str) -> bool:
    """Whether the text says anything about the writing: plain ASCII syllables do not."""
    return not text.isascii() or not all(map(is_syllable, _LETTERS.findall(text)))


def _may_be_typed(text: str) -> bool:
    return bool(_TRACES.search(text)) or not all(map(is_syllable, _LETTERS.findall(text)))
