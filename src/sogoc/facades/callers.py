"""Who calls a façade, believed in one of two ways, and what every question must say besides.

- **Behind a mediator.** A trusted Information Mediator (an X-Road security server) has checked who
  asks and says so in a header. The header is believed only from addresses that the operator named;
  from anybody else it is an attack.
- **By a token.** `Authorization: Bearer` with a token signed by a key that the directory gives to
  the member it names. One that bears an id is taken once by all workers of the node; one that names
  method, address or body is believed with those alone. Clients whose library makes tokens without
  an id are believed as well, unless the operator asks for ids (`single_use`).

There is no third way. Officer, procedure and case are asked of every question, as the national
platform asks them: from a mediator in X-Road's headers, from others in the token.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import ip_address
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid4, uuid5

from sogoc.errors import BadQuestion, BadSeal, Sentence
from sogoc.exchange.answering import MARK_BYTES
from sogoc.exchange.names import subsystem
from sogoc.exchange.protocol import (
    CLIENT,
    ISSUE,
    PARTY,
    REQUEST_ID,
    TOLERANCE_SECONDS,
    USER,
    envelope,
    is_uuid,
)
from sogoc.trust.tokens import LONGEST_LIFE_SECONDS, Carrier, believe_token, check_carrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from ipaddress import IPv4Network, IPv6Network

    from sogoc.exchange.directory import Directory
    from sogoc.exchange.protocol import Envelope
    from sogoc.trust.tokens import Token

    Network = IPv4Network | IPv6Network

MEDIATED = ("information-mediator-client", "x-govstack-client", CLIENT)
"""Headers in which a mediator says who asks; the first that is there."""
_BEARER = "bearer "
MARK_SECONDS = LONGEST_LIFE_SECONDS + 2 * TOLERANCE_SECONDS
"""As long as a token may be believed, by clocks that differ as much as they may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """A call as it came. Header names in lower case, each once."""

    headers: Mapping[str, str]
    peer: str
    """The address at the other end of the line, as the socket says it."""
    method: str
    path: str
    """As it was sent, without what follows a question mark."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Decides who is believed."""

    directory: Directory
    mediators: tuple[Network, ...]
    audience: str
    """This node as others see it."""
    take: Callable[[bytes], bool]
    """Take a mark for all workers for `MARK_SECONDS`; whether nobody had taken it."""
    ids_required: bool = False
    """Whether a token without an id, which may be used again, is refused."""

    def believed(self, calling: Calling, *, now: datetime) -> Envelope:
        """Who asks, for whom and why.

        Raises BadSeal for whom nobody vouches, DirectoryRefused once the directory has run out,
        and BadQuestion where officer, procedure or case are missing.
        """
        if calling.headers.get("authorization", "").lower().startswith(_BEARER):
            return self._by_token(calling, now=now)
        if any(name in calling.headers for name in MEDIATED) and self._is_mediator(calling.peer):
            return self._behind_mediator(calling.headers, now=now)
        raise BadSeal(
            Sentence(
                vi="Cần mã truy cập (Authorization: Bearer) do thành viên trong danh bạ ký.",
                en="A bearer token is needed, signed by a member in the directory.",
            )
        )

    def _by_token(self, calling: Calling, *, now: datetime) -> Envelope:
        token = believe_token(
            calling.headers["authorization"][len(_BEARER) :].strip(),
            self.directory.at(now),
            audience=self.audience,
            now=int(now.timestamp()),
            tolerance_seconds=TOLERANCE_SECONDS,
        )
        check_carrier(token, Carrier(calling.method, self.audience + calling.path, calling.body))
        self._take(token)
        for name in MEDIATED:
            if calling.headers.get(name, token.member) != token.member:
                raise BadSeal(
                    Sentence(
                        vi="Mã truy cập thuộc cơ quan khác với bên gọi.",
                        en="The token is another member's than the header names.",
                    )
                )
        claims = token.claims
        told = {
            CLIENT: token.member,
            REQUEST_ID: _request_id(calling.headers),
            USER: str(claims.get("sub") or ""),
            ISSUE: str(claims.get("issue") or ""),
            PARTY: calling.headers.get(PARTY, ""),
        }
        return envelope(_numbered(told))

    def _take(self, token: Token) -> None:
        """Use up a token that bears an id. Raises BadSeal, StoreError."""
        if not token.id and self.ids_required:
            raise BadSeal(
                Sentence(
                    vi="Mã truy cập phải có mã riêng (jti), mỗi mã dùng một lần.",
                    en="A token needs an id of its own (jti) here, and is used once.",
                )
            )
        told = json.dumps(["token", token.member, token.id]).encode()
        if token.id and not self.take(sha256(told).digest()[:MARK_BYTES]):
            raise BadSeal(
                Sentence(
                    vi="Mã truy cập này đã dùng rồi; mỗi lần gọi cần một mã mới.",
                    en="This token was used before; each call needs one of its own.",
                )
            )

    def _behind_mediator(self, headers: Mapping[str, str], *, now: datetime) -> Envelope:
        said = {headers[name] for name in MEDIATED if name in headers}
        if len(said) > 1:
            raise _bad(
                "hai tiêu đề nêu hai bên gọi khác nhau", "two headers name two different callers"
            )
        (client,) = said
        if self.directory.at(now).directory.member(subsystem(client)) is None:
            # The mediator knows it; the hub does not, or not any more.
            raise BadSeal(
                Sentence(
                    vi="Bên gọi không có trong danh bạ.", en="The caller is not in the directory."
                )
            )
        told = {name: headers.get(name, "") for name in (USER, ISSUE, PARTY)}
        told[REQUEST_ID] = _request_id(headers)
        return envelope(_numbered({**told, CLIENT: client}))

    def _is_mediator(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.mediators)


def _request_id(headers: Mapping[str, str]) -> str:
    """`X-Road-Id`, else what most others call it: any text, and the same text is the same id."""
    told = headers.get(REQUEST_ID, "")
    other = headers.get(_ANY_ID, "")
    if told or not other:
        return told
    return other if is_uuid(other) else str(uuid5(NAMESPACE_URL, other))


_ANY_ID = "x-request-id"


def _numbered(told: dict[str, str]) -> dict[str, str]:
    """X-Road makes the id where the client gave none."""
    return {**told, REQUEST_ID: told[REQUEST_ID] or str(uuid4())}


def single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name. Raises BadQuestion where one that says who asks comes twice."""
    found: dict[str, str] = {}
    for name, value in pairs:
        lower = name.lower()
        if lower in found and (lower in _ONCE or lower.startswith("x-road-")):
            raise _bad(f"tiêu đề {lower} có hai lần", f"the header {lower} stands there twice")
        found[lower] = value
    return found


_ONCE = {*MEDIATED, "authorization", "content-type", _ANY_ID}


def for_purpose(caller: Envelope, purpose: str) -> Envelope:
    """The same caller, where the message itself names the procedure."""
    return replace(caller, purpose=purpose) if purpose else caller


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
