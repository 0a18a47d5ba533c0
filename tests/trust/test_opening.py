"""A key that opens is kept as a key that signs, and is never taken for one."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from sogoc.errors import KeyRefused
from sogoc.trust.keys import SigningKey, keep_key, read_key
from sogoc.trust.opening import OpeningKey, read_opening_key, sealing_key

if TYPE_CHECKING:
    from pathlib import Path

# RFC 7748, section 6.1: Alice's.
PRIVATE = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
PUBLIC = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"


def test_the_public_half_is_that_of_the_standard_and_of_another_tool(tmp_path: Path) -> None:
    key = OpeningKey(bytes.fromhex(PRIVATE))
    assert key.public.raw.hex() == PUBLIC
    key.keep(tmp_path / "opening.key")
    told = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "opening.key", "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    assert told[-32:].hex() == PUBLIC


def test_only_its_bearer_opens_and_its_owner_reads_it(tmp_path: Path) -> None:
    key, file = OpeningKey.made(), tmp_path / "opening.key"
    key.keep(file)
    assert file.stat().st_mode & 0o777 == 0o600
    again = read_opening_key(file)
    box = sealing_key(key.public.text).sealed(b"secret")
    assert again.unsealed(box) == b"secret"
    assert OpeningKey.made().unsealed(box) is None
    assert again.unsealed(box[:-1] + bytes([box[-1] ^ 1])) is None
    assert again.unsealed(b"") is None
    assert repr(again) == "<opening key>"
    with pytest.raises(KeyRefused, match="never overwritten"):
        OpeningKey.made().keep(file)
    file.chmod(0o640)
    with pytest.raises(KeyRefused, match="others"):
        read_opening_key(file)


@pytest.mark.parametrize("password", ["", "đúng rồi"])
def test_neither_kind_of_key_is_taken_for_the_other(tmp_path: Path, password: str) -> None:
    keep_key(SigningKey.made(), tmp_path / "node.key", password=password)
    OpeningKey.made().keep(tmp_path / "opening.key", password=password)
    with pytest.raises(KeyRefused, match=r"node\.key holds no X25519"):
        read_opening_key(tmp_path / "node.key", password=password)
    with pytest.raises(KeyRefused, match=r"opening\.key holds no Ed25519"):
        read_key(tmp_path / "opening.key", password=password)


@pytest.mark.parametrize("text", ["", "AAAA", "!", "A" * 43 + "=", "AQ" + "A" * 41 + "="])
def test_what_is_no_key_or_makes_a_known_one_of_every_box_is_refused(text: str) -> None:
    """The last two are points of small order, as 32 bytes: 0 and 1."""
    with pytest.raises(KeyRefused, match="X25519"):
        sealing_key(text)
