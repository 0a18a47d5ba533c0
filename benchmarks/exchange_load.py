"""Ask a node signed questions over real sockets, from a process of its own; print what came back.

Questions are signed before the measured span and every answer is verified after it, so that the
span holds what a node costs and not what its askers cost; sockets, HTTP and clocks are in it.

Use: exchange_load.py plan.json
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sogoc.errors import SogocError
from sogoc.exchange.directory import read_directory
from sogoc.exchange.protocol import headers_from
from sogoc.trust.keys import read_key
from sogoc.trust.messages import Answer, Request, believe_answer, sign_request
from sogoc.trust.note import note_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.exchange.directory import Directory

_MAX_SIGNED = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked, of whom, how long and over how many connections."""

    address: str
    provider: str
    target: str
    client: str
    key_file: str
    key_id: str
    hub_key: str
    fields: list[str]
    asked: str
    """File of the persons about whom is asked: `number`, `name`, `born`."""
    batch: int
    connections: int
    seconds: float
    most: int
    seed: int
    warm_seconds: float


@dataclass(slots=True)
class Got:
    """What came back, in order, with the time each took."""

    seconds: list[float] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)


class Line(asyncio.Protocol):
    """One connection that asks, waits for the whole answer, and asks again."""

    def __init__(self, work: Iterator[tuple[int, bytes]], got: Got, until: float) -> None:
        self._work, self._got, self._until = work, got, until
        self._buffer = bytearray()
        self._need = -1
        self._number, self._began = 0, 0.0
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_connection gives
        self._transport = transport
        self._next()

    def _next(self) -> None:
        if time.perf_counter() >= self._until:
            self._transport.close()
            return
        try:
            self._number, question = next(self._work)
        except StopIteration:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(question)

    def data_received(self, data: bytes) -> None:
        """Take in a part; a whole answer is kept with its time."""
        self._buffer += data
        if self._need < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end]).lower()
            at = head.index(b"content-length:") + 15
            self._need = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
        if len(self._buffer) >= self._need:
            self._got.seconds.append(time.perf_counter() - self._began)
            self._got.answers.append((self._number, bytes(self._buffer[: self._need])))
            del self._buffer[: self._need]
            self._need = -1
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Over: whoever waits goes on."""
        del exc
        if not self.ended.done():
            self.ended.set_result(None)


def questions(plan: Plan, ids: random.Random) -> list[Request]:
    """Signed questions after persons drawn by the seed, each with an id of its own."""
    key, people = read_key(Path(plan.key_file)), _people(plan)
    # As if signed while they are asked: each second has its own moment.
    created, count = int(time.time()), min(plan.most, _MAX_SIGNED)
    span = plan.warm_seconds + plan.seconds
    return [
        _signed(
            plan, ids, told=_drawn(people, ids, plan.batch), key=key,
            created=created + int(at * span / count),
        )
        for at in range(count)
    ]  # fmt: skip


def _people(plan: Plan) -> list[dict[str, str]]:
    """The persons asked about, as JSON has them."""
    import pyarrow.parquet as pq

    people: list[dict[str, str]] = pq.read_table(plan.asked).to_pylist()
    return people


def _drawn(people: list[dict[str, str]], ids: random.Random, count: int) -> list[dict[str, str]]:
    """So many of them; every tenth with a name that lost its marks, as officers type it."""
    start = ids.randrange(len(people))
    return [
        {**one, "name": _bare(one["name"])} if (start + at) % _BARE_EVERY == 0 else one
        for at in range(count)
        for one in (people[(start + at * _STRIDE) % len(people)],)
    ]


_BARE_EVERY, _STRIDE = 10, 7919


def _bare(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _signed(
    plan: Plan,
    ids: random.Random,
    *,
    told: list[dict[str, str]],
    key: Any,  # noqa: ANN401 - a SigningKey, imported where it is needed
    created: int,
) -> Request:
    number = f"{ids.getrandbits(128):032x}"
    request = Request(
        method="POST",
        target_uri=plan.address + plan.target,
        headers={
            "x-road-client": plan.client,
            "x-road-id": "-".join(
                (number[:8], number[8:12], number[12:16], number[16:20], number[20:])
            ),
            "x-road-userid": "VN000000000007",
            "x-road-issue": "1.012789/H29-260302-0001",
            # As our client has it: the journal remembers what it said under this key.
            "idempotency-key": f'"{ids.getrandbits(128):032x}"',
            "content-type": "application/json",
        },
        body=json.dumps({"people": told, "fields": plan.fields}, ensure_ascii=False).encode(),
    )
    signed = sign_request(request, key, key_id=plan.key_id, created=created)
    return Request(
        method=request.method,
        target_uri=request.target_uri,
        headers={**request.headers, **signed},
        body=request.body,
    )


def wire(request: Request, host: str) -> bytes:
    """The bytes of a question on the wire."""
    path = "/" + request.target_uri.split("/", 3)[3]
    lines = [f"POST {path} HTTP/1.1", f"host: {host}", f"content-length: {len(request.body)}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


async def asked(plan: Plan, work: list[bytes]) -> tuple[Got, float]:
    """Ask over all connections until the time or the questions have run out."""
    got = Got()
    where = urlsplit(plan.address)
    todo = iter(enumerate(work))
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    lines = []
    for _ in range(plan.connections):
        _, line = await loop.create_connection(
            lambda: Line(todo, got, began + plan.seconds), where.hostname, where.port
        )
        lines.append(line)
    await asyncio.wait_for(asyncio.gather(*(line.ended for line in lines)), plan.seconds + 60)
    return got, time.perf_counter() - began


def verified(
    plan: Plan, requests: list[Request], *, got: Got, directory: Directory
) -> dict[str, int]:
    """How many answers are believed; what they say of persons; others by their status."""
    counts = Counter[str]()
    for number, raw in got.answers:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        answer = Answer(
            status=int(first.split()[1]),
            headers=headers_from((name, value) for name, value in pairs),
            body=body,
        )
        counts.update(_told(plan, requests[number], answer=answer, directory=directory))
    return dict(counts)


def _told(plan: Plan, request: Request, *, answer: Answer, directory: Directory) -> list[str]:
    try:
        body = believe_answer(
            answer,
            request,
            directory.at(directory.issued),
            provider=plan.provider,
            now=int(time.time()),
            tolerance_seconds=3600,
        )
    except SogocError:
        return [f"not believed, status {answer.status}"]
    if answer.status != 200:
        return [f"status {answer.status}"]
    outcomes = [str(one["outcome"]) for one in json.loads(body)["results"]]
    return ["believed" if len(outcomes) == plan.batch else "believed, not whole", *outcomes]


def main(plan: Plan) -> None:
    """Run the plan and print the figures."""
    import httpx2

    note = httpx2.get(f"{plan.address}/directory", trust_env=False).text
    ids = random.Random(plan.seed)  # noqa: S311 - which persons are asked for, not a secret
    requests = questions(plan, ids)
    host = urlsplit(plan.address).netloc
    work = [wire(request, host) for request in requests]
    warm = asyncio.run(asked(replace(plan, seconds=plan.warm_seconds), work[: len(work) // 3]))
    done = len(warm[0].answers)
    work, requests = work[done:], requests[done:]
    cpu = time.process_time()
    Path(sys.argv[1]).with_suffix(".began").touch()
    got, span = asyncio.run(asked(plan, work))
    Path(sys.argv[1]).with_suffix(".ended").touch()
    cpu = time.process_time() - cpu

    directory = read_directory(note, [note_key(plan.hub_key)], moment=_issued(note))
    took = sorted(got.seconds)
    told = {
        "answers": len(took),
        "span_seconds": round(span, 3),
        "answers_per_second": round(len(took) / span, 1),
        "p50_ms": round(1000 * took[len(took) // 2], 2),
        "p99_ms": round(1000 * took[len(took) * 99 // 100], 2),
        "max_ms": round(1000 * took[-1], 2),
        "warmed_by": done,
        "load_cpu_us": round(1e6 * cpu / len(took), 1),
        "verdicts": verified(plan, requests, got=got, directory=directory),
    }
    print(json.dumps(told))


def _issued(note: str) -> datetime:
    return datetime.fromisoformat(json.loads(note.split("\n")[1])["issued"])


if __name__ == "__main__":
    main(Plan(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
