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
    """The witnesses of a journal, and the notes of it that they show."""

    witnesses: tuple[NoteKey, ...]
    notes: tuple[str, ...]


def outside(log: NoteKey, hub: str, more: Iterable[NoteKey]) -> Outside:
    """What the witnesses of a journal know of it; without a hub their keys alone, as given.

    Raises BrokenLog where one shows two histories of it, SettingsError, DirectoryRefused.
    """
    if not hub:
        return Outside(tuple(more), ())
    directory = _directory(hub)
    addresses = {
        note_key(member.log).name: member.address for member in directory.members if member.log
    }
    keys = [note_key(member.log) for member in directory.members if member.log]
    chosen = witnesses_of(log.name, keys)
    notes = [_shown(addresses[key.name], log) for key in chosen]
    return Outside((*more, *map(witness_key, chosen)), tuple(note for note in notes if note))


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
