"""Records as texts that the stages can read again, with what an officer wrote in some fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sogoc.pipeline.after.correcting import Correction
from sogoc.worklists.reading import by_id
from sogoc.worklists.rows import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.worklists.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What was written anew in one record, and where; nothing where it is only looked at again."""

    texts: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    line: int = 0


def corrections(desk: Desk, new: Mapping[tuple[str, int], New]) -> list[Correction]:
    """Each record whole, by object and number, as it would stand; one that is gone is left out."""
    made: list[Correction] = []
    for name in sorted({name for name, _ in new}):
        one = desk.register.object(name)
        ids = [record for held, record in new if held == name]
        for kept in sorted(by_id(desk, one, ids), key=lambda each: each.id):
            own = new[name, kept.id]
            texts = {
                field.name: written(field, kept.values[field.name], kept.came.get(field.name))
                for field in one.fields
            }
            made.append(
                Correction(
                    object=name,
                    record=kept.id,
                    texts={**texts, **own.texts},
                    fields=frozenset(own.texts),
                    sheet=own.sheet,
                    line=own.line,
                )
            )
    return made
