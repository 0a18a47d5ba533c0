"""Bearer tokens of members: JSON Web Tokens (RFC 7519) as compact JWS (RFC 7515) by Ed25519.

For callers whose specification knows an `Authorization: Bearer` and no message signature. The key
is the directory's for the member that the token names, never one that the token brings; the
algorithm is fixed, so no header can talk the verifier into another. A token names this node as its
audience and lives for minutes: whoever finds an old one, or one for another node, gains nothing.

A token that says more is good for less. With an id (`jti`) it may be used once; with a method
(`htm`), an address (`htu`, both as RFC 9449 has them) or the digest of a body (`content_digest`, as
the header of RFC 9530 writes it) it goes with that call alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.errors import BadSeal, Sentence
from sogoc.trust.messages import content_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.trust.keys import SigningKey
    from sogoc.trust.messages import KnownKeys

LONGEST_LIFE_SECONDS = 300
"""The longest that a token may live."""

_LONGEST = 4096
_PART = re.compile(r"[A-Za-z0-9_-]+")
_PARTS = 3
_ALGORITHM = "EdDSA"
_LONGEST_ID = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that was believed: who signed it, and what it says besides."""

    member: str
    claims: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What tells it from the member's other tokens; empty where it may be used again."""
        return str(self.claims.get("jti", ""))


@dataclass(frozen=True, slots=True)
class Carrier:
    """The call that a token came with."""

    method: str
    address: str
    """As others write it, without what follows a question mark."""
    body: bytes


def signed_token(claims: Mapping[str, object], *, key: SigningKey, key_id: str) -> str:
    """The token as it travels. `claims` hold iss, aud, iat, exp and whatever else is said."""
    head = _written({"alg": _ALGORITHM, "kid": key_id, "typ": "JWT"})
    signed = f"{head}.{_written(claims)}"
    return f"{signed}.{_coded(key.sign(signed.encode()))}"


def believe_token(
    text: str, keys: KnownKeys, *, audience: str, now: int, tolerance_seconds: int
) -> Token:
    """Believe a token, or raise BadSeal.

    Not checked here: whether it was used before, which needs memory, and what it came with
    (`check_carrier`).
    """
    parts = text.split(".")
    if len(text) > _LONGEST or len(parts) != _PARTS or not all(map(_PART.fullmatch, parts)):
        raise _bad("is no compact JWS")
    head, claims = _read(parts[0]), _read(parts[1])
    if head.get("alg") != _ALGORITHM or "crit" in head:
        raise _bad("is not by EdDSA, or asks for what is not known here")
    member, key_id = claims.get("iss"), head.get("kid")
    if not isinstance(member, str) or not isinstance(key_id, str):
        raise _bad("does not say who signed it, or with which key")
    key = keys.key_of(member, key_id)
    signed = f"{parts[0]}.{parts[1]}".encode()
    if key is None or not key.holds(signed, _bytes(parts[2])):
        raise _bad("is not by a key that the directory gives to whom it names")
    _check_span(claims, now=now, tolerance_seconds=tolerance_seconds)
    if audience not in _audiences(claims):
        raise _bad("is for another node")
    told = claims.get("jti", "")
    if not isinstance(told, str) or len(told) > _LONGEST_ID or ("jti" in claims and not told):
        raise _bad("has an id that is no text of up to 128 letters")
    return Token(member=member, claims=claims)


def check_carrier(token: Token, carrier: Carrier) -> None:
    """Hold the token to the call that it names, as far as it names one. Raises BadSeal."""
    came = {
        "htm": carrier.method,
        "htu": carrier.address,
        "content_digest": content_digest(carrier.body),
    }
    if any(token.claims.get(name, value) != value for name, value in came.items()):
        raise _bad("was made for another call")


def _check_span(claims: Mapping[str, Any], *, now: int, tolerance_seconds: int) -> None:
    since, until = _seconds(claims.get("iat")), _seconds(claims.get("exp"))
    if until - since > LONGEST_LIFE_SECONDS or until <= since:
        raise _bad(f"lives longer than {LONGEST_LIFE_SECONDS} seconds")
    if not since - tolerance_seconds <= now < until + tolerance_seconds:
        raise _bad("has run out, or the clocks differ")


def _audiences(claims: Mapping[str, Any]) -> list[object]:
    told = claims.get("aud")
    return told if isinstance(told, list) else [told]


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _bad("does not say since when and until when it holds")
    return value


def _read(part: str) -> dict[str, Any]:
    try:
        told = json.loads(_bytes(part), object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise _bad("cannot be read") from wrong
    if not isinstance(told, dict):
        raise _bad("cannot be read")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name given twice would be read in two ways by two readers (RFC 7519, section 4)."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _bytes(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise _bad("cannot be read") from wrong


def _written(told: Mapping[str, object]) -> str:
    return _coded(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bad(what: str) -> BadSeal:
    return BadSeal(Sentence(vi="Mã truy cập không được chấp nhận.", en=f"The bearer token {what}."))
