"""Corrected records under the rules of a delivery: the same steps, on a batch of a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.tables.engine import quoted
from sogoc.tables.naming import errors, flaw, standard, taken
from sogoc.worklists.back.apply import Rechecked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.tables.engine import Engine, Step


@dataclass(frozen=True, slots=True)
class StageRecheck:
    """Keeps the promise of `Recheck` by running the stages' own steps.

    `engine` is empty but for the tables of units; `steps` lead from the taken records to
    `standard` and `errors`. Rules that look at other records of the register (keys twice,
    references) see only the batch: the delivery that carries the change checks them in full.
    """

    register: Register
    engine: Engine
    steps: Sequence[Step]

    def __call__(
        self, name: str, records: Mapping[int, Mapping[str, str]], /
    ) -> Mapping[int, Rechecked]:
        """Records of one object by id, each field as text."""
        for one in self.register.objects:
            batch = records if one.name == name else {}
            self.engine.register(taken(one.name), _taken(one, batch))
        for step in self.steps:
            self.engine.run(step)
        one = self.register.object(name)
        flaws, broken = self._flaws(one), self._broken(one)
        return {
            record: Rechecked(flaws=flaws.get(row, {}), broken=frozenset(broken.get(row, ())))
            for row, record in enumerate(records, start=1)
        }

    def _flaws(self, one: RegisterObject) -> dict[int, dict[str, str]]:
        names = [field.name for field in one.fields]
        columns = ", ".join(quoted(flaw(name)) for name in names)
        found = self.engine.rows(f"select _row, {columns} from {quoted(standard(one.name))}")
        return {
            row: {name: text for name, text in zip(names, texts, strict=True) if text}
            for row, *texts in found
        }

    def _broken(self, one: RegisterObject) -> dict[int, list[str]]:
        """Rule codes by row; a row that breaks none is not there."""
        broken: dict[int, list[str]] = {}
        select = f"select _row, rule from {quoted(errors(one.name))} where _row is not null"
        for row, position in self.engine.rows(select):
            broken.setdefault(row, []).append(one.rules[position].code)
        return broken


def _taken(one: RegisterObject, records: Mapping[int, Mapping[str, str]]) -> pa.Table:
    """The batch as intake leaves a delivery: texts, none of them empty, all typed as text."""
    count = len(records)
    columns: dict[str, pa.Array] = {
        "_row": pa.array(range(1, count + 1), pa.int64()),
        "_sheet": pa.array([""] * count, pa.string()),
        "_line": pa.array(range(1, count + 1), pa.int32()),
        "_part": pa.array([1] * count, pa.int32()),
        "_types": pa.array(["t" * len(one.fields)] * count, pa.string()),
    }
    for field in one.fields:
        texts = [record.get(field.name) or None for record in records.values()]
        columns[field.name] = pa.array(texts, pa.string())
    return pa.table(columns)
