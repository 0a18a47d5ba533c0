"""What is counted of questions, and that nobody's data is among it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from tests.exchange_scene import ISSUE, KEYS, OFFICE, OFFICER, TAX, Scene, scene

from sogoc.clock import SystemClock
from sogoc.database.store import Store
from sogoc.errors import AnswerRefused
from sogoc.exchange.asking.questions import read, search, verify
from sogoc.node.figures.counting import Figures
from sogoc.trust.messages import Request, sign_request

PERSONS = ("001190000001", "Nguyễn Thị Hòa", "Hòa", "1990-05-02")


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
def office(database: Store, figures: Figures) -> Iterator[Scene]:
    with scene(database, figures=figures, trusted="127.0.0.0/8") as served:
        yield served


def shown(figures: Figures) -> str:
    return figures.shown()[0].decode()


def question(kind: str, outcome: str, status: int, number: int) -> str:
    labels = f'kind="{kind}",outcome="{outcome}",status="{status}"'
    return f"sogoc_questions_total{{{labels}}} {number}.0\n"


def test_questions_are_counted_by_what_was_asked_and_how_it_ended(
    office: Scene, figures: Figures
) -> None:
    peer = office.peer()
    read(peer, "thua_dat", "T1", fields=["dia_chi"])
    read(peer, "thua_dat", "T2", fields=["dia_chi"])
    with pytest.raises(AnswerRefused):
        read(peer, "thua_dat", "T9", fields=["dia_chi"])
    with pytest.raises(AnswerRefused):
        list(search(peer, "quyen", {"so_dinh_danh": PERSONS[0]}, fields=["ma_xa"]))
    list(
        verify(
            office.peer("population"),
            "nguoi",
            [(PERSONS[0], PERSONS[1], "1990")],
            fields=["ho_ten"],
        )
    )
    told = shown(figures)
    assert question("read", "granted", 200, 2) in told
    assert question("read", "UnknownService", 500, 1) in told
    assert question("search", "denied", 500, 1) in told
    assert 'sogoc_question_seconds_count{kind="read"} 3.0' in told
    # Each of them stands in the journal, and the journal counts commits of its own.
    assert f"sogoc_journal_entries_total {len(office.journal.entries)}.0" in told
    assert "sogoc_journal_commit_seconds_count 5.0" in told


def test_a_message_that_comes_again_is_counted_as_a_replay(office: Scene, figures: Figures) -> None:
    same = sealed(office)
    for _ in range(3):
        office.sent(path_of(same), dict(same.headers), method="POST", body=same.body)
    assert "sogoc_replays_refused_total 2.0" in shown(figures)
    assert question("unbelieved", "BadRequest", 400, 2) in shown(figures)


def test_nobody_s_data_gets_into_the_figures_wherever_it_is_put(
    office: Scene, figures: Figures
) -> None:
    """In paths, queries, headers and bodies; believed, refused, through an X-Road server."""
    number, name, *_ = PERSONS
    headers = {
        "x-road-userid": f"VN{number}",
        "x-road-issue": f"1.0/{number}",
        "user-agent": f"{number} Hoa",
    }
    body = json.dumps({"people": [{"number": number, "name": name}], "key": number}).encode()
    for path in (
        f"/{number}",
        f"/health/{number}",
        f"/r1/{OFFICE}/population/v1/nguoi/{number}",
        f"/r1/{OFFICE}/{number}/v1/nguoi/verify?name={number}",
        f"/r1/{number}/{number}/{number}/{number}/{number}/{number}",
        f"/xroad/population/v1/nguoi/{number}",
        f"/xroad/{number}/v1/nguoi/verify",
        f"/openapi/{number}.json",
        f"/journal/{number}",
    ):
        for method in ("GET", "POST", number.replace("0", "A")):
            office.sent(path, headers, method=method, body=body if method == "POST" else b"")
    office.signed(f"/r1/{OFFICE}/population/v1/nguoi/{number}", method="POST", body=body)
    office.signed(f"/r1/{OFFICE}/{number}/v1/nguoi/verify", method="POST", body=body)
    office.signed(f"/r1/{OFFICE}/population/v1/rounds/{number}", method="POST", body=body)
    whole = sealed(office, officer=f"VN{number}")
    office.sent(path_of(whole), dict(whole.headers), method="POST", body=whole.body)

    told = shown(figures)
    assert 'sogoc_requests_total{place="other",status="400"}' in told
    for secret in (
        *PERSONS,
        TAX,
        OFFICE,
        OFFICER,
        ISSUE,
        "LAND",
        "population",
        "nguoi",
        "AA119",
        "Hoa",
    ):
        assert secret not in told, secret


def test_strangers_cannot_make_the_figures_longer(office: Scene, figures: Figures) -> None:
    office.sent("/a", method="POST")
    office.sent(f"/r1/{OFFICE}/land/v1/thua_dat/a", method="POST")
    lines = len(shown(figures).splitlines())
    for number in range(8):
        office.sent(f"/{number}/{number}", method="POST")
        office.sent(f"/r1/{OFFICE}/land{number}/v1/thua_dat/{number}", method="POST")
    assert len(shown(figures).splitlines()) == lines


def path_of(request: Request) -> str:
    return "/" + request.target_uri.split("/", 3)[3]


def sealed(office: Scene, *, officer: str = OFFICER) -> Request:
    """A question of the tax office, signed but not sent."""
    request = Request(
        method="POST",
        target_uri=f"{office.address}/r1/{OFFICE}/land/v1/thua_dat/read",
        headers={
            "x-road-client": TAX,
            "x-road-id": str(uuid4()),
            "x-road-userid": officer,
            "x-road-issue": ISSUE,
        },
        body=json.dumps({"key": "T1", "fields": ["dia_chi"]}).encode(),
    )
    now = int(SystemClock().now().timestamp())
    told = sign_request(request, KEYS[TAX], key_id="TAX-1", created=now)
    return replace(request, headers={**request.headers, **told})
