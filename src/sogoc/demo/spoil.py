"""Each kind of damage as a function of the cells it hits. Its name is the kind in `damage.yaml`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.draw import Floats, Ints, Texts, either, texts
from sogoc.demo.paper import writings
from sogoc.demo.paper.sheet import Cell, serial_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILLERS = ("đang cập nhật", "Chưa có", "N/A", "0", "-", "x", "000000000000", "không rõ")
SURNAME_PAIRS = (
    ("Hoàng", "Huỳnh"),
    ("Vũ", "Võ"),
    ("Phúc", "Phước"),
    ("Chu", "Châu"),
    ("Sơn", "San"),
)
SOUND_PAIRS = (
    ("ch", "tr"),
    ("tr", "ch"),
    ("s", "x"),
    ("x", "s"),
    ("l", "n"),
    ("n", "l"),
    ("d", "gi"),
)
_KEYS = "qwertyuiopasdfghjklzxcvbnm"


@dataclass(frozen=True, slots=True)
class Hit:
    """The rows of one column that are hit, with a number by lot from 0 to 1 for each."""

    rows: Ints
    column: str
    columns: Mapping[str, Texts]
    aside: Mapping[str, Texts]
    lot: Floats

    @property
    def cells(self) -> Texts:
        """The cells before this damage."""
        return self.columns[self.column][self.rows]

    def instead(self, name: str) -> Texts:
        """What stands ready to be put there by mistake; the cell itself where there is nothing."""
        slot = self.column.rpartition(".")[0]
        ready = self.aside.get(f"{slot}.{name}" if slot else name)
        if ready is None:
            return self.cells
        found = ready[self.rows]
        return either(found == "", self.cells, found)

    def each(self, change: Callable[[str, float], Cell]) -> Texts:
        """Change each text; cells that are no text any more stay."""
        return texts(
            [
                change(cell, float(lot)) if isinstance(cell, str) else cell
                for cell, lot in zip(self.cells, self.lot, strict=True)
            ]
        )


def _missing(hit: Hit) -> Texts:
    return texts([None] * len(hit.rows))


def _filler(hit: Hit) -> Texts:
    return hit.each(lambda _, lot: FILLERS[int(lot * len(FILLERS))])


def _instead(name: str) -> Callable[[Hit], Texts]:
    return lambda hit: hit.instead(name)


def _text(change: Callable[[str], Cell]) -> Callable[[Hit], Texts]:
    return lambda hit: hit.each(lambda text, _: change(text))


def _lot(change: Callable[[str, float], Cell]) -> Callable[[Hit], Texts]:
    return lambda hit: hit.each(change)


def _somebody_else(hit: Hit) -> Texts:
    column = hit.columns[hit.column]
    return column[(hit.rows + 1 + (hit.lot * 200).astype(np.int64)) % len(column)]


def _digit_wrong(text: str, lot: float) -> str:
    places = [at for at, c in enumerate(text) if c.isdigit()]
    if not places:
        return text
    at = places[int(lot * len(places))]
    return text[:at] + str((int(text[at]) + 1 + int(lot * 1000) % 9) % 10) + text[at + 1 :]


def _zeros_lost(text: str, lot: float) -> Cell:
    """Typed into a cell for numbers: the zeros in front are gone, mostly the cell is a number."""
    if not (text.startswith("0") and text.isdigit()):
        return text
    return int(text) if lot < 0.7 else text.lstrip("0")


def _slip(text: str, lot: float) -> str:
    at = 1 + int(lot * max(len(text) - 2, 1))
    way = int(lot * 4000) % 4
    key = _KEYS[int(lot * 10_000) % len(_KEYS)]
    replaced = (
        text[:at] + key + text[at + 1 :],
        text[:at] + text[at + 1 :],
        text[:at] + key + text[at:],
        text[: at - 1] + text[at : at + 1] + text[at - 1] + text[at + 1 :],
    )
    return " ".join(replaced[way].split())


def _one_mark_lost(text: str, lot: float) -> str:
    marked = [at for at, c in enumerate(text) if writings.without_marks(c) != c]
    if not marked:
        return text
    at = marked[int(lot * len(marked))]
    # Half lose the tone only: Phượng becomes Phương.
    if lot * 100 % 1 < 0.5:
        bare = unicodedata.normalize("NFC", writings.without_tone(text[at]))
    else:
        bare = writings.without_marks(text[at])
    return text[:at] + bare + text[at + 1 :]


def _middle_dropped(text: str) -> str:
    words = text.split(" ")
    return f"{words[0]} {words[-1]}" if len(words) > 2 and words[0] != "Y" else text


def _middle_initial(text: str) -> str:
    words = text.split(" ")
    return " ".join([words[0], *(w[0] + "." for w in words[1:-1]), words[-1]])


def _given_first(text: str) -> str:
    words = text.split(" ")
    return " ".join([words[-1], *words[:-1]])


def _another_name(hit: Hit) -> Texts:
    return _somebody_else(hit)


def _household_word(text: str, lot: float) -> str:
    return f"{('Hộ ông', 'Hộ bà', 'Hộ', 'Ông', 'Bà', 'Hộ gia đình ông')[int(lot * 6)]} {text}"


def _nickname(text: str, lot: float) -> str:
    nick = ("Ba Tèo", "Út Bé", "Tư Râu", "Bảy Hiền", "Hai Lúa")[int(lot * 5)]
    saint = ("Maria", "Giuse", "Anna", "Phêrô")[int(lot * 4)]
    return f"{text} ({nick})" if lot * 50 % 1 < 0.6 else f"{saint} {text}"


def _i_for_y(text: str) -> str:
    return " ".join(_i_word(word) for word in text.split(" "))


def _i_word(word: str) -> str:
    """Lý to Lí, Mỹ to Mĩ, Quý to Quí: only where y follows one consonant or qu."""
    bare = writings.without_marks(word).lower()
    if not re.fullmatch(r"(?:[hklmst]|qu)y", bare):
        return word
    turned = unicodedata.normalize("NFD", word).replace("y", "i")
    return unicodedata.normalize("NFC", turned)


def _regional_pair(text: str) -> str:
    words = text.split(" ")
    pairs = dict(SURNAME_PAIRS) | {b: a for a, b in SURNAME_PAIRS}
    return " ".join(pairs.get(word, word) for word in words)


def _sound_alike(text: str) -> str:
    words = text.split(" ")
    for here, there in SOUND_PAIRS:
        if words[-1].lower().startswith(here):
            last = there + words[-1][len(here) :]
            return " ".join([*words[:-1], last.capitalize()])
    return text


def _stray_blanks(text: str, lot: float) -> str:
    return (f" {text}", f"{text} ", text.replace(" ", "  ", 1), text.replace(" ", "\u00a0", 1))[
        int(lot * 4)
    ]


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _day(change: Callable[[str, str, str, float], Cell]) -> Callable[[Hit], Texts]:
    """Change a whole date, dd/mm/yyyy; a month or a year stays."""

    def changed(text: str, lot: float) -> Cell:
        parts = text.split("/")
        return change(parts[0], parts[1], parts[2], lot) if len(parts) == 3 else text

    return lambda hit: hit.each(changed)


def _real(day: str, month: str, year: str) -> date:
    return date(int(year), int(month), int(day))


def _swapped(day: str, month: str, year: str, _: float) -> str:
    return f"{month}/{day}/{year}" if int(day) <= 12 else f"{day}/{month}/{year}"


def _wrong_day(day: str, month: str, year: str, lot: float) -> str:
    return f"{(int(day) + int(lot * 26)) % 28 + 1:02d}/{month}/{year}"


def _year_off(day: str, month: str, year: str, lot: float) -> str:
    day = "28" if (day, month) == ("29", "02") else day
    return f"{day}/{month}/{int(year) + (1 if lot < 0.5 else -1)}"


def _wrong_sex(text: str) -> str:
    return {"Nam": "Nữ", "Nữ": "Nam"}.get(text, text)


def _sex_as_code(text: str, lot: float) -> Cell:
    ways = {"Nam": ("1", "M", "nam", "Ông"), "Nữ": ("0", "F", "nữ", "Bà", "Nu")}[text]
    return ways[int(lot * len(ways))]


def _short_address(text: str, lot: float) -> str:
    parts = text.split(", ")
    return ", ".join(parts[: max(1, len(parts) - 1 - int(lot * 2))])


def _abbreviated(text: str) -> str:
    for whole, short in (
        ("Thôn ", "T."), ("Tổ dân phố", "TDP"), ("Xã ", "X. "), ("Phường ", "P. "),
        ("Huyện ", "H. "), ("Thành phố", "TP."), ("Thị trấn", "TT."), ("Thị xã", "TX."),
        ("Tỉnh ", ""), (", ", " - "),
    ):  # fmt: skip
        text = text.replace(whole, short)
    return text


def _decimal_comma(text: str) -> str:
    return text.replace(".", ",")


def _thousands(text: str) -> str:
    if "," in text:
        return text
    return f"{float(text):,.1f}".translate(str.maketrans(",.", ".,"))


SPOILERS: Mapping[str, Callable[[Hit], Texts]] = MappingProxyType(
    {
        "missing": _missing,
        "filler": _filler,
        "old_card": _instead("old_card"),
        "spouse_number": _instead("spouse_number"),
        "digit_wrong": _lot(_digit_wrong),
        "somebody_else": _somebody_else,
        "zeros_lost": _lot(_zeros_lost),
        "spaced_digits": _text(lambda t: f"{t[:3]} {t[3:6]} {t[6:]}"),
        "letter_o": _text(lambda t: t.replace("0", "O", 1)),
        "another_name": _another_name,
        "slip": _lot(_slip),
        "one_mark_lost": _lot(_one_mark_lost),
        "marks_lost": _text(writings.without_marks),
        "middle_dropped": _text(_middle_dropped),
        "middle_initial": _text(_middle_initial),
        "given_first": _text(_given_first),
        "household_word": _lot(_household_word),
        "nickname": _lot(_nickname),
        "digit_in_name": _lot(lambda t, lot: f"{t} {int(lot * 9) + 1}"),
        "i_for_y": _text(_i_for_y),
        "regional_pair": _text(_regional_pair),
        "sound_alike": _text(_sound_alike),
        "curly_apostrophe": _text(lambda t: t.replace("'", "’")),
        "retoned": _text(writings.retoned),
        "upper": _text(str.upper),
        "stray_blanks": _lot(_stray_blanks),
        "invisible": _text(lambda t: t.replace(" ", " \u200b", 1)),
        "decomposed": _text(writings.decomposed),
        "full_width": _text(_full_width),
        "tcvn3": _text(writings.tcvn3),
        "vni": _text(writings.vni),
        "viqr": _text(writings.viqr),
        "telex": _text(writings.telex),
        "double_utf8": _text(writings.double_utf8),
        "year_only": _text(lambda t: t[-4:]),
        "first_of_january": _day(lambda _d, _m, year, _: f"01/01/{year}"),
        "swapped": _day(_swapped),
        "wrong_day": _day(_wrong_day),
        "year_off": _day(_year_off),
        "two_digit_year": _day(lambda day, month, year, _: f"{day}/{month}/{year[2:]}"),
        "serial_day": _day(lambda d, m, y, _: _serial(d, m, y)),
        "true_day": _day(lambda d, m, y, _: _true(d, m, y)),
        "dotted_day": _day(lambda d, m, y, _: f"{int(d)}.{int(m)}.{y}"),
        "wrong_sex": _text(_wrong_sex),
        "sex_as_code": _lot(_sex_as_code),
        "old_commune": _instead("old_commune"),
        "old_address": _instead("old_address"),
        "short_address": _lot(_short_address),
        "abbreviated": _text(_abbreviated),
        "officers_phone": _text(lambda _: "0559000001"),
        "plus84": _text(lambda t: "+84" + t[1:] if t.startswith("0") else t),
        "decimal_comma": _text(_decimal_comma),
        "thousands": _text(_thousands),
        "ten_times": _text(lambda t: f"{float(t) * 10:.1f}"),
        "unknown_code": _lot(lambda t, lot: ("T", "V", "BHKK", t.lower() + "1")[int(lot * 4)]),
        "spaced_serial": _text(lambda t: f"{t[:2]} {t[2:]}"),
    }
)


def _serial(day: str, month: str, year: str) -> Cell:
    return _serialised(day, month, year) or f"{day}/{month}/{year}"


def _serialised(day: str, month: str, year: str) -> int:
    """0 for a day that is none (a swap or a typing error before)."""
    try:
        return serial_of(_real(day, month, year))
    except ValueError:
        return 0


def _true(day: str, month: str, year: str) -> Cell:
    try:
        return _real(day, month, year)
    except ValueError:
        return f"{day}/{month}/{year}"
