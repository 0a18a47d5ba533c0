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
from sogoc.values.sql import birth_year_of_number, earliest, latest, sex_of_number, year_of

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
    return _of_date(call, around, (earliest, "cast({} as date)"))


def _latest(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    return _of_date(call, around, (latest, "cast({} as date)"))


def _year_of(call: exp.Anonymous, around: Surroundings) -> exp.Expr:
    return _of_date(call, around, (year_of, "cast(year({}) as integer)"))


def _of_date(
    call: exp.Anonymous, around: Surroundings, ways: tuple[Callable[[str], str], str]
) -> exp.Expr:
    """A date with precision is a text; a whole date is what it says."""
    of_text, of_date = ways
    return _sql(of_date.format if _is_whole_date(call, around) else of_text, call)


def _sex_of(call: exp.Anonymous, _: Surroundings) -> exp.Expr:
    return _sql(sex_of_number, call)


def _birth_year_of(call: exp.Anonymous, _: Surroundings) -> exp.Expr:
    return _sql(birth_year_of_number, call)


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


_GIVE_DATES = frozenset({"earliest", "latest", "days_ago", "working_days_ago"})


def _is_whole_date(call: exp.Anonymous, around: Surroundings) -> bool:
    """Fields of dates, and what our own functions give; only a partial date is a text."""
    argument = call.expressions[0].unnest()
    if isinstance(argument, exp.Column):
        return around.kinds.get(argument.name) in {Kind.DATE, Kind.TIMESTAMP}
    return isinstance(argument, exp.CurrentDate | exp.Cast) or (
        isinstance(argument, exp.Anonymous) and argument.name.lower() in _GIVE_DATES
    )


def _count(call: exp.Anonymous) -> int:
    return int(call.expressions[0].name)


def _day(day: date) -> exp.Expr:
    return sqlglot.parse_one(f"cast('{day.isoformat()}' as date)", read="duckdb")


def _sql(write: Callable[[str], str], call: exp.Anonymous) -> exp.Expr:
    written = write(call.expressions[0].sql("duckdb"))
    return exp.paren(sqlglot.parse_one(written, read="duckdb"))
