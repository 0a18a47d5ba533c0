"""A delivery is taken back: register, findings, verifications and scores stand as before it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.database.deliveries import Deliveries
from sogoc.errors import Sentence, UndoRefused
from sogoc.named_sql import statements
from sogoc.records.prepare import columns
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

    from sogoc.contract.model import Register

_SQL = statements(files("sogoc.records") / "undo.sql")
_TAKEN_BACK = (
    "delete_findings",
    "reopen_findings",
    "delete_verifications",
    "reopen_verifications",
    "delete_scores",
    "delete_groups",
    "delete_coverage",
    "delete_near_duplicates",
    "take_back_answers",
    "delete_answers",
    "delete_corrections",
    "delete_judgements",
    "restore_judgements",
    "forget_return",
    "reopen_worklists",
)


def undo(
    connection: psycopg.Connection, register: Register, *, delivery: int, at: datetime
) -> None:
    """Restore what stood before the delivery, in one transaction.

    What people did stays: judgements that came otherwise are not touched, and where an officer has
    already worked on what the delivery brought, or a later delivery stands on it, nothing is
    undone. A returned worklist or a judgement is a delivery too: undone, its answers, corrections
    and judgements are as if never given, and its file stays kept. Raises UndoRefused, or
    UnknownThing where there is no such delivery.
    """
    deliveries = Deliveries(connection)
    with connection.transaction():
        connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"sogoc.register.{register.id}",),
        )
        _refuse_if_it_stands_fast(connection, register, delivery)
        for one in register.objects:
            _restore_records(connection, Tables(register.id, one), delivery)
        for name in _TAKEN_BACK:
            connection.execute(_SQL[name], {"delivery": delivery, "register": register.id})
        deliveries.undone(delivery, at)


def _restore_records(connection: psycopg.Connection, target: Tables, delivery: int) -> None:
    names = list(columns(connection, target.current))
    sets = sql.SQL(", ").join(
        sql.SQL("{0} = earlier.{0}").format(sql.Identifier(name)) for name in names if name != "id"
    )
    parts = {
        "current": target.current,
        "history": target.history,
        "delivery": sql.Literal(delivery),
        "sets": sets,
    }
    connection.execute(
        sql.SQL(
            "delete from {current} as held where _delivery = {delivery} and not exists "
            "(select from {history} as earlier "
            "where earlier.id = held.id and earlier._ended_by = {delivery})"
        ).format(**parts)
    )
    connection.execute(
        sql.SQL(
            "update {current} as held set {sets} from {history} as earlier "
            "where held.id = earlier.id and earlier._ended_by = {delivery}"
        ).format(**parts)
    )
    connection.execute(
        sql.SQL("delete from {history} where _ended_by = {delivery}").format(**parts)
    )


def _refuse_if_it_stands_fast(
    connection: psycopg.Connection, register: Register, delivery: int
) -> None:
    deliveries = Deliveries(connection)
    one = deliveries.one(delivery)
    if one.state != "merged" or one.register != register.id:
        raise _refused(
            vi=f"Lô {delivery} không phải là lô đã nhập của sổ {register.id}",
            en=f"Delivery {delivery} is none that was merged into {register.id}",
        )
    later = ", ".join(map(str, deliveries.merged_later(delivery)))
    if later:
        raise _refused(
            vi=f"Lô {delivery} không rút lại được: lô {later} đã dựa trên nó, hãy rút lô đó trước",
            en=f"Delivery {delivery} cannot be undone: {later} stands on it, undo that first",
        )
    worked = connection.execute(_SQL["work_on_it"], {"delivery": delivery}).fetchone()
    if worked and worked[0]:
        raise _refused(
            vi=f"Lô {delivery} không rút lại được: cán bộ đã xử lý {worked[0]} mục của lô này",
            en=f"Delivery {delivery} cannot be undone: officers settled {worked[0]} things in it",
        )


def _refused(*, vi: str, en: str) -> UndoRefused:
    return UndoRefused(Sentence(vi=f"{vi}.", en=f"{en}."))
