"""Names by people, region, sex and year of birth: as tokens, and as text.

A name is three tokens: surname or clan, middle part, given name; the people and the sex say in
which order they are written. Tokens are positions in one list of texts, drawn from wheels, so that
a hundred million names cost a few readings of tables each.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from sogoc.demo.names import MATRILINEAL, load_names
from sogoc.demo.nation.land import KINH, NAMING
from sogoc.demo.nation.lots import WHEEL, Flags, Ints, Lots, wheel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTHING = -1
COHORTS = (1976, 2000)
SURNAME, MIDDLE, GIVEN = 0, 1, 2
_PAGES = 6
"""A people has a page of names for each sex and cohort."""
_DAO = "Dao"
_HIGHLANDS = (*MATRILINEAL, "Ba Na")
_LIKE_AT_MOST = 260

Tokens = npt.NDArray[np.int32]
"""Three rows: surname, middle, given; NOTHING where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearers:
    """Who is to be named: positions of peoples, of regions in NAMING, and of cohorts."""

    people: Ints
    naming: Ints
    female: Flags
    cohort: Ints

    def page(self) -> Ints:
        """Where their middle and given names stand."""
        return self.people * _PAGES + self.female * 3 + self.cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBook:
    """Wheels of tokens; `order` says for people and sex which part is written first."""

    peoples: tuple[str, ...]
    matrilineal: Flags
    """Of each people: whether the clan comes from the mother."""
    texts: tuple[str, ...]
    surnames: npt.NDArray[np.int32]
    middles: npt.NDArray[np.int32]
    givens: npt.NDArray[np.int32]
    order: npt.NDArray[np.int8]
    like: npt.NDArray[np.int32]
    """For each token a given name that differs from it in a letter or a mark, else itself."""
    markers: tuple[int, int]
    """Tokens of Văn and of Thị."""

    def surname(self, bearers: Bearers, spins: Ints) -> Tokens:
        """The token on which the wheel stops."""
        row = bearers.people * len(NAMING) + bearers.naming
        named: Tokens = self.surnames[row, spins]
        return named

    def written(self, tokens: Tokens, bearers: Bearers) -> Tokens:
        """The tokens in the order in which they are written."""
        order = self.order[bearers.people * 2 + bearers.female]
        return np.take_along_axis(tokens, order.T.astype(np.int64), axis=0)


def cohort_of(year: Ints) -> Ints:
    """Old, middle-aged or young, as fashions of names go."""
    return (year >= COHORTS[0]).astype(np.int64) + (year >= COHORTS[1])


def text_of(texts: pa.Array, written: Tokens) -> pa.Array:
    """The names as text, NULL where there is none; a part that is not there leaves no gap."""
    nobody = written[0] == NOTHING
    # Where all parts are NULL the join would leave the row out.
    first = texts.take(pa.array(np.maximum(written[0], 0)))
    parts = [texts.take(pa.array(row, mask=row == NOTHING)) for row in written[1:]]
    joined = pc.binary_join_element_wise(first, *parts, " ", null_handling="skip")
    return pc.if_else(pa.array(nobody), None, joined) if nobody.any() else joined


def without_marks(text: str) -> str:
    """What is left of a name on a machine without Vietnamese letters."""
    return "".join(map(bare, text))


@cache
def bare(letter: str) -> str:
    """The letter without its marks."""
    apart = unicodedata.normalize("NFD", letter.replace("đ", "d").replace("Đ", "D"))
    return "".join(part for part in apart if not unicodedata.combining(part))


def load_book(lots: Lots) -> NameBook:
    """Read both tables of names and lay out the wheels."""
    table = yaml.safe_load((files("sogoc.demo.nation") / "names.yaml").read_text(encoding="utf-8"))
    shelf = _Shelf(table, lots)
    others = load_names()
    peoples = (KINH, _DAO, *(people for people in others.peoples if people != KINH))
    pages: dict[str, Mapping[str, Any]] = {_DAO: table[_DAO]}
    pages.update({people: others.book[people] for people in peoples[2:]})
    for people in peoples:
        if people == KINH:
            shelf.add_kinh()
        else:
            shelf.add(people, pages[people])
    return shelf.book(peoples)


class _Shelf:
    """The book while it is put together."""

    def __init__(self, table: Mapping[str, Any], lots: Lots) -> None:
        self._table, self._lots = table, lots
        self._place: dict[str, int] = {}
        self._surnames: list[Ints] = []
        self._middles: list[Ints] = []
        self._givens: list[Ints] = []
        self._order: list[tuple[int, int, int]] = []
        self._common: dict[int, None] = {}
        self._highland = _syllables(table["highland_initials"], table["highland_rimes"])
        self._rare = _syllables(table["initials"], table["rimes"])

    def _tokens(self, texts: Sequence[str]) -> Ints:
        return np.array([self._place.setdefault(text, len(self._place)) for text in texts])

    def _wheel(self, weights: Mapping[str, float]) -> Ints:
        return self._tokens(list(weights))[wheel(list(weights.values()))]

    def add_kinh(self) -> None:
        """Kinh names: surnames by region, double middle parts, rare syllables."""
        for region in NAMING:
            self._surnames.append(self._wheel(self._table["surnames"][region]))
        for sex in ("nam", "nữ"):
            self._order.append((SURNAME, MIDDLE, GIVEN))
            for cohort in range(3):
                self._middles.append(self._wheel(self._middle_parts(sex, young=cohort / 2)))
                self._givens.append(self._wheel(self._given_names(sex, cohort)))

    def _middle_parts(self, sex: str, *, young: float) -> dict[str, float]:
        """The fashion of the old, of the young, or half of each."""
        middles: dict[str, float] = dict(self._table["middles"][sex])
        middles[self._table["markers"][sex]] *= 1 - young * (
            1 - self._table["markers_of_the_young"]
        )
        double = self._table["double_middle"]
        share = double["old"] + young * (double["young"] - double["old"])
        total = sum(middles.values())
        second = {name: weight for name, weight in middles.items() if weight < total / 4}
        made = {name: weight * (1 - share) for name, weight in middles.items()}
        of_second = sum(second.values())
        for name, weight in middles.items():
            for other, fraction in second.items():
                if other != name:
                    made[f"{name} {other}"] = weight * share * fraction / of_second
        return made

    def _given_names(self, sex: str, cohort: int) -> dict[str, float]:
        """The order of the table, stirred for each cohort, and the rare ones."""
        names = list(dict.fromkeys(self._table["givens"][sex].split()))
        self._common.update(dict.fromkeys(self._tokens(names).tolist()))
        ids = np.arange(len(names)) + (cohort * 2 + (sex == "nữ")) * 1000
        stirred = np.argsort(np.arange(len(names)) + 60 * self._lots.uniform("fashion", ids))
        weights = 1.0 / (np.arange(len(names)) + 1) ** self._table["zipf"]
        made = {names[at]: float(w) for at, w in zip(stirred, weights, strict=True)}
        return _blend([(1 - self._table["rare"], made), (self._table["rare"], self._rare)])

    def add(self, people: str, page: Mapping[str, Any]) -> None:
        """A people with its own surnames or clans, and its own shape of names."""
        kinh = people not in _HIGHLANDS
        surnames: Mapping[str, Any] = page["surnames"]
        self._surnames.extend([self._wheel(surnames.get("all", surnames))] * len(NAMING))
        for sex in ("nam", "nữ"):
            shape: str = page[sex]["shape"]
            own: Mapping[str, float] = page[sex]["given"][0]
            self._order.append(_order(shape))
            self._common.update(
                dict.fromkeys(self._tokens([_fore(shape, name) for name in own]).tolist())
            )
            middle = np.full(WHEEL, NOTHING)
            if "{d}" in shape:
                middle = self._wheel(page[sex]["middle"][0])
            self._middles.extend([middle] * 3)
            for cohort in range(3):
                givens = self._borrowed(own, sex, cohort) if kinh else self._own(own)
                named = {_fore(shape, name): weight for name, weight in givens.items()}
                self._givens.append(self._wheel(named))

    def _borrowed(self, own: Mapping[str, float], sex: str, cohort: int) -> dict[str, float]:
        shares = self._table["borrowed"]
        kinh = self._given_names(sex, cohort)
        return _blend([(shares["own"], own), (shares["kinh"], kinh), (shares["rare"], self._rare)])

    def _own(self, own: Mapping[str, float]) -> dict[str, float]:
        shares = self._table["highlands"]
        return _blend([(shares["own"], own), (shares["syllables"], self._highland)])

    def book(self, peoples: tuple[str, ...]) -> NameBook:
        """Close it."""
        texts = tuple(self._place)
        return NameBook(
            peoples=peoples,
            matrilineal=np.array([people in MATRILINEAL for people in peoples]),
            texts=texts,
            surnames=np.stack(self._surnames).astype(np.int32),
            middles=np.stack(self._middles).astype(np.int32),
            givens=np.stack(self._givens).astype(np.int32),
            order=np.array(self._order, dtype=np.int8),
            like=_like(texts, list(self._common)),
            markers=(self._place["Văn"], self._place["Thị"]),
        )


def _syllables(initials: str, rimes: str) -> dict[str, float]:
    return {(one + rime).capitalize(): 1.0 for one in initials.split() for rime in rimes.split()}


def _blend(parts: Sequence[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    """Names of several lists, each list with its share; a name of two lists has both."""
    made: dict[str, float] = {}
    for share, names in parts:
        total = sum(names.values())
        for name, weight in names.items():
            made[name] = made.get(name, 0.0) + share * weight / total
    return made


def _order(shape: str) -> tuple[int, int, int]:
    parts = {"{h}": SURNAME, "{d}": MIDDLE, "{t}": GIVEN}
    found = sorted((shape.index(mark), part) for mark, part in parts.items() if mark in shape)
    order = [part for _, part in found]
    # A shape without a middle part has NOTHING there, wherever it stands.
    return (*order, MIDDLE) if len(order) == 2 else tuple(order)  # type: ignore[return-value] # three


def _fore(shape: str, given: str) -> str:
    """`Y` and `H'` belong to the given name: `Y Bhăm`, `H'Linh`."""
    before = shape.partition("{t}")[0].rpartition("}")[2]
    return f"{before.lstrip()}{given}"


def _like(texts: Sequence[str], common: Sequence[int]) -> npt.NDArray[np.int32]:
    """Hùng and Hưng, Hoa and Hòa, Lan and Loan: names that parents give to twins."""
    like = np.arange(len(texts), dtype=np.int32)
    plain = {token: without_marks(texts[token]).lower() for token in common[:_LIKE_AT_MOST]}
    for token, text in plain.items():
        near = (other for other, name in plain.items() if other != token and _near(text, name))
        like[token] = next(near, token)
    return like


def _near(one: str, other: str) -> bool:
    """At most one letter replaced, dropped or added."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    rest = short[start:] if len(short) < len(long) else short[start + 1 :]
    return long[start + 1 :] == rest
