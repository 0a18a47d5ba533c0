"""The questions of the exchange as calls: read, batch, search, difference, verify.

    peer = Peer(service=Service(subsystem("VN/GOV/02/LAND"), "land"), asker=asker, line=line)
    for record in search(peer, "thua_dat", {"ma_xa": ..., "so_to": ..., "so_thua": ...}, fields):
        ...

Long lists go out in batches of ten thousand and come back as they are read. How often a question is
asked again, and how long it waits where a rate is used up, is the line's (`Line.patience`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import MOST_KEYS
from sogoc.errors import AnswerRefused, Sentence
from sogoc.exchange.client import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sogoc.exchange.client import Asker, Line
    from sogoc.exchange.names import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A service that is asked, by whom and how."""

    service: Service
    asker: Asker
    line: Line

    def ask(self, path: str, question: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """The answer to one question. Raises what `client.ask` raises."""
        body = json.dumps(question, ensure_ascii=False).encode()
        return _read(ask(self.service, path, body, asker=self.asker, line=self.line))


Triple = tuple[str, str, str]
"""Number, name and date of birth, as they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of a difference. Once `last`, the copy stands at `until`."""

    changes: list[dict[str, Any]]
    until: int
    last: bool


def read(peer: Peer, name: str, key: object, *, fields: Sequence[str]) -> dict[str, Any]:
    """One record by its key."""
    told = peer.ask(f"/v1/{name}/read", {"key": key, "fields": list(fields)})
    record: dict[str, Any] = told["records"][0]
    return record


def batch(
    peer: Peer, name: str, keys: Iterable[object], *, fields: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The records that bear the keys; who is not there is left out."""
    for some in _batches(keys):
        told = peer.ask(f"/v1/{name}/batch", {"keys": some, "fields": list(fields)})
        yield from told["records"]


def search(
    peer: Peer, name: str, where: Mapping[str, str], *, fields: Sequence[str], limit: int = 100
) -> Iterator[dict[str, Any]]:
    """All records that a search reaches, page by page."""
    start: int | None = 0
    while start is not None:
        question = {"where": dict(where), "fields": list(fields), "limit": limit, "offset": start}
        told = peer.ask(f"/v1/{name}/search", question)
        yield from told["records"]
        start = told["next"]


def difference(
    peer: Peer, name: str, since: int | str, *, fields: Sequence[str], limit: int = 1000
) -> Iterator[Changes]:
    """What changed since a release, page by page. The copy is at `until` after the last alone."""
    after = ""
    while True:
        question = {"since": since, "fields": list(fields), "limit": limit, "after": after}
        told = peer.ask(f"/v1/{name}/difference", question)
        after = told["next"] or ""
        yield Changes(changes=told["changes"], until=told["until"]["release"], last=not after)
        if not after:
            return


def verify(
    peer: Peer, name: str, people: Iterable[Triple], *, fields: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The outcome for each person, in their order."""
    for some in _batches(people):
        triples = [
            {"number": number, "name": called, "born": born} for number, called, born in some
        ]
        told = peer.ask(f"/v1/{name}/verify", {"people": triples, "fields": list(fields)})
        yield from told["results"]


def _batches(each: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(each)
    while some := list(islice(left, MOST_KEYS)):
        yield some


def _read(body: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(body)
    except ValueError as wrong:
        raise AnswerRefused(
            Sentence(vi="Câu trả lời không phải JSON.", en="The answer is not JSON."),
            error="Server.BadAnswer",
        ) from wrong
