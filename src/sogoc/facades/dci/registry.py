"""One registry of SPDCI/DCI: a message comes in, is believed, and answered now or later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.access.journal import Unit
from sogoc.errors import UnknownThing
from sogoc.exchange.protocol import TOLERANCE_SECONDS
from sogoc.exchange.shared.together import mark_of
from sogoc.facades.dci.callback import check_address
from sogoc.facades.dci.following import subscribe, unsubscribe
from sogoc.facades.dci.later import Later, Question
from sogoc.facades.dci.messages import (
    Heading,
    Sender,
    check_signature,
    read_message,
    refused,
    requests_in,
    written,
)
from sogoc.facades.dci.searching import Asking, search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.dci.later import Status
    from sogoc.facades.dci.messages import Message
    from sogoc.facades.parts import FacadeParts

REQUESTS = {"search": "search_request", "subscribe": "subscribe_request"}
ANSWERS = {
    "search": "on-search",
    "subscribe": "on-subscribe",
    "unsubscribe": "on-unsubscribe",
    "txn-status": "txn-on-status",
}
"""Actions by name, and how their answers are called."""
_ATTRIBUTES = {
    "transaction_id": "transaction_id",
    "correlation_id": "correlation_id",
    "reference_id_list": "reference_ids",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One register as a registry of SPDCI/DCI."""

    parts: FacadeParts
    register: Register

    def believed(self, content: bytes, action: str, caller: Envelope) -> Message:
        """Read a message of a caller who was believed. Raises MessageRefused, StoreError.

        The token says who calls; the message must say the same, and a signature, if there is one
        or the operator demands one, must be the sender's over this very message.
        """
        message = read_message(content, action)
        if message.sender != caller.client:
            raise refused("err.sender_id.invalid", "sender_id is the member that the token names")
        if message.receiver not in {"", str(self.parts.provider), self.register.id}:
            raise refused("err.receiver_id.invalid", "receiver_id is this node's member")
        answering = self.parts.answering()
        now = answering.clock.now()
        if message.signature:
            check_signature(
                message,
                self.parts.directory().at(now),
                now=int(now.timestamp()),
                tolerance_seconds=TOLERANCE_SECONDS,
            )
        elif self.parts.settings.signatures_required:
            raise refused("err.signature.missing", "a message bears the sender's signature here")
        if not _is_new(caller.client, message.message_id, by=answering):
            raise refused("rjct.message_id.duplicate", "each message has a message_id of its own")
        if action in REQUESTS:
            requests_in(message, REQUESTS[action])
        return message

    def answered(self, message: Message, caller: Envelope, action: str) -> dict[str, Any]:
        """The signed answer to a message, at once. Raises AccessDenied and StoreError."""
        question = Question(
            register=self.register.id,
            action=action,
            transaction_id=message.transaction_id,
            body=message.body,
            caller=caller,
            callback="",
            correlation_id=caller.request_id,
        )
        return self.written(action, question, self.body_of(question))

    def later(self, message: Message, caller: Envelope, action: str) -> str:
        """Keep a message to be answered by a call-back; return its correlation id.

        Raises MessageRefused for an address that may not be called.
        """
        check_address(message.sender_uri, self.parts.callbacks_of(caller.client))
        listed = message.body.get(REQUESTS.get(action, ""), [])
        question = Question(
            register=self.register.id,
            action=action,
            transaction_id=message.transaction_id,
            body=message.body,
            caller=caller,
            callback=message.sender_uri,
            reference_ids=tuple(str(one.get("reference_id") or "") for one in listed),
        )
        now = self.parts.answering().clock.now()
        return Later(self.parts.connection()).keep(question, now=now)

    def body_of(self, question: Question) -> dict[str, Any]:
        """The `message` of the answer. Raises AccessDenied, TooManyQuestions and StoreError."""
        asking = Asking(parts=self.parts, register=self.register, caller=question.caller)
        ids = {
            "transaction_id": question.transaction_id,
            "correlation_id": question.correlation_id,
        }
        if question.action == "search":
            return {**ids, "search_response": search(asking, question.body["search_request"])}
        if question.action == "subscribe":
            requests = question.body["subscribe_request"]
            return {**ids, "subscribe_response": subscribe(asking, requests, question.callback)}
        if question.action == "unsubscribe":
            return {**ids, **unsubscribe(asking, question.body)}
        return {**ids, "txnstatus_response": self._status(question)}

    def written(
        self, action: str, question: Question, body: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """An answer as it goes out."""
        listed = question.body.get(REQUESTS.get(action, ""), [question])
        heading = Heading(
            action=ANSWERS[action],
            receiver=question.caller.client,
            status="succ" if body is not None else "rjct",
            total=len(listed),
        )
        return written(heading, body, self.sender, now=self.parts.answering().clock.now())

    def rejected(self, action: str, receiver: str, code: str) -> dict[str, Any]:
        """A header that says why a message was rejected, and nothing else."""
        heading = Heading(action=ANSWERS[action], receiver=receiver, status="rjct", reason=code)
        return written(heading, None, self.sender, now=self.parts.answering().clock.now())

    @property
    def sender(self) -> Sender:
        """This node as it signs."""
        return Sender(id=str(self.parts.provider), key=self.parts.key, key_id=self.parts.key_id)

    def _status(self, question: Question) -> dict[str, Any]:
        told = question.body.get("txnstatus_request")
        if not isinstance(told, dict):
            raise refused("err.request.bad", "message.txnstatus_request is an object")
        kind, name = told.get("txn_type"), told.get("attribute_type")
        value = told.get("attribute_value")
        by = _ATTRIBUTES.get(name) if isinstance(name, str) else None
        fits = isinstance(value, list if by == "reference_ids" else str)
        if kind not in {"search", "subscribe", "unsubscribe"} or by is None or not fits:
            raise refused(
                "err.request.bad", "txn_type, attribute_type and attribute_value name a transaction"
            )
        client = question.caller.client
        later = Later(self.parts.connection())
        wanted = [str(each) for each in value] if isinstance(value, list) else value
        found = later.status(client, self.register.id, kind, **{by: wanted})
        if found is None:
            raise UnknownThing(refused("err.request.not_found", "no such transaction").sentence)
        return {"txn_type": ANSWERS[kind], "txn_status": _told_status(found, kind)}


def _told_status(found: Status, action: str) -> dict[str, Any]:
    ids = {"transaction_id": found.transaction_id, "correlation_id": found.correlation_id}
    at = found.outcome.get("timestamp", "")
    if action == "unsubscribe":
        return {**ids, "timestamp": at, "status": found.outcome.get("status", found.state)}
    parts = found.outcome.get("parts") or [
        {"reference_id": one, "timestamp": at, "status": found.state} for one in found.reference_ids
    ]
    return {**ids, f"{action}_response": parts}


def outcome_of(action: str, body: Mapping[str, Any], at: str) -> dict[str, Any]:
    """What is kept of an answer: which part succeeded, and no data of anybody."""
    if action in REQUESTS:
        kept = ("reference_id", "timestamp", "status", "status_reason_code")
        parts = [
            {name: one[name] for name in kept if name in one} for one in body[f"{action}_response"]
        ]
        return {"timestamp": at, "parts": parts}
    return {"timestamp": at, "status": str(body.get("status", "succ"))}


def _is_new(client: str, message_id: str, *, by: Answering) -> bool:
    """Take a message's id for the whole node: this worker's memory first, then what all share."""
    told = f"dci/{message_id}"
    if not by.seen.is_new(client, told, now=int(by.clock.now().timestamp())):
        return False
    return by.journal.append_once([Unit((), mark_of(client, told))])[0] is not None
