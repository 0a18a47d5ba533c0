"""`/spdci/{register}/registry/...`: search, subscribe and status of SPDCI/DCI, now and later.

Who is not believed gets 401 with `errors`; a message that breaks the form gets 400 with an
acknowledgement ERR; a message that is taken gets ACK, and its answer by call-back.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.routing import Route

from sogoc.errors import (
    AccessDenied,
    BadSeal,
    MessageRefused,
    Sentence,
    SogocError,
    TooManyQuestions,
    UnknownThing,
)
from sogoc.facades.dci.messages import acknowledged, not_taken, refused
from sogoc.facades.dci.registry import Registry
from sogoc.web.facades.http import Reply, endpoint
from sogoc.web.facades.statuses import headers_of, sentence_of, status_of

if TYPE_CHECKING:
    from sogoc.facades.parts import FacadeParts
    from sogoc.web.facades.http import Call

_AT = "/{register}/registry"
_JSON = "application/json"
_NOW = (("/sync/search", "search"), ("/sync/txn/status", "txn-status"))
_LATER = (
    ("/search", "search"),
    ("/subscribe", "subscribe"),
    ("/unsubscribe", "unsubscribe"),
    ("/txn/status", "txn-status"),
)
_ANSWERS = ("/on-search", "/on-subscribe", "/on-unsubscribe", "/txn/on-status", "/notify")
"""What a node would receive that asks others by this interface; ours asks by its own."""
_CODES: tuple[tuple[type[SogocError], str], ...] = (
    (BadSeal, "err.request.unauthorized"),
    (AccessDenied, "err.request.forbidden"),
    (UnknownThing, "err.request.not_found"),
    (TooManyQuestions, "err.request.too_many_requests"),
)


def dci_routes(parts: FacadeParts) -> list[Route]:
    """The addresses below `/spdci`."""
    served = [
        *((path, partial(_now, parts, action)) for path, action in _NOW),
        *((path, partial(_later, parts, action)) for path, action in _LATER),
        *((path, partial(_unasked, parts)) for path in _ANSWERS),
    ]
    told = partial(_refused, parts)
    return [
        Route(f"{_AT}{path}", endpoint(work, told, parts.threads), methods=["POST"])
        for path, work in served
    ]


def _refused(parts: FacadeParts, error: SogocError) -> Reply:
    """An error: of the form as an acknowledgement ERR, of the line as `errors`."""
    if isinstance(error, MessageRefused):
        told = not_taken(error, now=parts.answering().clock.now())
        return Reply(status=HTTPStatus.BAD_REQUEST, told=told, media_type=_JSON)
    status = status_of(error)
    if status is HTTPStatus.BAD_REQUEST:
        form = MessageRefused("err.request.bad", error.sentence)
        return _refused(parts, form)
    code = next(
        (code for kind, code in _CODES if isinstance(error, kind)), "err.service.unavailable"
    )
    return Reply(
        status=status,
        told={"errors": [{"code": code, "message": sentence_of(error)}]},
        headers=headers_of(error),
        media_type=_JSON,
    )


def _now(parts: FacadeParts, action: str, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    registry = _registry(parts, call)
    try:
        message = registry.believed(call.body, action, caller)
    except MessageRefused as error:
        if error.code.startswith("err."):
            raise
        # The specification has codes for headers, and an answer that is a header alone.
        told = registry.rejected(action, caller.client, error.code)
        return Reply(status=HTTPStatus.OK, told=told, media_type=_JSON)
    told = registry.answered(message, caller, action)
    return Reply(status=HTTPStatus.OK, told=told, media_type=_JSON)


def _later(parts: FacadeParts, action: str, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    registry = _registry(parts, call)
    message = registry.believed(call.body, action, caller)
    correlation_id = registry.later(message, caller, action)
    told = acknowledged(correlation_id, now=parts.answering().clock.now())
    return Reply(status=HTTPStatus.OK, told=told, media_type=_JSON)


def _unasked(parts: FacadeParts, call: Call) -> Reply:
    parts.caller(call.calling)
    _registry(parts, call)
    raise refused("err.request.not_found", "this node asked nothing that this would answer")


def _registry(parts: FacadeParts, call: Call) -> Registry:
    register = parts.registers.get(call.path["register"])
    if register is None:
        raise UnknownThing(Sentence(vi="Không có cơ sở dữ liệu này.", en="No such registry."))
    sent = call.header("content-type").partition(";")[0].strip().lower()
    if sent != _JSON:
        raise refused("err.request.bad", f"the content-type is {_JSON}")
    return Registry(parts=parts, register=register)
