"""The node's key as its operator keeps it: under a password, or with an agent; and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.trust.test_agent import added, real, running

from sogoc.exchange.joining import read_request
from sogoc.node.member import membership
from sogoc.node.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.conftest import Command

pytestmark = pytest.mark.acceptance

WORDS = ("--member", "VN/GOV/02/LAND", "--address", "https://land.example", "--name", "Ví dụ")
SECRET = "một mật khẩu dài"  # noqa: S105 - of a key made for this test


def told(folder: Path) -> str:
    return (folder / "join-request.txt").read_text(encoding="utf-8")


@real
def test_a_node_whose_key_an_agent_holds_has_no_private_key_and_changes_it_too(
    tmp_path: Path, sogoc: Command
) -> None:
    folder = tmp_path / "node"
    (folder / "keys").mkdir(parents=True)
    settings = 'key_agent = "agent"\nhub_address = "https://hub.example"\n'
    (folder / "sogoc.toml").write_text(settings, encoding="utf-8")
    refused = sogoc(folder, "node", "init", *WORDS)
    assert refused.code == 1
    assert "node.pub" in refused.err
    with running(folder / "agent"):
        added(folder / "agent", folder / "keys" / "node")
        assert sogoc(folder, "node", "init", *WORDS).code == 0
        first = membership(folder, read_settings(folder))
        assert read_request(told(folder)).public == first.key.public
        assert not list((folder / "keys").glob("*.key"))

        assert "node.next.pub" in sogoc(folder, "node", "rotate-key", "--name", "x").err
        added(folder / "agent", folder / "keys" / "node.next")
        assert sogoc(folder, "node", "rotate-key", "--name", "Ví dụ").code == 0
        second = read_request(told(folder)).public
        assert membership(folder, read_settings(folder)).key.public == first.key.public != second
        assert sogoc(folder, "node", "rotate-key", "--name", "x", "--accepted").code == 0
        assert membership(folder, read_settings(folder)).key.public == second
        assert (folder / "keys" / "node.old-1.pub").exists()


def test_a_key_that_others_can_read_stops_the_server_before_it_listens(
    tmp_path: Path, sogoc: Command
) -> None:
    assert sogoc(tmp_path / "node", "node", "init", *WORDS).code == 0
    (tmp_path / "node" / "keys" / "node.key").chmod(0o644)
    refused = sogoc(tmp_path / "node", "node", "serve")
    assert refused.code == 1
    assert "others on this machine can read the key file node.key" in refused.err


def test_every_command_that_signs_opens_a_key_under_a_password(
    tmp_path: Path, sogoc: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOGOC_KEY_PASSWORD", SECRET)
    assert sogoc(tmp_path / "node", "node", "init", *WORDS).code == 0
    asked = ("--officer", "VN1", "--issue", "1.0")
    told = sogoc(tmp_path / "node", "ask", "VN/GOV/01/POP/population", "/v1/a/b", *asked)
    assert "hub_address" in told.err  # the key was opened; there is no hub to ask
    monkeypatch.delenv("SOGOC_KEY_PASSWORD")
    assert "is under a password" in sogoc(tmp_path / "node", "node", "catalogue").err
