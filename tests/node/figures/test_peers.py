"""Whom a node asks: who rests after failures is counted and shown, for members of the directory."""

from __future__ import annotations

import socket
from datetime import timedelta
from threading import Event

import pytest
from tests.crooked_peer import peer
from tests.exchange_scene import OFFICE, TAX, directory

from sogoc.errors import NodeUnreachable, NotThere, Sentence
from sogoc.exchange.client import public_bytes
from sogoc.exchange.limits import Breaker, unreachable
from sogoc.node.figures.counting import Figures
from sogoc.node.peers import CALLBACK, WITNESS, Peers
from sogoc.testing.stopped_clock import StoppedClock

STRANGER = "VN/GOV/09"
LAND = "VN/GOV/02"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
def peers(clock: StoppedClock, figures: Figures) -> Peers:
    return Peers(
        directory=lambda: directory("http://127.0.0.1:1"), clock=clock, figures=figures.peers
    )


def line(figures: Figures, name: str, **labels: str) -> str:
    """What is shown under a name and labels."""
    told = figures.shown()[0].decode()
    inner = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    found = [each.rpartition(" ")[2] for each in told.splitlines() if f"{name}{{{inner}}}" in each]
    return found[0] if found else ""


def test_a_peer_that_breaks_every_line_rests_is_counted_and_comes_back(
    peers: Peers, clock: StoppedClock, figures: Figures
) -> None:
    well, came = Event(), list[int]()

    def manner(at: socket.socket, over: Event) -> None:
        del over
        came.append(1)
        if well.is_set():
            at.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnote")

    with peer(manner) as address:

        def ask() -> bytes:
            return peers.asked(WITNESS, LAND, lambda: public_bytes(address, timeout_seconds=2))

        for _ in range(5):
            with pytest.raises(NodeUnreachable, match="does not answer"):
                ask()
        with pytest.raises(NodeUnreachable, match=r"5 times in a row, since .* Ask again after"):
            ask()
        assert len(came) == 5
        whom = {"member": LAND, "purpose": WITNESS}
        assert line(figures, "sogoc_peer_breaker_state", **whom) == "2.0"
        assert line(figures, "sogoc_peer_breaker_opened_total", **whom) == "1.0"
        assert line(figures, "sogoc_peer_asked_total", **whom, outcome="failed") == "5.0"
        assert line(figures, "sogoc_peer_asked_total", **whom, outcome="refused") == "1.0"

        peers.clock = StoppedClock(clock.moment + timedelta(seconds=11))
        well.set()
        assert ask() == b"note"
        assert line(figures, "sogoc_peer_breaker_state", **whom) == "0.0"
        assert line(figures, "sogoc_peer_asked_total", **whom, outcome="answered") == "1.0"


def test_who_rests_for_one_purpose_is_asked_for_another_and_404_is_an_answer(
    peers: Peers, figures: Figures
) -> None:
    def silent() -> bytes:
        raise unreachable(LAND)

    def nothing() -> bytes:
        raise NotThere(Sentence(vi="không có", en="nothing there"))

    for _ in range(6):
        with pytest.raises(NodeUnreachable):
            peers.asked(WITNESS, LAND, silent)
    assert peers.asked(CALLBACK, LAND, lambda: b"taken") == b"taken"
    for _ in range(6):
        with pytest.raises(NotThere):
            peers.asked(CALLBACK, LAND, nothing)
    assert line(figures, "sogoc_peer_breaker_state", member=LAND, purpose=CALLBACK) == "0.0"


def test_labels_are_members_of_the_directory_and_nothing_else(
    peers: Peers, figures: Figures
) -> None:
    breaker = peers.breaker(CALLBACK)
    for peer_of in (OFFICE, TAX, STRANGER, "001190000001", "https://x/001190000001"):
        for _ in range(5):
            breaker.failed(peer_of, now=0)
        breaker.again(peer_of)
    told = figures.shown()[0].decode()
    labels = {each.split('"')[1] for each in told.splitlines() if each.startswith("sogoc_peer_")}
    assert labels == {"VN/GOV/02", "VN/GOV/03", "other"}
    assert "001190000001" not in told
    assert line(figures, "sogoc_peer_retries_total", member="other", purpose=CALLBACK) == "3.0"


def test_a_node_that_counts_nothing_lets_its_peers_rest_all_the_same(clock: StoppedClock) -> None:
    peers = Peers(directory=lambda: directory("http://127.0.0.1:1"), clock=clock)
    assert type(peers.breaker(WITNESS)) is Breaker
    assert peers.breaker(WITNESS) is peers.breaker(WITNESS)
