"""The cascade as plain steps: readable on both engines, its posteriors a probability."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.contract.model import Register
from sogoc.errors import PopulationMissing
from sogoc.link.plan import plan
from sogoc.link.policy import Policy
from sogoc.link.population import population_plan
from sogoc.tables.engine import Step
from sogoc.tables.naming import reference, standard
from sogoc.testing.district import District, Someone, population_of, records_of, register_of
from sogoc.values.kinds import Kind

DAY = date(2026, 1, 1)
QUY = Someone("Tôn Nữ Quý", "1977-10-23", "nữ", "001177000021", "112233445", "00003")


@pytest.fixture(scope="module")
def district(district_of: Callable[[list[Someone]], District]) -> District:
    return district_of([QUY])


def _steps(policy: Policy) -> list[Step]:
    return [
        *population_plan(register_of(population=True), as_of=DAY),
        *plan(register_of(), policy, known=frozenset({"judgements__people"})),
    ]


def test_every_step_can_be_read_by_spark(policy: Policy) -> None:
    for step in _steps(policy):
        (text,) = sqlglot.transpile(step.select, read="duckdb", write="spark")
        sqlglot.parse_one(text, read="spark")


def test_no_step_uses_a_function_that_engines_understand_differently(policy: Policy) -> None:
    text = " ".join(step.select for step in _steps(policy)).lower()
    for name in ("jaro", "damerau", "strip_accents", "printf", "hash(", "arg_max", "random("):
        assert name not in text


def test_steps_read_only_what_stands_before_them(policy: Policy) -> None:
    made = {
        *("locality_units", "locality_changes", "reference__people__people"),
        *("standard__people", "judgements__people"),
    }
    for step in _steps(policy):
        assert made.issuperset(step.reads), step.makes
        made.add(step.makes)


def test_a_register_that_names_nobody_has_nothing_to_link(policy: Policy) -> None:
    one = replace(register_of().objects[0], persons=())
    register = replace(register_of(), objects=(one,))
    assert plan(register, policy) == []


def test_a_population_without_persons_is_refused() -> None:
    one = replace(register_of().objects[0], persons=())
    empty = Register(id="x", name="x", version="1", objects=(one,))
    with pytest.raises(PopulationMissing):
        population_plan(empty, as_of=DAY)


def test_codes_of_before_the_merger_are_read_forward_and_divided_ones_are_not(
    district_of: Callable[[list[Someone]], District],
) -> None:
    whole = replace(QUY, number="001177000031", commune="00007")
    divided = replace(QUY, number="001177000032", commune="00008")
    engine = district_of([whole, divided]).engine
    register = register_of(population=True)
    for step in population_plan(register, as_of=date(2025, 1, 1)):
        engine.run(step)
    rows = engine.rows(
        "select p.number, c.code, v.code from population as p "
        "inner join link_tokens as t on p.surname = t.token and t.text = 'ton' "
        "left join link_places as c on p.commune = c.place "
        "left join link_places as v on p.province = v.place"
    )
    assert sorted(rows) == [(1177000031, "00101", "02"), (1177000032, None, "01")]


def _posteriors(district: District, policy: Policy, people: list[Someone]) -> list[float]:
    district.engine.register(standard("people"), records_of(people))
    for step in plan(register_of(), policy):
        district.engine.run(step)
    select = (
        "select sum(mass) * 1e0 / max(seen + unseen + absent), max(bearers) "
        "from link_candidates__people group by asked"
    )
    return [total for total, _ in district.engine.rows(select)]


def test_posteriors_of_one_record_never_pass_one(district: District, policy: Policy) -> None:
    names = ["Nguyễn Văn An", "Trần Thị Lan", "Tôn Nữ Quý", "Lê Minh Nam"]
    dates = ["1977-10-23", "1960", None]
    communes = ["00001", None]
    people = [
        Someone(name, born, None, None, None, commune)
        for name, born, commune in itertools.product(names, dates, communes)
    ]
    totals = _posteriors(district, policy, people)
    assert totals
    assert max(totals) <= 1.0 + 1e-6


ROLES = ("number", "old_number", "born", "sex", "commune")


@settings(max_examples=5, deadline=None)
@given(st.sets(st.sampled_from(ROLES), max_size=4), st.sampled_from(ROLES))
def test_one_more_agreement_never_lowers_the_weight(
    district: District, known: set[str], more: str
) -> None:
    blank = dict.fromkeys(ROLES)
    fewer = replace(QUY, **{**blank, **{role: getattr(QUY, role) for role in known}})
    richer = replace(fewer, **{more: getattr(QUY, more)})
    answers = _weights(district, [fewer, richer])
    assert answers[1] >= answers[0]


def _weights(district: District, people: list[Someone]) -> list[int]:
    district.ask(*people)
    select = "select asked, max(weight) from link_candidates__people group by asked order by asked"
    return [weight for _, weight in district.engine.rows(select)]


def test_wider_blocks_see_only_those_not_settled(district: District) -> None:
    district.ask(QUY, replace(QUY, number=None, old_number=None, born="1977", commune=None))
    settled = district.engine.rows("select asked from link_settled_1__people")
    assert settled == [(1,)]
    assert district.engine.rows("select 1 from link_scored_3__people where asked = 1") == []


def test_an_empty_population_finds_nobody(district_of: Callable[[list[Someone]], District]) -> None:
    empty = district_of([])
    empty.engine.register(reference("people", "people"), population_of([]))
    for step in population_plan(register_of(population=True), as_of=DAY):
        empty.engine.run(step)
    answer = empty.one(QUY)
    assert (answer["outcome"], answer["number"]) == ("not_found", None)


def test_the_order_of_the_population_changes_no_answer(
    district_of: Callable[[list[Someone]], District],
) -> None:
    twins = [replace(QUY, number=f"00117700004{i}", name=name) for i, name in enumerate("ABC")]
    asked = [replace(one, number=None, old_number=None) for one in twins]
    asked.append(replace(QUY, number=None, old_number=None, born="1977"))
    there = district_of([QUY, *twins]).ask(*asked)
    back = district_of([*reversed(twins), QUY]).ask(*asked)
    assert there == back


def test_an_address_is_no_unit_to_compare(policy: Policy) -> None:
    one = register_of().objects[0]
    fields = tuple(
        replace(each, kind=Kind.ADDRESS) if each.name == "commune" else each for each in one.fields
    )
    register = replace(register_of(), objects=(replace(one, fields=fields),))
    (asked,) = [step for step in plan(register, policy) if step.makes == "link_asked__people"]
    assert "commune__now" not in asked.select
    assert "commune__candidates" not in asked.select
