"""The index in SQL is the index of the arithmetic, at every level and place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sogoc.contract.model import (
    Criterion,
    Dimension,
    ErrorGroup,
    RegisterObject,
    RuleForm,
    Severity,
)
from sogoc.localities.tables import LOCALITY_UNITS
from sogoc.score.dqi import Weighed, of_parts, of_rule
from sogoc.score.plan import plan, scores_step
from sogoc.score.rule_file import RuleFile, load
from sogoc.shipped import shipped
from sogoc.tables import naming
from sogoc.tables.engine import Engine
from sogoc.testing.standard_records import parcels, register, rule

RULES = load(shipped("rules") / "dqi-2026-09-14.yaml")
UNITS = pa.table(
    {
        "code": ["00004", "00008", "00004"],
        "level": ["commune", "commune", "commune"],
        "parent": ["01", "01", "99"],
        "valid_to": pa.array([None, None, 20_000], pa.int32()).cast(pa.date32()),
    }
)


def parcel() -> RegisterObject:
    missing: dict[str, Any] = {"dimension": Dimension.COMPLETENESS, "criterion": Criterion.DU}
    one = parcels(
        rule("code.missing", "code", group=ErrorGroup.MISSING, **missing),
        rule("area.missing", "area", group=ErrorGroup.MISSING, **missing),
        rule("owner.missing", "owner", group=ErrorGroup.MISSING, **missing),
        rule("area.small", "area", severity=Severity.WARNING),
        rule("owner.sex", "owner"),
        rule("owner.person", "owner", form=RuleForm.VERIFICATION, criterion=Criterion.DUNG),
    )
    fields = tuple(replace(field, critical=field.name == "owner") for field in one.fields)
    return replace(one, fields=fields)


Lines = list[tuple[str | None, int, int, int, int]]


def score(engine: Engine, lines: Lines, judged: list[tuple[str | None, int, int, int]]) -> None:
    place, number, failed, passed, unknown = zip(*lines, strict=True)
    card = {"_locality": pa.array(place, pa.string()), "rule": number, "failed": failed}
    engine.register(
        naming.scorecard("parcel"), pa.table(card | {"passed": passed, "unassessed": unknown})
    )
    where, fails, nulls, records = zip(*judged, strict=True)
    masks = {"_locality": pa.array(where, pa.string()), "fail_0": fails, "null_0": nulls}
    engine.register(naming.judged("parcel"), pa.table(masks | {"records": records}))
    engine.register(LOCALITY_UNITS, UNITS)
    for step in plan(register(parcel()), RULES):
        engine.run(step)


def test_a_commune_counts_in_its_province_of_today_and_an_unknown_place_only_in_all(
    engine: Engine,
) -> None:
    lines: Lines = [("00004", 3, 1, 9, 0), ("00008", 3, 3, 7, 0), (None, 3, 0, 5, 5)]
    score(engine, lines, [("00004", 0, 0, 1)])
    found = dict(engine.rows("select locality, dqi from scores where name = 'area.small'"))
    assert found == {"00004": 90.0, "00008": 70.0, "01": 80.0, "": 84.0}
    [kept] = engine.rows(
        "select assessed, failed, unassessed, rules_version from scores"
        " where name = 'area.small' and locality = ''"
    )
    assert kept == (25, 4, 5, "dqi-2026-09-14")


def test_an_identity_key_below_a_hundred_is_red_however_high(engine: Engine) -> None:
    lines: Lines = [("00004", 4, 1, 9_999, 0), ("00004", 3, 1, 9_999, 0)]
    score(engine, lines, [("00004", 0, 0, 1)])
    colours = dict(engine.rows("select name, colour from scores where locality = '00004'"))
    assert colours["owner.sex"] == "red"
    assert colours["parcel.owner/sach"] == "red"
    assert colours["parcel.owner"] == "red"
    assert colours["area.small"] == "green"
    assert colours["parcel"] == "green"


def test_what_nothing_was_assessed_of_has_no_index(engine: Engine) -> None:
    score(engine, [("00004", 5, 0, 0, 8)], [("00004", 0, 0, 1)])
    found = engine.rows("select dqi, colour, unassessed from scores where locality = '00004'")
    assert set(found) == {(None, "", 8)}


def test_records_fall_into_groups_by_the_first_line_that_holds(engine: Engine) -> None:
    score(
        engine,
        [("00004", 0, 0, 1, 0)],
        [
            ("00004", 0b000001, 0, 1),
            ("00004", 0b000110, 0, 2),
            ("00004", 0b010000, 0, 4),
            ("00008", 0b001000, 0b100000, 8),
            ("00008", 0b001000, 0, 16),
            (None, 0, 0, 32),
        ],
    )
    found = engine.rows('select locality, "group", reason, records from groups order by all')
    assert found == [
        ("", 1, "clean", 48),
        ("", 2, "errors", 4),
        ("", 2, "not-verified", 8),
        ("", 3, "half-empty", 2),
        ("", 3, "no-key", 1),
        ("00004", 2, "errors", 4),
        ("00004", 3, "half-empty", 2),
        ("00004", 3, "no-key", 1),
        ("00008", 1, "clean", 16),
        ("00008", 2, "not-verified", 8),
        ("01", 1, "clean", 16),
        ("01", 2, "errors", 4),
        ("01", 2, "not-verified", 8),
        ("01", 3, "half-empty", 2),
        ("01", 3, "no-key", 1),
    ]


def test_kept_counts_give_the_old_figure_again_and_another_file_another(
    engine: Engine,
) -> None:
    score(engine, [("00004", 3, 1, 3, 0), ("00004", 1, 0, 4, 0)], [("00004", 0, 0, 1)])
    before = sorted(engine.rows("select * from scores"), key=str)
    kept = "select name, locality, assessed, failed, unassessed from scores where level = 'rule'"
    engine.register("kept", engine.arrow(kept))
    engine.run(scores_step(register(parcel()), RULES, counts="kept"))
    assert sorted(engine.rows("select * from scores"), key=str) == before
    heavier = replace(RULES.weights, rule={"area.small": 20})
    engine.run(scores_step(register(parcel()), replace(RULES, weights=heavier), counts="kept"))
    assert sorted(engine.rows("select * from scores"), key=str) == before
    heavier = replace(RULES.weights, criterion={"default": 1, "du": 3})
    engine.run(scores_step(register(parcel()), replace(RULES, weights=heavier), counts="kept"))
    [(dqi,)] = engine.rows("select dqi from scores where name = 'parcel.area' and locality = ''")
    assert dqi == (75 * 1 + 100 * 3) / 4


@given(st.lists(st.tuples(*[st.integers(0, 1000)] * 3), min_size=6, max_size=6))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_arithmetic_agree_at_every_level(
    duckdb_engine: Engine, counts: list[tuple[int, int, int]]
) -> None:
    engine = duckdb_engine
    lines: Lines = [("00004", n, *three) for n, three in enumerate(counts)]
    score(engine, lines, [("00004", 0, 0, 1)])
    found = dict(engine.rows("select name, dqi from scores where locality = '01'"))
    for name, dqi in by_arithmetic(parcel(), RULES, counts).items():
        assert found[name] == pytest.approx(dqi)


def by_arithmetic(
    one: RegisterObject, rules: RuleFile, counts: list[tuple[int, int, int]]
) -> dict[str, float | None]:
    made: dict[str, float | None] = {}
    criteria: dict[tuple[str, Criterion], list[Weighed]] = defaultdict(list)
    for each, (failed, passed, _) in zip(one.rules, counts, strict=True):
        made[each.code] = of_rule(passed, failed)
        key = (each.fields[0], rules.criterion(each))
        criteria[key].append(Weighed(made[each.code], rules.weights.of_rule(each)))
    fields: dict[str, list[Weighed]] = defaultdict(list)
    for (field, criterion), parts in criteria.items():
        made[f"parcel.{field}/{criterion.value}"] = of_parts(parts)
        fields[field].append(Weighed(of_parts(parts), rules.weights.of_criterion(criterion)))
    whole = []
    for field, parts in fields.items():
        made[f"parcel.{field}"] = of_parts(parts)
        whole.append(Weighed(of_parts(parts), rules.weights.of_field(one, one.field(field))))
    made["parcel"] = made["land"] = of_parts(whole)
    return made


def test_every_step_can_be_said_in_the_words_of_spark() -> None:
    for step in plan(register(parcel()), RULES):
        [spoken] = sqlglot.transpile(step.select, read="duckdb", write="spark")
        assert sqlglot.parse_one(spoken, read="spark").sql("spark")
