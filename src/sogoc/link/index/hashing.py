"""Keys of numbers and of names: the same on every machine and for ever.

They are places to look, never a proof of equality and never a pseudonym: what is found is compared
itself. A hash of a personal number would be the number again (10^10 of them are tried in minutes).
"""

from __future__ import annotations

import numpy as np

_MULTIPLIER = 0x9E3779B97F4A7C15
"""2^64 / golden ratio (Knuth, The Art of Computer Programming, 6.4): neighbours part far."""
_MASK = (1 << 64) - 1
_OFFSET, _PRIME = 0xCBF29CE484222325, 0x100000001B3
"""Of FNV-1a with 64 bits."""


def mixed(numbers: np.ndarray) -> np.ndarray:
    """A 64-bit key of each number, as unsigned integers."""
    keys = numbers.astype(np.uint64) * np.uint64(_MULTIPLIER)
    keys ^= keys >> np.uint64(32)
    return keys


def mixed_one(number: int) -> int:
    """The same for one number."""
    key = number * _MULTIPLIER & _MASK
    return key ^ key >> 32


def bucket_bits(count: int, per_bucket: int) -> int:
    """How many bits of a key choose the bucket, for that many numbers."""
    return max((count // per_bucket).bit_length(), 1)


def text_key(text: bytes) -> int:
    """A 64-bit key of a name (FNV-1a)."""
    key = _OFFSET
    for byte in text:
        key = (key ^ byte) * _PRIME & _MASK
    return key


def text_keys(texts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The same for many names that stand end to end: letter by letter, all names at once."""
    count = len(ends) - 1
    keys = np.full(count, _OFFSET, dtype=np.uint64)
    lengths = np.diff(ends)
    order = np.argsort(-lengths, kind="stable")
    begins, lengths = ends[:-1][order], lengths[order]
    for at in range(int(lengths[0]) if count else 0):
        left = int(np.searchsorted(-lengths, -at, side="left"))
        some = order[:left]
        keys[some] = (keys[some] ^ texts[begins[:left] + at]) * np.uint64(_PRIME)
    return keys
