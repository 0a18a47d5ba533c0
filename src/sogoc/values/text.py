"""Plain text, words that stand for nothing ("đang cập nhật"), codes of a list, yes and no."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sogoc.values.reading import NOTHING, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

BLANKS = "[\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
"""Runs of white space of every kind: the characters themselves, for Python and RE2 alike."""
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Zero-width signs that come along when text is pasted from a page."""

_BLANKS = re.compile(BLANKS)
_INVISIBLE = str.maketrans("", "", INVISIBLE)


def clean(text: str) -> str:
    """NFC, without invisible signs, each run of white space one blank, none at the ends."""
    seen = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return _BLANKS.sub(" ", seen).strip(" ")


def lower(text: str) -> str:
    """Lower case letter by letter, as SQL engines do it: no rule looks at the letters beside."""
    if "İ" not in text and "Σ" not in text:
        return text.lower()
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


NEVER_A_VALUE = (
    "đang cập nhật",
    "dang cap nhat",
    "đang cn",
    "chưa cập nhật",
    "chua cap nhat",
    "cập nhật sau",
    "chưa xác định",
    "chua xac dinh",
    "không xác định",
    "khong xac dinh",
    "không rõ",
    "khong ro",
    "chưa rõ",
    "chua ro",
    "không có thông tin",
    "khong co thong tin",
    "n/a",
    "#n/a",
    "null",
    "none",
    "nan",
    "undefined",
    "unknown",
    "xxx",
    "xxxx",
)
"""Words typed where nothing is known: no field's value, whatever its kind."""

NO_SUCH_THING = (
    "không",
    "không có",
    "khong",
    "khong co",
    "ko có",
    "ko",
    "chưa có",
    "chua co",
    "chưa",
    "na",
    "x",
    "xx",
    "0",
    "00",
    "000",
)
"""Words that mean "there is none": a filler for a number, a date, an address or a phone, but a
statement in free text, a code or a yes-no answer. "Na" is a given name, so names use their own
list."""

SIGNS_ONLY = "^[-–—_.,;:?!/*~+=#'\"()\\[\\] ]+$"
LONGEST_FILLER = 20
"""No filler is longer: a cheap first question over millions of values."""
_SIGNS_ONLY = re.compile(SIGNS_ONLY)


def is_filler(text: str) -> bool:
    """Whether the clean text stands for nothing in a field of any kind."""
    return len(text) <= LONGEST_FILLER and (
        lower(text) in NEVER_A_VALUE or _SIGNS_ONLY.search(text) is not None
    )


def is_none(text: str) -> bool:
    """The same for kinds in which "không có" or "0" cannot be a statement."""
    return is_filler(text) or lower(text) in NO_SUCH_THING


def read(text: str) -> Reading:
    """Free text as written, without stray blanks. A lone 0 is what an empty cell is typed as."""
    value = clean(text)
    if not value:
        return NOTHING
    if is_filler(value) or value == "0":
        return Reading(flaw="filler")
    return Reading(value=value)


def read_address(text: str) -> Reading:
    """An address as written; which unit it lies in is told by `sogoc.localities.address`."""
    value = clean(text)
    if not value:
        return NOTHING
    if is_none(value):
        return Reading(flaw="filler")
    return Reading(value=value)


def read_code(text: str, spellings: dict[str, str]) -> Reading:
    """One value of an enumeration. `spellings` are those of `code_spellings`.

    The list decides first: "0" or "không" may be one of its codes.
    """
    value = clean(text)
    if not value:
        return NOTHING
    found = spellings.get(lower(value))
    if found is not None:
        return Reading(value=found)
    return Reading(flaw="filler" if is_none(value) else "not-in-the-list")


def code_spellings(codes: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Lower-case spelling → value, from (value, label, English label); "ONT - Đất ở" is read too.

    A value's own spelling outranks a label; a label that two values share tells neither.
    """
    values: dict[str, str] = {}
    labels: dict[str, set[str]] = {}
    for value, label, label_en in codes:
        values.setdefault(lower(clean(value)), value)
        written = [label, label_en] + [f"{value}{dash}{label}" for dash in (" - ", "-", ": ")]
        for one in written:
            labels.setdefault(lower(clean(one)), set()).add(value)
    told = {spelling: min(owners) for spelling, owners in labels.items() if len(owners) == 1}
    told.pop("", None)
    return told | values


YES = ("có", "co", "yes", "y", "true", "1", "đúng", "dung", "x", "rồi", "đã có")
NO = ("không", "khong", "no", "n", "false", "0", "sai", "chưa", "chua", "không có", "ko")


def read_yes_no(text: str) -> Reading:
    """`true` or `false`; a cross in the column means yes, as in every form with boxes."""
    value = lower(clean(text))
    if not value:
        return NOTHING
    if value in YES:
        return Reading(value="true")
    if value in NO:
        return Reading(value="false")
    return Reading(flaw="filler" if is_filler(value) else "neither-yes-nor-no")
