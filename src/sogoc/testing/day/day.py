"""One day: six nodes are laid out, asked, struck, mended, asked once more, and reckoned with."""

from __future__ import annotations

import csv
import random
import time
from collections import Counter
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from sogoc.cli.country.cast import HEALTH, HUB
from sogoc.cli.country.laying import Laid, any_ports, fresh, lay_out
from sogoc.cli.country.serving import serve_all, stop_all
from sogoc.cli.country.worker import Orders, work
from sogoc.demo.scale import make_cards
from sogoc.exchange.client import fetched
from sogoc.node.member import join_request
from sogoc.node.settings import FILE
from sogoc.shipped import shipped
from sogoc.testing.day.line import lines
from sogoc.testing.day.reckoning import Reckoned, reckon
from sogoc.testing.day.rounds import REGISTER, RoundsAtWork, allow_rounds, reckon_rounds
from sogoc.testing.day.storm import Storm
from sogoc.testing.day.traffic import KINDS, Acknowledged, AskerAtWork, Book, World, ask_until
from sogoc.testing.served import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.errors import SogocError

_FACILITIES = "health-facilities/health-facilities-osm-2024-09-27.csv"
_HEAL_SECONDS = 120.0
_BEAT_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long the day is, and how often something goes wrong."""

    seconds: float
    every_seconds: float
    least_mishaps: int = 0
    """The day goes on until so many have struck: a node that was killed takes its time to be back,
    and nothing new happens until it is."""
    persons: int = 2000
    askers: int = 1
    """Officers of each kind who ask at once."""
    rounds_every_seconds: float = 120.0
    cards: int = 200
    """Records of the register that rounds verify."""
    seed: int = 20261130


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day was: questions, mishaps, and what the evening found."""

    asked: int
    answered: int
    refused: int
    without_an_answer: dict[str, int]
    mishaps: dict[str, int]
    checkpoints: int
    not_healed: tuple[str, ...]
    """Kinds of questions that were not answered even when all was mended; and the last round."""
    rounds: int
    """Rounds that were sent, answered and taken, everybody of them once."""
    reckoned: Reckoned


def live(home: Path, plan: Plan) -> Day:
    """Live through one day in `home`, an empty folder; at the end nothing of it runs."""
    nodes, ends, world = _laid(home, plan)
    try:
        with lines(ends) as passing:
            list(serve_all(tuple(nodes.values())))
            storm = Storm(
                nodes=nodes,
                lines=passing,
                chance=random.Random(plan.seed),  # noqa: S311 - moments of a test, no secret
            )
            return _through(world, storm, plan)
    finally:
        stop_all(home)


def _through(world: World, storm: Storm, plan: Plan) -> Day:
    nodes, book = storm.nodes, Book()
    askers = [
        AskerAtWork(kind=kind, nodes=nodes, world=world, book=book, seed=plan.seed + number)
        for kind in KINDS
        for number in range(plan.askers)
    ]
    rounds = RoundsAtWork(nodes=nodes, every_seconds=plan.rounds_every_seconds)
    evening = Event()
    threads = ask_until(evening.is_set, askers)
    threads.append(Thread(target=rounds.work, args=(evening.is_set,), name="rounds"))
    threads[-1].start()
    try:
        checkpoints = _struck(storm, plan)
    finally:
        evening.set()
    for thread in threads:
        thread.join()
    storm.mend()
    not_healed = _healed(askers, book)
    if not rounds.finish():
        not_healed = (*not_healed, "a round")
    _all_show(nodes)
    time.sleep(_BEAT_SECONDS)
    reckoned = reckon(nodes.values(), book.answered, checkpoints)
    granted = Counter(each.granted for each in book.answered)
    return Day(
        asked=book.asked,
        answered=granted[True],
        refused=granted[False],
        without_an_answer=dict(book.without),
        mishaps=dict(storm.happened),
        checkpoints=sum(map(len, checkpoints.values())),
        not_healed=not_healed,
        rounds=len(rounds.done),
        reckoned=replace(reckoned, faults=(*reckoned.faults, *reckon_rounds(rounds))),
    )


def _struck(storm: Storm, plan: Plan) -> dict[str, list[str]]:
    """Let things go wrong until the evening; what journals said of themselves meanwhile."""
    until = time.monotonic() + plan.seconds
    checkpoints: dict[str, list[str]] = {}
    while (
        time.monotonic() + plan.every_seconds < until or storm.happened.total() < plan.least_mishaps
    ):
        time.sleep(plan.every_seconds)
        _keep(storm.nodes, checkpoints)
        storm.strike()
    time.sleep(max(until - time.monotonic(), plan.every_seconds))
    return checkpoints


def _keep(nodes: dict[str, Laid], checkpoints: dict[str, list[str]]) -> None:
    """Keep what each journal says of itself, as a witness does: it may never take it back."""
    for name, one in nodes.items():
        note = fetched(f"{one.settings.address}/journal/checkpoint", timeout_seconds=1.0)
        if note is not None and note not in checkpoints.setdefault(name, []):
            checkpoints[name].append(note)


def _all_show(nodes: dict[str, Laid]) -> None:
    """Wait until every node shows its journal again, also one that nobody asked."""
    until = time.monotonic() + _HEAL_SECONDS
    for one in nodes.values():
        address = f"{one.settings.address}/journal/checkpoint"
        while fetched(address) is None and time.monotonic() < until:
            time.sleep(0.2)


def _healed(askers: list[AskerAtWork], book: Book) -> tuple[str, ...]:
    """Ask until each kind of question was answered again; return what kinds never were."""
    until = time.monotonic() + _HEAL_SECONDS
    left = {f"{one.kind.asker} asks {one.kind.keeper}": one for one in askers}
    while left and time.monotonic() < until:
        for name, one in list(left.items()):
            told: Acknowledged | SogocError = one.ask_once()
            book.note(told)
            if isinstance(told, Acknowledged):
                del left[name]
        time.sleep(0.2)
    return tuple(left)


def _laid(home: Path, plan: Plan) -> tuple[dict[str, Laid], dict[str, tuple[int, int]], World]:
    """The nodes with what they hold, each behind a line; others know only the line's port."""
    fresh(home)
    laid = lay_out(home, any_ports())
    ends = {one.agency.folder: (free_port(), one.settings.exchange_port) for one in laid}
    for one in laid:
        _put_behind(one, laid[0], ends)
    people, cards = make_cards(
        home / "files", rows=plan.cards, persons=plan.persons, seed=plan.seed
    )
    facilities = shipped("reference-data") / _FACILITIES
    requests = tuple(str(one.home / "join-request.txt") for one in laid)
    orders = {
        HUB: Orders(join=requests, deliveries=(("population", str(people)),)),
        HEALTH: Orders(deliveries=(("health-facilities", str(facilities)), (REGISTER, str(cards)))),
    }
    for one in laid:
        list(work(one.home, orders.get(one.agency.folder, Orders())))
    allow_rounds(laid[0])
    return {one.agency.folder: one for one in laid}, ends, _world(people, facilities)


def _put_behind(one: Laid, hub: Laid, ends: dict[str, tuple[int, int]]) -> None:
    """Rewrite the addresses in the settings, and the request to join that names them."""
    text = (one.home / FILE).read_text(encoding="utf-8")
    for line, own in ends.values():
        text = text.replace(f'"http://127.0.0.1:{own}"', f'"http://127.0.0.1:{line}"')
    (one.home / FILE).write_text(text, encoding="utf-8")
    if one is not hub:
        key = str(hub.who.hub_key)
        changed = [
            f'hub_key = "{key}"' if row.startswith("hub_key") else row for row in text.splitlines()
        ]
        (one.home / FILE).write_text("\n".join(changed) + "\n", encoding="utf-8")
    request = join_request(one.who, name=one.agency.name, shelf=one.shelf)
    (one.home / "join-request.txt").write_text(request, encoding="utf-8")


def _world(people: Path, facilities: Path) -> World:
    names = {"number": "so_dinh_danh", "name": "ho_ten", "born": "ngay_sinh"}
    rows = pq.read_table(people, columns=list(names.values())).to_pylist()
    with facilities.open(encoding="utf-8", newline="") as lines_of:
        keys = [(row[0], row[1]) for row in csv.reader(lines_of)][1:]
    return World(
        people=tuple(
            {key: str(row[name]) for key, name in names.items()}
            for row in rows
            if all(row.values())
        ),
        keys=tuple({"loai_doi_tuong": kind, "ma_ban_do": number} for kind, number in keys),
    )
