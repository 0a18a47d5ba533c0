"""What the stages said of corrected records: read off their tables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.database.decisions.judgements import in_force
from sogoc.pipeline.after.correcting import corrected
from sogoc.tables.engine import quoted
from sogoc.tables.naming import errors, flaw, standard
from sogoc.worklists.back.apply import Rechecked
from sogoc.worklists.back.whole import New, corrections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sogoc.contract.model import RegisterObject
    from sogoc.database.decisions.judgements import Standing
    from sogoc.pipeline.after.correcting import Corrected
    from sogoc.pipeline.parts import Parts
    from sogoc.worklists.back.returned import Change, Return
    from sogoc.worklists.desk import Desk


@contextmanager
def rechecked(parts: Parts, desk: Desk, returned: Return) -> Iterator[Corrected]:
    """The records that a return changes or judges, through the stages; they stand in the block."""

    def as_they_will_be(name: str, standing: Sequence[Standing], /) -> Sequence[Standing]:
        own = [verdict.standing for verdict in returned.verdicts if verdict.object == name]
        return in_force([*standing, *own])

    made = corrections(desk, new_of(returned))
    with corrected(parts, desk.register, made, judgements=as_they_will_be) as done:
        yield done


def new_of(returned: Return) -> dict[tuple[str, int], New]:
    """What was written anew, by object and record; nothing in those that are only judged."""
    at_all = New(sheet=returned.sheet)
    new = {(verdict.object, verdict.record): at_all for verdict in returned.verdicts}
    for change in returned.changes:
        at = (change.object, change.record)
        held = new.get(at, at_all)
        new[at] = replace(held, line=change.row, texts={**held.texts, change.field: change.after})
    return new


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
