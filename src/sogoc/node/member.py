"""A node as a member of the exchange: its keys, its request to join, the directory it goes by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sogoc.errors import DirectoryRefused, KeyRefused, Sentence, SettingsError
from sogoc.exchange.client import Asker, fetched
from sogoc.exchange.directory import read_directory
from sogoc.exchange.joining import JoinRequest, written
from sogoc.exchange.names import Subsystem, subsystem
from sogoc.trust.agent import agent_key
from sogoc.trust.keys import SigningKey, keep_key, read_key
from sogoc.trust.note import NoteKey, note_key

if TYPE_CHECKING:
    from sogoc.clock import Clock
    from sogoc.contract.shelf import Shelf
    from sogoc.exchange.directory import Directory
    from sogoc.node.settings import Settings

_OWNER_ALONE = 0o700
_KEPT = "var/directory.note"
_KEY, _NEXT = "node.key", "node.next.key"
_OF_AGENT = ".pub"
"""How the file ends in which an agent's key has its public half."""


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

    def asker(self, officer: str, issue: str) -> Asker:
        """This node as it asks others: for which officer, and for which procedure and case."""
        return Asker(
            client=str(self.who), key=self.key, key_id=self.key_id, officer=officer, issue=issue
        )

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


def make_key(folder: Path, name: str = _KEY, *, password: str = "") -> Path:
    """Make the node's key. Raises KeyRefused if there is one: a key is never overwritten."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=_OWNER_ALONE)
    keep_key(SigningKey.made(), keys / name, password=password)
    return keys / name


def new_key_request(
    folder: Path, settings: Settings, *, name: str, shelf: Shelf, password: str = ""
) -> str:
    """Make the next key, unless it is there already, and ask the hub to take it in beside the old.

    The node goes on signing with the old one; the hub lets the two overlap.
    """
    if not settings.hub_address:
        raise KeyRefused(
            Sentence(
                vi="Khóa của trung tâm là hub_key mà mọi nút tin; không đổi bằng lệnh này.",
                en="The hub's key is the hub_key that every node believes; this command does not "
                "change it.",
            )
        )
    if not settings.key_agent and not (folder / "keys" / _NEXT).exists():
        make_key(folder, _NEXT, password=password)
    who = membership(folder, settings, password=password)
    request = replace(who, key=_key(folder, settings, _NEXT, password=password))
    return join_request(request, name=name, shelf=shelf)


def _key(folder: Path, settings: Settings, name: str, *, password: str) -> SigningKey:
    """The key of that name: out of its file, or held by an agent. Raises KeyRefused."""
    file = folder / "keys" / name
    if settings.key_agent:
        return agent_key(str(folder / settings.key_agent), file.with_suffix(_OF_AGENT))
    return read_key(file, password=password)


def take_new_key(folder: Path, settings: Settings) -> Path:
    """Sign with the next key from now on; return where the old one is kept.

    Raises KeyRefused if no next key was made.
    """
    keys, ending = folder / "keys", _OF_AGENT if settings.key_agent else ".key"
    following = (keys / _NEXT).with_suffix(ending)
    if not following.exists():
        raise KeyRefused(
            Sentence(
                vi="Chưa có khóa mới: chạy sogoc node rotate-key trước, rồi chờ trung tâm nhận.",
                en="There is no new key: run sogoc node rotate-key first, and wait for the hub.",
            )
        )
    number = 1 + sum(1 for _ in keys.glob(f"node.old-*{ending}"))
    own, old = (keys / _KEY).with_suffix(ending), keys / f"node.old-{number}{ending}"
    own.rename(old)
    following.rename(own)
    return old


def membership(folder: Path, settings: Settings, *, password: str = "") -> Membership:
    """What this node is; `password` opens the key's file if it has one.

    Raises SettingsError, KeyRefused and BadQuestion.
    """
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
    key = _key(folder, settings, _KEY, password=password)
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
    now = clock.now()
    held = kept_directory(folder, settings, clock)
    newest = held.version if held is not None else 0
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
    _keep(folder, content)
    return told


def kept_directory(folder: Path, settings: Settings, clock: Clock) -> Directory | None:
    """The directory that was fetched last, unless it has run out: then only the hub can help."""
    kept = folder / _KEPT
    if not kept.exists():
        return None
    keys = [note_key(settings.hub_key)]
    try:
        return read_directory(kept.read_text(encoding="utf-8"), keys, moment=clock.now())
    except DirectoryRefused:
        return None


def _keep(folder: Path, content: str) -> None:
    """Put the directory beside and then in place: no reader ever sees a half."""
    kept = folder / _KEPT
    kept.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as beside:
        beside.write(content)
    Path(beside.name).replace(kept)
