"""What the stages said of corrected records: read off their tables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.pipeline.after.correcting import Correction, corrected
from sogoc.tables.engine import quoted
from sogoc.tables.naming import errors, flaw, standard
from sogoc.worklists.back.apply import Rechecked
from sogoc.worklists.reading import by_id
from sogoc.worklists.rows import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sogoc.contract.model import RegisterObject
    from sogoc.pipeline.after.correcting import Corrected
    from sogoc.pipeline.parts import Parts
    from sogoc.worklists.back.returned import Change, Return
    from sogoc.worklists.desk import Desk


@contextmanager
def rechecked(parts: Parts, desk: Desk, returned: Return) -> Iterator[Corrected]:
    """The records that a return changes, through the stages; they stand as long as the block."""
    with corrected(parts, desk.register, corrections(desk, returned)) as made:
        yield made


def corrections(desk: Desk, returned: Return) -> list[Correction]:
    """Each changed record whole, as it would stand."""
    made: list[Correction] = []
    for name in sorted({change.object for change in returned.changes}):
        one = desk.register.object(name)
        own = [change for change in returned.changes if change.object == name]
        held = {kept.id: kept for kept in by_id(desk, one, [change.record for change in own])}
        for record in sorted(held):
            kept, mine = held[record], [change for change in own if change.record == record]
            texts = {
                field.name: written(field, kept.values[field.name], kept.came.get(field.name))
                for field in one.fields
            }
            made.append(_correction(returned.sheet, mine, texts))
    return made


def _correction(sheet: str, own: Sequence[Change], texts: Mapping[str, str]) -> Correction:
    new = {change.field: change.after for change in own}
    return Correction(
        object=own[0].object,
        record=own[0].record,
        texts={**texts, **new},
        fields=frozenset(new),
        sheet=sheet,
        line=own[0].row,
    )


@dataclass(frozen=True, slots=True)
class StageRecheck:
    """Keeps the promise of `Recheck` by the stages' own tables.

    Rules that need the rest of the register are left out: what an officer corrected is believed
    until the next delivery is checked whole.
    """

    made: Corrected

    def __call__(self, changes: Sequence[Change], /) -> Mapping[tuple[str, int], Rechecked]:
        """The changed records by object and number."""
        objects = {change.object for change in changes}
        flaws = {name: self._flaws(self.made.register.object(name)) for name in objects}
        broken = {name: self._broken(self.made.register.object(name)) for name in objects}
        return {
            (name, record): Rechecked(
                flaws=flaws[name].get(row, {}), broken=frozenset(broken[name].get(row, ()))
            )
            for (name, record), row in self.made.rows.items()
        }

    def _flaws(self, one: RegisterObject) -> dict[int, dict[str, str]]:
        names = [field.name for field in one.fields]
        columns = ", ".join(quoted(flaw(name)) for name in names)
        found = self.made.engine.rows(f"select _row, {columns} from {quoted(standard(one.name))}")
        return {
            row: {name: text for name, text in zip(names, texts, strict=True) if text}
            for row, *texts in found
        }

    def _broken(self, one: RegisterObject) -> dict[int, list[str]]:
        """Rule codes by row; a row that breaks none is not there."""
        broken: dict[int, list[str]] = {}
        select = f"select _row, rule from {quoted(errors(one.name))} where _row is not null"
        for row, position in self.made.engine.rows(select):
            code = one.rules[position].code
            if code in self.made.judged:
                broken.setdefault(row, []).append(code)
        return broken
