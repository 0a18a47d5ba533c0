"""What the rules of single records look up elsewhere: of each table the rows that they ask for.

A whole delivery fetches whole registers to look things up in. A few records ask for a few keys, so
only these are fetched, however large the register is that they refer to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.contract.model import RuleForm
from sogoc.database.deliveries import Deliveries
from sogoc.errors import UnknownThing
from sogoc.records.store import RecordStore
from sogoc.tables.engine import quoted
from sogoc.tables.naming import reference, standard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.contract.model import Reference, Register, RegisterObject, Rule
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine


def lend_near(parts: Parts, register: Register, engine: Engine, *, folder: Path) -> frozenset[str]:
    """Put the records that these records refer to within reach; return the names of the tables.

    A register that this node does not hold gives no table: rules that need it are not assessed.
    """
    store = RecordStore(parts.connection)
    known = set()
    for (other, name), asked in sorted(_asked(register, engine).items()):
        held = _held(parts, other)
        if held is not None and name in {one.name for one in held.objects}:
            rows = store.export_referred(held, name, asked, folder=folder)
            engine.register(reference(other, name), rows)
            known.add(reference(other, name))
    return frozenset(known)


def _held(parts: Parts, register: str) -> Register | None:
    if Deliveries(parts.connection).latest(register) is None:
        return None
    try:
        return parts.shelf.register(register)
    except UnknownThing:
        return None


Asked = dict[str, list[str]]
"""By the first field of each key that is referred to, the values that the records hold, as text."""


def _asked(register: Register, engine: Engine) -> dict[tuple[str, str], Asked]:
    """For each object referred to, what of it is asked for."""
    found: dict[tuple[str, str], Asked] = {}
    for one, rule, to in _references(register):
        values = found.setdefault((to.register or register.id, to.object), {})
        values.setdefault(to.fields[0], []).extend(_values(one, rule, engine))
    return found


def _references(register: Register) -> Iterator[tuple[RegisterObject, Rule, Reference]]:
    for one in register.objects:
        for rule in one.rules:
            if rule.form is RuleForm.REFERENCE and rule.reference and not rule.reference.held_by:
                yield one, rule, rule.reference


def _values(one: RegisterObject, rule: Rule, engine: Engine) -> list[str]:
    column = f"cast({quoted(rule.fields[0])} as varchar)"
    select = (
        f"select distinct {column} from {quoted(standard(one.name))} where {column} is not null"
    )
    return [str(row[0]) for row in engine.rows(select)]
