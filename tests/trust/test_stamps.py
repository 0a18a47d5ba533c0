"""Time stamps from a server that is not ours: `openssl ts`, over a real socket."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from tests.access.conftest import asked

from sogoc.access.log import Log
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.errors import BadSeal, NodeUnreachable, SettingsError
from sogoc.node.settings import Settings
from sogoc.node.stamping import stamp_if_due
from sogoc.testing.served import free_port
from sogoc.trust.keys import SigningKey
from sogoc.trust.stamps import stamp_request, stamped_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    from sogoc.database.store import Store

KEY = SigningKey(bytes(range(32)))
NOW = datetime(2026, 11, 30, tzinfo=UTC)
CONF = """
[ts]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ext]
extendedKeyUsage = critical,timeStamping
"""


@dataclass(frozen=True)
class Authority:
    """A time stamp server of others: its folder holds a root, a certificate and their keys."""

    folder: Path

    def openssl(self, *words: str) -> bytes:
        """Run openssl there."""
        return subprocess.run(
            ["openssl", *words], cwd=self.folder, check=True, capture_output=True
        ).stdout

    def reply(self, query: bytes) -> bytes:
        """A stamp as the server gives it."""
        (self.folder / "query").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "ts.conf", "-section", "ts", "-queryfile", "query",
                     "-out", "reply")  # fmt: skip
        return (self.folder / "reply").read_bytes()

    @property
    def roots(self) -> bytes:
        """Its root in PEM."""
        return (self.folder / "ca.pem").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return made(tmp_path_factory.mktemp("tsa"))


def made(folder: Path) -> Authority:
    one = Authority(folder)
    (folder / "ts.conf").write_text(CONF, encoding="utf-8")
    (folder / "serial").write_text("01\n", encoding="utf-8")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    one.openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
                "-subj", "/CN=Example root")  # fmt: skip
    one.openssl("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Example TSA")
    one.openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-set_serial", "7", "-days", "3650", "-extfile", "ts.conf", "-extensions", "ext",
                "-out", "tsa.pem")  # fmt: skip
    return one


@contextmanager
def serving(authority: Authority, *, spoilt: bytes = b"") -> Iterator[str]:
    """The server over a socket; `spoilt` is sent instead of a stamp."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            told = spoilt or authority.reply(query)
            self.send_response(200 if self.headers["content-type"].endswith("query") else 415)
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *words: object) -> None:
            del words

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_stamp_of_others_is_believed_by_us_and_by_openssl(authority: Authority) -> None:
    note = b"log.example/access\n5\nGEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=\n"
    request = stamp_request(note)
    reply = authority.reply(request.body)
    moment = request.believed(reply, authority.roots)
    assert moment == stamped_at(reply, note, authority.roots)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)  # noqa: TID251 - theirs is a real clock
    (authority.folder / "note").write_bytes(note)
    told = authority.openssl("ts", "-verify", "-data", "note", "-in", "reply", "-CAfile", "ca.pem")
    assert b"OK" in told


def test_a_stamp_on_another_note_or_of_another_request_or_root_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    request = stamp_request(b"note")
    reply = authority.reply(request.body)
    wrongs: list[Callable[[], object]] = [
        lambda: stamped_at(reply, b"another", authority.roots),
        lambda: stamp_request(b"note").believed(reply, authority.roots),  # its nonce is not ours
        lambda: request.believed(reply, made(tmp_path).roots),
        lambda: request.believed(reply[:-1], authority.roots),
        lambda: request.believed(b"", authority.roots),
        lambda: request.believed(reply, b"no certificate"),
    ]
    for wrong in wrongs:
        with pytest.raises(BadSeal):
            wrong()


@pytest.fixture
def log(database: Store, connection: psycopg.Connection) -> Log:
    """A log with one checkpoint."""
    kept = PostgresJournal(database)
    kept.append([asked()])
    kept.close()
    log = Log(connection, "land.example/journal")
    log.sign_checkpoint(KEY, now=NOW)
    return log


def test_checkpoints_are_stamped_every_so_often_and_served_beside_the_stamp(
    log: Log, authority: Authority, database: Store
) -> None:
    assert not stamp_if_due(log, authority.folder, Settings(), now=NOW)
    with serving(authority) as address:
        settings = Settings(stamp_address=address, stamp_roots="ca.pem")
        assert stamp_if_due(log, authority.folder, settings, now=NOW)
        note, token, moment = log.stamped() or ("", b"", NOW)
        assert note == log.checkpoint()
        assert stamped_at(token, note.encode(), authority.roots) == moment
        later = moment + timedelta(hours=2)
        assert not stamp_if_due(log, authority.folder, settings, now=later)  # nothing is new
        kept = PostgresJournal(database)
        kept.append([asked()])
        kept.close()
        log.sign_checkpoint(KEY, now=NOW)
        soon = moment + timedelta(minutes=5)
        assert not stamp_if_due(log, authority.folder, settings, now=soon)
        assert stamp_if_due(log, authority.folder, settings, now=later)


def test_a_reply_that_does_not_hold_is_not_kept(log: Log, authority: Authority) -> None:
    with serving(authority, spoilt=b"nonsense") as address:
        settings = Settings(stamp_address=address, stamp_roots="ca.pem")
        with pytest.raises(BadSeal):
            stamp_if_due(log, authority.folder, settings, now=NOW)
        without = Settings(stamp_address=address, stamp_roots="none.pem")
        with pytest.raises(SettingsError, match="stamp_roots"):
            stamp_if_due(log, authority.folder, without, now=NOW)
    dead = Settings(stamp_address=f"http://127.0.0.1:{free_port()}", stamp_roots="ca.pem")
    with pytest.raises(NodeUnreachable):
        stamp_if_due(log, authority.folder, dead, now=NOW)
    assert log.stamped() is None
