"""Keys that open what others sealed, and sign nothing (X25519, RFC 7748; libsodium's sealed box).

A node whose signing key an agent holds has one beside it: an agent signs, and opens nothing. The
directory names its public half, the sealing key, beside the key that signs. It is kept as a signing
key is, in PKCS #8 (RFC 8410), and is no signing key by its type and by its file.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from nacl import bindings, utils
from nacl.exceptions import CryptoError

from sogoc.errors import KeyRefused, Sentence
from sogoc.trust.keys import SEED_BYTES, KeyForm, keep_secret, read_secret

if TYPE_CHECKING:
    from pathlib import Path

_FORM = KeyForm(
    name="X25519",
    prefix=bytes.fromhex("302e020100300506032b656e04220420"),
    kind="sogoc-opening-key",
)


class Opener(Protocol):
    """Whatever opens what was sealed for a node: a key of its own, or the one that signs."""

    def unsealed(self, box: bytes) -> bytes | None:
        """What was sealed; None if it was sealed for another or was altered."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The public half: what others seal with."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != SEED_BYTES:
            raise _refused()
        # A point of small order would make one known key of every box.
        try:
            bindings.crypto_scalarmult(b"\x01" * SEED_BYTES, self.raw)
        except (CryptoError, ValueError) as wrong:
            raise _refused() from wrong

    @property
    def text(self) -> str:
        """Base64, as directories carry it."""
        return base64.b64encode(self.raw).decode()

    def sealed(self, secret_bytes: bytes) -> bytes:
        """These bytes under a box that only the bearer of the opening key opens."""
        return bindings.crypto_box_seal(secret_bytes, self.raw)


def sealing_key(text: str) -> SealingKey:
    """Read a sealing key from base64. Raises KeyRefused."""
    try:
        return SealingKey(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as wrong:
        raise _refused() from wrong


class OpeningKey:
    """A private key that opens. It is never shown, and its `repr` says nothing of it."""

    __slots__ = ("_secret", "public")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.public = SealingKey(bindings.crypto_scalarmult_base(secret))

    @classmethod
    def made(cls) -> OpeningKey:
        """A new key out of the system's randomness."""
        return cls(utils.random(SEED_BYTES))

    def unsealed(self, box: bytes) -> bytes | None:
        """What somebody sealed for this key; None if it was sealed for another or was altered."""
        try:
            return bindings.crypto_box_seal_open(box, self.public.raw, self._secret)
        except (CryptoError, TypeError, ValueError):
            return None

    def keep(self, file: Path, *, password: str = "") -> None:
        """Write it so that only its owner can read it; an older file of that name stays.

        Raises KeyRefused if there is such a file.
        """
        keep_secret(self._secret, file, form=_FORM, password=password)

    def __repr__(self) -> str:
        return "<opening key>"


def read_opening_key(file: Path, *, password: str = "") -> OpeningKey:
    """Read an opening key. Raises KeyRefused with what is wrong and what to do."""
    return OpeningKey(read_secret(file, form=_FORM, password=password))


def _refused() -> KeyRefused:
    return KeyRefused(
        Sentence(
            vi="Không dùng được khóa niêm phong: không phải khóa X25519.",
            en="The sealing key is refused: it is no key of X25519.",
        )
    )
