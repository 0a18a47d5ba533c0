"""A node with façades, as tests of them see it; everybody in it is made up."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx2
from psycopg import sql

from sogoc.access.grant import Grant, Operation
from sogoc.access.journal import GroupCommit
from sogoc.access.policies import PolicyBook
from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.exchange.answering import Answering
from sogoc.exchange.directory import Directory, DirectoryKey, Member
from sogoc.exchange.limits import Rate, SeenIds
from sogoc.exchange.names import Subsystem
from sogoc.facades.parts import FacadeParts, FacadeSettings
from sogoc.node.offering.writing import writing
from sogoc.node.serving import OwnConnections, Served
from sogoc.node.settings import Settings
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped
from sogoc.testing.memory_journal import MemoryJournal
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.trust.keys import SigningKey
from sogoc.trust.tokens import signed_token
from sogoc.web.facades.app import with_facades

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import Register
    from sogoc.database.store import Store

ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
NODE, LAND = Subsystem("VN", "GOV", "01", "POP"), Subsystem("VN", "GOV", "02", "LAND")
NODE_KEY, LAND_KEY = SigningKey(bytes(range(32, 64))), SigningKey(bytes(range(32)))
KEEPERS = NODE
"""An application of the node's own keeper."""
PURPOSE, CASE, OFFICER = "1.012789", "H29-260302-0001", "VN000000000007"
NAMES = ("population", "civil-status", "health-insurance", "students")
FRESH = {field.name: field.default for field in fields(FacadeSettings)} | {"simulates_ndxp": True}
_NUMBERS = itertools.count(1)


def grant(register: Register, name: str = "G-1", **changes: Any) -> Grant:  # noqa: ANN401 - fields of a grant
    """A grant on every field of a register but the sensitive ones, for the land office."""
    fields = {
        field.name
        for one in register.objects
        for field in one.fields
        if field.classification != "personal-sensitive"
    }
    told = Grant(
        id=f"{name}-{register.id}",
        member=str(LAND),
        register=register.id,
        fields=frozenset(fields),
        operations=frozenset({Operation.READ, Operation.SEARCH, Operation.DIFFERENCE}),
        purpose=PURPOSE,
        ground="Luật Đất đai 2024, Điều 166",
        first_day=date(2020, 1, 1),
        last_day=date(2099, 1, 1),
        rate_per_minute=100_000,
        most_keys=100,
    )
    return replace(told, **changes)


@dataclass(repr=False)
class Scene:
    """The node, its registers, and how an application of the land office reaches it."""

    address: str
    parts: FacadeParts
    journal: MemoryJournal
    state: dict[str, Any]
    registers: dict[str, Register]

    def __repr__(self) -> str:
        return "the node"

    def next_worker(self) -> None:
        """From here on another worker answers: the journal is shared, its own memory is empty."""
        self.state["answering"] = replace(self.state["answering"], seen=SeenIds(seconds=120))

    def fresh(self) -> None:
        """Nobody was asked for, nothing is kept, and grants and settings are those of the start."""
        self.journal.entries.clear()
        self.settings(**FRESH)
        self.grants(*(grant(register) for register in self.registers.values()))
        self.state["answering"] = replace(self.state["answering"], journal=self.state["journal"])
        tables = [
            Tables(register.id, one).current
            for register in self.registers.values()
            for one in register.objects
        ]
        with self.state["store"].connect() as connection:
            connection.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(tables)))
            connection.execute(
                "truncate node.follower, node.later_answer, node.change, node.feed,"
                " node.feed_delivery, node.delivery cascade"
            )

    def grants(self, *grants: Grant) -> None:
        """From now on these grants hold, and no other."""
        self.state["answering"] = replace(
            self.state["answering"],
            grants={one.id: one for one in grants},
            policies=PolicyBook(grants),
        )

    def settings(self, **changes: Any) -> None:  # noqa: ANN401 - fields of the settings
        """From now on these settings hold; they are read with each call."""
        object.__setattr__(self.parts, "settings", replace(self.parts.settings, **changes))

    def put(self, register: str, name: str, **values: object) -> int:
        """A record as a delivery left it."""
        one = self.registers[register].object(name)
        number = next(_NUMBERS)
        told = {
            "id": number,
            "key": str(number),
            "_delivery": 0,
            "_digest": "00000000-0000-0000-0000-000000000000",
            "_true_from": "2026-01-01",
            "_believed_from": "2026-01-01T00:00:00Z",
            **values,
        }
        with self.state["store"].connect() as connection:
            connection.execute(
                sql.SQL("insert into {} ({}) overriding system value values ({})").format(
                    Tables(register, one).current,
                    sql.SQL(", ").join(map(sql.Identifier, told)),
                    sql.SQL(", ").join(sql.Placeholder() * len(told)),
                ),
                list(told.values()),
            )
        return number

    def person(
        self,
        number: str,
        name: str = "Nguyễn Thị Hòa",
        born: str = "1990-05-02",
        *,
        died: str = "",
        delivery: int = 0,
    ) -> dict[str, str]:
        """A made-up person in the population register, by field."""
        one = next(each for each in self.registers["population"].objects if each.persons)
        told = one.persons[0]
        values = {told.number: number, told.name: name, told.born: born}
        more = {told.died: died or None, "_delivery": delivery}
        self.put("population", one.name, **values, **more)
        return values

    def token(self, **changes: object) -> str:
        """A token of the land office's application."""
        return signed_token({**self._claims(), **changes}, key=LAND_KEY, key_id="land-1")

    def _claims(self) -> dict[str, object]:
        now = int(SystemClock().now().timestamp())
        return {
            "iss": str(LAND),
            "aud": self.address,
            "sub": OFFICER,
            "issue": f"{PURPOSE}/{CASE}",
            "iat": now,
            "exp": now + 120,
        }

    def keepers_token(self) -> str:
        """A token of an application of the node's own keeper."""
        return signed_token({**self._claims(), "iss": str(KEEPERS)}, key=NODE_KEY, key_id="pop-1")

    def send(
        self,
        method: str,
        path: str,
        told: Any = None,  # noqa: ANN401 - any JSON
        *,
        token: str = "",
        **headers: str,
    ) -> httpx2.Response:
        """Call as the land office's application does, or as whoever bears the token."""
        sent = {"authorization": f"Bearer {token or self.token()}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        with httpx2.Client(trust_env=False, verify=NO_TLS, timeout=20) as http:
            if told is None:
                return http.request(method, self.address + path, headers=sent)
            return http.request(method, self.address + path, headers=sent, json=told)

    def raw(self, method: str, path: str, body: bytes, **headers: str) -> httpx2.Response:
        """The same with a body of any bytes."""
        sent = {"authorization": f"Bearer {self.token()}", "content-type": "application/json"}
        with httpx2.Client(trust_env=False, verify=NO_TLS, timeout=20) as http:
            return http.request(
                method, self.address + path, headers={**sent, **headers}, content=body
            )


def directory(address: str) -> Directory:
    """Two members: the node itself and the land office."""

    def member(who: Subsystem, key: SigningKey, key_id: str) -> Member:
        keys = (DirectoryKey(id=key_id, public=key.public, since=ALWAYS[0], until=ALWAYS[1]),)
        return Member(
            id=who.owner,
            name=f"Cơ quan ví dụ {who.code}",
            address=address,
            keys=keys,
            services=((who.code, NAMES if who == NODE else ()),),
        )

    told = (member(NODE, NODE_KEY, "pop-1"), member(LAND, LAND_KEY, "land-1"))
    return Directory(instance="VN", version=1, issued=ALWAYS[0], expires=ALWAYS[1], members=told)


async def nowhere(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    """The exchange, which these tests do not need."""
    del receive
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@contextmanager
def facade_scene(database: Store) -> Iterator[Scene]:
    """Served over a real socket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    registers = {name: load(shipped("registers") / f"{name}.odcs.yaml") for name in NAMES}
    with database.connect() as connection:
        for register in registers.values():
            RecordStore(connection).prepare(register)
    stack = ExitStack()
    journal = MemoryJournal()
    group = GroupCommit(journal)
    connections = OwnConnections(database)
    folder = Path(stack.enter_context(TemporaryDirectory()))
    node = Served(folder=folder, settings=Settings(), store=database)
    state: dict[str, Any] = {
        "store": database,
        "writer": stack.enter_context(writing(node, SystemClock())),
        "journal": group,
        "directory": directory(address),
        "answering": Answering(
            journal=group,
            policies=PolicyBook([]),
            grants={},
            seen=SeenIds(seconds=120),
            rate=Rate(),
            clock=SystemClock(),
        ),
    }
    with stack, ThreadPoolExecutor(8) as threads:
        parts = FacadeParts(
            provider=NODE,
            address=address,
            key=NODE_KEY,
            key_id="pop-1",
            directory=lambda: state["directory"],
            answering=lambda: state["answering"],
            registers=registers,
            connection=connections.mine,
            threads=threads,
            settings=FacadeSettings(simulates_ndxp=True),
            writer=state["writer"],
        )
        told = Scene(address, parts, journal, state, registers)
        with served(with_facades(nowhere, parts), port):
            yield told
    connections.close()
    group.close()
