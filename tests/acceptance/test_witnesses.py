"""Two real nodes: one rewrites its history, the other holds the proof, and a stranger is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.test_exchange import allow, serving, wait_until
from tests.acceptance.test_exchange import country as country  # noqa: PLC0414 - a fixture

from sogoc.database.store import open_database
from sogoc.exchange.joining import read_request

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.test_exchange import Country

pytestmark = pytest.mark.acceptance

ROTATE = ("node", "rotate-key", "--name", "Cơ quan ví dụ")
REWRITTEN = (
    "delete from node.journal_cosignature",
    "delete from node.journal_tile",
    "delete from node.journal_checkpoint",
    "update node.journal_entry set commitment = sha256('another') where number = 0",
)


def test_a_node_that_rewrites_its_history_is_caught_by_its_witness(
    tmp_path: Path, country: Country
) -> None:
    hub = f"{country.hub_address} {watchful(country)}"
    verify: tuple[str, ...] = ("journal", "verify", *public(country))
    allow(country)
    # Without the hub it lives and is not ready: there is no directory yet.
    with serving(country.land, country.land_address, "health"):
        with serving(country.hub, country.hub_address):
            country.follow("6.")
            two = says(country, *verify, "--hub", hub, "--witnesses", "2")
            assert "at least 2 are needed" in two
            one = (*verify, "--hub", hub, "--witnesses", "1")
            wait_until(lambda: "1 witnesses signed; 1 showed" in says(country, *one))
            kept = ("--kept", str(tmp_path / "kept"))
            assert "The journal is whole" in says(country, *verify, *kept)
            following = the_hub_asks_for_a_new_key(country)
        assert country.sogoc(country.hub, *ROTATE, "--accepted").code == 0
        with serving(country.hub, country.hub_address):
            verify = (*verify[:3], following, country.log_key)
            it_goes_on_under_its_new_key(country, verify, one, kept)
            rewrite(country.hub)
            seen = ("journal", "witnessed")
            wait_until(lambda: "REWRITTEN" in country.sogoc(country.land, *seen).out)
            assert "The journal is whole" in says(country, *verify)  # by itself it looks so
            assert "its history was altered" in says(country, *verify, "--hub", hub)


def test_a_citizen_proves_an_entry_and_a_stranger_checks_it_offline(
    tmp_path: Path, country: Country
) -> None:
    allow(country)
    with serving(country.hub, country.hub_address):
        wait_until(lambda: "4 entries" in says(country, "journal", "verify", *public(country)))
    proof = tmp_path / "mine.tlog-proof"
    assert country.sogoc(country.hub, "journal", "prove", "3", "--out", str(proof)).code == 0
    check = ("journal", "check-proof", str(proof), country.log_key)
    told = says(country, *check)
    assert "entry 3 stands among the 4" in told
    assert "1.012789" in told
    proof.write_text(proof.read_text("utf-8").replace("index 3", "index 0"), encoding="utf-8")
    assert "cannot be proved" in says(country, *check)
    assert country.sogoc(country.hub, "journal", "erase", "--entry", "3").code == 1
    erase = ("journal", "erase", "--entry", "3", "--order", "Bản án 1/2026")
    assert "1 entries say nothing" in country.sogoc(country.hub, *erase).out
    assert country.sogoc(country.hub, "journal", "prove", "3", "--out", str(proof)).code == 1


def the_hub_asks_for_a_new_key(country: Country) -> str:
    """Its own officer accepts it; the verifier key that its journal will have."""
    made = country.sogoc(country.hub, *ROTATE)
    assert made.code == 0, made.err
    assert "accept the request" in country.sogoc(country.hub, *ROTATE, "--accepted").err
    file = country.hub / "join-request.txt"
    accepted = country.sogoc(country.hub, "hub", "accept", str(file))
    assert accepted.code == 0, accepted.err
    return read_request(file.read_text(encoding="utf-8")).log


def it_goes_on_under_its_new_key(
    country: Country, verify: tuple[str, ...], by_hub: tuple[str, ...], kept: tuple[str, str]
) -> None:
    """The land office was told nothing: it follows the hub, asks it, and witnesses it."""
    country.follow("6.")
    wait_until(lambda: "1 witnesses signed; 1 showed" in says(country, *by_hub, *kept))
    assert "continuing 2" in says(country, *verify, *kept)
    new, old = verify[3:]
    assert "no known key signed" in says(country, *verify[:3], old, *kept)
    status = country.sogoc(country.land, "node", "status", "--json").out
    assert json.loads(status)["hub_key"].endswith(new.split("+", 2)[2])


def public(country: Country) -> tuple[str, str]:
    """All that a stranger has."""
    return country.hub_address, country.log_key


def watchful(country: Country) -> str:
    """Let both nodes witness every second; give the hub's key."""
    key = ""
    for node in (country.hub, country.land):
        settings = node / "sogoc.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(f"{text}witness_seconds = 1\n", encoding="utf-8")
        key = text.partition('hub_key = "')[2].partition('"')[0] or key
    return key


def says(country: Country, *words: str) -> str:
    """What a stranger's command says, in one line."""
    told = country.sogoc(country.reader.folder / "stranger", *words)
    return " ".join(f"{told.out} {told.err}".split())


def rewrite(hub: Path) -> None:
    """What an operator does who owns the database."""
    with (
        open_database(hub / "state", "") as store,
        store.connect() as connection,
        connection.transaction(),
    ):
        for statement in REWRITTEN:
            connection.execute(statement.encode())
