"""Letters that look alike and marks that nobody sees, made one; the text stays the same text."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = dict.fromkeys(
    [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x200E, 0x200F, *range(0x202A, 0x202F)]
)
_BLANKS = dict.fromkeys([0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x0009], " ")
_BREAKS = dict.fromkeys([0x0085, 0x2028, 0x2029, 0x000B, 0x000C], "\n")
_CONTROLS = dict.fromkeys(code for code in (*range(32), 127) if code not in (9, 10, 11, 12, 13))
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ONE = {**_UNSEEN, **_BLANKS, **_BREAKS, **_CONTROLS, **_FULL_WIDTH}
_ODD = re.compile("[" + "".join(re.escape(chr(code)) for code in _ONE) + "\r]")


def plain(text: str) -> str:
    """NFC, with usual blanks, digits and letters, and nothing unseen; blanks at the ends gone.

    NFC keeps every letter of the text (Unicode Annex 15). Đ is mended elsewhere: its look-alikes
    Ð and Ɖ are letters of other languages.
    """
    if _ODD.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_ONE)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.strip()
