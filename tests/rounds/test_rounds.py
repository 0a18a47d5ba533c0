"""A round between two agencies: chosen, carried, answered, landed - each step once, and whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from tests.rounds.nodes import BANK, BH, CARDS, GRANT, KEYS, POP, Agencies
from tests.small_population import PEOPLE

from sogoc.access.entry import entry_from
from sogoc.errors import AccessDenied, PackageRefused, RoundRefused, UnknownThing
from sogoc.pipeline.after.taking_back import take_back
from sogoc.rounds.landing import answers_file
from sogoc.rounds.minimum import PAYLOAD
from sogoc.rounds.opening import question_chunks
from sogoc.rounds.package import kept_package, opened
from sogoc.rounds.rounds import Choice, State
from sogoc.rounds.sending import send_on_a_medium
from sogoc.rounds.taken import Stand, question_of, work_on
from sogoc.rounds.taking import chunk_came, offered

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.access.entry import Entry

VERIFIED = (
    "select outcome, number, differs from node.verification"
    " where believed_to is null order by record"
)
OPEN = "select rule, flaw from node.finding where closed_at is null and rule like '%khop-dan-cu'"


def entries(agencies: Agencies) -> list[Entry]:
    rows = agencies.pop.connection.execute("select payload from node.journal_entry order by number")
    return [entry_from(bytes(payload)) for (payload,) in rows]


def test_a_round_brings_an_outcome_for_each_person_and_corrects_nothing(
    agencies: Agencies,
) -> None:
    before = agencies.rows('select * from register."health-insurance__the" order by id')
    landed = agencies.whole_round()
    assert landed.counts == dict.fromkeys(
        ("differs", "found", "mismatch", "not_found", "verified"), 1
    )
    assert agencies.rows(VERIFIED) == [
        ("verified", PEOPLE[0][0], None),
        ("differs", PEOPLE[1][0], "name.marks"),
        ("mismatch", PEOPLE[5][0], None),
        ("found", PEOPLE[3][0], None),
        ("not_found", None, None),
    ]
    assert agencies.rows('select * from register."health-insurance__the" order by id') == before
    one = agencies.rounds().all()[0]
    assert (one.state, one.persons, one.records) == (State.RECEIVED, 5, 5)
    assert one.counts == landed.counts


def test_what_does_not_agree_becomes_a_finding_with_a_due_day(agencies: Agencies) -> None:
    agencies.whole_round()
    assert sorted(agencies.rows(OPEN)) == [
        ("the.khop-dan-cu", "differs"),
        ("the.khop-dan-cu", "mismatch"),
        ("the.khop-dan-cu", "not_found"),
    ]
    assert (
        agencies.rows("select due is null from node.finding where rule like '%khop-dan-cu'")
        == [(False,)] * 3
    )


def test_what_a_round_found_stays_open_when_the_records_are_delivered_again(
    agencies: Agencies,
) -> None:
    agencies.whole_round()
    open_before = sorted(agencies.rows(OPEN))
    agencies.deliver_cards(CARDS[::-1])
    agencies.deliver_cards((*CARDS[:4], (*CARDS[4][:2], "1950-02-01")))
    assert sorted(agencies.rows(OPEN)) == open_before


def test_each_person_is_in_the_journal_with_the_fields_that_went_out(agencies: Agencies) -> None:
    agencies.whole_round()
    told = {(one.subject, one.fields) for one in entries(agencies)}
    number = ("so_dinh_danh",)
    assert told == {
        (PEOPLE[0][0], ("ho_ten", "so_dinh_danh")),
        (PEOPLE[1][0], number),
        (PEOPLE[3][0], number),
        (PEOPLE[5][0], number),
        (PEOPLE[2][0], ()),  # whose number stood on another's card: compared, nothing told
        ("", ()),
    }
    assert {(one.member, one.operation, one.grant, one.ground) for one in entries(agencies)} == {
        (BH, "round", "G-1", GRANT.ground)
    }
    assert len(entries(agencies)) == len(told)


def test_granted_fields_come_back_only_of_whom_all_three_agree(agencies: Agencies) -> None:
    agencies.whole_round()
    file = answers_file(agencies.bh, 1)
    assert file.stat().st_mode & 0o077 == 0
    table = pq.read_table(file).select(["record", "field__ho_ten"]).sort_by("record")
    assert table["field__ho_ten"].to_pylist() == [PEOPLE[0][1], None, None, None, None]


def test_only_what_the_contract_names_of_a_person_leaves_the_node(
    agencies: Agencies, tmp_path: Path
) -> None:
    chunks = question_chunks(agencies.bh, agencies.open())
    head = chunks.head()
    assert head is not None
    package = kept_package(head)
    opened(package, chunks.all(package), lambda _: KEYS[POP], payload=tmp_path / "payload")
    rows = pq.read_table(tmp_path / "payload").to_pylist()
    assert tuple(rows[0]) == PAYLOAD
    assert not any("0912345678" in str(row) or "GD4660" in str(row) for row in rows)
    assert {row["number"] for row in rows} == {number or None for number, _, _ in CARDS}


def test_the_same_answer_twice_changes_nothing(agencies: Agencies) -> None:
    taken = agencies.take(agencies.carried(agencies.open()), GRANT)
    answer = agencies.answer(taken)
    first = agencies.receive(answer)
    held = agencies.rows("select * from node.verification order by record")
    assert agencies.receive(answer) == first
    assert agencies.rows("select * from node.verification order by record") == held
    assert agencies.rows("select count(*) from node.delivery") == [(2,)]


def test_the_same_question_twice_is_answered_once(agencies: Agencies) -> None:
    file = agencies.carried(agencies.open())
    taken = agencies.take(file, GRANT)
    answer = agencies.answer(taken).read_bytes()
    again = agencies.take(file, GRANT)
    assert (again.package, again.state) == (taken.package, Stand.ANSWERED)
    assert agencies.answer(again).read_bytes() == answer
    assert len(entries(agencies)) == 6


def test_what_was_read_of_persons_is_gone_once_the_answer_is_there(agencies: Agencies) -> None:
    taken = agencies.take(agencies.carried(agencies.open()), GRANT)
    agencies.answer(taken)
    assert not work_on(agencies.pop.folder, taken.package).exists()
    assert not question_of(agencies.pop.folder, taken.package).folder.exists()


def test_without_a_grant_the_round_is_refused_and_the_refusal_journalled(
    agencies: Agencies,
) -> None:
    file = agencies.carried(agencies.open())
    for grants in ((), (replace(GRANT, purpose="9.999999"),)):
        with pytest.raises(AccessDenied):
            agencies.take(file, *grants)
    only_number = replace(GRANT, fields=frozenset({"so_dinh_danh"}))
    with pytest.raises(AccessDenied, match="ho_ten"):
        agencies.take(file, only_number)
    assert [(one.decision, one.subject) for one in entries(agencies)] == [("refused", "")] * 3
    assert agencies.take(file, GRANT).state is Stand.WHOLE


def test_a_round_that_came_before_as_another_package_is_refused(agencies: Agencies) -> None:
    number = agencies.open()
    agencies.take(agencies.carried(number), GRANT)
    agencies.bh.connection.execute("update node.round set state = 'opening'")
    assert agencies.open() == number
    with pytest.raises(PackageRefused, match="came before as another package"):
        agencies.take(agencies.carried(number), GRANT)


def test_the_package_of_another_member_is_as_if_it_were_not_there(agencies: Agencies) -> None:
    taken = agencies.take(agencies.carried(agencies.open()), GRANT)
    with pytest.raises(UnknownThing):
        agencies.taking(GRANT).rounds.one(taken.package, member=BANK)


def test_a_damaged_chunk_is_refused_and_the_whole_one_taken_after_it(agencies: Agencies) -> None:
    chunks = question_chunks(agencies.bh, agencies.open())
    head = chunks.head()
    assert head is not None
    by = agencies.taking(GRANT)
    taken = offered(head, by=by)
    good = chunks.read(0)
    for wrong in (good[:-1], b"", good[:9] + bytes([good[9] ^ 1]) + good[10:]):
        with pytest.raises(PackageRefused):
            chunk_came(taken, 0, wrong, by=by)
    assert by.rounds.one(taken.package, member=BH).state is Stand.COMING
    chunk_came(taken, 0, good, by=by)
    assert by.rounds.one(taken.package, member=BH).state is Stand.WHOLE


def test_an_answer_to_another_round_or_by_another_node_does_not_land(agencies: Agencies) -> None:
    first = agencies.answer(agencies.take(agencies.carried(agencies.open()), GRANT))
    agencies.bh.connection.execute("update node.round set package = gen_random_uuid()::text")
    with pytest.raises(PackageRefused, match="answers another round"):
        agencies.receive(first)
    assert agencies.rows("select count(*) from node.verification") == [(0,)]


def test_the_next_round_asks_for_those_who_changed_and_the_others_are_left_alone(
    agencies: Agencies,
) -> None:
    agencies.whole_round()
    with pytest.raises(RoundRefused, match="nobody to verify"):
        agencies.open(Choice.CHANGED)
    with pytest.raises(RoundRefused):
        agencies.open(Choice.UNVERIFIED)
    agencies.deliver_cards((*CARDS[:4], (PEOPLE[7][0], PEOPLE[7][1], PEOPLE[7][2])))
    landed = agencies.whole_round(Choice.CHANGED)
    assert landed.counts == {"verified": 1}
    assert len(agencies.rows(VERIFIED)) == 5


def test_an_answer_about_a_record_that_changed_since_waits_for_the_next_round(
    agencies: Agencies,
) -> None:
    taken = agencies.take(agencies.carried(agencies.open()), GRANT)
    answer = agencies.answer(taken)
    agencies.deliver_cards((*CARDS[:3], (PEOPLE[4][0], *CARDS[3][1:]), CARDS[4]))
    landed = agencies.receive(answer)
    assert landed.counts["changed_since"] == 1
    assert len(agencies.rows(VERIFIED)) == 4


def test_the_answer_can_be_taken_back_like_any_delivery(agencies: Agencies) -> None:
    landed = agencies.whole_round()
    take_back(agencies.bh, landed.delivery)
    assert agencies.rows(VERIFIED) == []
    assert agencies.rows(OPEN) == []
    assert agencies.open(Choice.CHANGED) == 2


def test_a_round_whose_answer_stands_is_not_sent_again(agencies: Agencies, tmp_path: Path) -> None:
    agencies.whole_round()
    with pytest.raises(RoundRefused, match="has its answer"):
        send_on_a_medium(agencies.bh, 1, tmp_path / "again")


def test_a_number_that_no_round_has_is_said(agencies: Agencies) -> None:
    with pytest.raises(UnknownThing, match="There is no round 7"):
        agencies.rounds().one(7)
