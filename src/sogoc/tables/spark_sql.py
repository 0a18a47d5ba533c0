"""What a step says, said to Spark: sqlglot translates, and what it leaves different stands here.

Steps are written in DuckDB's dialect. Most of it means the same to Spark once sqlglot has written
it out. The few words that both know and understand differently are put right here, without a
function of our own inside Spark: every step stays an expression that Spark can plan and compile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from sogoc.tables.java_patterns import first_only, java_pattern, java_replacement

if TYPE_CHECKING:
    from collections.abc import Callable


def spark_select(select: str) -> str:
    """The SELECT in Spark's dialect, giving the same rows."""
    tree = sqlglot.parse_one(select, read="duckdb")
    # From the leaves up: what is put right may stand inside something else that is.
    for node in reversed(list(tree.walk())):
        said = _SAID.get(type(node))
        if said is not None:
            other = said(node)
            if other is not node:
                node.replace(other)
    return tree.sql("spark")


def _division(node: exp.Expr) -> exp.Expr:
    """DuckDB divides in floating point whatever it is given, Spark decimals as decimals."""
    for side in ("this", "expression"):
        part = node.args[side]
        if not _is_double(part):
            node.set(side, exp.cast(part, "double"))
    return node


def _is_double(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.is_type("double")


def _rounded(node: exp.Expr) -> exp.Expr:
    """Round a double to places as C does: Spark rounds its decimal writing, 0.285 to 0.29."""
    places = node.args.get("decimals")
    if places is None or not places.is_int or places.name == "0":
        return node
    power = f"1e{places.name}"
    inner = exp.cast(node.this, "double")
    return sqlglot.parse_one(f"round(:x * {power}) / {power}", read="spark").transform(
        lambda one: inner if isinstance(one, exp.Placeholder) else one
    )


def _replaced(node: exp.Expr) -> exp.Expr:
    """Without the option `g` only the first match is replaced; Spark knows only all of them."""
    pattern, written = node.args["expression"], node.args.get("replacement")
    options = node.args.get("modifiers")
    everywhere = options is not None and "g" in options.name
    java = java_pattern(pattern.name)
    if not everywhere:
        java = first_only(java)
    said = java_replacement(written.name if written is not None else "", shift=int(not everywhere))
    return exp.RegexpReplace(
        this=node.this,
        expression=exp.Literal.string(java),
        replacement=exp.Literal.string(said if everywhere else f"$1{said}"),
    )


def _matched(node: exp.Expr) -> exp.Expr:
    pattern = node.expression
    if pattern.is_string:
        pattern.replace(exp.Literal.string(java_pattern(pattern.name)))
    return node


def _condition(node: exp.Expr) -> exp.Expr:
    """A bare NULL is no truth value to Spark, until it is told so."""
    if isinstance(node.parent, exp.Connector | exp.Not | exp.Where | exp.If | exp.Having):
        is_condition = not isinstance(node.parent, exp.If) or node.arg_key == "this"
        if is_condition:
            return exp.cast(exp.null(), "boolean")
    return node


def _trimmed(node: exp.Expr) -> exp.Expr:
    """DuckDB takes away every blank of Unicode, Spark only the one of the keyboard."""
    if node.args.get("expression") is None:
        node.set("expression", exp.Literal.string(_BLANKS))
    return node


def _part(node: exp.Expr) -> exp.Expr:
    """Letters count from 1; what is asked from 0 on begins one before the first."""
    start, length = node.args.get("start"), node.args.get("length")
    if start is None or (start.is_number and start.name != "0") or isinstance(start, exp.Neg):
        return node
    if length is not None:
        node.set("length", exp.func("if", start.eq(0), length - 1, length))
    node.set("start", exp.func("greatest", start.copy(), exp.Literal.number(1)))
    return node


def _distance(node: exp.Expr) -> exp.Expr:
    """DuckDB counts bytes that differ, Spark letters: so each byte is made a letter."""
    for side in ("this", "expression"):
        text = exp.func("encode", node.args[side].copy(), exp.Literal.string("UTF-8"))
        node.set(side, exp.func("decode", text, exp.Literal.string("ISO-8859-1")))
    return node


def _planned(node: exp.Expr) -> exp.Expr:
    """Spark decides by itself what of a query it keeps: it has no word for it."""
    node.set("materialized", None)
    return node


def _as_text(node: exp.Expr) -> exp.Expr:
    """Doubles as C writes them: Java writes 1.0E7 for ten million, and 5.0E-4.

    What a column holds only Spark knows; it decides while it plans, and nothing is asked of a row.
    """
    value = node.this
    if not isinstance(node, exp.Cast) or not node.to.is_type(*exp.DataType.TEXT_TYPES):
        return node
    if isinstance(value, exp.Div | exp.Round) or _is_double(value):
        return _written(node, _DOUBLE)
    return _written(node, _PERHAPS_DOUBLE) if isinstance(value, exp.Column) else node


_DOUBLE = r"""
case
    when abs(:x) >= 1e16 or (abs(:x) < 1e-4 and :x <> 0) then
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(cast(:x as string),
            'E(-?)', 'e$1'), '[.]0e', 'e'), 'e([0-9])', 'e+$1'), 'e-([0-9])$', 'e-0$1')
    when abs(:x) >= 1e7 or (abs(:x) < 1e-3 and :x <> 0) then
        regexp_replace(cast(try_cast(cast(:x as string) as decimal(38, 20)) as string),
            '([.][0-9]+?)0*$', '$1')
    else cast(:x as string)
end"""
"""A double written out; Java gives its digits, and only where it would write E are they moved."""
_PERHAPS_DOUBLE = f"""
case when typeof(:x) = 'double' then {_DOUBLE.replace(":x", ":y")}
else cast(:x as string) end"""
_BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_BLANKS += "\u202f\u205f\u3000"
"""The blanks of Unicode (category Zs)."""


def _written(node: exp.Expr, form: str) -> exp.Expr:
    """The form with the value in its place."""
    # What is no number has no double; the branch is there to be planned, and never taken.
    double = sqlglot.parse_one("try_cast(cast(:x as string) as double)", read="spark")
    made = sqlglot.parse_one(form, read="spark")

    def put(one: exp.Expr) -> exp.Expr:
        if isinstance(one, exp.Placeholder):
            return node.this.copy() if one.name == "x" else double.transform(put)
        return one

    return made.transform(put)


_SAID: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Div: _division,
    exp.Round: _rounded,
    exp.RegexpReplace: _replaced,
    exp.RegexpLike: _matched,
    exp.RegexpExtract: _matched,
    exp.Null: _condition,
    exp.Trim: _trimmed,
    exp.Substring: _part,
    exp.Levenshtein: _distance,
    exp.Cast: _as_text,
    exp.CTE: _planned,
}
