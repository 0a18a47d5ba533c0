"""Vietnamese syllables: few are legal, so a wrong decoding betrays itself.

A syllable is an onset, a rime and at most one tone mark; before a final p, t, c or ch only the
sharp and the heavy tone stand. Names of minorities (H'Linh, Ksor, Kpă) are no syllables in this
sense: not being legal says nothing by itself, only that another reading is legal does.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_TONES = {"\u0300": 2, "\u0301": 1, "\u0303": 4, "\u0309": 3, "\u0323": 5}
_MARKS = {tone: mark for mark, tone in _TONES.items()}
"""Tone numbers as on a VNI keyboard: 1 sắc, 2 huyền, 3 hỏi, 4 ngã, 5 nặng; 0 none."""

ONSETS = (
    *("ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu"),
    *("b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", ""),
)
"""Longest first."""

_RIMES_TOLD = """
a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e
ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh
ip it iu o oa oac oach oai oam oan oang oanh oao oat oay oăc oăm oăn oăng oăt oc oe oen oeo
oet oi ok om on ong op ot ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc
uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyp uyt
uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
"""
RIMES = frozenset(_RIMES_TOLD.split())
AFTER_QU = frozenset(rime for rime in RIMES if rime[:1] in set("aăâeêiyơ")) | {"ôc", "yn", "ynh"}
_STOPPED = ("c", "ch", "k", "p", "t")
_VOWELS = frozenset("aăâeêioôơuưy")


def parted(word: str) -> tuple[str, int]:
    """The word in lower case without its tone mark, and the tone; -1 for more than one tone."""
    letters: list[str] = []
    tones: list[int] = []
    for sign in unicodedata.normalize("NFD", word.lower()):
        tone = _TONES.get(sign)
        if tone:
            tones.append(tone)
        else:
            letters.append(sign)
    tone = -1 if len(tones) > 1 else sum(tones)
    return unicodedata.normalize("NFC", "".join(letters)), tone


@lru_cache(maxsize=200_000)
def is_syllable(word: str) -> bool:
    """Whether the word is a legal syllable, in any case of letters.

    The mark must stand on the vowel that bears it in one of the two spellings in use: `Xaõ` has
    the letters and the tone of a syllable, but nobody writes it so.
    """
    letters, tone = parted(word)
    if tone < 0 or not fits(letters, tone):
        return False
    written = unicodedata.normalize("NFC", word.lower())
    return written in (composed(letters, tone), newer(letters, tone))


def fits(letters: str, tone: int) -> bool:
    """Whether letters without tone, and a tone, make a legal syllable."""
    stopped = letters.endswith(_STOPPED)
    if stopped and tone not in (0, 1, 5):
        return False
    return any(_goes(onset, letters[len(onset) :]) for onset in ONSETS if letters.startswith(onset))


def _goes(onset: str, rime: str) -> bool:
    if onset == "qu":
        return rime in AFTER_QU
    if onset == "gi":
        return rime in RIMES and not rime.startswith(("i", "y"))
    if onset in ("gh", "ngh"):
        return rime in RIMES and rime[0] in "eêi"
    return rime in RIMES


def composed(letters: str, tone: int) -> str:
    """The letters with the tone mark where the common spelling puts it (hòa, thủy; quý, giá)."""
    if not tone:
        return letters
    at = _bearer(letters)
    marked = letters[: at + 1] + _MARKS[tone] + letters[at + 1 :]
    return unicodedata.normalize("NFC", marked)


def newer(letters: str, tone: int) -> str:
    """The same in the newer spelling, which differs at the end of a word: hoà, khoẻ, thuỳ."""
    open_pair = letters.endswith(("oa", "oe", "uy")) and not letters.endswith("quy")
    if not tone or not open_pair:
        return composed(letters, tone)
    return unicodedata.normalize("NFC", letters + _MARKS[tone])


def _bearer(letters: str) -> int:
    """The vowel that bears the tone mark."""
    start = 2 if letters.startswith(("qu", "gi")) and _has_vowel(letters[2:]) else 0
    vowels = [at for at in range(start, len(letters)) if letters[at] in _VOWELS]
    shaped = [at for at in vowels if letters[at] in "ăâêôơư"]
    if shaped:
        return shaped[-1]
    if not vowels:
        return len(letters) - 1
    closed = vowels[-1] < len(letters) - 1
    middle = len(vowels) > 2  # noqa: PLR2004 - three vowels: the middle one, oái, uỷu
    return vowels[1] if len(vowels) > 1 and (closed or middle) else vowels[0]


def _has_vowel(letters: str) -> bool:
    return any(letter in _VOWELS for letter in letters)
