"""Messages of SPDCI/DCI (https://github.com/spdci/standards, registry core 1.0.0): read, written.

A message is `{"signature", "header", "message"}`. The specification fixes neither the algorithm nor
the bytes of the signature; ours, offered and verified, is Ed25519 over the two pseudo-headers and
the SHA-256 of header and message as JSON with sorted names and no blanks:

    (created): 1767225600
    (expires): 1767225900
    digest: SHA-256=<base64>
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sogoc.errors import MessageRefused, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.trust.keys import SigningKey
    from sogoc.trust.messages import KnownKeys

VERSION = "1.0.0"
MOST_REQUESTS = 100
"""Requests in one message."""
LIFE_SECONDS = 300
_LONGEST_LIFE_SECONDS = 3600
_LONGEST_ID = 99
_PAIR = re.compile(r'([A-Za-z]+)="([^"]*)"')
_PARTS_OF_A_KEY_ID = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that keeps the form; who sent it is not yet believed."""

    message_id: str
    sender: str
    sender_uri: str
    receiver: str
    total: int
    transaction_id: str
    body: Mapping[str, Any]
    signature: str
    digest: str


def read_message(content: bytes, action: str) -> Message:
    """Read a message. Raises MessageRefused with the specification's code."""
    told = _object(content)
    header, body = told.get("header"), told.get("message")
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise bad("header and message are objects")
    _check_header(header, action)
    signature = told.get("signature", "")
    if not isinstance(signature, str):
        raise bad("signature is a text")
    transaction = body.get("transaction_id")
    if not isinstance(transaction, str) or not 0 < len(transaction) <= _LONGEST_ID:
        raise bad(f"transaction_id is a text of 1 to {_LONGEST_ID} characters")
    return Message(
        message_id=header["message_id"],
        sender=header["sender_id"],
        sender_uri=str(header.get("sender_uri") or ""),
        receiver=str(header.get("receiver_id") or ""),
        total=header["total_count"],
        transaction_id=transaction,
        body=body,
        signature=signature,
        digest=digest_of(header, body),
    )


def _check_header(header: Mapping[str, Any], action: str) -> None:
    if header.get("is_msg_encrypted"):
        raise refused("err.encryption.invalid", "encrypted messages are not offered")
    if not str(header.get("version", VERSION)).startswith("1."):
        raise refused("err.version.not_supported", f"version {VERSION} is spoken here")
    for name in ("message_id", "action", "sender_id"):
        if not isinstance(header.get(name), str) or not header[name]:
            raise bad(f"header.{name} is a text")
    total = header.get("total_count")
    if isinstance(total, bool) or not isinstance(total, int):
        raise bad("header.total_count is a number")
    if not is_moment(header.get("message_ts")):
        raise bad("header.message_ts is a moment with its zone (RFC 3339)")
    if header["action"] != action:
        raise refused("rjct.action.invalid", f"the action at this address is {action}")


def is_moment(text: object) -> bool:
    """Whether it is a moment of RFC 3339 with its zone."""
    if not isinstance(text, str):
        return False
    try:
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text.upper()
    except ValueError:
        return False


def requests_in(message: Message, name: str) -> list[Mapping[str, Any]]:
    """The requests of a message, each an object. Raises MessageRefused."""
    listed = message.body.get(name)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise bad(f"message.{name} is a list of objects")
    if not listed:
        raise bad(f"message.{name} is empty")
    if len(listed) > MOST_REQUESTS:
        raise refused("rjct.total_count.limit_exceeded", f"a message has {MOST_REQUESTS} at most")
    if len(listed) != message.total:
        raise refused("rjct.total_count.invalid", "total_count is not the number of requests")
    return listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes: the id, and the key under which the directory knows it."""

    id: str
    key: SigningKey
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the header of an answer or notice says."""

    action: str
    receiver: str
    status: str = "succ"
    reason: str = ""
    total: int = 1


def written(
    heading: Heading, body: Mapping[str, Any] | None, sender: Sender, *, now: datetime
) -> dict[str, Any]:
    """An answer or notice with its signature. `body` None: only the header, as for a rejection."""
    header: dict[str, Any] = {
        "version": VERSION,
        "message_id": str(uuid4()),
        "message_ts": now.isoformat(),
        "action": heading.action,
        "status": heading.status,
        "total_count": heading.total,
        "completed_count": heading.total,
        "sender_id": sender.id,
        "receiver_id": heading.receiver,
        "is_msg_encrypted": False,
    }
    if heading.reason:
        header["status_reason_code"] = heading.reason
    told = {"header": header, **({} if body is None else {"message": body})}
    return {"signature": _signature(digest_of(header, body), sender, int(now.timestamp())), **told}


def _signature(digest: str, sender: Sender, created: int) -> str:
    expires = created + LIFE_SECONDS
    signed = base64.b64encode(sender.key.sign(_signed(created, expires, digest))).decode()
    return (
        f'Signature: namespace="dci", kidId="{sender.id}|{sender.key_id}|ed25519", '
        f'algorithm="ed25519", created="{created}", expires="{expires}", '
        f'headers="(created) (expires) digest", signature="{signed}"'
    )


def check_signature(message: Message, keys: KnownKeys, *, now: int, tolerance_seconds: int) -> None:
    """Raise MessageRefused unless the sender's key signed this message; nothing else passes."""
    told = dict(_PAIR.findall(message.signature))
    parts = told.get("kidId", "").split("|")
    numbers = [told.get(name, "") for name in ("created", "expires")]
    if len(parts) != _PARTS_OF_A_KEY_ID or not all(_is_number(each) for each in numbers):
        raise _bad_signature()
    created, expires = map(int, numbers)
    if not (
        created - tolerance_seconds <= now < expires and expires - created <= 10 * LIFE_SECONDS
    ):
        raise _bad_signature()
    key = keys.key_of(parts[0], parts[1]) if parts[0] == message.sender else None
    try:
        signature = base64.b64decode(told.get("signature", ""), validate=True)
    except ValueError as wrong:
        raise _bad_signature() from wrong
    if key is None or not key.holds(_signed(created, expires, message.digest), signature):
        raise _bad_signature()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12  # noqa: PLR2004 - seconds since 1970


def _signed(created: int, expires: int, digest: str) -> bytes:
    return f"(created): {created}\n(expires): {expires}\ndigest: SHA-256={digest}".encode()


def digest_of(header: object, body: object) -> str:
    """SHA-256 of header and message, in base64."""
    told = {"header": header, "message": body}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.b64encode(hashlib.sha256(text.encode(errors="replace")).digest()).decode()


def acknowledged(correlation_id: str, *, now: datetime) -> dict[str, Any]:
    """ACK: it was taken, and a call-back will follow."""
    return _ack("ACK", correlation_id, now)


def not_taken(error: MessageRefused, *, now: datetime) -> dict[str, Any]:
    """ERR: it cannot be processed. Codes of headers stand in the message of `err.request.bad`."""
    is_own = error.code.startswith("err.")
    told = _ack("ERR", "", now)
    said = error.sentence.en if is_own else f"{error.code}: {error.sentence.en}"
    told["message"]["error"] = {
        "code": error.code if is_own else "err.request.bad",
        "message": said[:999],
    }
    return told


def _ack(status: str, correlation_id: str, now: datetime) -> dict[str, Any]:
    return {
        "message": {
            "ack_status": status,
            "timestamp": now.isoformat(),
            "correlation_id": correlation_id,
        }
    }


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as wrong:
        raise bad("the body is JSON") from wrong
    if not isinstance(told, dict):
        raise bad("the body is an object")
    return told


def _bad_signature() -> MessageRefused:
    return refused("err.signature.invalid", "the signature is not the sender's over this message")


def bad(rule: str) -> MessageRefused:
    """A message that does not keep the form; `rule` says what would."""
    return refused("err.request.bad", rule)


def refused(code: str, rule: str) -> MessageRefused:
    """A message that is refused by a code of the specification."""
    return MessageRefused(
        code, Sentence(vi=f"Thông điệp không được nhận ({code}).", en=f"Not accepted: {rule}.")
    )
