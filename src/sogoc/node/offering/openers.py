"""What opens packages that others sealed for this node.

While a key is changed the hub's directory names both, and whoever seals takes the newest that the
directory had; a package on a medium may be weeks on its way. So a node opens by its key of now, by
the next and by the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sogoc.node.member import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.node.member import Membership
    from sogoc.trust.opening import Opener


@dataclass(frozen=True, slots=True)
class Openers:
    """The keys of one node. A file is read when its key is asked for, and once."""

    who: Membership
    _ids: dict[tuple[str, float], str] = field(default_factory=dict)
    _opened: dict[str, Opener] = field(default_factory=dict)

    def has(self, key_id: str) -> bool:
        """Whether a key of that id is this node's."""
        return any(known == key_id for known, _ in self._known())

    def of(self, key_id: str) -> Opener | None:
        """What opens for that key; None if it is not ours. Raises KeyRefused."""
        if key_id not in self._opened:
            stem = next((stem for known, stem in self._known() if known == key_id), None)
            if stem is None:
                return None
            opening = self.who.keys.opening(stem)
            self._opened[key_id] = opening or self._signing(stem)
        return self._opened[key_id]

    def _signing(self, stem: str) -> Opener:
        return self.who.key if stem == NOW else self.who.keys.read(stem)

    def _known(self) -> Iterator[tuple[str, str]]:
        """Ids and names of keys; only the one of now costs nothing to know."""
        yield self.who.key_id, NOW
        keys = self.who.keys
        for stem in keys.stems():
            known = stem, keys.file(stem).stat().st_mtime
            if known not in self._ids:
                self._ids[known] = self.who.id_of(keys.public(stem))
            yield self._ids[known], stem
