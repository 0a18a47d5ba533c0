"""Time stamps of others on a checkpoint (RFC 3161): when it stood there, said by who gains nothing.

The stamp is over the note as the log signed it, so `openssl ts -verify -data stamped -in stamp`
checks it without us. A reply is believed only if it answers our very request (its nonce), fits the
note and leads to a root that the operator named. Not checked: whether a certificate was revoked
since; that needs a list on the day somebody doubts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from sogoc.errors import BadSeal, Sentence

if TYPE_CHECKING:
    from datetime import datetime

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class StampRequest:
    """A request for a stamp on `content`; `body` is what travels."""

    content: bytes
    _request: TimeStampRequest

    @property
    def body(self) -> bytes:
        """The request in DER."""
        return self._request.as_bytes()

    def believed(self, reply: bytes, roots: bytes) -> datetime:
        """The moment that the reply to this request says. Raises BadSeal."""
        return _stamped(
            reply, self.content, VerifierBuilder.from_request(self._request), roots=roots
        )


def stamp_request(content: bytes) -> StampRequest:
    """Ask for a stamp on `content`: its SHA-256, a nonce, and the certificate in the reply."""
    builder = TimestampRequestBuilder(content, HashAlgorithm.SHA256)
    return StampRequest(content, builder.build())


def stamped_at(reply: bytes, content: bytes, roots: bytes) -> datetime:
    """When `content` stood there, as a stamp says it; `roots` in PEM. Raises BadSeal."""
    return _stamped(reply, content, VerifierBuilder(), roots=roots)


def _stamped(reply: bytes, content: bytes, builder: VerifierBuilder, *, roots: bytes) -> datetime:
    try:
        for root in load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(root)
        told = decode_timestamp_response(reply)
        builder.build().verify_message(told, content)
    except (VerificationError, ValueError) as wrong:
        raise BadSeal(
            Sentence(
                vi="Dấu thời gian không dùng được: không khớp mốc, hoặc không dẫn tới chứng thư "
                "gốc đã nêu.",
                en="The time stamp cannot be used: it does not fit the checkpoint, or leads to no "
                "root that was named.",
            )
        ) from wrong
    return told.tst_info.gen_time
