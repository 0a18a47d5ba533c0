"""A model is learned, kept in a file, loaded instead of measuring, and looked at with Splink."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sogoc.errors import RuleFileError
from sogoc.link.models.model import Chance, Model, applied, learned, load, store, written
from sogoc.link.models.residue import trained
from sogoc.link.models.splink import columns, model_of, settings
from sogoc.link.policy import Policy
from sogoc.testing.district import District, Someone, background, register_of

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


@pytest.mark.filterwarnings("ignore")  # Splink's own
def test_splink_takes_the_exported_model_and_gives_it_back(
    model: Model, policy: Policy, tmp_path: Path
) -> None:
    splink = pytest.importorskip("splink")
    pandas = pytest.importorskip("pandas")
    told = settings(policy, model, persons=4000)
    frame = pandas.DataFrame({name: ["1"] for name in ("id", *columns(policy))})
    database = splink.DuckDBAPI()
    linker = splink.Linker([database.register(frame), database.register(frame.copy())], told)
    assert linker.visualisations.m_u_parameters_chart() is not None
    assert linker.visualisations.match_weights_chart() is not None
    file = tmp_path / "splink.json"
    linker.misc.save_model_to_json(str(file))
    back = model_of(json.loads(file.read_text(encoding="utf-8")), policy)
    for code, chance in model.chances.items():
        assert back.chances[code].m == pytest.approx(chance.m)
        assert back.chances[code].u == pytest.approx(chance.u)


def test_a_model_of_splink_without_some_level_is_refused(policy: Policy) -> None:
    with pytest.raises(RuleFileError) as refused:
        model_of({"comparisons": []}, policy)
    assert "name:equal" in str(refused.value)
