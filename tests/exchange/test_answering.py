"""How a node answers: believed, granted, looked up, journalled - and only then an answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sogoc.access.grant import Grant, Operation
from sogoc.access.policies import PolicyBook
from sogoc.contract.load import load
from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    BadSeal,
    DirectoryRefused,
    Sentence,
    StoreUnreachable,
    TooManyQuestions,
    UnknownThing,
)
from sogoc.exchange.answering import Answering, Asked, Found, answer, believe
from sogoc.exchange.directory import Directory, DirectoryKey, Member
from sogoc.exchange.limits import Rate, SeenIds
from sogoc.exchange.names import Subsystem
from sogoc.exchange.protocol import TYPES, Envelope, envelope, error_type, headers_from
from sogoc.shipped import shipped
from sogoc.testing.memory_journal import FailingJournal, MemoryJournal
from sogoc.testing.stopped_clock import StoppedClock
from sogoc.trust.keys import SigningKey
from sogoc.trust.messages import Request, sign_request

CLOCK = StoppedClock()
NOW = CLOCK.now()
KEY = SigningKey(bytes(range(32)))
POPULATION = load(shipped("registers") / "population.odcs.yaml")
FIELD = next(
    one.name
    for each in POPULATION.objects
    for one in each.fields
    if one.classification != "personal-sensitive"
)
HEADERS = {
    "x-road-client": "VN/GOV/02/LAND",
    "x-road-id": str(UUID(int=7)),
    "x-road-userid": "VN000000000007",
    "x-road-issue": "1.012789/H29-260302-0001",
}
GRANT = Grant(
    id="G-1",
    member="VN/GOV/02/LAND",
    register=POPULATION.id,
    fields=frozenset({FIELD}),
    operations=frozenset({Operation.READ}),
    purpose="1.012789",
    ground="Luật Đất đai 2024, Điều 166",
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    rate_per_minute=2,
    most_keys=3,
)
ASKED = Asked(
    register=POPULATION,
    operation=Operation.READ,
    fields=frozenset({FIELD}),
    keys=("001190000001",),
)
DIRECTORY = Directory(
    instance="VN",
    version=1,
    issued=NOW,
    expires=NOW + timedelta(minutes=1),
    members=(
        Member(
            id=Subsystem("VN", "GOV", "02"),
            name="Cơ quan ví dụ",
            address="https://land.example",
            keys=(
                DirectoryKey(
                    id="k1",
                    public=KEY.public,
                    since=datetime(2026, 1, 1, tzinfo=UTC),
                    until=datetime(2027, 1, 1, tzinfo=UTC),
                ),
            ),
            services=(("LAND", ()),),
        ),
    ),
)


@dataclass
class _Kept:
    """Answers from memory, and remembers whether it was asked."""

    found: Found = field(default_factory=lambda: Found(body=b"{}", subjects=("001190000001",)))
    asked: int = 0

    def look_up(self, asked: Asked) -> Found:
        self.asked += 1
        if asked.keys == ("nobody",):
            raise UnknownThing(_SENTENCE)
        return self.found


_SENTENCE = Sentence(vi="Không có ai.", en="There is nobody.")


def answering(journal: Any = None) -> Answering:  # noqa: ANN401 - a journal of any kind
    return Answering(
        journal=journal if journal is not None else MemoryJournal(),
        policies=PolicyBook([GRANT]),
        grants={GRANT.id: GRANT},
        seen=SeenIds(seconds=120),
        rate=Rate(),
        clock=CLOCK,
    )


def test_an_answer_leaves_after_its_entry_is_kept() -> None:
    journal, kept = MemoryJournal(), _Kept()
    assert answer(envelope(HEADERS), ASKED, kept, by=answering(journal)).body == b"{}"
    (entry,) = journal.entries
    assert (entry.member, entry.officer) == ("VN/GOV/02/LAND", "VN000000000007")
    assert (entry.purpose, entry.issue) == ("1.012789", "H29-260302-0001")
    assert (entry.subject, entry.fields) == ("001190000001", (FIELD,))
    assert (entry.grant, entry.ground, entry.decision) == ("G-1", GRANT.ground, "granted")


def test_a_journal_that_fails_keeps_the_answer_in() -> None:
    with pytest.raises(StoreUnreachable):
        answer(envelope(HEADERS), ASKED, _Kept(), by=answering(FailingJournal()))


def test_a_batch_is_one_entry_for_each_person() -> None:
    journal = MemoryJournal()
    kept = _Kept(Found(body=b"[]", subjects=("001190000001", "001190000002")))
    batch = replace(ASKED, keys=("001190000001", "001190000002", "nobody"))
    answer(envelope(HEADERS), batch, kept, by=answering(journal))
    assert [entry.subject for entry in journal.entries] == ["001190000001", "001190000002"]


def test_without_a_grant_nothing_is_looked_up_and_the_try_is_journalled() -> None:
    journal, kept = MemoryJournal(), _Kept()
    other = replace(envelope(HEADERS), purpose="1.000001")
    with pytest.raises(AccessDenied):
        answer(other, ASKED, kept, by=answering(journal))
    assert kept.asked == 0
    assert [(one.decision, one.fields) for one in journal.entries] == [("refused", ())]


def test_a_grant_s_rate_is_kept_and_says_when_to_come_again() -> None:
    by = answering()
    for _ in range(2):
        answer(envelope(HEADERS), ASKED, _Kept(), by=by)
    with pytest.raises(TooManyQuestions) as refused:
        answer(envelope(HEADERS), ASKED, _Kept(), by=by)
    assert refused.value.wait_seconds == 30


def test_asking_for_somebody_who_is_not_there_is_journalled_too() -> None:
    journal = MemoryJournal()
    with pytest.raises(UnknownThing):
        answer(envelope(HEADERS), replace(ASKED, keys=("nobody",)), _Kept(), by=answering(journal))
    assert len(journal.entries) == 1


def signed(**changes: str) -> Request:
    request = Request(
        method="GET", target_uri="https://pop.example/r1/x", headers=HEADERS | changes
    )
    told = sign_request(request, KEY, key_id="k1", created=int(NOW.timestamp()))
    return replace(request, headers={**request.headers, **told})


def test_a_question_is_believed_once() -> None:
    seen = SeenIds(seconds=120)
    assert believe(signed(), DIRECTORY, seen, now=NOW).client == "VN/GOV/02/LAND"
    with pytest.raises(BadSeal, match="came before"):
        believe(signed(), DIRECTORY, seen, now=NOW)


def test_a_member_who_was_removed_is_refused_and_so_is_everybody_at_the_directory_s_end() -> None:
    without = replace(DIRECTORY, members=())
    with pytest.raises(BadSeal):
        believe(signed(), without, SeenIds(seconds=120), now=NOW)
    with pytest.raises(DirectoryRefused):
        believe(signed(), DIRECTORY, SeenIds(seconds=120), now=DIRECTORY.expires)


def test_the_issue_names_procedure_and_case() -> None:
    told = envelope(HEADERS)
    assert told == Envelope(
        client="VN/GOV/02/LAND",
        request_id=str(UUID(int=7)),
        officer="VN000000000007",
        purpose="1.012789",
        case="H29-260302-0001",
        party="",
    )


@pytest.mark.parametrize("name", list(HEADERS))
def test_each_thing_the_national_platform_asks_for_is_required(name: str) -> None:
    for value in ("", "x y", "\u0663"):
        with pytest.raises(BadQuestion):
            envelope(HEADERS | {name: value})


@pytest.mark.parametrize("party", ["0100000001", "COM/0100000001"])
def test_on_whose_behalf_is_a_member_with_or_without_its_class(party: str) -> None:
    assert envelope(HEADERS | {"x-road-represented-party": party}).party == party
    for wrong in ("a/b/c", "/x", "x y", "ấ"):
        with pytest.raises(BadQuestion):
            envelope(HEADERS | {"x-road-represented-party": wrong})


def test_a_second_client_is_refused() -> None:
    with pytest.raises(BadQuestion, match="twice"):
        headers_from([("X-Road-Client", "a/b/c"), ("x-road-client", "a/b/d")])
    assert headers_from([("Accept", "a"), ("accept", "b")]) == {"accept": "b"}


def test_every_error_has_a_type_that_says_who_failed() -> None:
    assert error_type(BadQuestion(_SENTENCE)) == "Client.BadRequest"
    assert error_type(StoreUnreachable(_SENTENCE)) == "Server.ServerProxy.DatabaseError"
    assert error_type(BadSeal(_SENTENCE)).startswith("Client.")
    assert all(name.startswith(("Client.", "Server.ServerProxy.")) for _, name in TYPES)
