"""Who may ask what: one grant must cover a question whole, and what none covers is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.access.entry import entry_from
from sogoc.access.grant import (
    Grant,
    Operation,
    Question,
    State,
    Visibility,
    check_grant,
    conditions,
    sensitive_among,
)
from sogoc.access.grant_store import GrantStore
from sogoc.access.policies import PolicyBook, policy_of
from sogoc.access.postgres_journal import entry_with_proof
from sogoc.contract.load import load
from sogoc.errors import BrokenLog, GrantRefused, PolicyRefused, UnknownThing
from sogoc.shipped import shipped
from sogoc.testing.stopped_clock import TickingClock

if TYPE_CHECKING:
    import psycopg

LAND = "VN/GOV/02/LAND"
GRANT = Grant(
    id="G-2026-0001",
    member=LAND,
    register="population",
    fields=frozenset({"full_name", "born"}),
    operations=frozenset({Operation.VERIFY, Operation.READ}),
    purpose="1.012789",
    ground="Luật Đất đai 2024, Điều 166",
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
)
QUESTION = Question(
    member=LAND,
    officer="VN000000000007",
    register="population",
    operation=Operation.READ,
    fields=frozenset({"full_name"}),
    purpose="1.012789",
    request_id="6f1c0f5e",
    on=date(2026, 3, 2),
)


def decided(question: Question = QUESTION, *grants: Grant) -> bool:
    return PolicyBook(grants or [GRANT]).decide(question).allowed


def test_a_question_that_one_grant_covers_whole_is_allowed_with_its_ground() -> None:
    told = PolicyBook([GRANT]).decide(QUESTION)
    assert (told.allowed, told.grant, told.ground) == (True, GRANT.id, GRANT.ground)


CHANGES: dict[str, dict[str, Any]] = {
    "one field too many": {"fields": frozenset({"full_name", "religion"})},
    "another purpose": {"purpose": "1.000001"},
    "another member": {"member": "VN/GOV/03/TAX"},
    "the member without its subsystem": {"member": "VN/GOV/02"},
    "another register": {"register": "health-insurance"},
    "another operation": {"operation": Operation.SEARCH},
    "the day before": {"on": date(2025, 12, 31)},
    "the day after": {"on": date(2027, 1, 1)},
    "two persons at once": {"keys": 2},
    "nobody": {"keys": 0},
    "no field": {"fields": frozenset()},
    "a sensitive field": {"sensitive": True},
    "no officer": {"officer": ""},
    "no purpose": {"purpose": ""},
    "no request id": {"request_id": ""},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_question_that_no_grant_covers_is_refused_with_a_reason(change: dict[str, Any]) -> None:
    told = PolicyBook([GRANT]).decide(replace(QUESTION, **change))
    assert not told.allowed
    assert told.reason.vi
    assert told.reason.en


def test_two_narrow_grants_do_not_add_up() -> None:
    name = replace(GRANT, id="G-1", fields=frozenset({"full_name"}))
    born = replace(GRANT, id="G-2", fields=frozenset({"born"}))
    both = replace(QUESTION, fields=frozenset({"full_name", "born"}))
    assert not decided(both, name, born)
    assert decided(both, GRANT)


def test_without_any_grant_everything_is_refused() -> None:
    assert not PolicyBook([]).decide(QUESTION).allowed


def test_a_refusal_names_what_is_missing() -> None:
    told = PolicyBook([GRANT]).decide(replace(QUESTION, purpose="1.000001", keys=5))
    assert "1.012789" in told.reason.en
    assert "1 at most" in told.reason.en


FIELDS = st.frozensets(st.sampled_from(["full_name", "born", "religion", 'odd"\\\n']), min_size=1)
QUESTIONS = st.builds(
    Question,
    member=st.sampled_from([LAND, "VN/GOV/03/TAX"]),
    officer=st.just("x"),
    register=st.sampled_from(["population", "land"]),
    operation=st.sampled_from(Operation),
    fields=FIELDS,
    purpose=st.sampled_from(["1", "2"]),
    request_id=st.just("y"),
    on=st.dates(date(2026, 1, 1), date(2026, 1, 6)),
    keys=st.integers(1, 3),
    sensitive=st.booleans(),
)
GRANTS = st.lists(
    st.builds(
        Grant,
        id=st.text(min_size=1, max_size=5),
        member=st.sampled_from([LAND, "VN/GOV/03/TAX"]),
        register=st.sampled_from(["population", "land"]),
        fields=FIELDS,
        operations=st.frozensets(st.sampled_from(Operation), min_size=1),
        purpose=st.sampled_from(["1", "2"]),
        ground=st.text(max_size=8),
        sensitive_ground=st.sampled_from(["", "Điều 26"]),
        first_day=st.dates(date(2026, 1, 1), date(2026, 1, 3)),
        last_day=st.dates(date(2026, 1, 3), date(2026, 1, 6)),
        most_keys=st.integers(1, 3),
    ),
    max_size=4,
    unique_by=lambda grant: grant.id,
)


@given(question=QUESTIONS, grants=GRANTS)
def test_cedar_decides_what_the_conditions_say_in_words(
    question: Question, grants: list[Grant]
) -> None:
    covered = any(
        (grant.member, grant.register) == (question.member, question.register)
        and all(each.holds for each in conditions(grant, question))
        for grant in grants
    )
    assert PolicyBook(grants).decide(question).allowed == covered


FORBID = """// Nothing on Sundays.

@id("no-health")
forbid (principal, action, resource == Register::"population")
when { context.fields.contains("born") };
"""


def test_the_keeper_s_own_prohibition_outweighs_every_grant() -> None:
    book = PolicyBook([GRANT], {"own.cedar": FORBID})
    assert book.decide(QUESTION).allowed
    assert not book.decide(replace(QUESTION, fields=frozenset({"born"}))).allowed


def test_a_permission_that_is_no_grant_permits_nothing() -> None:
    book = PolicyBook([], {"own.cedar": "permit (principal, action, resource);"})
    assert not book.decide(QUESTION).allowed


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("permit (principal, action, resource", 1),
        (FORBID + "\n\nforbid (principal;\n", 8),
        ('// one\n// two\nforbid (principal, action == Action::"erase", resource);', 3),
        ('forbid (principal, action, resource) when { context.mood == "x;y" };', 1),
        ('forbid (principal, action, resource) when { context.purpose == "a\nb" };\npermit;', 3),
    ],
)
def test_a_wrong_policy_file_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(PolicyRefused) as refused:
        PolicyBook([], {"own.cedar": text})
    assert refused.value.place is not None
    assert (refused.value.place.file, refused.value.place.row) == ("own.cedar", line)


def test_a_grant_reads_as_a_policy() -> None:
    assert '["born", "full_name"].containsAll(context.fields)' in policy_of(GRANT)


POPULATION = load(shipped("registers") / "population.odcs.yaml")
SENSITIVE_FIELD = next(
    field.name
    for one in POPULATION.objects
    for field in one.fields
    if field.classification == "personal-sensitive"
)
PLAIN_FIELD = next(
    field.name
    for one in POPULATION.objects
    for field in one.fields
    if field.classification != "personal-sensitive"
)
GOOD = replace(GRANT, fields=frozenset({PLAIN_FIELD}), operations=frozenset({Operation.VERIFY}))


def test_every_mistake_of_a_grant_is_said_at_once() -> None:
    wrong = replace(
        GOOD, member="land", purpose="", ground="", last_day=date(2025, 1, 1), most_keys=0
    )
    with pytest.raises(GrantRefused) as refused:
        check_grant(wrong, POPULATION)
    assert refused.value.sentence.en.count(";") == 4


def test_a_field_that_the_register_has_not_is_refused() -> None:
    with pytest.raises(GrantRefused, match="no field shoe_size"):
        check_grant(replace(GOOD, fields=frozenset({"shoe_size"})), POPULATION)


@pytest.mark.parametrize("operation", [Operation.READ, Operation.SEARCH, Operation.DIFFERENCE])
def test_the_population_register_answers_the_triple_alone(operation: Operation) -> None:
    wrong = replace(GOOD, operations=frozenset({Operation.VERIFY, operation}))
    with pytest.raises(GrantRefused, match="number, name and date of birth alone"):
        check_grant(wrong, POPULATION)


def test_a_search_needs_all_fields_of_a_set_and_a_difference_the_key() -> None:
    land = load(shipped("registers") / "land.odcs.yaml")
    part = replace(GOOD, register="land", fields=frozenset({"so_to", "so_thua"}))
    for operation, fields in (
        (Operation.SEARCH, {"ma_xa", "so_to", "so_thua"}),
        (Operation.DIFFERENCE, {"ma_thua"}),
    ):
        asked = replace(part, operations=frozenset({operation}))
        with pytest.raises(GrantRefused, match="must cover"):
            check_grant(asked, land)
        check_grant(replace(asked, fields=frozenset(fields)), land)


def test_a_sensitive_field_needs_a_ground_of_its_own() -> None:
    asked = replace(GOOD, fields=frozenset({SENSITIVE_FIELD}))
    with pytest.raises(GrantRefused, match="ground of their own"):
        check_grant(asked, POPULATION)
    with pytest.raises(GrantRefused, match="ground of their own"):
        check_grant(replace(asked, sensitive_ground=asked.ground), POPULATION)
    check_grant(replace(asked, sensitive_ground="Luật Bảo vệ dữ liệu cá nhân"), POPULATION)


WRONGLY_HIDDEN: dict[str, dict[str, Any]] = {
    "deferred without an end": {"visibility": Visibility.DEFERRED, "visibility_order": "Lệnh 1"},
    "deferred without an order": {"visibility": Visibility.DEFERRED, "deferred_days": 30},
    "withheld without an order": {"visibility": Visibility.WITHHELD},
    "at once, and yet with an order": {"visibility_order": "Lệnh 1"},
    "at once, and yet with days": {"deferred_days": 30},
}


@pytest.mark.parametrize("change", WRONGLY_HIDDEN.values(), ids=WRONGLY_HIDDEN)
def test_what_hides_entries_needs_an_order_and_a_deferral_an_end(change: dict[str, Any]) -> None:
    with pytest.raises(GrantRefused, match="deferred needs"):
        check_grant(replace(GOOD, **change), POPULATION)


def test_a_deferral_is_kept_with_its_grant(connection: psycopg.Connection) -> None:
    hidden = replace(
        GOOD,
        visibility=Visibility.DEFERRED,
        deferred_days=90,
        visibility_order="Lệnh 12/L-ĐT",
        purpose_title="Điều tra (ví dụ)",
    )
    store = GrantStore(connection, TickingClock())
    store.ask(hidden, POPULATION, officer="a")
    assert [one.grant for one in store.held()] == [hidden]
    assert store.titles({hidden.purpose}) == {}
    store.change(hidden.id, State.ACCEPTED, officer="b")
    assert store.titles({hidden.purpose, "x"}) == {hidden.purpose: "Điều tra (ví dụ)"}


def test_each_step_of_a_grant_is_an_entry_that_the_tree_covers(
    connection: psycopg.Connection,
) -> None:
    store = GrantStore(connection, TickingClock())
    store.ask(GOOD, POPULATION, officer="VN000000000007")
    store.change(GOOD.id, State.ACCEPTED, officer="chief", reason="Hồ sơ đủ")
    with pytest.raises(GrantRefused):
        store.change(GOOD.id, State.REFUSED, officer="chief")
    told = [entry_from(entry_with_proof(connection, number)[0]) for number in (0, 1)]
    assert [(one.operation, one.officer, one.grant) for one in told] == [
        ("grant-asked", "VN000000000007", GOOD.id),
        ("grant-accepted", "chief", GOOD.id),
    ]
    with pytest.raises(BrokenLog):
        entry_with_proof(connection, 2)


def test_what_is_sensitive_the_contract_says_and_an_unknown_field_counts_as_such() -> None:
    assert sensitive_among(frozenset({SENSITIVE_FIELD, PLAIN_FIELD}), POPULATION)
    assert not sensitive_among(frozenset({PLAIN_FIELD}), POPULATION)
    assert sensitive_among(frozenset({"shoe_size"}), POPULATION)


def test_a_grant_is_asked_for_accepted_and_withdrawn_and_each_step_is_kept(
    connection: psycopg.Connection,
) -> None:
    store = GrantStore(connection, TickingClock())
    store.ask(GOOD, POPULATION, officer="VN000000000007")
    assert (
        not PolicyBook(held.grant for held in store.held(State.ACCEPTED)).decide(QUESTION).allowed
    )
    store.change(GOOD.id, State.ACCEPTED, officer="VN000000000001", reason="Hồ sơ đủ")
    assert [held.grant for held in store.held(State.ACCEPTED)] == [GOOD]
    store.change(GOOD.id, State.WITHDRAWN, officer="VN000000000001", reason="Hết việc")
    assert store.held(State.ACCEPTED) == []
    assert [step.state for step in store.history(GOOD.id)] == [
        State.ASKED,
        State.ACCEPTED,
        State.WITHDRAWN,
    ]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.ASKED, State.REFUSED])
def test_what_was_withdrawn_stays_withdrawn(connection: psycopg.Connection, state: State) -> None:
    store = GrantStore(connection, TickingClock())
    store.ask(GOOD, POPULATION, officer="a")
    store.change(GOOD.id, State.WITHDRAWN, officer="a")
    with pytest.raises(GrantRefused, match="withdrawn"):
        store.change(GOOD.id, state, officer="b")


def test_an_id_is_given_once(connection: psycopg.Connection) -> None:
    store = GrantStore(connection, TickingClock())
    store.ask(GOOD, POPULATION, officer="a")
    with pytest.raises(GrantRefused, match="already"):
        store.ask(replace(GOOD, purpose="2"), POPULATION, officer="b")
    with pytest.raises(UnknownThing):
        store.change("G-0", State.ACCEPTED, officer="b")
