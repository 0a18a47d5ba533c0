"""The kernel leaves the rows that SQL leaves, to the bit: every table, every column."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.link.kernel.conftest import KEPT, Linked, World, world

from sogoc.link.kernel import asking, running
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link
from sogoc.link.policy import Policy
from sogoc.testing.district import register_of


def compare(linked: Linked, one: World, policy: Policy) -> None:
    index = linked.populate(one.persons)
    known = linked.records(one)
    sql, kernel = linked.by_sql(policy, known), linked.by_kernel(index, policy, known)
    assert sql[KEPT[0]].num_rows > 0
    for table in KEPT:
        assert kernel[table].schema.equals(sql[table].schema), table
        assert kernel[table].equals(sql[table]), table


@pytest.mark.parametrize("seed", range(4))
def test_a_dirty_village_of_few_names(linked: Linked, policy: Policy, seed: int) -> None:
    compare(linked, world(seed, 60, 120), policy)


def test_a_district_of_several_thousand(linked: Linked, policy: Policy) -> None:
    compare(linked, world(7, 8000, 6000), policy)


def test_what_officers_judged_outranks_scores_in_both(linked: Linked, policy: Policy) -> None:
    one = world(11, 200, 60)
    numbers = [person.number for person in one.persons if person.number]
    judgements = tuple(
        (row, "owner", numbers[row * 3 % len(numbers)], ("same", "other", "absent")[row % 3])
        for row in range(1, 40)
    )
    own = tuple(
        (row, "owner", record.number, "other")
        for row, record in enumerate(one.records, 1)
        if record.number and row % 5 == 0
    )
    compare(linked, replace(one, judgements=judgements + own), policy)


def test_parts_and_chunks_and_small_buffers_change_nothing(
    linked: Linked, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PART", 70)
    monkeypatch.setattr(running, "_CHUNK", 16)
    monkeypatch.setattr(running, "_ROOM", 2)
    compare(linked, world(3, 300, 200), policy)


def test_nobody_asked_and_nobody_there(linked: Linked, policy: Policy) -> None:
    index = linked.populate(world(1, 30, 1).persons)
    known = linked.records(World([], world(1, 30, 1).records[:0]))
    tables = linked.by_kernel(index, policy, known)
    assert tables[KEPT[0]].num_rows == 0


def test_a_policy_that_the_kernel_does_not_know_runs_in_sql_and_says_so(
    linked: Linked, policy: Policy
) -> None:
    one = world(5, 60, 40)
    index = linked.populate(one.persons)
    known = linked.records(one)
    (first, *rest) = policy.comparisons
    (equal, slip, *others) = first.levels
    strange = replace(slip, when="md5(a.number_text) = md5(p.number_text)")
    odd = replace(policy, comparisons=(replace(first, levels=(equal, strange, *others)), *rest))
    kernel = Kernel(index=index, policy=odd, cache=linked.cache)
    said = link(linked.engine, register_of(), kernel, folder=linked.folder / "p", known=known)
    assert "md5" in said[0].en.lower()
    assert "chạy bằng SQL" in said[0].vi
    assert linked.engine.has("verified__people")
