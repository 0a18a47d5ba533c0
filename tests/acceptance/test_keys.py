"""The node's key as its operator keeps it: under a password, or with an agent; and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.trust.test_agent import added, real, running

from sogoc.errors import KeyRefused
from sogoc.exchange.joining import read_request
from sogoc.node.member import membership
from sogoc.node.offering.openers import Openers
from sogoc.node.settings import read_settings
from sogoc.trust.keys import read_key
from sogoc.trust.opening import read_opening_key

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.conftest import Command

    from sogoc.exchange.joining import JoinRequest
    from sogoc.node.member import Membership

pytestmark = pytest.mark.acceptance

WORDS = ("--member", "VN/GOV/02/LAND", "--address", "https://land.example", "--name", "Ví dụ")
SECRET = "một mật khẩu dài"  # noqa: S105 - of a key made for this test


def told(folder: Path) -> str:
    return (folder / "join-request.txt").read_text(encoding="utf-8")


def sealed(who: Membership, request: JoinRequest) -> tuple[str, bytes]:
    """A secret for a key of the node, as others seal it by the directory."""
    assert request.sealing is not None
    return who.id_of(request.public), request.sealing.sealed(b"secret")


def opened(folder: Path, box: tuple[str, bytes]) -> bytes | None:
    """What the node reads of it."""
    openers = Openers(membership(folder, read_settings(folder)))
    assert openers.has(box[0])
    assert not openers.has(f"{box[0]}0")
    opener = openers.of(box[0])
    return opener.unsealed(box[1]) if opener else None


def what_is_here_opens_and_signs_nothing(folder: Path) -> None:
    """And only its owner reads it."""
    (opening,) = (folder / "keys").glob("*.key")
    assert opening.stat().st_mode & 0o777 == 0o600
    assert read_request(told(folder)).sealing == read_opening_key(opening).public
    with pytest.raises(KeyRefused, match="no Ed25519"):
        read_key(opening)


@real
def test_a_node_whose_key_an_agent_holds_has_no_private_key_and_changes_it_too(
    tmp_path: Path, sogoc: Command
) -> None:
    folder = tmp_path / "node"
    (folder / "keys").mkdir(parents=True)
    settings = 'key_agent = "agent"\nhub_address = "https://hub.example"\n'
    (folder / "sogoc.toml").write_text(settings, encoding="utf-8")
    assert "node.pub" in sogoc(folder, "node", "init", *WORDS).err
    with running(folder / "agent"):
        added(folder / "agent", folder / "keys" / "node")
        assert sogoc(folder, "node", "init", *WORDS).code == 0
        first = membership(folder, read_settings(folder))
        assert read_request(told(folder)).public == first.key.public
        what_is_here_opens_and_signs_nothing(folder)
        assert sogoc(folder, "node", "init", *WORDS).code == 0
        what_is_here_opens_and_signs_nothing(folder)
        for_the_first = sealed(first, read_request(told(folder)))

        assert "node.next.pub" in sogoc(folder, "node", "rotate-key", "--name", "x").err
        added(folder / "agent", folder / "keys" / "node.next")
        assert sogoc(folder, "node", "rotate-key", "--name", "Ví dụ").code == 0
        second = read_request(told(folder)).public
        for_the_second = sealed(first, read_request(told(folder)))
        assert opened(folder, for_the_first) == opened(folder, for_the_second) == b"secret"
        assert membership(folder, read_settings(folder)).key.public == first.key.public != second
        assert sogoc(folder, "node", "rotate-key", "--name", "x", "--accepted").code == 0
        assert membership(folder, read_settings(folder)).key.public == second
        assert (folder / "keys" / "node.old-1.pub").exists()
        # The agent may have let the old key go: what opens is here, for both.
        assert opened(folder, for_the_first) == opened(folder, for_the_second) == b"secret"


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
