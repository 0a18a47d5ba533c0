"""A key that an SSH agent holds signs as one in a file does, and is nowhere in the node."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from sogoc.errors import KeyRefused
from sogoc.trust.agent import AgentKey, agent_key
from sogoc.trust.keys import PublicKey, SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

real = pytest.mark.skipif(shutil.which("ssh-agent") is None, reason="no ssh-agent here")
SIGNED = b"\x0e\0\0\0\x53\0\0\0\x0bssh-ed25519\0\0\0\x40" + bytes(64)


@contextmanager
def running(address: Path) -> Iterator[None]:
    with subprocess.Popen(["ssh-agent", "-D", "-a", address], stdout=subprocess.DEVNULL) as agent:
        until = time.monotonic() + 10
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield
        finally:
            agent.terminate()


def added(address: Path, key: Path) -> None:
    """Make a key and hand it to the agent; its file goes."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sogoc", "-f", str(key)]
    subprocess.run(words, check=True)
    subprocess.run(
        ["ssh-add", "-q", str(key)],
        env={"SSH_AUTH_SOCK": str(address), "PATH": "/usr/bin"},
        check=True,
    )
    key.unlink()


@contextmanager
def answering(address: Path, told: bytes) -> Iterator[None]:
    """An agent that says always the same."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
        server.listen()
        Thread(target=_take, args=(server, told), daemon=True).start()
        yield


def _take(server: socket.socket, told: bytes) -> None:
    with suppress(OSError):  # nobody asks again
        while True:
            with server.accept()[0] as line:
                line.recv(4096)
                line.sendall(told)


@real
def test_an_agent_signs_with_a_key_that_is_in_no_file(tmp_path: Path) -> None:
    address = tmp_path / "agent"
    with running(address):
        added(address, tmp_path / "node")
        key = agent_key(str(address), tmp_path / "node.pub")
        for message in (b"", b"message", bytes(60_000)):
            assert key.public.holds(message, key.sign(message))
        assert not key.public.holds(b"massage", key.sign(b"message"))
        assert repr(key) == "<signing key>"
        with pytest.raises(KeyRefused, match="signs only"):
            key.unsealed(key.public.sealed(b"secret"))
        key.close()


@real
def test_an_agent_that_was_started_again_signs_on_and_one_that_is_gone_is_said(
    tmp_path: Path,
) -> None:
    address = tmp_path / "agent"
    with running(address):
        added(address, tmp_path / "node")
        key = agent_key(str(address), tmp_path / "node.pub")
        key._line.close() if key._line else None  # noqa: SLF001 - the line breaks
        assert key.public.holds(b"message", key.sign(b"message"))
    with pytest.raises(KeyRefused, match="does not answer"):
        key.sign(b"message")


@real
def test_an_agent_without_this_key_is_refused_at_the_start(tmp_path: Path) -> None:
    address = tmp_path / "agent"
    with running(address):
        added(address, tmp_path / "node")
        key = AgentKey(str(address), SigningKey.made().public)
        with pytest.raises(KeyRefused, match="has not this key"):
            key.sign(b"message")
        key.close()


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\x01\x05",
        b"\0\0\0\x05\x0e\0\0\0\x09",
        len(SIGNED).to_bytes(4, "big") + SIGNED,
    ],
)
def test_whatever_a_crooked_agent_says_is_no_signature(tmp_path: Path, told: bytes) -> None:
    public = PublicKey(bytes(range(32)))
    coded = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    (tmp_path / "node.pub").write_text(f"ssh-ed25519 {coded} sogoc\n")
    with answering(tmp_path / "agent", told), pytest.raises(KeyRefused):
        agent_key(str(tmp_path / "agent"), tmp_path / "node.pub")
    assert public.raw not in told


@pytest.mark.parametrize("content", ["", "ssh-rsa AAAA", "ssh-ed25519 AAAA", "ssh-ed25519 !", "é"])
def test_a_public_file_without_a_key_is_said_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "node.pub").write_text(content, encoding="utf-8")
    with pytest.raises(KeyRefused, match=r"node\.pub"):
        agent_key(str(tmp_path / "agent"), tmp_path / "node.pub")
    with pytest.raises(KeyRefused, match=r"other\.pub"):
        agent_key(str(tmp_path / "agent"), tmp_path / "other.pub")
