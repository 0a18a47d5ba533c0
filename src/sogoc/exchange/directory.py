"""The directory: who is a member, where its node is, with which keys, offering what.

The hub signs it as a note (C2SP signed-note) around one line of JSON. It has a version and an end:
a node that cannot reach the hub goes on with the one it has until that end, so a dead hub stops
nobody at once, and a removed member is refused everywhere at the latest then. A directory of an
older version than one already seen is refused, else somebody could bring a removed member back.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sogoc.errors import BadQuestion, DirectoryRefused, Sentence, TrustError
from sogoc.exchange.keys.succession import line_of_keys
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
class LogKey:
    """A key of a member's journal, with the span in which it signs checkpoints."""

    key: NoteKey
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One agency: its node, its keys, its subsystems and the services of each."""

    id: Subsystem
    name: str
    address: str
    """Where its node is reached, as others see it: `https://land.example`."""
    keys: tuple[DirectoryKey, ...]
    log: str = ""
    """Verifier key of its journal, `name+id+key`: the one that was accepted last."""
    logs: tuple[LogKey, ...] = ()
    """All keys that its journal ever had, oldest first: checkpoints of before are under those."""
    services: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Subsystem code and the codes of its services."""

    def log_keys(self, moment: datetime | None = None) -> tuple[NoteKey, ...]:
        """The keys by which its journal may be signed at a moment, newest first; else ever."""
        if not self.logs:
            return (note_key(self.log),) if self.log else ()
        return tuple(
            dict.fromkeys(
                each.key
                for each in reversed(self.logs)
                if moment is None or each.since <= moment < each.until
            )
        )

    def offers(self, code: str) -> tuple[str, ...]:
        """The services of one subsystem."""
        return dict(self.services).get(code, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where a directory stands among those that said something else.

    Who asks for `before` again and again reads them all: `GET /directory/{version}` at the hub.
    """

    since: int
    """The version that first said what this one says."""
    before: int = 0
    """The version that first said what was said before it; 0: nothing was."""
    before_sha256: str = ""
    """Of that one, as it was signed: the hub cannot put another in its place later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A directory that was believed. Members by their id, without subsystem."""

    instance: str
    version: int
    issued: datetime
    expires: datetime
    members: tuple[Member, ...]
    succession: tuple[str, ...] = ()
    """Notes by which one key of the hub names the next, oldest first."""
    history: History | None = None
    """None in directories of before."""
    by: NoteKey | None = field(default=None, compare=False)
    """The key of the hub under which it was believed."""
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
        **({"history": asdict(directory.history)} if directory.history else {}),
        # Left out where there is none, so that it is read as ever by programs of before.
        **({"succession": directory.succession} if directory.succession else {}),
    }
    line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return str(sign(f"{_FORM}\n{line}\n", name, key))


def says_the_same(directory: Directory, earlier: str) -> bool:
    """Whether a directory names the same members and keys as an earlier note of the hub's."""
    told = json.loads(earlier.split("\n")[1])
    members = json.loads(json.dumps([_told(member) for member in directory.members]))
    same = (members, list(directory.succession)) == (told["members"], told.get("succession", []))
    return bool(same)


def history_of(note: str) -> History:
    """Where a directory of the hub's own stands; one of before says nothing of what was earlier."""
    told = json.loads(note.split("\n")[1])
    return History(**told["history"]) if "history" in told else History(since=told["version"])


def _told(member: Member) -> dict[str, object]:
    return {
        "id": str(member.id),
        "name": member.name,
        "address": member.address,
        "log": member.log,
        **({"logs": [_told_log(each) for each in member.logs]} if member.logs else {}),
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


def _told_log(each: LogKey) -> dict[str, object]:
    return {
        "key": str(each.key),
        "since": each.since.isoformat(),
        "until": each.until.isoformat(),
    }


def read_directory(
    content: str, hub: Iterable[NoteKey], *, newest: int = 0, moment: datetime
) -> Directory:
    """Believe a directory, or raise DirectoryRefused.

    It must bear the signature of a hub's key that is known, or of one that follows it by the notes
    that the directory brings along, be no older than version `newest`, and still hold.
    """
    try:
        note = read_note(content)
        form, line, end = note.text.split("\n")
        told = json.loads(line)
        succession = tuple(map(str, told.get("succession", ())))
        keys = [key for known in hub for key in line_of_keys(known, succession)]
        signed = max(believed(note, keys), key=keys.index)
        directory = replace(_read(told), succession=succession, by=signed)
    except (
        TrustError, BadQuestion, ValueError, KeyError, TypeError, AttributeError, RecursionError,
    ) as wrong:  # fmt: skip
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
        history=_history(told["history"]) if "history" in told else None,
    )


def _history(told: dict[str, Any]) -> History:
    return History(
        since=int(told["since"]),
        before=int(told["before"]),
        before_sha256=str(told["before_sha256"]),
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
        logs=tuple(
            LogKey(
                key=note_key(each["key"]),
                since=_moment(each["since"]),
                until=_moment(each["until"]),
            )
            for each in told.get("logs", ())
        ),
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
