"""TLS to and from a Security Server: who shows no certificate, or another, is not let in.

Certificates are made on the spot; the sockets and the servers are real.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from tests.exchange_scene import TAX, Scene, SecurityServer, scene
from tests.small_certificates import make_certificate
from tests.web.exchange.test_behind_a_security_server import QUESTION, READ, headers

from sogoc.clock import SystemClock
from sogoc.errors import NodeUnreachable, SettingsError
from sogoc.exchange.asking.questions import read
from sogoc.exchange.tls import Certificates, check_authorities, shown_to
from sogoc.testing.served import free_port, served
from sogoc.web.exchange.serve import Listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.database.store import Store

NOW = SystemClock().now()
HTTPS = "https://10.0.0.5"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`server` and `node` know each other, nobody `stranger`; `elsewhere` has another name."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("server", "node", "stranger"):
        make_certificate(folder, name)
    make_certificate(folder, "elsewhere", host="192.0.2.7")
    make_certificate(folder, "old", days=-2)
    return folder


@pytest.fixture
def office(database: Store) -> Iterator[Scene]:
    with scene(database, trusted="127.0.0.1") as served_scene:
        yield served_scene


def files(made: Path, certificate: str = "", authorities: str = "server") -> Certificates:
    return Certificates(
        certificate=made / f"{certificate}.pem" if certificate else None,
        key=made / f"{certificate}.key" if certificate else None,
        authorities=made / f"{authorities}.pem",
    )


def mutual(made: Path, certificate: str = "server", clients: str = "node") -> dict[str, Any]:
    """A server that wants to see a certificate, as `sogoc node serve` starts one."""
    return Listening(
        host="127.0.0.1",
        port=0,
        certificate=made / f"{certificate}.pem",
        key=made / f"{certificate}.key",
        clients=made / f"{clients}.pem",
    ).tls


def asked(office: Scene, address: str, shown: Certificates) -> Any:  # noqa: ANN401 - JSON
    peer = office.peer(security_server=address)
    line = replace(peer.line, tls=shown_to(address, shown, now=NOW))
    return read(replace(peer, line=line), "thua_dat", "T1", fields=["dia_chi"])


def test_a_node_shows_its_certificate_to_its_security_server_and_believes_that_one_alone(
    office: Scene, made: Path
) -> None:
    server = SecurityServer(office.address)
    with served(server, free_port(), **mutual(made)) as address:
        told = asked(office, address, files(made, "node"))
        assert told["fields"] == {"dia_chi": "Thôn 1"}
        for shown, words in (
            (files(made), "does not take this node's certificate"),
            (files(made, "stranger"), "does not take this node's certificate"),
            (files(made, "node", authorities="stranger"), "compare it with xroad_authorities"),
        ):
            with pytest.raises(NodeUnreachable, match=words) as refused:
                asked(office, address, shown)
            assert address in str(refused.value)
    assert len(server.seen) == len(office.journal.entries) == 1


def test_a_server_under_another_name_than_its_address_is_not_believed(
    office: Scene, made: Path
) -> None:
    server = SecurityServer(office.address)
    with (
        served(server, free_port(), **mutual(made, "elsewhere")) as address,
        pytest.raises(NodeUnreachable, match="IP address mismatch"),
    ):
        asked(office, address, files(made, "node", authorities="elsewhere"))
    assert server.seen == []


def test_a_node_behind_a_security_server_lets_in_nobody_but_its_certificate(
    office: Scene, made: Path
) -> None:
    """The certificates are turned round: here the Security Server connects to the node."""
    with served(office.app, free_port(), **mutual(made, "node", "server")) as address:
        told = passed_on(address, files(made, "server", authorities="node"))
        assert told.json()["records"][0]["key"] == "T1"
        for shown in ("", "stranger"):
            with pytest.raises(httpx2.HTTPError):
                passed_on(address, files(made, shown, authorities="node"))
    assert [entry.member for entry in office.journal.entries] == [TAX]


def passed_on(address: str, shown: Certificates) -> httpx2.Response:
    """A question that the Security Server passes on."""
    tls = shown_to(address, shown, now=NOW)
    assert tls is not None
    with httpx2.Client(trust_env=False, verify=tls) as http:
        return http.post(f"{address}{READ}", headers=headers(), content=QUESTION)


@pytest.mark.parametrize(
    ("address", "given", "says"),
    [
        ("http://10.0.0.5", {"certificate": "node"}, "begins with https://"),
        ("", {"authorities": "server"}, "need an xroad_server"),
        (HTTPS, {"authorities": "missing"}, "xroad_authorities must be a PEM file"),
        (HTTPS, {"authorities": "node.key"}, "xroad_authorities must be a PEM file"),
        (HTTPS, {"certificate": "node"}, "xroad_certificate and xroad_key must both be set"),
        (HTTPS, {"key": "node.key"}, "xroad_certificate and xroad_key must both be set"),
        (HTTPS, {"certificate": "node", "key": "stranger.key"}, "of one pair"),
        (HTTPS, {"certificate": "missing", "key": "node.key"}, "readable"),
        (HTTPS, {"certificate": "old", "key": "old.key"}, "xroad_certificate ran out on"),
    ],
)
def test_wrong_files_are_refused_by_the_name_of_the_setting(
    made: Path, address: str, given: dict[str, str], says: str
) -> None:
    named = {
        setting: made / (name if "." in name else f"{name}.pem") for setting, name in given.items()
    }
    with pytest.raises(SettingsError, match=says):
        shown_to(address, Certificates(**named), now=NOW)


def test_a_key_that_others_can_read_is_refused_and_no_files_are_no_matter(
    tmp_path: Path,
) -> None:
    file = make_certificate(tmp_path, "open")
    file.with_suffix(".key").chmod(0o640)
    with pytest.raises(SettingsError, match=r"others on this machine can read xroad_key"):
        shown_to(HTTPS, files(tmp_path, "open", authorities="open"), now=NOW)
    assert shown_to("http://10.0.0.5", Certificates(), now=NOW) is None
    with pytest.raises(SettingsError, match="tls_clients must be a PEM file"):
        check_authorities(tmp_path / "none.pem", setting="tls_clients")
