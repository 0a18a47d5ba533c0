"""A node as a member of the exchange: its keys, its request to join, the directory it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sogoc.errors import DirectoryRefused, Sentence, SettingsError
from sogoc.exchange.client import fetched
from sogoc.exchange.directory import read_directory
from sogoc.exchange.joining import JoinRequest, written
from sogoc.exchange.names import Subsystem, subsystem
from sogoc.trust.keys import SigningKey, keep_key, read_key
from sogoc.trust.note import NoteKey, note_key

if TYPE_CHECKING:
    from sogoc.clock import Clock
    from sogoc.contract.shelf import Shelf
    from sogoc.exchange.directory import Directory
    from sogoc.node.settings import Settings

_OWNER_ALONE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a node is in the exchange. The key is the one thing here that nobody else may have."""

    who: Subsystem
    address: str
    key: SigningKey

    @property
    def key_id(self) -> str:
        """The id under which the directory knows the key: it follows from the key itself."""
        return f"{self.who.owner}#{NoteKey(str(self.who), self.key.public).id.hex()}"

    @property
    def origin(self) -> str:
        """The name of its journal."""
        return f"{urlsplit(self.address).netloc}/journal"

    @property
    def log_key(self) -> NoteKey:
        """The key by which outsiders verify its journal."""
        return NoteKey(self.origin, self.key.public)

    @property
    def hub_key(self) -> NoteKey:
        """The key by which its directories are verified, where it is the hub."""
        return NoteKey(f"{urlsplit(self.address).netloc}/directory", self.key.public)


def make_key(folder: Path) -> Path:
    """Make the node's key. Raises KeyRefused if there is one: a key is never overwritten."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=_OWNER_ALONE)
    keep_key(SigningKey.made(), keys / "node.key")
    return keys / "node.key"


def membership(folder: Path, settings: Settings) -> Membership:
    """What this node is. Raises SettingsError, KeyRefused and BadQuestion."""
    if not (settings.member and settings.address):
        raise SettingsError(
            Sentence(
                vi="Nút này chưa tham gia trao đổi: đặt member và address, hoặc chạy "
                "sogoc node init.",
                en="This node takes no part in the exchange yet: set member and address, or run "
                "sogoc node init.",
            )
        )
    who = subsystem(settings.member)
    if not who.code:
        raise SettingsError(
            Sentence(
                vi="member phải nêu cả phân hệ, như VN/GOV/02/LAND.",
                en="member must name a subsystem too, as in VN/GOV/02/LAND.",
            )
        )
    key = read_key(folder / "keys" / "node.key")
    return Membership(who=who, address=settings.address.rstrip("/"), key=key)


def join_request(membership: Membership, *, name: str, shelf: Shelf) -> str:
    """The file to hand to the hub's officer; it offers every register that the node knows."""
    request = JoinRequest(
        client=str(membership.who),
        name=name,
        address=membership.address,
        key_id=membership.key_id,
        public=membership.key.public,
        log=str(membership.log_key),
        services=tuple(shelf.ids()),
    )
    return written(request, membership.key)


def current_directory(folder: Path, settings: Settings, clock: Clock) -> Directory:
    """The directory, fetched anew; if the hub does not answer, the one that is kept, until its end.

    Raises DirectoryRefused once neither will do, and SettingsError without a hub.
    """
    if not (settings.hub_key and settings.hub_address):
        raise SettingsError(
            Sentence(
                vi="Chưa đặt hub_address và hub_key của trung tâm.",
                en="hub_address and hub_key of the hub are not set.",
            )
        )
    keys = [note_key(settings.hub_key)]
    kept = folder / "var" / "directory.note"
    now = clock.now()
    newest, held = 0, None
    if kept.exists():
        try:
            held = read_directory(kept.read_text(encoding="utf-8"), keys, moment=now)
            newest = held.version
        except DirectoryRefused:
            # Run out: only the hub can help.
            held = None
    content = fetched(f"{settings.hub_address.rstrip('/')}/directory")
    if content is None:
        if held is None:
            raise DirectoryRefused(
                Sentence(
                    vi="Trung tâm không trả lời và danh bạ đang giữ đã hết hạn.",
                    en="The hub does not answer, and the directory that was kept has run out.",
                )
            )
        return held
    told = read_directory(content, keys, newest=newest, moment=now)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as beside:
        beside.write(content)
    Path(beside.name).replace(kept)
    return told
