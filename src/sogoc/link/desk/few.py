"""A few thousand records against a great index: of its dictionaries only what they name.

Everything a person asked for is joined with is looked up in the mapped arrays, all records at once,
and put into small tables under the names of the dictionaries. The plan then runs as it stands, and
makes the same rows; reading the dictionaries of a country whole would cost more than the links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sogoc.link.asked import asked_step
from sogoc.link.columns import COHORTS, FOLDED, KIN, NAMES, PLACES, REGIONS, TOKENS
from sogoc.link.desk.dictionaries import Dictionaries
from sogoc.link.desk.formulas import UnknownToDesk
from sogoc.link.desk.statements import branches
from sogoc.link.index.layout import PARTS
from sogoc.link.kernel.linking import link
from sogoc.link.names import FAMILY, name_parts
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import standard
from sogoc.values.sql import canonical_name, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.errors import Sentence
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.index.person_index import PersonIndex
    from sogoc.link.kernel.candidates import Kernel
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine

FEW = 100_000
"""Persons up to whom looking up is the shorter way than reading dictionaries whole."""
_TYPES = {"bearers": pa.int64(), "text": pa.string()}


def link_few(  # noqa: PLR0913 - what a run is made of
    engine: Engine,
    register: Register,
    kernel: Kernel,
    *,
    folder: Path,
    known: frozenset[str] = frozenset(),
    calibration: Calibration | None = None,
    stands: frozenset[str] = frozenset(),
) -> list[Sentence]:
    """Link as `kernel.linking.link` does, to the same rows; the shorter way where records are few.

    Where the plan tells of persons in a way that is not known here, dictionaries are read whole.
    """
    objects = [one for one in register.objects if one.persons]
    rows = sum(_count(engine, standard(one.name)) for one in objects)

    def lend() -> None:
        try:
            lend_few(engine, kernel.index, objects, policy=kernel.policy)
        except UnknownToDesk:
            kernel.index.register_dictionaries(engine)

    few = lend if 0 < rows <= FEW else None
    return link(
        engine,
        register,
        kernel,
        folder=folder,
        known=known,
        calibration=calibration,
        stands=stands,
        lend=few,
    )


def _count(engine: Engine, table: str) -> int:
    return int(engine.rows(f"select count(*) from {quoted(table)}")[0][0])


def lend_few(
    engine: Engine, index: PersonIndex, objects: Sequence[RegisterObject], *, policy: Policy
) -> None:
    """Register the dictionaries of an index with what the records of these objects name.

    The engine needs `standard(o)` and `locality_units`. Raises UnknownToDesk where the plan tells
    of persons in a way that is not known here.
    """
    index.register_dictionaries(engine)
    told = pa.concat_tables([_told(engine, one, policy) for one in objects])
    for name, table in _Gathered(index, told).tables().items():
        engine.register(name, table)


def _told(engine: Engine, one: RegisterObject, policy: Policy) -> pa.Table:
    """The distinct names, dates and places that the records tell, each name in its parts."""
    every = " union all ".join(branches(asked_step(one, policy).select, "told"))
    select = f"""
with told as ({every}),
small as (
    select distinct lower(spelling) as small, born, coalesce(commune, province) as place,
        {", ".join(FAMILY)}
    from told
),
named as (
    select *, {canonical_name("small")} as canonical, {folded("small")} as folded from small
)
select *, {name_parts("folded")} from named
"""
    table = f"few__{one.name}"
    engine.run(Step(table, (), select))
    return engine.arrow(f"select * from {quoted(table)}")


class _Gathered:
    """What some records name, found in the dictionaries of an index."""

    def __init__(self, index: PersonIndex, told: pa.Table) -> None:
        self._known, self._told = Dictionaries(index), told
        self._folded = self._column("folded")
        self._texts = sorted(self._every_folded())
        self._ids = dict(zip(self._texts, self._known.folded_ids(self._texts), strict=True))

    def tables(self) -> dict[str, pa.Table]:
        """The small dictionaries, by the names of the great ones."""
        tokens = self._tokens()
        surname, middle, given = (self._ids_of(part, tokens) for part in _OF_PERSON)
        return {
            TOKENS: _table([{"token": n, "text": t} for t, n in tokens.items()], ("token", "text")),
            FOLDED: self._known.folded_rows(self._texts, list(self._ids.values())),
            NAMES: self._written(),
            KIN: self._kin(surname, given),
            COHORTS: self._cohorts(np.where(middle == _NULL, -2, middle), given),
            REGIONS: self._regions(surname, given),
        }

    def _column(self, name: str) -> list[Any]:
        values: list[Any] = self._told[name].to_pylist()
        return values

    def _every_folded(self) -> set[str]:
        """Folded names: of the persons, turned, and of their relatives."""
        own = {text for text in self._folded if text is not None}
        cut = (text.partition(" ") for text in own)
        turned = {f"{rest.strip(' ')} {first}" for first, sign, rest in cut if sign}
        kin = {text for role in FAMILY for text in self._column(role) if text is not None}
        return own | turned | kin

    def _written(self) -> pa.Table:
        """The spellings as told, and in canonical form."""
        pairs = {
            (text, of)
            for name in ("small", "canonical")
            for text, of in zip(self._column(name), self._folded, strict=True)
            if text is not None
        }
        listed = sorted(pairs)
        return self._known.written_rows(
            [text for text, _ in listed], [self._ids[of] for _, of in listed]
        )

    def _tokens(self) -> dict[str, int]:
        """The parts of names that nobody bears."""
        strange = [at for at, text in enumerate(self._folded) if self._ids.get(text, -1) < 0]
        some = self._told.take(pa.array(strange, pa.int64()))
        wanted = {text for part in PARTS for text in some[part].to_pylist()} - {None}
        found = ((text, self._known.lookups[TOKENS]({"text": text})) for text in wanted)
        return {text: row["token"] for text, row in found if row is not None}

    def _ids_of(self, part: str, tokens: dict[str, int]) -> np.ndarray:
        """The id of each record's part: the known name's own, else that of the text, else -1."""
        own = self._known.parts[:, PARTS.index(part)]
        made = []
        for text, word in zip(self._folded, self._column(part), strict=True):
            number = self._ids.get(text, -1)
            if number >= 0:
                made.append(_NULL if own[number] < 0 else int(own[number]))
            else:
                made.append(_NULL if word is None else tokens.get(word, -1))
        return np.array(made, np.int64)

    def _kin(self, surname: np.ndarray, given: np.ndarray) -> pa.Table:
        pairs = np.unique(np.stack([surname, given], axis=1), axis=0)
        look = self._known.lookups[KIN]
        found = (look({"surname": s, "given": g}) for s, g in pairs.tolist() if _NULL not in (s, g))
        return _table([dict(row) for row in found if row], ("surname", "given", "bearers"))

    def _cohorts(self, middle: np.ndarray, given: np.ndarray) -> pa.Table:
        """By decade, over all decades, and of each decade over all names."""
        born = self._column("born")
        decade = np.array([-1 if day is None else day // 100000 for day in born], np.int64)
        every = np.full_like(decade, -1)
        sides = ((middle, given, decade), (middle, given, every), (every, every, decade))
        keys = np.concatenate([np.stack(side, axis=1) for side in sides])
        keys = np.unique(keys[keys[:, 1] != _NULL], axis=0)
        return _counted(_COHORT, keys, self._known.counted.cohorts(*keys.T))

    def _regions(self, surname: np.ndarray, given: np.ndarray) -> pa.Table:
        provinces = np.array([self._province(code) for code in self._column("place")], np.int64)
        keys = np.stack([surname, given, provinces], axis=1)
        keys = np.unique(keys[(keys != _NULL).all(axis=1)], axis=0)
        return _counted(_REGION, keys, self._known.counted.regions(*keys.T))

    def _province(self, code: str | None) -> int:
        place = None if code is None else self._known.lookups[PLACES]({"code": code})
        if place is None:
            return _NULL
        return int(place["place"] if place["parent"] is None else place["parent"])


_OF_PERSON = ("surname", "middle", "given")
_COHORT = ("middle", "given", "decade")
_REGION = ("surname", "given", "province")
_NULL = -(1 << 20)
"""No id."""


def _counted(names: tuple[str, ...], keys: np.ndarray, counts: np.ndarray) -> pa.Table:
    some = counts > 0
    columns = {name: pa.array(keys[some, at], pa.int32()) for at, name in enumerate(names)}
    return pa.table({**columns, "bearers": pa.array(counts[some], pa.int64())})


def _table(rows: Iterable[dict[str, Any]], names: tuple[str, ...]) -> pa.Table:
    listed = list(rows)
    return pa.table(
        {
            name: pa.array([row[name] for row in listed], _TYPES.get(name, pa.int32()))
            for name in names
        }
    )
