"""What a typing program left when it was off: `Nguyeexn`, `Nguye64n`, `Nguye^~n`.

Word by word: a word that is a legal syllable as it stands is never touched. A single word
proves nothing, since English holds `moon`, `has` and `town`: see `columns` for what is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sogoc.intake.writing.known import is_full_name, names_a_unit
from sogoc.intake.writing.syllables import composed, fits, is_syllable

if TYPE_CHECKING:
    from collections.abc import Callable

_TELEX_SHAPES = (("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_TELEX_TONES = {"s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_TELEX_TONE = re.compile(r"(?<=[aăâeêioôơuưy])([^sfrxj]*)([sfrxj])([a-zăâêôơưđ]*)$")
_VIQR_SHAPES = {"a(": "ă", "a^": "â", "e^": "ê", "o^": "ô", "o+": "ơ", "u+": "ư"}
_VIQR_TONES = {"'": 1, "`": 2, "?": 3, "~": 4, ".": 5}
_VIQR_LATE = re.compile(r"([aeouAEOU])(['`?~.])([(^+])")
_VIQR_TONE = re.compile(r"(?<=[aăâeêioôơuưy])['`?~.]")
_VNI_WORD = re.compile(
    r"[^\W\d_]{2,}(?:[1-9][^\W\d_]*)+(?!\d)|[dD]9[^\W\d_](?:[1-9]|[^\W\d_])*"
    r"|(?<![^\W_])[aeouAEOU][678][a-z]+[1-5]?(?![^\W_])"
)
_ROOFS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = {"o": "ơ", "u": "ư"}


@dataclass(frozen=True, slots=True)
class Reread:
    """A text read as typed without the program, and the decimal logarithm of the odds for it."""

    text: str
    sure: float


_SHORT = 3
_CERTAIN, _COMMON_WORD, _LIKELY, _POSSIBLE, _DOUBTFUL = 6.0, 1.8, 1.5, 0.8, -1.0
_COMMON_TOLD = """
nguyễn trần phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh đoàn lương đào
đàm phùng triệu lưu tạ hà quách thạch sầm giàng sùng lò vàng văn thị đức hữu quốc ngọc thanh
hồng phương hương hằng thủy thúy hùng dũng cường tuấn hải đình công xuân thành thảo nguyệt xã
phường thị trấn thôn xóm ấp huyện quận tỉnh phố đường thành khu tổ bản khối số nhà ngõ ngách
"""
_COMMON = frozenset(_COMMON_TOLD.split())
_BEFORE_A_NUMBER_TOLD = """
số ngõ ngách phố đường tổ khu khối xóm ấp bản thôn nhà
"""
_BEFORE_A_NUMBER = frozenset(_BEFORE_A_NUMBER_TOLD.split())
_NO_OTHER_USE = re.compile(r"[aeo]\^|[aeiouy]~|[ou]\+[`'?~.a-z]", re.IGNORECASE)
_LETTERS_THEN_KEYS = re.compile(r"[^\W\d_]+[^A-Za-z]+")
_NOT_PROOF_TOLD = """
has his lows max box see too moon noon soon room food foot good wood door poor boot root tool
town down dawn lawn law saw raw low row now how know hoof loof bees beer deer been seen feet
free tree three coffee lee book look hair toor soos
"""
_NOT_PROOF = frozenset(_NOT_PROOF_TOLD.split())


def telex(text: str) -> Reread:
    """Read the keys of Telex: aa ee oo aw ow uw dd, then s f r x j."""
    return _reread(text, re.compile(r"[^\W\d_]+"), _telex)


def vni_keys(text: str) -> Reread:
    """Read the keys of VNI: 1 to 5 the tones, 6 7 8 the shapes, 9 the bar of đ."""
    return _reread(
        text,
        _VNI_WORD,
        _vni,
    )


def viqr(text: str) -> Reread:
    """Read VIQR (RFC 1456): a( a^ o+ dd, then ' ` ? ~ and the dot."""
    return _reread(text, re.compile(r"[^\W\d_](?:[^\W\d_]|[(^+'`?~]|\.(?=[^\W\d_]|\s|$))*"), _viqr)


def _reread(
    text: str, word: re.Pattern[str], read: Callable[[str], tuple[str, int] | None]
) -> Reread:
    sure: list[float] = []
    proving: list[bool] = []

    def one(found: re.Match[str]) -> str:
        told = found[0]
        fresh = read(told) if not is_syllable(told) else None
        if fresh is None:
            return told
        sure.append(_sureness(told, *fresh))
        proving.append(told.lower() not in _NOT_PROOF)
        return _in_case(told, fresh[0])

    reread = word.sub(one, text)
    doubts = min(sure.count(_DOUBTFUL), 1) * _DOUBTFUL
    weights = sum(weight for weight in sure if weight > 0)
    return Reread(reread, doubts + weights + _known(text, reread, sum(proving)))


def _known(text: str, reread: str, words: int) -> float:
    """What it adds that the whole became a name that is known.

    For a person two words must have been typed so: `Lee Thanh An` may be a Lee.
    """
    if not words:
        return 0.0
    is_name = words > 1 and is_full_name(reread)
    return _CERTAIN if is_name or names_a_unit(text, reread) else 0.0


def _sureness(told: str, fresh: str, keys: int) -> float:
    """How sure one word makes the reading.

    A key at the end proves little: `So61` is house number 61, `du.` ends a sentence, `Khu5` is
    the fifth block, `Taj` a name. But no other text has a roof or a wave on a vowel.
    """
    if _NO_OTHER_USE.search(told):
        return _CERTAIN
    at_end = bool(_LETTERS_THEN_KEYS.fullmatch(told))
    common = fresh in _COMMON and told.lower() not in _NOT_PROOF
    if common and not at_end and (keys > 1 or len(told) > _SHORT):
        return _CERTAIN
    if common and not (at_end and fresh in _BEFORE_A_NUMBER):
        return _COMMON_WORD
    if at_end:
        return _DOUBTFUL
    return _LIKELY if keys > 1 else _POSSIBLE


def _in_case(told: str, fresh: str) -> str:
    """In capitals where two letters are, whatever the keys: `PHAMj` was typed with Caps Lock."""
    letters = [letter for letter in told if letter.isalpha()]
    if "".join(letters[:2]).lower() == "dd":
        letters.pop(1)
    if sum(letter.isupper() for letter in letters) > 1:
        return fresh.upper()
    return fresh.capitalize() if letters[0].isupper() else fresh


def _finished(letters: str, tone: int, keys: int) -> tuple[str, int] | None:
    """The syllable and the number of keys that made it; None if it is none."""
    if not keys or not fits(letters, tone):
        return None
    return composed(letters, tone), keys


@lru_cache(maxsize=100_000)
def _telex(word: str) -> tuple[str, int] | None:
    letters, keys = word.lower(), 0
    if letters.startswith("dd"):
        letters, keys = "đ" + letters[2:], 1
    tone = 0
    key = _TELEX_TONE.search(letters)
    if key:
        letters = letters[: key.start(2)] + letters[key.end(2) :]
        tone, keys = _TELEX_TONES[key[2]], keys + 1
    for typed, meant in _TELEX_SHAPES:
        keys += letters.count(typed)
        letters = letters.replace(typed, meant)
    return _finished(_horned(letters), tone, keys)


def _horned(letters: str) -> str:
    """`uơ` before another letter is `ươ`: one key serves both vowels."""
    return re.sub(r"(?<!q)uơ(?=[a-z])", "ươ", letters)


@lru_cache(maxsize=100_000)
def _vni(word: str) -> tuple[str, int] | None:
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
    return _finished(_horned(letters), tone, keys)


def _shaped(letters: str, key: str) -> str:
    """The letters with the shape that a VNI key puts on the last letter that takes it."""
    if key == "9":
        return re.sub(r"^d", "đ", letters)
    shapes = {"6": _ROOFS, "7": _HORNS, "8": {"a": "ă"}}.get(key, {})
    if key == "7" and "uo" in letters:
        return letters.replace("uo", "ươ")
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in shapes:
            return letters[:at] + shapes[letters[at]] + letters[at + 1 :]
    return letters


@lru_cache(maxsize=100_000)
def _viqr(word: str) -> tuple[str, int] | None:
    told = _VIQR_LATE.sub(r"\1\3\2", word.lower())
    keys = 0
    if told.startswith("dd"):
        told, keys = "đ" + told[2:], 1
    for typed, meant in _VIQR_SHAPES.items():
        keys += told.count(typed)
        told = told.replace(typed, meant)
    letters, tones = _VIQR_TONE.subn("", told)
    sign = _VIQR_TONE.search(told)
    tone = _VIQR_TONES[sign[0]] if sign else 0
    return _finished(_horned(letters), tone, keys + tones) if tones < 2 else None  # noqa: PLR2004 - one tone
