"""Time stamps on this node's checkpoints: asked for every so often, kept only once they hold."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from sogoc.errors import BadSeal, Sentence, SettingsError
from sogoc.exchange.client import posted

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sogoc.access.log import Log
    from sogoc.node.settings import Settings


def stamp_if_due(log: Log, folder: Path, settings: Settings, *, now: datetime) -> bool:
    """Have the latest checkpoint stamped, where that is set and the last stamp is old enough.

    Raises SettingsError without roots, BadSeal for a reply that does not hold, BrokenLog before the
    first checkpoint, NodeUnreachable.
    """
    if not settings.stamp_address:
        return False
    checkpoint, note = log.first_signed()
    last = log.stamped()
    if last is not None:
        fresh = now - last[2] < timedelta(minutes=settings.stamp_minutes)
        if fresh or last[0] == note:
            return False
    # Few nodes have their checkpoints stamped: the others do without what reads certificates.
    from sogoc.trust.stamps import QUERY, stamp_request  # noqa: PLC0415 - see above

    request = stamp_request(note.encode())
    status, reply = posted(settings.stamp_address, request.body, kind=QUERY)
    if status != HTTPStatus.OK:
        raise BadSeal(
            Sentence(
                vi=f"Máy chủ dấu thời gian từ chối (mã {status}).",
                en=f"The time stamp server refused (status {status}).",
            )
        )
    moment = request.believed(reply, _roots(folder, settings))
    log.keep_stamp(checkpoint.size, reply, now=moment)
    return True


def _roots(folder: Path, settings: Settings) -> bytes:
    try:
        return (folder / settings.stamp_roots).read_bytes()
    except OSError as wrong:
        raise SettingsError(
            Sentence(
                vi="stamp_address cần stamp_roots: tệp PEM của chứng thư gốc máy chủ đó.",
                en="stamp_address needs stamp_roots: the PEM file of the time stamp server's root.",
            )
        ) from wrong
