"""One node in several processes: each message once, an orderly end, and how it says it stands."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2
import pytest
from tests.acceptance.conftest import copied
from tests.exchange.test_registers import OBJECT, PERSON, POPULATION, put
from tests.small_collector import collecting

from sogoc.access.grant import Grant, Operation, State
from sogoc.access.grant_store import GrantStore
from sogoc.clock import SystemClock
from sogoc.node.member import membership
from sogoc.node.node import open_node
from sogoc.node.settings import read_settings
from sogoc.records.store import RecordStore
from sogoc.testing.served import NO_TLS, free_port
from sogoc.trust.keys import read_key
from sogoc.trust.messages import Request, sign_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.conftest import Command

    from sogoc.node.member import Membership

pytestmark = pytest.mark.acceptance

MEMBER = "VN/GOV/01/POP"
NUMBER = "001190000001"
ONE = {"number": NUMBER, "name": "Nguyễn Thị Hòa", "born": "1990-05-02"}
SECRET = "một mật khẩu dài"  # noqa: S105 - of a key made for this test
BODY = json.dumps({"people": [ONE], "fields": [PERSON.name]}).encode()
GRANT = Grant(
    id="G-1",
    member=MEMBER,
    register=POPULATION.id,
    fields=frozenset({PERSON.name}),
    operations=frozenset({Operation.VERIFY}),
    purpose="1.012789",
    ground="Luật ví dụ, Điều 1",
    first_day=date(2020, 1, 1),
    last_day=date(2099, 1, 1),
    rate_per_minute=100_000,
)


@pytest.fixture
def node(hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub of this test alone, at the same address as the others."""
    monkeypatch.setenv("SOGOC_KEY_PASSWORD", SECRET)
    return copied(hub, tmp_path / "node")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, sogoc: Command) -> Path:
    """A hub whose key is under a password, with one made-up person and a grant to itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOGOC_KEY_PASSWORD", SECRET)
        return made_hub(tmp_path_factory.mktemp("hub"), sogoc)


def made_hub(folder: Path, sogoc: Command) -> Path:
    port = free_port()
    words = ("--member", MEMBER, "--address", f"http://127.0.0.1:{port}", "--port", str(port))
    assert sogoc(folder, "node", "init", *words, "--name", "Cơ quan ví dụ").code == 0
    with (folder / "sogoc.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'metrics_address = "127.0.0.1:{free_port()}"\n')
    told = sogoc(folder, "hub", "accept", str(folder / "join-request.txt"))
    assert told.code == 0, told.err
    with open_node(folder, read_settings(folder)) as opened:
        connection = opened.parts.connection
        RecordStore(connection).prepare(POPULATION)
        put(connection, ONE["number"], ONE["name"], ONE["born"])
        grants = GrantStore(connection, SystemClock())
        grants.ask(GRANT, POPULATION, officer="test")
        grants.change(GRANT.id, State.ACCEPTED, officer="test")
    return folder


@contextmanager
def serving(node: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Two workers, until the block ends."""
    environment = {**os.environ, "SOGOC_NODE": str(node), "SOGOC_LANGUAGE": "en"}  # noqa: TID251 - a command inherits its terminal's
    with subprocess.Popen(
        [sys.executable, "-m", "sogoc", "node", "serve", "--workers", "2"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until_ready(node)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def wait_until_ready(node: Path) -> None:
    address = f"{read_settings(node).address}/health/ready"
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if httpx2.get(address, trust_env=False, verify=NO_TLS).json() == {
                "ready": True,
                "missing": {},
            }:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.2)
    pytest.fail("the node was never ready")


def shown(node: Path) -> str:
    """The figures, as Prometheus reads them."""
    address = read_settings(node).metrics_address
    return httpx2.get(f"http://{address}/metrics", trust_env=False, verify=NO_TLS).text


@cache
def member(node: Path) -> Membership:
    """Who the node is; opening a key under a password is slow on purpose."""
    return membership(node, read_settings(node), password=SECRET)


def question(node: Path, place: str = "") -> Request:
    """A signed question after a person, or to a metaservice."""
    settings = read_settings(node)
    who = member(node)
    path = place or f"{POPULATION.id}/v1/{OBJECT.name}/verify"
    request = Request(
        method="GET" if place else "POST",
        target_uri=f"{settings.address}/r1/{MEMBER}/{path}",
        headers={
            "x-road-client": MEMBER,
            "x-road-id": str(uuid4()),
            "x-road-userid": "VN000000000007",
            "x-road-issue": "1.012789/H29-260302-0001",
        },
        body=b"" if place else BODY,
    )
    now = int(SystemClock().now().timestamp())
    told = sign_request(request, who.key, key_id=who.key_id, created=now)
    return Request(
        method=request.method,
        target_uri=request.target_uri,
        headers={**request.headers, **told},
        body=request.body,
    )


NOT_TAKEN, BROKEN_OFF = 0, -1


def sent(request: Request) -> int:
    """The status over a connection of its own; `NOT_TAKEN` if nobody was there any more.

    `BROKEN_OFF` if somebody took the connection and let it go without an answer.
    """
    try:
        return httpx2.request(
            request.method,
            request.target_uri,
            headers=dict(request.headers),
            content=request.body,
            trust_env=False,
            verify=NO_TLS,
            timeout=30,
        ).status_code
    except httpx2.ConnectError:
        return NOT_TAKEN
    except httpx2.HTTPError:
        return BROKEN_OFF


def granted(node: Path) -> int:
    """Entries of the journal that say that somebody was answered."""
    with open_node(node, read_settings(node)) as opened:
        row = opened.parts.connection.execute(
            "select count(*) from node.journal_entry where subject = %s", (NUMBER,)
        ).fetchone()
    return int(row[0]) if row else 0


def figures_are_those_of_both_workers(node: Path) -> None:
    figures = shown(node)
    # Two workers count, and what is read is of both of them.
    assert 'sogoc_questions_total{kind="verify",outcome="granted",status="200"} 1.0' in figures
    # Of 48 times one question and 12 times one question to the metaservices.
    assert "sogoc_replays_refused_total 58.0" in figures
    assert "\nsogoc_journal_size " in figures
    assert 'sogoc_part_ok{part="directory"} 1.0' in figures
    assert 'sogoc_grants{state="accepted"} 1.0' in figures
    assert 'sogoc_questions_waiting{size="small"} 0.0' in figures
    assert "\nsogoc_database_connections " in figures
    assert len(list((node / "var/figures").glob("counter_*.db"))) == 2
    for secret in (*ONE.values(), MEMBER, "VN000000000007", "1.012789", POPULATION.id):
        assert secret not in figures
    assert (
        httpx2.get(
            f"{read_settings(node).address}/metrics", trust_env=False, verify=NO_TLS
        ).status_code
        == 400
    )


def test_a_message_is_answered_once_by_all_workers_together_and_the_end_is_orderly(
    node: Path, sogoc: Command
) -> None:
    with serving(node), ThreadPoolExecutor(16) as threads:
        again = question(node)
        statuses = list(threads.map(sent, [again] * 48))
        assert statuses.count(200) == 1
        assert statuses.count(400) == 47
        listed = question(node, place="listMethods")
        assert sorted(threads.map(sent, [listed] * 12)) == [200] + [400] * 11
        told = json.loads(sogoc(node, "node", "status", "--json").out)
        assert told["answers"]
        assert told["grants"] == {"accepted": 1}
        assert told["problems"] == []
        figures_are_those_of_both_workers(node)
        the_node_goes_on_after_its_database_restarted_and_a_policy_file_was_spoilt(node)
    assert granted(node) == 1
    with_such_a_policy_file_it_would_not_start(node, sogoc)

    with collecting() as collector:
        with (node / "sogoc.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'traces_address = "{collector.address}"\n')
        answered = stopped_while_it_answers(node)
    # Whatever was begun was answered: no entry is there without the answer that it is of.
    assert granted(node) - 1 == answered
    # What was traced until the signal came has left too; nobody is named in it.
    assert len(collector.named("question")) >= 40
    assert {"believe", "journal", "sign"} <= {span.name for span in collector.spans}
    whole = b"".join(collector.came)
    for secret in (*ONE.values(), "VN000000000007", "1.012789", POPULATION.id):
        assert secret.encode() not in whole


def the_node_goes_on_after_its_database_restarted_and_a_policy_file_was_spoilt(node: Path) -> None:
    (node / "policies").mkdir()
    (node / "policies/own.cedar").write_text("// half a file\npermit (", encoding="utf-8")
    with open_node(node, read_settings(node)) as opened:
        opened.parts.connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
    before = version(node)
    until = time.monotonic() + 60
    while version(node) < before + 2:  # the first may have been under way
        assert time.monotonic() < until, "the hub published nothing any more"
        time.sleep(0.2)
    wait_until_ready(node)
    # Also the first directory of all is there for whoever wants to know who was a member when.
    assert version(node, "/1") == 1
    assert version(node, f"/{before + 1_000_000}") == 0


def with_such_a_policy_file_it_would_not_start(node: Path, sogoc: Command) -> None:
    refused = sogoc(node, "node", "serve")
    assert refused.code == 1
    assert "own.cedar, row 2" in refused.err
    (node / "policies/own.cedar").unlink()


def version(node: Path, place: str = "") -> int:
    """The version of the directory that the hub shows; 0 if it shows none."""
    address = f"{read_settings(node).address}/directory{place}"
    told = httpx2.get(address, trust_env=False, verify=NO_TLS)
    return int(json.loads(told.text.splitlines()[1])["version"]) if told.status_code == 200 else 0


def stopped_while_it_answers(node: Path) -> int:
    """How many of 400 questions got an answer, if the node is told to end after 40."""
    with serving(node) as process, ThreadPoolExecutor(8) as threads:
        questions = [question(node) for _ in range(400)]
        replies = [threads.submit(sent, one) for one in questions]
        while sum(one.done() for one in replies) < 40:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        statuses = [one.result() for one in replies]
    answered = statuses.count(200)
    assert 40 <= answered < 400
    assert statuses.count(NOT_TAKEN) == 400 - answered, statuses.count(BROKEN_OFF)
    return answered


def test_workers_do_not_outlive_a_server_that_is_killed(node: Path) -> None:
    """Else they would keep the port, and no operator's command would reach them."""
    with subprocess.Popen(
        [sys.executable, "-m", "sogoc", "node", "serve", "--workers", "2"],
        env={**os.environ, "SOGOC_NODE": str(node)},  # noqa: TID251 - a command inherits its terminal's
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until_ready(node)
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(process.pid)],
            capture_output=True,
            check=True,
            text=True,
        )
        workers = [int(number) for number in listed.stdout.split()]
        assert len(workers) >= 2
        assert sent(question(node)) == 200
        process.kill()
    until = time.monotonic() + 15
    while left := [number for number in workers if is_running(number)]:
        assert time.monotonic() < until, left
        time.sleep(0.1)
    with serving(node):
        assert sent(question(node)) == 200
    assert granted(node) == 2


def is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def test_a_node_says_how_it_stands(tmp_path: Path, sogoc: Command, node: Path) -> None:
    told = sogoc(node, "node", "status")
    assert "schema" in told.out
    assert "There is no directory that still holds" in told.out
    assert told.code == 1
    assert NUMBER not in told.out
    assert "stands at step" in sogoc(tmp_path / "new", "node", "upgrade").out
    assert read_key(node / "keys" / "node.key", password=SECRET).public.text


def test_a_database_of_a_newer_program_is_left_alone(node: Path, sogoc: Command) -> None:
    with open_node(node, read_settings(node)) as opened:
        opened.parts.connection.execute(
            "insert into node.migration (number, name, applied_at) values (9999, 'later', now())"
        )
    told = sogoc(node, "node", "upgrade")
    assert told.code == 1
    assert "Install a newer sogoc" in told.err


def test_a_key_is_changed_by_asking_the_hub_first_and_a_stolen_one_is_taken_back_there(
    tmp_path: Path, sogoc: Command, node: Path
) -> None:
    folder = tmp_path / "land"
    words = ("--member", "VN/GOV/02/LAND", "--address", "https://land.example")
    assert sogoc(folder, "node", "init", *words, "--name", "Cơ quan ví dụ").code == 0
    with (folder / "sogoc.toml").open("a", encoding="utf-8") as settings:
        settings.write('hub_address = "https://hub.example"\n')
    first = read_key(folder / "keys" / "node.key", password=SECRET).public.text
    assert sogoc(folder, "node", "rotate-key", "--name", "x", "--accepted").code == 1
    assert sogoc(folder, "node", "rotate-key", "--name", "Cơ quan ví dụ").code == 0
    request = (folder / "join-request.txt").read_text(encoding="utf-8")
    assert read_key(folder / "keys" / "node.key", password=SECRET).public.text == first
    assert first not in request
    assert sogoc(folder, "node", "rotate-key", "--name", "x", "--accepted").code == 0
    assert read_key(folder / "keys" / "node.key", password=SECRET).public.text in request
    assert read_key(folder / "keys" / "node.old-1.key", password=SECRET).public.text == first

    assert sogoc(node, "hub", "accept", str(folder / "join-request.txt")).code == 0
    (key,) = re.findall(r"VN/GOV/02#[0-9a-f]{8}", sogoc(node, "hub", "members").out)
    taken = sogoc(node, "hub", "revoke-key", "VN/GOV/02/LAND", key)
    assert "VN/GOV/02/LAND has no key left" in " ".join(taken.out.split())
    again = sogoc(node, "hub", "accept", str(folder / "join-request.txt"))
    assert again.code == 1
    assert "was revoked" in again.err
