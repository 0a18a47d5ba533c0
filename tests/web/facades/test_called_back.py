"""A call-back leads to nobody inside: whatever the address is called and wherever it resolves to.

Tests may reach no address but this machine's: one that was tried nevertheless is another error than
the refusal that is waited for here.
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from ipaddress import ip_network
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from tests.crooked_peer import IN_THE_BODY, IN_THE_HEAD, peer, trickling

from sogoc.errors import MessageRefused, NodeUnreachable
from sogoc.facades.dci import callback
from sogoc.facades.dci.callback import call, check_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.facades.callers import Network

HERE = (ip_network("127.0.0.0/8"),)
"""What an operator may name."""
INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "127.255.255.254", "0"),
    *(
        "localhost",
        "169.254.169.254",
        "169.254.1.1",
    ),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "192.0.2.1"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd12::1]", "[fec0::1]", "[ff02::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:8.8.8.8]", "[::127.0.0.1]"),
    *("[64:ff9b::169.254.169.254]", "[64:ff9b::8.8.8.8]", "[2002:7f00:1::1]", "[2002:a9fe:a9fe::]"),
    *("[2001:0:7f00:1::]", "[2001:db8::1]", "[100::1]"),
]


def called(address: str, networks: tuple[Network, ...] = ()) -> callback.Called:
    return call(address, {"made": "up"}, token="t", networks=networks)  # noqa: S106 - no token


@pytest.mark.parametrize("host", INSIDE)
def test_no_spelling_of_an_address_inside_is_called(host: str) -> None:
    for port in ("", ":443", ":5432", ":6379"):
        with pytest.raises(NodeUnreachable):
            called(f"https://{host}{port}/on-search")


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", ".", "%00", "xn--a"])
def test_a_name_that_is_no_name_is_a_refusal_and_nothing_else(host: str) -> None:
    with pytest.raises(NodeUnreachable):
        called(f"https://{host}/x")


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that answers so, in turn; and whom it was asked for."""
    left, asked = list(answers), list[str]()

    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *more: Any, **named: Any) -> list[Any]:  # noqa: ANN401 - as the library
        asked.append(host)
        if not host.endswith(".example"):
            return real(host, port, *more, **named)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::ffff:10.0.0.1"])
@pytest.mark.parametrize("beside", [[], ["93.184.215.14"]])
def test_a_name_that_resolves_to_an_address_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, host: str, beside: list[str]
) -> None:
    resolving(monkeypatch, [*beside, host])
    with pytest.raises(NodeUnreachable):
        called("https://partner.example/on-search")


def test_the_line_goes_to_the_address_that_was_checked_whatever_the_name_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") as (address, came):
        port = address.rpartition(":")[2]
        asked = resolving(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
        assert called(f"http://partner.example:{port}/x", HERE).taken
        # Once by us; the line itself is opened to what is an address already.
        assert asked.count("partner.example") == 1
        assert came.is_set()


@contextmanager
def answering(content: bytes) -> Iterator[tuple[str, Event]]:
    """A server that answers so, and whether anybody came."""
    came = Event()

    def manner(line: socket.socket, over: Event) -> None:
        del over
        came.set()
        line.sendall(content)

    with peer(manner) as address:
        yield address, came


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_sent_on_to_another_address(status: int) -> None:
    with answering(b"") as (inside, came):
        told = f"HTTP/1.1 {status} x\r\nlocation: {inside}/\r\ncontent-length: 0\r\n\r\n"
        with answering(told.encode()) as (outside, _):
            assert not called(outside, HERE).taken
        assert not came.is_set()


def test_without_tls_only_a_network_that_the_operator_named_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, ["93.184.215.14"])
    with pytest.raises(NodeUnreachable):
        called("http://partner.example/on-search")


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://partner.example/x", "gopher://partner.example/x", "file:///etc/passwd"),
        *("unix:///run/postgres", "ldap://partner.example/x", "dict://partner.example:11211/x"),
        *("HTTPS://partner.example:0/x", "https://partner.example:99999/x", "https:///x"),
        *("https://partner.example:22/x", "https://partner.example:444/x", "javascript:alert(1)"),
    ],
)
def test_another_scheme_or_port_than_the_sender_s_own_is_not_accepted(address: str) -> None:
    with pytest.raises(MessageRefused):
        check_address(address, ["https://partner.example/x"])


@pytest.mark.parametrize("head", [IN_THE_HEAD, IN_THE_BODY], ids=["head", "body"])
def test_a_partner_that_answers_letter_by_letter_is_left_in_time(
    monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr(callback, "TIMEOUT_SECONDS", 0.4)
    with peer(trickling(head)) as address:
        began = time.monotonic()
        with pytest.raises(NodeUnreachable):
            called(address, HERE)
        assert time.monotonic() - began < 4
