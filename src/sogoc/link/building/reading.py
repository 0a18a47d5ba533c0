"""The files of a population register as columns of numbers, read by two threads.

Texts that repeat much (dates, sexes, communes) are coded where Parquet has coded them already, and
each distinct one is read by the very expression that `population_plan` has for it. Names are
numbered by `texts`; what a spelling means is told later, once for each.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sogoc.link.building.texts import UNKNOWN, Numbered, digits
from sogoc.link.names import FAMILY
from sogoc.link.population import HOUSEHOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sogoc.contract.model import Person

    Columns = dict[str, np.ndarray]

_HALVES = 2
_AT_ONCE = 1 << 19
"""Rows that a thread holds as texts."""
_LONGEST = 18
"""Digits of a household that count: so many fit into 64 bits."""
_WOMAN = "nữ"
_IS_WOMAN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which column of the files tells what; empty where none does."""

    person: Person
    code: str
    day: str
    former: str
    former_day: str

    @property
    def coded(self) -> dict[str, str]:
        """Columns of few distinct texts, by what they tell."""
        told = {
            "born": self.person.born, "died": self.person.died, "sex": self.person.sex,
            "code": self.code, "day": self.day,
            "former_code": self.former, "former_day": self.former_day,
        }  # fmt: skip
        return {role: name for role, name in told.items() if name}

    @property
    def named(self) -> dict[str, str]:
        """Columns of names: the person's own, then the relatives'."""
        return {
            role: getattr(self.person, role)
            for role in ("name", *FAMILY)
            if getattr(self.person, role)
        }

    @property
    def numbered(self) -> dict[str, tuple[str, int]]:
        """Columns of numbers, and how many digits each has."""
        told = {"number": (self.person.number, 12), "old_number": (self.person.old_number, 9)}
        return {role: (name, length) for role, (name, length) in told.items() if name}


@dataclass
class Half:
    """Some row groups in a row: what one thread read."""

    first: int
    rows: int
    texts: dict[str, pa.Array] = field(default_factory=dict)
    """By role, the distinct texts that codes stand for."""
    spellings: Numbered = field(default_factory=Numbered)
    counts: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    """Of each spelling: bearers, women, and those of known sex."""

    @property
    def span(self) -> slice:
        """Where its rows stand among all."""
        return slice(self.first, self.first + self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All columns: numbers as they are, the rest as codes of its half."""

    halves: list[Half]
    columns: Columns

    @property
    def rows(self) -> int:
        """How many persons there are."""
        return sum(half.rows for half in self.halves)


class _Run(NamedTuple):
    """Some row groups of one file that are read at once."""

    file: Path
    groups: list[int]
    rows: int


def read(files: Sequence[Path], roles: Roles) -> Told:
    """Read every row group of these files, in their order."""
    runs = [run for file in files for run in _runs(file)]
    rows = sum(run.rows for run in runs)
    columns = {role: np.empty(rows, dtype=np.int32) for role in (*roles.coded, *roles.named)}
    columns |= {role: np.empty(rows, dtype=np.int64) for role in roles.numbered}
    if roles.person.household:
        columns["household"] = np.empty(rows, dtype=np.int32)
    wanted = max(min(_HALVES, len(runs)), 1)
    parts = [[runs[at] for at in some] for some in np.array_split(np.arange(len(runs)), wanted)]
    first = 0
    halves: list[Half] = []
    for part in parts:
        halves.append(Half(first, sum(run.rows for run in part)))
        first += halves[-1].rows
    with ThreadPoolExecutor(_HALVES) as threads:
        list(threads.map(partial(_read_half, roles=roles, columns=columns), halves, parts))
    return Told(halves=halves, columns=columns)


def _runs(file: Path) -> Iterator[_Run]:
    told = pq.ParquetFile(file).metadata
    groups: list[int] = []
    rows = 0
    for group in range(told.num_row_groups):
        groups.append(group)
        rows += told.row_group(group).num_rows
        if rows >= _AT_ONCE:
            yield _Run(file, groups, rows)
            groups, rows = [], 0
    if groups:
        yield _Run(file, groups, rows)


def _read_half(half: Half, runs: list[_Run], *, roles: Roles, columns: Columns) -> None:
    numbers = [name for name, _ in roles.numbered.values()]
    household = roles.person.household
    names = sorted({*roles.coded.values(), *roles.named.values(), *numbers, household} - {""})
    at = half.first
    for run in runs:
        file = pq.ParquetFile(run.file, read_dictionary=[*roles.coded.values()], memory_map=True)
        table = file.read_row_groups(run.groups, columns=names, use_threads=False)
        span = slice(at, at + run.rows)
        for role, name in roles.coded.items():
            columns[role][span] = _codes(half, role, table[name])
        for role, (name, length) in roles.numbered.items():
            columns[role][span] = digits(_text(table[name]), length)
        if household:
            columns["household"][span] = _households(_text(table[household]))
        if roles.named:
            _names(
                half,
                {role: table[name] for role, name in roles.named.items()},
                columns=columns,
                span=span,
            )
        at += run.rows


def _names(half: Half, told: dict[str, pa.ChunkedArray], *, columns: Columns, span: slice) -> None:
    """Number the names of some rows, own and relatives' at once, and count who bears them.

    Arrow codes them first: a table of the names of a few million rows is quicker to look into
    than that of a nation's.
    """
    texts = [column.cast(pa.string()) for column in told.values()]
    coded = pa.chunked_array([chunk for one in texts for chunk in one.chunks], pa.string())
    coded = coded.dictionary_encode()
    words = coded.chunk(0).dictionary if coded.num_chunks else pa.array([], pa.string())
    numbers = half.spellings.numbers(words)
    codes = [
        pc.fill_null(chunk.indices, len(words)).to_numpy(zero_copy_only=False)
        for chunk in coded.chunks
    ]
    every = np.concatenate([np.empty(0, np.int32), *codes])
    rows = span.stop - span.start
    for at, role in enumerate(told):
        of_role = every[at * rows : (at + 1) * rows]
        columns[role][span] = np.append(numbers, np.int32(UNKNOWN))[of_role]
        if role == "name":
            _count(half, numbers, of_role, sexes=_sexes(half, columns, span))


def _sexes(half: Half, columns: Columns, span: slice) -> np.ndarray:
    """2 for a woman, 1 where another sex is written, 0 where none is."""
    if "sex" not in columns:
        return np.zeros(span.stop - span.start, dtype=np.int8)
    words = half.texts["sex"].to_pylist()
    kinds = np.array([2 if word == _WOMAN else 1 for word in words] + [0], dtype=np.int8)
    sexes: np.ndarray = kinds[columns["sex"][span]]
    return sexes


def _count(half: Half, numbers: np.ndarray, codes: np.ndarray, *, sexes: np.ndarray) -> None:
    """Bearers of each spelling, how many of them are women, and of how many the sex is known."""
    if half.spellings.count > len(half.counts):
        grown = np.zeros((2 * half.spellings.count, 3), dtype=np.int64)
        grown[: len(half.counts)] = half.counts
        half.counts = grown
    size = len(numbers) + 1
    for at, some in enumerate((codes, codes[sexes == _IS_WOMAN], codes[sexes > 0])):
        # Each spelling stands once among `numbers`; the last code means that there is no name.
        half.counts[numbers, at] += np.bincount(some, minlength=size)[:-1]


def _text(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole if pa.types.is_string(whole.type) else whole.cast(pa.string())


def _households(texts: pa.Array) -> np.ndarray:
    """What `household_of` says of each text."""
    if not pc.all(pc.ascii_is_decimal(texts)).as_py():
        texts = pc.replace_substring_regex(texts, "[^0-9]", "")
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
    last = pc.utf8_slice_codeunits(texts, start=-_LONGEST) if len(texts) else texts
    numbers = pc.fill_null(pc.cast(last, pa.int64()), UNKNOWN).to_numpy(zero_copy_only=False)
    made: np.ndarray = np.where(numbers < 0, UNKNOWN, numbers % HOUSEHOLDS).astype(np.int32)
    return made


def _codes(half: Half, role: str, column: pa.ChunkedArray) -> np.ndarray:
    """Codes of the half's own distinct texts, which grow as new ones come."""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    coded = column.unify_dictionaries().combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.chunk(0)
    words = coded.dictionary.cast(pa.string())
    known = half.texts.get(role, pa.array([], pa.string()))
    new = words.filter(pc.is_null(pc.index_in(words, value_set=known)))
    half.texts[role] = known = pa.concat_arrays([known, new])
    place = pc.index_in(words, value_set=known).to_numpy(zero_copy_only=False).astype(np.int32)
    indices = coded.indices
    codes = pc.fill_null(indices, len(words)).to_numpy(zero_copy_only=False)
    made: np.ndarray = np.append(place, np.int32(UNKNOWN))[codes]
    return made


def merged(halves: list[Half]) -> tuple[Numbered, np.ndarray, list[np.ndarray]]:
    """All spellings with their counts, and of each half the number of each of its own among them.

    The table of the first half grows: nothing of it is copied.
    """
    whole = halves[0].spellings
    numbers = [np.arange(whole.count, dtype=np.int32)]
    nothing = np.empty(0, dtype=np.uint8)
    numbers += [whole.numbers_of(half.spellings.texts, nothing) for half in halves[1:]]
    counts = np.zeros((whole.count, 3), dtype=np.int64)
    for half, places in zip(halves, numbers, strict=True):
        counts[places] += half.counts[: len(places)]
    return whole, counts, numbers
