"""The hub is killed, or cut off: agencies go on by a valid directory, and until its end alone."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from tests.security.conftest import Attacked

from sogoc.cli.country.cast import HEALTH, HUB, OFFICER, PROVINCE
from sogoc.cli.country.laying import Laid, laid_out
from sogoc.cli.country.processes import Post
from sogoc.cli.country.serving import serve_all
from sogoc.cli.country.worker import Orders, work
from sogoc.clock import SystemClock
from sogoc.errors import AnswerRefused, DirectoryRefused
from sogoc.exchange.client import Line, ask, fetched
from sogoc.exchange.hub import Hub
from sogoc.exchange.joining import read_request
from sogoc.exchange.names import Service, subsystem
from sogoc.exchange.patience.again import ONCE
from sogoc.node.member import current_directory
from sogoc.node.node import open_node
from sogoc.shipped import shipped
from sogoc.testing.day.line import State, lines
from sogoc.testing.day.storm import serve
from sogoc.testing.served import NO_TLS, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sogoc.exchange.directory import Directory
    from sogoc.testing.day.line import TcpLine

pytestmark = pytest.mark.acceptance

FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"
LIFE_SECONDS = 15
"""Of a directory in this file (`directory_seconds`), so that nobody waits for a whole minute; that
the hub lets none live for longer than a minute `test_hub.py` shows."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The health office, which keeps facilities, and the province, which may read them."""

    health: Laid
    province: Laid
    to_hub: TcpLine
    """By which the health office reaches the hub."""

    def ask(
        self, way: tuple[Laid, Laid], path: str, question: object, directory: Directory | None
    ) -> Any:  # noqa: ANN401 - JSON
        """Ask with what the asker's own node holds: its key, its directory, its clock."""
        asker, keeper = way
        code, _, rest = path.partition("/")
        told = ask(
            Service(subsystem(keeper.agency.member), code),
            f"/{rest}",
            json.dumps(question).encode(),
            asker=asker.who.asker(OFFICER, "1.001194/H29-1"),
            line=Line(
                directory=directory or directory_of(asker),
                clock=SystemClock(),
                patience=ONCE,
            ),
        )
        return json.loads(told)

    def one_way(self, directory: Directory | None = None) -> str:
        """The province reads a facility: its name."""
        kind, number = FACILITIES.read_text(encoding="utf-8").splitlines()[2].split(",")[:2]
        key = {"loai_doi_tuong": kind, "ma_ban_do": number}
        question = {"key": key, "fields": ["ten"]}
        path = "health-facilities/v1/co_so/read"
        told = self.ask((self.province, self.health), path, question, directory)
        assert told["records"][0]["key"] == key
        return str(told["records"][0]["fields"]["ten"])

    def other_way(self) -> str:
        """The health office asks what it has no grant for: the province says so, and signs."""
        question = {"key": "1", "fields": ["con_ho_ten"]}
        path = "civil-status/v1/khai_sinh/read"
        with pytest.raises(AnswerRefused) as refused:
            self.ask((self.health, self.province), path, question, None)
        return refused.value.error


@pytest.fixture(scope="module")
def pair(node: Attacked) -> Iterator[Pair]:
    laid = {one.agency.folder: one for one in laid_out(node.nodes[HUB].home.parent)}
    hub, health, province = laid[HUB], laid[HEALTH], laid[PROVINCE]
    deliveries = (("health-facilities", str(FACILITIES)),)
    list(work(health.home, Orders(deliveries=deliveries)))
    port = free_port()
    own, others = hub.settings.address, f"http://127.0.0.1:{port}"
    Post(hub.home, "serve").stop()
    try:
        with (
            changed(hub.home, "", f"directory_seconds = {LIFE_SECONDS}\n"),
            changed(health.home, f'hub_address = "{own}"', f'hub_address = "{others}"'),
            lines({"hub": (port, hub.settings.exchange_port)}) as passing,
        ):
            for one in (hub, health, province):
                serve(one)
            wait_until(lambda: not missing(health) and not missing(province))
            yield Pair(health, province, passing["hub"])
    finally:
        for one in (health, province, hub):
            Post(one.home, "serve").stop()
        list(serve_all((hub,)))


@contextmanager
def changed(home: Path, old: str, new: str) -> Iterator[None]:
    """Settings with this in place of that, or at their end, until the block ends."""
    file = home / "sogoc.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace(old, new) if old else before + new, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def directory_of(one: Laid) -> Directory:
    """What the node holds, fetched anew where the hub lives."""
    return current_directory(one.home, one.settings, SystemClock())


def long_held(directory: Directory) -> Directory:
    """One that an asker goes on believing: whoever was removed need not know, or care."""
    return replace(directory, expires=SystemClock().now() + timedelta(hours=1))


def missing(one: Laid) -> dict[str, str]:
    """What keeps the node from answering, as it says itself."""
    try:
        told = httpx2.get(
            f"{one.settings.address}/health/ready", trust_env=False, verify=NO_TLS, timeout=10
        )
    except httpx2.HTTPError:
        return {"node": "does not answer"}
    return dict(told.json()["missing"])


def wait_until(holds: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)


def test_a_removed_member_is_refused_in_time_also_by_a_node_that_does_not_reach_the_hub(
    node: Attacked, pair: Pair
) -> None:
    held = long_held(directory_of(pair.province))
    known, member = pair.one_way(held), str(pair.province.who.who)
    hub = node.nodes[HUB]
    with open_node(hub.home, hub.settings) as opened:
        book = Hub(opened.parts.connection, SystemClock(), hub.who.hub_key.name, hub.who.key)
        pair.to_hub.state = State.CUT
        try:
            book.remove(member, officer=OFFICER)
            began = time.monotonic()
            assert pair.one_way(held) == known  # it cannot know yet
            wait_until(lambda: "directory" in missing(pair.health), LIFE_SECONDS + 5)
            assert time.monotonic() - began < LIFE_SECONDS + 5
            with pytest.raises(AnswerRefused, match=r"DirectoryExpired.*nothing can be exchanged"):
                pair.one_way(held)
            pair.to_hub.state = State.WHOLE
            wait_until(lambda: not missing(pair.health))
            with pytest.raises(AnswerRefused, match="BadRequest"):
                pair.one_way(held)
        finally:
            pair.to_hub.state = State.WHOLE
            request = (pair.province.home / "join-request.txt").read_text(encoding="utf-8")
            book.accept(read_request(request), officer=OFFICER)
    wait_until(lambda: answered(pair))


def answered(pair: Pair) -> bool:
    """Whether the province is answered: it came back, or the hub did."""
    try:
        return bool(pair.one_way())
    except (AnswerRefused, DirectoryRefused):
        return False


def test_a_dead_hub_never_stops_two_agencies_whose_directory_is_valid(
    node: Attacked, pair: Pair
) -> None:
    known = pair.one_way()
    assert "AccessDenied" in pair.other_way()

    hub = node.nodes[HUB]
    os.kill(int((hub.home / "var/serve.pid").read_text(encoding="ascii")), signal.SIGKILL)
    wait_until(lambda: fetched(f"{hub.settings.address}/directory") is None)
    for _ in range(3):
        assert pair.one_way() == known
        assert "AccessDenied" in pair.other_way()

    # Its minute ends for those who ask and for those who are asked, and both say so.
    held = long_held(directory_of(pair.province))
    wait_until(
        lambda: {"directory"} == set(missing(pair.health)) == set(missing(pair.province)), 60
    )
    assert "The directory has run out" in missing(pair.health)["directory"]
    with pytest.raises(DirectoryRefused, match=r"hub does not answer.* has run out"):
        pair.one_way()
    with pytest.raises(AnswerRefused, match=r"DirectoryExpired.*nothing can be exchanged"):
        pair.one_way(held)

    serve(hub)
    wait_until(lambda: answered(pair))
