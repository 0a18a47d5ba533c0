"""What a log does to be witnessed: it sends its checkpoint with a proof, and keeps the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.access.witness.asked import Submitted, written
from sogoc.errors import BadSeal, Sentence, TrustError
from sogoc.trust.note import believed, read_note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sogoc.access.log import Log
    from sogoc.trust.note import NoteKey, Signature

COSIGNED, CONFLICT = 200, 409
_TRIES = 3


def submit(
    log: Log,
    post: Callable[[str], tuple[int, str]],
    witness: Collection[NoteKey],
    *,
    known: int,
    now: datetime,
) -> int:
    """Have the latest checkpoint cosigned; return its size. `known`: what the witness saw last.

    `witness` are its keys, several while they change.

    A witness that saw another size says so, and is asked again from there. Raises BadSeal if it
    refuses or what it signed does not hold, BrokenLog, NodeUnreachable.
    """
    checkpoint, note = log.latest()
    for _ in range(_TRIES):
        path = log.growth(known, checkpoint.size) if 0 < known < checkpoint.size else []
        status, told = post(written(Submitted(old=known, path=tuple(path), note=note)))
        if status == COSIGNED:
            line = _line(note, told, witness)
            log.keep_cosignature(checkpoint.size, line, now=now)
            return checkpoint.size
        if status != CONFLICT or not told.strip().isdigit() or int(told) > checkpoint.size:
            break
        if known == int(told):
            # The same size under another root: it saw another history than ours.
            break
        known = int(told)
    raise BadSeal(
        Sentence(
            vi=f"Nhân chứng {_name(witness)} không ký mốc này: lịch sử khác với điều đã thấy.",
            en=f"The witness {_name(witness)} does not sign this checkpoint: it saw another "
            "history.",
        )
    )


def _line(note: str, told: str, witness: Collection[NoteKey]) -> Signature:
    """Of the lines that came, the witness's own, once it holds. Raises BadSeal."""
    try:
        answer = read_note(note + told)
        signed = {(key.name, key.id) for key in believed(answer, witness)}
    except TrustError as wrong:
        raise BadSeal(
            Sentence(
                vi=f"Chữ ký của nhân chứng {_name(witness)} không đúng.",
                en=f"What the witness {_name(witness)} signed does not hold.",
            )
        ) from wrong
    return next(each for each in answer.signatures if (each.name, each.key_id) in signed)


def _name(witness: Collection[NoteKey]) -> str:
    return next((key.name for key in witness), "-")
