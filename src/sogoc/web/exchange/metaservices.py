"""X-Road's metaservices under `/r1/{provider}/`: signed questions like the others, without a grant.

    GET listMethods                    all services of this node
    GET allowedMethods                 those for which whoever asks holds a grant
    GET getOpenAPI?serviceCode=        one service's OpenAPI document
    GET getOperationalData             records of monitoring, ?recordsFrom=&recordsTo= (seconds)

The hub and the node's own member see all records, everybody else those of its own questions, as
with a security server. Nobody's data is in any of these answers, so the journal holds no entry; but
each message is taken once, by one worker, as a question is.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sogoc.clock import today
from sogoc.errors import BadQuestion, Sentence, SogocError, UnknownThing
from sogoc.exchange.answering import believe
from sogoc.exchange.described.methods import all_methods, allowed_methods
from sogoc.exchange.names import subsystem
from sogoc.exchange.services import openapi
from sogoc.exchange.shared.together import take
from sogoc.web.exchange.replies import (
    OK,
    Reply,
    Signer,
    body_of,
    heard,
    refusal,
    send_reply,
    signed,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp

    from sogoc.trust.messages import BelievedRequest
    from sogoc.web.exchange.door import ExchangeParts

_PLACE = re.compile(
    r"/r1/(?P<provider>[^/]+/[^/]+/[^/]+/[^/]+)/"
    r"(?P<name>listMethods|allowedMethods|getOpenAPI|getOperationalData)"
)


Period = tuple["datetime | None", "datetime | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaParts:
    """What the metaservices are given beside the door's parts."""

    records: Callable[[Period, str | None], dict[str, list[Any]]]
    """Records of monitoring from, until; of one client, or of all."""
    sees_all: Callable[[str], bool]
    """Whether a client is the hub or the node's own member."""


class Metaservices:
    """The ASGI application in front of the door: takes what is its own, hands on the rest."""

    def __init__(self, door: ASGIApp, parts: ExchangeParts, meta: MetaParts) -> None:
        self._door, self._parts, self._meta = door, parts, meta

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request, or let the door answer it."""
        asked = scope["type"] == "http" and scope["method"] == "GET"
        place = _PLACE.fullmatch(target_of(scope).partition("?")[0]) if asked else None
        if place is None:
            await self._door(scope, receive, send)  # type: ignore[arg-type]  # ASGI has many types
            return
        try:
            body = await body_of(scope, receive)
        except BadQuestion as refused:
            await send_reply(refusal(refused), send, scope)
            return
        loop = asyncio.get_running_loop()
        threads = self._parts.threads
        reply = await loop.run_in_executor(threads, self._answered, scope, body, place)
        await send_reply(reply, send, scope)

    def _answered(self, scope: Mapping[str, Any], body: bytes, place: re.Match[str]) -> Reply:
        try:
            came = heard(scope, body, address=self._parts.address)
            answering = self._parts.answering()
            now = answering.clock.now()
            believed = believe(came.request, self._parts.directory(), answering.seen, now=now)
        except SogocError as refused:
            return refusal(refused)
        try:
            take(believed, by=answering)
            told = self._told(place, believed, scope.get("query_string", b"").decode("latin-1"))
            reply = Reply(OK, told)
        except SogocError as refused:
            reply = refusal(refused)
        signer = Signer(key=self._parts.key, key_id=self._parts.key_id, now=now)
        service = f"{self._parts.provider}/{place['name']}"
        return signed(reply, came, service=service, by=signer)

    def _told(self, place: re.Match[str], believed: BelievedRequest, query: str) -> bytes:
        if place["provider"] != self._parts.provider:
            raise _bad("câu hỏi gửi nhầm nút", "the question is for another node")
        registers, provider = self._parts.registers, subsystem(self._parts.provider)
        match place["name"]:
            case "listMethods":
                _parameters(query, ())
                return all_methods(provider, registers.values(), self._parts.others)
            case "allowedMethods":
                _parameters(query, ())
                answering = self._parts.answering()
                return allowed_methods(
                    provider,
                    registers.values(),
                    answering,
                    client=believed.client,
                    on=today(answering.clock),
                    others=self._parts.others,
                )
            case "getOpenAPI":
                return self._described(_parameters(query, ("serviceCode",)))
            case _:
                return self._records(believed.client, query)

    def _described(self, told: dict[str, str]) -> bytes:
        code = told.get("serviceCode", "")
        if not code:
            raise _bad("thiếu serviceCode", "serviceCode is missing")
        register = self._parts.registers.get(code)
        if register is None:
            raise UnknownThing(
                Sentence(vi="Nút này không có dịch vụ đó.", en="This node has no such service.")
            )
        return _written(openapi(register, self._parts.provider))

    def _records(self, client: str, query: str) -> bytes:
        told = _parameters(query, ("recordsFrom", "recordsTo"))
        since, until = (_moment(told.get(name)) for name in ("recordsFrom", "recordsTo"))
        whose = None if self._meta.sees_all(client) else client
        return _written(self._meta.records((since, until), whose))


def _parameters(query: str, known: tuple[str, ...]) -> dict[str, str]:
    """The parameters of an address, each once and none that is not known."""
    try:
        found = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=8
        )
    except ValueError as wrong:
        raise _bad("tham số không đọc được", "the parameters cannot be read") from wrong
    names = [name for name, _ in found]
    if len(set(names)) != len(names) or not set(names) <= set(known):
        listed = ", ".join(known) or "-"
        raise _bad(f"chỉ nhận tham số: {listed}", f"the parameters are: {listed}, each once")
    return dict(found)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise _bad("thời điểm tính bằng giây từ 1970", "moments are seconds since 1970")
    return datetime.fromtimestamp(int(text), tz=UTC)


_DIGITS = 11


def _written(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
