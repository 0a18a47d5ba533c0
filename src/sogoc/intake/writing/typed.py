"""What a typing program left when it was off: `Nguyeexn`, `Nguye64n`, `Nguye^~n`.

English is full of words that are Telex (`moon`, `has`, `town`), `So61` is a house number, and
`du.` ends a sentence. So a text is weighed whole: how likely are its words if keys made them,
and how likely as they stand, in a Vietnamese text or in one of another language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.intake.writing import keys, words
from sogoc.intake.writing.known import names_a_unit
from sogoc.intake.writing.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.intake.writing.keys import Meant

_TELEX_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_VNI_WORD = re.compile(r"(?<![^\W_])[^\W\d_][^\W_]*(?:'[^\W_]+)*")
_VIQR_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[(^+'`?~]|\.(?=[^\W\d_]|[\s,;]|$))*")

_OF_A_UNIT = 3.0
"""What it adds that a part of an address became the name of a unit of the reference list."""
NUMBERED = -1.0
"""Share of texts that join words and numbers, `Toa2 Tang3`, where nothing is known of a column."""
_UNMARKED = -0.7
"""Share of texts written without marks."""
_BEFORE_A_NUMBER = frozenset(
    """so ngo ngach hem pho duong to khu khoi xom ap ban thon nha lo toa tang phong doi cum
    kp tdp can block""".split()  # noqa: SIM905 - read as a sentence
)
_JOINED, _NOT_JOINED = -0.2, -1.7
_A_DIGIT = -1.0
_ENDS = {".": -1.5, "?": -2.5, "'": -2.5, "`": -4.0, "~": -5.5, "^": -6.0, "(": -2.0, "+": -2.0}
"""Signs that others than VIQR put after or into a word."""
_A_MARK = -0.3
_WORD_AND_NUMBER = re.compile(r"([^\W\d_]+)(\d+)")
_WORD_AND_SIGNS = re.compile(r"([^\W\d_]+)([(^+'`?~.]+)")
_TELEX_NOWHERE_ELSE = re.compile(r"aa|ee|oo|aw|ow|uw|dd|[fxj]$")


@dataclass(frozen=True, slots=True)
class Reread:
    """A text read as typed without the program, and the decimal logarithm of the odds for it."""

    text: str
    sure: float


@dataclass(frozen=True, slots=True)
class _Word:
    """One word as it was typed, what keys would make of it, and how likely it is each way."""

    told: str
    fresh: str
    is_sure: bool
    """Whether the word that keys would make is one that there is."""
    stands: float
    """In a text that knows no keys."""
    stays: float
    """In one that was typed by keys, where other words may stand as well."""

    @property
    def if_typed(self) -> float:
        """How likely the word is in a text of keys."""
        if self.fresh == self.told or not self.is_sure:
            return self.stands
        return max(self.stays, words.usual(self.fresh))

    @property
    def if_typed_abroad(self) -> float:
        """The same in a text of another language: minorities write theirs with the same keys."""
        if self.fresh == self.told:
            return self.foreign
        if self.is_sure:
            return max(self.foreign, words.usual(self.fresh))
        return (
            words.foreign(words.bare(self.fresh)) if _has_keys_within(self.told) else self.foreign
        )

    @property
    def unmarked(self) -> float:
        """How likely the word is in a text written without any marks."""
        is_plain = self.told.isascii() and self.told.isalpha()
        return max(self.stands, words.unmarked(self.told)) if is_plain else self.stands

    @property
    def foreign(self) -> float:
        """How likely the word is as it stands, in a text of another language."""
        return words.foreign(self.told)

    @property
    def changes(self) -> bool:
        """Whether the word is read otherwise in a text of keys."""
        return self.fresh != self.told and (
            not self.is_sure or words.usual(self.fresh) > self.stays
        )


def telex(text: str) -> Reread:
    """Read the keys of Telex: aa ee oo aw ow uw dd, then s f r x j."""
    return _reread(text, _TELEX_WORD, keys.telex)


def vni_keys(text: str, *, numbered: float = NUMBERED) -> Reread:
    """Read the keys of VNI: 1 to 5 the tones, 6 7 8 the shapes, 9 the bar of đ.

    `numbered` is the share of texts in the column that join words and numbers.
    """
    return _reread(text, _VNI_WORD, keys.vni, numbered=numbered)


def joins_numbers(text: str) -> bool:
    """Whether a word is joined to a number that is no key: `To12`, `Ngo30`."""
    joined = (found for found in _WORD_AND_NUMBER.finditer(text) if len(found[1]) > 1)
    return any(keys.vni(found[0]) is None for found in joined)


def viqr(text: str) -> Reread:
    """Read VIQR (RFC 1456): a( a^ o+ dd, then ' ` ? ~ and the dot."""
    return _reread(text, _VIQR_WORD, keys.viqr)


def _reread(
    text: str,
    pattern: re.Pattern[str],
    read: Callable[[str], Meant | None],
    *,
    numbered: float = NUMBERED,
) -> Reread:
    told = [_weighed(found[0], read, numbered) for found in pattern.finditer(text)]
    fresh = _put(text, pattern, [one.fresh if one.changes else one.told for one in told])
    every = _put(text, pattern, [one.fresh for one in told])
    named = names_a_unit(text, every)
    if named:
        # Each word by itself may be either, `Loong` and `Lông`; the list of units tells.
        fresh = every
    if fresh == text:
        return Reread(text, 0.0)
    abroad = words.of_another_language(one.if_typed_abroad for one in told)
    typed = max(sum(one.if_typed for one in told), abroad) + (_OF_A_UNIT if named else 0.0)
    return Reread(fresh, typed - _as_it_stands(told, numbered))


def _as_it_stands(told: list[_Word], numbered: float) -> float:
    """How likely the words are if nobody meant keys: Vietnamese, without marks, or foreign."""
    joined = any(_WORD_AND_NUMBER.fullmatch(one.told) for one in told)
    least = numbered if joined else 0.0
    vietnamese = sum(one.stands for one in told) + least
    unmarked = _UNMARKED + sum(one.unmarked for one in told) + least
    return max(vietnamese, unmarked, words.of_another_language(one.foreign for one in told))


def _put(text: str, pattern: re.Pattern[str], fresh: list[str]) -> str:
    follow = iter(fresh)
    return pattern.sub(lambda _: next(follow), text)


def _weighed(told: str, read: Callable[[str], Meant | None], numbered: float) -> _Word:
    stands = max(_standing(told, words.unmarked, numbered), words.borrowed(told))
    stays = _standing(told, words.usual, numbered)
    # Who wrote one mark of a word had the program on: its other letters are no keys.
    can_be = told.isascii() and ("oo" in told.lower() or not is_syllable(told))
    meant = read(told) if can_be else None
    if meant is None:
        return _Word(told, told, is_sure=True, stands=stands, stays=stays)
    fresh = _in_case(told, meant.word)
    if meant.is_syllable or words.is_known(fresh):
        return _Word(told, fresh, is_sure=True, stands=stands, stays=stays)
    # A word of minorities that no list has: never a proof, read along with others that are.
    is_better = _unheard_of(fresh) > stays and _can_be_nothing_else(told)
    return _Word(told, fresh if is_better else told, is_sure=False, stands=stands, stays=stays)


def _unheard_of(fresh: str) -> float:
    return words.unheard_of(len(fresh)) + _A_MARK * (len(fresh) - len(words.bare(fresh)))


def _can_be_nothing_else(told: str) -> bool:
    """Whether the word has keys that stand in no other text: `Siur` may well be a name."""
    return not told.replace("'", "").isalpha() or bool(_TELEX_NOWHERE_ELSE.search(told.lower()))


def _has_keys_within(told: str) -> bool:
    """Whether digits or signs stand between its letters: at the end they may be a number's."""
    return not told.replace("'", "").isalpha() and not _WORD_AND_NUMBER.fullmatch(told)


def _standing(told: str, share: Callable[[str], float], numbered: float) -> float:
    """How likely the word is as it stands, in a Vietnamese text; `share` is that of its letters.

    Who joins words and numbers has often left out the marks, who types by keys has not.
    """
    number = _WORD_AND_NUMBER.fullmatch(told)
    if number:
        often = _JOINED if number[1].lower() in _BEFORE_A_NUMBER else max(_NOT_JOINED, 2 * numbered)
        return share(number[1]) + often + _A_DIGIT * len(number[2])
    signs = _WORD_AND_SIGNS.fullmatch(told)
    if signs:
        return words.usual(signs[1]) + sum(map(_ENDS.__getitem__, signs[2]))
    strange = sum(_ENDS.get(sign, _A_DIGIT) for sign in told if not sign.isalpha())
    return words.usual(told) + strange


def _in_case(told: str, fresh: str) -> str:
    """The case of each part of a name, `H'Linh`, where the parts are the same."""
    parts, meant = told.split("'"), fresh.split("'")
    if len(parts) != len(meant) or not all(parts):
        return _in_case_of(told, fresh)
    return "'".join(map(_in_case_of, parts, meant))


def _in_case_of(told: str, fresh: str) -> str:
    """In capitals where most letters are, whatever the keys: `PHAMj` was typed with Caps Lock."""
    letters = [letter for letter in told if letter.isalpha()]
    if "".join(letters[:2]).lower() == "dd":
        letters.pop(1)
    great = sum(letter.isupper() for letter in letters)
    if great > 1 and 2 * great > len(letters):
        return fresh.upper()
    leading = next((at for at, letter in enumerate(letters) if letter.islower()), len(letters))
    return fresh[:leading].upper() + fresh[leading:]
