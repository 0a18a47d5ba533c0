"""SELECT statements of the plan, worked out over a handful of rows and dictionaries.

A statement is read once and then run row by row. What it joins by equality from a dictionary of
the population is looked up there: nothing is scanned, and no engine plans anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from sogoc.link.desk.formulas import UnknownToDesk, formula, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sogoc.link.desk.formulas import Formula

    Row = dict[str, Any]
    Rows = list[Row]
    Tables = Mapping[str, Rows]
    Lookup = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
    """The entry of a dictionary with these values, none of them NULL; None if there is none."""
    Statement = Callable[[Tables], Rows]
    Scopes = list[dict[str, Mapping[str, Any]]]
    Joined = Callable[[Tables, Scopes], Scopes]


class _Nothing(dict[str, Any]):
    """The row of a left join that found none: every column is NULL."""

    def __missing__(self, _name: str) -> None:
        return None


def statement(
    text: str, dictionaries: Mapping[str, Lookup], *, given: frozenset[str] = frozenset()
) -> Statement:
    """The statement as a function of tables; those in `given` are told, though it defines them.

    Raises UnknownToDesk for what only an engine can do: grouping, sorting, windows of many rows.
    """
    return _Reader(dictionaries, given).query(parsed(text))


def branches(text: str, name: str) -> list[str]:
    """The parts of the table `name` that a statement defines as a union of all of them."""
    for one in parsed(text).find_all(exp.CTE):
        if one.alias == name:
            return [each.sql("duckdb") for each in _branches(one.this)]
    raise UnknownToDesk(name)


def _branches(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Union) and not node.args.get("distinct"):
        yield from _branches(node.left)
        yield from _branches(node.right)
    else:
        yield node


class _Reader:
    def __init__(self, dictionaries: Mapping[str, Lookup], given: frozenset[str]) -> None:
        self._dictionaries = dictionaries
        self._given = given

    def query(self, node: exp.Expr) -> Statement:
        if isinstance(node, exp.Subquery):
            return self.query(node.this)
        if isinstance(node, exp.Union):
            parts = [self.query(one) for one in _branches(node)]
            if len(parts) == 1:
                raise UnknownToDesk(node.sql("duckdb"))
            return lambda tables: [row for part in parts for row in part(tables)]
        if not isinstance(node, exp.Select) or any(node.args.get(one) for one in _OF_ENGINES):
            raise UnknownToDesk(node.sql("duckdb"))
        named = [(one.alias, self.query(one.this)) for one in node.ctes if self._defines(one)]
        body = self._body(node)

        def run(tables: Tables) -> Rows:
            known = dict(tables)
            for name, made in named:
                known[name] = made(known)
            return body(known)

        return run

    def _defines(self, one: exp.CTE) -> bool:
        return one.alias not in self._given

    def _body(self, node: exp.Select) -> Statement:
        source = node.args.get("from_") or node.args["from"]
        first = self._source(source.this)
        joins = [self._join(one) for one in node.args.get("joins") or []]
        where = formula(node.args["where"].this) if node.args.get("where") else None
        items = [_item(one) for one in node.expressions]

        def run(tables: Tables) -> Rows:
            scopes = first(tables, [{}])
            for join in joins:
                scopes = join(tables, scopes)
            if where is not None:
                scopes = [scope for scope in scopes if where(scope) is True]
            rows = [_row(items, scope) for scope in scopes]
            return _different(rows) if node.args.get("distinct") else rows

        return run

    def _source(self, node: exp.Expr) -> Joined:
        """Each row of a table beside what is within reach already."""
        alias = node.alias_or_name
        if isinstance(node, exp.Subquery):
            inner = self.query(node.this)
            return lambda tables, scopes: _beside(alias, inner(tables), scopes)
        name = node.name
        if name in self._dictionaries:
            # A table of one row, such as the totals.
            look = self._dictionaries[name]
            return lambda _tables, scopes: _beside(alias, [dict(look({}) or {})], scopes)
        return lambda tables, scopes: _beside(alias, tables[name], scopes)

    def _join(self, node: exp.Join) -> Joined:
        table, alias, on = node.this, node.this.alias_or_name, node.args.get("on")
        if on is None:
            return self._source(table)
        outer = str(node.side).upper() == "LEFT"
        if isinstance(table, exp.Table) and table.name in self._dictionaries:
            return _looked_up(self._dictionaries[table.name], alias, _keys(on, alias), outer=outer)
        source, test = self._source(table), formula(on)

        def run(tables: Tables, scopes: Scopes) -> Scopes:
            made: Scopes = []
            for scope in scopes:
                found = [one for one in source(tables, [scope]) if test(one) is True]
                made += found or ([{**scope, alias: _Nothing()}] if outer else [])
            return made

        return run


_OF_ENGINES = ("group", "having", "limit", "qualify")


def _different(rows: Rows) -> Rows:
    return list({tuple(row.values()): row for row in rows}.values())


def _beside(alias: str, rows: Rows, scopes: Scopes) -> Scopes:
    return [{**scope, alias: row} for scope in scopes for row in rows]


def _looked_up(look: Lookup, alias: str, keys: dict[str, Formula], *, outer: bool) -> Joined:
    def run(_tables: Tables, scopes: Scopes) -> Scopes:
        made: Scopes = []
        for scope in scopes:
            wanted = {name: value(scope) for name, value in keys.items()}
            found = None if None in wanted.values() else look(wanted)
            if found is not None:
                made.append({**scope, alias: found})
            elif outer:
                made.append({**scope, alias: _Nothing()})
        return made

    return run


def _keys(on: exp.Expr, alias: str) -> dict[str, Formula]:
    """The columns of a dictionary by which it is joined, and what each must equal."""
    keys: dict[str, Formula] = {}
    for one in on.flatten() if isinstance(on, exp.And) else [on]:
        if not isinstance(one, exp.EQ):
            raise UnknownToDesk(on.sql("duckdb"))
        mine, other = one.this, one.args["expression"]
        if isinstance(other, exp.Column) and other.table == alias:
            mine, other = other, mine
        if not isinstance(mine, exp.Column) or mine.table != alias:
            raise UnknownToDesk(on.sql("duckdb"))
        keys[mine.name] = formula(other)
    return keys


def _item(node: exp.Expr) -> Callable[[Row, Mapping[str, Mapping[str, Any]]], None]:
    star = node if isinstance(node, exp.Star) else node.this
    if isinstance(star, exp.Star):
        table = "" if star is node else node.args["table"].name
        left_out = {one.name for one in star.args.get("except_") or star.args.get("except") or []}

        def every(row: Row, scope: Mapping[str, Mapping[str, Any]]) -> None:
            for alias, one in scope.items():
                if table in {"", alias}:
                    row.update((key, one[key]) for key in one if key not in left_out)

        return every
    name, value = node.alias_or_name, formula(node)

    def single(row: Row, scope: Mapping[str, Mapping[str, Any]]) -> None:
        row[name] = value(scope)

    return single


def _row(
    items: list[Callable[[Row, Mapping[str, Mapping[str, Any]]], None]],
    scope: Mapping[str, Mapping[str, Any]],
) -> Row:
    row: Row = {}
    for item in items:
        item(row, scope)
    return row
