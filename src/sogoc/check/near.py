"""Records that look like one thing entered twice: pairs for a person to judge, never merged.

Only records that share a block are compared: the fields that must be equal, the square of ground,
or, where neither is named, the beginning or the end of the first text. A block of more than
`LARGEST` records is not compared, since its pairs grow with the square; it is named in
`near_skipped`, and its records are not assessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.conditions import Condition
from sogoc.check.rules import Judged, touched, touched_column
from sogoc.contract.model import Alike, RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted
from sogoc.values.sql import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import RegisterObject

LARGEST = 200
_LETTERS = 6
_METRES_A_DEGREE = 111_320
_NARROWEST = 0.91
"""Cosine of 24.5° north, beyond the northern tip of Vietnam: no square is narrower than asked."""


def near_keys(name: str, position: int) -> str:
    """The blocks of each record: `_row`, `block`, `home` (1: its own, 0: a neighbour's)."""
    return f"near_keys__{name}__{position}"


def near_skipped(name: str, position: int) -> str:
    """Blocks too large to compare: `block`, `records`."""
    return f"near_skipped__{name}__{position}"


def near_pairs(name: str, position: int) -> str:
    """The pairs of one rule, with the columns of `tables.naming.near_duplicates`."""
    return f"near_pairs__{name}__{position}"


def near_rules(one: RegisterObject) -> Iterator[tuple[int, Alike]]:
    """The rules of an object about near-duplicates, by position."""
    for position, rule in enumerate(one.rules):
        if rule.form is RuleForm.NEAR_DUPLICATE and rule.alike is not None:
            yield position, rule.alike


def near_steps(one: RegisterObject) -> list[Step]:
    """The pairs of every such rule, then all pairs of the object in one table."""
    steps: list[Step] = []
    pairs: list[str] = []
    for position, alike in near_rules(one):
        steps += _rule_steps(one, alike, position)
        pairs.append(near_pairs(one.name, position))
    if pairs:
        each = " union all ".join(f"select * from {quoted(table)}" for table in pairs)
        steps.append(Step(naming.near_duplicates(one.name), tuple(pairs), each))
    return steps


def near_rule(one: RegisterObject, alike: Alike, position: int) -> Judged:
    """The rule in the pass: a record of a pair fails, one of a block not compared is unassessed."""
    row, paired = (quoted(touched_column(position, number)) for number in (0, 1))
    pairs, keys = near_pairs(one.name, position), near_keys(one.name, position)
    skipped = near_skipped(one.name, position)
    select = (
        f"select _row as {row}, max(paired) = 1 as {paired} from ("
        f"select _row, 1 as paired from {quoted(pairs)}"
        f" union all select _other as _row, 1 as paired from {quoted(pairs)}"
        f" union all select k._row as _row, 0 as paired from {quoted(keys)} as k"
        f" inner join {quoted(skipped)} as s on k.block = s.block) as touched group by _row"
    )
    needed = _needed(alike)
    unknown = (*(f"{quoted(field)} is null" for field in needed), f"not {paired}")
    return Judged(
        position=position,
        condition=Condition(paired, unknown),
        touched=Step(touched(one.name, position), (pairs, keys, skipped), select),
    )


def _rule_steps(one: RegisterObject, alike: Alike, position: int) -> list[Step]:
    table, keys = naming.standard(one.name), near_keys(one.name, position)
    skipped = near_skipped(one.name, position)
    large = (
        f"select block, count(*) as records from {quoted(keys)} where home = 1"
        f" group by block having count(*) > {LARGEST}"
    )
    return [
        Step(keys, (table,), _blocks(alike, table)),
        Step(skipped, (keys,), large),
        Step(
            near_pairs(one.name, position),
            (table, keys, skipped),
            _pairs(alike, (table, keys, skipped)),
        ),
    ]


def _needed(alike: Alike) -> list[str]:
    ground = [alike.latitude, alike.longitude] if alike.metres else []
    return sorted({*alike.same, *alike.alike, *ground})


def _blocks(alike: Alike, table: str) -> str:
    there = " and ".join(f"{quoted(field)} is not null" for field in _needed(alike))
    same = " || '|' || ".join([f"cast({quoted(field)} as varchar)" for field in alike.same]) or "''"
    where = f"from {quoted(table)} where {there}"
    if alike.metres:
        return _squares(alike, same, where)
    if alike.same:
        return f"select _row, {same} as block, 1 as home {where}"
    text = folded(quoted(alike.alike[0]))
    return (
        f"select _row, 'begins ' || left({text}, {_LETTERS}) as block, 1 as home {where}"
        f" union all select _row, 'ends ' || right({text}, {_LETTERS}) as block, 1 as home {where}"
    )


def _squares(alike: Alike, same: str, where: str) -> str:
    """Each record in its own square of ground, and as a neighbour in the eight around."""
    tall = alike.metres / _METRES_A_DEGREE
    south = f"cast(floor({quoted(alike.latitude)} / {tall!r}) as bigint)"
    west = f"cast(floor({quoted(alike.longitude)} / {tall / _NARROWEST!r}) as bigint)"
    steps = "(values (-1), (0), (1))"
    block = "same || '|' || cast(south + dy as varchar) || '|' || cast(west + dx as varchar)"
    return (
        f"select _row, {block} as block, case when dx = 0 and dy = 0 then 1 else 0 end as home"
        f" from (select _row, {same} as same, {south} as south, {west} as west {where}) as r"
        f" cross join {steps} as ys (dy) cross join {steps} as xs (dx)"
    )


def _pairs(alike: Alike, tables: tuple[str, str, str]) -> str:
    records, keys, skipped = (quoted(table) for table in tables)
    metres = _metres(alike)
    within = f" and metres <= {alike.metres!r}" if alike.metres else ""
    return (
        "select _row, _other, likeness, why from ("
        f"select _row, _other, {_likeness(alike)} as likeness, metres, {_why(alike)} as why from ("
        f"select p._row as _row, p._other as _other, {_measures(alike)}, {metres} as metres"
        " from (select distinct"
        " case when l._row < r._row then l._row else r._row end as _row,"
        " case when l._row < r._row then r._row else l._row end as _other"
        f" from {keys} as l inner join {keys} as r on l.block = r.block and l._row <> r._row"
        f" where l.home = 1 and not exists"
        f" (select 1 from {skipped} as s where s.block = l.block)) as p"
        f" inner join {records} as a on a._row = p._row"
        f" inner join {records} as b on b._row = p._other) as measured) as judged"
        f" where likeness >= {alike.likeness!r}{within}"
    )


def _measures(alike: Alike) -> str:
    """Likeness of each text: 1 less the share of letters to change (Levenshtein 1966).

    Without marks: a lost mark is the commonest slip, and DuckDB counts bytes where Spark counts
    letters, which is the same only in plain ones.
    """
    each = []
    for number, field in enumerate(alike.alike):
        left, right = (folded(f"cast({side}.{quoted(field)} as varchar)") for side in "ab")
        longest = f"greatest(length({left}), length({right}), 1)"
        each.append(f"1.0 - levenshtein({left}, {right}) * 1.0 / {longest} as like_{number}")
    return ", ".join(each) or "1.0 as like_0"


def _likeness(alike: Alike) -> str:
    """The least like of the texts counts: two records differ if one thing about them does."""
    likes = [f"like_{number}" for number in range(max(1, len(alike.alike)))]
    least = likes[0] if len(likes) == 1 else f"least({', '.join(likes)})"
    return f"cast({least} as double)"


def _why(alike: Alike) -> str:
    """Which fields are equal or alike, and how far apart they stand: no value of the record."""
    parts = [literal(f"{field} =") for field in alike.same]
    parts += [
        f"{literal(f'{field} ~ ')} || cast(round(like_{number}, 2) as varchar)"
        for number, field in enumerate(alike.alike)
    ]
    if alike.metres:
        parts.append("cast(cast(round(metres) as bigint) as varchar) || ' m'")
    return " || ', ' || ".join(parts)


def _metres(alike: Alike) -> str:
    """Distance on a plane that touches the place: exact to a metre within a kilometre."""
    if not alike.metres:
        return "cast(null as double)"
    south, west = (
        [f"cast({side}.{quoted(field)} as double)" for side in "ab"]
        for field in (alike.latitude, alike.longitude)
    )
    tall = f"({south[0]} - {south[1]}) * {_METRES_A_DEGREE}"
    wide = f"({west[0]} - {west[1]}) * {_METRES_A_DEGREE} * cos(radians({south[0]}))"
    return f"sqrt(({tall}) * ({tall}) + ({wide}) * ({wide}))"
