"""What linking knows of the population, looked up entry by entry in the mapped arrays of an index.

Each look-up gives the row that SQL would join: the same ids, the same counts. What was counted when
the index was built stays; names, tokens and places that came since bear no count (`link/overlay`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.link.columns import (
    BORN,
    COHORTS,
    FOLDED,
    KIN,
    NAMES,
    PLACES,
    REGIONS,
    TOKENS,
    TOTALS,
)
from sogoc.link.desk.counted import counted
from sogoc.link.index.arrays import text_array
from sogoc.link.index.hashing import text_key
from sogoc.link.index.layout import PARTS
from sogoc.link.index.matching import Texts, folded_names, written_names
from sogoc.values.names import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sogoc.link.index.person_index import PersonIndex

    Entry = Mapping[str, Any]
    Key = Mapping[str, Any]


class Dictionaries:
    """The dictionaries of one index, with what its changes added."""

    def __init__(self, index: PersonIndex) -> None:
        self._index = index
        self.counted = counted(index)
        array = index.array
        self._keys, self._of_key = array("name_keys"), array("name_of_key")
        self._text, self._ends = array("name_text"), array("name_ends")
        self._written_text, self._written_ends = array("written_text"), array("written_ends")
        self._written_starts, self._written_counts = (
            array("written_starts"),
            array("written_counts"),
        )
        self._name_starts, self._counts = array("name_starts"), array("name_counts")
        self._given_starts = array("given_starts")
        self._days, self._day_starts = array("days"), array("day_starts")
        self._names = len(self._ends) - 1
        self.parts = index.parts

    @property
    def lookups(self) -> dict[str, Callable[[Key], Entry | None]]:
        """A look-up for each table of `link/columns.py` that a person asked for is joined with."""
        return {
            NAMES: self._name,
            FOLDED: self._folded,
            TOKENS: self._token,
            KIN: self._kin,
            BORN: self._born,
            COHORTS: self.counted.cohort,
            REGIONS: self.counted.region,
            PLACES: self._place,
            TOTALS: lambda _key: self._totals,
        }

    def places_of(self, communes: str) -> str | None:
        """The ids of today's possible communes, a blank before and after each; None if none is."""
        wanted = communes.split()
        found = sorted(self._places[code]["place"] for code in set(wanted) if code in self._places)
        return f" {' '.join(map(str, found))} " if found else None

    def folded_ids(self, texts: Sequence[str]) -> list[int]:
        """The numbers of many folded names; -1 for those that nobody bears."""
        found = folded_names(self._index, Texts(*text_array(pa.array(texts, pa.string()))))
        later = self._later[FOLDED]
        numbers = zip(texts, found.tolist(), strict=True)
        return [later.get(text, -1) if number < 0 else number for text, number in numbers]

    def folded_rows(self, texts: Sequence[str], numbers: Sequence[int]) -> pa.Table:
        """Their rows of `link_folded`, those left out that nobody bears."""
        known = [(text, number) for text, number in zip(texts, numbers, strict=True) if number >= 0]
        ids = np.array([number for _, number in known], np.int64)
        counted = np.minimum(ids, self._names - 1)
        there = ids < self._names
        parts = self.parts[ids].reshape(-1, len(PARTS))
        counts = self._counts[counted].reshape(-1, 2)
        bearers = self._name_starts[counted + 1] - self._name_starts[counted]
        return pa.table(
            {
                "folded": pa.array(ids, pa.int32()),
                "text": pa.array([text for text, _ in known], pa.string()),
                **{name: _ids(parts[:, at]) for at, name in enumerate(PARTS)},
                "bearers": pa.array(np.where(there, bearers, 0), pa.int64()),
                "women": pa.array(np.where(there, counts[:, 0], 0), pa.int64()),
                "sexed": pa.array(np.where(there, counts[:, 1], 0), pa.int64()),
            }
        )

    def written_rows(self, texts: Sequence[str], folded_ids: Sequence[int]) -> pa.Table:
        """The rows of `link_names` of written names; the folded name of each by its number."""
        of = np.array(folded_ids, np.int32)
        found = written_names(self._index, Texts(*text_array(pa.array(texts, pa.string()))), of)
        later = self._later[NAMES]
        ids = np.array(
            [
                later.get(text, -1) if number < 0 else number
                for text, number in zip(texts, found.tolist(), strict=True)
            ],
            np.int64,
        )
        there = np.flatnonzero(ids >= 0)
        last = len(self._written_counts) - 1
        counts = np.where(ids <= last, self._written_counts[np.clip(ids, 0, last)], 0)
        return pa.table(
            {
                "written": pa.array(ids[there], pa.int32()),
                "text": pa.array([texts[at] for at in there.tolist()], pa.string()),
                "folded": pa.array(of[there], pa.int32()),
                "bearers": pa.array(counts[there], pa.int64()),
            }
        )

    def _folded(self, key: Key) -> Entry | None:
        """A folded name, by its number or its text."""
        number = key["folded"] if "folded" in key else self._number_of(key["text"])
        if number is None or not 0 <= number < len(self.parts):
            return None
        parts = (None if part < 0 else int(part) for part in self.parts[number])
        return {
            "folded": number,
            "text": self._folded_text(number),
            **dict(zip(PARTS, parts, strict=True)),
            **self._bearers(number),
        }

    def _bearers(self, number: int) -> dict[str, int]:
        if number >= self._names:
            return {"bearers": 0, "women": 0, "sexed": 0}
        women, sexed = self._counts[number]
        bearers = self._name_starts[number + 1] - self._name_starts[number]
        return {"bearers": int(bearers), "women": int(women), "sexed": int(sexed)}

    def _number_of(self, text: str) -> int | None:
        wanted = text.encode()
        key = np.uint64(text_key(wanted))
        at = int(np.searchsorted(self._keys, key))
        while at < len(self._keys) and self._keys[at] == key:
            number = int(self._of_key[at])
            if _text(self._text, self._ends, number) == wanted:
                return number
            at += 1
        return self._later[FOLDED].get(text)

    def _folded_text(self, number: int) -> str:
        if number < self._names:
            return _text(self._text, self._ends, number).decode()
        return self._later_texts[number - self._names]

    def _name(self, key: Key) -> Entry | None:
        """A written name, by its text; its bearers, by its number."""
        if "written" in key:
            number = key["written"]
            if not 0 <= number < len(self._written_ends) - 1:
                return None
            return {"written": number, "bearers": int(self._written_counts[number])}
        text = key["text"]
        of = self._number_of(folded(text))
        if of is not None and of < self._names:
            wanted = text.encode()
            for number in range(int(self._written_starts[of]), int(self._written_starts[of + 1])):
                if _text(self._written_text, self._written_ends, number) == wanted:
                    bearers = int(self._written_counts[number])
                    return {"written": number, "text": text, "folded": of, "bearers": bearers}
        later = self._later[NAMES].get(text)
        return (
            None if later is None else {"written": later, "text": text, "folded": of, "bearers": 0}
        )

    def _token(self, key: Key) -> Entry | None:
        number = self.counted.token(key["text"])
        if number is None:
            number = self._later[TOKENS].get(key["text"])
        return None if number is None else {"token": number, "text": key["text"]}

    def _kin(self, key: Key) -> Entry | None:
        """Bearers of a surname with a given name: their folded names are one range."""
        given, surname = key["given"], key["surname"]
        if not 0 <= given < len(self._given_starts) - 1:
            return None
        names = range(int(self._given_starts[given]), int(self._given_starts[given + 1]))
        low = bisect_left(names, surname, key=self._surname)
        high = bisect_right(names, surname, key=self._surname)
        if low == high:
            return None
        starts = self._name_starts
        bearers = int(starts[names.start + high] - starts[names.start + low])
        return {"surname": surname, "given": given, "bearers": bearers}

    def _surname(self, number: int) -> int:
        return int(self.parts[number, 0])

    def _born(self, key: Key) -> Entry | None:
        """Those born on a date; where only the year is told, all born in it."""
        born = key["born"]
        low, high = (born, born) if born % 10000 else (born, born + 9999)
        first = int(np.searchsorted(self._days, low))
        last = int(np.searchsorted(self._days, high, side="right"))
        bearers = int(self._day_starts[last] - self._day_starts[first])
        return {"born": born, "bearers": bearers} if bearers else None

    def _place(self, key: Key) -> Entry | None:
        if "place" in key:
            return self._by_number.get(key["place"])
        return self._places.get(key["code"])

    @cached_property
    def _places(self) -> dict[str, dict[str, Any]]:
        files = [self._index.table(PLACES)]
        if self._index.changes:
            files.append(self._index.changes.table(f"{PLACES}/1"))
        rows = (row for file in files for row in pq.read_table(file).to_pylist())
        return {row["code"]: row for row in rows}

    @cached_property
    def _totals(self) -> Entry:
        (totals,) = pq.read_table(self._index.table(TOTALS)).to_pylist()
        return dict(totals)

    @cached_property
    def _by_number(self) -> dict[int, dict[str, Any]]:
        return {row["place"]: row for row in self._places.values()}

    @cached_property
    def _later(self) -> dict[str, dict[str, int]]:
        """Entries that changes added, by their texts."""
        columns = {FOLDED: "folded", NAMES: "written", TOKENS: "token"}
        later: dict[str, dict[str, int]] = {name: {} for name in columns}
        if self._index.changes:
            for name, column in columns.items():
                added = pq.read_table(self._index.changes.table(f"{name}/1"))
                texts, numbers = added["text"].to_pylist(), added[column].to_pylist()
                later[name] = dict(zip(texts, numbers, strict=True))
        return later

    @cached_property
    def _later_texts(self) -> list[str]:
        return list(self._later[FOLDED])


def _ids(numbers: np.ndarray) -> pa.Array:
    return pa.array(np.ascontiguousarray(numbers), pa.int32(), mask=numbers < 0)


def _text(letters: np.ndarray, ends: np.ndarray, number: int) -> bytes:
    return letters[ends[number] : ends[number + 1]].tobytes()
