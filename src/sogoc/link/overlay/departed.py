"""Which persons of an index are those told of, told by all their columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.link.columns import PERSON_COLUMNS
from sogoc.link.index.arrays import codes
from sogoc.link.index.compiled import compiled
from sogoc.link.index.layout import NO_NUMBER, SEX, TIES, UNKNOWN
from sogoc.link.index.person_index import CAME
from sogoc.link.overlay.recoding import unrestricted

if TYPE_CHECKING:
    from sogoc.link.index.person_index import PersonIndex

_TOLD = ("number", "folded", "written", "old_number", "born", "commune", "province", "sex")


class Departed:
    """The persons of an index who are gone, and of those who came since, who stay."""

    def __init__(self, index: PersonIndex) -> None:
        self._index = index
        self.bits = np.zeros(index.persons, dtype=np.uint8)
        self.stay = pq.read_schema(index.table("population")).empty_table()
        if index.changes:
            packed = index.changes.array("gone")
            self.bits = np.unpackbits(packed, count=index.persons, bitorder="little")
            self.stay = pq.read_table(index.changes.table(CAME))
        self.stay = unrestricted(self.stay.select(list(PERSON_COLUMNS)))

    def mark(self, left: pa.Table) -> int:
        """Note that these persons left; returns how many of them nobody is."""
        told = np.stack(
            [codes(left[name].combine_chunks()).astype(np.int64) for name in (*_TOLD, *TIES)],
            axis=1,
        ).reshape(-1, len(_TOLD) + len(TIES))
        array = self._index.array
        found = np.zeros(len(told), dtype=np.uint8)
        ties = [_whole(array(role)) for role in TIES]
        lists = [array(f"{kind}_{what}") for kind in ("number", "name") for what in _LISTS]
        columns = [array("persons"), array("homes"), *ties, *lists, array("days")]

        def mark(some: np.ndarray) -> None:
            of_some = np.zeros(len(some), dtype=np.uint8)
            compiled(_mark)(told[some], of_some, self.bits, *columns, array("day_starts"))
            found[some] = of_some

        # Whoever is told twice is born on one day: no two threads look at one person.
        born = told[:, _TOLD.index("born")]
        early = born < np.median(born) if len(born) else np.zeros(0, dtype=bool)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(mark, (np.flatnonzero(early), np.flatnonzero(~early))))
        return self._of_later(told[found == 0])

    def _of_later(self, told: np.ndarray) -> int:
        """Those who came since the index was built and left again."""
        if not len(told):
            return 0
        there: dict[tuple[int, ...], list[int]] = {}
        columns = [codes(self.stay[name].combine_chunks()) for name in (*_TOLD, *TIES)]
        for row, key in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            there.setdefault(key, []).append(row)
        leave = [rows.pop() for one in told.tolist() if (rows := there.get(tuple(one)))]
        stays = np.ones(self.stay.num_rows, dtype=bool)
        stays[leave] = False
        self.stay = self.stay.filter(pa.array(stays))
        return len(told) - len(leave)


_LISTS = ("starts", "rows")


def _whole(column: np.ndarray) -> np.ndarray:
    """One entry where nobody's relative is known: the loop asks for the length."""
    return column if len(column) else np.full(1, UNKNOWN, dtype=np.int32)


def _mark(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop over arrays, compiled as a whole
    told: np.ndarray,
    found: np.ndarray,
    gone: np.ndarray,
    persons: np.ndarray,
    homes: np.ndarray,
    father: np.ndarray,
    mother: np.ndarray,
    spouse: np.ndarray,
    household: np.ndarray,
    former: np.ndarray,
    number_starts: np.ndarray,
    number_rows: np.ndarray,
    name_starts: np.ndarray,
    name_rows: np.ndarray,
    days: np.ndarray,
    day_starts: np.ndarray,
) -> None:
    """Look for each told person among the bearers of the number, else of the day, else of the name.

    The first who is as told in all columns, and not gone yet, goes.
    """
    bits = 0
    while (1 << bits) < len(number_starts) - 1:
        bits += 1
    for at in range(len(told)):
        number, folded, born = told[at, 0], told[at, 1], told[at, 4]
        by_day = number < 0 and born >= 0
        if number >= 0:
            key = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(32)
            bucket = np.int64(key >> np.uint64(64 - bits))
            low, high = number_starts[bucket], number_starts[bucket + 1]
        elif by_day:
            day = np.searchsorted(days, born)
            if day == len(days) or days[day] != born:
                continue
            low, high = day_starts[day], day_starts[day + 1]
        else:
            name = folded if 0 <= folded < len(name_starts) - 2 else len(name_starts) - 2
            low, high = name_starts[name], name_starts[name + 1]
        for place in range(low, high):
            if number >= 0:
                row = number_rows[place]
            elif by_day:
                row = place
            else:
                row = name_rows[place]
            one = persons[row]
            home = one["home"]
            high = np.int64(one["number_high"])
            theirs = (high << 32) + one["number_low"] if high < NO_NUMBER else -1
            if (
                gone[row] == 0
                and theirs == number
                and one["folded"] == folded
                and one["written"] == told[at, 2]
                and one["old_number"] == told[at, 3]
                and one["born"] == born
                and (homes[home, 0] if home >= 0 else -1) == told[at, 5]
                and (homes[home, 1] if home >= 0 else -1) == told[at, 6]
                and np.int64(one["marks"] & SEX) - 1 == told[at, 7]
                and (father[row] if len(father) == len(persons) else -1) == told[at, 8]
                and (mother[row] if len(mother) == len(persons) else -1) == told[at, 9]
                and (spouse[row] if len(spouse) == len(persons) else -1) == told[at, 10]
                and (household[row] if len(household) == len(persons) else -1) == told[at, 11]
                and (former[row] if len(former) == len(persons) else -1) == told[at, 12]
            ):
                gone[row] = 1
                found[at] = 1
                break
