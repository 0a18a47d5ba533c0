"""Every rule of every shipped contract runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sogoc.check.plan import plan, plan_without_link
from sogoc.contract.load import load
from sogoc.shipped import shipped
from sogoc.tables.engine import Engine
from sogoc.testing.standard_records import put

DAY = date(2026, 11, 20)
CONTRACTS = sorted(shipped("registers").glob("*.odcs.yaml"))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.name)
def test_an_empty_record_can_be_checked_by_all_rules(contract: Path, engine: Engine) -> None:
    register = load(contract)
    for one in register.objects:
        put(engine, one, [{}, {}])
    for step in plan(register, today=DAY) + plan_without_link(register, today=DAY):
        engine.run(step)
    for one in register.objects:
        rules_counted = {
            rule for (rule,) in engine.rows(f"select distinct rule from scorecard__{one.name}")
        }
        assert rules_counted == set(range(len(one.rules)))
