"""The directory: who is a member, where its node is, with which keys, offering what.

The hub signs it as a note (C2SP signed-note) around one line of JSON. It has a version and an end:
a node that cannot reach the hub goes on with the one it has until that end, so a dead hub stops
nobody at once, and a removed member is refused everywhere at the latest then. A directory of an
older version than one already seen is refused, else somebody could bring a removed member back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sogoc.errors import BadQuestion, DirectoryRefused, Sentence, TrustError
from sogoc.exchange.names import Subsystem, subsystem
from sogoc.trust.keys import public_key
from sogoc.trust.note import NoteKey, believed, note_key, read_note, sign
from sogoc.trust.opening import sealing_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.trust.keys import PublicKey, SigningKey
    from sogoc.trust.opening import SealingKey

_FORM = "sogoc-directory/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryKey:
    """A key of a member's node, with the span in which it is believed: spans may overlap."""

    id: str
    public: PublicKey
    since: datetime
    until: datetime
    sealing: SealingKey | None = None
    """With which packages for this node are sealed; None: with the key itself."""

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is believed at that moment."""
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One agency: its node, its keys, its subsystems and the services of each."""

    id: Subsystem
    name: str
    address: str
    """Where its node is reached, as others see it: `https://land.example`."""
    keys: tuple[DirectoryKey, ...]
    log: str = ""
    """Verifier key of its journal, `name+id+key`."""
    services: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Subsystem code and the codes of its services."""

    def offers(self, code: str) -> tuple[str, ...]:
        """The services of one subsystem."""
        return dict(self.services).get(code, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A directory that was believed. Members by their id, without subsystem."""

    instance: str
    version: int
    issued: datetime
    expires: datetime
    members: tuple[Member, ...]
    _by_id: dict[Subsystem, Member] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {member.id: member for member in self.members})

    def member(self, who: Subsystem) -> Member | None:
        """The member to whom a subsystem belongs, if it is one and has that subsystem."""
        found = self._by_id.get(who.owner)
        if found is None or not who.code:
            return found
        return found if any(who.code == code for code, _ in found.services) else None

    def at(self, moment: datetime) -> KeysAt:
        """The keys that are believed at a moment. Raises DirectoryRefused once it has run out."""
        if moment >= self.expires:
            raise DirectoryRefused(
                Sentence(
                    vi="Danh bạ cơ quan đã hết hạn và chưa lấy được bản mới từ trung tâm; "
                    "tạm thời không trao đổi được.",
                    en="The directory has run out and the hub gave no newer one; nothing can be "
                    "exchanged until it does.",
                )
            )
        return KeysAt(self, moment)


@dataclass(frozen=True, slots=True)
class KeysAt:
    """Which key belongs to whom at one moment: what believing a message needs."""

    directory: Directory
    moment: datetime

    def key_of(self, member: str, key_id: str) -> PublicKey | None:
        """The key of that id, if the directory gives it to that member or its subsystem."""
        try:
            found = self.directory.member(subsystem(member))
        except BadQuestion:
            return None
        keys = found.keys if found else ()
        return next(
            (key.public for key in keys if key.id == key_id and key.holds_at(self.moment)), None
        )


def published(directory: Directory, name: str, key: SigningKey) -> str:
    """The directory as the hub publishes it. `name` is the name of the hub's key."""
    told = {
        "instance": directory.instance,
        "version": directory.version,
        "issued": directory.issued.isoformat(),
        "expires": directory.expires.isoformat(),
        "members": [_told(member) for member in directory.members],
    }
    line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return str(sign(f"{_FORM}\n{line}\n", name, key))


def _told(member: Member) -> dict[str, object]:
    return {
        "id": str(member.id),
        "name": member.name,
        "address": member.address,
        "log": member.log,
        "keys": [
            {
                "id": key.id,
                "public": key.public.text,
                "since": key.since.isoformat(),
                "until": key.until.isoformat(),
                **({"sealing": key.sealing.text} if key.sealing else {}),
            }
            for key in member.keys
        ],
        "services": {code: list(services) for code, services in member.services},
    }


def read_directory(
    content: str, hub: Iterable[NoteKey], *, newest: int = 0, moment: datetime
) -> Directory:
    """Believe a directory, or raise DirectoryRefused.

    It must bear the signature of a hub's key, be no older than version `newest`, and still hold.
    """
    try:
        note = read_note(content)
        believed(note, hub)
        form, line, end = note.text.split("\n")
        directory = _read(json.loads(line))
    except (TrustError, BadQuestion, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise _refused(
            "không có chữ ký của trung tâm hoặc không đúng mẫu",
            "it is not signed by the hub, or not in its form",
        ) from wrong
    if form != _FORM or end:
        raise _refused("không đúng mẫu", "it is not in its form")
    if directory.version < newest:
        raise _refused(
            f"phiên bản {directory.version} cũ hơn bản {newest} đã dùng",
            f"version {directory.version} is older than {newest}, which was in use",
        )
    directory.at(moment)
    return directory


def _read(told: dict[str, Any]) -> Directory:
    members = tuple(_member(each) for each in told["members"])
    if len({member.id for member in members}) != len(members):
        raise ValueError("a member stands there twice")
    return Directory(
        instance=str(told["instance"]),
        version=int(told["version"]),
        issued=_moment(told["issued"]),
        expires=_moment(told["expires"]),
        members=members,
    )


def _member(told: dict[str, Any]) -> Member:
    if told["log"]:
        note_key(told["log"])
    return Member(
        id=subsystem(told["id"]).owner,
        name=str(told["name"]),
        address=str(told["address"]).rstrip("/"),
        keys=tuple(
            DirectoryKey(
                id=str(key["id"]),
                public=public_key(key["public"]),
                since=_moment(key["since"]),
                until=_moment(key["until"]),
                sealing=sealing_key(key["sealing"]) if "sealing" in key else None,
            )
            for key in told["keys"]
        ),
        log=str(told["log"]),
        services=tuple(
            (str(code), tuple(map(str, services)))
            for code, services in sorted(told["services"].items())
        ),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _refused(vi: str, en: str) -> DirectoryRefused:
    return DirectoryRefused(
        Sentence(vi=f"Danh bạ cơ quan bị từ chối: {vi}.", en=f"The directory is refused: {en}.")
    )
