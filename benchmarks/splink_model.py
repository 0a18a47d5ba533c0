"""Splink's model in the comparison: comparisons with their levels, and blocking rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splink import SettingsCreator


def settings(prior: float) -> SettingsCreator:
    """The model before it is trained; `prior` is the chance of two random records to match."""
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("old_number"),
            block_on("dob", "given"),
            block_on("folded", "year"),
            block_on("folded", "commune"),
            block_on("dob", "commune"),
            block_on("surname", "given", "year", "commune"),
            block_on("surname", "dob", "province"),
        ],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
        max_iterations=12,
    )


def _comparisons() -> list[Any]:
    from splink.comparison_library import CustomComparison

    same = "{0}_l = {0}_r".format
    near = "levenshtein({0}_l, {0}_r) <= {1}".format
    tables: dict[str, list[tuple[str, str]]] = {
        "written": [
            (same("written"), "written"),
            (f"{same('folded')} and (written_l = folded_l or written_r = folded_r)", "folded"),
            (same("folded"), "folded"),
            ("turned_l = folded_r or turned_r = folded_l", ""),
            (near("folded", 1), ""),
            (f"{same('surname')} and {same('given')} and {same('core')}", ""),
            (f"{same('surname')} and {same('given')}", ""),
            (near("folded", 2), ""),
        ],
        "year": [
            (same("dob"), "dob"),
            (f"(dob_l is null or dob_r is null) and {same('year')}", ""),
            ("dob_l is null or dob_r is null", ""),
            ("swapped_l = dob_r or swapped_r = dob_l", ""),
            (f"{same('year')} and ({same('month')} or {same('day')})", ""),
            (f"{same('month')} and {same('day')} and abs(year_l - year_r) = 1", ""),
            (same("year"), ""),
            ("abs(year_l - year_r) = 1", ""),
        ],
        "sex": [(same("sex"), "")],
        "commune": [
            (same("commune"), "commune"),
            ("commune_l = former_r or former_l = commune_r", ""),
            (same("province"), ""),
        ],
        "number": [(same("number"), ""), (near("number", 1), "")],
        "old_number": [(same("old_number"), ""), (near("old_number", 1), "")],
    }
    return [
        CustomComparison(output_column_name=column, comparison_levels=_levels(column, levels))
        for column, levels in tables.items()
    ]


def _levels(column: str, levels: list[tuple[str, str]]) -> list[dict[str, Any]]:
    missing = {
        "sql_condition": f"{column}_l is null or {column}_r is null",
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    told = [
        {
            "sql_condition": condition,
            "label_for_charts": condition,
            **({"tf_adjustment_column": frequency} if frequency else {}),
        }
        for condition, frequency in levels
    ]
    return [missing, *told, {"sql_condition": "ELSE", "label_for_charts": "else"}]


def tighten(settings: dict[str, Any]) -> None:
    """Date and given name bring up a hundred strangers a record in a nation of this size."""
    for rule in settings["blocking_rules_to_generate_predictions"]:
        text = rule["blocking_rule"]
        if '"dob"' in text and '"given"' in text:
            rule["blocking_rule"] = f'{text} and l."surname" = r."surname"'
