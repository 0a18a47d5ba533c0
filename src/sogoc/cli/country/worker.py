"""One agency's work in a process of its own: members are let in, deliveries taken, grants given.

    python -m sogoc.cli.country.worker FOLDER

reads its orders, one JSON object, from standard input, and tells each thing done as one line of
JSON on standard output. It ends when all is done, when something is refused that should not be, or
when nobody listens any more.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import State
from sogoc.access.grant_store import GrantStore
from sogoc.cli.country.asked import note_what_it_asks
from sogoc.cli.country.cast import GRANTS
from sogoc.cli.telling.summary import figures_of
from sogoc.errors import DeliveryRefused, SogocError
from sogoc.exchange.hub import Hub
from sogoc.exchange.joining import read_request
from sogoc.node.member import membership
from sogoc.node.node import open_node
from sogoc.node.settings import read_settings
from sogoc.pipeline.deliver import Request, deliver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.node.node import Node

_OFFICER = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What one agency has to do."""

    join: tuple[str, ...] = ()
    """Files of requests to join, which the hub's officer accepts."""
    deliveries: tuple[tuple[str, str], ...] = ()
    """Register and file, in their order."""
    broken: tuple[tuple[str, str], ...] = ()
    """Register and file that must be refused."""

    def written(self) -> str:
        """As they are handed over."""
        return json.dumps(asdict(self))


def work(home: Path, orders: Orders) -> Iterator[dict[str, Any]]:
    """Do everything in its order; yield what was done."""
    settings = read_settings(home)
    with open_node(home, settings) as node:
        for file in orders.join:
            yield _let_in(node, Path(file))
        for register, file in orders.deliveries:
            yield _delivered(node, register, Path(file))
        for register, file in orders.broken:
            yield from _refused(node, register, Path(file))
        for given in GRANTS:
            if given.keeper == home.name:
                store = GrantStore(node.parts.connection, node.parts.clock)
                register_of = node.parts.shelf.register(given.grant.register)
                store.ask(given.grant, register_of, officer=given.asker)
                store.change(given.grant.id, State.ACCEPTED, officer=_OFFICER)
                yield {"kind": "granted", "id": given.grant.id}
        note_what_it_asks(node, home.name)


def _let_in(node: Node, file: Path) -> dict[str, Any]:
    who = membership(node.parts.folder, node.settings)
    hub = Hub(node.parts.connection, node.parts.clock, who.hub_key.name, who.key)
    request = read_request(file.read_text(encoding="utf-8"))
    hub.accept(request, officer=_OFFICER)
    return {"kind": "joined", "member": request.client, "name": request.name}


def _delivered(node: Node, register: str, file: Path) -> dict[str, Any]:
    began = monotonic()
    request = Request(register=register, file=file, officer=_OFFICER)
    delivered = deliver(node.parts, request)
    figures = figures_of(node.parts, delivered)
    return {
        "kind": "delivered",
        "delivery": delivered.delivery.id,
        "register": register,
        "file": file.name,
        "records": figures.records,
        "groups": [figures.groups[group] for group in (1, 2, 3)],
        "dqi": figures.dqi,
        "seconds": monotonic() - began,
    }


def _refused(node: Node, register: str, file: Path) -> Iterator[dict[str, Any]]:
    try:
        deliver(node.parts, Request(register=register, file=file, officer=_OFFICER))
    except DeliveryRefused as refusal:
        yield {"kind": "refused", "vi": refusal.sentence.vi, "en": refusal.sentence.en}


def main() -> None:
    """Work off the orders on standard input."""
    told = json.loads(sys.stdin.read())
    orders = Orders(
        join=tuple(told["join"]),
        deliveries=tuple((register, file) for register, file in told["deliveries"]),
        broken=tuple((register, file) for register, file in told["broken"]),
    )
    try:
        for line in work(Path(sys.argv[1]), orders):
            print(json.dumps(line), flush=True)
    except SogocError as failed:
        line = {"kind": "failed", "vi": failed.sentence.vi, "en": failed.sentence.en}
        print(json.dumps(line), flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
