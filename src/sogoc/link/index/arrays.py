"""From the coded tables of the population to the flat arrays of the index.

The tables are read once, batch by batch; the arrays are made one after another, so that the peak
of memory is that of the records and one list.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sogoc.errors import IndexRefused, Sentence
from sogoc.link.columns import FOLDED, NAMES, PLACES, TOKENS
from sogoc.link.index import lists, records
from sogoc.link.index.hashing import text_keys
from sogoc.link.index.layout import PARTS, PERSON, TIES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Keep = Callable[[str, np.ndarray], None]
    """Takes an array by name and writes it."""
    Batch = dict[str, np.ndarray]
    """Columns of `population`, -1 for what is not known."""

_BATCH = 1 << 20
_THREADS = 2
_CODES = ("number", "folded", "written", "old_number", "born", "commune", "sex")
_READ = ("person", *_CODES, "province", "died", *TIES)
_MOST_PLACES = 1 << 15
DICTIONARIES = (TOKENS, FOLDED, NAMES, PLACES)
"""The tables that arrays are made of, beside the persons."""


class People(NamedTuple):
    """The rows of `population` in their order: how many, and batches of them."""

    rows: int
    batches: Iterable[Batch]


def people_in(table: Path) -> People:
    """The rows of a Parquet file, its columns as far as the arrays need them."""
    file = pq.ParquetFile(table)
    batches = (
        {name: codes(batch[name]) for name in _READ}
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(_READ))
    )
    return People(file.metadata.num_rows, batches)


def derive(tables: dict[str, Path], people: People, keep: Keep) -> int:
    """Make the arrays of `layout.ARRAYS` from the tables, each to `keep`; returns the persons.

    `tables` holds the dictionaries of names, tokens and places. Raises IndexRefused where the
    persons are not numbered as the layout says.
    """
    tokens, places = (pq.ParquetFile(tables[name]).metadata.num_rows for name in (TOKENS, PLACES))
    names = _names(tables[FOLDED], tokens, keep)
    _written(tables[NAMES], names, keep)
    return derive_persons(people, keep, names=names, places=places, first=0)


def derive_persons(people: People, keep: Keep, *, names: int, places: int, first: int) -> int:
    """The records of these persons and all lists of them; returns how many.

    Their numbers begin at `first`; there are so many folded names and places.
    """
    persons, homes, household = _persons(people, keep, first)
    _days(persons["born"], keep)
    with ThreadPoolExecutor(_THREADS) as threads:
        made = [
            threads.submit(_lists_by_name, persons, homes, keep, names=names, places=places),
            threads.submit(_list_of_households, household, keep),
            threads.submit(_list_by_number, records.numbers, persons, keep, prefix="number"),
            threads.submit(_list_by_number, _old_numbers, persons, keep, prefix="old"),
        ]
        for one in made:
            one.result()
    return len(persons)


def _lists_by_name(
    persons: np.ndarray, homes: np.ndarray, keep: Keep, *, names: int, places: int
) -> None:
    starts, order = lists.by_value(np.ascontiguousarray(persons["folded"]), names)
    keep("name_starts", starts)
    keep("name_rows", order)
    communes = records.communes(persons, homes)
    starts, rows = lists.by_value_in_order(communes, order, places)
    keep("place_starts", starts)
    keep("place_rows", rows)


def _old_numbers(persons: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(persons["old_number"])


def _list_by_number(
    numbers: Callable[[np.ndarray], np.ndarray], persons: np.ndarray, keep: Keep, *, prefix: str
) -> None:
    starts, rows, marks = lists.by_number(numbers(persons))
    keep(f"{prefix}_starts", starts)
    keep(f"{prefix}_rows", rows)
    keep(f"{prefix}_marks", marks)


def _list_of_households(household: np.ndarray, keep: Keep) -> None:
    starts, rows, _ = lists.by_number(household)
    keep("household_starts", starts)
    keep("household_rows", rows)


def _persons(people: People, keep: Keep, start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The records of the persons, their homes, and the household of each where any is known."""
    count = people.rows
    persons = np.empty(count, dtype=PERSON)
    ties = {role: np.empty(0, dtype="<i4") for role in TIES}
    dead: list[np.ndarray] = []
    died: list[np.ndarray] = []
    homes = records.Homes()
    for first, batch in _batches(people, start):
        rows = len(batch["person"])
        records.write(persons[first : first + rows], batch, homes)
        days = batch["died"]
        gone = days != UNKNOWN
        dead.append((np.flatnonzero(gone) + first).astype("<i4"))
        died.append(days[gone].astype("<i4"))
        for role in TIES:
            ties[role] = _tied(ties[role], batch[role], first, count=count)
    keep("persons", persons)
    _check_places(ties["former"])
    for role in TIES:
        keep(role, ties[role])
    pairs = homes.pairs
    keep("homes", pairs)
    keep("provinces", np.unique(pairs[pairs[:, 1] >= 0, 1]))
    keep("dead", np.concatenate([np.empty(0, "<i4"), *dead]))
    keep("died", np.concatenate([np.empty(0, "<i4"), *died]))
    return persons, pairs, ties["household"]


def _check_places(former: np.ndarray) -> None:
    """Raise IndexRefused where a former place does not fit into its 16 bits."""
    if former.max(initial=UNKNOWN) >= _MOST_PLACES:
        raise IndexRefused(
            Sentence(
                vi="Nơi ở trước đây thuộc quá nhiều địa bàn khác nhau; chỉ mục chứa được 32 767. "
                "Hãy bỏ vai trò former khỏi đặc tả dân cư.",
                en="Former places are of too many kinds; an index holds 32,767. Take the role "
                "former out of the contract of the population.",
            )
        )


def _tied(known: np.ndarray, values: np.ndarray, first: int, *, count: int) -> np.ndarray:
    """An array of so many persons with these values from `first` on; empty while none is known."""
    if not len(known) and (values >= 0).any():
        known = np.full(count, UNKNOWN, dtype="<i4")
    if len(known):
        known[first : first + len(values)] = values
    return known


def _batches(people: People, start: int) -> Iterator[tuple[int, Batch]]:
    """The persons in order, their numbers from `start`; each batch with where its first stands."""
    first = 0
    for batch in people.batches:
        numbers = batch["person"] - start
        if not np.array_equal(numbers, np.arange(first, first + len(numbers))):
            raise IndexRefused(
                Sentence(
                    vi="Bảng dân cư chưa được đánh số liên tục theo thứ tự; hãy tạo lại bảng.",
                    en="The persons are not numbered in their order; make the table again.",
                )
            )
        yield first, batch
        first += len(numbers)


def codes(column: pa.Array) -> np.ndarray:
    """A column of whole numbers, -1 where nothing is known."""
    filled = pc.fill_null(column, pa.scalar(UNKNOWN, column.type)) if column.null_count else column
    numbers: np.ndarray = filled.to_numpy(zero_copy_only=False)
    return numbers


def _days(born: np.ndarray, keep: Keep) -> None:
    """The table of days. Persons without a date of birth stand after the last."""
    born = np.ascontiguousarray(born)
    known = int(np.searchsorted(born == UNKNOWN, 1))
    changes = np.flatnonzero(np.diff(born[:known], prepend=np.int32(UNKNOWN)))
    keep("days", born[changes])
    keep("day_starts", np.append(changes, known).astype("<i4"))


def _names(table: Path, tokens: int, keep: Keep) -> int:
    """The dictionary of folded names; returns how many there are."""
    names = pq.read_table(table, columns=["text", *PARTS, "women", "sexed"])
    parts = np.empty((names.num_rows, len(PARTS)), dtype="<i4")
    for position, part in enumerate(PARTS):
        parts[:, position] = codes(names[part].combine_chunks())
    texts, ends = text_array(names["text"].combine_chunks())
    keys = text_keys(texts, ends)
    order = np.argsort(keys, kind="stable")
    keep("parts", parts)
    counts = [codes(names[column].combine_chunks()) for column in ("women", "sexed")]
    keep("name_counts", np.stack(counts, axis=1))
    keep("given_starts", np.searchsorted(parts[:, -1], np.arange(tokens + 1)))
    keep("name_text", texts)
    keep("name_ends", ends)
    keep("name_keys", keys[order])
    keep("name_of_key", order.astype("<i4"))
    return int(names.num_rows)


def _written(table: Path, names: int, keep: Keep) -> None:
    """The dictionary of written names, which stand in the order of their folded names."""
    written = pq.read_table(table, columns=["text", "folded", "bearers"])
    texts, ends = text_array(written["text"].combine_chunks())
    folded = codes(written["folded"].combine_chunks())
    keep("written_starts", np.searchsorted(folded, np.arange(names + 1)))
    keep("written_text", texts)
    keep("written_ends", ends)
    keep("written_counts", codes(written["bearers"].combine_chunks()))


def text_array(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Texts end to end as bytes, and where each begins; last, the end of all."""
    column = column.cast(pa.large_string())
    _, ends, letters = column.buffers()
    ends = np.frombuffer(ends, dtype="<i8")[column.offset : column.offset + len(column) + 1]
    texts = np.frombuffer(letters or b"", dtype=np.uint8)[ends[0] : ends[-1]]
    return texts, ends - ends[0]
