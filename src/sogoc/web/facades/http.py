"""A call and its reply over HTTP: read whole and bounded, answered in a thread, told as JSON."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from sogoc.errors import BadQuestion, Sentence, SogocError
from sogoc.exchange.services import LARGEST_BODY
from sogoc.facades.callers import Calling, single

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from concurrent.futures import Executor

    from starlette.requests import Request

JSON_UTF8 = "application/json; charset=utf-8"
_SLOWEST_BODY_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call with its body, read whole."""

    calling: Calling
    path: Mapping[str, str]
    parameters: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """A header, or an empty text."""
        return self.calling.headers.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes out. `told` is any JSON; NOTHING is no body at all."""

    status: int
    told: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON_UTF8


NOTHING = object()


def endpoint(
    work: Callable[[Call], Reply], refused: Callable[[SogocError], Reply], threads: Executor
) -> Callable[[Request], Awaitable[Response]]:
    """The address that does `work`; `refused` tells an error the way its specification does."""

    def answered(call: Call) -> Response:
        try:
            return _response(work(call))
        except SogocError as error:
            return _response(refused(error))

    async def respond(request: Request) -> Response:
        try:
            async with asyncio.timeout(_SLOWEST_BODY_SECONDS):
                call = await _call(request)
        except (BadQuestion, TimeoutError) as error:
            return _response(refused(error if isinstance(error, BadQuestion) else _not_whole()))
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, answered, call)

    return respond


async def _call(request: Request) -> Call:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise _too_large()
    sent = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    ]
    return Call(
        calling=Calling(
            headers=single(sent),
            peer=request.client.host if request.client else "",
            method=request.method,
            path=_path(request.scope),
            body=bytes(body),
        ),
        path={name: str(value) for name, value in request.path_params.items()},
        parameters=tuple(request.query_params.multi_items()),
        body=bytes(body),
    )


def _path(scope: Mapping[str, Any]) -> str:
    """The path as it was sent, not as the server decoded it."""
    raw = bytes(scope.get("raw_path") or scope["path"].encode())
    return raw.partition(b"?")[0].decode("latin-1")


def _response(reply: Reply) -> Response:
    content = b"" if reply.told is NOTHING else json.dumps(reply.told, ensure_ascii=False).encode()
    headers = {"cache-control": "no-store", **reply.headers}
    if reply.told is not NOTHING:
        headers["content-type"] = reply.media_type
    return Response(content, reply.status, headers=headers)


def _too_large() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi=f"Câu hỏi lớn hơn {LARGEST_BODY} byte; hãy chia nhỏ.",
            en=f"The question is larger than {LARGEST_BODY} bytes; cut it into several.",
        )
    )


def _not_whole() -> BadQuestion:
    return BadQuestion(
        Sentence(vi="Câu hỏi không đến trọn vẹn.", en="The question did not come whole.")
    )
