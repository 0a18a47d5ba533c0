"""Private keys: only their owner reads them, and no error or representation shows them."""

from __future__ import annotations

import base64
import subprocess
from typing import TYPE_CHECKING

import pytest

from sogoc.errors import KeyRefused
from sogoc.trust.keys import PublicKey, SigningKey, keep_key, public_key, read_key

if TYPE_CHECKING:
    from pathlib import Path


def test_a_kept_key_is_read_again_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    key = SigningKey.made()
    keep_key(key, tmp_path / "node.key")
    assert (tmp_path / "node.key").stat().st_mode & 0o777 == 0o600
    assert read_key(tmp_path / "node.key").public == key.public


def test_another_tool_reads_the_key_too(tmp_path: Path) -> None:
    key = SigningKey(bytes(range(32)))
    keep_key(key, tmp_path / "node.key")
    told = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "node.key", "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    assert told[-32:] == key.public.raw


def test_the_public_key_of_the_published_seed_is_the_published_one() -> None:
    assert (
        SigningKey(bytes(range(32))).public.text == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    )


def test_a_key_under_a_password_opens_with_it_alone(tmp_path: Path) -> None:
    key = SigningKey.made()
    keep_key(key, tmp_path / "node.key", password="đúng rồi")  # noqa: S106 - made up
    assert read_key(tmp_path / "node.key", password="đúng rồi").public == key.public  # noqa: S106 - made up
    for wrong in ("", "sai rồi"):
        with pytest.raises(KeyRefused):
            read_key(tmp_path / "node.key", password=wrong)


@pytest.mark.parametrize(("kind", "refused"), [("ED25519", ""), ("X25519", "no Ed25519")])
def test_a_key_that_another_tool_put_under_a_password_opens_too(
    tmp_path: Path, kind: str, refused: str
) -> None:
    file = tmp_path / "node.key"
    made = ["openssl", "genpkey", "-algorithm", kind, "-aes-256-cbc", "-pass", "pass:right"]
    subprocess.run([*made, "-out", str(file)], check=True, capture_output=True)
    file.chmod(0o600)
    for password, words in (("", "under a password"), ("wrong", "not the password")):
        with pytest.raises(KeyRefused, match=words):
            read_key(file, password=password)
    if refused:
        with pytest.raises(KeyRefused, match=refused):
            read_key(file, password="right")  # noqa: S106 - made up
        return
    told = subprocess.run(
        ["openssl", "pkey", "-in", file, "-passin", "pass:right", "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    assert read_key(file, password="right").public.raw == told[-32:]  # noqa: S106 - made up


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keep_key(SigningKey.made(), tmp_path / "node.key")
    (tmp_path / "node.key").chmod(0o640)
    with pytest.raises(KeyRefused, match="others"):
        read_key(tmp_path / "node.key")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keep_key(SigningKey(bytes(32)), tmp_path / "node.key")
    with pytest.raises(KeyRefused, match="never overwritten"):
        keep_key(SigningKey.made(), tmp_path / "node.key")
    assert read_key(tmp_path / "node.key").public == SigningKey(bytes(32)).public


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '{"ops": 1, "memory": 99999999999, "salt": "00", "box": "00"}',
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n",
    ],
)
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "node.key"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(KeyRefused):
        read_key(file, password="any")  # noqa: S106 - made up


def test_a_key_file_that_is_not_there_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match=r"node\.key"):
        read_key(tmp_path / "node.key")


def test_a_signing_key_does_not_show_itself() -> None:
    key = SigningKey(bytes(range(32)))
    assert repr(key) == "<signing key>"


def test_a_signature_holds_for_one_message_and_one_key() -> None:
    key = SigningKey.made()
    signature = key.sign(b"message")
    assert key.public.holds(b"message", signature)
    assert not key.public.holds(b"massage", signature)
    assert not SigningKey.made().public.holds(b"message", signature)
    assert not key.public.holds(b"message", signature[:-1])


@pytest.mark.parametrize("text", ["", "AAAA", "no base64", base64.b64encode(bytes(33)).decode()])
def test_a_public_key_has_32_bytes(text: str) -> None:
    with pytest.raises(KeyRefused):
        public_key(text)


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(KeyRefused):
        SigningKey(b"short")
    assert public_key(SigningKey(bytes(32)).public.text) == PublicKey(
        SigningKey(bytes(32)).public.raw
    )
