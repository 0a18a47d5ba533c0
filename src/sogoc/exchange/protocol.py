"""The X-Road message protocol for REST, as far as it is words: headers, error types, the issue.

https://github.com/nordic-institute/X-Road, pr-rest_x-road_message_protocol_for_rest. Which status
an error has is for the HTTP folder to say; here stand the names that travel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    BadSeal,
    DirectoryRefused,
    GrantRefused,
    JournalClosed,
    PackageRefused,
    Sentence,
    SogocError,
    StoreError,
    TooManyQuestions,
    UnknownThing,
)
from sogoc.exchange.names import spelled
from sogoc.trust.messages import REPEAT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CLIENT, SERVICE, REQUEST_ID = "x-road-client", "x-road-service", "x-road-id"
USER, ISSUE, PARTY = "x-road-userid", "x-road-issue", "x-road-represented-party"
ERROR, HASH, OWN_ID = "x-road-error", "x-road-request-hash", "x-road-request-id"

TOLERANCE_SECONDS = 60
"""How far the clocks of two nodes may differ."""

_USER = re.compile(r"[A-Z]{2}[!-~]{1,62}")
_PARTY = re.compile(r"(?:[A-Za-z0-9'()+,.=?-]{1,64}/)?[A-Za-z0-9'()+,.=?-]{1,64}")
_REPEAT = re.compile(r'"(?P<key>[!#-\[\]-~]{1,64})"')
"""A string of a structured field: draft-ietf-httpapi-idempotency-key-header."""
_USUAL_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ISSUE = re.compile(r"(?P<procedure>[0-9A-Za-z.-]{1,40})(?:/(?P<case>[!-~]{1,100}))?")

TYPES: tuple[tuple[type[SogocError], str], ...] = (
    (BadQuestion, "Client.BadRequest"),
    (BadSeal, "Client.BadRequest"),
    (PackageRefused, "Server.ServerProxy.PackageRefused"),
    (AccessDenied, "Server.ServerProxy.AccessDenied"),
    (GrantRefused, "Client.BadRequest"),
    (TooManyQuestions, "Server.ServerProxy.TooManyRequests"),
    (UnknownThing, "Server.ServerProxy.UnknownService"),
    (DirectoryRefused, "Server.ServerProxy.DirectoryExpired"),
    (JournalClosed, "Server.ServerProxy.Overloaded"),
    (StoreError, "Server.ServerProxy.DatabaseError"),
)
"""Our errors as their types travel; the first that fits."""


def error_type(error: SogocError) -> str:
    """The `X-Road-Error` of an error."""
    return next((name for kind, name in TYPES if isinstance(error, kind)), _OTHER)


_OTHER = "Server.ServerProxy.InternalError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who asks, for what case, as the headers say it. Believed only once the signature is."""

    client: str
    request_id: str
    officer: str
    purpose: str
    """Code of the procedure: what stands before the slash of the issue."""
    case: str
    party: str
    repeat_key: str = ""
    """Under which it may be asked again without a second entry; empty: each time is a new one."""


def headers_from(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name. Raises BadQuestion for an `x-road-*` header given twice.

    Of several clients one is the asker and the others an attack, or a proxy's mistake.
    """
    sent = list(pairs)
    found = {name.lower(): value for name, value in sent}
    if len(found) == len(sent):
        return found
    found.clear()
    for name, value in sent:
        lower = name.lower()
        if lower in found and (lower.startswith("x-road-") or lower in _SIGNED):
            raise _bad(f"tiêu đề {lower} có hai lần", f"the header {lower} stands there twice")
        found[lower] = value
    return found


_SIGNED = frozenset({"signature", "signature-input", "content-digest", REPEAT_KEY})


def is_uuid(text: str) -> bool:
    """Whether it is a UUID, in whichever of its forms."""
    if _USUAL_UUID.fullmatch(text):
        return True
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def is_issue(text: str) -> bool:
    """Whether it names a procedure, and may be a case."""
    return _ISSUE.fullmatch(text) is not None


def envelope(headers: Mapping[str, str]) -> Envelope:
    """Read the envelope. Raises BadQuestion with the first thing that is missing or wrong.

    The national platform asks request id, agency, officer and procedure of every question
    (`MaYeuCau`, `MaDonVi`, `MaCanBo`, `MaDVC`), so they are required here too.
    """
    client = spelled(headers.get(CLIENT, ""))
    request_id = headers.get(REQUEST_ID, "")
    if not is_uuid(request_id):
        raise _bad("X-Road-Id phải là UUID", "X-Road-Id must be a UUID")
    officer = headers.get(USER, "")
    if not _USER.fullmatch(officer):
        raise _bad(
            "X-Road-UserId phải nêu cán bộ, bắt đầu bằng mã nước, như VN001",
            "X-Road-UserId must name the officer after a country code, as in VN001",
        )
    issue = _ISSUE.fullmatch(headers.get(ISSUE, ""))
    if issue is None:
        raise _bad(
            "X-Road-Issue phải nêu mã thủ tục và hồ sơ, như 1.012789/H29-260302-0001",
            "X-Road-Issue must name procedure and case, as in 1.012789/H29-260302-0001",
        )
    party = headers.get(PARTY, "")
    if party and not _PARTY.fullmatch(party):
        raise _bad(
            "X-Road-Represented-Party phải có dạng [loại/]mã, như COM/0100000001",
            "X-Road-Represented-Party looks like [class/]member, as in COM/0100000001",
        )
    repeat = _REPEAT.fullmatch(headers.get(REPEAT_KEY, ""))
    if repeat is None and REPEAT_KEY in headers:
        raise _bad(
            "Idempotency-Key phải là một chuỗi trong ngoặc kép, tối đa 64 ký tự",
            "Idempotency-Key must be a string in double quotes, of 64 characters at most",
        )
    return Envelope(
        client=client,
        request_id=request_id,
        officer=officer,
        purpose=issue["procedure"],
        case=issue["case"] or "",
        party=party,
        repeat_key=repeat["key"] if repeat else "",
    )


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
