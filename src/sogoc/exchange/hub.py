"""The hub's book of members, and the directories it signs from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.errors import DirectoryRefused, Sentence, UnknownThing
from sogoc.exchange.directory import Directory, DirectoryKey, Member, published
from sogoc.exchange.names import subsystem
from sogoc.named_sql import statements
from sogoc.trust.keys import public_key
from sogoc.trust.opening import sealing_key

if TYPE_CHECKING:
    from sogoc.clock import Clock
    from sogoc.database.store import Connection
    from sogoc.exchange.joining import JoinRequest
    from sogoc.trust.keys import SigningKey

_SQL = statements(files("sogoc.exchange") / "hub.sql")
_LOCK = "select pg_advisory_xact_lock(hashtextextended('sogoc.directory', 0))"
LIFE = timedelta(seconds=60)
"""How long a directory holds: a removed member is refused everywhere within this time."""
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

    def accept(self, request: JoinRequest, *, officer: str) -> None:
        """Let a node in, or its new key. Raises DirectoryRefused for an id given before."""
        who = subsystem(request.client)
        now = self.clock.now()
        values = {
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
            known = self.connection.execute(_SQL["key"], values).fetchone()
            if known is not None and known[0] != request.public.text:
                raise DirectoryRefused(
                    Sentence(
                        vi=f"Mã khóa {request.key_id} đã dùng cho khóa khác; khóa mới cần mã mới.",
                        en=f"The key id {request.key_id} was given to another key; a new key needs "
                        "a new id.",
                    )
                )
            self.connection.execute(_SQL["add_key"], values)
            self.connection.execute(_SQL["end_keys"], values)

    def remove(self, member: str, *, officer: str) -> None:
        """Take a member out. Raises UnknownThing if it is none."""
        values = {
            "id": str(subsystem(member).owner),
            "moment": self.clock.now(),
            "officer": officer,
        }
        if self.connection.execute(_SQL["remove"], values).rowcount != 1:
            raise UnknownThing(
                Sentence(vi=f"{member} không phải thành viên.", en=f"{member} is no member.")
            )

    def publish(self, instance: str) -> str:
        """Sign a new directory of those who are members now; it holds for `LIFE`."""
        with self.connection.transaction():
            self.connection.execute(_LOCK)
            now = self.clock.now()
            row = self.connection.execute(_SQL["next_version"]).fetchone()
            directory = Directory(
                instance=instance,
                version=int(row[0]) if row else 1,
                issued=now,
                expires=now + LIFE,
                members=self._members(),
            )
            note = published(directory, self.name, self.key)
            self.connection.execute(
                _SQL["publish"],
                {
                    "version": directory.version,
                    "issued": now,
                    "expires": directory.expires,
                    "note": note,
                },
            )
            self.connection.execute(_SQL["forget_old"], {"before": now - _KEPT})
        return note

    def latest(self) -> str:
        """The newest directory. Raises UnknownThing before the first."""
        row = self.connection.execute(_SQL["latest"]).fetchone()
        if row is None:
            raise UnknownThing(Sentence(vi="Chưa có danh bạ nào.", en="There is no directory yet."))
        return str(row[2])

    def _members(self) -> tuple[Member, ...]:
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
        return tuple(
            Member(
                id=subsystem(member),
                name=name,
                address=address,
                keys=tuple(keys.get(member, ())),
                log=log,
                services=tuple((code, tuple(each)) for code, each in sorted(services.items())),
            )
            for member, name, address, log, services in self.connection.execute(
                _SQL["members"]
            ).fetchall()
        )
