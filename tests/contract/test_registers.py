"""Every contract that travels along loads, says everything twice, and can be run."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.contract.load import load
from sogoc.shipped import shipped

REGISTERS = sorted(shipped("registers").glob("*.odcs.yaml"))


@pytest.fixture(params=REGISTERS, ids=lambda path: path.name.removesuffix(".odcs.yaml"))
def contract(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_the_name_of_the_file_is_the_id_of_the_register(contract: Path) -> None:
    assert load(contract).id == contract.name.removesuffix(".odcs.yaml")


def test_every_field_and_rule_is_named_in_vietnamese_and_in_english(contract: Path) -> None:
    register = load(contract)
    assert register.name_en
    for one in register.objects:
        for field in one.fields:
            assert field.label != field.name, f"{one.name}.{field.name}"
            assert field.label_en, f"{one.name}.{field.name}"
        for rule in one.rules:
            assert rule.name, rule.code
            assert rule.name_en, rule.code
            assert rule.hint, rule.code


def test_every_register_stands_on_a_law_that_somebody_has_still_to_compare(contract: Path) -> None:
    register = load(contract)
    assert register.grounds
    assert not register.checked_against_text
