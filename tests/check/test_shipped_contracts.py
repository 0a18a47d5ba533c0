"""Every rule of every shipped contract runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sogoc.check.plan import plan, plan_without_link
from sogoc.contract.load import load
from sogoc.shipped import shipped
from sogoc.tables.engine import Engine
from sogoc.testing.both_engines import BothEngines
from sogoc.testing.standard_records import put

DAY = date(2026, 11, 20)
COUNTS = ("first_scorecard", "linked_scorecard", "scorecard", "judged")
"""Tables that count what others found: no rule stands in them, and other tests make them on both.
Spark takes as long for each as for one with rules."""
CONTRACTS = sorted(shipped("registers").glob("*.odcs.yaml"))
TELLING = [one for one in CONTRACTS if one.name.startswith(("civil-status", "land", "science"))]
"""Those with rules of every kind: Spark takes ten seconds for each."""
OTHERS = [one for one in CONTRACTS if one not in TELLING]


@pytest.mark.parametrize("contract", TELLING, ids=lambda path: path.name)
def test_an_empty_record_can_be_checked_by_all_rules_on_both(
    contract: Path, engine: Engine
) -> None:
    check_by_all_rules(contract, engine)


@pytest.mark.parametrize("contract", OTHERS, ids=lambda path: path.name)
def test_an_empty_record_can_be_checked_by_all_rules(contract: Path, duckdb_engine: Engine) -> None:
    check_by_all_rules(contract, duckdb_engine)


def check_by_all_rules(contract: Path, engine: Engine) -> None:
    register = load(contract)
    for one in register.objects:
        put(engine, one, [{}, {}])
    for step in plan(register, today=DAY) + plan_without_link(register, today=DAY):
        only_counts = step.makes.partition("__")[0] in COUNTS
        (_one(engine) if only_counts else engine).run(step)
    for one in register.objects:
        rules_counted = {
            rule for (rule,) in engine.rows(f"select distinct rule from scorecard__{one.name}")
        }
        assert rules_counted == set(range(len(one.rules)))


def _one(engine: Engine) -> Engine:
    return engine.first if isinstance(engine, BothEngines) else engine
