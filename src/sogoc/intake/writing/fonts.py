"""Text of old code pages, as it looks on a Windows machine today, read as what was meant.

All of them come through the eyes of CP1252: bytes that an old font drew as Vietnamese letters, or
the same signs pasted into a Unicode sheet. The tables follow TCVN 5712:1993 (VN3, the ABC fonts),
the VNI-Windows fonts and Microsoft's code page 1258.
"""

from __future__ import annotations

import re
import unicodedata


def _bytes(first: int, letters: str) -> dict[str, str]:
    """Letters for consecutive bytes, by the sign that CP1252 shows; `.` leaves a byte out."""
    pairs = enumerate(letters, start=first)
    return {chr(byte): letter for byte, letter in pairs if letter != "."}


# From 0xA0 on, CP1252 shows the sign of the same number in Unicode.
_TCVN3 = {
    **_bytes(0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
    **_bytes(0xB5, "àảãáạ.ằẳẵắ"),
    **_bytes(0xC6, "ặầẩẫấậè.ẻẽéẹềểễếệìỉ"),
    **_bytes(0xDC, "ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"),
}
_TCVN3_TABLE = str.maketrans(_TCVN3)

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_BREVE = {"ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"}
_VNI_ROOF = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_ALONE = {
    "ñ": "đ",
    "ö": "ư",
    "ô": "ơ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}


def _vni() -> dict[str, str]:
    """Two signs a letter: the vowel, then its marks; few letters have a sign of their own."""
    pairs = {
        vowel + sign: own + tone
        for vowel, own in zip("aeouyôö", "aeouyơư", strict=True)
        for sign, tone in _VNI_TONES.items()
    }
    roofs = {"a": "â", "e": "ê", "o": "ô"}
    pairs |= {
        vowel + sign: roofs[vowel] + tone for vowel in roofs for sign, tone in _VNI_ROOF.items()
    }
    pairs |= {"a" + sign: letter for sign, letter in _VNI_BREVE.items()}
    small = {**_VNI_ALONE, **{pair: unicodedata.normalize("NFC", to) for pair, to in pairs.items()}}
    great = {pair[0].upper() + pair[1:]: to.upper() for pair, to in small.items()}
    capitals = {pair.upper(): to.upper() for pair, to in small.items()}
    return {**great, **capitals, **small}


_VNI = _vni()
VNI_PAIR = re.compile("|".join(re.escape(pair) for pair in _VNI if len(pair) > 1))
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_CP1258 = str.maketrans(
    {
        "Ã": "Ă",
        "ã": "ă",
        "Ð": "Đ",
        "ð": "đ",
        "Õ": "Ơ",
        "õ": "ơ",
        "Ý": "Ư",
        "ý": "ư",
        "Ì": "\u0300",
        "ì": "\u0301",
        "Ò": "\u0309",
        "ò": "\u0323",
        "Þ": "\u0303",
        "þ": "₫",
    }
)
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_OF_WINDOWS = {sign: byte for byte, sign in _WINDOWS.items()}
BEYOND_WINDOWS = re.compile("[^\u0000-\u00ff" + "".join(map(re.escape, _OF_WINDOWS)) + "]")
_WORD = re.compile(r"[^\W\d_]+")


def is_windows(text: str) -> bool:
    """Whether an old program could have shown this text: all its signs are in CP1252."""
    return not BEYOND_WINDOWS.search(text)


def tcvn3(text: str) -> str:
    """TCVN3 (ABC): letters with a tone have no capitals, so capitals follow their word."""
    return _WORD.sub(_capitals, text.translate(_TCVN3_TABLE))


def _capitals(word: re.Match[str]) -> str:
    told = [letter for letter in word[0] if letter.isascii() or letter in "ĂÂÊÔƠƯĐ"]
    all_great = len(told) > 1 and all(letter.isupper() for letter in told)
    return word[0].upper() if all_great else word[0]


def vni(text: str) -> str:
    """VNI-Windows: a vowel and a sign after it."""
    return _VNI_PATTERN.sub(lambda pair: _VNI[pair[0]], text)


def cp1258(text: str) -> str:
    """Microsoft's code page 1258, with its marks that follow the letter."""
    return unicodedata.normalize("NFC", text.translate(_CP1258))


def utf8_twice(text: str) -> str | None:
    """UTF-8 that was taken for CP1252 and written as UTF-8 again, once or twice; else None."""
    again = _utf8(text)
    twice = _utf8(again) if again and is_windows(again) else None
    return twice or again


def _utf8(text: str) -> str | None:
    # à is C3 A0, and the no-break space A0 is often made a blank on the way. But capitals such as
    # XÃ before a blank are right as they stand.
    beside = text.replace("Ã\u00a0", "").replace("Ã ", "")
    if beside.isascii() and text == text.upper():
        return None
    told = text if beside.isascii() else text.replace("Ã ", "Ã\u00a0")
    try:
        read = bytes(_OF_WINDOWS.get(sign, ord(sign)) for sign in told).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return None
    return None if read == told else read
