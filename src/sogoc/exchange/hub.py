"""The hub's book of members, and the directories it signs from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.access.keeping.acts import Acting
from sogoc.access.postgres_journal import append_within
from sogoc.errors import DirectoryRefused, Sentence, UnknownThing
from sogoc.exchange.directory import (
    Directory,
    DirectoryKey,
    History,
    LogKey,
    Member,
    history_of,
    published,
    says_the_same,
)
from sogoc.exchange.keys.succession import line_of_keys, successor_note
from sogoc.exchange.names import subsystem
from sogoc.named_sql import statements
from sogoc.trust.keys import public_key
from sogoc.trust.note import NoteKey, note_key
from sogoc.trust.opening import sealing_key

if TYPE_CHECKING:
    from sogoc.clock import Clock
    from sogoc.database.store import Connection
    from sogoc.exchange.joining import JoinRequest
    from sogoc.trust.keys import PublicKey, SigningKey

_SQL = statements(files("sogoc.exchange") / "hub.sql")
_LOCK = "select pg_advisory_xact_lock(hashtextextended('sogoc.directory', 0))"
LIFE = timedelta(seconds=60)
"""How long a directory holds at most: a removed member is refused everywhere within this time."""
KEY_LIFE = timedelta(days=730)
OVERLAP = timedelta(days=7)
"""How long a key is still believed after its successor was accepted."""
_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hub:
    """Accepts and removes members; signs directories. `name` is the name of the hub's key."""

    connection: Connection
    clock: Clock
    name: str
    key: SigningKey
    life: timedelta = LIFE

    def accept(self, request: JoinRequest, *, officer: str) -> None:
        """Let a node in, or its new key.

        Raises DirectoryRefused for an id that another key has, and for a key that was revoked.
        """
        who = subsystem(request.client)
        now = self.clock.now()
        values: dict[str, object] = {
            "id": str(who.owner),
            "name": request.name,
            "address": request.address,
            "log": request.log,
            "services": json.dumps({who.code: list(request.services)}),
            "moment": now,
            "officer": officer,
            "key_id": request.key_id,
            "public": request.public.text,
            "sealing": request.sealing.text if request.sealing else None,
            "until": now + KEY_LIFE,
            "overlap": now + OVERLAP,
        }
        with self.connection.transaction():
            self.connection.execute(_LOCK)
            self.connection.execute(_SQL["accept"], values)
            self._check_key(request, values)
            self.connection.execute(_SQL["add_key"], values)
            self.connection.execute(_SQL["end_keys"], values)
            self._succeed(request, values)
            self._note("member-accepted", str(who), request.key_id, officer=officer)

    def remove(self, member: str, *, officer: str) -> None:
        """Take a member out, and end its keys. Raises UnknownThing if it is none."""
        owner = str(subsystem(member).owner)
        values = {"id": owner, "moment": self.clock.now(), "officer": officer}
        with self.connection.transaction():
            self.connection.execute(_LOCK)
            if self.connection.execute(_SQL["remove"], values).rowcount != 1:
                raise UnknownThing(
                    Sentence(vi=f"{member} không phải thành viên.", en=f"{member} is no member.")
                )
            self.connection.execute(_SQL["end_all_keys"], values)
            self._note("member-removed", owner, "", officer=officer)

    def revoke_key(self, member: str, key_id: str, *, officer: str) -> bool:
        """Take a key back: no directory names it from now on, and no request brings it again.

        True where it was announced as this hub's next: the note is out, and whoever holds the key
        can show it to a node. No directory carries it from now on, yet only a new `hub_key`, set by
        hand at each node, leaves it behind.

        Raises UnknownThing if the member has no such key, DirectoryRefused for the one with which
        this hub signs: it must have a successor first.
        """
        owner = str(subsystem(member).owner)
        values = {
            "id": owner,
            "key_id": key_id,
            "moment": self.clock.now(),
            "officer": officer,
        }
        with self.connection.transaction():
            self.connection.execute(_LOCK)
            row = self.connection.execute(_SQL["revoke"], values).fetchone()
            if row is None:
                raise UnknownThing(
                    Sentence(
                        vi=f"{member} không có khóa {key_id}.", en=f"{member} has no key {key_id}."
                    )
                )
            if row[0] == self.key.public.text:
                raise DirectoryRefused(
                    Sentence(
                        vi="Trung tâm đang ký danh bạ bằng chính khóa này; hãy đổi khóa trước.",
                        en="The hub signs directories with this very key; change it first.",
                    )
                )
            announced = self.is_followed_by(public_key(str(row[0])))
            if announced:
                self.connection.execute(_SQL["take_back_succession"], {"own": self.key.public.text})
            self._note("key-revoked", owner, key_id, officer=officer)
        return announced

    def _check_key(self, request: JoinRequest, values: dict[str, object]) -> None:
        known = self.connection.execute(_SQL["key"], values).fetchone()
        if known is not None and known[0] != request.public.text:
            raise DirectoryRefused(
                Sentence(
                    vi=f"Mã khóa {request.key_id} đã dùng cho khóa khác; khóa mới cần mã mới.",
                    en=f"The key id {request.key_id} was given to another key; a new key needs "
                    "a new id.",
                )
            )
        if self.connection.execute(_SQL["is_revoked"], values).fetchone() == (True,):
            raise DirectoryRefused(
                Sentence(
                    vi=f"Khóa {request.key_id} đã bị thu hồi; cơ quan phải tạo khóa mới.",
                    en=f"The key {request.key_id} was revoked; the agency must make a new one.",
                )
            )

    def _succeed(self, request: JoinRequest, values: dict[str, object]) -> None:
        """Where the request is the hub's own, its key is the next by which directories are signed.

        Every directory says so from now on.
        """
        own = self.key.public
        told = {**values, "own": own.text}
        if request.public == own or self.connection.execute(_SQL["signs_for"], told).fetchone() != (
            True,
        ):
            return
        moment = self.clock.now()
        note = successor_note(self.name, self.key, request.public, moment=moment)
        self.connection.execute(_SQL["succeed"], {**told, "note": note, "moment": moment})

    def _note(self, act: str, member: str, key_id: str, *, officer: str) -> None:
        """Keep the act in the journal, in the transaction of the act."""
        acting = Acting(officer=officer, now=self.clock.now(), member=member)
        append_within(self.connection, [acting.entry(act, reason=key_id)])

    def publish(self, instance: str) -> str:
        """Sign a new directory of those who are members now; it holds for `life`.

        The first that says something else than the one before is kept for good.
        """
        with self.connection.transaction():
            self.connection.execute(_LOCK)
            now = self.clock.now()
            last = self.connection.execute(_SQL["latest"]).fetchone()
            version, earlier = (int(last[0]) + 1, str(last[2])) if last else (1, "")
            directory = Directory(
                instance=instance,
                version=version,
                issued=now,
                expires=now + self.life,
                members=self.members(),
                succession=self.succession(),
            )
            changed = not earlier or not says_the_same(directory, earlier)
            directory = replace(directory, history=self._history(version, earlier, changed=changed))
            note = published(directory, self.name, self.key)
            self.connection.execute(
                _SQL["publish"],
                {
                    "version": version,
                    "issued": now,
                    "expires": directory.expires,
                    "note": note,
                    "changed": changed,
                },
            )
            self.connection.execute(_SQL["forget_old"], {"before": now - _KEPT})
        return note

    def _history(self, version: int, earlier: str, *, changed: bool) -> History:
        if not earlier:
            return History(since=version)
        stood = history_of(earlier)
        if not changed:
            return stood
        before = self.version(stood.since)
        digest = sha256(before.encode()).hexdigest()
        return History(since=version, before=stood.since, before_sha256=digest)

    def version(self, version: int) -> str:
        """A directory as it was signed. Raises UnknownThing for one that is not kept."""
        row = self.connection.execute(_SQL["version"], {"version": version}).fetchone()
        if row is None:
            raise UnknownThing(
                Sentence(
                    vi=f"Không còn giữ danh bạ phiên bản {version}.",
                    en=f"No directory of version {version} is kept.",
                )
            )
        return str(row[0])

    def succession(self) -> tuple[str, ...]:
        """The notes by which keys of this hub follow one another, oldest first."""
        return tuple(str(note) for (note,) in self.connection.execute(_SQL["succession"]))

    def is_followed_by(self, key: PublicKey) -> bool:
        """Whether the key with which this hub signs has named that one as the next."""
        own = NoteKey(self.name, self.key.public)
        return NoteKey(self.name, key) in line_of_keys(own, self.succession())[1:]

    def latest(self) -> str:
        """The newest directory. Raises UnknownThing before the first."""
        row = self.connection.execute(_SQL["latest"]).fetchone()
        if row is None:
            raise UnknownThing(Sentence(vi="Chưa có danh bạ nào.", en="There is no directory yet."))
        return str(row[2])

    def members(self) -> tuple[Member, ...]:
        """Members in force, with the keys that are or will be believed."""
        keys: dict[str, list[DirectoryKey]] = {}
        found = self.connection.execute(_SQL["keys"], {"moment": self.clock.now()}).fetchall()
        for member, key_id, public, since, until, sealing in found:
            keys.setdefault(member, []).append(
                DirectoryKey(
                    id=key_id,
                    public=public_key(public),
                    since=since,
                    until=until,
                    sealing=sealing_key(sealing) if sealing else None,
                )
            )
        logs: dict[str, list[LogKey]] = {}
        for member, log, since, until in self.connection.execute(_SQL["logs"]).fetchall():
            logs.setdefault(member, []).append(LogKey(key=note_key(log), since=since, until=until))
        return tuple(
            Member(
                id=subsystem(member),
                name=name,
                address=address,
                keys=tuple(keys.get(member, ())),
                log=log,
                logs=tuple(logs.get(member, ())),
                services=tuple((code, tuple(each)) for code, each in sorted(services.items())),
            )
            for member, name, address, log, services in self.connection.execute(
                _SQL["members"]
            ).fetchall()
        )
