"""`sogoc ask` as an officer runs it, through a Security Server, for a table of persons."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.exchange_scene import OFFICE, TAX, Scene, SecurityServer, scene
from tests.small_certificates import make_certificate

from sogoc.database.store import Store
from sogoc.testing.served import free_port, served
from sogoc.web.exchange.serve import Listening

if TYPE_CHECKING:
    from tests.acceptance.conftest import Command, Said

pytestmark = pytest.mark.acceptance

CASE = ("--officer", "VN000000000007", "--issue", "1.012789/H29-260302-0001")
PEOPLE = """number,name,born
001190000001,Nguyễn Thị Hoà,1990
001190000002,Trần Văn Đức,1991-05-02
,Lê Văn Tám,1970
"""


@pytest.fixture
def office(database: Store) -> Iterator[Scene]:
    with scene(database, trusted="127.0.0.1") as served_scene:
        yield served_scene


@pytest.fixture
def tax(tmp_path: Path, sogoc: Command, office: Scene) -> Iterator[Path]:
    """A node of the tax office that asks through its Security Server, which wants a certificate."""
    node = tmp_path / "tax"
    words = ("--member", TAX, "--address", "https://tax.example", "--name", "Cơ quan ví dụ")
    assert sogoc(node, "node", "init", *words).code == 0
    server, own = (make_certificate(node, name) for name in ("server", "own"))
    tls = Listening(host="", port=0, certificate=server, key=node / "server.key", clients=own).tls
    with served(SecurityServer(office.address), free_port(), **tls) as address:
        with (node / "sogoc.toml").open("a", encoding="utf-8") as settings:
            settings.write(
                f'xroad_server = "{address}"\nxroad_authorities = "server.pem"\n'
                'xroad_certificate = "own.pem"\nxroad_key = "own.key"\n'
            )
        yield node


def test_each_person_of_a_table_is_verified(
    tmp_path: Path, sogoc: Command, tax: Path, office: Scene
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8-sig")

    def ask(*words: str, path: str = "/v1/nguoi/verify") -> Said:
        return sogoc(tax, "ask", f"{OFFICE}/population", path, *CASE, *words)

    table, out = str(tmp_path / "people.csv"), tmp_path / "outcomes.csv"
    told = ask("--people", table, "--out", str(out), "--fields", "ho_ten")
    assert told.code == 0, told.err
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["outcome"], row["differs"], row["ho_ten"]) for row in rows] == [
        ("verified", "", "Nguyễn Thị Hòa"),
        ("differs", "born", ""),
        ("unreadable", "", ""),
    ]
    # What the terminal shows are counts: nobody's number stands there.
    assert "verified" in told.out
    assert "00119000" not in told.out
    assert len(office.journal.entries) == 2

    assert ask("--people", table).code == 1
    assert ask("--people", table, "--out", str(out), path="/v1/nguoi/read").code == 1
    (tmp_path / "people.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "born, name, number" in ask("--people", table, "--out", str(out)).err
    (tax / "own.key").unlink()
    for refused in (ask("--people", table, "--out", str(out)), sogoc(tax, "node", "serve")):
        assert (refused.code, "xroad_key must both be set" in one_line(refused.err)) == (1, True)


def one_line(told: str) -> str:
    return " ".join(told.split())
