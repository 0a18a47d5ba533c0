"""The functions that a contract's rules may call beside SQL's own, written out in SQL.

They read standard values, so a personal number is twelve digits and a date is ISO text. All give
NULL for NULL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from sogoc.clock import working_day_before
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a rule may ask beside the record: kinds of fields, the day, other registers."""

    register: str
    kinds: Mapping[str, Kind]
    today: date
    holidays: frozenset[date] = frozenset()
    known: frozenset[str] = frozenset()
    """Reference tables at hand, by `tables.naming.reference`."""


def written_out(tree: exp.Expr, around: Surroundings) -> exp.Expr:
    """The same condition in SQL alone."""
    return tree.transform(lambda node: _written_out(node, around))


def _written_out(node: exp.Expr, around: Surroundings) -> exp.Expr:
    if isinstance(node, exp.CurrentDate):
        return _day(around.today)
    if isinstance(node, exp.Anonymous) and node.name.lower() in EXPANSIONS:
        return EXPANSIONS[node.name.lower()](node, around)
    if type(node) is exp.Cast and not isinstance(node.this, exp.Literal):
        # One value that cannot be cast would stop the rules of all records.
        return exp.TryCast(this=node.this, to=node.args["to"])
    return node


def _earliest(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    return _edge(call, around, year="-01-01", month="{day}")


def _latest(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    return _edge(call, around, year="-12-31", month="last_day({day})")


def _edge(call: exp.Anonymous, around: Surroundings, *, year: str, month: str) -> exp.Expr:
    """The first or last day a date with precision can mean; of a whole date that date itself."""
    if _kind(call, around) is not Kind.PARTIAL_DATE:
        return _sql("cast({x} as date)", call)
    of_month = month.format(day="try_cast({x} || '-01' as date)")
    return _sql(
        f"case length({{x}}) when 4 then try_cast({{x}} || '{year}' as date)"
        f" when 7 then {of_month} else try_cast({{x}} as date) end",
        call,
    )


def _year_of(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    if _kind(call, around) in {Kind.DATE, Kind.TIMESTAMP}:
        return _sql("cast(year({x}) as bigint)", call)
    return _sql("try_cast(substr({x}, 1, 4) as bigint)", call)


def _sex_of(call: exp.Anonymous, _: Surroundings) -> exp.Expr:
    """Digit 4 of a personal number: even for men, odd for women (Decree 137/2015)."""
    digit = "substr({x}, 4, 1)"
    return _sql(
        f"case when {digit} in ('0', '2', '4', '6', '8') then 'nam'"
        f" when {digit} in ('1', '3', '5', '7', '9') then 'nữ' end",
        call,
    )


def _birth_year_of(call: exp.Anonymous, _: Surroundings) -> exp.Expr:
    """Digits 4 to 6: two digits of digit 4 for each century from 1900, then the year in it."""
    digit = "substr({x}, 4, 1)"
    centuries = " ".join(
        f"when {digit} in ('{2 * n}', '{2 * n + 1}') then {1900 + 100 * n}" for n in range(5)
    )
    return _sql(f"case {centuries} end + try_cast(substr({{x}}, 5, 2) as bigint)", call)


def _days_ago(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    return _day(around.today - timedelta(days=_count(call)))


def _working_days_ago(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    return _day(working_day_before(around.today, _count(call), around.holidays))


EXPANSIONS: dict[str, Callable[[exp.Anonymous, Surroundings], exp.Expr]] = {
    "earliest": _earliest,
    "latest": _latest,
    "year_of": _year_of,
    "sex_of": _sex_of,
    "birth_year_of": _birth_year_of,
    "days_ago": _days_ago,
    "working_days_ago": _working_days_ago,
}


def reads_the_day(tree: exp.Expr) -> bool:
    """Whether the answer can change while the record does not."""
    calls = {node.name.lower() for node in tree.find_all(exp.Anonymous)}
    return bool(calls & {"days_ago", "working_days_ago"}) or bool(tree.find(exp.CurrentDate))


def _kind(call: exp.Anonymous, around: Surroundings) -> Kind | None:
    argument = call.expressions[0]
    return around.kinds.get(argument.name) if isinstance(argument, exp.Column) else None


def _count(call: exp.Anonymous) -> int:
    return int(call.expressions[0].name)


def _day(day: date) -> exp.Expr:
    return sqlglot.parse_one(f"cast('{day.isoformat()}' as date)", read="duckdb")


def _sql(template: str, call: exp.Anonymous) -> exp.Expr:
    written = template.format(x=call.expressions[0].sql("duckdb"))
    return exp.paren(sqlglot.parse_one(written, read="duckdb"))
