"""What can be asked of a register, generated from its contract.

    POST /v1/{object}/read        {"key": "...", "fields": [...]}
    POST /v1/{object}/batch       {"keys": ["...", ...], "fields": [...]}
    POST /v1/{object}/search      {"where": {"field": "value"}, "fields": [...], "limit", "offset"}
    POST /v1/{object}/difference  {"since": 12, "fields": [...], "limit", "after"}
    POST /v1/{object}/verify      {"people": [{"number", "name", "born"}, ...], "fields": [...]}

The code of the service is the id of the register. A number in an address would stand in every log
on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import Operation
from sogoc.errors import Sentence, UnknownThing
from sogoc.exchange.answering import Asked
from sogoc.exchange.questions.bodies import READERS, bad, fields_of, nothing_left, object_of
from sogoc.exchange.questions.openapi import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.names import Address

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes that a question may have: ten thousand triples with room to spare."""

_PATH_PARTS = 4
_OPERATIONS = {
    "read": Operation.READ,
    "batch": Operation.READ,
    "search": Operation.SEARCH,
    "difference": Operation.DIFFERENCE,
    "verify": Operation.VERIFY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A question as it is put to a register: what is asked, and of which of its objects."""

    asked: Asked
    object: RegisterObject


def put(method: str, address: Address, body: bytes, *, registers: Mapping[str, Register]) -> Put:
    """Read a question. Raises BadQuestion, or UnknownThing for a service that is not there."""
    register = registers.get(address.service.code)
    if register is None:
        raise _unknown(f"service {address.service.code}")
    parts = address.path.split("/")
    if len(parts) != _PATH_PARTS or parts[1] != "v1" or address.query:
        raise _unknown(f"path {address.path}")
    one = next((each for each in register.objects if each.name == parts[2]), None)
    word = parts[3]
    if one is None or word not in READERS or _kept_back(word, register, one):
        raise _unknown(f"path {address.path}")
    if method != "POST":
        raise bad("câu hỏi phải dùng POST", "a question is a POST")
    told = object_of(body)
    wanted = READERS[word](told, one)
    fields = fields_of(told, one)
    nothing_left(told)
    asked = Asked(
        register=register,
        operation=_OPERATIONS[word],
        fields=fields,
        keys=wanted.keys,
        people=wanted.people,
        where=wanted.where,
        since=wanted.since,
        after=wanted.after,
        limit=wanted.limit,
    )
    return Put(asked=asked, object=one)


def _kept_back(word: str, register: Register, one: RegisterObject) -> bool:
    """Whether the contract gives no such question: no search without fields for one, no lists."""
    if word == "search":
        return not one.search_by or register.is_population
    return word == "difference" and (not one.identities or register.is_population)


def _unknown(what: str) -> UnknownThing:
    return UnknownThing(Sentence(vi=f"Nút này không có {what}.", en=f"This node has no {what}."))


def openapi(register: Register, provider: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a register's service between nodes."""
    return document(register, server=f"/r1/{provider}/{register.id}")
