"""Two agencies from outside: they join, one asks the other, and a stranger verifies the journal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest
from tests.acceptance.told_page import Reader, blocks

from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.database.deliveries import Deliveries
from sogoc.errors import AnswerRefused, NodeUnreachable
from sogoc.exchange.asking.questions import difference, read
from sogoc.node.member import membership
from sogoc.node.node import open_node
from sogoc.node.serving import BEAT_SECONDS
from sogoc.node.settings import read_settings
from sogoc.shipped import shipped
from sogoc.testing.served import free_port
from sogoc.trust.tokens import signed_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.acceptance.conftest import Command

    from sogoc.exchange.asking.questions import Peer

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs/how-to"
FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"
ISSUE = "1.012789/H29-260302-0001"
OFFICER = "VN000000000007"


@contextmanager
def serving(
    node: Path, address: str | Callable[[], bool], at: str = "ready"
) -> Iterator[subprocess.Popen[bytes]]:
    """A node's process, until the block ends; it answers at the address, or as the caller finds."""
    environment = {**os.environ, "SOGOC_NODE": str(node), "SOGOC_LANGUAGE": "en"}  # noqa: TID251 - a command inherits its terminal's
    with subprocess.Popen(
        [sys.executable, "-m", "sogoc", "node", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            answers = (
                address if callable(address) else lambda: fetched(f"{address}/{at}") is not None
            )
            wait_until(answers)
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


@dataclass
class Country:
    """A hub that keeps health facilities, and the land office, made as the page says."""

    sogoc: Command
    reader: Reader
    hub_address: str
    land_address: str
    running: ExitStack

    @property
    def hub(self) -> Path:
        return self.reader.folder / "hub"

    @property
    def land(self) -> Path:
        return self.reader.folder / "land"

    @property
    def log_key(self) -> str:
        """The verifier key of the hub's journal, as the hub printed it."""
        return self.reader.in_own_words("127.0.0.1:8461/journal+…")

    def serve(self, node: Path) -> None:
        """As in a terminal of its own, until the country ends."""
        address = self.hub_address if node == self.hub else self.land_address
        self.running.enter_context(serving(node, address))

    def follow(self, *sections: str) -> str:
        """Do what the page says under these headings; give what the last command answered."""
        for section in sections:
            self.reader.follow(HOW_TO / "exchange.md", section=section)
        return self.reader.said[-1]


@pytest.fixture
def country(tmp_path: Path, sogoc: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """Both nodes as the page leaves them: they are members and the keeper has data."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reference-data").symlink_to(shipped("reference-data"))
    ports = free_port(), free_port()
    hub, land = (f"http://127.0.0.1:{port}" for port in ports)
    own = {"8461": str(ports[0]), "8462": str(ports[1])}
    with ExitStack() as running:
        reader = Reader(tmp_path, run=sogoc, serve=lambda node: made.serve(node), own=own)  # noqa: PLW0108 - it is made below
        made = Country(sogoc, reader, hub, land, running)
        made.follow("1.", "2.", "3.")
        yield made


def allow(country: Country) -> None:
    """The land office's form came by another way: the keeper enters it and accepts."""
    (form,) = (one for one in blocks(HOW_TO / "exchange.md", section="5.") if one.file)
    (country.reader.folder / form.file).write_text(form.text, encoding="utf-8")
    for words in (("ask", form.file), ("accept", "G-2026-0001")):
        assert country.sogoc(country.hub, "grant", *words).code == 0


def allow_writing(country: Country) -> None:
    """The keeper's own application may write; nobody writes into another's register."""
    file = country.reader.folder / "grant.toml"
    asked = file.read_text(encoding="utf-8").replace('"read", "search", "difference"', '"write"')
    file.write_text(asked.replace("0001", "0002"), encoding="utf-8")
    assert country.sogoc(country.hub, "grant", "ask", str(file)).code == 1
    own = asked.replace("0001", "0002").replace("02/LAND", "01/HEALTH")
    file.write_text(own, encoding="utf-8")
    for words in (("ask", str(file)), ("accept", "G-2026-0002")):
        assert country.sogoc(country.hub, "grant", *words).code == 0


def test_two_agencies_ask_one_another_as_the_page_says_and_a_stranger_verifies_the_journal(
    country: Country,
) -> None:
    assert "Yes." in country.follow("4.", "5.")
    time.sleep(BEAT_SECONDS + 1)
    asked = json.loads(country.follow("6."))
    assert asked["records"][0]["key"] == key_of(0)

    a_program_copies_and_searches_as_the_page_says(country)
    a_node_describes_itself(country)
    applications_of_other_standards_are_answered(country)
    time.sleep(BEAT_SECONDS + 1)  # the checkpoint takes in what was asked
    assert " entries, continuing 0" in country.follow("7.")
    assert " entries, continuing 1" in country.follow("7.")

    peer = samples(country)["peer"]
    names = (country.land, "health-facilities", "VN/GOV/01/HEALTH")
    country.follow("8.")
    wait_until(lambda: why_not(peer(*names)) == "Client.BadRequest")
    country.running.close()
    assert why_not(peer(*names)) == "unreachable"
    a_write_cut_off_by_a_kill_is_whole_or_not_at_all(country)


def a_write_cut_off_by_a_kill_is_whole_or_not_at_all(country: Country) -> None:
    """The keeper's own application writes; its node is killed meanwhile, and asked once more."""
    allow_writing(country)
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
    closed = country.reader.folder / "closed.csv"
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


def samples(country: Country) -> dict[str, Any]:
    """What the page for programs names in its samples of Python."""
    return country.reader.python(HOW_TO / "connect.md")


def a_program_copies_and_searches_as_the_page_says(country: Country) -> None:
    """The land office copies the register, follows it, and searches what it may."""
    country.reader.follow(HOW_TO / "connect.md")
    copy = json.loads(country.reader.said[-1])
    lines = len(FACILITIES.read_text(encoding="utf-8").splitlines()) - 1
    assert 0 < len(copy["changes"]) <= lines
    told = samples(country)
    assert told["changes"] == copy["changes"]
    (after,) = difference(told["health"], "co_so", copy["until"], fields=[*key_of(0)])
    assert after.changes == []
    commune = min(told["communes"])
    there = [one for one in copy["changes"] if one["fields"]["ma_xa"] == commune]
    assert len(told["found"]) == len(there)
    health: Peer = told["health"]
    assert why_not(health, ma_ban_do="1") == "Server.ServerProxy.UnknownService"
    other = replace(health, asker=replace(health.asker, issue="9.9/X"))
    assert why_not(other) == "Server.ServerProxy.AccessDenied"


def why_not(peer: Peer, **key: str) -> str:
    """The type of the error that the land office gets for a facility; nothing if it is answered."""
    try:
        read(peer, "co_so", {**key_of(0), **key}, fields=["ten"])
    except AnswerRefused as refused:
        return refused.error
    except NodeUnreachable:
        return "unreachable"
    return ""


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
    assert {record.get("restPath") for record in records} >= {
        "/v1/co_so/read",
        "/v1/co_so/search",
    }
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
        "sub": OFFICER,
        "issue": ISSUE,
        "iat": now,
        "exp": now + 60,
    }
    return signed_token(claims, key=who.key, key_id=who.key_id)


def key_of(line: int) -> dict[str, str]:
    """The key of a record of the delivered file, as the contract names its fields."""
    kind, number = FACILITIES.read_text(encoding="utf-8").splitlines()[line + 1].split(",")[:2]
    return {"loai_doi_tuong": kind, "ma_ban_do": number}


def test_a_node_without_a_key_or_settings_says_what_to_do(tmp_path: Path, sogoc: Command) -> None:
    told = sogoc(tmp_path / "n", "node", "serve")
    assert told.code == 1
    assert "sogoc node init" in told.err
    case = ("--officer", OFFICER, "--issue", ISSUE)
    assert sogoc(tmp_path / "n", "ask", "VN/GOV/01/POP/x", "/v1", *case).code == 1


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
