"""Whether questions are traced: only where `traces_address` is set; only then is more loaded."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sogoc.clock import SystemClock
from sogoc.errors import Sentence, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.node.figures.spans import Spans
    from sogoc.node.settings import Settings


@contextmanager
def tracing(settings: Settings) -> Iterator[Spans | None]:
    """Where spans go until the block ends, if they go anywhere. Raises SettingsError."""
    check_tracing(settings)
    if not settings.traces_address:
        yield None
        return
    # An optional part of the package is imported only where it is asked for.
    from sogoc.node.figures.spans import Spans  # noqa: PLC0415 - see above

    spans = Spans(settings, SystemClock())
    try:
        yield spans
    finally:
        spans.close()


def check_tracing(settings: Settings) -> None:
    """Raise SettingsError for an address that is none, or where the optional part is missing."""
    address = settings.traces_address
    if not address:
        return
    if not address.startswith(("http://", "https://")):
        raise SettingsError(
            Sentence(
                vi="traces_address cần địa chỉ của bộ thu OTLP/HTTP, như http://127.0.0.1:4318.",
                en="traces_address takes the address of a collector (OTLP over HTTP), such as "
                "http://127.0.0.1:4318.",
            )
        )
    if find_spec("opentelemetry") is None:
        raise SettingsError(
            Sentence(
                vi='traces_address cần phần bổ sung: pip install "sogoc[traces]"; nếu không cần, '
                "bỏ traces_address.",
                en='traces_address needs an optional part: pip install "sogoc[traces]"; if traces '
                "are not needed, leave it empty.",
            )
        )
