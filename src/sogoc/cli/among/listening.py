"""Where and how a node listens, as settings and environment say."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.cli.context import Desk
from sogoc.clock import SystemClock
from sogoc.errors import Sentence, SettingsError
from sogoc.exchange.tls import Certificates, check_authorities, shown_to
from sogoc.node.member import Membership, membership
from sogoc.node.node import Node

if TYPE_CHECKING:
    from sogoc.node.figures.peers import PeerFigures
    from sogoc.web.exchange.serve import Listening

PASSWORD = "SOGOC_KEY_PASSWORD"  # noqa: S105 - the name of a variable
FIGURES = "PROMETHEUS_MULTIPROC_DIR"
PASSWORD_FILE = "SOGOC_KEY_PASSWORD_FILE"  # noqa: S105 - the name of a variable


def listening_of(desk: Desk, *, workers: int) -> Listening:
    """What the server is told. Raises SettingsError for files that do not belong together."""
    # The server takes as long to import as all else: commands that only ask do without.
    from sogoc.web.exchange.serve import Listening  # noqa: PLC0415 - see above

    settings = desk.settings
    certificate, key, clients = (
        _file(desk, name)
        for name in (settings.tls_certificate, settings.tls_key, settings.tls_clients)
    )
    if certificate is not None or key is not None or clients is not None:
        _check(certificate, key)
    if clients is not None:
        check_authorities(clients, setting="tls_clients")
    return Listening(
        host=settings.exchange_host,
        port=settings.exchange_port,
        workers=workers or settings.workers,
        certificate=certificate,
        key=key,
        clients=clients,
    )


def tls_to_security_server(desk: Desk) -> ssl.SSLContext | None:
    """How this node speaks to its Security Server. Raises SettingsError for wrong files."""
    settings = desk.settings
    files = Certificates(
        certificate=_file(desk, settings.xroad_certificate),
        key=_file(desk, settings.xroad_key),
        authorities=_file(desk, settings.xroad_authorities),
    )
    return shown_to(settings.xroad_server, files, now=SystemClock().now())


def _file(desk: Desk, name: str) -> Path | None:
    return desk.folder / name if name else None


@contextmanager
def figures_shown(desk: Desk, node: Node, who: Membership) -> Iterator[None]:
    """Show the figures of all workers while the block runs, where `metrics_address` is set.

    The library that counts is told by the environment that there are several processes; workers
    inherit it. Raises SettingsError.
    """
    if not desk.settings.metrics_address:
        yield
        return
    from sogoc.node.figures import listening  # noqa: PLC0415 - loaded only where it is asked for
    from sogoc.node.figures.standing import NodeParts  # noqa: PLC0415 - see above

    kept = listening.cleaned(desk.folder)
    os.environ[FIGURES] = str(kept)  # noqa: TID251 - for the workers that this command starts
    parts = NodeParts(
        folder=desk.folder, settings=desk.settings, store=node.store, clock=SystemClock(), who=who
    )
    with listening.listening(desk.settings.metrics_address, parts):
        yield


def counted(desk: Desk) -> PeerFigures | None:
    """Where this command counts whom it asks; None unless the figures of a server are shown."""
    kept = desk.folder / "var" / "figures"
    if not desk.settings.metrics_address or not kept.is_dir():
        return None
    os.environ[FIGURES] = str(kept)  # noqa: TID251 - the library that counts reads it as it loads
    from sogoc.node.figures.peers import PeerFigures  # noqa: PLC0415 - see above

    return PeerFigures()


def who_of(desk: Desk) -> Membership:
    """This node as a member, its key opened. Raises SettingsError, KeyRefused and BadQuestion."""
    return membership(desk.folder, desk.settings, password=key_password())


def key_password() -> str:
    """The password of the node's key: a file that the operator names, or a variable; or none."""
    environment = os.environ  # noqa: TID251 - the command line reads the environment
    if name := environment.get(PASSWORD_FILE):
        try:
            return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as wrong:
            raise SettingsError(
                Sentence(
                    vi=f"Không đọc được tệp mật khẩu khóa mà {PASSWORD_FILE} nêu.",
                    en=f"The file with the key's password, named by {PASSWORD_FILE}, cannot be "
                    "read.",
                )
            ) from wrong
    return environment.get(PASSWORD, "")


def _check(certificate: Path | None, key: Path | None) -> None:
    try:
        pair = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pair.load_cert_chain(certificate or "", key or "", password=_none)
    except (OSError, ValueError) as wrong:
        raise SettingsError(
            Sentence(
                vi="tls_certificate và tls_key phải cùng đặt, đọc được, khớp nhau và không có mật "
                "khẩu (PEM); tls_clients cần cả hai.",
                en="tls_certificate and tls_key must both be set, readable, of one pair and "
                "without a password (PEM); tls_clients needs both.",
            )
        ) from wrong


def _none() -> str:
    """A server that starts by itself has nobody to ask for a password."""
    raise ValueError("the key has a password")
