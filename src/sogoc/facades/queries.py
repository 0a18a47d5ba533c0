"""What a façade asks of one object of a register, and the fields it may ask for.

Other interfaces know queries where ours knows keys. The rule stays: nobody trawls through people.
Of an object that names persons, records are sought by what names one of them - a person's number,
or a whole identity of the contract - and any other condition only narrows what that finds. In the
population register only the number will do: nobody is sought there by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.grant import MOST_KEYS, Operation, sensitive_among
from sogoc.errors import BadQuestion, Sentence
from sogoc.exchange.answering import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sogoc.access.grant import Grant
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.protocol import Envelope

LARGEST_PAGE = 1000
OPERATORS = {"eq": "=", "gt": ">", "lt": "<", "ge": ">=", "le": "<="}
"""Comparisons by the words that others use for them; `in` is asked of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that a record must fulfil. Several values are alternatives (`in`)."""

    field: str
    operator: str = "eq"
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By which fields the records come, each with whether the largest is first."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked: all of `conditions`, and one of each group in `either`."""

    register: Register
    object: RegisterObject
    conditions: tuple[Condition, ...] = ()
    either: tuple[tuple[Condition, ...], ...] = ()
    order: tuple[Order, ...] = ()
    only: frozenset[str] = frozenset()
    """The fields to be answered; empty: all that one grant allows."""
    size: int = LARGEST_PAGE
    page: int = 1
    """Counted from 1."""

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it looks into: they need a grant like those that are answered."""
        groups = (self.conditions, *self.either)
        named = {one.field for group in groups for one in group}
        return frozenset(named | {one.field for one in self.order})

    @property
    def pinned(self) -> frozenset[str]:
        """Fields that must equal a value."""
        return frozenset(one.field for one in self.conditions if one.operator in {"eq", "in"})

    @property
    def operation(self) -> Operation:
        """Reading where the first identity is pinned whole, else searching."""
        first = self.object.identities[:1]
        return Operation.READ if first and self.pinned >= set(first[0]) else Operation.SEARCH


def checked(query: Query) -> Query:
    """The query, or BadQuestion with what it may not ask."""
    known = {field.name for field in query.object.fields}
    unknown = sorted((query.fields | query.only) - known)
    if unknown:
        raise _bad(
            f"{query.object.name} không có trường {', '.join(unknown)}",
            f"{query.object.name} has no field {', '.join(unknown)}",
        )
    if not (1 <= query.size <= LARGEST_PAGE and 1 <= query.page <= LARGEST_PAGE):
        raise _bad(
            f"trang phải từ 1 đến {LARGEST_PAGE} bản ghi và trang",
            f"a page has 1 to {LARGEST_PAGE} records, and there are as many pages at most",
        )
    if len(keys_of(query)) > MOST_KEYS:
        raise _bad(f"nhiều hơn {MOST_KEYS} giá trị", f"it has more than {MOST_KEYS} values")
    named = naming_fields(query.register, query.object)
    if named and not any(query.pinned >= set(fields) for fields in named):
        listed = "; ".join(" + ".join(fields) for fields in named)
        raise _bad(
            f"phải nêu một trong các khóa: {listed}", f"it must name one of these keys: {listed}"
        )
    return query


def naming_fields(register: Register, one: RegisterObject) -> tuple[tuple[str, ...], ...]:
    """The sets of fields of which one must be pinned.

    Empty where the object names no person and the contract calls nothing in it personal or secret.
    """
    if not one.persons and not any(field.classification for field in one.fields):
        return ()
    numbers = [
        (number,)
        for person in one.persons
        for number in (person.number, person.old_number)
        if number
    ]
    sets = numbers if register.is_population else [*numbers, *one.identities]
    return tuple(dict.fromkeys(sets))


def keys_of(query: Query) -> tuple[str, ...]:
    """What the question counts as: each value asked for, or the one search of nobody's data."""
    values = [value for one in query.conditions for value in one.values if one.operator == "in"]
    return tuple(dict.fromkeys(values)) or (_ONE,)


_ONE = "query"


def asked_by(query: Query, caller: Envelope, grants: Mapping[str, Grant], *, on: date) -> Asked:
    """The question that this query puts, for the widest fields that one grant allows the caller.

    A façade's caller does not say which fields it wants. They are those of the first grant that
    covers what the query looks into; without one, only what it looks into is asked - and refused,
    with the reason, where every question is decided.
    """
    if query.only:
        fields = query.only | query.fields
    else:
        held = [
            grant
            for grant in grants.values()
            if fits(grant, caller, query.register.id, operation=query.operation, on=on)
        ]
        fields = widest(query.register, query.object, held, needed=query.fields)
    return Asked(
        register=query.register, operation=query.operation, fields=fields, keys=keys_of(query)
    )


def widest(
    register: Register, one: RegisterObject, grants: Iterable[Grant], *, needed: frozenset[str]
) -> frozenset[str]:
    """The fields of this object that the first of these grants allows, with those needed."""
    own = frozenset(field.name for field in one.fields)
    for grant in sorted(grants, key=lambda each: each.id):
        fields = grant.fields & own
        if not grant.sensitive_ground:
            fields = frozenset(
                name for name in fields if not sensitive_among(frozenset({name}), register)
            )
        if fields and fields >= needed:
            return fields
    return needed or own


def fits(grant: Grant, caller: Envelope, register: str, *, operation: Operation, on: date) -> bool:
    """Whether a grant is this caller's for this register, operation and purpose on that day."""
    return (
        (grant.member, grant.register, grant.purpose) == (caller.client, register, caller.purpose)
        and operation in grant.operations
        and grant.first_day <= on <= grant.last_day
    )


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
