"""Who is meant, where linking could not settle it or a rule is broken by it: asked of the officer.

Nobody is asked twice: once an officer has said who it is, or that it is nobody of the population,
the question goes from the lists until the judgement is withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.link.words import OUTCOME_WORDS, differs_in_words
from sogoc.pipeline.placing import hamlet_of_record
from sogoc.tables.engine import literal, quoted
from sogoc.worklists.manifest import Ask
from sogoc.worklists.place import ELSEWHERE

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, and what linking said differs."""

    ask: Ask
    differs: str | None

    @property
    def words(self) -> str:
        """The question as the sheet puts it; the number only where linking proposes a person."""
        outcome = OUTCOME_WORDS.get(self.ask.outcome)
        text = outcome.vi if outcome else self.ask.outcome
        if self.differs:
            text += f" – khác ở: {differs_in_words(self.differs).vi}"
        if self.ask.number:
            return f"{text}. Người mang số {self.ask.number}."
        return f"{text}. Chưa có người được đề xuất: nếu biết, ghi số định danh."


_UNSETTLED = "('found', 'ambiguous', 'needs_a_person')"
_OPEN = f"""
    v.register = %(register)s and v.object = %(object)s and v.believed_to is null
    and own._missing_since is null and v.outcome <> 'verified'
    and (
        v.outcome in {_UNSETTLED}
        or exists (
            select 1 from node.finding as f
            where f.register = v.register and f.object = v.object and f.record = v.record
                and f.person = v.person and f.closed_at is null
        )
    )
    and not exists (
        select 1 from node.judgement as j
        where j.register = v.register and j.object = v.object and j.record = v.record
            and j.person = v.person and j.withdrawn_at is null and j.decision in ('same', 'absent')
    )
"""


def asked(desk: Desk, place: Place) -> list[Asked]:
    """The questions of a place, in the order of the records."""
    found: list[Asked] = []
    for one in _with_persons(desk):
        hamlet, _ = hamlet_of_record(desk.register, one)
        select = f"""
            select v.record, v.person, v.outcome, v.number, v.differs {_from(desk, one)}
            where {_OPEN} and coalesce(own._locality, '') = %(locality)s
                and (%(hamlet)s = '' or coalesce({hamlet}, {literal(ELSEWHERE)}) = %(hamlet)s)
            order by v.record, v.person
        """
        of = {**_of(desk, one), "locality": place.locality, "hamlet": place.hamlet}
        for record, person, outcome, number, differs in desk.connection.execute(
            select, of
        ).fetchall():
            ask = Ask(object=one.name, record=record, person=person, outcome=outcome, number=number)
            found.append(Asked(ask=ask, differs=differs))
    return found


def asked_places(desk: Desk) -> set[tuple[str, str | None]]:
    """Communes and hamlets in which somebody is to be asked about."""
    found: set[tuple[str, str | None]] = set()
    for one in _with_persons(desk):
        hamlet, _ = hamlet_of_record(desk.register, one)
        select = (
            f"select distinct coalesce(own._locality, ''), {hamlet} {_from(desk, one)}"
            f" where {_OPEN}"
        )
        found |= {tuple(row) for row in desk.connection.execute(select, _of(desk, one)).fetchall()}
    return found


def _with_persons(desk: Desk) -> list[RegisterObject]:
    return [one for one in desk.register.objects if one.persons]


def _of(desk: Desk, one: RegisterObject) -> dict[str, object]:
    return {"register": desk.register.id, "object": one.name}


def _from(desk: Desk, one: RegisterObject) -> str:
    _, place = hamlet_of_record(desk.register, one)
    table = "register." + quoted(f"{desk.register.id}__{one.name}")
    return f"from node.verification as v inner join {table} as own on own.id = v.record {place}"
