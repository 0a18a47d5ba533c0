"""Every contract that travels along loads, says everything twice, and can be run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from sogoc.check.plan import plan
from sogoc.contract.load import load, load_shipped
from sogoc.contract.model import Dimension, Register, RegisterObject
from sogoc.contract.shelf import Shelf
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step
from sogoc.tables.naming import candidates, flaw, now, proposal, raw, standard

REGISTERS = sorted(shipped("registers").glob("*.odcs.yaml"))


@pytest.fixture(params=REGISTERS, ids=lambda path: path.name.removesuffix(".odcs.yaml"))
def contract(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


@cache
def loaded(path: Path) -> Register:
    """The register, read once for all tests."""
    return load(path)


def test_the_name_of_the_file_is_the_id_of_the_register(contract: Path) -> None:
    assert loaded(contract).id == contract.name.removesuffix(".odcs.yaml")


def test_what_travels_along_keeps_to_the_standard_and_is_read_alike_without_it(
    contract: Path,
) -> None:
    assert load_shipped(contract) == loaded(contract)


def test_every_field_and_rule_is_named_in_vietnamese_and_in_english(contract: Path) -> None:
    register = loaded(contract)
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
    register = loaded(contract)
    assert register.grounds
    assert not register.checked_against_text


OURS = {
    "earliest(x)": "cast(rpad(x, 10, '-01-01') as date)",
    "latest(x)": "cast(rpad(x, 10, '-12-28') as date)",
    "year_of(x)": "try_cast(left(cast(x as varchar), 4) as bigint)",
    "sex_of(x)": "if(x is null, null, if(substr(x, 4, 1) in ('0', '2'), 'nam', 'nữ'))",
    "birth_year_of(x)": "1900 + try_cast(substr(x, 5, 2) as bigint)",
    "days_ago(n)": "date '2026-11-22' - cast(n as integer)",
    "working_days_ago(n)": "date '2026-11-22' - cast(n as integer)",
    "today()": "date '2026-11-22'",
}
"""Stand-ins: *check* writes the real ones; here only the names and types must fit."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("tables")) as duck:
        for call, meaning in OURS.items():
            duck.rows(f"create macro {call} as ({meaning})")
        yield duck


def standard_row(one: RegisterObject) -> str:
    """A record of the object in which nothing is written."""
    columns = ["cast(null as varchar) as verification"]
    for field in one.fields:
        columns.append(f'cast(null as {field.type}) as "{field.name}"')
        columns += [
            f'cast(null as varchar) as "{column(field.name)}"'
            for column in (raw, flaw, proposal, now, candidates)
        ]
    return f"select {', '.join(columns)}"


def test_every_condition_runs_and_an_empty_record_breaks_only_rules_of_completeness(
    contract: Path, engine: DuckDBEngine
) -> None:
    for one in loaded(contract).objects:
        rules = [rule for rule in one.rules if rule.fail_when]
        for rule in rules:
            for condition in filter(None, (rule.fail_when, rule.not_assessed_when)):
                engine.rows(f"select ({condition}) is true from ({standard_row(one)})")
            [(fails,)] = engine.rows(f"select ({rule.fail_when}) from ({standard_row(one)})")
            assert fails is not True or rule.dimension is Dimension.COMPLETENESS, rule.code


def test_every_rule_runs_in_the_check_as_it_is_planned(contract: Path, tmp_path: Path) -> None:
    register = loaded(contract)
    with DuckDBEngine(tmp_path) as duck:
        for one in register.objects:
            place = "1::bigint as _row, '' as _sheet, 1::integer as _line, 1::integer as _part"
            duck.run(Step(standard(one.name), (), f"{standard_row(one)}, {place}"))
        for step in plan(register, today=date(2026, 11, 22), known=frozenset()):
            duck.run(step)


def test_an_empty_record_is_not_assessed_by_rules_about_values(
    contract: Path, engine: DuckDBEngine
) -> None:
    for one in loaded(contract).objects:
        for rule in one.rules:
            if rule.fail_when and rule.dimension is not Dimension.COMPLETENESS:
                [(fails,)] = engine.rows(f"select ({rule.fail_when}) from ({standard_row(one)})")
                assert fails is None, rule.code


def test_every_column_of_a_form_leads_to_a_field_or_is_known_and_not_taken(contract: Path) -> None:
    register = loaded(contract)
    assert len(register.forms) >= len(register.objects) or len(register.forms) > 1
    for form in register.forms:
        assert form.label
        assert form.label_en
        assert any(column.required for column in form.columns)


def test_no_header_of_a_form_is_ambiguous(contract: Path) -> None:
    for form in loaded(contract).forms:
        if form.header_from:
            continue  # the place of the column tells
        headers = [text for column in form.columns for text in (column.header, *column.also)]
        assert len(headers) == len(set(headers)), form.id


def test_the_land_form_has_thirty_known_columns_and_eight_that_are_kept() -> None:
    form = loaded(shipped("registers") / "land.odcs.yaml").forms[0]
    assert form.id == "PL3-01"
    assert (form.header_from, form.header_to) == (1, 6)
    assert [column.position for column in form.columns] == list(range(1, 39))
    assert all(column.targets for column in form.columns[1:30])
    assert not any(column.targets for column in form.columns[30:])


def test_the_population_register_is_the_only_one_that_others_are_verified_against() -> None:
    assert [one.id for one in Shelf([shipped("registers")]).registers() if one.is_population] == [
        "population"
    ]


LINT_ALL = """
import sys
from datacontract.data_contract import DataContract
for file in sys.argv[1:]:
    run = DataContract(data_contract_file=file).lint()
    if not run.has_passed():
        sys.exit(f"{file}: {[check.reason for check in run.checks]}")
"""
"""One start of the linter for all files: each start costs two seconds."""


def test_the_public_linter_accepts_our_contracts() -> None:
    linter = shutil.which("datacontract", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("datacontract-cli is not installed here")
    land = str(shipped("registers") / "land.odcs.yaml")
    files = [str(path) for path in REGISTERS]
    for command in ([linter, "lint", land], [sys.executable, "-c", LINT_ALL, *files]):
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
