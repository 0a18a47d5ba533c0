"""A round goes over the line and its answer comes back: asked again and again until it is whole.

Everything is a signed question with an answer that is believed. What the other node has it says
itself, so nothing is kept of how far a transfer was: whoever is killed asks, and sends the rest.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.errors import AnswerRefused, DirectoryRefused, NodeUnreachable, RoundRefused, Sentence
from sogoc.exchange.client import Asker, Line, ask
from sogoc.exchange.names import address
from sogoc.rounds.chunks import Chunks, chunks_of_file, head_of_file, write_file
from sogoc.rounds.opening import folder_of, provider_of, question_chunks
from sogoc.rounds.package import ANSWER, Head, Package, believe, kept_package, read_head, refused
from sogoc.rounds.rounds import Rounds, State
from sogoc.rounds.taken import Stand
from sogoc.rounds.taking import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.pipeline.parts import Parts
    from sogoc.rounds.opening import Us
    from sogoc.rounds.rounds import Round
    from sogoc.trust.messages import KnownKeys

_FINAL = frozenset({"Server.ServerProxy.AccessDenied", "Server.ServerProxy.PackageRefused"})
"""Refusals that another try does not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The line to the node that answers. `rest` lets some time pass before another try.

    `line` is asked for each question: a directory holds for a minute, a transfer may take hours.
    """

    us: Us
    line: Callable[[], Line]
    rest: Callable[[float], None]
    tries: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a round stands with the node that answers, as that node says."""

    state: Stand
    persons: int
    journalled: int
    missing: tuple[int, ...]
    head: Head | None
    reason: str


def send(parts: Parts, number: int, wire: Wire, *, told: Callable[[int, int], None]) -> Standing:
    """Send what the other node does not have yet; `told` hears how many chunks it has.

    Raises NodeUnreachable if the line stays down, AnswerRefused with what the other node said; a
    final refusal is kept with the round.
    """
    rounds = Rounds(parts.connection, parts.clock)
    one = _sendable(rounds.one(number))
    chunks = question_chunks(parts, number)
    package = _own(chunks)
    head = base64.b64encode(package.head.bytes).decode()
    try:
        standing = _standing(_ask(one, "offer", json.dumps({"head": head}).encode(), wire=wire))
        missing = standing.missing
        for done, at in enumerate(missing):
            told(package.count - len(missing) + done, package.count)
            body = _ask(one, f"{one.package}/chunk/{at}", chunks.read(at), wire=wire)
            standing = _standing(body)
    except AnswerRefused as no:
        if no.error in _FINAL:
            rounds.refused(number, no.sentence.vi)
        raise
    told(package.count, package.count)
    if standing.state is not Stand.COMING:
        rounds.sent(number)
    return standing


def send_on_a_medium(parts: Parts, number: int, file: Path) -> None:
    """Write the package as one file, to be carried."""
    rounds = Rounds(parts.connection, parts.clock)
    _sendable(rounds.one(number))
    chunks = question_chunks(parts, number)
    package = _own(chunks)
    write_file(package, chunks.all(package), file)
    rounds.sent(number)


def standing(one: Round, wire: Wire) -> Standing:
    """How the round stands with the node that answers."""
    return _standing(_ask(one, f"{one.package}/state", b"{}", wire=wire))


def fetch(
    parts: Parts, one: Round, head: Head, *, wire: Wire, told: Callable[[int, int], None]
) -> Package:
    """Fetch the answer, what of it is not here yet; return it believed and whole."""
    keys = wire.line().directory.at(parts.clock.now())
    package = believe_answer(parts, one, head, us=wire.us, keys=keys)
    chunks = answer_chunks(parts, one.number)
    kept = chunks.head()
    if kept is None or kept.bytes != head.bytes:
        chunks.forget()
        chunks.begin(head)
    missing = chunks.missing(package)
    for done, at in enumerate(missing):
        told(package.count - len(missing) + done, package.count)
        chunk = _ask(one, f"{one.package}/answer/{at}", b"{}", wire=wire)
        package.check_chunk(at, chunk)
        chunks.keep(at, chunk)
    told(package.count, package.count)
    return package


def collected(one: Round, wire: Wire) -> None:
    """Say that the answer is here whole; a line that is down by then does no harm."""
    try:
        _ask(one, f"{one.package}/collected", b"{}", wire=wire)
    except (NodeUnreachable, AnswerRefused, DirectoryRefused):
        return


def take_from_medium(parts: Parts, file: Path, *, us: Us, keys: KnownKeys) -> tuple[Round, Package]:
    """An answer that came as a file, believed and kept; and the round it belongs to."""
    head = head_of_file(file)
    number = kept_package(head).manifest.round
    one = Rounds(parts.connection, parts.clock).one(number)
    package = believe_answer(parts, one, head, us=us, keys=keys)
    chunks = answer_chunks(parts, one.number)
    chunks.forget()
    for at, chunk in enumerate(chunks_of_file(file, package)):
        chunks.keep(at, chunk)
    chunks.begin(head)
    return one, package


def believe_answer(parts: Parts, one: Round, head: Head, *, us: Us, keys: KnownKeys) -> Package:
    """Believe an answer to this very round by the node that was asked. Raises PackageRefused."""
    now = parts.clock.now()
    package = believe(head, keys, receiver=us.member, ours=us.ours, kind=ANSWER, now=now)
    told = package.manifest
    if (told.answers, told.round) != (one.package, one.number):
        raise refused("gói trả lời một đợt khác", "it answers another round")
    if told.sender != provider_of(one.wish) or told.rows != one.persons:
        raise refused(
            "gói không do cơ quan được hỏi trả lời, hoặc thiếu người",
            "it is not by the node that was asked, or not about everybody",
        )
    return package


def answer_chunks(parts: Parts, number: int) -> Chunks:
    """Where the answer to a round of this node comes in."""
    return Chunks(folder_of(parts, number) / "answer")


def _sendable(one: Round) -> Round:
    if one.state is State.RECEIVED:
        raise RoundRefused(
            Sentence(
                vi=f"Đợt {one.number} đã có trả lời, không gửi lại.",
                en=f"The round {one.number} has its answer; it is not sent again.",
            )
        )
    if one.state is State.OPENING:
        raise RoundRefused(
            Sentence(
                vi=f"Đợt {one.number} chưa đóng gói xong: chạy lại sogoc round open "
                f"{one.wish.register}.",
                en=f"The round {one.number} is not packed whole: run sogoc round open "
                f"{one.wish.register} again.",
            )
        )
    return one


def _own(chunks: Chunks) -> Package:
    head = chunks.head()
    if head is None or chunks.missing(package := kept_package(head)):
        raise RoundRefused(
            Sentence(
                vi="Gói của đợt này không còn nguyên trên đĩa; hãy mở đợt mới.",
                en="The package of this round is no longer whole on the disk; open another round.",
            )
        )
    return package


def _ask(one: Round, path: str, body: bytes, *, wire: Wire) -> bytes:
    """One question; a line that is down is tried again, each time after a longer rest.

    The client's own patience ends within a minute, as its directory does. A transfer that takes
    hours waits longer, and each time with the directory of that moment.
    """
    asker = Asker(
        client=wire.us.member,
        key=wire.us.key,
        key_id=wire.us.key_id,
        officer=one.wish.officer,
        issue=one.wish.issue,
    )
    service = address(f"/r1/{one.wish.service}").service
    for attempt in range(1, wire.tries):
        try:
            return ask(service, f"{PREFIX}{path}", body, asker=asker, line=wire.line())
        except NodeUnreachable:
            wire.rest(float(2**attempt))
    return ask(service, f"{PREFIX}{path}", body, asker=asker, line=wire.line())


def _standing(body: bytes) -> Standing:
    told: dict[str, Any] = json.loads(body)
    head = read_head(base64.b64decode(told["head"]))[0] if told.get("head") else None
    return Standing(
        state=Stand(told["state"]),
        persons=int(told["persons"]),
        journalled=int(told["journalled"]),
        missing=tuple(told["missing"]),
        head=head,
        reason=str(told.get("reason", "")),
    )
