"""Records of a register for the pages: lists by filter, and one record with its history.

Table and column names come from the contract through `quoted`; everything asked for is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.contract.model import RuleForm
from sogoc.tables.engine import literal, quoted
from sogoc.worklists.connection import Connection, number

if TYPE_CHECKING:
    from datetime import date, datetime

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.web.parts import GroupLine

CHANGES = ("inserted", "changed", "unchanged", "missing")
"""What a delivery did to a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records of one object to list; None leaves a filter out."""

    localities: list[str] | None = None
    hamlet: str | None = None
    rule: str | None = None
    group: int | None = None
    reason: str | None = None
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
    """Reads records of one object; `groups` is the rule file's table of groups."""

    connection: Connection
    register: Register
    kept: RegisterObject
    """The object whose records these are."""
    groups: tuple[GroupLine, ...]

    def count(self, wanted: RecordFilter) -> int:
        """How many records fit."""
        where, parameters = self._where(wanted)
        select = f"select count(*) from {self._table()} as r where {where}"
        return number(self.connection, select, **parameters)

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
        names = ", ".join(f"h.{quoted(field.name)}" for field in self.kept.fields)
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
        if not self.kept.hamlet:
            return []
        name = quoted(self.kept.hamlet)
        select = f"""
            select distinct r.{name} from {self._table()} as r
            where r.{name} is not null
                and (%(localities)s::text[] is null or r._locality = any(%(localities)s))
            order by 1 limit 300
        """
        found = self.connection.execute(select, {"localities": localities}).fetchall()
        return [str(row[0]) for row in found]

    def _table(self, ending: str = "") -> str:
        return "register." + quoted(f"{self.register.id}__{self.kept.name}{ending}")

    def _columns(self) -> str:
        names = ", ".join(f"r.{quoted(field.name)}" for field in self.kept.fields)
        return (
            f"{names}, r.id, r._came, r._delivery, r._sheet, r._line, r._part, r._locality, "
            "r._missing_since"
        )

    def _record(self, row: tuple[Any, ...]) -> Record:
        names = [field.name for field in self.kept.fields]
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
        names = [field.name for field in self.kept.fields]
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
            "object": self.kept.name,
            "localities": wanted.localities,
            "hamlet": wanted.hamlet,
            "rule": wanted.rule,
            "outcome": wanted.outcome,
            "delivery": wanted.delivery,
        }
        conditions = ["true"]
        if wanted.localities is not None:
            conditions.append("r._locality = any(%(localities)s)")
        if wanted.hamlet is not None and self.kept.hamlet:
            conditions.append(f"r.{quoted(self.kept.hamlet)} = %(hamlet)s")
        if wanted.rule is not None:
            conditions.append(_with_finding("f.rule = %(rule)s"))
        if wanted.outcome is not None:
            conditions.append(_WITH_OUTCOME)
        reasons = self._reasons(wanted)
        if reasons is not None:
            parameters["reasons"] = reasons
            conditions.append(self._in_group())
        conditions += self._by_change(wanted)
        return " and ".join(conditions), parameters

    def _reasons(self, wanted: RecordFilter) -> list[str] | None:
        """The reasons meant by a group, a reason, or both; None where neither was asked for."""
        if wanted.group is None and wanted.reason is None:
            return None
        return [
            line.reason
            for line in self.groups
            if wanted.group in {None, line.group} and wanted.reason in {None, line.reason}
        ]

    def _in_group(self) -> str:
        """The rule file's table as one expression: its first true line names the reason."""
        lines = " ".join(f"when {line.when} then {literal(line.reason)}" for line in self.groups)
        required = sum(field.required for field in self.kept.fields)
        keys = ", ".join(literal(field.name) for field in self.kept.fields if field.key) or "''"
        passed = self._passed()
        # A person who was never looked up has no row here, and is not verified either.
        unverified = " + ".join(
            f"case when u.passed_{n} then 0 else 1 end" for n in range(len(passed))
        )
        answers = "".join(f", {one} as passed_{n}" for n, one in enumerate(passed))
        return f"""r.id in (
            select g.id from (
                select e.id, {required} as required,
                    coalesce(c.errors, 0) as errors, coalesce(c.warnings, 0) as warnings,
                    coalesce(c.missing, 0) as missing, coalesce(c.key_errors, 0) as key_errors,
                    {unverified or 0} as unverified
                from {self._table()} as e
                left join (
                    select f.record,
                        sum(case when f.severity = 'error' then 1 else 0 end) as errors,
                        sum(case when f.severity = 'warning' then 1 else 0 end) as warnings,
                        sum(case when f."group" = 1 then 1 else 0 end) as missing,
                        sum(case when f.severity = 'error' and f.field in ({keys}) then 1 else 0
                            end) as key_errors
                    from node.finding as f
                    where f.register = %(register)s and f.object = %(object)s
                        and f.closed_at is null
                    group by f.record
                ) as c on c.record = e.id
                left join (
                    select v.record{answers} from node.verification as v
                    where v.register = %(register)s and v.object = %(object)s
                        and v.believed_to is null
                    group by v.record
                ) as u on u.record = e.id
            ) as g
            where case {lines} end = any(%(reasons)s)
        )"""

    def _passed(self) -> list[str]:
        """For each rule over persons, whether a record passes; one about nobody judges each."""
        rules = [rule for rule in self.kept.rules if rule.form is RuleForm.VERIFICATION]
        meant = [f"v.person = {literal(one.person)} and " if one.person else "" for one in rules]
        return [
            f"bool_or({whom}v.outcome = 'verified') and not bool_or({whom}v.outcome in {_BROKEN})"
            for whom in meant
        ]

    def _by_change(self, wanted: RecordFilter) -> list[str]:
        """What a delivery did to a record, also where a later one changed it again."""
        if wanted.delivery is None:
            return []
        history = self._table("__history")
        brought = (
            "(r._delivery = %(delivery)s or r.id in"
            f" (select h.id from {history} as h where h._delivery = %(delivery)s))"
        )
        first = (
            f"coalesce((select h._delivery from {history} as h where h.id = r.id"
            " order by h._believed_from limit 1), r._delivery)"
        )
        missed = (
            "(r._missing_since = %(delivery)s or r.id in"
            f" (select h.id from {history} as h where h._missing_since = %(delivery)s))"
        )
        return {
            "inserted": [brought, f"{first} = %(delivery)s"],
            "changed": [brought, f"{first} <> %(delivery)s"],
            "unchanged": ["r._delivery < %(delivery)s", "r._missing_since is null"],
            "missing": [missed],
        }.get(wanted.change or "", ["r._delivery = %(delivery)s"])


def _with_finding(condition: str) -> str:
    return (
        "exists (select 1 from node.finding as f where f.register = %(register)s "
        "and f.object = %(object)s and f.record = r.id and f.closed_at is null "
        f"and {condition})"
    )


_BROKEN = "('differs', 'mismatch', 'not_found', 'deceased')"
"""Outcomes that break a rule over persons; the others but `verified` leave it open."""

_WITH_OUTCOME = (
    "exists (select 1 from node.verification as v where v.register = %(register)s "
    "and v.object = %(object)s and v.record = r.id and v.believed_to is null "
    "and v.outcome = %(outcome)s)"
)
