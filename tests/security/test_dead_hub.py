"""The hub is killed: agencies that hold a valid directory go on, and until its end alone."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from sogoc.exchange.names import Service, subsystem
from sogoc.exchange.patience.again import ONCE
from sogoc.node.member import current_directory
from sogoc.shipped import shipped
from sogoc.testing.day.storm import serve
from sogoc.testing.served import NO_TLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sogoc.exchange.directory import Directory

pytestmark = pytest.mark.acceptance

FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"
AHEAD = 42
"""Seconds by which both agencies' clocks are ahead of the hub's, which is within what each puts up
with: so the minute of a directory is over for them in eighteen seconds, and the test with it."""


class Ahead(SystemClock):
    """The clock of both agencies."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=AHEAD)


@dataclass(frozen=True, slots=True)
class Pair:
    """The health office, which keeps facilities, and the province, which may read them."""

    health: Laid
    province: Laid

    def ask(
        self, way: tuple[Laid, Laid], path: str, question: object, directory: Directory | None
    ) -> Any:  # noqa: ANN401 - JSON
        """Ask with what the asker's own node holds: its key, its directory, its clock."""
        asker, keeper = way
        clock = Ahead()
        code, _, rest = path.partition("/")
        told = ask(
            Service(subsystem(keeper.agency.member), code),
            f"/{rest}",
            json.dumps(question).encode(),
            asker=asker.who.asker(OFFICER, "1.001194/H29-1"),
            line=Line(
                directory=directory or directory_of(asker),
                clock=clock,
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


@pytest.fixture
def pair(node: Attacked) -> Iterator[Pair]:
    laid = {one.agency.folder: one for one in laid_out(node.nodes[HUB].home.parent)}
    health, province = laid[HEALTH], laid[PROVINCE]
    deliveries = (("health-facilities", str(FACILITIES)),)
    list(work(health.home, Orders(deliveries=deliveries)))
    try:
        for one in (health, province):
            serve(one, clock_off_by=AHEAD)
        wait_until(lambda: not missing(health) and not missing(province))
        yield Pair(health, province)
    finally:
        for one in (health, province):
            Post(one.home, "serve").stop()
        if not Post(node.nodes[HUB].home, "serve").runs:
            list(serve_all((node.nodes[HUB],)))


def directory_of(one: Laid) -> Directory:
    """What the node holds, fetched anew where the hub lives."""
    return current_directory(one.home, one.settings, Ahead())


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
    held = replace(directory_of(pair.province), expires=Ahead().now() + timedelta(hours=1))
    wait_until(lambda: "directory" in missing(pair.health), 60)
    assert "The directory has run out" in missing(pair.health)["directory"]
    with pytest.raises(DirectoryRefused, match=r"hub does not answer.* has run out"):
        pair.one_way()
    with pytest.raises(AnswerRefused, match=r"DirectoryExpired.*nothing can be exchanged"):
        pair.one_way(held)
