"""A policy and its model as the settings of Splink 5, and back.

Splink explores a model: its charts of weights, of m and u, its waterfall; it can train one anew. It
compares two tables of the same columns, so the persons asked for stand on the left (`_l`), the
population on the right (`_r`), with the texts a predicate names as columns (`sides`). Settings are
plain JSON: nothing of Splink is imported here. What a register counts for each record (u of a name)
is one mean there, and the evidence of a family is not told: Splink knows strangers only.

What comes back are settings that were exported, trained in whatever way Splink has: the same
comparisons, the same levels, each with the condition it was exported with. A level means what its
condition says, so a chance learned under another condition would stand for something else. A level
that training never met may have lost its m; it keeps that of the policy.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.errors import RuleFileError, Sentence
from sogoc.link.columns import ASKED_COLUMNS, FOLDED, PERSON_COLUMNS, asked, candidates
from sogoc.link.models.model import Chance, Model, shipped_m
from sogoc.link.pairing.pairs import AMONG, neighbours_swapped
from sogoc.link.population import number_text
from sogoc.tables.engine import quoted
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Block, Comparison, Level, Policy

_SWAPPED = re.compile(r"neighbours_swapped\(([a-z_.]+), ([a-z_.]+)\)")
_COLUMN = re.compile(r"\b([ap])\.([a-z_]+)\b")
_SIDES = {"a": "l", "p": "r"}
_NOTHING_LEFT = "ELSE"
_ABSENT = "value missing"
_TEXTS = {
    "folded_text": "f.text",
    "number_text": number_text("p.number", 12),
    "old_number_text": number_text("p.old_number", 9),
}
_TYPES = dict.fromkeys((*_TEXTS, "communes", "who"), "varchar") | {
    "marked": "boolean",
    "cohort": "double",
    "region": "double",
    "sex_share": "double",
}
"""Of columns that are no whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A model that came back, and the levels of which it told no m: those keep the policy's."""

    model: Model
    untold: tuple[str, ...]


def settings(policy: Policy, model: Model, *, persons: int) -> dict[str, Any]:
    """Settings of Splink for linking a register's records with `persons` persons."""
    return {
        "link_type": "link_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": policy.present / max(persons, 1),
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [
            _rule(block) for stage in policy.stages for block in stage.blocks
        ],
        "comparisons": [_comparison(one, model) for one in policy.comparisons],
    }


def columns(policy: Policy) -> tuple[str, ...]:
    """The columns that both tables need, beside `id`."""
    blocks = [
        f"a.{left} p.{right} {block.where}"
        for stage in policy.stages
        for block in stage.blocks
        for left, right in block.same
    ]
    levels = [
        f"{one.only_when} {' '.join(f'a.{left} p.{right}' for left, right in one.needs)} "
        + " ".join(level.when for level in one.levels)
        for one in policy.comparisons
    ]
    found = {name for text in [*blocks, *levels] for _, name in _COLUMN.findall(text)}
    return tuple(sorted(found))


def sides(one: RegisterObject, policy: Policy) -> tuple[str, str]:
    """SELECTs of both tables for Splink, `id` and `columns`, from what linking left.

    On the left all persons asked for, by their number; on the right those of the population who
    came into question for one of them, by their ordinal.
    """
    names = columns(policy)
    mine = ", ".join(_column(name, f"a.{name}", there=name in ASKED_COLUMNS) for name in names)
    theirs = ", ".join(
        _column(name, _TEXTS.get(name, f"p.{name}"), there=name in {*PERSON_COLUMNS, *_TEXTS})
        for name in names
    )
    left = f"select cast(a.asked as bigint) as id, {mine} from {quoted(asked(one.name))} as a"
    right = f"""
        select cast(p.person as bigint) as id, {theirs} from {POPULATION} as p
        inner join (select distinct person from {quoted(candidates(one.name))}) as near
            on p.person = near.person
        left join {FOLDED} as f on p.folded = f.folded
    """
    return f"{left} order by id", f"{right} order by id"


def _column(name: str, expression: str, *, there: bool) -> str:
    """Of one type on both sides, also where only one of them has it."""
    own = expression if there else "null"
    return f"cast({own} as {_TYPES.get(name, 'bigint')}) as {quoted(name)}"


def _rule(block: Block) -> str:
    same = " and ".join(f"l.{left} = r.{right}" for left, right in block.same)
    where = _COLUMN.sub(lambda column: f"{_SIDES[column[1]]}.{column[2]}", block.where)
    return same if block.where == "true" else f"{same} and {where}"


def _comparison(one: Comparison, model: Model) -> dict[str, Any]:
    there = " and ".join(
        f"{left}_l is not null and {right}_r is not null" for left, right in one.needs
    )
    missing = f"not ({there} and {_sided(one.only_when)})"
    return {
        "output_column_name": one.id,
        "comparison_description": one.id,
        "comparison_levels": [
            {"sql_condition": missing, "label_for_charts": _ABSENT, "is_null_level": True},
            *(
                {
                    "sql_condition": _condition(level),
                    "label_for_charts": level.code,
                    "m_probability": model.chances[f"{one.id}:{level.code}"].m,
                    "u_probability": model.chances[f"{one.id}:{level.code}"].u,
                }
                for level in one.levels
            ),
        ],
    }


def _condition(level: Level) -> str:
    return _NOTHING_LEFT if level.when == "true" else _sided(level.when)


def _sided(predicate: str) -> str:
    text = _SWAPPED.sub(lambda call: neighbours_swapped(call[1], call[2]), predicate)
    text = AMONG.sub(r"\2 like concat('% ', cast(\1 as varchar), ' %')", text)
    return _COLUMN.sub(lambda column: f"{column[2]}_{_SIDES[column[1]]}", text)


def model_of(raw: object, policy: Policy) -> Imported:
    """The model in settings that Splink saved, learned by whatever means Splink has.

    Raises RuleFileError with every comparison and level that is not as it was exported.
    """
    told = list(_told(raw))
    wanted = {f"{one.id}:{level.code}": level for one in policy.comparisons for level in one.levels}
    mistakes = [*_mistakes(told, wanted)]
    if mistakes:
        raise _refused(mistakes)
    found = {code: level for code, level in told if code in wanted}
    starts = shipped_m(policy)
    chances = {
        code: Chance(
            m=_least(found[code].get("m_probability", starts[code]), _LEAST_M),
            u=_least(found[code]["u_probability"], _LEAST_U),
        )
        for code in wanted
    }
    return Imported(
        model=Model(policy=policy.version, learned_from="splink", pairs=0, chances=chances),
        untold=tuple(code for code in wanted if "m_probability" not in found[code]),
    )


def _told(raw: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each level that has chances, by `comparison:level`; the level of missing values has none."""
    comparisons = raw.get("comparisons") if isinstance(raw, dict) else None
    for one in comparisons if isinstance(comparisons, list) else ():
        name = one.get("output_column_name") if isinstance(one, dict) else None
        levels = one.get("comparison_levels") if isinstance(one, dict) else None
        for level in levels if isinstance(levels, list) else ():
            if isinstance(level, dict) and not level.get("is_null_level"):
                yield f"{name}:{level.get('label_for_charts')}", level


def _mistakes(told: list[tuple[str, dict[str, Any]]], wanted: dict[str, Level]) -> Iterator[str]:
    codes = [code for code, _ in told]
    yield from (f"{code}: is not there" for code in wanted if code not in codes)
    yield from (f"{code}: stands there twice" for code in sorted({*codes}) if codes.count(code) > 1)
    for code, level in told:
        if code not in wanted:
            yield f"{code}: the policy has no such level"
        elif level.get("sql_condition") != _condition(wanted[code]):
            yield f"{code}: its condition is not the one that was exported"
        elif not _is_chance(level.get("m_probability", 1)):
            yield f"{code}: m_probability must be a number from 0 to 1"
        elif not _is_chance(level.get("u_probability")):
            yield f"{code}: u_probability must be a number from 0 to 1"


def _is_chance(told: object) -> bool:
    return isinstance(told, float | int) and math.isfinite(told) and 0 <= told <= 1


_LEAST_M, _LEAST_U = 1e-6, 1e-12
"""What is believed at the least. Training tells 0 of what none of its pairs had: for m that is
believed as one in a million, no more; u of a number is less than that, and read by nobody."""


def _least(chance: float, least: float) -> float:
    return float(f"{max(chance, least):.9g}")


def _refused(mistakes: list[str]) -> RuleFileError:
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    return RuleFileError(
        Sentence(
            vi="Chỉ nhận lại tệp do `sogoc link model export` xuất ra, đã huấn luyện bằng Splink: "
            "đúng các phép so sánh, đúng các mức và điều kiện, mỗi mức có u_probability. Tệp này "
            f"không được như vậy:\n{listed}",
            en="Only settings that `sogoc link model export` wrote are taken back, trained by "
            "Splink: the same comparisons, levels and conditions, each level with u_probability. "
            f"This file is not so:\n{listed}",
        )
    )
