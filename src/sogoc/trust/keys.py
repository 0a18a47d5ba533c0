"""Ed25519 keys (RFC 8032): made on the spot, kept where only their owner can read them.

The file of a private key is PKCS #8 (RFC 8410), which other tools read too, or, with a password,
the same bytes sealed under a key derived from it (Argon2id). PKCS #8 under a password (RFC 5958),
as other tools write it, is read too. A file that anybody else on the machine could read is refused:
by then the key may be somebody else's.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nacl import bindings, pwhash, secret, utils
from nacl.exceptions import BadSignatureError, CryptoError

from sogoc.errors import KeyRefused, Sentence

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC_BYTES = 32
SEED_BYTES = 32
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the seed in PKCS #8 for Ed25519 (RFC 8410, section 7)."""

_BEGIN, _END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
_BEGIN_LOCKED = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What others know of a key: 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != PUBLIC_BYTES:
            raise _refused("khóa công khai phải dài 32 byte", "a public key has 32 bytes")

    @property
    def text(self) -> str:
        """Base64, as directories carry it."""
        return base64.b64encode(self.raw).decode()

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's over exactly this message."""
        try:
            bindings.crypto_sign_open(signature + message, self.raw)
        except (BadSignatureError, ValueError):
            return False
        return True

    def sealed(self, secret_bytes: bytes) -> bytes:
        """These bytes under a box that only the bearer of the private key opens.

        X25519 of the same key (`crypto_sign_ed25519_pk_to_curve25519`), libsodium's sealed box.
        """
        try:
            other = bindings.crypto_sign_ed25519_pk_to_curve25519(self.raw)
        except (CryptoError, ValueError) as wrong:
            raise _refused(
                "khóa công khai không phải một điểm", "it is no point of the curve"
            ) from wrong
        return bindings.crypto_box_seal(secret_bytes, other)


def public_key(text: str) -> PublicKey:
    """Read a public key from base64. Raises KeyRefused."""
    try:
        return PublicKey(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as wrong:
        raise _refused("khóa công khai không đọc được", "the public key is not base64") from wrong


class SigningKey:
    """A private key. It signs; it is never shown, and its `repr` says nothing of it."""

    __slots__ = ("_secret", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise _refused("hạt giống khóa phải dài 32 byte", "the seed of a key has 32 bytes")
        raw, self._secret = bindings.crypto_sign_seed_keypair(seed)
        self.public = PublicKey(raw)

    @classmethod
    def made(cls) -> SigningKey:
        """A new key out of the system's randomness."""
        return cls(utils.random(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of signature over the message."""
        return bindings.crypto_sign(message, self._secret)[: bindings.crypto_sign_BYTES]

    def unsealed(self, box: bytes) -> bytes | None:
        """What somebody sealed for this key; None if it was sealed for another or was altered."""
        public = bindings.crypto_sign_ed25519_pk_to_curve25519(self.public.raw)
        private = bindings.crypto_sign_ed25519_sk_to_curve25519(self._secret)
        try:
            return bindings.crypto_box_seal_open(box, public, private)
        except (CryptoError, TypeError, ValueError):
            return None

    def _seed(self) -> bytes:
        return self._secret[:SEED_BYTES]

    def __repr__(self) -> str:
        return "<signing key>"


def keep_key(key: SigningKey, file: Path, *, password: str = "") -> None:
    """Write a private key that only its owner can read; an older file of that name stays.

    Raises KeyRefused if there is such a file: a key is never overwritten.
    """
    content = _pem(key._seed()) if not password else _sealed(key._seed(), password)  # noqa: SLF001 - the one place that writes it
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError as there:
        raise _refused(
            f"tệp khóa {file.name} đã có; khóa không bao giờ bị ghi đè",
            f"the key file {file.name} is there already; a key is never overwritten",
        ) from there
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def read_key(file: Path, *, password: str = "") -> SigningKey:
    """Read a private key. Raises KeyRefused with what is wrong and what to do."""
    try:
        mode = file.stat().st_mode
        content = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as wrong:
        raise _refused(
            f"không đọc được tệp khóa {file.name}", f"the key file {file.name} cannot be read"
        ) from wrong
    if mode & _OTHERS:
        raise _refused(
            f"người khác trên máy đọc được tệp khóa {file.name}; đổi khóa mới, rồi đặt quyền 600",
            f"others on this machine can read the key file {file.name}; make a new key, "
            "and let its mode be 600",
        )
    if content.startswith(_BEGIN):
        return SigningKey(_seed_of(content, file.name))
    if content.startswith(_BEGIN_LOCKED):
        return SigningKey(_unlocked(content, password, file.name))
    return SigningKey(_opened(content, password, file.name))


def _pem(seed: bytes) -> str:
    return f"{_BEGIN}\n{base64.b64encode(_PKCS8 + seed).decode()}\n{_END}\n"


def _seed_of(content: str, name: str) -> bytes:
    body = content.strip().removeprefix(_BEGIN).removesuffix(_END)
    try:
        coded = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as wrong:
        raise _no_key(name) from wrong
    if not coded.startswith(_PKCS8) or len(coded) != len(_PKCS8) + SEED_BYTES:
        raise _no_key(name)
    return coded[len(_PKCS8) :]


def _sealed(seed: bytes, password: str) -> str:
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    cost = {
        "ops": pwhash.argon2id.OPSLIMIT_MODERATE,
        "memory": pwhash.argon2id.MEMLIMIT_MODERATE,
    }
    box = secret.SecretBox(_derived(password, salt, **cost)).encrypt(seed)
    told = {"kind": "sogoc-key", "kdf": "argon2id", **cost}
    return json.dumps({**told, "salt": salt.hex(), "box": bytes(box).hex()}) + "\n"


def _derived(password: str, salt: bytes, *, ops: int, memory: int) -> bytes:
    return pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE, password.encode(), salt, opslimit=ops, memlimit=memory
    )


_MOST_MEMORY = 1 << 31


def _opened(content: str, password: str, name: str) -> bytes:
    try:
        told = json.loads(content)
        ops, memory = int(told["ops"]), int(told["memory"])
        salt, box = bytes.fromhex(told["salt"]), bytes.fromhex(told["box"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise _no_key(name) from wrong
    if not password:
        raise _no_password(name)
    if memory > _MOST_MEMORY:
        raise _no_key(name)
    try:
        return secret.SecretBox(_derived(password, salt, ops=ops, memory=memory)).decrypt(box)
    except CryptoError as wrong:
        raise _wrong_password(name) from wrong


def _unlocked(content: str, password: str, name: str) -> bytes:
    """The seed out of PKCS #8 under a password, as `openssl` and others write it."""
    # Loaded only where such a file is: it takes longer than to read all others.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - see above
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - see above
        load_pem_private_key,
    )

    if not password:
        raise _no_password(name)
    try:
        key = load_pem_private_key(content.encode(), password.encode())
    except ValueError as wrong:
        raise _wrong_password(name) from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(name)
    return key.private_bytes_raw()


def _no_password(name: str) -> KeyRefused:
    return _refused(
        f"tệp khóa {name} có mật khẩu; hãy cho biết mật khẩu",
        f"the key file {name} is under a password; hand it over",
    )


def _wrong_password(name: str) -> KeyRefused:
    return _refused(
        f"mật khẩu của tệp khóa {name} không đúng",
        f"this is not the password of the key file {name}",
    )


def _no_key(name: str) -> KeyRefused:
    return _refused(
        f"tệp {name} không phải khóa riêng Ed25519", f"the file {name} holds no Ed25519 private key"
    )


def _refused(vi: str, en: str) -> KeyRefused:
    return KeyRefused(Sentence(vi=f"Không dùng được khóa: {vi}.", en=f"The key is refused: {en}."))
