"""What a node's registers answer: by key, by the contract's searches, since a release, by triple.

Only the fields that were asked for leave the database. Records that went missing from their
deliveries are not answered from; every value goes out as the text of its standard form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.grant import Operation
from sogoc.exchange.looking.by_key import by_key
from sogoc.exchange.looking.by_search import by_search
from sogoc.exchange.looking.by_triple import by_triple
from sogoc.exchange.looking.since_release import since_release

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked, Found


@dataclass(frozen=True, slots=True)
class RegisterShelf:
    """The current records of one object of a register."""

    connection: Connection
    object: RegisterObject

    def look_up(self, asked: Asked) -> Found:
        """Answer one question. Raises UnknownThing if a single key names nothing."""
        return _WAYS[asked.operation](self.connection, self.object, asked)


_WAYS = {
    Operation.READ: by_key,
    Operation.SEARCH: by_search,
    Operation.DIFFERENCE: since_release,
    Operation.VERIFY: by_triple,
}
