"""Chunks locked one by one: opened by a reader built from the specification, and by nobody else."""

from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import KeyRefused
from sogoc.trust.keys import PublicKey, SigningKey
from sogoc.trust.locking import KEY_BYTES, OVERHEAD, locked, new_key, unlocked

KEY = bytes(range(KEY_BYTES))
OF = "a package\nVN/GOV/02/LAND\nVN/GOV/01/POP"


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    """The block function without its last addition (draft-irtf-cfrg-xchacha-03, section 2.2)."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    for _ in range(10):
        for a, b, c, d in (
            *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
            *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
        ):
            for one, two, three, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[one] = (state[one] + state[two]) & 0xFFFFFFFF
                mixed = state[three] ^ state[one]
                state[three] = ((mixed << by) | (mixed >> (32 - by))) & 0xFFFFFFFF
    return struct.pack("<8I", *state[:4], *state[12:])


def test_the_reader_of_this_test_agrees_with_the_published_vector() -> None:
    nonce = bytes.fromhex("000000090000004a0000000031415927")
    expected = "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"
    assert hchacha20(KEY, nonce).hex() == expected


@given(chunk=st.binary(max_size=200), number=st.integers(0, 1 << 40))
def test_a_chunk_is_what_the_documents_say_to_the_byte(chunk: bytes, number: int) -> None:
    nonce = number.to_bytes(24, "big")
    other = ChaCha20Poly1305(hchacha20(KEY, nonce[:16]))
    about = f"{OF}\n{number}/7".encode()
    made = locked(chunk, KEY, of=OF, place=(number, 7))
    assert made == other.encrypt(b"\0\0\0\0" + nonce[16:], chunk, about)
    assert len(made) == len(chunk) + OVERHEAD
    assert unlocked(made, KEY, of=OF, place=(number, 7)) == chunk


@given(st.data())
def test_a_chunk_that_was_altered_or_stands_elsewhere_does_not_open(data: st.DataObject) -> None:
    chunk = locked(b"made up", KEY, of=OF, place=(1, 3))
    at = data.draw(st.integers(0, len(chunk) - 1))
    altered = chunk[:at] + bytes([chunk[at] ^ data.draw(st.integers(1, 255))]) + chunk[at + 1 :]
    assert unlocked(altered, KEY, of=OF, place=(1, 3)) is None
    assert unlocked(chunk[:at], KEY, of=OF, place=(1, 3)) is None
    for place in ((0, 3), (2, 3), (1, 4)):
        assert unlocked(chunk, KEY, of=OF, place=place) is None
    assert unlocked(chunk, KEY, of=f"{OF}2", place=(1, 3)) is None
    assert unlocked(chunk, new_key(), of=OF, place=(1, 3)) is None


@given(st.binary(max_size=100))
def test_what_is_sealed_for_a_key_opens_with_that_key_alone(secret: bytes) -> None:
    key, other = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
    box = key.public.sealed(secret)
    assert key.unsealed(box) == secret
    assert other.unsealed(box) is None
    assert key.unsealed(box[:-1]) is None
    assert key.unsealed(b"") is None


def test_nothing_is_sealed_for_a_key_that_is_no_point_of_the_curve() -> None:
    with pytest.raises(KeyRefused, match="no point"):
        PublicKey(bytes(31) + b"\x01").sealed(b"secret")
