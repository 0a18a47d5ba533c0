"""Packages of other members come in: believed, granted, kept chunk by chunk.

The order is that of every question: the head is believed, one grant covers what is asked, and a
refusal is in the journal before it is told. Nobody's data is looked at here, so nobody is entered;
the worker does that before an answer may be fetched.

Over the line the service of the population register has these questions, each a signed POST:

    /v1/rounds/offer                 {"head": base64}      -> how it stands
    /v1/rounds/{package}/chunk/{n}   the locked chunk      -> how it stands
    /v1/rounds/{package}/state       {}                    -> how it stands
    /v1/rounds/{package}/answer/{n}  {}                    -> the locked chunk
    /v1/rounds/{package}/collected   {}                    -> how it stands
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.entry import REFUSED, Entry
from sogoc.access.grant import Operation, Question, sensitive_among
from sogoc.errors import AccessDenied, BadQuestion, NoRoom, Sentence, UnknownThing
from sogoc.exchange.protocol import ISSUE, REQUEST_ID, USER, envelope
from sogoc.rounds.package import QUESTION, Head, believe, kept_package, read_head
from sogoc.rounds.taken import Stand, TakenRounds, answer_to, question_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sogoc.access.journal import Journal
    from sogoc.access.policies import Decision, PolicyBook
    from sogoc.contract.model import Register
    from sogoc.exchange.protocol import Envelope
    from sogoc.rounds.package import Manifest, Package
    from sogoc.rounds.taken import Taken
    from sogoc.trust.messages import KnownKeys

PREFIX = "/v1/rounds/"
_PATH = re.compile(r"/v1/rounds/(?P<package>[0-9a-f-]{36})/(?P<what>[a-z]+)(?:/(?P<at>\d{1,6}))?")
_JSON, BYTES = "application/json; charset=utf-8", "application/octet-stream"
_ROOM = 4
"""The disk must have so many times the payload: chunks, payload, tables, answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back, and what kind of content it is."""

    body: bytes
    kind: str = _JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What taking a package needs."""

    rounds: TakenRounds
    folder: Path
    """The node's folder."""
    member: str
    ours: Callable[[str], bool]
    """Whether a key of that id is this node's."""
    keys: KnownKeys
    policies: PolicyBook
    journal: Journal
    registers: Mapping[str, Register]


def offered(head: Head, *, by: Taking) -> Taken:
    """Take the head of a package; its chunks may come.

    Raises PackageRefused, AccessDenied, UnknownThing for a register that verifies nobody, NoRoom.
    """
    now = by.rounds.clock.now()
    package = believe(head, by.keys, receiver=by.member, ours=by.ours, kind=QUESTION, now=now)
    if (known := by.rounds.find(package.manifest.package)) is not None:
        return known
    decision = _decided(package.manifest, by=by)
    _need_room(package.manifest, by.folder)
    question_of(by.folder, package.manifest.package).begin(head)
    by.rounds.take(package.manifest, grant=decision.grant, ground=decision.ground)
    return by.rounds.one(package.manifest.package, member=package.manifest.sender)


def chunk_came(taken: Taken, number: int, chunk: bytes, *, by: Taking) -> None:
    """Keep a chunk. Raises PackageRefused if it is not what the sender signed for."""
    if taken.state is not Stand.COMING:
        return
    chunks = question_of(by.folder, taken.package)
    package = _kept(chunks.head())
    package.check_chunk(number, chunk)
    chunks.keep(number, chunk)
    if not chunks.missing(package):
        by.rounds.move(taken.package, (Stand.COMING, Stand.WHOLE))


def came_on_a_medium(head: Head, chunks: Iterator[bytes], *, by: Taking) -> Taken:
    """Take a package whole. Raises what `offered` and `chunk_came` raise."""
    taken = offered(head, by=by)
    for number, chunk in enumerate(chunks):
        chunk_came(taken, number, chunk, by=by)
    return by.rounds.one(taken.package, member=taken.member)


def asked(path: str, sender: Envelope, body: bytes, *, by: Taking) -> Reply:
    """Answer one of the questions above for a believed sender."""
    if path == f"{PREFIX}offer":
        return _standing(_offer(sender, body, by=by), by=by)
    match = _PATH.fullmatch(path)
    if match is None:
        raise UnknownThing(Sentence(vi=f"Nút không có {path}.", en=f"The node has no {path}."))
    taken = by.rounds.one(match["package"], member=sender.client)
    what, at = match["what"], match["at"]
    if what == "chunk" and at:
        chunk_came(taken, int(at), body, by=by)
    elif what == "answer" and at:
        return Reply(body=_answer_chunk(taken, int(at), by=by), kind=BYTES)
    elif what == "collected":
        by.rounds.move(taken.package, (Stand.ANSWERED, Stand.COLLECTED))
    elif what != "state":
        raise UnknownThing(Sentence(vi=f"Nút không có {path}.", en=f"The node has no {path}."))
    return _standing(by.rounds.one(taken.package, member=sender.client), by=by)


def _offer(sender: Envelope, body: bytes, *, by: Taking) -> Taken:
    try:
        head, _ = read_head(base64.b64decode(json.loads(body)["head"], validate=True))
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise BadQuestion(
            Sentence(
                vi="Câu hỏi không hợp lệ: cần head là phần đầu của gói.",
                en="Not a question: it needs head, the head of the package.",
            )
        ) from wrong
    told = kept_package(head).manifest
    if told.sender != sender.client or told.officer != sender.officer:
        raise BadQuestion(
            Sentence(
                vi="Gói này do cơ quan hoặc cán bộ khác lập.",
                en="The package is by another agency or officer than the question.",
            )
        )
    return offered(head, by=by)


def _answer_chunk(taken: Taken, number: int, *, by: Taking) -> bytes:
    if taken.state not in {Stand.ANSWERED, Stand.COLLECTED}:
        raise UnknownThing(
            Sentence(vi="Đợt này chưa có trả lời.", en="This round has no answer yet.")
        )
    chunks = answer_to(by.folder, taken.package)
    if number >= _kept(chunks.head()).count:
        raise UnknownThing(Sentence(vi="Không có phần này.", en="There is no such chunk."))
    return chunks.read(number)


def _standing(taken: Taken, *, by: Taking) -> Reply:
    told: dict[str, object] = {
        "state": str(taken.state),
        "persons": taken.persons,
        "journalled": taken.journalled,
        "missing": [],
    }
    if taken.state is Stand.COMING:
        chunks = question_of(by.folder, taken.package)
        told["missing"] = chunks.missing(_kept(chunks.head()))
    if taken.state in {Stand.ANSWERED, Stand.COLLECTED}:
        head = answer_to(by.folder, taken.package).head()
        told["head"] = base64.b64encode(head.bytes if head else b"").decode()
    if taken.reason:
        told["reason"] = taken.reason
    return Reply(body=json.dumps(told, ensure_ascii=False).encode())


def _kept(head: Head | None) -> Package:
    if head is None:
        raise UnknownThing(
            Sentence(vi="Gói này không còn ở đây.", en="This package is no longer here.")
        )
    return kept_package(head)


def _decided(told: Manifest, *, by: Taking) -> Decision:
    """The grant that covers the round. Raises AccessDenied, journalled."""
    register = by.registers.get(told.register)
    fields = {field.name for one in register.objects for field in one.fields} if register else set()
    if register is None or not register.is_population or not set(told.fields) <= fields:
        raise UnknownThing(
            Sentence(
                vi=f"Nút này không đối soát theo {told.register}, hoặc không có trường được hỏi.",
                en=f"This node verifies nobody by {told.register}, or lacks a field that is asked.",
            )
        )
    case = envelope(
        {
            "x-road-client": told.sender,
            REQUEST_ID: told.package,
            USER: told.officer,
            ISSUE: told.issue,
        }
    )
    now = by.rounds.clock.now()
    decision = by.policies.decide(
        Question(
            member=told.sender,
            officer=told.officer,
            register=register.id,
            operation=Operation.ROUND,
            fields=frozenset(told.fields),
            purpose=case.purpose,
            request_id=told.package,
            on=now.date(),
            sensitive=sensitive_among(frozenset(told.fields), register),
        )
    )
    if not decision.allowed:
        entry = Entry(
            at=now,
            request_id=told.package,
            member=told.sender,
            officer=told.officer,
            register=register.id,
            operation=str(Operation.ROUND),
            purpose=case.purpose,
            issue=case.case,
            decision=REFUSED,
            reason=decision.reason.en,
        )
        by.journal.append([entry])
        raise AccessDenied(decision.reason)
    return decision


def _need_room(told: Manifest, folder: Path) -> None:
    if shutil.disk_usage(folder).free < _ROOM * told.bytes:
        raise NoRoom(
            Sentence(
                vi="Đĩa của nút không đủ chỗ cho đợt đối soát này; hãy báo người vận hành.",
                en="The node's disk has no room for this round; tell its operator.",
            )
        )
