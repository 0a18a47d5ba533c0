"""A node under attack: the real command in a process of its own, reached over its real door."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest
from tests.small_population import PEOPLE, write_population

from sogoc.cli.country.cast import BANK, HEALTH, HUB, LAND, OFFICER
from sogoc.cli.country.laying import Laid, any_ports, fresh, lay_out
from sogoc.cli.country.serving import serve_all, stop_all
from sogoc.cli.country.worker import Orders, work
from sogoc.clock import SystemClock
from sogoc.exchange.client import Asker, Line, ask
from sogoc.exchange.directory import Directory
from sogoc.exchange.names import Service, subsystem
from sogoc.node.member import current_directory
from sogoc.testing.day.reckoning import entries_of
from sogoc.testing.served import NO_TLS
from sogoc.trust.messages import Request, sign_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.access.entry import Entry
    from sogoc.trust.keys import SigningKey

REGISTER = "population"
VERIFY = f"/r1/VN/GOV/01/POP/{REGISTER}/v1/nguoi/verify"
PERSON = {"number": PEOPLE[0][0], "name": PEOPLE[0][1], "born": PEOPLE[0][2]}
QUESTION = {"people": [PERSON], "fields": ["ho_ten"]}
PURPOSE = "1.012789"
"""The procedure for which land may verify."""


@dataclass(frozen=True, slots=True)
class Attacked:
    """The population's node, which knows every agency of the small country."""

    nodes: dict[str, Laid]

    @property
    def address(self) -> str:
        return self.nodes[HUB].settings.address

    def directory(self) -> Directory:
        land = self.nodes[LAND]
        return current_directory(land.home, land.settings, SystemClock())

    def ask(self, body: Any, *, by: str = LAND, path: str = VERIFY) -> Any:  # noqa: ANN401 - JSON
        """Ask as an honest agency does."""
        who = self.nodes[by].who
        asker = Asker(
            client=str(who.who),
            key=who.key,
            key_id=who.key_id,
            officer=OFFICER,
            issue=f"{PURPOSE}/H29-1",
        )
        service, _, rest = path.removeprefix("/r1/").partition("/v1/")
        provider, _, code = service.rpartition("/")
        told = ask(
            Service(subsystem(provider), code),
            f"/v1/{rest}",
            json.dumps(body).encode(),
            asker=asker,
            line=Line(directory=self.directory(), clock=SystemClock()),
        )
        return json.loads(told)

    def request(
        self, body: bytes, *, path: str = VERIFY, method: str = "POST", **headers: str
    ) -> Request:
        """Land's question before it is signed; headers with `_` for `-`."""
        told = {
            "x-road-client": self.nodes[LAND].agency.member,
            "x-road-id": str(uuid4()),
            "x-road-userid": OFFICER,
            "x-road-issue": f"{PURPOSE}/H29-1",
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        uri = f"{self.address}{path}"
        return Request(method=method, target_uri=uri, headers=told, body=body)

    def signed(
        self,
        request: Request,
        *,
        key: SigningKey | None = None,
        key_id: str = "",
        at: int = 0,
    ) -> Request:
        """The question with a signature: land's, unless another key is named."""
        land = self.nodes[LAND].who
        now = int(SystemClock().now().timestamp()) + at
        told = sign_request(request, key or land.key, key_id=key_id or land.key_id, created=now)
        return replace(request, headers={**request.headers, **told})

    def sent(self, request: Request) -> httpx2.Response:
        """Send it as it is."""
        with httpx2.Client(trust_env=False, verify=NO_TLS, timeout=60) as http:
            return http.request(
                request.method,
                request.target_uri,
                headers=[
                    (name.encode("latin-1"), value.encode("latin-1"))
                    for name, value in request.headers.items()
                ],
                content=request.body,
            )

    def raw(self, content: bytes) -> bytes:
        """What comes back for these very bytes, up to the end of the first packet."""
        with self.connected() as line:
            line.sendall(content)
            return line.recv(65_536)

    def connected(self) -> socket.socket:
        """A bare connection."""
        port = self.nodes[HUB].settings.exchange_port
        return socket.create_connection(("127.0.0.1", port), timeout=60)

    def journal(self) -> list[Entry]:
        """Every entry of the node's journal."""
        return entries_of(self.nodes[HUB])

    @property
    def is_well(self) -> bool:
        """Whether an honest question is answered."""
        (told,) = self.ask(QUESTION)["results"]
        return bool(told["outcome"] == "verified")


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    home = tmp_path_factory.mktemp("attacked") / "country"
    fresh(home)
    laid = lay_out(home, any_ports())
    people = write_population(home / "population.csv")
    requests = tuple(str(one.home / "join-request.txt") for one in laid)
    list(work(laid[0].home, Orders(join=requests, deliveries=((REGISTER, str(people)),))))
    nodes = {one.agency.folder: one for one in laid}
    try:
        list(serve_all((nodes[HUB],)))
        yield Attacked({name: nodes[name] for name in (HUB, LAND, HEALTH, BANK)})
    finally:
        stop_all(home)
