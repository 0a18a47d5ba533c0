"""A journal in memory, which keeps the promises of the real one; and one whose disk is full."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from sogoc.errors import Sentence, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.access.entry import Entry
    from sogoc.access.journal import Unit


class MemoryJournal:
    """Keeps entries in a list."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._marks = set[bytes]()
        self._turn = Lock()

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries; return their numbers."""
        with self._turn:
            start = len(self.entries)
            self.entries.extend(entries)
            return range(start, len(self.entries))

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Keep each unit whose mark is new, and its entries if they are."""
        return [self._kept(unit) if self._is_new(unit.mark) else None for unit in units]

    def _kept(self, unit: Unit) -> range:
        return self.append(unit.entries) if self._is_new(unit.once) else range(0)

    def _is_new(self, mark: bytes) -> bool:
        with self._turn:
            known = bool(mark) and mark in self._marks
            self._marks.add(mark)
            return not known


class FailingJournal:
    """Keeps nothing: its disk is full."""

    def append(self, entries: Sequence[Entry]) -> range:
        """Fail, as the real one does."""
        del entries
        raise StoreUnreachable(Sentence(vi="Đĩa đầy.", en="The disk is full."))

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Fail, as the real one does."""
        del units
        raise StoreUnreachable(Sentence(vi="Đĩa đầy.", en="The disk is full."))
