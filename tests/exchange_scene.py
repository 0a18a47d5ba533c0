"""A land office over real sockets and a real database, as other nodes and X-Road see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx2
from psycopg import sql

from sogoc.access.grant import Grant, Operation
from sogoc.access.policies import PolicyBook
from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.database.store import Store
from sogoc.exchange.answering import Answering
from sogoc.exchange.asking.questions import Peer
from sogoc.exchange.client import Asker, Line
from sogoc.exchange.described.catalogue import Publisher, catalogue, published_catalogue
from sogoc.exchange.directory import Directory, DirectoryKey, Member
from sogoc.exchange.limits import Rate, SeenIds
from sogoc.exchange.monitoring.record import Seen
from sogoc.exchange.monitoring.store import Monitor, given
from sogoc.exchange.names import Service, Subsystem
from sogoc.exchange.patience.again import Patience
from sogoc.exchange.questions.offers import paths
from sogoc.exchange.registers import RegisterShelf
from sogoc.node.figures.counting import Figures
from sogoc.node.figures.measured import MeasuredIds, MeasuredJournal
from sogoc.node.figures.spans import Spans
from sogoc.node.serving import OwnConnections
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped
from sogoc.testing.memory_journal import MemoryJournal
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.trust.keys import SigningKey
from sogoc.trust.messages import Request, sign_request
from sogoc.web.exchange.behind import PREFIX, Behind, trusted_from
from sogoc.web.exchange.described import DescribedParts
from sogoc.web.exchange.door import Door, ExchangeParts
from sogoc.web.exchange.metaservices import MetaParts, Metaservices
from sogoc.web.exchange.public import PublicParts, exchange_app
from sogoc.web.exchange.watched import Watched, WatchParts
from sogoc.web.operating.counted import EXCHANGE, Counted
from sogoc.web.operating.traced import Traced

REGISTERS = {
    name: load(shipped("registers") / f"{name}.odcs.yaml")
    for name in ("land", "population", "health-facilities")
}
LAND, POPULATION = REGISTERS["land"], REGISTERS["population"]
PARCEL, PERSON = LAND.object("thua_dat"), POPULATION.object("nguoi")
CLINIC = REGISTERS["health-facilities"].object("co_so")
OFFICE, TAX, HUB = "VN/GOV/02/LAND", "VN/GOV/03/TAX", "VN/GOV/00/HUB"
KEYS = {name: SigningKey(bytes([number]) * 32) for number, name in enumerate((OFFICE, TAX, HUB), 1)}
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
ISSUE = "1.012789/H29-260302-0001"
OFFICER = "VN000000000007"


def grant(name: str, register: str, fields: set[str], *operations: Operation) -> Grant:
    return Grant(
        id=name,
        member=TAX,
        register=register,
        fields=frozenset(fields),
        operations=frozenset(operations),
        purpose="1.012789",
        ground="Luật Đất đai 2024, Điều 166",
        first_day=date(2020, 1, 1),
        last_day=date(2099, 1, 1),
        rate_per_minute=100_000,
        most_keys=10_000,
    )


PARCEL_FIELDS = {"ma_thua", "ma_xa", "so_to", "so_thua", "dia_chi"}
GRANTS = [
    grant(
        "G-LAND", "land", PARCEL_FIELDS,
        Operation.READ, Operation.SEARCH, Operation.DIFFERENCE,
    ),
    grant("G-POP", "population", {"ho_ten", "ngay_sinh"}, Operation.VERIFY),
]  # fmt: skip


def directory(address: str) -> Directory:
    """Three members; all of them are reached at one address."""
    members = []
    for name, key in KEYS.items():
        *_, number, code = name.split("/")
        known = DirectoryKey(id=f"{code}-1", public=key.public, since=ALWAYS[0], until=ALWAYS[1])
        members.append(
            Member(
                id=Subsystem("VN", "GOV", number),
                name=f"Cơ quan ví dụ {number}",
                address=address,
                keys=(known,),
                services=((code, tuple(REGISTERS) if name == OFFICE else ()),),
            )
        )
    return Directory(
        instance="VN", version=1, issued=ALWAYS[0], expires=ALWAYS[1], members=tuple(members)
    )


@dataclass
class Scene:
    """The land office, served."""

    address: str
    connections: OwnConnections
    journal: MemoryJournal
    monitor: Monitor
    parts: ExchangeParts
    waited: list[float] = field(default_factory=list)
    app: Any = None
    """What is served, for another server to serve as well."""

    def peer(self, register: str = "land", **changes: Any) -> Peer:  # noqa: ANN401 - fields of the asker
        """The tax office's program."""
        asker = Asker(client=TAX, key=KEYS[TAX], key_id="TAX-1", officer=OFFICER, issue=ISSUE)
        patience = Patience(tries=2, rest=self.waited.append)
        line = Line(directory=directory(self.address), clock=SystemClock(), patience=patience)
        line = replace(line, security_server=changes.pop("security_server", ""))
        return Peer(
            service=Service(Subsystem("VN", "GOV", "02", "LAND"), register),
            asker=replace(asker, **changes),
            line=line,
        )

    def signed(
        self,
        path: str,
        *,
        client: str = TAX,
        method: str = "GET",
        body: bytes = b"",
        more: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401
        """A signed request to this node, sent, with these headers beside who asks."""
        request = Request(
            method=method,
            target_uri=f"{self.address}{path}",
            headers={"x-road-client": client, "x-road-id": str(uuid4()), **(more or {})},
            body=body,
        )
        now = int(SystemClock().now().timestamp())
        code = client.rpartition("/")[2]
        told = sign_request(request, KEYS[client], key_id=f"{code}-1", created=now)
        return self.sent(path, {**request.headers, **told}, method=method, body=body)

    def sent(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> httpx2.Response:
        """A request as it is."""
        with httpx2.Client(trust_env=False, verify=NO_TLS) as http:
            return http.request(
                method, f"{self.address}{path}", headers=headers or {}, content=body
            )

    def records(self) -> list[dict[str, Any]]:
        """What monitoring has written by now."""
        self.monitor.write()
        return given(self.connections.mine())["records"]

    def keep(self, target: Tables, **values: object) -> None:
        """Put a record into a register."""
        whole = {
            **values, "_delivery": 1, "_digest": "00000000-0000-0000-0000-000000000000",
            "_true_from": "2026-01-01", "_believed_from": "2026-03-02T08:00:00Z",
        }  # fmt: skip
        self.connections.mine().execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                target.current,
                sql.SQL(", ").join(map(sql.Identifier, whole)),
                sql.SQL(", ").join(sql.Placeholder() * len(whole)),
            ),
            list(whole.values()),
        )


def fill(scene: Scene) -> None:
    """Three parcels, two persons, a clinic, one release of each."""
    store = RecordStore(scene.connections.mine())
    for register in REGISTERS.values():
        store.prepare(register)
    for number in range(1, 4):
        scene.keep(
            Tables("land", PARCEL),
            key=f"T{number}", ma_thua=f"T{number}", ma_xa="00001", so_to="7", so_thua="12",
            dia_chi=f"Thôn {number}",
        )  # fmt: skip
    for number, name in ((1, "Nguyễn Thị Hòa"), (2, "Trần Văn Đức")):
        told = f"00119000000{number}"
        scene.keep(
            Tables("population", PERSON),
            key=told, so_dinh_danh=told, ho_ten=name, ngay_sinh="1990-05-02",
        )  # fmt: skip
    scene.keep(
        Tables("health-facilities", CLINIC),
        key="node|1", loai_doi_tuong="node", ma_ban_do="1", ten="Trạm y tế", ma_xa="00001",
    )  # fmt: skip
    for name in ("land", "health-facilities"):
        scene.connections.mine().execute(
            "insert into node.delivery (register, contract_version, file_name, sha256, bytes, "
            "kept_path, received_at, received_by, as_of, state, merged_at) values (%s, '1.0.0', "
            "'x', %s, 1, 'x', now(), 'a', '2026-03-02', 'merged', '2026-03-02T08:00:00Z')",
            (name, name),
        )


@contextmanager
def scene(
    database: Store,
    *,
    trusted: str = "",
    figures: Figures | None = None,
    spans: Spans | None = None,
) -> Iterator[Scene]:
    """Served over a real socket until the block ends."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    journal, clock, connections = MemoryJournal(), SystemClock(), OwnConnections(database)
    monitor = Monitor(connection=connections.mine, clock=clock, address=address, host="127.0.0.1")
    answering = Answering(
        journal=MeasuredJournal(journal, figures) if figures else journal,
        policies=PolicyBook(GRANTS),
        grants={one.id: one for one in GRANTS},
        seen=MeasuredIds(figures, seconds=120, since=0) if figures else SeenIds(seconds=120),
        rate=Rate(),
        clock=clock,
    )
    with ThreadPoolExecutor(4) as threads:
        parts = ExchangeParts(
            provider=OFFICE,
            address=address,
            key=KEYS[OFFICE],
            key_id="LAND-1",
            directory=lambda: directory(address),
            answering=lambda: answering,
            registers=REGISTERS,
            shelf=lambda one: RegisterShelf(connections.mine(), one),
            threads=threads,
        )
        whole = Scene(address, connections, journal, monitor, parts)
        fill(whole)
        app = _app(whole, trusted, figures)
        app = Counted(app, figures.request, places=EXCHANGE) if figures else app
        whole.app = app
        with served(Traced(app, spans) if spans else app, port):
            yield whole
    connections.close()


def _app(scene: Scene, trusted: str, figures: Figures | None) -> Any:  # noqa: ANN401 - an ASGI application
    meta = MetaParts(
        records=lambda period, client: given(
            scene.connections.mine(), since=period[0], until=period[1], client=client
        ),
        sees_all=lambda client: client in {OFFICE, HUB},
    )
    inside = Metaservices(Door(scene.parts), scene.parts, meta)
    behind = Behind(scene.parts, trusted_from(trusted))

    async def either(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        app = behind if scope.get("path", "").startswith(PREFIX) else inside
        await app(scope, receive, send)

    def templates(code: str) -> frozenset[str]:
        found = REGISTERS.get(code)
        return frozenset(path for path, _, _ in paths(found)) if found else frozenset()

    def note(seen: Seen) -> None:
        scene.monitor.note(seen)
        if figures:
            figures.question(seen)

    watched = Watched(either, WatchParts(note=note, clock=SystemClock(), templates=templates))
    told = catalogue(
        Publisher(name="Cơ quan ví dụ 02", client=OFFICE, address=scene.address),
        REGISTERS.values(),
    )
    public = PublicParts(
        log=_no_log,
        described=DescribedParts(
            provider=OFFICE,
            directory=scene.parts.directory,
            registers=REGISTERS,
            catalogue=lambda: told,
            signed=lambda: published_catalogue(told, OFFICE, KEYS[OFFICE]),
        ),
    )
    return exchange_app(watched, public)


def _no_log() -> Any:  # noqa: ANN401 - no test of this scene looks at a journal from outside
    raise NotImplementedError


def body_of(told: object) -> bytes:
    return json.dumps(told).encode()


class SecurityServer:
    """Stands for one, with its headers and its errors: it passes a question on to the node."""

    def __init__(self, node: str, **changes: Any) -> None:  # noqa: ANN401 - what it does wrongly
        self.node, self.changes = node, changes
        self.seen: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        body = (await receive()).get("body", b"")
        asked = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append({"path": scope["path"], **asked})
        if self.changes.get("slow") in scope["path"].split("/"):
            await asyncio.sleep(2)
        if fault := self.changes.get("fault"):
            told = {"type": fault, "message": "x", "detail": str(uuid4())}
            await self._answer(send, 500, {"x-road-error": fault}, json.dumps(told).encode())
            return
        rest = scope["path"].removeprefix(f"/r1/{OFFICE}/")
        passed = {name: value for name, value in asked.items() if name.startswith("x-road-")}
        async with httpx2.AsyncClient(trust_env=False, verify=NO_TLS) as http:
            answer = await http.post(f"{self.node}/xroad/{rest}", headers=passed, content=body)
        told_id = self.changes.get("id", asked["x-road-id"])
        await self._answer(send, answer.status_code, {"x-road-id": told_id}, answer.content)

    async def _answer(self, send: Any, status: int, told: dict[str, str], body: bytes) -> None:  # noqa: ANN401
        given = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": given})
        await send({"type": "http.response.body", "body": body})
