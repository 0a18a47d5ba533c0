"""A delivery is taken back: the register stands exactly as before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.database.deliveries import Deliveries, turn
from sogoc.pipeline.placing import place_all_findings
from sogoc.records.store import RecordStore

if TYPE_CHECKING:
    from sogoc.pipeline.parts import Parts


def take_back(parts: Parts, delivery: int) -> None:
    """Undo a delivery. Raises UnknownThing, and UndoRefused where later work stands on it.

    The file stays kept: what was handed in stays provable.
    """
    register = parts.shelf.register(Deliveries(parts.connection).one(delivery).register)
    with turn(parts.connection, register.id), parts.connection.transaction():
        RecordStore(parts.connection).undo(register, delivery=delivery, at=parts.clock.now())
        place_all_findings(parts.connection, register)
