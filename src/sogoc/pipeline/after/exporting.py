"""What a run found, written as Parquet to an address: for those who go on with it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.database.deliveries import Deliveries
from sogoc.errors import Sentence, UnknownThing
from sogoc.tables.engine import quoted
from sogoc.tables.naming import errors, standard, verified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.pipeline.parts import Parts


def export_run(
    parts: Parts, delivery: int, address: str, *, by: Sequence[str] = ()
) -> dict[str, int]:
    """Write records, broken rules and verified persons of a delivery; return the rows of each.

    Each table becomes a folder below the address, parted by those of the columns `by` that it has.
    The engine writes there itself: on Spark no row passes through the node. Raises UnknownThing
    where the tables of the run are not kept any more, AddressRefused where something stands.
    """
    register = parts.shelf.register(Deliveries(parts.connection).one(delivery).register)
    folder = parts.runs / str(delivery)
    if not folder.is_dir():
        raise _forgotten(delivery, parts.keep_runs)
    wanted = [table(one.name) for one in register.objects for table in (standard, errors, verified)]
    written = {}
    with parts.engine(folder) as engine:
        for table in filter(engine.has, wanted):
            nothing = f"select * from {quoted(table)} limit 0"  # noqa: S608 - a name of ours
            names = engine.arrow(nothing).column_names
            parted = [name for name in by if name in names]
            written[table] = engine.export(table, f"{address.rstrip('/')}/{table}", by=parted)
    return written


def _forgotten(delivery: int, keep: int) -> UnknownThing:
    return UnknownThing(
        Sentence(
            vi=f"Bảng của lô số {delivery} không còn: chỉ giữ {keep} lô mới nhất của mỗi sổ (mục "
            "keep_runs trong sogoc.toml).",
            en=f"The tables of delivery {delivery} are gone: those of the {keep} newest of each "
            "register are kept (keep_runs in sogoc.toml).",
        )
    )
