"""A node as a member of the exchange: its keys, its request to join, the directory it goes by."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sogoc.errors import DirectoryRefused, KeyRefused, Sentence, SettingsError
from sogoc.exchange.client import Asker, fetched
from sogoc.exchange.directory import read_directory
from sogoc.exchange.joining import JoinRequest, written
from sogoc.exchange.keys.succession import line_of_keys
from sogoc.exchange.names import Subsystem, subsystem
from sogoc.trust.agent import agent_key, public_half
from sogoc.trust.keys import SigningKey, keep_key, read_key
from sogoc.trust.note import NoteKey, note_key
from sogoc.trust.opening import OpeningKey, read_opening_key

if TYPE_CHECKING:
    from sogoc.clock import Clock
    from sogoc.contract.shelf import Shelf
    from sogoc.exchange.directory import Directory
    from sogoc.node.settings import Settings
    from sogoc.trust.keys import PublicKey

_OWNER_ALONE = 0o700
_KEPT = "var/directory.note"
_KEPT_KEYS = "var/hub-keys.json"
NOW, NEXT = "node", "node.next"
"""The key that signs, and the one that will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFolder:
    """The files of a node's keys: `node` is the one of now, `node.next`, `node.old-1` and so on.

    Beside a key that an agent holds there is another that opens what is sealed for the node:
    `opening`, `opening.next`, `opening.old-1`.
    """

    folder: Path
    agent: str = ""
    """Socket of the agent that holds the keys; empty: they are in the files."""
    password: str = field(default="", repr=False)

    @property
    def ending(self) -> str:
        """How the files end: an agent's key has its public half here."""
        return ".pub" if self.agent else ".key"

    def file(self, stem: str) -> Path:
        """The file of a key, or of its public half."""
        return self.folder / f"{stem}{self.ending}"

    def read(self, stem: str) -> SigningKey:
        """A key out of its file, or held by an agent. Raises KeyRefused."""
        if self.agent:
            return agent_key(self.agent, self.file(stem))
        return read_key(self.file(stem), password=self.password)

    def public(self, stem: str) -> PublicKey:
        """The public half, for which no agent is asked. Raises KeyRefused."""
        return public_half(self.file(stem)) if self.agent else self.read(stem).public

    def opening_file(self, stem: str) -> Path:
        """Where the key is that opens beside a key that signs, if there is one."""
        return self.folder / f"{stem.replace('node', 'opening', 1)}.key"

    def make_opening(self, stem: str) -> None:
        """Make the key that opens beside an agent's, unless it is there."""
        file = self.opening_file(stem)
        if self.agent and not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=_OWNER_ALONE)
            OpeningKey.made().keep(file, password=self.password)

    def opening(self, stem: str) -> OpeningKey | None:
        """The key that opens beside this one; None: it opens itself. Raises KeyRefused."""
        file = self.opening_file(stem)
        return read_opening_key(file, password=self.password) if file.exists() else None

    def stems(self) -> list[str]:
        """The key of now, the next if it is made, and the one before: what may still come for us.

        Older ones are not looked at: nobody seals for a key that the directory no longer has.
        """
        before = f"{NOW}.old-{self.old()}"
        return [stem for stem in (NOW, NEXT, before) if self.file(stem).exists()]

    def old(self) -> int:
        """How many keys there were before this one."""
        return sum(1 for _ in self.folder.glob(f"{NOW}.old-*{self.ending}"))


def key_folder(folder: Path, settings: Settings, *, password: str = "") -> KeyFolder:
    """Where the keys of a node are."""
    agent = str(folder / settings.key_agent) if settings.key_agent else ""
    return KeyFolder(folder=folder / "keys", agent=agent, password=password)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a node is in the exchange. The key is the one thing here that nobody else may have."""

    who: Subsystem
    address: str
    key: SigningKey
    keys: KeyFolder

    @property
    def key_id(self) -> str:
        """The id under which the directory knows the key: it follows from the key itself."""
        return self.id_of(self.key.public)

    def id_of(self, public: PublicKey) -> str:
        """The id under which the directory knows a key of this node."""
        return f"{self.who.owner}#{NoteKey(str(self.who), public).id.hex()}"

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


def make_key(folder: Path, stem: str = NOW, *, password: str = "") -> None:
    """Make the node's key. Raises KeyRefused if there is one: a key is never overwritten."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=_OWNER_ALONE)
    keep_key(SigningKey.made(), keys / f"{stem}.key", password=password)


def new_key_request(
    folder: Path, settings: Settings, *, name: str, shelf: Shelf, password: str = ""
) -> str:
    """Make the next key, unless it is there already, and ask the hub to take it in beside the old.

    The node goes on signing with the old one; the hub lets the two overlap.
    """
    keys = key_folder(folder, settings, password=password)
    if not keys.agent and not keys.file(NEXT).exists():
        make_key(folder, NEXT, password=password)
    who = membership(folder, settings, password=password)
    request = replace(who, key=keys.read(NEXT))
    keys.make_opening(NEXT)
    return join_request(request, name=name, shelf=shelf, stem=NEXT)


def next_key(folder: Path, settings: Settings, *, password: str = "") -> PublicKey:
    """The public half of the key that was made to be the next. Raises KeyRefused."""
    return key_folder(folder, settings, password=password).public(NEXT)


def take_new_key(folder: Path, settings: Settings) -> Path:
    """Sign with the next key from now on; return where the old one is kept.

    Raises KeyRefused if no next key was made.
    """
    keys = key_folder(folder, settings)
    if not keys.file(NEXT).exists():
        raise KeyRefused(
            Sentence(
                vi="Chưa có khóa mới: chạy sogoc node rotate-key trước, rồi chờ trung tâm nhận.",
                en="There is no new key: run sogoc node rotate-key first, and wait for the hub.",
            )
        )
    before = f"{NOW}.old-{keys.old() + 1}"
    # What opens first: whoever is stopped here and does it again finds it done.
    for file in (keys.opening_file, keys.file):
        _follow(file(NOW), file(NEXT), file(before))
    return keys.file(before)


def _follow(own: Path, following: Path, before: Path) -> None:
    """Put a key in the place of another, which is kept: there is no moment without a key."""
    if not following.exists():
        return
    if own.exists() and not before.exists():
        os.link(own, before)
    following.replace(own)


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
    keys = key_folder(folder, settings, password=password)
    return Membership(who=who, address=settings.address.rstrip("/"), key=keys.read(NOW), keys=keys)


def join_request(membership: Membership, *, name: str, shelf: Shelf, stem: str = NOW) -> str:
    """The file to hand to the hub's officer; it offers every register that the node knows.

    Raises KeyRefused for a key that opens and cannot be read.
    """
    opening = membership.keys.opening(stem)
    request = JoinRequest(
        client=str(membership.who),
        name=name,
        address=membership.address,
        key_id=membership.key_id,
        public=membership.key.public,
        log=str(membership.log_key),
        services=tuple(shelf.ids()),
        sealing=opening.public if opening else None,
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
    keys = [hub_key(folder, settings)]
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
    if told.by not in keys:
        # First, so that no moment knows the new directory and still believes the old key.
        kept = {"key": str(told.by), "succession": told.succession}
        _keep(folder / _KEPT_KEYS, json.dumps(kept))
    _keep(folder / _KEPT, content)
    return told


def hub_key(folder: Path, settings: Settings) -> NoteKey:
    """The key of the hub as of now: `hub_key`, or what followed it when this node last looked.

    Raises BadSeal for a `hub_key` that is none.
    """
    known = note_key(settings.hub_key)
    try:
        kept = json.loads((folder / _KEPT_KEYS).read_text(encoding="utf-8"))
        line = line_of_keys(known, map(str, kept["succession"]))
        return next(key for key in line if str(key) == kept["key"])
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return known


def kept_directory(folder: Path, settings: Settings, clock: Clock) -> Directory | None:
    """The directory that was fetched last, unless it has run out: then only the hub can help."""
    kept = folder / _KEPT
    if not kept.exists():
        return None
    keys = [hub_key(folder, settings)]
    try:
        return read_directory(kept.read_text(encoding="utf-8"), keys, moment=clock.now())
    except DirectoryRefused:
        return None


def _keep(kept: Path, content: str) -> None:
    """Put a text beside and then in place: no reader ever sees a half."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as beside:
        beside.write(content)
    Path(beside.name).replace(kept)
