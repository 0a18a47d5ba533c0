"""Records with a good number, linked again without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlglot

from sogoc.link.calibration.applied import (
    counts_sql,
    group_sql,
    probability_sql,
    promised,
)
from sogoc.link.calibration.bins import bin_of
from sogoc.link.calibration.hidden import (
    hidden,
    hidden_known,
    hidden_plan,
    hidden_register,
    labels,
    labels_plan,
    learned,
)
from sogoc.link.calibration.isotonic import tread_at
from sogoc.link.calibration.model import Calibration, shipped_calibration
from sogoc.link.calibration.stated import accepted, accepted_step, stated, taken_step
from sogoc.link.columns import answers
from sogoc.link.plan import plan
from sogoc.link.policy import Policy
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import standard
from sogoc.testing.district import District, Someone, background, register_of

NUMBERS = {one.number for one in background()}


@pytest.fixture(scope="module")
def linked(district_of: Callable[[list[Someone]], District]) -> District:
    """Six hundred records with a number, three hundred without, some of nobody."""
    district = district_of([])
    people = background()[::4]
    good, bare = people[:600], [replace(one, number=None) for one in people[600:900]]
    nobody = [Someone(f"Ksor Hờ {i}", f"1990-05-{1 + i % 28:02d}", "nữ") for i in range(30)]
    district.ask(*good, *bare, *nobody)
    for step in _steps(district.policy):
        district.engine.run(step)
    return district


def _steps(policy: Policy) -> list[Step]:
    register = register_of()
    again = plan(hidden_register(register), policy, known=hidden_known(register))
    return [*hidden_plan(register, policy), *again, *labels_plan(register, policy)]


def _calibration(district: District) -> Calibration:
    select = f"select evidence, bin, seen, right_ones from {quoted(labels('people'))}"
    return learned(district.engine.rows(select), policy=district.policy, source="a district")


def test_no_hidden_record_bears_the_number_of_a_person(linked: District) -> None:
    table = quoted(standard(hidden("people")))
    rows = linked.engine.rows(f"select number from {table}")
    assert rows
    assert NUMBERS.isdisjoint(number for (number,) in rows if number)


def test_persons_out_of_reach_are_never_found(linked: District) -> None:
    select = f"""
        select count(*) from {quoted(answers(hidden("people")))} as a
        inner join link_labelled__people as l on a.asked = l.asked
        where l.fate like '%absent' and a.b_person = l.person
    """
    assert linked.engine.rows(select) == [(0,)]


def test_every_fate_befalls_somebody_where_the_register_shows_it(linked: District) -> None:
    fates = dict(linked.engine.rows("select fate, count(*) from link_labelled__people group by 1"))
    assert set(fates) == {"left-out", "left-out-absent"}
    assert fates["left-out"] > fates["left-out-absent"] > 0


def test_labels_say_what_was_right(linked: District) -> None:
    _, plain, doubtful = _calibration(linked).labels
    assert sum(plain.seen) > 200
    assert 0 < sum(plain.right) + sum(doubtful.right) < sum(plain.seen) + sum(doubtful.seen)


def test_the_same_register_gives_the_same_labels(linked: District) -> None:
    before = _calibration(linked)
    for step in _steps(linked.policy):
        linked.engine.run(step)
    assert _calibration(linked) == before


def test_the_engine_says_the_probability_that_the_staircase_says(linked: District) -> None:
    calibration = _calibration(linked)
    group = group_sql(linked.policy, "b_")
    said = probability_sql(calibration, "b_posterior", group)
    rows = linked.engine.rows(
        f"select b_posterior, {group}, {said} from {quoted(answers('people'))}"
    )

    assert any(posterior is None for posterior, _, _ in rows)
    for posterior, position, probability in rows:
        if posterior is None:
            assert probability is None
            continue
        treads = calibration.treads()[position]
        assert probability == pytest.approx(tread_at(treads, bin_of(posterior)).probability)


def test_a_run_states_what_it_promises(linked: District) -> None:
    group = group_sql(linked.policy, "b_")
    source = f"{quoted(answers('people'))} where b_posterior >= 0.9 and {group} = 1"
    rows = linked.engine.rows(counts_sql(source, "b_posterior", group))
    stated = promised(_calibration(linked), rows)
    assert stated.links == sum(links for *_, links in rows)
    assert 0 < stated.low < stated.expected <= 1


def test_a_run_states_its_bound_over_all_links_it_accepts(linked: District) -> None:
    (one,) = register_of().objects
    linked.engine.run(taken_step(one, linked.policy))
    linked.engine.run(accepted_step(one))
    rows = linked.engine.rows(f"select evidence, bin, links from {accepted('people')}")
    ((outcomes,),) = linked.engine.rows(
        "select count(*) from verified__people "
        "where outcome in ('verified', 'differs', 'deceased', 'found')"
    )
    whole = stated(rows, shipped_calibration())
    assert whole.links == outcomes > 0
    assert 0.9 < whole.low < whole.expected <= 1


def test_links_that_officers_confirmed_are_promised_whole(linked: District) -> None:
    assert stated([(-1, 0, 7)], _calibration(linked)).low == 1


def test_links_of_a_kind_that_no_label_speaks_for_are_promised_nothing(linked: District) -> None:
    assert promised(_calibration(linked), [(0, 77, 5)]).low == 0


def test_every_step_can_be_read_by_spark(policy: Policy) -> None:
    for step in _steps(policy):
        (text,) = sqlglot.transpile(step.select, read="duckdb", write="spark")
        sqlglot.parse_one(text, read="spark")
