"""Names as offices write them: parts lost, turned, swapped; marks lost; letters mistaken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sogoc.demo.nation.names import (
    GIVEN,
    MIDDLE,
    NOTHING,
    NameBook,
    Tokens,
    bare,
    text_of,
    without_marks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sogoc.demo.nation.lots import Flags, Ints
    from sogoc.demo.nation.offices.office import Office

_REGIONAL = (
    ("Hoàng", "Huỳnh"), ("Vũ", "Võ"), ("Phúc", "Phước"), ("Chu", "Châu"), ("Cảnh", "Kiểng"),
    ("Nhật", "Nhựt"), ("Sơn", "San"), ("Hoa", "Huê"), ("Tính", "Tánh"), ("Trường", "Tràng"),
)  # fmt: skip
_SOUNDS = (
    ("tr", "ch"), ("ch", "tr"), ("s", "x"), ("x", "s"), ("gi", "d"), ("d", "gi"), ("l", "n"),
    ("n", "l"), ("ng", "n"), ("ả", "ã"), ("ủ", "ũ"), ("ỹ", "ỷ"), ("ạc", "ạt"), ("ân", "âng"),
)  # fmt: skip
_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"


class Misspeller:
    """What each token becomes under each kind of error; tokens beyond the book's are added."""

    def __init__(self, book: NameBook) -> None:
        self._place = {text: token for token, text in enumerate(book.texts)}
        self._regional = self._map(list(self._place), _regional)
        # Each map knows the tokens that the maps before it can leave.
        known = list(self._place)
        self._initial = self._map(known, lambda text: text[0])
        self._no_marker = self._map(known, _without_marker)
        self._men_marked = self._map(known, lambda text: f"Văn {text}")
        self._women_marked = self._map(known, lambda text: f"Thị {text}")
        every = list(self._place)
        self._plain = self._map(every, without_marks)
        self._book = book
        self.texts = pa.array(list(self._place))

    def _map(self, texts: list[str], change: Callable[[str], str]) -> Ints:
        return np.array(
            [self._place.setdefault(change(text), len(self._place)) for text in texts],
            dtype=np.int32,
        )

    def own_name(self, office: Office) -> pa.Array:
        """The person's name, by all kinds of error."""
        tokens = office.persons.name.copy()
        self._another(office, tokens)
        struck = office.errs("name.region")
        swapped = np.where(tokens == NOTHING, NOTHING, self._regional[tokens])
        struck &= (swapped != tokens).any(axis=0)
        tokens[:, struck] = swapped[:, struck]
        office.remember("name.region", struck)
        self._middle(office, tokens)
        written = self._book.written(tokens, office.persons.bearers)
        struck = office.errs("name.given-first", among=written[1] != NOTHING)
        written[:, struck] = _turned(written[:, struck])
        office.remember("name.given-first", struck)
        plain = office.errs("name.marks-lost")
        office.remember("name.marks-lost", plain)
        return self._as_text(office, written, plain)

    def relative(self, office: Office, written: Tokens, role: str) -> pa.Array:
        """A relative's name, as the same office writes it; some are not told."""
        written = written.copy()
        there = written[0] != NOTHING
        missing = office.errs(f"{role}.missing", among=there)
        written[:, missing] = NOTHING
        office.remember(f"{role}.missing", missing)
        long = there & ~missing & (written[2] != NOTHING)
        dropped = office.errs("name.middle-dropped", among=long, lot=f"middle of {role}")
        written[1, dropped] = NOTHING
        office.remember(f"{role}.middle-dropped", dropped)
        return self._as_text(office, written, office.errs("name.marks-lost"), role)

    def _another(self, office: Office, tokens: Tokens) -> None:
        """A name used at home: other middle and given names of the same kind."""
        struck = office.errs("name.another")
        rows = np.flatnonzero(struck)
        page = office.persons.bearers.page()[rows]
        for part, wheel in ((MIDDLE, self._book.middles), (GIVEN, self._book.givens)):
            tokens[part, rows] = wheel[page, office.below(f"another {part}", wheel.shape[1])[rows]]
        office.remember("name.another", struck)

    def _middle(self, office: Office, tokens: Tokens) -> None:
        middle, female = tokens[MIDDLE], office.persons.bearers.female
        there = middle != NOTHING
        struck = office.errs("name.marker", among=there)
        added = np.where(female, self._women_marked[middle], self._men_marked[middle])
        less = self._no_marker[middle]
        alone = np.isin(middle, self._book.markers)
        other = np.where(alone, NOTHING, np.where(less == middle, added, less))
        office.remember("name.marker", struck)
        dropped = office.errs("name.middle-dropped", among=there & ~struck)
        office.remember("name.middle-dropped", dropped)
        initial = office.errs("name.initial", among=there & ~struck & ~dropped)
        office.remember("name.initial", initial)
        tokens[MIDDLE] = np.select(
            [struck, dropped, initial], [other, NOTHING, self._initial[middle]], default=middle
        )

    def _as_text(self, office: Office, written: Tokens, plain: Flags, role: str = "") -> pa.Array:
        """Tokens to text; then what happens to letters."""
        lost = np.where(written == NOTHING, NOTHING, self._plain[written])
        text = text_of(self.texts, np.where(plain, lost, written))
        there = written[0] != NOTHING
        of = f" of {role}" if role else ""
        for kind, change in _CHANGES.items():
            among = there & ~plain if kind == "name.mark-lost" else there
            struck = office.errs(kind, among=among, lot=kind + of)
            rows = np.flatnonzero(struck)
            draws = office.nation.lots.bits(kind + of, office.rows[rows]).tolist()
            before = text.take(pa.array(rows)).to_pylist()
            after = [change(one, draw) for one, draw in zip(before, draws, strict=True)]
            text = pc.replace_with_mask(text, pa.array(struck), pa.array(after, pa.string()))
            changed = [one != other for one, other in zip(before, after, strict=True)]
            struck[rows] = changed
            office.remember(f"{role or 'name'}.{kind.partition('.')[2]}", struck)
        upper = office.errs("name.upper")
        if not role:
            office.remember("name.upper", upper)
        return pc.if_else(pa.array(upper), pc.utf8_upper(text), text)


def _regional(text: str) -> str:
    for one, other in _REGIONAL:
        if text in {one, other}:
            return other if text == one else one
    return text


def _without_marker(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest if rest and first in {"Văn", "Thị"} else text


def _turned(written: Tokens) -> Tokens:
    """The last part first."""
    two = written[2] == NOTHING
    return np.stack(
        [
            np.where(two, written[1], written[2]),
            written[0],
            np.where(two, NOTHING, written[1]),
        ]
    )


def _slip(name: str, draw: int) -> str:
    """One character replaced, dropped, added, or swapped with the one before."""
    at, letter = 1 + draw % max(len(name) - 1, 1), _LETTERS[(draw >> 20) % len(_LETTERS)]
    return (
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[: at - 1] + name[at : at + 1] + name[at - 1] + name[at + 1 :],
    )[(draw >> 40) % 4].strip()


def _mark_lost(name: str, draw: int) -> str:
    marked = [place for place, letter in enumerate(name) if bare(letter) != letter]
    if not marked:
        return name
    at = marked[draw % len(marked)]
    return name[:at] + bare(name[at]) + name[at + 1 :]


def _sound(name: str, draw: int) -> str:
    """A pair of sounds that a region does not tell apart; at the first place where one stands."""
    for turn in range(len(_SOUNDS)):
        one, other = _SOUNDS[(draw + turn) % len(_SOUNDS)]
        for heard, typed in ((one, other), (one.capitalize(), other.capitalize())):
            if heard in name:
                return name.replace(heard, typed, 1)
    return name


_CHANGES: Mapping[str, Callable[[str, int], str]] = {
    "name.sound": _sound,
    "name.slip": _slip,
    "name.mark-lost": _mark_lost,
}
