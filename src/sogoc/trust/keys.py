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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyForm:
    """How private keys of one kind are kept: no file of one kind is taken for another."""

    name: str
    prefix: bytes
    """What stands before the secret in PKCS #8 (RFC 8410, section 7)."""
    kind: str
    """The same, where the file is under a password of ours."""


_ED25519 = KeyForm(
    name="Ed25519", prefix=bytes.fromhex("302e020100300506032b657004220420"), kind="sogoc-key"
)
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
    keep_secret(key._seed(), file, form=_ED25519, password=password)  # noqa: SLF001 - the one place that writes it


def keep_secret(secret_bytes: bytes, file: Path, *, form: KeyForm, password: str = "") -> None:
    """Write 32 bytes of a private key, as `keep_key` does."""
    content = _sealed(secret_bytes, password, form) if password else _pem(secret_bytes, form)
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
    return SigningKey(read_secret(file, form=_ED25519, password=password))


def read_secret(file: Path, *, form: KeyForm, password: str = "") -> bytes:
    """The 32 bytes of a private key in a file of that form. Raises KeyRefused."""
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
        return _seed_of(content, file.name, form)
    if content.startswith(_BEGIN_LOCKED):
        return _unlocked(content, password, name=file.name, form=form)
    return _opened(content, password, name=file.name, form=form)


def _pem(seed: bytes, form: KeyForm) -> str:
    return f"{_BEGIN}\n{base64.b64encode(form.prefix + seed).decode()}\n{_END}\n"


def _seed_of(content: str, name: str, form: KeyForm) -> bytes:
    body = content.strip().removeprefix(_BEGIN).removesuffix(_END)
    try:
        coded = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as wrong:
        raise _no_key(name, form) from wrong
    if not coded.startswith(form.prefix) or len(coded) != len(form.prefix) + SEED_BYTES:
        raise _no_key(name, form)
    return coded[len(form.prefix) :]


def _sealed(seed: bytes, password: str, form: KeyForm) -> str:
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    cost = {
        "ops": pwhash.argon2id.OPSLIMIT_MODERATE,
        "memory": pwhash.argon2id.MEMLIMIT_MODERATE,
    }
    box = secret.SecretBox(_derived(password, salt, **cost)).encrypt(seed)
    told = {"kind": form.kind, "kdf": "argon2id", **cost}
    return json.dumps({**told, "salt": salt.hex(), "box": bytes(box).hex()}) + "\n"


def _derived(password: str, salt: bytes, *, ops: int, memory: int) -> bytes:
    return pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE, password.encode(), salt, opslimit=ops, memlimit=memory
    )


_MOST_MEMORY = 1 << 31


def _opened(content: str, password: str, *, name: str, form: KeyForm) -> bytes:
    try:
        told = json.loads(content)
        kind, ops, memory = told["kind"], int(told["ops"]), int(told["memory"])
        salt, box = bytes.fromhex(told["salt"]), bytes.fromhex(told["box"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise _no_key(name, form) from wrong
    if kind != form.kind or memory > _MOST_MEMORY:
        raise _no_key(name, form)
    if not password:
        raise _no_password(name)
    try:
        return secret.SecretBox(_derived(password, salt, ops=ops, memory=memory)).decrypt(box)
    except CryptoError as wrong:
        raise _wrong_password(name) from wrong


def _unlocked(content: str, password: str, *, name: str, form: KeyForm) -> bytes:
    """The seed out of PKCS #8 under a password, as `openssl` and others write it."""
    # Loaded only where such a file is: it takes longer than to read all others.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - see above
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - see above
        X25519PrivateKey,
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
    wanted = Ed25519PrivateKey if form is _ED25519 else X25519PrivateKey
    if not isinstance(key, wanted):
        raise _no_key(name, form)
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


def _no_key(name: str, form: KeyForm) -> KeyRefused:
    return _refused(
        f"tệp {name} không phải khóa riêng {form.name}",
        f"the file {name} holds no {form.name} private key",
    )


def _refused(vi: str, en: str) -> KeyRefused:
    return KeyRefused(Sentence(vi=f"Không dùng được khóa: {vi}.", en=f"The key is refused: {en}."))
