"""A node as it runs in production: TLS under an authority of the state's own, PostgreSQL by URL."""

from __future__ import annotations

import ssl
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from psycopg import conninfo
from tests.acceptance.test_exchange import serving

from sogoc.clock import SystemClock
from sogoc.database.store import Store
from sogoc.testing.served import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.conftest import Command

pytestmark = pytest.mark.acceptance


def certified(folder: Path) -> Path:
    """An authority, and a node's certificate and key under it; gives the authority's file."""
    keys = [generate_private_key(SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Authority", "Node")
    ]
    now = SystemClock().now()
    for number, file in enumerate(("authority.pem", "chain.pem")):
        told = (
            x509.CertificateBuilder()
            .subject_name(names[number])
            .issuer_name(names[0])
            .public_key(keys[number].public_key())
            .serial_number(number + 1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=number == 0, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
                critical=False,
            )
            .sign(keys[0], hashes.SHA256())
        )
        (folder / file).write_bytes(told.public_bytes(Encoding.PEM))
    secret = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "authority.pem"


def got(address: str, *authorities: Path) -> httpx2.Response:
    """What somebody gets who trusts these authorities and no other."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in authorities:
        tls.load_verify_locations(file)
    with httpx2.Client(trust_env=False, verify=tls) as http:
        return http.get(address)


def is_ready(address: str, authority: Path) -> bool:
    try:
        return got(f"{address}/health/ready", authority).status_code == 200
    except httpx2.HTTPError:
        return False


def database_in(server: Store) -> str:
    """The address of a new database, empty, in a server that no node started."""
    with Store(conninfo.make_conninfo(server.address, dbname="postgres")).connect() as one:
        one.execute("create database in_production")
    return conninfo.make_conninfo(server.address, dbname="in_production")


def test_a_node_behind_tls_keeps_its_state_in_a_postgresql_by_url(
    tmp_path: Path, sogoc: Command, database_server: Store
) -> None:
    """It makes its schema there, is its own hub, and is reached by who trusts the authority."""
    node, port = tmp_path / "node", free_port()
    url = database_in(database_server)
    address = f"https://127.0.0.1:{port}"
    words = ("--member", "VN/GOV/01/POP", "--address", address, "--name", "Cơ quan ví dụ")
    assert sogoc(node, "node", "init", *words, "--port", str(port)).code == 0
    authority = certified(node)
    with (node / "sogoc.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"database_url = '''{url}'''\n")
        settings.write('tls_certificate = "chain.pem"\ntls_key = "key.pem"\n')
    told = sogoc(node, "hub", "accept", str(node / "join-request.txt"))
    assert told.code == 0, told.err

    with serving(node, lambda: is_ready(address, authority)):
        assert "VN/GOV/01" in got(f"{address}/directory", authority).text
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            got(f"{address}/directory")
    assert not (node / "state" / "postgres").exists()
    with Store(url).connect() as one:
        (members,) = one.execute("select count(*) from node.member").fetchone() or (0,)
    assert members == 1
