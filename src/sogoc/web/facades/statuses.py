"""Which status an error has where a specification leaves it to HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    BadSeal,
    DeliveryRefused,
    DirectoryRefused,
    RecordExists,
    SogocError,
    StoreBusy,
    StoreError,
    TooManyQuestions,
    UnknownThing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATUSES: tuple[tuple[type[SogocError], HTTPStatus], ...] = (
    (BadQuestion, HTTPStatus.BAD_REQUEST),
    (RecordExists, HTTPStatus.CONFLICT),
    (DeliveryRefused, HTTPStatus.BAD_REQUEST),
    (BadSeal, HTTPStatus.UNAUTHORIZED),
    (AccessDenied, HTTPStatus.FORBIDDEN),
    (UnknownThing, HTTPStatus.NOT_FOUND),
    (TooManyQuestions, HTTPStatus.TOO_MANY_REQUESTS),
    (DirectoryRefused, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: SogocError) -> HTTPStatus:
    """The status; what is nobody's fault outside is 500."""
    return next(
        (status for kind, status in _STATUSES if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def headers_of(error: SogocError) -> Mapping[str, str]:
    """The headers that go with it."""
    if isinstance(error, BadSeal):
        return {"www-authenticate": "Bearer"}
    if isinstance(error, TooManyQuestions | StoreBusy):
        return {"retry-after": str(int(error.wait_seconds) + 1)}
    return {}


def sentence_of(error: SogocError) -> str:
    """What is said of it; whoever is not believed is told no more than that."""
    if isinstance(error, BadSeal):
        return "The caller is not believed. Không xác định được bên gọi."
    return f"{error.sentence.en} {error.sentence.vi}"
