"""The same services for a real X-Road Security Server that stands before this node.

    POST /xroad/{register}/v1/{object}/{question}
    GET  /xroad/{register}/openapi.json
    GET  /xroad/findUsage/v2/findUsage   and the node's other services: the subject's view, grants

The Security Server has verified who asks; so the `X-Road-*` headers are believed, but from its
addresses alone, as they are set in `xroad_trusted`. Whoever else sends them is refused: such a
header from anybody but the trusted peer is an attack. The address is that of the connection; what
a proxy says of another (`X-Forwarded-For`) counts for nothing.

Data Tracker knows no `X-Road-Issue`: for the subject's view alone it may be missing where the
operator has set what stands in the journal instead.

Grants, journal and rates are those of the exchange. Errors are the service's own, without
`X-Road-Error`, which a Security Server keeps for itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    Sentence,
    SettingsError,
    SogocError,
    StoreError,
    TooManyQuestions,
    UnknownThing,
)
from sogoc.exchange.answering import answer
from sogoc.exchange.names import Address, Service, subsystem
from sogoc.exchange.protocol import (
    CLIENT,
    ISSUE,
    OWN_ID,
    REQUEST_ID,
    SERVICE,
    envelope,
    error_type,
    headers_from,
    is_issue,
)
from sogoc.exchange.questions.openapi import document
from sogoc.exchange.services import put
from sogoc.exchange.usage.desk import SERVICES as USAGE_SERVICES
from sogoc.trust.messages import Request
from sogoc.web.exchange.replies import (
    OK,
    Reply,
    body_of,
    come_again,
    message_of,
    send_reply,
    sent_headers,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sogoc.web.exchange.door import ExchangeParts

PREFIX = "/xroad/"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_STATUS: tuple[tuple[type[SogocError], int], ...] = (
    (BadQuestion, 400),
    (AccessDenied, 403),
    (UnknownThing, 404),
    (TooManyQuestions, 429),
    (StoreError, 503),
)
_FAILED = 500


@dataclass(frozen=True, slots=True)
class Trusted:
    """The addresses from which a Security Server speaks; none: nobody is believed."""

    networks: tuple[Network, ...] = ()

    def holds(self, address: str) -> bool:
        """Whether a connection from this address is a Security Server's."""
        try:
            told = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(told, ipaddress.IPv6Address) and told.ipv4_mapped:
            told = told.ipv4_mapped
        return any(told in network for network in self.networks)


def trusted_from(setting: str) -> Trusted:
    """Addresses or networks joined by commas. Raises SettingsError for what is none."""
    try:
        return Trusted(
            tuple(ipaddress.ip_network(part.strip()) for part in setting.split(",") if part.strip())
        )
    except ValueError as wrong:
        raise SettingsError(
            Sentence(
                vi=f"xroad_trusted phải là địa chỉ hoặc dải địa chỉ, cách nhau bằng dấu phẩy "
                f"({wrong}).",
                en=f"xroad_trusted takes addresses or networks, joined by commas ({wrong}).",
            )
        ) from wrong


def purpose_from(setting: str) -> str:
    """The procedure of a citizen who looks, or nothing. Raises SettingsError."""
    if setting and not is_issue(setting):
        raise SettingsError(
            Sentence(
                vi="usage_purpose phải là mã thủ tục, như 1.000001.",
                en="usage_purpose takes the code of a procedure, such as 1.000001.",
            )
        )
    return setting


class Behind:
    """The ASGI application for what a Security Server asks."""

    def __init__(self, parts: ExchangeParts, trusted: Trusted, usage_purpose: str = "") -> None:
        self._parts, self._trusted = parts, trusted
        self._usage_purpose = usage_purpose

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        register, _, rest = target_of(scope).removeprefix(PREFIX).partition("/")
        if scope["method"] == "GET" and rest == "openapi.json":
            await send_reply(self._described(register), send, scope)
            return
        try:
            if not self._trusted.holds((scope.get("client") or ("",))[0]):
                raise AccessDenied(_STRANGER)
            body = await body_of(scope, receive)
        except SogocError as refused:
            await send_reply(_refusal(refused), send, scope)
            return
        loop = asyncio.get_running_loop()
        asked = (register, f"/{rest}", scope["method"], body)
        reply = await loop.run_in_executor(
            self._parts.threads, self._answered, asked, sent_headers(scope)
        )
        await send_reply(reply, send, scope)

    def _answered(self, asked: tuple[str, str, str, bytes], sent: list[tuple[str, str]]) -> Reply:
        register, path, method, body = asked
        told: dict[str, str] = {}
        try:
            headers = _with_id(headers_from(sent))
            told[REQUEST_ID] = headers[REQUEST_ID]
            if register in USAGE_SERVICES and self._usage_purpose:
                headers.setdefault(ISSUE, self._usage_purpose)
            caller = envelope(headers)
            told |= {CLIENT: caller.client, SERVICE: f"{self._parts.provider}/{register}"}
            if (other := self._parts.others.get(register)) is not None:
                uri = f"{self._parts.address}/r1/{self._parts.provider}/{register}{path}"
                request = Request(method=method, target_uri=uri, headers=headers, body=body)
                return Reply(OK, other(request, self._parts.answering()).body, told)
            path, _, query = path.partition("?")
            where = Address(Service(subsystem(self._parts.provider), register), path, query)
            question = put(method, where, body, registers=self._parts.registers)
            shelf = self._parts.shelf(question.object)
            found = answer(caller, question.asked, shelf, by=self._parts.answering())
        except SogocError as refused:
            reply = _refusal(refused)
            return Reply(reply.status, reply.body, {**reply.headers, **told})
        return Reply(OK, found.body, told)

    def _described(self, register: str) -> Reply:
        found = self._parts.registers.get(register)
        if found is None:
            return _refusal(UnknownThing(_NO_SERVICE))
        told = document(found, server=f"{PREFIX}{register}")
        return Reply(OK, json.dumps(told, ensure_ascii=False).encode())


def _with_id(headers: dict[str, str]) -> dict[str, str]:
    """With an id of the question: its own, else the Security Server's, else a new one.

    X-Road says that `X-Road-Id` should be a UUID, and lets it be missing.
    """
    for name in (REQUEST_ID, OWN_ID):
        try:
            return {**headers, REQUEST_ID: str(UUID(headers.get(name, "")))}
        except ValueError:
            continue
    return {**headers, REQUEST_ID: str(uuid4())}


def _refusal(error: SogocError) -> Reply:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), _FAILED)
    told = {"type": error_type(error), "message": message_of(error), "detail": str(uuid4())}
    return Reply(status, json.dumps(told, ensure_ascii=False).encode(), come_again(error))


_STRANGER = Sentence(
    vi="Địa chỉ này không phải máy chủ an ninh X-Road mà nút tin cậy.",
    en="This address is no X-Road Security Server that the node trusts.",
)
_NO_SERVICE = Sentence(vi="Nút này không có dịch vụ đó.", en="This node has no such service.")
