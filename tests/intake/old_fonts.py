"""Writers of old encodings, for tests and benchmarks: made apart from the reader's tables.

TCVN 5712:1993 as a list of code points in the standard's order of bytes; VNI-Windows as base
letter and sign; CP1258 through Python's own codec; keys as a typist presses them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_MARKS = {"\u0301": 1, "\u0300": 2, "\u0309": 3, "\u0303": 4, "\u0323": 5}
_TCVN3_BYTES = bytes.fromhex(
    "b5b6b7b8b9 a8bbbcbdbec6 a9c7c8c9cacb cccecfd0d1 aad2d3d4d5d6 d7d8dcddde"
    "dfe1e2e3e4 abe5e6e7e8e9 aceaebecedee eff1f2f3f4 adf5f6f7f8f9 fafbfcfdfe ae"
)
_TCVN3_LETTERS = (
    "àảãáạ ăằẳẵắặ âầẩẫấậ èẻẽéẹ êềểễếệ ìỉĩíị òỏõóọ ôồổỗốộ ơờởỡớợ ùủũúụ ưừửữứự ỳỷỹýỵ đ".replace(
        " ", ""
    )
)
_TCVN3 = dict(zip(_TCVN3_LETTERS, _TCVN3_BYTES, strict=True))
_TCVN3 |= dict(zip("ĂÂÊÔƠƯĐ", range(0xA1, 0xA8), strict=True))
_VNI_SIGNS = {
    "a": "ùøûõï", "â": "áàåãä", "ă": "éèúüë", "e": "ùøûõï", "ê": "áàåãä", "o": "ùøûõï",
    "ô": "áàåãä", "ơ": "ùøûõï", "u": "ùøûõï", "ư": "ùøûõï", "y": "ùøûõ",
}  # fmt: skip
_VNI_ROOT = {"ơ": "ô", "ư": "ö", "ă": "a", "â": "a", "ê": "e", "ô": "o"}
_VNI_PLAIN = {"ă": "aê", "â": "aâ", "ê": "eâ", "ô": "oâ", "ơ": "ô", "ư": "ö", "đ": "ñ"}
_VNI_I = "íìæóò"


def shape_and_tone(letter: str) -> tuple[str, int]:
    """`ệ` gives `ê` and 5."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_MARKS[part] for part in parts if part in _MARKS), 0)
    shape = "".join(part for part in parts if part not in _MARKS)
    return unicodedata.normalize("NFC", shape), tone


def shown(old: bytes) -> str:
    """Bytes as Windows shows them; the five it has no sign for stay control characters."""
    return "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in old)


def tcvn3_bytes(text: str) -> bytes:
    """Capitals with a tone do not exist in TCVN3: the small letter stands for them."""
    codes = [_TCVN3.get(letter, _TCVN3.get(letter.lower())) for letter in text]
    return b"".join(
        bytes([code]) if code else letter.encode("ascii", "replace")
        for letter, code in zip(text, codes, strict=True)
    )


def tcvn3(text: str) -> str:
    return shown(tcvn3_bytes(text))


def _vni_letter(letter: str) -> str:
    small = letter.lower()
    shape, tone = shape_and_tone(small)
    if not tone:
        told = _VNI_PLAIN.get(shape, shape)
    elif shape == "i":
        told = _VNI_I[tone - 1]
    elif shape == "y" and tone == 5:
        told = "î"
    else:
        told = _VNI_ROOT.get(shape, shape) + _VNI_SIGNS[shape][tone - 1]
    return told.upper() if letter != small else told


def vni(text: str) -> str:
    return "".join(map(_vni_letter, text))


def cp1258_bytes(text: str) -> bytes:
    def one(letter: str) -> bytes:
        try:
            return letter.encode("cp1258")
        except UnicodeEncodeError:
            shape, tone = shape_and_tone(letter)
            mark = next(mark for mark, number in _MARKS.items() if number == tone)
            return (shape + mark).encode("cp1258")

    return b"".join(map(one, text))


def cp1258(text: str) -> str:
    return shown(cp1258_bytes(text))


def utf8_twice(text: str) -> str:
    return shown(text.encode("utf-8"))


_TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_VNI_KEYS = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
_VIQR = {"ă": "a(", "â": "a^", "ê": "e^", "ô": "o^", "ơ": "o+", "ư": "u+", "đ": "dd"}


_TYPED = re.compile(r"[^\W\d_]+")
_ESCAPED = re.compile("(?<=[aeiouy])([sfrxj])$")


def _keyed(text: str, shapes: dict[str, str], tones: str) -> str:
    """Telex and VNI keys, the tone at the end of the word as most typists press it."""
    return _TYPED.sub(lambda word: _word(word[0], shapes, tones), text)


def _word(word: str, shapes: dict[str, str], tones: str) -> str:
    told, last = "", ""
    for letter in word:
        shape, tone = shape_and_tone(letter.lower())
        keys = shapes.get(shape, shape)
        told += keys if letter.islower() or not letter.isalpha() else keys[0].upper() + keys[1:]
        last = tones[tone] if tone else last
    return told + last.strip()


def telex(text: str) -> str:
    """A letter that would be taken for a key is pressed once more: Barr for Bar, ooo for oo."""
    escaped = _TYPED.sub(lambda word: _escaped(word[0]), text)
    return _keyed(escaped, _TELEX, " sfrxj")


def _escaped(word: str) -> str:
    word = re.sub("([oO])([oòóỏõọ])", r"\1o\2", word)
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", word)).lower()
    return word + word[-1] if _ESCAPED.search(bare) else word


def vni_keys(text: str) -> str:
    return _keyed(text, _VNI_KEYS, " 12345")


def viqr(text: str) -> str:
    """RFC 1456: the marks follow their vowel."""

    def one(letter: str) -> str:
        shape, tone = shape_and_tone(letter.lower())
        keys = _VIQR.get(shape, shape) + (" '`?~."[tone] if tone else "")
        return keys if letter == letter.lower() else keys[0].upper() + keys[1:]

    return "".join(map(one, text))


WRITERS: dict[str, Callable[[str], str]] = {
    "tcvn3": tcvn3,
    "vni": vni,
    "cp1258": cp1258,
    "utf8-twice": utf8_twice,
    "telex": telex,
    "vni-keys": vni_keys,
    "viqr": viqr,
}
