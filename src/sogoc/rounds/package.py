"""A package of a round, to the byte: a signed head, then locked chunks.

    sogoc-package/1 LF | length of the head (4 bytes, big-endian) | head | signature (64) | chunks

The head is JSON and says whose package it is, for whom, of which round, and the SHA-256 of every
locked chunk; the signature is the sender's over the first line and the head. So each chunk can be
checked as it comes, in any order, before anybody could read it. The key of the chunks is sealed
for the receiver. Everything here is bytes in, belief or PackageRefused out; nothing reads a clock.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sogoc.errors import BadQuestion, PackageRefused, Sentence
from sogoc.exchange.names import subsystem
from sogoc.trust.locking import KEY_BYTES, OVERHEAD, locked, new_key, unlocked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sogoc.trust.keys import PublicKey, SigningKey
    from sogoc.trust.messages import KnownKeys
    from sogoc.trust.opening import Opener, SealingKey

MAGIC = b"sogoc-package/1\n"
CHUNK = 1 << 20
"""Bytes of the payload in one chunk; the last may hold fewer, none holds more."""
LARGEST_HEAD = 1 << 20
SIGNATURE_BYTES = 64
_LENGTH_BYTES = 4
QUESTION, ANSWER = "question", "answer"
OLDEST = timedelta(days=30)
"""How long a package may be on its way."""
_AHEAD = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the head says. Times are ISO 8601 with a zone, keys base64."""

    package: str
    """UUID of this package."""
    kind: str
    """`question` or `answer`."""
    round: int
    """Number of the round, as the member that asks counts its own."""
    sender: str
    sender_key: str
    receiver: str
    receiver_key: str
    """Ids of keys as the directory knows them."""
    made: str
    register: str
    """The register that is asked: the code of the service."""
    officer: str
    issue: str
    """Procedure and case, as in `X-Road-Issue`."""
    fields: tuple[str, ...]
    """Fields of that register that are to come back where the grant allows it."""
    once: bool
    """Whether a person may stand in the list once only."""
    answers: str
    """Of an answer the package of the question; else empty."""
    rows: int
    bytes: int
    """Length of the payload."""
    key: str
    """The key of the chunks, sealed for the receiver."""
    chunks: tuple[str, ...]
    """SHA-256 of each locked chunk, in hexadecimal."""

    @property
    def name(self) -> str:
        """What each chunk is bound to."""
        return f"{self.package}\n{self.sender}\n{self.receiver}"

    def size_of(self, number: int) -> int:
        """Bytes of a locked chunk."""
        last = number == len(self.chunks) - 1
        return (self.bytes - CHUNK * number if last else CHUNK) + OVERHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a package is to say, before its payload is packed. Names as in `Manifest`."""

    package: str
    kind: str
    round: int
    sender: str
    sender_key: str
    receiver: str
    receiver_key: str
    made: str
    register: str
    officer: str
    issue: str
    fields: tuple[str, ...]
    once: bool
    answers: str
    rows: int


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it came: not yet believed."""

    content: bytes
    signature: bytes

    @property
    def bytes(self) -> bytes:
        """As it stands at the beginning of the file."""
        length = len(self.content).to_bytes(_LENGTH_BYTES, "big")
        return MAGIC + length + self.content + self.signature


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose head was believed."""

    manifest: Manifest
    head: Head

    @property
    def count(self) -> int:
        """How many chunks it has."""
        return len(self.manifest.chunks)

    def check_chunk(self, number: int, chunk: bytes) -> None:
        """Raise PackageRefused unless these are the bytes that the sender signed for."""
        if not 0 <= number < self.count:
            raise refused(f"không có phần số {number}", f"it has no chunk {number}")
        if not hmac.compare_digest(sha256(chunk).hexdigest(), self.manifest.chunks[number]):
            raise refused(
                f"phần số {number} bị hỏng hoặc không thuộc gói này",
                f"chunk {number} is damaged, or not of this package",
            )


def pack(
    payload: Path,
    about: About,
    *,
    receiver: PublicKey | SealingKey,
    signer: SigningKey,
    keep: Callable[[int, bytes], None],
) -> Package:
    """Lock the payload chunk by chunk into `keep`, then sign the head that tells of all of them."""
    length = payload.stat().st_size
    count = max(1, -(-length // CHUNK))
    key = new_key()
    name = f"{about.package}\n{about.sender}\n{about.receiver}"
    sums = list[str]()
    with payload.open("rb") as content:
        for number in range(count):
            chunk = locked(content.read(CHUNK), key, of=name, place=(number, count))
            sums.append(sha256(chunk).hexdigest())
            keep(number, chunk)
    manifest = Manifest(
        **asdict(about),
        bytes=length,
        key=base64.b64encode(receiver.sealed(key)).decode(),
        chunks=tuple(sums),
    )
    content_of_head = json.dumps(
        asdict(manifest), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    return Package(manifest, Head(content_of_head, signer.sign(MAGIC + content_of_head)))


def read_head(content: bytes) -> tuple[Head, int]:
    """The head at the beginning of a file, and where the chunks begin. Raises PackageRefused."""
    start = len(MAGIC) + _LENGTH_BYTES
    if content[: len(MAGIC)] != MAGIC:
        raise refused("đây không phải gói đối soát của Sổ Gốc", "this is no package of a round")
    length = int.from_bytes(content[len(MAGIC) : start], "big")
    end = start + length + SIGNATURE_BYTES
    if length > LARGEST_HEAD or len(content) < end:
        raise refused("phần đầu bị cắt cụt", "its head is cut")
    return Head(content[start : start + length], content[start + length : end]), end


def believe(
    head: Head,
    keys: KnownKeys,
    *,
    receiver: str,
    ours: Callable[[str], bool],
    kind: str,
    now: datetime,
) -> Package:
    """Believe a head, or raise PackageRefused with what is wrong.

    In this order: it can be read; it is signed by a key that the directory gives to the sender; it
    is for this node and a key of its own (`ours`, by id), of the kind that is waited for, and not
    too long on its way. That it did not come before is for whoever keeps count.
    """
    manifest = _manifest(head.content)
    key = keys.key_of(manifest.sender, manifest.sender_key)
    if key is None or not key.holds(MAGIC + head.content, head.signature):
        raise refused(
            "không có chữ ký của cơ quan gửi theo danh bạ",
            "it is not signed by a key that the directory gives to its sender",
        )
    if manifest.receiver != receiver:
        raise refused("gói gửi cho cơ quan khác", "it is for another agency")
    if not ours(manifest.receiver_key):
        raise refused(
            "gói khóa bằng khóa cũ của nút này; đề nghị gửi lại",
            "it is locked for an older key of this node; ask for it anew",
        )
    if manifest.kind != kind:
        raise refused(
            "gói không đúng loại đang chờ", f"it is a package of the kind {manifest.kind}"
        )
    made = datetime.fromisoformat(manifest.made)
    if not now - OLDEST <= made <= now + _AHEAD:
        raise refused(
            f"gói lập ngày {made:%d/%m/%Y}, quá cũ hoặc sau giờ của nút này",
            f"it was made on {made:%Y-%m-%d}: too long ago, or after this node's time",
        )
    return Package(manifest, head)


def kept_package(head: Head) -> Package:
    """A package whose head was believed before it was kept."""
    return Package(_manifest(head.content), head)


def opened(
    package: Package,
    chunks: Iterator[bytes],
    openers: Callable[[str], Opener | None],
    *,
    payload: Path,
) -> None:
    """Write the payload of a believed package; `chunks` are all of them in order.

    `openers` gives what opens for a key of ours by its id. Raises PackageRefused, and leaves no
    payload then.
    """
    told = package.manifest
    opener = openers(told.receiver_key)
    secret = None if opener is None else opener.unsealed(base64.b64decode(told.key))
    if secret is None or len(secret) != KEY_BYTES:
        raise refused("khóa của gói không mở được", "its key cannot be opened with ours")
    beside = payload.with_suffix(".part")
    beside.touch(mode=0o600)
    try:
        with beside.open("wb") as out:
            for number, chunk in enumerate(chunks):
                out.write(_plain(package, number, chunk, secret=secret))
        if beside.stat().st_size != told.bytes:
            raise refused("nội dung bị cắt cụt", "its payload is cut")
        beside.replace(payload)
    finally:
        # Whatever stopped it: what was opened so far is people's data.
        beside.unlink(missing_ok=True)


def _plain(package: Package, number: int, chunk: bytes, *, secret: bytes) -> bytes:
    package.check_chunk(number, chunk)
    plain = unlocked(chunk, secret, of=package.manifest.name, place=(number, package.count))
    if plain is None:
        raise refused(f"phần số {number} không mở được", f"chunk {number} does not open")
    return plain


def _manifest(content: bytes) -> Manifest:
    try:
        told = json.loads(content)
        manifest = _typed(told)
        datetime.fromisoformat(manifest.made).utctimetuple()
        base64.b64decode(manifest.key, validate=True)
        good = _whole(manifest)
    except (ValueError, TypeError, OverflowError, RecursionError, BadQuestion) as wrong:
        raise refused("phần đầu không đúng mẫu", "its head is not in its form") from wrong
    if not good:
        raise refused("phần đầu không đúng mẫu", "its head is not in its form")
    return manifest


def _typed(told: Any) -> Manifest:  # noqa: ANN401 - JSON from outside
    """Every name once, each of its type; nothing else."""
    wanted = {field.name: str(field.type) for field in fields(Manifest)}
    if not isinstance(told, dict) or told.keys() != wanted.keys():
        raise ValueError("other names")
    for name, kind in wanted.items():
        if type(told[name]) is not _TYPES[kind]:
            raise ValueError(name)
    lists = {name: tuple(told[name]) for name, kind in wanted.items() if kind == _LIST}
    if not all(isinstance(each, str) for value in lists.values() for each in value):
        raise ValueError("lists")
    return Manifest(**{**told, **lists})


_LIST = "tuple[str, ...]"
_TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, _LIST: list}


def _whole(told: Manifest) -> bool:
    """What follows from the rest: ids are ids, the chunks are as many as the bytes need."""
    # One spelling for each id: by another the same package would be a new one.
    ids = {told.package, told.answers or told.package}
    if not all(str(UUID(each)) == each for each in ids):
        return False
    if not all(_is_text(each) for each in (told.officer, told.issue, told.register, *told.fields)):
        return False
    for who in (told.sender, told.receiver):
        if str(subsystem(who)) != who or not subsystem(who).code:
            return False
    zone = datetime.fromisoformat(told.made).tzinfo is not None
    count = max(1, -(-told.bytes // CHUNK))
    numbers = told.round > 0 and told.rows >= 0 and told.bytes >= 0
    return (
        zone
        and numbers
        and len(told.chunks) == count
        and bool(told.answers) == (told.kind == ANSWER)
    )


def _is_text(told: str) -> bool:
    """Whether it can be written down: neither half a letter nor a zero, which JSON lets through."""
    return "\0" not in told and not any("\ud800" <= letter <= "\udfff" for letter in told)


def refused(vi: str, en: str) -> PackageRefused:
    """Why a package is not taken."""
    return PackageRefused(
        Sentence(vi=f"Không nhận gói đối soát: {vi}.", en=f"The package is refused: {en}.")
    )
