"""Calling back, and only whom: an address that a caller gives is the caller's wish, not our duty.

- Only addresses of the caller's own entry in the directory, or beginnings that the operator named.
- The name is resolved once, each address it has must be public - or in a network that the operator
  named - and the line goes to the very address that was checked: a second answer of the name server
  changes nothing. An address of IPv6 that leads to one of IPv4 (mapped, 6to4, NAT64) is not public:
  who knows where it ends.
- TLS, but in a network that the operator named. No redirects, no proxy, a bounded answer, which has
  its time as a whole.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx2

from sogoc.errors import NodeUnreachable, Sentence
from sogoc.exchange.client import trusted
from sogoc.exchange.patience.deadline import Deadline
from sogoc.facades.dci.messages import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Address
    from urllib.parse import SplitResult

    from sogoc.facades.callers import Network

_LONGEST = 2000
_LARGEST_ANSWER = 64 * 1024
_PORTS = {"https": 443, "http": 80}
TIMEOUT_SECONDS = 10.0
GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What the other side said."""

    status: int
    told: Mapping[str, Any]

    @property
    def taken(self) -> bool:
        """Whether it took the message: a status of success, and no ERR in its body."""
        message = self.told.get("message")
        word = message.get("ack_status") if isinstance(message, dict) else None
        return 200 <= self.status < 300 and word != "ERR"  # noqa: PLR2004 - the statuses of success


def check_address(text: str, beginnings: Iterable[str]) -> None:
    """Raise MessageRefused (`err.sender_uri.invalid`) unless the address is one that is allowed."""
    told = _split(text)
    if told is None or not any(_begins(told, each) for each in beginnings):
        raise refused(
            "err.sender_uri.invalid",
            "sender_uri begins as the directory, or this node's operator, has it for the sender",
        )


def _split(text: str) -> SplitResult | None:
    try:
        told = urlsplit(text)
        port = told.port
    except ValueError:
        return None
    plain = unquote(unquote(told.path))
    clean = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    climbs = any(step in {".", ".."} for step in plain.split("/")) or "\\" in plain
    sound = bool(told.hostname) and told.scheme in _PORTS and port != 0
    if len(text) > _LONGEST or not clean or climbs or not sound or "@" in told.netloc:
        return None
    return None if told.fragment else told


def _begins(told: SplitResult, beginning: str) -> bool:
    allowed = _split(beginning)
    if allowed is None or _origin(told) != _origin(allowed):
        return False
    base = allowed.path.rstrip("/")
    return told.path == base or told.path.startswith(f"{base}/")


def _origin(told: SplitResult) -> tuple[str, str, int]:
    return told.scheme, (told.hostname or "").lower(), told.port or _PORTS[told.scheme]


def call(
    address: str, message: Mapping[str, Any], *, token: str, networks: tuple[Network, ...]
) -> Called:
    """Send a message to an address that was checked. Raises NodeUnreachable."""
    parts = urlsplit(address)
    where = _resolved(parts, networks)
    host = f"[{where}]" if where.version == 6 else str(where)  # noqa: PLR2004 - IPv6
    port = parts.port or _PORTS[parts.scheme]
    pinned = urlunsplit((parts.scheme, f"{host}:{port}", parts.path, parts.query, ""))
    headers = {
        "host": parts.netloc,
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
    }
    try:
        with (
            Deadline(TIMEOUT_SECONDS) as deadline,
            httpx2.Client(
                timeout=TIMEOUT_SECONDS,
                trust_env=False,
                follow_redirects=False,
                verify=trusted(),
            ) as http,
            http.stream(
                "POST",
                pinned,
                headers=headers,
                content=json.dumps(message, ensure_ascii=False).encode(),
                extensions={"sni_hostname": parts.hostname or "", "trace": deadline.watch},
            ) as response,
        ):
            told = Called(status=response.status_code, told=_read(response))
    except (httpx2.HTTPError, httpx2.InvalidURL) as failed:
        raise _unreachable() from failed
    if deadline.over:
        raise _unreachable()
    return told


def _resolved(parts: SplitResult, networks: tuple[Network, ...]) -> IPv4Address | IPv6Address:
    try:
        found = socket.getaddrinfo(
            parts.hostname, parts.port or _PORTS[parts.scheme], type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as failed:
        raise _unreachable() from failed
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    known = [any(address in network for network in networks) for address in addresses]
    if parts.scheme != "https" and not all(known):
        raise _unreachable()
    for address, is_known in zip(addresses, known, strict=True):
        if not (is_known or _is_public(address)):
            raise _unreachable()
    return addresses[0]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (address.is_site_local or address.sixtofour):
        return False
    # What is reserved holds IPv4 within IPv6, mapped, compatible and NAT64.
    return address.is_global and not address.is_multicast and not address.is_reserved


def _read(response: httpx2.Response) -> Mapping[str, Any]:
    body = bytearray()
    for part in response.iter_raw():
        body += part
        if len(body) > _LARGEST_ANSWER:
            return {}
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _unreachable() -> NodeUnreachable:
    return NodeUnreachable(
        Sentence(
            vi="Địa chỉ gọi lại không trả lời hoặc không được phép.",
            en="The call-back address does not answer, or is not allowed.",
        )
    )
