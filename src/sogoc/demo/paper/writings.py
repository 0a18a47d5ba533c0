"""The old ways of writing Vietnamese, as typists and programs of the time left them.

Made by rule from the composition of the letters, not from the tables by which intake reads: two
independent ways that must agree.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_TONES = (_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT)

# TCVN 5712:1993, third table (ABC fonts): one byte a letter, seen through CP1252.
_TCVN3_LETTERS = "ăâêôơưđ"
_TCVN3_BYTES = "\xa8\xa9\xaa\xab\xac\xad\xae"
_TCVN3_TONED = {
    "a": "µ¶·¸¹", "ă": "»¼½¾Æ", "â": "ÇÈÉÊË", "e": "ÌÎÏÐÑ", "ê": "ÒÓÔÕÖ", "i": "×ØÜÝÞ",
    "o": "ßáâãä", "ô": "åæçèé", "ơ": "êëìíî", "u": "ïñòóô", "ư": "õö÷øù", "y": "úûüýþ",
}  # fmt: skip
_TCVN3_CAPITALS = dict(zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True))
# VNI fonts: the mark follows its vowel as a second character, seen through CP1252.
_VNI_TONE = dict(zip(_TONES, "øûõùï", strict=True))
_VNI_CIRCUMFLEX = dict(zip(("", *_TONES), "âàåãáä", strict=True))
_VNI_BREVE = dict(zip(("", *_TONES), "êèúüéë", strict=True))
_VNI_I = dict(zip(_TONES, "ìæóíò", strict=True))
_VIQR_TONE = dict(zip(_TONES, "`?~'.", strict=True))
_TELEX_TONE = dict(zip(_TONES, "frxsj", strict=True))
_TELEX_SHAPE = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_VIQR_SHAPE = {"ă": "a(", "â": "a^", "ê": "e^", "ô": "o^", "ơ": "o+", "ư": "u+", "đ": "dd"}


def _letters(text: str) -> list[tuple[str, str]]:
    """Each letter with its shape kept (ă, ê, ư), and its tone apart."""
    made = []
    for letter in unicodedata.normalize("NFC", text):
        whole = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in _TONES if mark in whole), "")
        made.append(
            (unicodedata.normalize("NFC", whole.replace(tone, "") if tone else whole), tone)
        )
    return made


def tcvn3(text: str) -> str:
    """As typed with an ABC font: `NguyÔn`. Toned capitals have no code and become small."""
    return _letter_by_letter(text, _tcvn3_letter)


def _tcvn3_letter(letter: str) -> str:
    (shape, tone), *_ = _letters(letter)
    low = shape.lower()
    if tone and low in _TCVN3_TONED:
        return _TCVN3_TONED[low][_TONES.index(tone)]
    if shape in _TCVN3_CAPITALS:
        return _TCVN3_CAPITALS[shape]
    if low in _TCVN3_LETTERS:
        return _TCVN3_BYTES[_TCVN3_LETTERS.index(low)]
    return letter


def _letter_by_letter(text: str, change: Callable[[str], str]) -> str:
    """Each distinct letter is worked out once: a whole file in one go."""
    whole = unicodedata.normalize("NFC", text)
    return whole.translate({ord(letter): change(letter) for letter in set(whole)})


def vni(text: str) -> str:
    """As typed with a VNI-Windows font: `Nguyeãn`."""
    return "".join(_vni_letter(letter, tone) for letter, tone in _letters(text))


def _vni_letter(letter: str, tone: str) -> str:
    low = letter.lower()
    capital = letter != low
    base = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "ô", "ư": "ö", "đ": "ñ"}.get(low, low)
    if low in "âêô":
        made = base + _VNI_CIRCUMFLEX[tone]
    elif low == "ă":
        made = base + _VNI_BREVE[tone]
    elif low == "i":
        made = _VNI_I.get(tone, "i")
    elif low == "y" and tone == _DOT:
        made = "î"
    else:
        made = base + _VNI_TONE.get(tone, "")
    return made.upper() if capital else made


def cp1258(text: str) -> bytes:
    """Bytes of Windows' Vietnamese code page; what it lacks becomes a question mark."""
    return _letter_by_letter(text, _cp1258_letter).encode("cp1258", "replace")


def _cp1258_letter(letter: str) -> str:
    (shape, tone), *_ = _letters(letter)
    return shape + tone


def viqr(text: str) -> str:
    """Marks as punctuation, from mailing lists and old terminals (RFC 1456): `Nguye^~n`."""
    return "".join(
        _shape(one, _VIQR_SHAPE) + _VIQR_TONE.get(tone, "") for one, tone in _letters(text)
    )


def telex(text: str) -> str:
    """Keys typed while the input method was off: `Nguyeenx`, the tone at the end of the word."""
    return " ".join(_telex_word(word) for word in text.split(" "))


def _telex_word(word: str) -> str:
    letters = _letters(word)
    tone = "".join(_TELEX_TONE[tone] for _, tone in letters if tone)
    return "".join(_shape(letter, _TELEX_SHAPE) for letter, _ in letters) + tone


def _shape(letter: str, shapes: dict[str, str]) -> str:
    made = shapes.get(letter.lower(), letter)
    return made.capitalize() if letter.isupper() and letter.lower() in shapes else made


def decomposed(text: str) -> str:
    """Unicode with each mark apart, as macOS and some phones send it."""
    return unicodedata.normalize("NFD", text)


def double_utf8(text: str) -> str:
    """UTF-8 read as Latin letters and saved as UTF-8 again: `Nguyá»…n`."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def without_marks(text: str) -> str:
    """All marks lost: `NGUYEN VAN AN`."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def retoned(text: str) -> str:
    """The tone of a final oa, oe, uy set the other way: `Hòa` to `Hoà`, `Thúy` to `Thuý`."""
    return " ".join(_retoned_word(word) for word in text.split(" "))


def _retoned_word(word: str) -> str:
    letters = _letters(word)
    end = "".join(letter for letter, _ in letters[-2:]).lower()
    before = letters[-3][0].lower() if len(letters) > 2 else ""
    if end not in {"oa", "oe", "uy"} or (end == "uy" and before == "q"):
        return word
    (first, one), (second, two) = letters[-2:]
    turned = [*letters[:-2], (first, two), (second, one)]
    return unicodedata.normalize("NFC", "".join(letter + tone for letter, tone in turned))


def without_tone(text: str) -> str:
    """The tone lost, the letter's shape kept: `Phượng` to `Phương`."""
    return "".join(letter for letter, _ in _letters(text))
