"""Records of a register for the pages: lists by filter, and one record with its history.

Table and column names come from the contract through `quoted`; everything asked for is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.tables.engine import quoted
from sogoc.worklists.connection import Connection, number

if TYPE_CHECKING:
    from datetime import date, datetime

    from sogoc.contract.model import Register, RegisterObject

CHANGES = ("inserted", "changed", "unchanged", "missing")
"""What a delivery did to a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records of one object to list; None leaves a filter out."""

    localities: list[str] | None = None
    hamlet: str | None = None
    rule: str | None = None
    group: int | None = None
    outcome: str | None = None
    delivery: int | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One current record, where it came from, and its texts as they came."""

    id: int
    values: dict[str, Any]
    came: dict[str, str]
    delivery: int
    sheet: str
    line: int
    part: int
    locality: str
    missing_since: int | None
    findings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An earlier version of a record."""

    values: dict[str, Any]
    delivery: int
    true_from: date | None
    true_to: date | None
    believed_from: datetime | None
    believed_to: datetime | None
    ended_by: int | None
    change: str


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads records of one object; `groups` says which rules put a record in group 2 or 3."""

    connection: Connection
    register: Register
    object: RegisterObject
    groups: dict[str, int]

    def count(self, wanted: RecordFilter) -> int:
        """How many records fit."""
        where, parameters = self._where(wanted)
        return number(
            self.connection, f"select count(*) from {self._table()} as r where {where}", parameters
        )

    def page(self, wanted: RecordFilter, *, offset: int, limit: int) -> list[Record]:
        """One page of the records that fit, in the order of their ids."""
        where, parameters = self._where(wanted)
        select = f"""
            select {self._columns()}, (
                select count(*) from node.finding as o
                where o.register = %(register)s and o.object = %(object)s and o.record = r.id
                    and o.closed_at is null
            ) as findings
            from {self._table()} as r
            where {where}
            order by r.id limit %(limit)s offset %(offset)s
        """
        cursor = self.connection.execute(select, parameters | {"limit": limit, "offset": offset})
        return [self._record(row) for row in cursor.fetchall()]

    def one(self, record: int) -> Record | None:
        """One record by its id, None if there is none."""
        select = (
            f"select {self._columns()}, 0 as findings from {self._table()} as r where r.id = %(id)s"
        )
        found = self.connection.execute(select, {"id": record}).fetchall()
        return self._record(found[0]) if found else None

    def versions(self, record: int) -> list[Version]:
        """Its earlier versions, newest first."""
        names = ", ".join(f"h.{quoted(field.name)}" for field in self.object.fields)
        select = f"""
            select {names}, h._delivery, h._true_from, h._true_to, h._believed_from,
                h._believed_to, h._ended_by, h._change
            from {self._table("__history")} as h where h.id = %(id)s
            order by h._believed_from desc, h._believed_to desc
        """
        found = self.connection.execute(select, {"id": record}).fetchall()
        return [self._version(row) for row in found]

    def hamlets(self, localities: list[str] | None) -> list[str]:
        """The hamlets written in the register, for a filter."""
        if not self.object.hamlet:
            return []
        name = quoted(self.object.hamlet)
        select = f"""
            select distinct r.{name} from {self._table()} as r
            where r.{name} is not null
                and (%(localities)s::text[] is null or r._locality = any(%(localities)s))
            order by 1 limit 300
        """
        found = self.connection.execute(select, {"localities": localities}).fetchall()
        return [str(row[0]) for row in found]

    def _table(self, ending: str = "") -> str:
        return "register." + quoted(f"{self.register.id}__{self.object.name}{ending}")

    def _columns(self) -> str:
        names = ", ".join(f"r.{quoted(field.name)}" for field in self.object.fields)
        return (
            f"{names}, r.id, r._came, r._delivery, r._sheet, r._line, r._part, r._locality, "
            "r._missing_since"
        )

    def _record(self, row: tuple[Any, ...]) -> Record:
        names = [field.name for field in self.object.fields]
        values, rest = dict(zip(names, row, strict=False)), row[len(names) :]
        return Record(
            id=rest[0],
            values=values,
            came=rest[1] or {},
            delivery=rest[2],
            sheet=rest[3] or "",
            line=rest[4] or 0,
            part=rest[5] or 0,
            locality=rest[6] or "",
            missing_since=rest[7],
            findings=rest[8],
        )

    def _version(self, row: tuple[Any, ...]) -> Version:
        names = [field.name for field in self.object.fields]
        values, rest = dict(zip(names, row, strict=False)), row[len(names) :]
        return Version(
            values=values,
            delivery=rest[0],
            true_from=rest[1],
            true_to=rest[2],
            believed_from=rest[3],
            believed_to=rest[4],
            ended_by=rest[5],
            change=rest[6] or "",
        )

    def _where(self, wanted: RecordFilter) -> tuple[str, dict[str, object]]:
        """The filters as one condition; a group is decided by the worst open finding."""
        parameters: dict[str, object] = {
            "register": self.register.id,
            "object": self.object.name,
            "localities": wanted.localities,
            "hamlet": wanted.hamlet,
            "rule": wanted.rule,
            "outcome": wanted.outcome,
            "delivery": wanted.delivery,
        }
        conditions = ["true"]
        if wanted.localities is not None:
            conditions.append("r._locality = any(%(localities)s)")
        if wanted.hamlet is not None and self.object.hamlet:
            conditions.append(f"r.{quoted(self.object.hamlet)} = %(hamlet)s")
        if wanted.rule is not None:
            conditions.append(_with_finding("f.rule = %(rule)s"))
        if wanted.outcome is not None:
            conditions.append(_WITH_OUTCOME)
        conditions += self._in_group(wanted.group, parameters)
        conditions += self._by_change(wanted)
        return " and ".join(conditions), parameters

    def _in_group(self, group: int | None, parameters: dict[str, object]) -> list[str]:
        if group is None:
            return []
        parameters["of_group"] = [rule for rule, worst in self.groups.items() if worst == group]
        parameters["of_worse"] = [rule for rule, worst in self.groups.items() if worst > group]
        worse = "not " + _with_finding("f.rule = any(%(of_worse)s)")
        return [worse] if group == 1 else [_with_finding("f.rule = any(%(of_group)s)"), worse]

    def _by_change(self, wanted: RecordFilter) -> list[str]:
        if wanted.delivery is None:
            return []
        earlier = f"exists (select 1 from {self._table('__history')} as h where h.id = r.id)"
        return {
            "inserted": ["r._delivery = %(delivery)s", f"not {earlier}"],
            "changed": ["r._delivery = %(delivery)s", earlier],
            "unchanged": ["r._delivery < %(delivery)s", "r._missing_since is null"],
            "missing": ["r._missing_since = %(delivery)s"],
        }.get(wanted.change or "", ["r._delivery = %(delivery)s"])


def _with_finding(condition: str) -> str:
    return (
        "exists (select 1 from node.finding as f where f.register = %(register)s "
        "and f.object = %(object)s and f.record = r.id and f.closed_at is null "
        f"and {condition})"
    )


_WITH_OUTCOME = (
    "exists (select 1 from node.verification as v where v.register = %(register)s "
    "and v.object = %(object)s and v.record = r.id and v.believed_to is null "
    "and v.outcome = %(outcome)s)"
)
