"""A node's catalogue of registers, and at the hub those of all members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import SogocError
from sogoc.exchange.client import public_bytes
from sogoc.exchange.described.catalogue import (
    Publisher,
    catalogue,
    from_directory,
    read_catalogue,
    together,
)
from sogoc.node.peers import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.exchange.described.graph import Statement
    from sogoc.exchange.directory import Directory, Member
    from sogoc.node.member import Membership
    from sogoc.node.peers import Peers

SIGNED = "/catalogue.note"
"""Where a node gives its catalogue with its signature."""
_TIMEOUT_SECONDS = 5.0


def own_catalogue(
    who: Membership, name: str, registers: Iterable[Register]
) -> tuple[Publisher, list[Statement]]:
    """This node's catalogue, and whose it is."""
    publisher = Publisher(name=name or str(who.who.owner), client=str(who.who), address=who.address)
    return publisher, catalogue(publisher, registers)


def collect(
    folder: Path, directory: Directory, *, own: Membership, moment: datetime, peers: Peers
) -> int:
    """Fetch the catalogues of the other members; return how many were believed.

    What one keeps silent about stands in its last catalogue; who was removed has none any more.
    """
    kept = _folder(folder)
    kept.mkdir(parents=True, exist_ok=True)
    count, wanted = 0, set[str]()
    for member in _others(directory, own):
        file = kept / _name(member)
        wanted.add(file.name)
        try:
            content = _fetched(member, peers)
            read_catalogue(content, member, directory, moment=moment)
        except SogocError:
            continue
        beside = file.with_suffix(".new")
        beside.write_text(content, encoding="utf-8")
        beside.replace(file)
        count += 1
    for file in kept.glob("*.note"):
        if file.name not in wanted:
            file.unlink()
    return count


def _fetched(member: Member, peers: Peers) -> str:
    address = f"{member.address}{SIGNED}"
    content = peers.asked(
        CATALOGUE, str(member.id), lambda: public_bytes(address, timeout_seconds=_TIMEOUT_SECONDS)
    )
    return content.decode(errors="replace")


def all_catalogues(
    folder: Path,
    directory: Directory,
    mine: tuple[Publisher, list[Statement]],
    *,
    own: Membership,
    moment: datetime,
) -> list[Statement]:
    """The hub's catalogue: its own, and each member's as it was last believed."""
    publisher, told = mine
    others = [_kept(folder, member, directory, moment=moment) for member in _others(directory, own)]
    return together(publisher, told, others)


def _kept(
    folder: Path, member: Member, directory: Directory, *, moment: datetime
) -> list[Statement]:
    file = _folder(folder) / _name(member)
    try:
        content = file.read_text(encoding="utf-8")
        return read_catalogue(content, member, directory, moment=moment)
    except (OSError, UnicodeDecodeError, SogocError):
        return from_directory(member)


def _others(directory: Directory, own: Membership) -> list[Member]:
    return [member for member in directory.members if member.id != own.who.owner]


def _folder(folder: Path) -> Path:
    return folder / "var" / "catalogues"


def _name(member: Member) -> str:
    return str(member.id).replace("/", "_") + ".note"
