"""Two agencies from outside: they join, one asks the other, and a stranger verifies the journal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest

from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.database.deliveries import Deliveries
from sogoc.node.member import membership
from sogoc.node.node import open_node
from sogoc.node.settings import read_settings
from sogoc.shipped import shipped
from sogoc.testing.served import free_port
from sogoc.trust.tokens import signed_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.acceptance.conftest import Command, Said

pytestmark = pytest.mark.acceptance

FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"
GRANT = """
id = "G-2026-0001"
member = "VN/GOV/02/LAND"
register = "health-facilities"
fields = ["ten", "loai_doi_tuong", "ma_ban_do", "ma_xa"]
operations = ["read", "search", "difference"]
purpose = "1.012789"
ground = "Luật Dữ liệu, Điều 17 (ví dụ)"
most_keys = 1000
first_day = 2026-01-01
last_day = 2099-12-31
"""
CASE = ("--officer", "VN000000000007", "--issue", "1.012789/H29-260302-0001")


@contextmanager
def serving(node: Path, address: str, at: str = "ready") -> Iterator[subprocess.Popen[bytes]]:
    """A node's process, until the block ends."""
    environment = {**os.environ, "SOGOC_NODE": str(node), "SOGOC_LANGUAGE": "en"}  # noqa: TID251 - a command inherits its terminal's
    with subprocess.Popen(
        [sys.executable, "-m", "sogoc", "node", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: fetched(f"{address}/{at}") is not None)
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def fetched(address: str) -> str | None:
    from sogoc.exchange.client import fetched as text_at  # noqa: PLC0415 - this test alone

    return text_at(address)


def wait_until(holds: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)


@dataclass(frozen=True, slots=True)
class Country:
    """A hub that keeps health facilities, and the land office, each a process of its own."""

    sogoc: Command
    hub: Path
    land: Path
    hub_address: str
    land_address: str
    log_key: str
    question: Path

    def ask(self, key: object, *, issue: str = CASE[-1]) -> Said:
        """The land office asks for the name of one facility."""
        told = {"key": key, "fields": ["ten"]}
        self.question.write_text(json.dumps(told), encoding="utf-8")
        words = (*CASE[:-1], issue, "--body", str(self.question))
        return self.sogoc(self.land, "ask", SERVICE, PATH, *words)

    def list(self, word: str, **question: object) -> Any:  # noqa: ANN401 - JSON
        """The land office asks for a whole list."""
        self.question.write_text(json.dumps(question), encoding="utf-8")
        place = PATH.replace("read", word)
        told = self.sogoc(
            self.land, "ask", SERVICE, place, *CASE, "--all", "--body", str(self.question)
        )
        assert told.code == 0, told.err
        return json.loads(told.out)


SERVICE, PATH = "VN/GOV/01/HEALTH/health-facilities", "/v1/co_so/read"


@pytest.fixture
def country(tmp_path: Path, sogoc: Command) -> Country:
    """Both have keys and know each other's; the hub holds the facilities."""
    nodes = tmp_path / "hub", tmp_path / "land"
    members = "VN/GOV/01/HEALTH", "VN/GOV/02/LAND"
    ports = free_port(), free_port()
    said = list[str]()
    for node, member, port in zip(nodes, members, ports, strict=True):
        address = f"http://127.0.0.1:{port}"
        words = ("--member", member, "--address", address, "--name", "Cơ quan ví dụ")
        made = sogoc(node, "node", "init", *words, "--port", str(port))
        assert made.code == 0, made.err
        said.append(made.out)
    hub_key = re.findall(r"hub_key of every node is: (\S+)", said[0])[0]
    with (nodes[1] / "sogoc.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'hub_address = "http://127.0.0.1:{ports[0]}"\nhub_key = "{hub_key}"\n')
    first: tuple[str, ...] = ("deliver", "health-facilities", str(FACILITIES))
    accepted = [("hub", "accept", str(node / "join-request.txt")) for node in nodes]
    for each in (first, *accepted):
        told = sogoc(nodes[0], *each)
        assert told.code == 0, told.err
    return Country(
        sogoc=sogoc,
        hub=nodes[0],
        land=nodes[1],
        hub_address=f"http://127.0.0.1:{ports[0]}",
        land_address=f"http://127.0.0.1:{ports[1]}",
        log_key=re.findall(r"Verifier key of its journal: (\S+)", said[0])[0],
        question=tmp_path / "question.json",
    )


def allow(country: Country, file: Path) -> None:
    """The land office asks for a grant, and the keeper accepts it."""
    file.write_text(GRANT, encoding="utf-8")
    for words, says in (
        (("ask", str(file)), "permit ("),
        (EXPLAIN, "No."),
        (("accept", "G-2026-0001"), "accepted"),
        (EXPLAIN, "Yes."),
        (("list",), "accepted"),
    ):
        told = country.sogoc(country.hub, "grant", *words)
        assert told.code == 0, told.err
        assert says in told.out
    writes = GRANT.replace('"read", "search", "difference"', '"write"').replace("0001", "0002")
    file.write_text(writes, encoding="utf-8")
    # Nobody writes into another's register.
    assert country.sogoc(country.hub, "grant", "ask", str(file)).code == 1
    file.write_text(writes.replace("02/LAND", "01/HEALTH"), encoding="utf-8")
    for words in (("ask", str(file)), ("accept", "G-2026-0002")):
        assert country.sogoc(country.hub, "grant", *words).code == 0


def test_two_agencies_ask_one_another_and_a_stranger_verifies_the_journal(
    tmp_path: Path, country: Country
) -> None:
    allow(country, tmp_path / "grant.toml")
    with serving(country.hub, country.hub_address), serving(country.land, country.land_address):
        assert "UnknownService" in country.ask({**key_of(0), "ma_ban_do": "1"}).err
        asked = country.ask(key_of(1))
        assert asked.code == 0, asked.err
        assert json.loads(asked.out)["records"][0]["key"] == key_of(1)
        assert "1.012789" in country.ask(key_of(1), issue="9.9/X").err

        whole_lists_are_copied_and_searched(country)
        a_node_describes_itself(country)
        applications_of_other_standards_are_answered(country)
        time.sleep(6)  # one beat: the checkpoint takes in what was asked
        verify = ("journal", "verify", country.hub_address, country.log_key)
        kept = ("--kept", str(tmp_path / "kept"))
        told = [country.sogoc(tmp_path / "stranger", *verify, *kept) for _ in range(2)]
        assert [one.code for one in told] == [0, 0], told
        assert " entries, continuing 0" in told[0].out
        assert " entries, continuing 1" in told[1].out

        assert country.sogoc(country.hub, "hub", "remove", "VN/GOV/02/LAND").code == 0
        wait_until(lambda: country.ask(key_of(1)).code == 1)
    down = country.ask(key_of(1))
    assert down.code == 1
    assert "✗" in down.err
    a_write_cut_off_by_a_kill_is_whole_or_not_at_all(country)


def a_write_cut_off_by_a_kill_is_whole_or_not_at_all(country: Country) -> None:
    """The keeper's own application writes; its node is killed meanwhile, and asked once more."""
    number = str(uuid4())
    with serving(country.hub, country.hub_address) as process, ThreadPoolExecutor(1) as threads:
        assert renamed(country, str(uuid4()), "Trạm y tế Ví Dụ").status_code == 200
        cut = threads.submit(renamed, country, number, "Trạm y tế Mẫu")
        time.sleep(0.4)
        process.kill()
        with suppress(httpx2.HTTPError):
            cut.result()
    with serving(country.hub, country.hub_address):
        again = renamed(country, number, "Trạm y tế Mẫu")
        assert again.status_code == 200, again.text
        assert again.json()["content"]["ten"] == "Trạm y tế Mẫu"
    lines = FACILITIES.read_text(encoding="utf-8").splitlines()
    closed = country.question.with_name("closed.csv")
    closed.write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="utf-8")
    ended = country.sogoc(country.hub, "deliver", "health-facilities", str(closed), "--ending")
    assert (ended.code, "ended" in ended.out) == (0, True), ended.err
    with open_node(country.hub, read_settings(country.hub)) as node:
        (rows,) = node.parts.connection.execute(
            'select count(*) from register."health-facilities__co_so__history"'
        ).fetchall()
        newest = Deliveries(node.parts.connection).newest("health-facilities")
    # Two names were given, each once, and it ended; nobody else went missing.
    assert rows == (3,)
    assert [(one.scope, one.state) for one in newest if one.state == "merged"] == [
        ("endings", "merged"),
        *[("records", "merged")] * 2,
        ("places", "merged"),
    ]


def renamed(country: Country, number: str, name: str) -> httpx2.Response:
    """The health office's own application gives a facility a name."""
    version = load(shipped("registers") / "health-facilities.odcs.yaml").version
    told = {"query": {"content": key_of(1)}, "write": {"content": {"ten": name}}}
    return httpx2.put(
        f"{country.hub_address}/govstack/data/health-facilities/{version}/update",
        json=told,
        headers={"authorization": f"Bearer {token_of(country.hub, country)}", "x-road-id": number},
        trust_env=False,
        timeout=60,
    )


def whole_lists_are_copied_and_searched(country: Country) -> None:
    """The land office copies the register, follows it, and searches what it may."""
    key = ["loai_doi_tuong", "ma_ban_do"]
    copy = country.list("difference", since=0, fields=[*key, "ma_xa"])
    lines = len(FACILITIES.read_text(encoding="utf-8").splitlines()) - 1
    assert 0 < len(copy["changes"]) <= lines
    after = country.list("difference", since=copy["until"], fields=key)
    assert after["changes"] == []
    communes = (one["fields"]["ma_xa"] for one in copy["changes"])
    commune = next(code for code in communes if code)
    found = country.list("search", where={"ma_xa": commune}, fields=["ten"])
    there = [one for one in copy["changes"] if one["fields"]["ma_xa"] == commune]
    assert len(found["records"]) == len(there)


def a_node_describes_itself(country: Country) -> None:
    """Its catalogue, that of all at the hub, and what it was asked."""
    hub, land = country.hub, country.land
    own = country.sogoc(land, "node", "catalogue")
    whole = country.sogoc(hub, "hub", "catalogue")
    assert (own.code, whole.code) == (0, 0), own.err + whole.err
    told = {node["@id"] for node in json.loads(whole.out)["@graph"]}
    assert f"{country.hub_address}/catalogue/health-facilities" in told
    assert {node["@id"] for node in json.loads(own.out)["@graph"]} <= told
    assert "signed catalogue" not in whole.err
    turtle = country.sogoc(land, "node", "catalogue", "--turtle")
    assert "@prefix dcat:" in turtle.out

    records = json.loads(country.sogoc(hub, "node", "monitoring").out)["records"]
    assert {record.get("restPath") for record in records} >= {PATH, "/v1/co_so/search"}
    assert {record.get("clientSubsystemCode") for record in records} == {"LAND"}


def applications_of_other_standards_are_answered(country: Country) -> None:
    """GovStack reads a facility, SPDCI searches for it: by a token of the land office's key."""
    version = load(shipped("registers") / "health-facilities.odcs.yaml").version
    key = key_of(1)
    read = called(
        country, f"/govstack/data/health-facilities/{version}/read", {"query": {"content": key}}
    )
    assert read["content"].items() >= key.items()
    pairs = [
        {"expression1": {"attribute_name": name, "operator": "eq", "attribute_value": value}}
        for name, value in key.items()
    ]
    moment = SystemClock().now().isoformat(timespec="seconds")
    one = {"query_type": "predicate", "query": pairs}
    request = {"reference_id": "R-1", "timestamp": moment, "search_criteria": one}
    message = {
        "header": {
            "version": "1.0.0",
            "message_id": str(uuid4()),
            "message_ts": moment,
            "action": "search",
            "sender_id": "VN/GOV/02/LAND",
            "receiver_id": "VN/GOV/01/HEALTH",
            "total_count": 1,
            "is_msg_encrypted": False,
        },
        "message": {"transaction_id": "T-1", "search_request": [request]},
    }
    found = called(country, "/spdci/health-facilities/registry/sync/search", message)
    (answer,) = found["message"]["search_response"]
    (record,) = answer["data"]["reg_records"]
    assert answer["status"] == "succ"
    assert {"name": "ten", "value": read["content"]["ten"]} in record["additional_attributes"]
    no_token = httpx2.post(
        f"{country.hub_address}/spdci/health-facilities/registry/sync/search",
        json=message,
        trust_env=False,
    )
    assert no_token.status_code == 401


def called(country: Country, path: str, told: object) -> Any:  # noqa: ANN401 - JSON
    """What the land office's application is answered by a façade of the health office."""
    answer = httpx2.post(
        f"{country.hub_address}{path}",
        json=told,
        headers={"authorization": f"Bearer {token_of(country.land, country)}"},
        trust_env=False,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def token_of(node: Path, country: Country) -> str:
    """A token for the health office's node, by the key of an application's own node."""
    who = membership(node, read_settings(node))
    now = int(SystemClock().now().timestamp())
    claims = {
        "iss": str(who.who),
        "aud": country.hub_address,
        "sub": CASE[1],
        "issue": CASE[3],
        "iat": now,
        "exp": now + 60,
    }
    return signed_token(claims, key=who.key, key_id=who.key_id)


EXPLAIN = (
    *("explain", "VN/GOV/02/LAND", "health-facilities"),
    *("--fields", "ten", "--purpose", "1.012789"),
)


def key_of(line: int) -> dict[str, str]:
    """The key of a record of the delivered file, as the contract names its fields."""
    kind, number = FACILITIES.read_text(encoding="utf-8").splitlines()[line + 1].split(",")[:2]
    return {"loai_doi_tuong": kind, "ma_ban_do": number}


def test_a_node_without_a_key_or_settings_says_what_to_do(tmp_path: Path, sogoc: Command) -> None:
    told = sogoc(tmp_path / "n", "node", "serve")
    assert told.code == 1
    assert "sogoc node init" in told.err
    assert sogoc(tmp_path / "n", "ask", "VN/GOV/01/POP/x", "/v1", *CASE).code == 1


def test_a_key_is_never_made_twice(tmp_path: Path, sogoc: Command) -> None:
    words = (
        "node", "init", "--member", "VN/GOV/02/LAND", "--address", "https://land.example",
        "--name", "Cơ quan ví dụ",
    )  # fmt: skip
    assert sogoc(tmp_path / "n", *words).code == 0
    before = (tmp_path / "n" / "keys" / "node.key").read_text(encoding="ascii")
    again = sogoc(tmp_path / "n", *words)
    assert again.code == 1
    assert "never overwritten" in again.err
    assert (tmp_path / "n" / "keys" / "node.key").read_text(encoding="ascii") == before


def test_a_wrong_grant_file_says_everything_that_is_wrong(tmp_path: Path, sogoc: Command) -> None:
    (tmp_path / "grant.toml").write_text('id = 3\nfield = "x"\n', encoding="utf-8")
    told = sogoc(tmp_path / "n", "grant", "ask", str(tmp_path / "grant.toml"))
    assert told.code == 1
    for word in ("field: ?", "id: str", "member: -", "last_day: -"):
        assert word in told.err.replace("\n", " ").replace("  ", " ")
