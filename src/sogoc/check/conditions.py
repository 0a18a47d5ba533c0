"""A rule's condition, taken apart: when it fails, and when it cannot be assessed.

A condition has three values. That it is NULL is not asked by evaluating it again: nearly every
condition is NULL exactly where one of its columns is empty, and emptiness is asked once a column,
however many rules read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from sogoc.check.functions import EXPANSIONS, written_out

if TYPE_CHECKING:
    from sogoc.check.functions import Surroundings

Blanks = frozenset[str] | None
"""The columns of which one being empty, and nothing else, makes an expression NULL; None: other
things can, too."""

NEVER: frozenset[str] = frozenset()

_NULL_IF_AN_ARGUMENT_IS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Not,
    exp.Paren,
    exp.Neg,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.DPipe,
    exp.Between,
    exp.In,
    exp.Like,
    exp.RegexpLike,
    exp.StartsWith,
    exp.Contains,
    exp.Length,
    exp.Lower,
    exp.Upper,
    exp.Trim,
    exp.Abs,
    exp.Round,
    exp.Floor,
    exp.Ceil,
    exp.Left,
    exp.Right,
    exp.Substring,
    exp.Levenshtein,
    exp.Year,
    exp.Month,
    exp.Day,
    exp.DateDiff,
)
"""Everything that is NULL if and only if an argument is. Not here: division (by zero), casts that
may fail, CASE, and whatever else asks about NULL itself."""


_NEVER_NULL = (exp.Literal, exp.Boolean, exp.Is, exp.CurrentDate, exp.Var)


@dataclass(frozen=True, slots=True)
class Condition:
    """`fails` is SQL with three values; `unknown` are conditions without NULL, of which any one
    that is true says: not assessed.
    """

    fails: str
    unknown: tuple[str, ...] = ()


NOT_ASSESSED = Condition("null", ("true",))


def condition(fail_when: str, around: Surroundings, *, not_assessed_when: str = "") -> Condition:
    """The condition of a rule, ready to stand in a SELECT over the standard record."""
    tree = parsed(fail_when)
    if not_assessed_when:
        written = _sql(written_out(tree, around))
        skipped = _sql(written_out(parsed(not_assessed_when), around))
        fails = f"case when {skipped} then null else ({written}) end"
        return Condition(fails, (f"({fails}) is null",))
    written = _sql(written_out(tree, around))
    blanks = _blanks(tree)
    if blanks is not None:
        return Condition(written, tuple(f"{_name(column)} is null" for column in sorted(blanks)))
    covered = _covered(tree)
    return Condition(written, (covered or f"({written}) is null",))


def parsed(text: str) -> exp.Expr:
    """The condition as a tree. The contract's loader has refused what does not parse."""
    return sqlglot.parse_one(text, read="duckdb")


def _sql(tree: exp.Expr) -> str:
    return tree.sql("duckdb")


def _name(column: str) -> str:
    return exp.column(column, quoted=True).sql("duckdb")


def _blanks(node: exp.Expr) -> Blanks:
    if isinstance(node, exp.Column):
        return frozenset({node.name})
    if isinstance(node, _NEVER_NULL) or _is_constant_cast(node):
        return NEVER
    if isinstance(node, exp.And | exp.Or):
        # NULL or true is true: only where both sides are empty together is the answer plain.
        sides = {_blanks(node.left), _blanks(node.right)}
        return sides.pop() if len(sides) == 1 else None
    if isinstance(node, _NULL_IF_AN_ARGUMENT_IS) or _is_ours(node):
        return _any_of([_blanks(child) for child in node.iter_expressions()])
    return None


def _is_constant_cast(node: exp.Expr) -> bool:
    return type(node) is exp.Cast and isinstance(node.this, exp.Literal)


def _is_ours(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in EXPANSIONS


def _any_of(found: list[Blanks]) -> Blanks:
    known = [blanks for blanks in found if blanks is not None]
    return frozenset().union(*known) if len(known) == len(found) else None


def _covered(tree: exp.Expr) -> str:
    """When no branch of `case when a then true when b then false end` is taken.

    The implied rules have this shape, with branches that ask only for NULL and so are never it.
    """
    if not isinstance(tree, exp.Case) or tree.this or tree.args.get("default"):
        return ""
    branches = tree.args["ifs"]
    if any(_blanks(branch.this) != NEVER for branch in branches):
        return ""
    if any(_blanks(branch.args["true"]) != NEVER for branch in branches):
        return ""
    return f"not ({' or '.join(f'({_sql(branch.this)})' for branch in branches)})"
