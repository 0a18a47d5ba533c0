"""From the policy's predicates to Python that compiles: the same truth, NULL by NULL.

SQL has three truths. A level counts only where its predicate is true, and a comparison is missing
only where its condition is false, so an expression is written for the truth that is asked for, and
a value knows when it is NULL. Whatever is not known here is refused, and linking runs in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Columns = Callable[[str, str], "Value | None"]
    Texts = Callable[[str, str], "Text | None"]


class UnknownToKernel(Exception):
    """The kernel cannot say what SQL would say; the message is the expression."""


class Truth(Enum):
    """Which truth of an expression is asked for; NULL is neither."""

    TRUE = "true"
    FALSE = "false"

    @property
    def other(self) -> Truth:
        """What NOT makes of it."""
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE


@dataclass(frozen=True, slots=True)
class Value:
    """An expression in Python, and the tests that tell when it is NULL."""

    text: str
    nulls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text as bytes: the array, where it begins, where it ends, and when it is NULL."""

    letters: str
    low: str
    high: str
    nulls: tuple[str, ...] = ()

    @property
    def spread(self) -> str:
        """As arguments of a call."""
        return f"{self.letters}, {self.low}, {self.high}"


_ORDERS: Mapping[type[exp.Expr], Mapping[Truth, str]] = {
    exp.EQ: {Truth.TRUE: "==", Truth.FALSE: "!="},
    exp.NEQ: {Truth.TRUE: "!=", Truth.FALSE: "=="},
    exp.LT: {Truth.TRUE: "<", Truth.FALSE: ">="},
    exp.LTE: {Truth.TRUE: "<=", Truth.FALSE: ">"},
    exp.GT: {Truth.TRUE: ">", Truth.FALSE: "<="},
    exp.GTE: {Truth.TRUE: ">=", Truth.FALSE: "<"},
}
_SUMS: Mapping[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.IntDiv: "//",
    exp.Mod: "%",
}

_AROUND: Mapping[type[exp.Expr], str] = {
    exp.Paren: "({})",
    exp.Neg: "(-{})",
    exp.Abs: "abs({})",
}


@dataclass
class Translator:
    """Writes expressions over the columns that `column` and `text` know.

    `column(table, name)` gives the value of a column, `text(table, name)` a text, or None.
    `furthest` is the largest edit distance that any predicate asks for; `distances` gives the place
    where each is kept while one pair is compared.
    """

    column: Columns
    text: Texts
    furthest: int = 0
    distances: dict[str, int] = field(default_factory=dict)

    def true(self, predicate: str) -> str:
        """When the predicate is true."""
        return self._holds(_parsed(predicate), Truth.TRUE)

    def false(self, predicate: str) -> str:
        """When the predicate is false; not the same as not true."""
        return self._holds(_parsed(predicate), Truth.FALSE)

    def value(self, expression: str) -> str:
        """An integer expression that is never NULL."""
        made = self._value(_parsed(expression))
        if made.nulls:
            raise UnknownToKernel(expression)
        return made.text

    def _holds(self, node: exp.Expr, truth: Truth) -> str:
        if isinstance(node, exp.Paren):
            return self._holds(node.this, truth)
        if isinstance(node, exp.Not):
            return self._holds(node.this, truth.other)
        if isinstance(node, exp.Boolean):
            return str(bool(node.this) == (truth is Truth.TRUE))
        if isinstance(node, exp.And | exp.Or):
            word = "and" if isinstance(node, exp.And) == (truth is Truth.TRUE) else "or"
            return f"({self._holds(node.left, truth)} {word} {self._holds(node.right, truth)})"
        values, tests = self._test(node)
        known = [f"not ({null})" for value in values for null in value.nulls]
        return f"({' and '.join([*dict.fromkeys(known), tests[truth]])})"

    def _test(self, node: exp.Expr) -> tuple[list[Value], Mapping[Truth, str]]:
        """The values that must be known, and when the test is true and false of them."""
        if type(node) in _ORDERS and isinstance(node, exp.Binary):
            left, right = self._value(node.left), self._value(node.right)
            orders = _ORDERS[type(node)].items()
            return [left, right], {
                truth: f"{left.text} {order} {right.text}" for truth, order in orders
            }
        known: Mapping[type[exp.Expr], Callable[[exp.Expr], tuple[list[Value], str]]] = {
            exp.Is: self._is_null,
            exp.Column: self._flag,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Anonymous: self._called,
        }
        if type(node) not in known:
            raise UnknownToKernel(node.sql())
        values, test = known[type(node)](node)
        return values, {Truth.TRUE: test, Truth.FALSE: f"not ({test})"}

    def _is_null(self, node: exp.Expr) -> tuple[list[Value], str]:
        one, null = node.this, node.args["expression"]
        if not isinstance(null, exp.Null):
            raise UnknownToKernel(node.sql())
        text = self.text(one.table, one.name) if isinstance(one, exp.Column) else None
        nulls = text.nulls if text else self._value(one).nulls
        return [], " or ".join(f"({null})" for null in nulls) or "False"

    def _flag(self, node: exp.Expr) -> tuple[list[Value], str]:
        flag = self._value(node)
        return [flag], f"{flag.text} == 1"

    def _in(self, node: exp.Expr) -> tuple[list[Value], str]:
        if node.args.get("query"):
            raise UnknownToKernel(node.sql())
        one, members = self._value(node.this), [self._value(each) for each in node.expressions]
        return [one, *members], " or ".join(f"{one.text} == {member.text}" for member in members)

    def _between(self, node: exp.Expr) -> tuple[list[Value], str]:
        low, one, high = (self._value(node.args[part]) for part in ("low", "this", "high"))
        return [low, one, high], f"{low.text} <= {one.text} <= {high.text}"

    def _called(self, node: exp.Expr) -> tuple[list[Value], str]:
        name, given = node.name.lower(), node.expressions
        if name == "neighbours_swapped":
            texts = [self._text(one) for one in given]
            nulls = [Value("", text.nulls) for text in texts]
            return nulls, f"neighbours_swapped({', '.join(text.spread for text in texts)})"
        if name == "among":
            one, listed = self._value(given[0]), self._text(given[1])
            return [one, Value("", listed.nulls)], f"among({one.text}, {listed.spread})"
        raise UnknownToKernel(node.sql())

    def _value(self, node: exp.Expr) -> Value:
        if type(node) in _SUMS and isinstance(node, exp.Binary):
            left, right = self._value(node.left), self._value(node.right)
            text = f"({left.text} {_SUMS[type(node)]} {right.text})"
            return Value(text, (*left.nulls, *right.nulls))
        known: Mapping[type[exp.Expr], Callable[[exp.Expr], Value]] = {
            exp.Literal: self._literal,
            exp.Column: self._named,
            exp.Levenshtein: self._distance,
            exp.Case: self._case,
        }
        if type(node) in known:
            return known[type(node)](node)
        if type(node) not in _AROUND:
            raise UnknownToKernel(node.sql())
        inner = self._value(node.this)
        return Value(_AROUND[type(node)].format(inner.text), inner.nulls)

    @staticmethod
    def _literal(node: exp.Expr) -> Value:
        if not node.name.isdigit():
            raise UnknownToKernel(node.sql())
        return Value(node.name)

    def _named(self, node: exp.Expr) -> Value:
        found = self.column(node.table, node.name) if isinstance(node, exp.Column) else None
        if found is None:
            raise UnknownToKernel(node.sql())
        return found

    def _case(self, node: exp.Expr) -> Value:
        """A choice among values that are never NULL."""
        default = node.args.get("default")
        if node.this or default is None:
            raise UnknownToKernel(node.sql())
        made = self._value(default)
        for one in reversed(node.args["ifs"]):
            chosen = self._value(one.args["true"])
            if chosen.nulls or made.nulls:
                raise UnknownToKernel(node.sql())
            made = Value(f"({chosen.text} if {self._holds(one.this, Truth.TRUE)} else {made.text})")
        return made

    def _distance(self, node: exp.Expr) -> Value:
        """An edit distance, exact up to the bound that it is compared with and more beyond it."""
        order = node.parent
        bound = order.args.get("expression") if order else None
        if not isinstance(order, exp.LTE | exp.LT) or not isinstance(bound, exp.Literal):
            raise UnknownToKernel(node.sql())
        self.furthest = max(self.furthest, int(bound.name))
        one, other = self._text(node.this), self._text(node.args["expression"])
        texts = f"{one.spread}, {other.spread}"
        # Several levels ask for the same distance: it is measured when first asked for.
        at = self.distances.setdefault(texts, len(self.distances))
        call = f"distance_once({texts}, FURTHEST, band, far, {at})"
        return Value(call, (*one.nulls, *other.nulls))

    def _text(self, node: exp.Expr) -> Text:
        found = self.text(node.table, node.name) if isinstance(node, exp.Column) else None
        if found is None:
            raise UnknownToKernel(node.sql())
        return found


def _parsed(text: str) -> exp.Expr:
    (one,) = sqlglot.parse_one(f"select {text}", read="duckdb").args["expressions"]
    if not isinstance(one, exp.Expr):
        raise UnknownToKernel(text)
    return one
