"""What people decided is lent to linking, record by record, wherever the record stands now.

A judgement names a record of the register, which keeps its number over deliveries as long as its
key is the same. So it survives a new run and a new delivery of the same record; it never goes by
the place of a row in a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.database.decisions.judgements import Judgements
from sogoc.link.columns import judgements
from sogoc.records.plan import named, naming_step
from sogoc.records.shape import Tables
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.decisions.judgements import Standing
    from sogoc.database.store import Connection
    from sogoc.tables.engine import Engine

_DECISION = (("person", pa.string()), ("number", pa.string()), ("decision", pa.string()))


def lend_judgements(connection: Connection, register: Register, engine: Engine) -> frozenset[str]:
    """Put the judgements on records of a delivery within reach; return the names of the tables.

    Records are known by their keys before they are merged. An object nobody judged has no table.
    """
    known = set()
    for one in register.objects:
        kept = Judgements(connection)
        table = Tables(register.id, one).current
        held = kept.by_key(register.id, one.name, table) if one.persons else []
        if held:
            engine.register(_held(one), _table("key", pa.string(), held))
            engine.run(naming_step(one))
            select = (
                f"select n._row, h.person, h.number, h.decision from {quoted(named(one.name))} as n"
                f" inner join {quoted(_held(one))} as h on n._key = h.key"
            )
            reads = (named(one.name), _held(one))
            engine.run(Step(judgements(one.name), reads, select))
            known.add(judgements(one.name))
    return frozenset(known)


def lend_to_records(
    standing: Sequence[Standing], one: RegisterObject, engine: Engine, *, rows: Mapping[int, int]
) -> frozenset[str]:
    """The same for known records: `rows` gives the `_row` of each."""
    held = [(rows[record], *rest) for record, *rest in standing if record in rows]
    if not held:
        return frozenset()
    engine.register(judgements(one.name), _table("_row", pa.int64(), held))
    return frozenset({judgements(one.name)})


def _held(one: RegisterObject) -> str:
    return f"held_judgements__{one.name}"


def _table(name: str, kind: pa.DataType, held: Sequence[tuple[object, ...]]) -> pa.Table:
    names = ((name, kind), *_DECISION)
    columns = list(zip(*held, strict=True))
    return pa.table({label: pa.array(columns[at], of) for at, (label, of) in enumerate(names)})
