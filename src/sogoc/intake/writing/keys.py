"""The keys of Telex, VNI and VIQR: one word as it was typed, and the word that they meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sogoc.intake.writing.syllables import composed, fits, newer

_VOWEL = "aăâeêioôơuưy"
_TELEX_SHAPES = (("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_TELEX_TONES = {"s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_TELEX_TONE = re.compile(rf"(?<=[{_VOWEL}])([^sfrxj]*)([sfrxj])([a-zăâêôơưđ]*)$")
_TELEX_TWICE = re.compile(r"(ss|ff|rr|xx|jj)$")
_VIQR_SHAPES = {"a(": "ă", "a^": "â", "e^": "ê", "o^": "ô", "o+": "ơ", "u+": "ư"}
_VIQR_TONES = {"'": 1, "`": 2, "?": 3, "~": 4, ".": 5}
_VIQR_LATE = re.compile(r"([aeouAEOU])(['`?~.])([(^+])")
_VIQR_TONE = re.compile(rf"(?<=[{_VOWEL}])['`?~.]")
_MARKS = {1: "\u0301", 2: "\u0300", 3: "\u0309", 4: "\u0303", 5: "\u0323"}
_ROOFS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = {"o": "ơ", "u": "ư"}


@dataclass(frozen=True, slots=True)
class Meant:
    """The word in small letters; `letters` without tone."""

    letters: str
    tone: int
    written: str = ""
    """With the tone mark where it was typed, if the writing tells."""

    @property
    def is_syllable(self) -> bool:
        """Whether it is one of Vietnamese."""
        return fits(self.letters, self.tone)

    @property
    def word(self) -> str:
        """The word with its marks."""
        common = composed(self.letters, self.tone)
        is_newer = self.written == newer(self.letters, self.tone)
        return self.written if is_newer else common


@lru_cache(maxsize=100_000)
def telex(word: str) -> Meant | None:
    """Read aa ee oo aw ow uw dd, then s f r x j; a key pressed twice is the letter itself."""
    letters = word.lower().replace("ooo", "o|o")
    keys = letters.count("|")
    if "dd" in letters:
        letters, keys = letters.replace("dd", "đ", 1), keys + 1
    if _TELEX_TWICE.search(letters):
        letters, keys = letters[:-1], keys + 1
    elif key := _TELEX_TONE.search(letters):
        toned = _shapes(letters[: key.start(2)] + letters[key.end(2) :])
        if fits(toned, _TELEX_TONES[key[2]]) or not key[3]:
            return Meant(toned, _TELEX_TONES[key[2]])
    shaped = _shapes(letters)
    return Meant(shaped, 0) if keys or shaped != letters else None


def _shapes(letters: str) -> str:
    for typed, meant in _TELEX_SHAPES:
        letters = letters.replace(typed, meant)
    return _horned(letters.replace("|", ""))


def _horned(letters: str) -> str:
    """`uơ` before another letter is `ươ`: one key serves both vowels."""
    return re.sub(r"(?<!q)uơ(?=[a-z])", "ươ", letters)


@lru_cache(maxsize=100_000)
def vni(word: str) -> Meant | None:
    """Read 1 to 5 the tones, 6 7 8 the shapes, 9 the bar of đ."""
    letters, tone, keys = "", 0, 0
    for sign in word.lower():
        if not sign.isdigit():
            letters += sign
            continue
        keys += 1
        if sign in "12345":
            if tone:
                return None
            tone = int(sign)
            continue
        shaped = _shaped(letters, sign)
        if shaped == letters:
            return None
        letters = shaped
    return Meant(_horned(letters), tone) if keys else None


def _shaped(letters: str, key: str) -> str:
    """The letters with the shape that a VNI key puts on the last letter that takes it."""
    if key == "9":
        return letters.replace("d", "đ", 1)
    shapes = {"6": _ROOFS, "7": _HORNS, "8": {"a": "ă"}}.get(key, {})
    if key == "7" and "uo" in letters and not letters.startswith("q"):
        return letters.replace("uo", "ươ")
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in shapes:
            return letters[:at] + shapes[letters[at]] + letters[at + 1 :]
    return letters


@lru_cache(maxsize=100_000)
def viqr(word: str) -> Meant | None:
    """Read VIQR (RFC 1456): a( a^ o+ dd, then ' ` ? ~ and the dot, each after its vowel."""
    told = _VIQR_LATE.sub(r"\1\3\2", word.lower())
    keys = 0
    if "dd" in told:
        told, keys = told.replace("dd", "đ", 1), 1
    for typed, meant in _VIQR_SHAPES.items():
        keys += told.count(typed)
        told = told.replace(typed, meant)
    letters, tones = _VIQR_TONE.subn("", told)
    if tones > 1 or not keys + tones:
        return None
    sign = _VIQR_TONE.search(told)
    tone = _VIQR_TONES[sign[0]] if sign else 0
    written = told[: sign.start()] + _MARKS[tone] + told[sign.end() :] if sign else told
    return Meant(_horned(letters), tone, unicodedata.normalize("NFC", written))
