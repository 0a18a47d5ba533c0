"""Coded tables of some persons, put into the numbers of an index and of what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.link.columns import FOLDED, NAMES, PERSON_COLUMNS, PLACES, TOKENS
from sogoc.link.index.arrays import codes, text_array
from sogoc.link.index.layout import FAMILY, PARTS, UNKNOWN
from sogoc.link.index.matching import Texts, folded_names, written_names
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.link.index.person_index import PersonIndex

_TEXT = {TOKENS: "text", FOLDED: "text", NAMES: "text", PLACES: "code"}
"""By what the entries of each dictionary are told apart."""
_READS = {
    **dict.fromkeys(("written",), NAMES),
    **dict.fromkeys(("folded", *FAMILY), FOLDED),
    **dict.fromkeys(PARTS, TOKENS),
    **dict.fromkeys(("commune", "province", "former"), PLACES),
}
"""The dictionary of each column of a person that is a number in one."""


class Recoding:
    """The dictionaries of an index, growing by the names and places of other persons."""

    def __init__(self, index: PersonIndex) -> None:
        self._index = index
        self._sizes: dict[str, int] = {}
        self._new: dict[str, list[pa.Table]] = {}
        self._later: dict[str, dict[str, int]] = {}
        self._of: dict[str, Path] = {}
        self._numbers: dict[str, np.ndarray] = {}
        for name in _TEXT:
            file = index.table(name)
            earlier = pq.read_schema(file).empty_table()
            if index.changes:
                earlier = pq.read_table(index.changes.table(f"{name}/1"))
            self._sizes[name] = pq.ParquetFile(file).metadata.num_rows
            self._new[name], self._later[name] = [], {}
            self._grow(name, earlier)

    def size(self, name: str) -> int:
        """How many entries the dictionary has by now."""
        return self._sizes[name]

    def added(self, name: str) -> pa.Table:
        """The entries that the index itself does not have, in the order of their numbers."""
        return pa.concat_tables(self._new[name])

    def persons(self, tables: Mapping[str, Path | pa.Table]) -> pa.Table:
        """The persons of these tables, with the numbers of the index where it has them."""
        numbers = self._dictionaries(tables)
        told, columns = tables[POPULATION], list(PERSON_COLUMNS)
        persons = pq.read_table(told, columns=columns) if isinstance(told, Path) else told
        for name, dictionary in _READS.items():
            at = persons.column_names.index(name)
            column = renumbered(persons[name], numbers[dictionary])
            persons = persons.set_column(at, name, column.cast(persons[name].type))
        return unrestricted(persons)

    def _dictionaries(self, tables: Mapping[str, Path | pa.Table]) -> dict[str, np.ndarray]:
        """The numbers of all entries; persons coded together share their dictionaries."""
        own = {name: cast("Path", tables[name]) for name in _TEXT}
        if own != self._of:
            numbers = {TOKENS: self._small(TOKENS, tables), PLACES: self._small(PLACES, tables)}
            numbers[FOLDED] = self._folded(tables, numbers[TOKENS])
            numbers[NAMES] = self._written(tables, numbers[FOLDED])
            self._of, self._numbers = own, numbers
        return self._numbers

    def _small(self, name: str, tables: Mapping[str, Path | pa.Table]) -> np.ndarray:
        """Dictionaries of some thousand entries: looked up one by one."""
        text = _TEXT[name]
        own = pq.read_table(self._index.table(name), columns=[text])[text].to_pylist()
        known = {one: number for number, one in enumerate(own)}
        given = pq.read_table(tables[name])
        found = np.array([known.get(one, UNKNOWN) for one in given[text].to_pylist()], np.int32)
        numbers = self._numbered(name, given, found)
        if name == PLACES:
            self._reparent(numbers)
        return numbers

    def _reparent(self, numbers: np.ndarray) -> None:
        """The province of a new place stands in the numbers of the other tables until now."""
        new = self._new[PLACES].pop()
        column = renumbered(new["parent"], numbers).cast(new["parent"].type)
        at = new.column_names.index("parent")
        self._new[PLACES].append(new.set_column(at, "parent", column))

    def _folded(self, tables: Mapping[str, Path | pa.Table], tokens: np.ndarray) -> np.ndarray:
        given = pq.read_table(tables[FOLDED])
        for part in PARTS:
            at = given.column_names.index(part)
            column = renumbered(given[part], tokens).cast(given[part].type)
            given = given.set_column(at, part, column)
        found = folded_names(self._index, Texts(*text_array(given["text"].combine_chunks())))
        return self._numbered(FOLDED, given, found)

    def _written(self, tables: Mapping[str, Path | pa.Table], folded: np.ndarray) -> np.ndarray:
        given = pq.read_table(tables[NAMES])
        of = renumbered(given["folded"], folded).cast(given["folded"].type)
        given = given.set_column(given.column_names.index("folded"), "folded", of)
        texts = Texts(*text_array(given["text"].combine_chunks()))
        found = written_names(self._index, texts, codes(of.combine_chunks()))
        return self._numbered(NAMES, given, found)

    def _numbered(self, name: str, given: pa.Table, found: np.ndarray) -> np.ndarray:
        """The number of each entry: the index's, that of an earlier change, or a new one."""
        numbers, text = found.copy(), given[_TEXT[name]]
        lacking = np.flatnonzero(numbers == UNKNOWN)
        texts = text.take(pa.array(lacking)).to_pylist()
        numbers[lacking] = [self._later[name].get(one, UNKNOWN) for one in texts]
        new = np.flatnonzero(numbers == UNKNOWN)
        numbers[new] = np.arange(self._sizes[name], self._sizes[name] + len(new))
        self._grow(name, _uncounted(given.take(pa.array(new)), numbers[new]))
        return numbers

    def _grow(self, name: str, entries: pa.Table) -> None:
        """Entries that came: numbered already, counted as nobody's."""
        self._new[name].append(unrestricted(entries))
        first = self._sizes[name]
        for number, text in enumerate(entries[_TEXT[name]].to_pylist(), first):
            self._later[name][text] = number
        self._sizes[name] += entries.num_rows


def unrestricted(table: pa.Table) -> pa.Table:
    """The table without what an engine notes beside types: which columns hold no NULL today."""
    return pa.table({name: table[name] for name in table.column_names})


def renumbered(column: pa.ChunkedArray, numbers: np.ndarray) -> pa.ChunkedArray:
    """A column of numbers of one dictionary in those of another; NULL stays NULL."""
    old = codes(column.combine_chunks())
    new = np.append(numbers, np.int32(UNKNOWN))[old]
    return pa.chunked_array([pa.array(new, mask=new == UNKNOWN)])


def _uncounted(entries: pa.Table, numbers: np.ndarray) -> pa.Table:
    """Entries under their new numbers, the first column, with all counts 0."""
    for at, name in enumerate(entries.column_names):
        if name in ("bearers", "women", "sexed", "formers"):
            zeros = np.zeros(entries.num_rows, dtype=np.int64)
            entries = entries.set_column(at, name, pa.array(zeros))
    own = entries.column_names[0]
    return entries.set_column(0, own, pa.array(numbers).cast(entries[own].type))
