"""A key that somebody else holds: an SSH agent signs with it, over a socket of this machine.

The protocol is that of `ssh-agent` (draft-ietf-sshm-ssh-agent), which hardware keys, `gpg-agent`
and key services speak too; so the private key need not be on this machine's disk, nor in the memory
of the node. The agent is asked for a trial signature before anything else: one that has not this
very key is refused at the start.

Absent on purpose: opening what others sealed for the key. An agent signs, and nothing more; so a
node with such a key has another that opens packages of rounds (`opening`).
"""

from __future__ import annotations

import base64
import binascii
import socket
from threading import Lock
from typing import TYPE_CHECKING, NoReturn

from sogoc.errors import KeyRefused, Sentence
from sogoc.trust.keys import PublicKey, SigningKey

if TYPE_CHECKING:
    from pathlib import Path

_KIND = b"ssh-ed25519"
_SIGN, _SIGNED = 13, 14
_LONGEST = 64 * 1024
_PATIENCE_SECONDS = 5.0
_TRIAL = b"sogoc: is the key there?"


class AgentKey(SigningKey):
    """A key that an agent holds. Keeps the promises of a signing key but `unsealed`.

    One line to the agent serves all threads, one after the other; a line that broke is made anew.
    """

    __slots__ = ("_address", "_blob", "_line", "_turn")

    def __init__(self, address: str, public: PublicKey) -> None:
        # No secret is here: nothing of the key that is in a file is set up.
        self.public = public
        self._secret = b""
        self._address = address
        self._blob = _string(_KIND) + _string(public.raw)
        self._line: socket.socket | None = None
        self._turn = Lock()

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of signature over the message. Raises KeyRefused."""
        asked = bytes([_SIGN]) + _string(self._blob) + _string(message) + bytes(4)
        with self._turn:
            raw = _signature(self._told(asked))
            if raw is None:
                self.close()
                raise _refused(
                    "tác nhân (key_agent) không giữ khóa này hoặc không chịu ký",
                    "the agent (key_agent) has not this key, or will not sign with it",
                )
            return raw

    def unsealed(self, box: bytes) -> NoReturn:
        """Raises KeyRefused: an agent opens nothing."""
        del box
        raise _refused(
            "tác nhân giữ khóa (key_agent) chỉ ký, không mở được gói niêm phong cho khóa này; chạy "
            "lại sogoc node init để có khóa mở gói, rồi gửi đơn cho trung tâm",
            "an agent (key_agent) signs only; it cannot open what was sealed for this key: run "
            "sogoc node init again, which makes a key that opens, and hand the request to the hub",
        )

    def close(self) -> None:
        """Let the line to the agent go."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def __del__(self) -> None:
        # Whoever holds a key hands it round and never closes it: the line goes with it.
        self.close()

    def _told(self, asked: bytes) -> bytes:
        """What the agent says; asked twice at most, for it may have been started again."""
        for last in (False, True):
            try:
                return self._exchanged(asked)
            except OSError as failed:
                self.close()
                if last:
                    raise _refused(
                        "tác nhân giữ khóa (key_agent) không trả lời",
                        "the agent that holds it (key_agent) does not answer",
                    ) from failed
        raise AssertionError

    def _exchanged(self, asked: bytes) -> bytes:
        if self._line is None:
            self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._line.settimeout(_PATIENCE_SECONDS)
            self._line.connect(self._address)
        self._line.sendall(_string(asked))
        size = int.from_bytes(self._read(4), "big")
        if not 0 < size <= _LONGEST:
            raise ConnectionError
        return self._read(size)

    def _read(self, size: int) -> bytes:
        got = bytearray()
        while self._line is not None and len(got) < size:
            part = self._line.recv(size - len(got))
            if not part:
                raise ConnectionError
            got += part
        return bytes(got)


def _signature(told: bytes) -> bytes | None:
    """The signature in what an agent says; None if it says anything else."""
    try:
        signature, _ = _taken(told[1:])
        kind, rest = _taken(signature)
        raw, _ = _taken(rest)
    except ValueError:
        return None
    holds = told[0] == _SIGNED and kind == _KIND and len(raw) == _SIGNATURE
    return raw if holds else None


_SIGNATURE = 64


def agent_key(address: str, public_file: Path) -> AgentKey:
    """The key whose public half is in a file (as `ssh-keygen` writes it), held by an agent.

    Raises KeyRefused if the file holds none, or the agent does not sign with it.
    """
    key = AgentKey(address, public_half(public_file))
    if not key.public.holds(_TRIAL, key.sign(_TRIAL)):
        key.close()
        raise _refused(
            "chữ ký của tác nhân (key_agent) không khớp khóa công khai",
            "what the agent (key_agent) signs is not by the key of the public file",
        )
    return key


def public_half(file: Path) -> PublicKey:
    """The public key of a file as `ssh-keygen` writes it. Raises KeyRefused."""
    try:
        kind, coded = file.read_text(encoding="utf-8").split()[:2]
        name, rest = _taken(base64.b64decode(coded, validate=True))
        raw, _ = _taken(rest)
        if kind.encode() == name == _KIND:
            return PublicKey(raw)
    except (OSError, ValueError, binascii.Error):
        pass
    raise _refused(
        f"tệp {file.name} phải chứa khóa công khai Ed25519 dạng OpenSSH (ssh-ed25519 …)",
        f"the file {file.name} must hold an Ed25519 public key as OpenSSH writes it "
        "(ssh-ed25519 ...)",
    )


def _string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _taken(content: bytes) -> tuple[bytes, bytes]:
    """A string of the protocol, and what comes behind it. Raises ValueError."""
    size = int.from_bytes(content[:4], "big")
    if len(content) < 4 + size:
        raise ValueError("cut short")
    return content[4 : 4 + size], content[4 + size :]


def _refused(vi: str, en: str) -> KeyRefused:
    return KeyRefused(Sentence(vi=f"Không dùng được khóa: {vi}.", en=f"The key is refused: {en}."))
