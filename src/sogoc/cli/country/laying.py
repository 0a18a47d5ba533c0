"""The six nodes laid out: folders, keys, settings, ports, and the requests to join."""

from __future__ import annotations

import json
import shutil
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.cli.country.cast import AGENCIES, HUB, agency
from sogoc.contract.shelf import Shelf
from sogoc.errors import Sentence, SettingsError
from sogoc.node.member import Membership, join_request, make_key, membership
from sogoc.node.settings import FILE, Settings, read_settings
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sogoc.cli.country.cast import Agency

MARK = "made-up-country"
DATABASE = "postgres"
"""Folder of a node's own PostgreSQL within its `state`."""
_FIRST_PORT = 8461
_HOST = "127.0.0.1"
_TUNING = """\
# Six servers share this machine: each takes little.
shared_buffers = '64MB'
maintenance_work_mem = '64MB'
max_wal_size = '512MB'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """One node as it stands in its folder."""

    agency: Agency
    home: Path

    @property
    def settings(self) -> Settings:
        """What its `sogoc.toml` says."""
        return read_settings(self.home)

    @property
    def who(self) -> Membership:
        """What it is in the exchange."""
        return membership(self.home, self.settings)

    @property
    def shelf(self) -> Shelf:
        """The contracts it knows."""
        return Shelf((self.home / "registers", shipped("registers")))


def is_a_country(folder: Path) -> bool:
    """Whether a demo made this folder."""
    return (folder / MARK).is_file()


def fresh(folder: Path) -> None:
    """An empty folder for a new country. Raises SettingsError for one that is no demo's."""
    if folder.exists() and not is_a_country(folder):
        raise SettingsError(
            Sentence(
                vi=f"Thư mục {folder} đã có và không phải của bản trình diễn; hãy chọn --folder "
                "khác.",
                en=f"The folder {folder} exists and is no demo; name another --folder.",
            )
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def lay_out(folder: Path, numbers: Sequence[int] = ()) -> tuple[Laid, ...]:
    """Six nodes with keys and settings, each at a port of its own: those given, or the usual."""
    ports = dict(zip((one.folder for one in AGENCIES), numbers or usual_ports(), strict=True))
    hub = _lay(folder, agency(HUB), ports[HUB], told={})
    others = {
        "hub_address": hub.settings.address,
        "hub_key": str(hub.who.hub_key),
    }
    return (
        hub,
        *(
            _lay(folder, one, ports[one.folder], told=others)
            for one in AGENCIES
            if one != hub.agency
        ),
    )


def laid_out(folder: Path) -> tuple[Laid, ...]:
    """The nodes that stand in the folder of a demo. Raises SettingsError if it is none."""
    if not is_a_country(folder):
        raise SettingsError(
            Sentence(
                vi=f"Thư mục {folder} không phải của bản trình diễn; chạy sogoc demo trước, hoặc "
                "nêu --folder.",
                en=f"The folder {folder} is no demo's; run sogoc demo first, or name its --folder.",
            )
        )
    return tuple(
        Laid(agency=one, home=folder / one.folder)
        for one in AGENCIES
        if (folder / one.folder / FILE).is_file()
    )


def _lay(folder: Path, one: Agency, port: int, *, told: dict[str, str]) -> Laid:
    home = folder / one.folder
    home.mkdir()
    settings: dict[str, str | int | float] = {
        "member": one.member,
        "keeper": one.name,
        "address": f"http://{_HOST}:{port}",
        "exchange_port": port,
        "memory_gib": 2.0,
        **told,
    }
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()
    ]
    (home / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    database = home / "state" / DATABASE
    database.mkdir(mode=0o700, parents=True)
    (database / "tuning.conf").write_text(_TUNING, encoding="utf-8")
    make_key(home)
    laid = Laid(agency=one, home=home)
    request = join_request(laid.who, name=one.name, shelf=laid.shelf)
    (home / "join-request.txt").write_text(request, encoding="utf-8")
    return laid


def usual_ports() -> list[int]:
    """The usual ports, and where another program sits on one, one that is free."""
    usual = range(_FIRST_PORT, _FIRST_PORT + len(AGENCIES))
    return [
        port if _is_free(port) else other for port, other in zip(usual, any_ports(), strict=True)
    ]


def any_ports() -> list[int]:
    """Free ports, one for each agency, of which no other country knows."""
    with ExitStack() as stack:
        # All open at once: else one port could be given twice.
        probes = [stack.enter_context(socket.socket()) for _ in AGENCIES]
        for probe in probes:
            probe.bind((_HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def taken_ports(laid: tuple[Laid, ...]) -> list[tuple[int, Laid]]:
    """The usual ports that others have, each with the node that had to go elsewhere."""
    by_name = {one.agency.folder: one for one in laid}
    return [
        (port, by_name[one.folder])
        for port, one in enumerate(AGENCIES, _FIRST_PORT)
        if by_name[one.folder].settings.exchange_port != port
    ]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A port that a program let go of a moment ago is free, though the kernel remembers it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True
