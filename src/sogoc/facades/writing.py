"""Records made, changed or ended by an application of the keeper: how far a façade decides it.

The order of lines carries the guarantee, as in `exchange.answering`:

1. one grant covers what is written whole, for an application of the keeper's own;
2. the records are handed in as a delivery, in one transaction;
3. last in that transaction the journal has its entries, durable: one for each person they name;
4. then the records hold, and only then an answer leaves.

A node that dies between 3 and 4 has journalled a write that did not happen. The reverse, a record
that changed and a journal that does not say so, cannot happen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from sogoc.access.entry import Alike
from sogoc.access.grant import NOT_THE_KEEPER, Operation, is_keepers_own
from sogoc.clock import today
from sogoc.errors import BadQuestion, DeliveryRefused, Sentence, UnknownThing
from sogoc.exchange.answering import (
    Asked,
    entries_of,
    entry_of,
    keep,
    question_of,
    refuse,
    take_turn,
)
from sogoc.facades.queries import checked, fits, widest
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sogoc.access.grant import Grant
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.queries import Query

MOST_RECORDS = 1000
"""The most records that one write may change."""


class Kind(StrEnum):
    """What is to be done."""

    CREATE = "create"
    UPDATE = "update"
    """The first record found."""
    UPDATE_ALL = "update-entries"
    UPDATE_OR_CREATE = "update-or-create"
    DELETE = "delete"
    """The one record found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What a caller wants of one object of a register, before anybody decided."""

    kind: Kind
    register: Register
    object: RegisterObject
    values: Mapping[str, str]
    """Fields and what they are to hold; an empty text empties them."""
    numbers: frozenset[str] = frozenset()
    """Fields whose value came as a number, not as a text that looks like one."""
    query: Query | None = None
    """Which records; None: a new one."""

    @property
    def touched(self) -> frozenset[str]:
        """The fields that one grant must cover. A record ends with all that it holds."""
        if self.kind is Kind.DELETE:
            return frozenset(field.name for field in self.object.fields)
        return frozenset(self.values) | (self.query.fields if self.query else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A write that was allowed."""

    write: Write
    caller: Envelope
    most: int
    """How many records it may change."""
    shown: frozenset[str]
    """The fields of the records that may be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The records as they stand by the write, in the fields that may be told; none that ended."""

    records: tuple[dict[str, str | None], ...] = ()


class Witness(Protocol):
    """Journals a write."""

    def __call__(self, subjects: Sequence[str], /) -> None:
        """Returns once the journal says it of these people. Raises StoreError."""


class Writer(Protocol):
    """Brings writes into registers.

    Promises:

    - all of a write or nothing of it, whatever dies on the way;
    - the witness has returned before anything of it holds, and before it is told once more;
    - writes into one register come one after another, and none waits for ever;
    - the same request of the same caller is written once, and told the same again.
    """

    def hand_in(self, order: Order, witness: Witness, /) -> Written:
        """Write it.

        Raises UnknownThing where no record is found, RecordExists and other DeliveryRefused for a
        record that cannot be taken in, BadQuestion, StoreBusy and other StoreError.
        """


def checked_write(write: Write) -> Write:
    """The write, or BadQuestion with what it may not ask.

    Records are found as everywhere: nobody trawls through people, and no query means all.
    """
    unknown = sorted(write.values.keys() - {field.name for field in write.object.fields})
    if unknown:
        raise bad(
            f"{write.object.name} không có trường {', '.join(unknown)}",
            f"{write.object.name} has no field {', '.join(unknown)}",
        )
    if not write.values and write.kind is not Kind.DELETE:
        raise bad("không có gì để ghi", "there is nothing to write")
    if write.query is None:
        return write
    if not write.query.conditions:
        raise bad("phải nêu bản ghi nào", "it must say which records are meant")
    return replace(write, query=checked(write.query))


def written(
    write: Write, caller: Envelope, *, by: Answering, writer: Writer, keeper: str
) -> Written:
    """Decide, hand in, journal, tell.

    Raises BadQuestion, AccessDenied, TooManyQuestions and what `Writer.hand_in` does.
    """
    whole = checked_write(write)
    now = by.clock.now()
    asked = _asked(whole, caller, by, on=today(by.clock))
    if not is_keepers_own(caller.client, keeper):
        refuse(caller, asked, NOT_THE_KEEPER, by=by)
    decision = by.policies.decide(question_of(caller, asked, now=now))
    if not decision.allowed:
        refuse(caller, asked, decision.reason, by=by)
    take_turn(decision.grant, by=by, now=now)
    grant = by.grants[decision.grant]

    def journalled(subjects: Sequence[str], /) -> None:
        at = by.clock.now()
        entries = entries_of(caller, asked, decision, people=subjects, grant=grant, at=at)
        keep(caller, asked, entries, by=by)

    most = min(MOST_RECORDS, max(grant.most_keys, 1))
    order = Order(write=whole, caller=caller, most=most, shown=asked.fields)
    try:
        return writer.hand_in(order, journalled)
    except (UnknownThing, DeliveryRefused, BadQuestion) as failed:
        # Nothing changed, yet the answer says something of the register.
        entry = entry_of(caller, asked, decision, at=by.clock.now())
        entry = replace(entry, fields=(), reason=failed.sentence.en)
        keep(caller, asked, Alike(entry, named_by(whole) or ("",)), by=by)
        raise


def named_by(write: Write) -> tuple[str, ...]:
    """The personal numbers that a write names, each once."""
    numbers = {person.number for person in write.object.persons} - {""}
    told = [write.values[name] for name in numbers & write.values.keys()]
    for one in write.query.conditions if write.query else ():
        told += one.values if one.field in numbers else ()
    return tuple(sorted({value for text in told if (value := persons.read(text).value)}))


def _asked(write: Write, caller: Envelope, by: Answering, *, on: date) -> Asked:
    """The question that this write puts. What is told of a record are fields of the same grant.

    Of a person in the population register nothing is told but what was written or asked with.
    """
    needed = write.touched
    register = write.register
    if not register.is_population:
        held: list[Grant] = [
            grant
            for grant in by.grants.values()
            if fits(grant, caller, register.id, operation=Operation.WRITE, on=on)
        ]
        needed = widest(register, write.object, held, needed=needed)
    return Asked(register=register, operation=Operation.WRITE, fields=needed, keys=("write",))


def bad(vi: str, en: str) -> BadQuestion:
    """A write that breaks the protocol."""
    return BadQuestion(Sentence(vi=f"Không ghi được: {vi}.", en=f"This cannot be written: {en}."))
