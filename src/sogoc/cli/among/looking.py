"""What a stranger gathers from others before looking at a journal: keys, and kept notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.witness.asked import place_of, witness_key, witnesses_of
from sogoc.clock import SystemClock
from sogoc.errors import BrokenLog, NodeUnreachable, Sentence, SettingsError
from sogoc.exchange.client import fetched, public_bytes
from sogoc.exchange.directory import read_directory
from sogoc.trust.note import NoteKey, note_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.exchange.directory import Directory


@dataclass(frozen=True, slots=True)
class Outside:
    """What others know of a journal."""

    logs: tuple[NoteKey, ...]
    """Keys that may sign it now: those that were given, and those that the directory names."""
    former: tuple[NoteKey, ...]
    """Keys that it had before."""
    witnesses: tuple[NoteKey, ...]
    """Keys of its witnesses."""
    notes: tuple[str, ...]
    """What they kept of it."""


def outside(logs: tuple[NoteKey, ...], hub: str, more: Iterable[NoteKey]) -> Outside:
    """What a journal's witnesses know of it; without a hub the keys alone, as given.

    A key that was given and that the directory says has ended counts for what was signed before.
    Raises BrokenLog where a witness shows two histories, SettingsError, DirectoryRefused.
    """
    if not hub:
        return Outside(logs, (), tuple(more), ())
    directory = _directory(hub)
    now = directory.issued
    members = [(keys, one.address) for one in directory.members if (keys := one.log_keys(now))]
    every = {key for one in directory.members for key in one.log_keys()}
    known = {keys[0].name: (keys, address) for keys, address in members}
    current = tuple(key for key in known.get(logs[0].name, ((), ""))[0] if key.name == logs[0].name)
    given = tuple(key for key in logs if key not in every or key in current)
    former = tuple(key for key in every if key.name == logs[0].name and key not in current)
    chosen = [known[one.name] for one in witnesses_of(logs[0].name, [k[0] for k, _ in members])]
    notes = [_shown(address, logs[0]) for _, address in chosen]
    witnesses = [witness_key(key) for keys, _ in chosen for key in keys]
    return Outside(
        logs=tuple(dict.fromkeys((*given, *current))),
        former=former,
        witnesses=(*more, *witnesses),
        notes=tuple(note for note in notes if note),
    )


def _directory(hub: str) -> Directory:
    address, _, key = hub.partition(" ")
    if not key.strip():
        raise SettingsError(
            Sentence(
                vi="--hub cần địa chỉ và khóa của trung tâm, cách nhau một dấu cách.",
                en="--hub takes the hub's address and its verifier key, a blank between them.",
            )
        )
    content = fetched(f"{address.rstrip('/')}/directory")
    if content is None:
        raise NodeUnreachable(
            Sentence(vi="Trung tâm không trả lời.", en="The hub does not answer.")
        )
    return read_directory(content, [note_key(key)], moment=SystemClock().now())


def _shown(address: str, log: NoteKey) -> str:
    """What one witness kept of the journal; empty if it does not answer or saw none."""
    place = f"{address}/witness/{place_of(log.name)}"
    if fetched(f"{place}/conflict") is not None:
        raise BrokenLog(
            Sentence(
                vi=f"Nhân chứng {address} giữ hai mốc mâu thuẫn của nhật ký này: lịch sử đã bị "
                f"thay đổi. Xem {place}/conflict.",
                en=f"The witness {address} holds two notes of this journal that do not fit one "
                f"another: its history was altered. See {place}/conflict.",
            )
        )
    try:
        return public_bytes(f"{place}/checkpoint").decode()
    except NodeUnreachable:
        return ""
