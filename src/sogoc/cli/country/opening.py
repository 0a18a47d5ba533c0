"""The country is opened: made, laid out, at work, serving; at the end what to look at next."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sogoc.cli.context import Desk
from sogoc.cli.country.cast import LAND, POPULATION
from sogoc.cli.country.laying import Laid, fresh, is_a_country, lay_out, taken_ports
from sogoc.cli.country.serving import stop_all
from sogoc.cli.country.story import tell_story
from sogoc.cli.serve import show
from sogoc.cli.telling.called import called
from sogoc.cli.telling.summary import say_summary
from sogoc.cli.worklist import make_all
from sogoc.database.deliveries import Deliveries
from sogoc.demo.country import Country, make
from sogoc.node.node import Node, open_node
from sogoc.node.returns import desk as worklist_desk
from sogoc.pipeline.deliver import Delivered
from sogoc.web.reading.figures import Reader
from sogoc.worklists.place import Place

_SHOWN = "land"
"""The register whose summary is shown in full."""
_LISTS = 3
"""Worklists written, to look at; the command for all of them is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wished of the country."""

    persons: int
    seed: int
    quick: bool
    """Only the largest delivery of each register."""
    serve: bool
    """Show the pages at the end."""


def open_country(desk: Desk, home: Path, wishes: Wishes) -> None:
    """Make the country in `home` and leave its six nodes serving; what fails leaves none."""
    if is_a_country(home):
        # A country that still runs would write into the new one.
        stop_all(home)
    fresh(home)
    country = _make(desk, home, persons=wishes.persons, seed=wishes.seed)
    laid = _laid(desk, home, country)
    try:
        tell_story(desk, laid, _quick(country) if wishes.quick else country)
        land = next(one for one in laid if one.agency.folder == LAND)
        _show_land(desk, land, home, wishes=wishes)
    except Exception:
        stop_all(home)
        raise


def _laid(desk: Desk, home: Path, country: Country) -> tuple[Laid, ...]:
    laid = lay_out(home)
    for port, one in taken_ports(laid):
        where = f"{one.agency.folder}: {one.settings.address}"
        desk.say.line(
            f"   Cổng {port} đang có chương trình khác dùng; {where}",
            f"   Another program has port {port}; {where}",
        )
    land = next(one for one in laid if one.agency.folder == LAND)
    (land.home / "expected").mkdir()
    shutil.copy(country.expected, land.home / "expected" / "expected.csv")
    return laid


def _quick(country: Country) -> Country:
    """The same country with only the largest delivery of each register, and no broken files."""
    largest: dict[str, int] = {}
    for one in country.deliveries:
        largest[one.register] = max(one.rows, largest.get(one.register, 0))
    kept = tuple(
        one
        for one in country.deliveries
        if one.register == POPULATION or one.rows == largest[one.register]
    )
    return replace(country, deliveries=kept, broken=country.broken[:1])


def _show_land(desk: Desk, land: Laid, home: Path, *, wishes: Wishes) -> None:
    there = Desk(folder=land.home, settings=land.settings, say=desk.say)
    with open_node(land.home, land.settings) as node:
        page = _say_shown(there, node)
        _say_next(there, node, home)
        if wishes.serve:
            show(there, node, port=there.settings.port, page=page)


def _make(desk: Desk, home: Path, *, persons: int, seed: int) -> Country:
    desk.say.heading(
        "1. Lập một đất nước nhỏ (mọi người trong đó đều không có thật)",
        "1. A small country is made (nobody in it is real)",
    )
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=desk.say.console,
        transient=True,
        disable=not desk.say.console.is_terminal,
    ) as progress:
        task = progress.add_task("")
        country = make(
            home / "country",
            persons=persons,
            seed=seed,
            progress=lambda text: progress.update(task, description=text),
        )
    count = desk.say.figure(country.persons)
    desk.say.line(f"   {count} người", f"   {count} persons")
    return country


def _say_shown(desk: Desk, node: Node) -> str:
    """The last delivery of the register that is shown, in full; return its page."""
    delivery = Deliveries(node.parts.connection).latest(_SHOWN)
    if delivery is None:
        return f"/{desk.say.language}/"
    register = desk.shelf.register(_SHOWN)
    say_summary(
        desk.say,
        node.parts,
        Delivered(delivery=delivery, register=register, known_already=False),
    )
    return f"/{desk.say.language}/deliveries/{delivery.id}"


def _small_places(node: Node) -> list[Place]:
    """Where little is to be repaired: a list of ten thousand rows takes a minute to write."""
    open_there = Reader(node.parts.connection).to_hand_out(_SHOWN)
    fewest = sorted(
        (one for one in open_there if one.locality),
        key=lambda one: (one.findings, one.locality, one.hamlet),
    )
    return [Place(locality=one.locality, hamlet=one.hamlet) for one in fewest[:_LISTS]]


def _say_next(desk: Desk, node: Node, home: Path) -> None:
    with node.parts.connection.transaction():
        work = worklist_desk(node.parts, _SHOWN, keeper=desk.settings.keeper)
        lists = make_all(work, _small_places(node), desk.folder / "worklists" / _SHOWN)
    desk.say.heading("Xem gì tiếp theo", "What to look at next")
    for file in lists:
        desk.say.path("Danh sách cần rà soát", "A worklist", file)
    us = called()
    where = f"{us} --node {desk.folder}"
    every = f"{where} worklist make {_SHOWN}"
    desk.say.line(f"  Mọi danh sách: {every}", f"  All worklists: {every}")
    desk.say.path("Sự thật để so sánh", "The truth, to compare with", home / "country" / "truth")
    desk.say.line(f"  Các trang: {where} serve", f"  The pages: {where} serve")
    desk.say.line(
        f"  Sáu nút vẫn chạy. Xem: {us} demo status --folder {home}",
        f"  The six nodes go on. Look: {us} demo status --folder {home}",
    )
    desk.say.line(
        f"  Dừng tất cả: {us} demo stop --folder {home}",
        f"  Stop them all: {us} demo stop --folder {home}",
    )
