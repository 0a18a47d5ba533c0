"""Tax and enterprise codes: Circular 105/2020/TT-BTC, Appendix 1; kept by Circular 86/2024.

Ten digits, the last of which checks the others; thirteen for a dependent unit; and since 1 July
2025 the twelve-digit personal number for individuals (Law 38/2019/QH14 Art. 35).
"""

from __future__ import annotations

import re

from sogoc.values.identifiers.persons import bare, is_placeholder, personal_flaw, unreadable
from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
TEN = "^[0-9]{10}$"
THIRTEEN = "^[0-9]{13}$"
TWELVE = "^[0-9]{12}$"
NO_SERIAL = "^[0-9]{2}0000000"
NO_BRANCH = "000$"
NINE = "^[0-9]{9}$"
_TEN, _THIRTEEN, _TWELVE = re.compile(TEN), re.compile(THIRTEEN), re.compile(TWELVE)
_NO_SERIAL, _NO_BRANCH, _NINE = re.compile(NO_SERIAL), re.compile(NO_BRANCH), re.compile(NINE)


def check_digit(first_nine: str) -> int | None:
    """The digit that closes the weighted sum mod 11; None where no such number is ever issued.

    It catches each wrong digit and each swap of neighbours. It misses a swap of digits 2 and 7
    (equal weights mod 11) and of digits 3 and 10.
    """
    rest = sum(int(d) * w for d, w in zip(first_nine, WEIGHTS, strict=True)) % 11
    return 10 - rest if rest else None


def is_closed(code: str) -> bool:
    """Whether the tenth digit is the one that the first nine ask for."""
    return check_digit(code[:9]) == int(code[9])


def read(text: str, *, cell: str = "t") -> Reading:
    """Ten digits, `9900000016-001` for a dependent unit, or a personal number."""
    seen = clean(text)
    digits = bare(text)
    if not seen:
        return NOTHING
    flaw = unreadable(seen, digits) or _flaw(digits, cell)
    if flaw == "lost-leading-zero":
        return Reading(flaw=flaw, proposal=f"0{digits}")
    if flaw is not None:
        return Reading(flaw=flaw)
    branch = _THIRTEEN.search(digits) is not None
    return Reading(value=f"{digits[:10]}-{digits[10:]}" if branch else digits)


def _flaw(digits: str, cell: str) -> str | None:
    if is_placeholder(digits):
        return "placeholder"
    if _TWELVE.search(digits):
        return personal_flaw(digits, cell)
    if cell == "n" and _NINE.search(digits) and is_closed(f"0{digits}"):
        return "lost-leading-zero"
    if not (_TEN.search(digits) or _THIRTEEN.search(digits)):
        return "wrong-length"
    return _flaw_of_code(digits)


def _flaw_of_code(digits: str) -> str | None:
    if _NO_SERIAL.search(digits):
        return "no-such-serial"
    if _THIRTEEN.search(digits) and _NO_BRANCH.search(digits):
        return "no-such-branch"
    return None if is_closed(digits) else "check-digit"
