"""A policy and its model as the settings of Splink 5, and back.

Splink explores a model: its charts of weights, of m and u, its waterfall. It compares two tables of
the same columns, so the persons asked for stand on the left (`_l`), the population on the right
(`_r`), with the texts a predicate names as columns. Settings are plain JSON: nothing of Splink is
imported here. What a register counts for each record (u of a name) is one mean there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sogoc.errors import RuleFileError, Sentence
from sogoc.link.models.model import Chance, Model
from sogoc.link.pairing.pairs import AMONG, neighbours_swapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.link.policy import Block, Comparison, Policy

_SWAPPED = re.compile(r"neighbours_swapped\(([a-z_.]+), ([a-z_.]+)\)")
_COLUMN = re.compile(r"\b([ap])\.([a-z_]+)\b")
_SIDES = {"a": "l", "p": "r"}
_NOTHING_LEFT = "ELSE"
_ABSENT = "value missing"


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
                    "sql_condition": _NOTHING_LEFT if level.when == "true" else _sided(level.when),
                    "label_for_charts": level.code,
                    "m_probability": model.chances[f"{one.id}:{level.code}"].m,
                    "u_probability": model.chances[f"{one.id}:{level.code}"].u,
                }
                for level in one.levels
            ),
        ],
    }


def _sided(predicate: str) -> str:
    text = _SWAPPED.sub(lambda call: neighbours_swapped(call[1], call[2]), predicate)
    text = AMONG.sub(r"\2 like concat('% ', cast(\1 as varchar), ' %')", text)
    return _COLUMN.sub(lambda column: f"{column[2]}_{_SIDES[column[1]]}", text)


def model_of(raw: dict[str, Any], policy: Policy) -> Model:
    """The model in settings that Splink saved, learned by whatever means Splink has.

    Raises RuleFileError with every level of the policy for which they have no m or no u.
    """
    found = dict(_found(raw))
    wanted = [f"{one.id}:{level.code}" for one in policy.comparisons for level in one.levels]
    if missing := [code for code in wanted if code not in found]:
        listed = "\n".join(f"  {code}" for code in missing)
        raise RuleFileError(
            Sentence(
                vi=f"Mô hình của Splink thiếu m hoặc u của các mức sau:\n{listed}",
                en=f"The model of Splink lacks m or u of these levels:\n{listed}",
            )
        )
    return Model(
        policy=policy.version,
        learned_from="splink",
        pairs=0,
        chances={code: found[code] for code in wanted},
    )


def _found(raw: dict[str, Any]) -> Iterator[tuple[str, Chance]]:
    for comparison in raw.get("comparisons", ()):
        for level in comparison.get("comparison_levels", ()):
            code = f"{comparison.get('output_column_name')}:{level.get('label_for_charts')}"
            if "m_probability" in level and "u_probability" in level:
                yield code, Chance(m=level["m_probability"], u=level["u_probability"])
