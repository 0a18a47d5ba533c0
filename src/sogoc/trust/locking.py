"""Chunks of a long message, each locked by itself so that it can be checked as it comes.

XChaCha20-Poly1305 (libsodium's `crypto_aead_xchacha20poly1305_ietf`) under a key that is made for
one message and used for no other. The nonce is the number of the chunk; whose message it is, the
number and the count are authenticated with it. So no chunk can stand in the place of another, of
this message or of any other, and none can be left out or repeated.
"""

from __future__ import annotations

from nacl import bindings, utils
from nacl.exceptions import CryptoError

KEY_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
OVERHEAD = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
"""Bytes by which a locked chunk is longer."""


def new_key() -> bytes:
    """A key for one message."""
    return utils.random(KEY_BYTES)


def locked(chunk: bytes, key: bytes, *, of: str, place: tuple[int, int]) -> bytes:
    """One chunk locked. `of` names the message, `place` is the chunk's number and their count."""
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        chunk, _about(of, place), _nonce(place[0]), key
    )


def unlocked(chunk: bytes, key: bytes, *, of: str, place: tuple[int, int]) -> bytes | None:
    """What was locked; None if it was altered, or locked elsewhere or with another key."""
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            chunk, _about(of, place), _nonce(place[0]), key
        )
    except (CryptoError, TypeError, ValueError):
        return None


def _about(of: str, place: tuple[int, int]) -> bytes:
    return f"{of}\n{place[0]}/{place[1]}".encode()


def _nonce(number: int) -> bytes:
    return number.to_bytes(bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "big")
