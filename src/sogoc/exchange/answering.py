"""How a node answers: the order of lines carries the guarantee.

1. the signature is believed, and the id was not seen before;
2. one grant covers the question whole, and its rate is not used up;
3. what is asked is looked up, and with it whom it is about;
4. the journal has one entry for each of these people, durable;
5. only then an answer leaves.

A node that dies after 4 has journalled an answer it never gave. The reverse, an answer that the
journal does not hold, cannot happen. A refusal is journalled too: who tries doors is seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from hashlib import sha256
from operator import attrgetter
from typing import TYPE_CHECKING, NoReturn, Protocol

from sogoc.access.entry import GRANTED, REFUSED, Alike, Entry, alike
from sogoc.access.grant import Question, Visibility, sensitive_among
from sogoc.access.journal import Unit
from sogoc.access.policies import Decision
from sogoc.errors import AccessDenied, BadSeal, Sentence, TooManyQuestions, UnknownThing
from sogoc.exchange.protocol import TOLERANCE_SECONDS
from sogoc.trust.messages import believe_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sogoc.access.grant import Grant, Operation
    from sogoc.access.journal import Journal
    from sogoc.access.policies import PolicyBook
    from sogoc.clock import Clock
    from sogoc.contract.model import Register
    from sogoc.exchange.directory import Directory
    from sogoc.exchange.limits import SeenIds
    from sogoc.exchange.protocol import Envelope
    from sogoc.trust.messages import BelievedRequest, Request

MARK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question asks of a register, before anybody decided."""

    register: Register
    operation: Operation
    fields: frozenset[str]
    keys: tuple[str, ...] = ()
    """Keys of the records that are looked up, as the service reads them."""
    people: tuple[Mapping[str, str], ...] = ()
    """Those who are to be verified: `number`, `name` and `born` of each, as they were written."""
    where: tuple[tuple[str, str], ...] = ()
    """What a search asks of a record: field and value."""
    since: str = ""
    """The release or moment from which changes are asked for."""
    after: str = ""
    """Where a page begins, as the page before said; empty: at the start."""
    limit: int = 0
    """How many records a page may hold; 0 where keys or people say which are meant."""

    @property
    def count(self) -> int:
        """How many records the answer may be about."""
        return self.limit or len(self.people) or len(self.keys)

    @property
    def touched(self) -> frozenset[str]:
        """The fields that the answer tells of: what a search goes by is told by what it finds."""
        return self.fields | {name for name, _ in self.where} if self.where else self.fields

    acting: str = ""
    """On which ground it is asked for another person, where one is signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked up: the body of the answer, and the people it is about."""

    body: bytes
    subjects: tuple[str, ...] = ()
    """Personal numbers, each once; empty if nobody's data is in it."""


class Shelf(Protocol):
    """Where answers are looked up.

    Promise: only the fields that were asked for are in the body.
    """

    def look_up(self, asked: Asked) -> Found:
        """What the register holds. Raises UnknownThing."""


class Turns(Protocol):
    """How many questions each grant has left.

    Promise: however many workers share it, no more pass in a minute than the grant allows.
    """

    def wait(self, grant: str, per_minute: int, *, now: float) -> float:
        """Take one question; 0 if it may be asked now, else the seconds to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What answering needs. Functions say what they take from it."""

    journal: Journal
    policies: PolicyBook
    grants: dict[str, Grant]
    seen: SeenIds
    rate: Turns
    clock: Clock


def believe(
    request: Request, directory: Directory, seen: SeenIds, *, now: datetime
) -> BelievedRequest:
    """Believe a request once. Raises BadSeal, DirectoryRefused."""
    seconds = int(now.timestamp())
    told = believe_request(
        request, directory.at(now), now=seconds, tolerance_seconds=TOLERANCE_SECONDS
    )
    if told.created < seen.since or not seen.is_new(told.client, told.request_id, now=seconds):
        raise came_before()
    return told


def came_before() -> BadSeal:
    """The refusal of a message that was taken before, by this worker or another."""
    return BadSeal(
        Sentence(
            vi="Câu hỏi này đã được nhận rồi; mỗi câu hỏi cần một mã mới.",
            en="This question came before; each question needs an id of its own.",
        )
    )


def answer(envelope: Envelope, asked: Asked, shelf: Shelf, *, by: Answering) -> Found:
    """Answer a believed question, or raise what stands against it.

    Raises AccessDenied, TooManyQuestions, UnknownThing, and StoreError if it could not be
    journalled: then nothing was answered.
    """
    now = by.clock.now()
    decision = by.policies.decide(question_of(envelope, asked, now=now))
    if not decision.allowed:
        refuse(envelope, asked, decision.reason, by=by)
    take_turn(decision.grant, by=by, now=now)
    try:
        found = shelf.look_up(asked)
    except UnknownThing:
        keep(envelope, asked, [entry_of(envelope, asked, decision, at=now)], by=by)
        raise
    grant = by.grants[decision.grant]
    people = found.subjects
    entries = entries_of(envelope, asked, decision, people=people, grant=grant, at=now)
    keep(envelope, asked, entries, by=by)
    return found


def refuse(envelope: Envelope, asked: Asked, reason: Sentence, *, by: Answering) -> NoReturn:
    """Journal a refusal, then raise AccessDenied: who tries doors is seen."""
    keep(envelope, asked, [refusal_of(envelope, asked, reason, at=by.clock.now())], by=by)
    raise AccessDenied(reason)


def keep(envelope: Envelope, asked: Asked, entries: Sequence[Entry], *, by: Answering) -> None:
    """Journal entries of one question.

    Returns once the journal says it, by these entries or by the same of an earlier try.
    """
    by.journal.append_once([Unit(entries, once=once_of(envelope, asked, entries))])


def once_of(envelope: Envelope, asked: Asked, entries: Sequence[Entry]) -> bytes:
    """What tells these entries from all that say anything else; empty if each time is a new one.

    A question that is asked again under its key is decided and looked up again. Only where the
    journal would say the very same - of the same question, persons and decision - does it keep no
    second time: so whoever uses a key twice gains nothing, and whom the second answer tells of for
    the first time has an entry. Entries of one question differ in their subject alone.
    """
    if not envelope.repeat_key or not entries:
        return b""
    runs = list(alike(entries))
    told = (
        *("once", envelope.client, envelope.repeat_key, envelope.party),
        _SAID(runs[0].entry),
        *(asked.keys, asked.where, asked.since, asked.after, asked.limit),
        [sorted(one.items()) for one in asked.people],
        sorted(subject for several in runs for subject in several.subjects),
    )
    return sha256(json.dumps(told).encode()).digest()[:MARK_BYTES]


_ITS_OWN = {"at", "request_id", "subject", "visible_from"}
"""What differs between two tries whose entries say the same; subjects are told for all of them."""
_SAID = attrgetter(*sorted(one.name for one in fields(Entry) if one.name not in _ITS_OWN))


def entries_of(
    envelope: Envelope,
    asked: Asked,
    decision: Decision,
    *,
    people: Sequence[str],
    grant: Grant,
    at: datetime,
) -> Sequence[Entry]:
    """What the journal says of a question that was answered: an entry for each of its people."""
    entry = _shown_when(entry_of(envelope, asked, decision, at=at), grant)
    return Alike(entry, people or ("",))


def refusal_of(envelope: Envelope, asked: Asked, reason: Sentence, *, at: datetime) -> Entry:
    """What it says of one that was refused: no field was released."""
    nothing = Decision(allowed=False, grant="", ground="", reason=reason)
    entry = entry_of(envelope, asked, nothing, at=at)
    return replace(entry, decision=REFUSED, reason=reason.en, fields=())


def _shown_when(entry: Entry, grant: Grant) -> Entry:
    """The entry with the day from which its subject sees it, as the grant's order says."""
    if grant.visibility is Visibility.AT_ONCE:
        return entry
    deferred = grant.visibility is Visibility.DEFERRED
    shown = entry.at + timedelta(days=grant.deferred_days) if deferred else None
    return replace(entry, visible_from=shown, withheld_by=grant.visibility_order)


def question_of(envelope: Envelope, asked: Asked, *, now: datetime) -> Question:
    """The question as it is decided upon."""
    return Question(
        member=envelope.client,
        officer=envelope.officer,
        register=asked.register.id,
        operation=asked.operation,
        fields=asked.touched,
        purpose=envelope.purpose,
        request_id=envelope.request_id,
        on=now.date(),
        keys=asked.count,
        sensitive=sensitive_among(asked.touched, asked.register),
    )


def take_turn(grant: str, *, by: Answering, now: datetime) -> None:
    """Use one question of the grant's minute. Raises TooManyQuestions."""
    seconds = by.rate.wait(grant, by.grants[grant].rate_per_minute, now=now.timestamp())
    if seconds:
        raise TooManyQuestions(
            Sentence(
                vi=f"Đã hết số lượt hỏi mỗi phút của quyền khai thác {grant}; thử lại sau.",
                en=f"The grant {grant} has no more questions this minute; try again later.",
            ),
            wait_seconds=seconds,
        )


def entry_of(envelope: Envelope, asked: Asked, decision: Decision, *, at: datetime) -> Entry:
    """What the journal says of a question, before anybody's data is in it."""
    return Entry(
        at=at,
        request_id=envelope.request_id,
        member=envelope.client,
        officer=envelope.officer,
        register=asked.register.id,
        operation=str(asked.operation),
        fields=tuple(sorted(asked.touched)),
        purpose=envelope.purpose,
        issue=envelope.case,
        ground=decision.ground,
        grant=decision.grant,
        decision=GRANTED,
        acting=asked.acting,
    )
