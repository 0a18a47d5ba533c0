"""A model is learned, kept in a file, loaded instead of measuring, and goes to Splink and back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
import vl_convert

from sogoc.errors import RuleFileError
from sogoc.link.models.model import Chance, Model, applied, learned, load, store, written
from sogoc.link.models.residue import trained
from sogoc.link.models.splink import model_of, settings, sides
from sogoc.link.policy import Policy
from sogoc.testing.district import District, Someone, background, register_of

if TYPE_CHECKING:
    import splink

PEOPLE = background(400)
ONE = register_of().objects[0]


@pytest.fixture(scope="module")
def district(district_of: Callable[[list[Someone]], District]) -> District:
    district = district_of([])
    clean = [replace(one, sex=None) for one in PEOPLE[:150]]
    bare = [replace(one, number=None) for one in PEOPLE[150:300]]
    wrong = [replace(one, number=None, sex="nam") for one in PEOPLE[300:]]
    district.ask(*clean, *bare, *wrong)
    return district


@pytest.fixture(scope="module")
def model(district: District, policy: Policy) -> Model:
    return learned(district.engine, ONE, policy)


def test_a_model_holds_every_level_of_the_policy(model: Model, policy: Policy) -> None:
    codes = {f"{one.id}:{level.code}" for one in policy.comparisons for level in one.levels}
    assert set(model.chances) == codes
    assert model.pairs == 150
    assert model.chances["name:equal"].m > 0.9
    assert model.chances["name:equal"].u < 0.1


@pytest.fixture(scope="module", autouse=True)
def tables(district: District, policy: Policy) -> list[pa.Table]:
    """Both sides for Splink, before a test asks for somebody else."""
    return [district.engine.arrow(select) for select in sides(ONE, policy)]


@pytest.fixture
def linker(tables: list[pa.Table], model: Model, policy: Policy) -> object:
    """The real Splink on both tables, with the model as it was exported."""
    splink = pytest.importorskip("splink")
    database = splink.DuckDBAPI()
    registered = [database.register(table) for table in tables]
    return splink.Linker(registered, settings(policy, model, persons=4000))


def saved(linker: splink.Linker, folder: Path) -> dict[str, Any]:
    """What Splink itself writes."""
    file = folder / "splink.json"
    linker.misc.save_model_to_json(str(file), overwrite=True)
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


@pytest.mark.filterwarnings("ignore")  # Splink's own
def test_the_charts_of_splink_show_the_chances_of_the_model(
    linker: splink.Linker, model: Model
) -> None:
    chances = linker.visualisations.m_u_parameters_chart().chart_dict["data"]["values"]
    weights = linker.visualisations.match_weights_chart().chart_dict["data"]["values"]
    m_and_u = {_code(one): (one["m_probability"], one["u_probability"]) for one in chances}
    bits = {_code(one): one["log2_bayes_factor"] for one in weights}
    for code, one in model.chances.items():
        assert m_and_u[code] == pytest.approx((one.m, one.u))
        assert bits[code] == pytest.approx(math.log2(one.m / one.u), abs=1e-6)


def _code(one: dict[str, Any]) -> str:
    return f"{one['comparison_name']}:{one['label_for_charts']}"


@pytest.mark.filterwarnings("ignore")  # Splink's own
def test_the_waterfall_of_splink_adds_the_weights_of_the_model_up(
    linker: splink.Linker, model: Model, policy: Policy
) -> None:
    pairs = linker.inference.predict().as_record_list()
    pair = max(pairs, key=lambda one: one["match_weight"])
    chart = linker.visualisations.waterfall_chart([pair])
    bars = chart.chart_dict["data"]["values"]
    prior, *compared, whole = (one["log2_bayes_factor"] for one in bars)
    assert prior == pytest.approx(math.log2(policy.present / 4000), abs=0.01)
    assert prior + sum(compared) == pytest.approx(whole)
    born = next(one for one in bars if one["column_name"] == "born")
    held = model.chances[f"born:{born['label_for_charts']}"]
    assert born["log2_bayes_factor"] == pytest.approx(math.log2(held.m / held.u), abs=1e-6)
    svg = vl_convert.vegalite_to_svg(chart.chart_dict)
    assert {"Prior", "name", "born", "commune", "Final score"} <= set(re.findall(r">([^<]+)<", svg))


@pytest.mark.filterwarnings("ignore")  # Splink's own
def test_a_model_comes_back_from_splink_as_it_went(
    linker: splink.Linker, model: Model, policy: Policy, tmp_path: Path
) -> None:
    back = model_of(saved(linker, tmp_path), policy)
    assert back.untold == ()
    for code, chance in model.chances.items():
        assert back.model.chances[code].m == pytest.approx(chance.m)
        assert back.model.chances[code].u == pytest.approx(chance.u)


@pytest.mark.filterwarnings("ignore")  # Splink's own
def test_a_model_that_splink_trained_comes_back_with_what_it_learned(
    linker: splink.Linker, model: Model, policy: Policy, tmp_path: Path
) -> None:
    linker.training.estimate_parameters_using_expectation_maximisation("l.folded = r.folded")
    told = saved(linker, tmp_path)
    back = model_of(told, policy).model
    learned_there = {
        f"{one['output_column_name']}:{level['label_for_charts']}": level["m_probability"]
        for one in told["comparisons"]
        for level in one["comparison_levels"]
        if "m_probability" in level
    }
    assert back.chances["sex:other"].m == pytest.approx(learned_there["sex:other"])
    assert back.chances["sex:other"].m > 3 * model.chances["sex:other"].m
    assert back.chances["name:slip"].m == pytest.approx(model.chances["name:slip"].m)
    known = applied(policy, back)
    assert known.comparison("sex").levels[1].m == back.chances["sex:other"].m


def test_what_is_not_the_exported_model_is_refused_with_all_that_is_wrong(
    model: Model, policy: Policy
) -> None:
    told = settings(policy, model, persons=4000)
    levels = {one["output_column_name"]: one["comparison_levels"] for one in told["comparisons"]}
    levels["name"][1]["sql_condition"] = "folded_l <> folded_r"
    levels["sex"][1]["m_probability"] = 1.5
    levels["sex"][2]["label_for_charts"] = "another"
    del levels["born"][1]["u_probability"]
    with pytest.raises(RuleFileError) as refused:
        model_of(told, policy)
    for code in ("name:equal", "sex:equal", "sex:other", "sex:another", "born:equal"):
        assert f"  {code}: " in str(refused.value)
    nothings: list[object] = [{}, [], None, {"comparisons": [1]}]
    for nothing in nothings:
        with pytest.raises(RuleFileError):
            model_of(nothing, policy)


def test_a_level_that_training_never_met_keeps_the_policys_chance(
    model: Model, policy: Policy
) -> None:
    told = settings(policy, model, persons=4000)
    name = next(one for one in told["comparisons"] if one["output_column_name"] == "name")
    del name["comparison_levels"][2]["m_probability"]
    back = model_of(told, policy)
    assert back.untold == ("name:turned",)
    assert back.model.chances["name:turned"].m == policy.comparison("name").levels[1].m


def test_a_stored_model_comes_back_as_it_was(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    store(model, file)
    assert load(file) == model
    assert file.read_text(encoding="utf-8") == written(load(file))


def test_a_damaged_model_is_refused_with_every_mistake(model: Model, tmp_path: Path) -> None:
    bad = {**model.chances, "sex:equal": Chance(m=1.5, u=0.5), "born:near": Chance(m=0.1, u=0.0)}
    file = tmp_path / "model.json"
    store(replace(model, chances=bad), file)
    with pytest.raises(RuleFileError) as refused:
        load(file)
    assert "sex:equal" in str(refused.value)
    assert "born:near" in str(refused.value)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(RuleFileError):
        load(file)


def test_a_loaded_model_stands_in_place_of_measuring(
    district: District, model: Model, policy: Policy
) -> None:
    chances = {**model.chances, "commune:elsewhere": Chance(m=0.5, u=0.9)}
    known = applied(policy, replace(model, chances=chances))
    record = replace(PEOPLE[7], number=None, commune="00201")
    weights, elsewhere = [], policy.level("commune:elsewhere")
    for each in (policy, known):
        District(district.engine, each).ask(record)
        select = "select max(weight) from link_candidates__people where commune_level = ?"
        weights.append(district.engine.rows(select, [elsewhere])[0][0])
    assert weights[1] > weights[0]


def test_a_model_of_another_policy_is_refused(model: Model, policy: Policy) -> None:
    other = replace(model, chances={"shoe:equal": Chance(m=0.5, u=0.5)})
    with pytest.raises(RuleFileError) as refused:
        applied(policy, other)
    assert "shoe:equal" in str(refused.value)
    assert "name:equal" in str(refused.value)


def test_what_records_without_a_number_say_differs_from_what_the_others_say(
    district_of: Callable[[list[Someone]], District],
    policy: Policy,
) -> None:
    district = district_of([])
    clean = PEOPLE[:150]
    turned = {"nam": "nữ", "nữ": "nam"}
    bare = [replace(one, number=None, sex=turned[str(one.sex)]) for one in PEOPLE[150:]]
    district.ask(*clean, *bare)
    before = learned(district.engine, ONE, policy)
    after = trained(district.engine, ONE, policy)
    again = trained(district.engine, ONE, policy)
    assert after.chances["sex:other"].m > 5 * before.chances["sex:other"].m
    assert after == again
