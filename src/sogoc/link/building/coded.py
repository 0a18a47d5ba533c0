"""From the files of a population register to the tables of linking, in minutes for a nation.

The same rows as the steps of `population_plan`, in the same order: that plan is the definition, and
what stays in SQL here (spellings, dictionaries, places, counts) are its own steps. Compiled loops
take the place of what a hundred million rows make slow in any engine: distinct names, the joins
with their ids, and the order of persons.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sogoc.link.building.ordering import MOST_NAMES, in_order
from sogoc.link.building.reading import Half, Roles, Told, merged, read
from sogoc.link.building.texts import UNKNOWN, Numbered, mapped
from sogoc.link.columns import FOLDED, FORMER_HOMES, HOMES, NAMES, PERSON_COLUMNS, PLACES, SPELLINGS
from sogoc.link.index.compiled import needed
from sogoc.link.index.layout import PARTS
from sogoc.link.names import FAMILY, dictionary_steps, spellings_step
from sogoc.link.population import (
    count_steps,
    date_of,
    home_columns,
    home_steps,
    people_of,
    sex_of,
)
from sogoc.tables.naming import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.link.index.arrays import Batch
    from sogoc.tables.engine import Engine

_TOLD = "link_told_spellings"
_WORDS = "link_told_words"
_BATCH = 1 << 20
_PIECE = 1 << 17
_THREADS = 2
_NO_TEXTS = pa.array([], pa.string())


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """The rows of `population`, in order: columns as the files told them, and the order."""

    columns: Batch
    order: np.ndarray
    parts: np.ndarray
    """Of each folded name, those of none last."""

    @property
    def rows(self) -> int:
        """How many persons there are."""
        return len(self.order)

    def told(self, first: int, last: int) -> Persons:
        """Those told in these rows of the files, in the same order."""
        some = self.order[(self.order >= first) & (self.order < last)]
        return Persons(columns=self.columns, order=some, parts=self.parts)

    def batches(self) -> Iterator[Batch]:
        """All rows, the next ones made while one batch is used."""
        return _ahead(self._rows, range(0, self.rows, _BATCH))

    def _rows(self, first: int) -> Batch:
        some = self.order[first : first + _BATCH]
        return _rows(self.columns, some, first=first, parts=self.parts)


def code(
    engine: Engine, population: Register, files: Sequence[Path], *, as_of: date, apart: int = 0
) -> Persons | None:
    """Make the dictionaries of the population in this engine, and give its rows in order.

    Reads the Parquet files of the register's object with persons, and `locality_units` and
    `locality_changes`; the engine must know the same files as `reference(...)`. None where the
    population bears more names than the loops have room for: then the plan serves. Raises
    KernelMissing without the part `national`, PopulationMissing as the plan does.
    """
    needed()
    one = people_of(population)
    source = reference(population.id, one.name)
    person = one.persons[0]
    (code_column, day_column), (former, former_day) = (
        home_columns(one, name) for name in (person.commune, person.former)
    )
    roles = Roles(
        person=person, code=code_column, day=day_column, former=former, former_day=former_day
    )
    for step in home_steps(source, one, as_of):
        engine.run(step)
    told = read(files, roles)
    names = _dictionaries(engine, told)
    if names is None:
        return None
    columns = _columns(engine, told, names)
    day, days = _days(columns["born"])
    # Those apart as if born after all others: of two sides each has its own order and ties.
    day[:apart][day[:apart] >= 0] += days
    days *= 2 if apart else 1
    order = in_order(day, days, columns)
    del day, told

    known = np.append(names.parts, np.full((1, len(PARTS)), UNKNOWN, dtype=np.int32), axis=0)
    return Persons(columns=columns, order=order, parts=known)


def counted(engine: Engine) -> None:
    """What is counted over `population` and its names, once that table stands."""
    for step in count_steps():
        engine.run(step)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """Of each spelling its written and folded name, by half; of each folded name its parts."""

    written: list[np.ndarray]
    folded: list[np.ndarray]
    parts: np.ndarray


def _dictionaries(engine: Engine, told: Told) -> _Names | None:
    whole, counts, places = merged(told.halves)
    rows = pa.table(
        {
            "id": pa.array(np.arange(whole.count, dtype=np.int32)),
            "spelling": whole.arrow(),
            **{
                name: pa.array(np.ascontiguousarray(counts[:, at]))
                for at, name in enumerate(("bearers", "women", "sexed"))
            },
        }
    )
    # In pieces: an engine reads each with a thread of its own.
    engine.register(_TOLD, pa.Table.from_batches(rows.to_batches(_PIECE), rows.schema))
    engine.run(spellings_step(_TOLD))
    engine.forget(_TOLD)
    for half in told.halves:
        half.spellings, half.counts = Numbered(), np.empty(0)
    for step in dictionary_steps():
        engine.run(step)
    known = engine.arrow(
        f"select s.id, n.written, f.folded from {SPELLINGS} as s "
        f"inner join {NAMES} as n on s.canonical = n.text "
        f"inner join {FOLDED} as f on s.folded = f.text"
    )
    folded_names = engine.arrow(f"select {', '.join(PARTS)} from {FOLDED} order by folded")
    if folded_names.num_rows >= MOST_NAMES:
        return None
    ids = known["id"].to_numpy()
    written, folded = (np.full(whole.count, UNKNOWN, dtype=np.int32) for _ in range(2))
    written[ids], folded[ids] = known["written"].to_numpy(), known["folded"].to_numpy()
    parts = [_filled(folded_names[part]) for part in PARTS]
    return _Names(
        written=[written[place] for place in places],
        folded=[folded[place] for place in places],
        parts=np.stack([*parts], axis=1) if parts else np.empty((0, len(PARTS)), np.int32),
    )


def _columns(engine: Engine, told: Told, names: _Names) -> dict[str, np.ndarray]:
    """Every column of `population` but those that follow from another, in the files' order."""
    raw = told.columns
    nothing = np.full(told.rows, UNKNOWN, dtype=np.int32)
    columns = {name: raw.get(name, nothing) for name in ("number", "old_number")}
    for role, expression in (("born", date_of), ("died", date_of), ("sex", sex_of)):
        columns[role] = (
            _read_words(engine, told, role, expression=expression) if role in raw else nothing
        )
    columns["commune"], columns["province"] = _homes(engine, told, HOMES, roles=("code", "day"))
    columns["former"], _ = _homes(engine, told, FORMER_HOMES, roles=("former_code", "former_day"))
    columns["household"] = raw.get("household", nothing)
    columns["written"] = raw["name"].copy() if "name" in raw else nothing
    columns["folded"] = raw.get("name", nothing)
    columns |= {role: raw.get(role, nothing) for role in FAMILY}
    if "name" in raw:
        _meant(told, columns["written"], names.written)
    for role in ("name", *FAMILY):
        if role in raw:
            _meant(told, raw[role], names.folded)
    return columns


def _meant(told: Told, numbers: np.ndarray, values: list[np.ndarray]) -> None:
    """Put what each spelling means in the place of its number."""
    with ThreadPoolExecutor(_THREADS) as threads:

        def mean(half: Half, known: np.ndarray) -> None:
            numbers[half.span] = mapped(known, numbers[half.span])

        list(threads.map(mean, told.halves, values))


def _read_words(
    engine: Engine, told: Told, role: str, *, expression: Callable[[str], str]
) -> np.ndarray:
    """What each distinct text says, by the plan's own expression, in the place of its code."""
    codes = told.columns[role]
    for half in told.halves:
        words = half.texts.get(role, _NO_TEXTS)
        engine.register(_WORDS, pa.table({"place": np.arange(len(words)), "text": words}))
        read_so = engine.arrow(
            f"select {expression('t.text')} as v from {_WORDS} as t order by place"
        )
        codes[half.span] = mapped(_filled(read_so["v"]), codes[half.span])
        engine.forget(_WORDS)
    return codes


def _homes(
    engine: Engine, told: Told, table: str, *, roles: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Commune and province of each person, as places of today; `roles` are code and day."""
    commune = np.full(told.rows, UNKNOWN, dtype=np.int32)
    province = commune.copy()
    code_role, day_role = roles
    if code_role not in told.columns:
        return commune, province
    homes = engine.rows(
        f"select h.code, coalesce(h.day, ''), c.place, p.place from {table} as h "
        f"left join {PLACES} as c on h.commune = c.code left join {PLACES} as p "
        "on h.province = p.code"
    )
    for half in told.halves:
        places = _places(half, homes, roles)
        codes = told.columns[code_role][half.span]
        days = np.zeros_like(codes)
        if day_role in told.columns:
            days = told.columns[day_role][half.span]
        at = (codes, days)
        commune[half.span], province[half.span] = places[0][at], places[1][at]
    return commune, province


def _places(
    half: Half, homes: list[tuple[str, str, int | None, int | None]], roles: tuple[str, str]
) -> np.ndarray:
    """By code and day of a half (last of each: none): commune, and province."""
    codes, days = (
        {word: at for at, word in enumerate(half.texts.get(role, _NO_TEXTS).to_pylist())}
        for role in roles
    )
    places = np.full((2, len(codes) + 1, len(days) + 1), UNKNOWN, dtype=np.int32)
    for code_text, day_text, commune, province in homes:
        # No day, and an empty one, are the same place of the table.
        for day in {days.get(day_text), len(days) if not day_text else None} - {None}:
            if code_text in codes:
                places[:, codes[code_text], day] = (
                    UNKNOWN if commune is None else commune,
                    UNKNOWN if province is None else province,
                )
    return places


def _days(born: np.ndarray) -> tuple[np.ndarray, int]:
    """The rank of each date of birth among all there are, and how many these are."""
    seen = np.zeros(int(born.max(initial=UNKNOWN)) + 2, dtype=bool)
    seen[born] = True
    distinct = np.flatnonzero(seen[:-1])
    rank = np.full(len(seen), UNKNOWN, dtype=np.int32)
    rank[distinct] = np.arange(len(distinct), dtype=np.int32)
    return rank[born], len(distinct)


def _ahead(rows: Callable[[int], Batch], firsts: Iterable[int]) -> Iterator[Batch]:
    """Batches in their order, the next ones made while one is used."""
    with ThreadPoolExecutor(_THREADS) as threads:
        waiting: deque[Future[Batch]] = deque()
        for first in firsts:
            waiting.append(threads.submit(rows, first))
            if len(waiting) > _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _rows(columns: Batch, rows: np.ndarray, *, first: int, parts: np.ndarray) -> Batch:
    """Persons in their order, with the columns of `population`; `parts` end with those of none."""
    made = {name: values[rows] for name, values in columns.items()}
    made["person"] = np.arange(first, first + len(rows), dtype=np.int64)
    born, folded = made["born"], made["folded"]
    made["year"] = np.where(born >= 0, born // 10000, UNKNOWN)
    of_name = parts[folded]
    for at, part in enumerate(PARTS):
        made[part] = of_name[:, at]
    return {name: made[name] for name in PERSON_COLUMNS}


def _filled(values: pa.ChunkedArray) -> np.ndarray:
    made: np.ndarray = values.fill_null(UNKNOWN).to_numpy().astype(np.int32)
    return made
