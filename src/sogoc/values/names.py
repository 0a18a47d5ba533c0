"""Names of persons: kept as written, compared in one canonical form, searched by folded form.

Marks decide identity in Vietnamese: "Nguyễn Văn An" and "Nguyễn Văn Ân" are two people. So two
names are equal only if their canonical forms are; the folded and the loose forms are keys to
candidates. No shape of name is refused: one part, clan name last, H'Linh, Y Bhăm and K' are names.
"""

from __future__ import annotations

import re
import unicodedata

from sogoc.values.reading import Reading
from sogoc.values.text import clean, is_filler, lower

_MARKED = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_PLAIN = "a" * 17 + "d" + "e" * 11 + "i" * 5 + "o" * 17 + "u" * 11 + "y" * 5

FOLD_FROM = _MARKED + "ðɖ" + "ĕĭŏŭčñ" + "\u0306\u0300\u0301\u0303\u0309\u0323" + "'’‘ʼ`´"
"""The 67 marked letters of Vietnamese; then đ as other alphabets write it (Ð U+00D0, Ɖ U+0189);
letters of the Ba Na, Ê Đê and M'Nông; combining marks that NFC leaves alone; apostrophes."""
FOLD_TO = _PLAIN + "dd" + "eioucn"
"""Letter by letter; those of FOLD_FROM beyond its end are dropped."""
FOLD_MARKED = len(_MARKED)
"""So many of FOLD_FROM are letters of Vietnamese."""

_FOLD = str.maketrans(FOLD_FROM[: len(FOLD_TO)], FOLD_TO, FOLD_FROM[len(FOLD_TO) :])

SIGNS_FROM, SIGNS_TO = "’‘ʼ`´ðɖ", "'''''đđ"
"""The same apostrophe and the same đ under other code points."""
_SIGNS = str.maketrans(SIGNS_FROM, SIGNS_TO)

TONE_MOVES: tuple[tuple[str, str], ...] = tuple(
    (first + last, plain + toned)
    for firsts, last, plain, tones in (
        ("òóỏõọ", "a", "o", "àáảãạ"),
        ("òóỏõọ", "e", "o", "èéẻẽẹ"),
        ("ùúủũụ", "y", "u", "ỳýỷỹỵ"),
    )
    for first, toned in zip(firsts, tones, strict=True)
)
"""Old and new placing of the tone: they differ for oa, oe and uy at the end of a syllable only."""

TONE_SUSPECT = "[òóỏõọ][ae]|[ùúủũụ]y"
SYLLABLE_END = "($|[^a-zà-ỹ\u0300-\u036f])"
_MOVES = tuple((re.compile(old + SYLLABLE_END), new) for old, new in TONE_MOVES)
_SUSPECT = re.compile(TONE_SUSPECT)

REGIONAL: tuple[tuple[str, str], ...] = (
    ("huynh", "hoang"),
    ("vo", "vu"),
    ("phuoc", "phuc"),
    ("chau", "chu"),
    ("kieng", "canh"),
    ("nhut", "nhat"),
    ("san", "son"),
)
"""Folded syllables said and written otherwise in the South: other legal names, candidates only."""


def canonical(name: str) -> str:
    """The form under which two spellings of one name are equal: lower case, tone placed anew.

    Hòa and Hoà are one; hoàn, quý and gìn stay as they are, for a letter follows or the vowel
    belongs to qu and gi. i and y stay apart: Lý and Lí may be two legal names.
    """
    text = lower(clean(name)).translate(_SIGNS)
    if _SUSPECT.search(text):
        for old, new in _MOVES:
            text = old.sub(rf"{new}\1", text)
    return text


def folded(name: str) -> str:
    """Without marks, tones and apostrophes, in lower case: a key to candidates, never identity."""
    return lower(clean(name)).translate(_FOLD)


def loose(name: str) -> str:
    """The folded form with y as i at the end of a syllable and regional pairs as one."""
    return " ".join(_loose_syllable(token) for token in folded(name).split(" "))


def _loose_syllable(token: str) -> str:
    token = dict(REGIONAL).get(token, token)
    return re.sub("y$", "i", token)


def tokens(name: str) -> list[str]:
    """The parts of the canonical form, in their order; nothing is said about which is what."""
    return canonical(name).split()


def same(one: str, other: str) -> bool:
    """Whether two names are equal: every mark, but not capitals or the placing of a tone."""
    return canonical(one) == canonical(other)


def has_marks(name: str) -> bool:
    """Whether any letter bears a mark; a name typed without marks is missing evidence."""
    text = lower(unicodedata.normalize("NFC", name))
    return any(letter in _MARKED for letter in text)


COMMON_SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|trương|đinh|trịnh|"
    "nông|mai|hà|đoàn|lương|cao|đào|lưu|triệu|phùng|đàm|lâm|tạ|tô|thái|châu|quách|nguyen|tran|"
    "le|pham|hoang|huynh|vu|vo|dang|bui|do|ho|ngo|duong|ly|truong|dinh|trinh"
)
TITLE_SUSPECT = "^(hộ|ho|ông|ong|bà)[ :/]"
BARE_TITLE = f"^(?:ông|ong|bà) ((?:{COMMON_SURNAMES}) .+)$"
"""Bare "ông" may be the surname of Ông Ích Khiêm: a title only before a common surname."""
LONG_TITLE = (
    "^(?:hộ gia đình ông bà|hộ gia đình ông|hộ gia đình bà|hộ gia đình|hộ ông bà|hộ ông|hộ bà|"
    "ho ong|ho ba|ông/bà|ông bà|ông:|bà:) *:? *(.+)$"
)
"""What land books write before a name; over the lower-case text."""

ORGANISATION = (
    "(^| )(công ty|cong ty|ubnd|uỷ ban|ủy ban|hợp tác xã|htx|nhà thờ|chùa|trường|doanh nghiệp|"
    "ngân hàng|chi nhánh|cộng đồng dân cư|ban quản lý|trung tâm|hội đồng)( |$)"
)
SEVERAL = "( và | va | & |[;\n/+]| - |, *[a-zà-ỹđ]+ +[a-zà-ỹđ]+|(^| )(vợ|chồng)( |:|$))"
NOTE = "^([^()]*[^() ]) *\\([^()]*\\)$"
DIGIT = "[0-9]"
STRANGE = "[^A-Za-zÀ-ɏḀ-ỹ\u0300-\u036f '’‘ʼ`´.-]"

_TITLES = (re.compile(LONG_TITLE), re.compile(BARE_TITLE))
_NOTE = re.compile(NOTE)
WAYS: tuple[tuple[str, str], ...] = (
    ("organisation", ORGANISATION),
    ("several-persons", SEVERAL),
    ("note-in-name", "\\("),
    ("digit-in-name", DIGIT),
    ("strange-character", STRANGE),
)
"""Flaws of a name in the order in which they are asked, over the lower-case text."""
_WAYS = tuple((flaw, re.compile(pattern)) for flaw, pattern in WAYS)


def read(text: str) -> Reading:
    """A person's name as written, without the title that land books put before it.

    A title is no part of the name ("Hộ ông Nguyễn Văn An" names Nguyễn Văn An). What cannot be one
    person's name is a flaw: several persons, an organisation, digits, signs that no name holds.
    """
    name = _without_title(clean(text))
    if not name:
        return Reading()
    if is_filler(name):
        return Reading(flaw="filler")
    low = lower(name)
    flaw = next((flaw for flaw, pattern in _WAYS if pattern.search(low)), None)
    if flaw is None:
        return Reading(value=name)
    if flaw == "note-in-name" and (note := _NOTE.search(name)):
        return Reading(flaw=flaw, proposal=note[1])
    return Reading(flaw=flaw)


def _without_title(name: str) -> str:
    low = lower(name)
    for title in _TITLES:
        if found := title.search(low):
            return name[len(low) - len(found[1]) :]
    return name
