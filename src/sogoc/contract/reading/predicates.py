"""The condition of a rule: what may stand in it, and why each other thing may not.

A condition is over one record. It names fields, calls functions of a fixed list, and keeps NULL
as NULL, so that a record whose field is empty is not assessed instead of failed. `x is null`
would break that: it belongs to completeness rules only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from sogoc.contract.reading.document import closest
from sogoc.tables.engine import literal, quoted
from sogoc.tables.naming import flaw
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sogoc.contract.reading.document import Mistakes, Part

OWN_FUNCTIONS: dict[str, str] = {
    "earliest": "the first day (DATE) that a date with precision can mean",
    "latest": "the last day (DATE) that a date with precision can mean",
    "year_of": "the year (BIGINT) of a date, of any precision",
    "sex_of": "`nam` or `nữ`, as the fourth digit of a personal number says",
    "birth_year_of": "the year of birth (BIGINT) in digits 4 to 6 of a personal number",
    "days_ago": "the day (DATE) so many calendar days before today",
    "working_days_ago": "the day (DATE) so many working days before today",
    "today": "the day (DATE) on which the check runs",
}
"""Functions of ours; *check* writes them out in SQL. All give NULL for NULL."""

SQL_FUNCTIONS: tuple[str, ...] = (
    "abs",
    "round",
    "floor",
    "ceil",
    "length",
    "lower",
    "upper",
    "trim",
    "replace",
    "substr",
    "left",
    "right",
    "split_part",
    "contains",
    "starts_with",
    "regexp_matches",
    "levenshtein",
    "nullif",
    "year",
    "month",
    "day",
    "date_diff",
    "cast",
    "try_cast",
)
"""Functions of DuckDB that mean the same on Spark and keep NULL as NULL. So not `greatest`, which
passes over NULL, and no `case`, whose `else` answers for it."""

_SPOKEN = {
    "substring": "substr",
    "regexp_like": "regexp_matches",
    "regexplike": "regexp_matches",
    "current_date": "today",
    "len": "length",
    "datediff": "date_diff",
    "ceiling": "ceil",
    "strpos": "contains",
}

VERIFICATION = "verification"
"""The outcome of linking, in rules that run after it."""

FILLER = "filler"
"""The flaw of words typed where nothing is known ("đang cập nhật", "N/A"): nothing was written."""


def nothing_written(field: str) -> str:
    """That a field holds nothing: neither a value nor a text that could not be read."""
    value, unread = quoted(field), quoted(flaw(field))
    return f"{value} is null and ({unread} is null or {unread} = {literal(FILLER)})"


_SUFFIXES = ("__raw", "__flaw", "__now", "__candidates")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that may be used: its SQL, and the fields it reads in the order of the text."""

    sql: str
    fields: tuple[str, ...]
    reads_verification: bool


def condition(
    part: Part, kinds: Mapping[str, Kind], mistakes: Mistakes, *, of: str
) -> Condition | None:
    """The condition written at this part, or None with all its mistakes noted.

    `of` says what it is for: `rule`, `completeness` (where `is null` is the point and is
    completed to "nothing was written", so that what could not be read is not reported twice) or
    `not-assessed`.
    """
    tree = _parsed(part, mistakes)
    if tree is None:
        return None
    before = len(mistakes.told())
    _check_shape(part, tree, mistakes)
    _check_names(part, tree, kinds, mistakes=mistakes)
    _check_dates(part, tree, kinds, mistakes=mistakes)
    _check_arguments(part, tree, kinds, mistakes=mistakes)
    if of == "rule":
        _check_nulls(part, tree, mistakes)
    if len(mistakes.told()) > before:
        return None
    if of == "completeness":
        tree = tree.transform(_nothing_written)
    tree = tree.transform(_our_today)
    named = list(
        dict.fromkeys(_field_of(column.name) for column in tree.find_all(exp.Column, bfs=False))
    )
    return Condition(
        sql=tree.sql("duckdb", normalize_functions="lower"),
        fields=tuple(name for name in named if name != VERIFICATION),
        reads_verification=VERIFICATION in named,
    )


_NOT_IN_RE2 = re.compile(r"\(\?(?:[=!>(]|<[=!])|\\[1-9]|\\Z|[*+?}]\+")


def check_pattern(part: Part, pattern: str, mistakes: Mistakes) -> None:
    """Note a regular expression that the engine's RE2 would refuse.

    RE2 runs in linear time and so has no look-around, no back-reference and nothing possessive.
    """
    try:
        re.compile(pattern)
    except re.error as refusal:
        mistakes.add(
            part,
            f"the pattern {pattern!r} does not compile: {refusal}",
            f"biểu thức chính quy {pattern!r} sai cú pháp",
        )
        return
    if _NOT_IN_RE2.search(pattern):
        mistakes.add(
            part,
            f"the pattern {pattern!r} looks around or refers back, which RE2 cannot",
            f"biểu thức {pattern!r} dùng phép nhìn trước, nhìn sau hoặc tham chiếu ngược",
        )


def _parsed(part: Part, mistakes: Mistakes) -> exp.Expression | None:
    try:
        statements = sqlglot.parse(part.text(), read="duckdb")
    except sqlglot.errors.SqlglotError as refusal:
        first = str(refusal).split("\n", 1)[0].split(". Line")[0]
        mistakes.add(
            part,
            f"the condition does not parse: {first}",
            "điều kiện sai cú pháp SQL",
        )
        return None
    tree = statements[0] if len(statements) == 1 else None
    if not isinstance(tree, exp.Expression) or isinstance(tree, exp.Query | exp.DDL | exp.Command):
        mistakes.add(
            part,
            "this must be one condition over one record",
            "phải là một điều kiện trên một bản ghi",
        )
        return None
    return tree


_REFUSED = (
    exp.Query,
    exp.Subquery,
    exp.Window,
    exp.AggFunc,
    exp.Star,
    exp.Placeholder,
    exp.Parameter,
    exp.Command,
)


def _check_shape(part: Part, tree: exp.Expression, mistakes: Mistakes) -> None:
    for node in tree.find_all(*_REFUSED):
        mistakes.add(
            part,
            f"{node.sql('duckdb')!r} looks at more than one record",
            "điều kiện chỉ được xét từng bản ghi",
        )
    if not isinstance(tree, _CONDITIONS):
        mistakes.add(
            part,
            "this is a value, not a condition that is true or false",
            "đây là một giá trị, không phải điều kiện đúng hay sai",
        )


_CONDITIONS = (
    exp.Predicate,
    exp.Connector,
    exp.Not,
    exp.Paren,
    exp.Between,
    exp.In,
    exp.Column,
    exp.RegexpLike,
    exp.StartsWith,
    exp.Contains,
)


def _check_names(
    part: Part, tree: exp.Expression, kinds: Mapping[str, Kind], *, mistakes: Mistakes
) -> None:
    for column in tree.find_all(exp.Column):
        name = column.name
        if column.table or (_field_of(name) not in kinds and name != VERIFICATION):
            mistakes.add(
                part,
                f"unknown field {column.sql()!r}{closest(name, kinds)}",
                f"không có trường {column.sql()!r}",
            )
    for pattern in tree.find_all(exp.RegexpLike):
        if isinstance(pattern.expression, exp.Literal):
            check_pattern(part, str(pattern.expression.this), mistakes)
    allowed = (*OWN_FUNCTIONS, *SQL_FUNCTIONS)
    for name in _functions(tree):
        if name not in allowed:
            mistakes.add(
                part,
                f"function {name!r} is not allowed{closest(name, allowed)}",
                f"không dùng được hàm {name!r}",
            )


def _functions(tree: exp.Expression) -> Iterator[str]:
    for node in tree.find_all(exp.Func):
        if isinstance(node, exp.Connector):
            continue
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        yield _SPOKEN.get(name.lower(), name.lower())


def _check_dates(
    part: Part, tree: exp.Expression, kinds: Mapping[str, Kind], *, mistakes: Mistakes
) -> None:
    """A date with precision is a text: `1931` is no day, and before `1931-05` only by accident."""
    for node in tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between):
        for column in (node.args.get("this"), node.args.get("expression")):
            if isinstance(column, exp.Column) and kinds.get(column.name) is Kind.PARTIAL_DATE:
                mistakes.add(
                    part,
                    f"{column.name!r} may be a year only: compare earliest() or latest() of it",
                    f"{column.name!r} có thể chỉ có năm: hãy so bằng earliest() hoặc latest()",
                )


_DATES = frozenset({Kind.PARTIAL_DATE, Kind.DATE, Kind.TIMESTAMP})

_READS: dict[str, frozenset[Kind]] = {
    "earliest": _DATES,
    "latest": _DATES,
    "year_of": _DATES,
    "sex_of": frozenset({Kind.PERSONAL_ID}),
    "birth_year_of": frozenset({Kind.PERSONAL_ID}),
}
"""The kinds of field that a function of ours reads; each is asked of a field, never of a value."""


def _check_arguments(
    part: Part, tree: exp.Expression, kinds: Mapping[str, Kind], *, mistakes: Mistakes
) -> None:
    for call in tree.find_all(exp.Anonymous):
        fitting = _READS.get(call.name.lower())
        of = call.expressions[0] if call.expressions else None
        if fitting and not (isinstance(of, exp.Column) and kinds.get(of.name) in fitting):
            wanted = ", ".join(sorted(kind.value for kind in fitting))
            mistakes.add(
                part,
                f"{call.name}() reads one field of kind {wanted}",
                f"{call.name}() chỉ đọc một trường kiểu {wanted}",
            )


_NULL_SENSITIVE = (exp.Is, exp.Coalesce, exp.NullSafeEQ, exp.NullSafeNEQ)


def _check_nulls(part: Part, tree: exp.Expression, mistakes: Mistakes) -> None:
    for node in tree.find_all(*_NULL_SENSITIVE):
        mistakes.add(
            part,
            f"{node.sql('duckdb')!r} gives an answer for an empty field: only rules of "
            "completeness may ask whether a field is empty",
            "chỉ quy tắc tính đầy đủ (completeness) được hỏi trường trống hay không",
        )


def _nothing_written(node: exp.Expression) -> exp.Expression:
    """`x is null` as "x holds nothing": no value, and no text that could not be read either."""
    is_field = isinstance(node, exp.Is) and isinstance(node.this, exp.Column)
    if is_field and isinstance(node.expression, exp.Null) and "__" not in node.this.name:
        return exp.paren(sqlglot.parse_one(nothing_written(node.this.name), read="duckdb"))
    return node


def _our_today(node: exp.Expression) -> exp.Expression:
    """`today()` stays a call of ours: the engine's own day is not the day of the check."""
    return exp.Anonymous(this="today") if isinstance(node, exp.CurrentDate) else node


def _field_of(column: str) -> str:
    """The field behind a column of the standard table, such as `born` of `born__flaw`."""
    for suffix in _SUFFIXES:
        if column.endswith(suffix):
            return column.removesuffix(suffix)
    return column
