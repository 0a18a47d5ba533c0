"""SQL expressions as Python functions of one row: what the plan says, worked out without an engine.

The plan of linking is written once, in SQL. An engine needs tens of milliseconds to plan each of
its statements, whatever the number of rows; for one person at a desk the same text is parsed once
and then worked out row by row. NULL is None; truth has three values; numbers are 64-bit floats
where SQL has DOUBLE, so that the results are those of the engine to the bit. What is not known
here is refused when the text is read, never guessed.
"""

from __future__ import annotations

import math
import operator
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sogoc.values.text import lower

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Scope = Mapping[str, Mapping[str, Any]]
    """The rows within reach, by the names under which a statement joins them."""
    Formula = Callable[[Scope], Any]


class UnknownToDesk(Exception):
    """The desk cannot say what SQL would say; the message is the expression."""


def formula(node: exp.Expr) -> Formula:
    """The expression as a function of the rows within reach. Raises UnknownToDesk."""
    writer = _WRITERS.get(type(node))
    if writer is not None:
        return writer(node)
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    call = _CALLS.get(name) if name else _FUNCTIONS.get(type(node))
    if call is None:
        raise UnknownToDesk(node.sql("duckdb"))
    return _called(call, _arguments(node))


def parsed(text: str) -> exp.Expr:
    """A statement or an expression, as the desk reads it. Raises UnknownToDesk."""
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as unreadable:
        raise UnknownToDesk(text) from unreadable


def _arguments(node: exp.Expr) -> list[Formula]:
    given = node.expressions if isinstance(node, exp.Anonymous) else _in_order(node)
    return [formula(one) for one in given]


def _in_order(node: exp.Expr) -> list[exp.Expr]:
    """The arguments of a function, in the order in which it takes them; options of it left out."""
    found: list[exp.Expr] = []
    for name in node.arg_types:
        value = node.args.get(name)
        found += [
            one
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, exp.Expr) and not isinstance(one, exp.DataType | exp.Var)
        ]
    return found


def _called(call: Callable[..., Any], arguments: list[Formula]) -> Formula:
    if len(arguments) == 1:
        (one,) = arguments
        return lambda scope: call(one(scope))
    if len(arguments) == 2:  # noqa: PLR2004 - a pair
        one, other = arguments
        return lambda scope: call(one(scope), other(scope))
    return lambda scope: call(*[each(scope) for each in arguments])


def _strict(call: Callable[..., Any]) -> Callable[..., Any]:
    """NULL where any argument is."""

    def made(*given: Any) -> Any:  # noqa: ANN401 - values of SQL
        return None if None in given else call(*given)

    return made


def half_up(number: float) -> float:
    """Rounded as SQL rounds a DOUBLE: halves away from zero."""
    whole = math.floor(abs(number))
    return math.copysign(whole + (abs(number) - whole >= 0.5), number)  # noqa: PLR2004 - a half


def _divided(one: float, other: float) -> float | None:
    return one / other if other else None


def _whole_part(one: int, other: int) -> int | None:
    """SQL cuts towards zero, Python downwards."""
    return None if not other else abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)


def _rest(one: int, other: int) -> int | None:
    return None if not other else int(math.copysign(abs(one) % abs(other), one))


def _part(text: str, sign: str, number: int) -> str:
    parts = text.split(sign)
    at = number - 1 if number > 0 else len(parts) + number
    return parts[at] if 0 <= at < len(parts) else ""


def _sub(text: str, start: int, length: int | None = None) -> str:
    return text[start - 1 :] if length is None else text[start - 1 : start - 1 + max(length, 0)]


def _padded(text: str, length: int, fill: str) -> str:
    return (text + fill * length)[:length]


def _padded_before(text: str, length: int, fill: str) -> str:
    return (fill * length)[: max(length - len(text), 0)] + text[:length]


@cache
def _table(old: str, new: str) -> dict[int, int | None]:
    return str.maketrans(old[: len(new)], new, old[len(new) :])


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _replaced(text: str, pattern: str, new: str) -> str:
    return _pattern(pattern).sub(new, text)


def _first_known(*given: Any) -> Any:  # noqa: ANN401 - values of SQL
    return next((one for one in given if one is not None), None)


def _of_known(choose: Callable[..., Any]) -> Callable[..., Any]:
    def made(*given: Any) -> Any:  # noqa: ANN401 - values of SQL
        known = [one for one in given if one is not None]
        return choose(known) if known else None

    return made


def _joined(sign: str, *texts: str | None) -> str:
    return sign.join(text for text in texts if text is not None)


def _unless(one: Any, other: Any) -> Any:  # noqa: ANN401 - values of SQL
    return None if one is not None and one == other else one


_FUNCTIONS: Mapping[type[exp.Expr], Callable[..., Any]] = {
    exp.Add: _strict(operator.add),
    exp.Sub: _strict(operator.sub),
    exp.Mul: _strict(operator.mul),
    exp.Div: _strict(_divided),
    exp.IntDiv: _strict(_whole_part),
    exp.Mod: _strict(_rest),
    exp.Neg: _strict(operator.neg),
    exp.Abs: _strict(abs),
    exp.EQ: _strict(operator.eq),
    exp.NEQ: _strict(operator.ne),
    exp.LT: _strict(operator.lt),
    exp.LTE: _strict(operator.le),
    exp.GT: _strict(operator.gt),
    exp.GTE: _strict(operator.ge),
    exp.Not: _strict(operator.not_),
    exp.DPipe: _strict(operator.add),
    exp.Paren: lambda one: one,
    exp.Ln: _strict(math.log),
    exp.Pow: _strict(pow),
    exp.Floor: _strict(lambda one: float(math.floor(one))),
    exp.Round: _strict(half_up),
    exp.Lower: _strict(lower),
    exp.Length: _strict(len),
    exp.Trim: _strict(lambda one: one.strip(" ")),
    exp.Substring: _strict(_sub),
    exp.Right: _strict(lambda text, count: text[-count:] if count > 0 else ""),
    exp.SplitPart: _strict(_part),
    exp.Translate: _strict(lambda text, old, new: text.translate(_table(old, new))),
    exp.Replace: _strict(lambda text, old, new="": text.replace(old, new)),
    exp.RegexpLike: _strict(lambda text, p, *_: _pattern(p).search(text) is not None),
    exp.Coalesce: _first_known,
    exp.Greatest: _of_known(max),
    exp.Least: _of_known(min),
    exp.Nullif: _unless,
    exp.ConcatWs: _joined,
    exp.Concat: lambda *texts: _joined("", *texts),
}
_CALLS: Mapping[str, Callable[..., Any]] = {
    "regexp_matches": _strict(lambda text, p: _pattern(p).search(text) is not None),
    "translate": _strict(lambda text, old, new: text.translate(_table(old, new))),
    "split_part": _strict(_part),
}


def _column(node: exp.Expr) -> Formula:
    name, table = node.name, node.args["table"].name if node.args.get("table") else ""
    if table:
        return lambda scope: scope[table][name]
    return lambda scope: next(row[name] for row in scope.values() if name in row)


def _literal(node: exp.Expr) -> Formula:
    text = str(node.this)
    value: Any = text
    if not node.args.get("is_string"):
        value = int(text) if text.isdigit() else float(text)
    return lambda _scope: value


def _constant(node: exp.Expr) -> Formula:
    value = None if isinstance(node, exp.Null) else bool(node.this)
    return lambda _scope: value


def _and(node: exp.Expr) -> Formula:
    one, other = formula(node.this), formula(node.args["expression"])

    def made(scope: Scope) -> bool | None:
        left = one(scope)
        if left is False:
            return False
        right = other(scope)
        return False if right is False else None if left is None or right is None else True

    return made


def _or(node: exp.Expr) -> Formula:
    one, other = formula(node.this), formula(node.args["expression"])

    def made(scope: Scope) -> bool | None:
        left = one(scope)
        if left is True:
            return True
        right = other(scope)
        return True if right is True else None if left is None or right is None else False

    return made


def _is(node: exp.Expr) -> Formula:
    one, wanted = formula(node.this), node.args["expression"]
    if not isinstance(wanted, exp.Null):
        raise UnknownToDesk(node.sql("duckdb"))
    return lambda scope: one(scope) is None


def _in(node: exp.Expr) -> Formula:
    one, listed = formula(node.this), [formula(each) for each in node.expressions]
    if not listed:
        raise UnknownToDesk(node.sql("duckdb"))

    def made(scope: Scope) -> bool | None:
        value = one(scope)
        if value is None:
            return None
        others = [each(scope) for each in listed]
        return True if value in others else None if None in others else False

    return made


def _between(node: exp.Expr) -> Formula:
    one, low, high = (formula(node.args[name]) for name in ("this", "low", "high"))
    test = _strict(lambda value, least, most: least <= value <= most)
    return lambda scope: test(one(scope), low(scope), high(scope))


def _like(node: exp.Expr) -> Formula:
    one, pattern = formula(node.this), node.args["expression"]
    if not isinstance(pattern, exp.Literal) or "_" in str(pattern.this):
        raise UnknownToDesk(node.sql("duckdb"))
    wanted = re.compile(".*".join(map(re.escape, str(pattern.this).split("%"))), re.DOTALL)
    test = _strict(lambda text: wanted.fullmatch(text) is not None)
    return lambda scope: test(one(scope))


def _case(node: exp.Expr) -> Formula:
    subject = formula(node.this) if node.this is not None else None
    whens = [(formula(each.this), formula(each.args["true"])) for each in node.args["ifs"]]
    default = formula(node.args["default"]) if node.args.get("default") else lambda _scope: None

    def made(scope: Scope) -> Any:  # noqa: ANN401 - values of SQL
        if subject is None:
            return next((then for when, then in whens if when(scope) is True), default)(scope)
        value = subject(scope)
        found = (then for when, then in whens if value is not None and when(scope) == value)
        return next(found, default)(scope)

    return made


def _cast(node: exp.Expr) -> Formula:
    one, wanted = formula(node.this), node.args["to"].sql("duckdb").upper()
    if wanted not in _TYPES:
        raise UnknownToDesk(node.sql("duckdb"))
    turn, trying = _TYPES[wanted], isinstance(node, exp.TryCast)

    def made(scope: Scope) -> Any:  # noqa: ANN401 - values of SQL
        value = one(scope)
        try:
            return None if value is None else turn(value)
        except ValueError:
            if trying:
                return None
            raise

    return made


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT"), int),
    "DOUBLE": float,
    "TEXT": str,
    "VARCHAR": str,
}


def _window(node: exp.Expr) -> Formula:
    """One row stands alone, whatever the parts and the order."""
    if not isinstance(node.this, exp.RowNumber):
        raise UnknownToDesk(node.sql("duckdb"))
    return lambda _scope: 1


def _pad(node: exp.Expr) -> Formula:
    one, length, fill = (
        formula(node.args[name]) for name in ("this", "expression", "fill_pattern")
    )
    call = _strict(_padded_before if node.args.get("is_left") else _padded)
    return lambda scope: call(one(scope), length(scope), fill(scope))


def _regexp_replace(node: exp.Expr) -> Formula:
    one, pattern, new = (formula(node.args[name]) for name in ("this", "expression", "replacement"))
    option = node.args.get("modifiers")
    if option is None or str(option.this) != "g":
        raise UnknownToDesk(node.sql("duckdb"))
    call = _strict(_replaced)
    return lambda scope: call(one(scope), pattern(scope), new(scope))


_WRITERS: Mapping[type[exp.Expr], Callable[[exp.Expr], Formula]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _constant,
    exp.Null: _constant,
    exp.And: _and,
    exp.Or: _or,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Like: _like,
    exp.Case: _case,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Window: _window,
    exp.Pad: _pad,
    exp.RegexpReplace: _regexp_replace,
    exp.Alias: lambda node: formula(node.this),
}
