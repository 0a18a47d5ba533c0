"""`sogoc demo`: a small made-up country on this machine, and the main job on it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sogoc.cli.context import Desk, desk_of
from sogoc.cli.deliver import deliver_with_progress
from sogoc.cli.serve import show
from sogoc.cli.telling.summary import Figures, figures_of, say_summary
from sogoc.cli.worklist import make_all
from sogoc.demo.country import Country, make
from sogoc.errors import DeliveryRefused
from sogoc.node.node import Node, open_node
from sogoc.node.returns import desk as worklist_desk
from sogoc.pipeline.deliver import Delivered, Request
from sogoc.web.reading.figures import Reader
from sogoc.worklists.place import Place

_OFFICER = "demo"
_SHOWN = "land"
"""The register whose summary is shown in full."""
_LISTS = 3
"""Worklists written, to look at; the command for all of them is printed."""
_MARK = "made-up-country"


def demo_command(
    context: typer.Context,
    *,
    folder: Annotated[Path, typer.Option(help="Where the country and its node are put.")] = Path(
        "demo-node"
    ),
    persons: Annotated[int, typer.Option(min=2000, help="How many people live there.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Another number, another country.")] = 1,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Show the pages at the end.")
    ] = sys.stdout.isatty(),
) -> None:
    """Make a small country, deliver its registers, and show what a person should look at."""
    desk = _fresh(desk_of(context), folder)
    country = _make(desk, persons, seed)
    (desk.folder / "expected").mkdir()
    shutil.copy(country.expected, desk.folder / "expected" / "expected.csv")
    with open_node(desk.folder, desk.settings) as node:
        last = _deliver_all(desk, node, country)
        _refuse_broken(desk, node, country)
        if last is not None:
            say_summary(desk.say, node.parts, last)
        _say_next(desk, node)
        if serve:
            report = f"deliveries/{last.delivery.id}" if last is not None else ""
            page = f"/{desk.say.language}/{report}"
            show(desk, node, port=desk.settings.port, page=page)


def _fresh(desk: Desk, folder: Path) -> Desk:
    """The demo's own node; an older demo makes room, anything else does not."""
    home = folder.resolve()
    if home.exists() and not (home / _MARK).exists():
        raise typer.BadParameter(f"{folder} exists and is no demo; name another --folder")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / _MARK).touch()
    (home / "sogoc.toml").touch()
    return Desk(folder=home, settings=desk.settings, say=desk.say)


def _make(desk: Desk, persons: int, seed: int) -> Country:
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
            desk.folder / "country",
            persons=persons,
            seed=seed,
            progress=lambda text: progress.update(task, description=text),
        )
    count = desk.say.figure(country.persons)
    desk.say.line(f"   {count} người", f"   {count} persons")
    return country


def _deliver_all(desk: Desk, node: Node, country: Country) -> Delivered | None:
    """Deliver one after the other; return the last delivery of the register that is shown."""
    desk.say.heading("2. Các cơ quan nộp dữ liệu", "2. Offices deliver their data")
    desk.say.line(
        "     bản ghi    nhóm 1    nhóm 2    nhóm 3   DQI %   giây",
        "     records   group 1   group 2   group 3   DQI %   seconds",
    )
    shown = None
    for delivery in country.deliveries:
        request = Request(register=delivery.register, file=delivery.file, officer=_OFFICER)
        began = monotonic()
        delivered = deliver_with_progress(desk, node.parts, request)
        line = _line(desk, figures_of(node.parts, delivered), monotonic() - began)
        desk.say.line(f"{line}  {delivery.what_vi}", f"{line}  {delivery.what_en}")
        if delivery.register == _SHOWN:
            shown = delivered
    return shown


def _line(desk: Desk, figures: Figures, seconds: float) -> str:
    counts = (figures.records, *(figures.groups[group] for group in (1, 2, 3)))
    numbers = "".join(f"{desk.say.figure(count):>10}" for count in counts)
    score = desk.say.figure(figures.dqi) if figures.dqi is not None else "-"
    return f"  {numbers}{score:>8}{desk.say.figure(seconds):>7}"


def _refuse_broken(desk: Desk, node: Node, country: Country) -> None:
    if not country.broken:
        return
    desk.say.heading(
        "3. Tệp hỏng hoặc sai mẫu bị từ chối, nói rõ vì sao",
        "3. Broken or wrong files are refused, and told why",
    )
    for file in country.broken:
        request = Request(register=_SHOWN, file=file, officer=_OFFICER)
        try:
            deliver_with_progress(desk, node.parts, request)
        except DeliveryRefused as refusal:
            desk.say.line(f"  ✗ {refusal.sentence.vi}", f"  ✗ {refusal.sentence.en}")


def _small_places(node: Node) -> list[Place]:
    """Where little is to be repaired: a list of ten thousand rows takes a minute to write."""
    open_there = Reader(node.parts.connection).to_hand_out(_SHOWN)
    fewest = sorted(
        (one for one in open_there if one.locality),
        key=lambda one: (one.findings, one.locality, one.hamlet),
    )
    return [Place(locality=one.locality, hamlet=one.hamlet) for one in fewest[:_LISTS]]


def _say_next(desk: Desk, node: Node) -> None:
    with node.parts.connection.transaction():
        work = worklist_desk(node.parts, _SHOWN, keeper=desk.settings.keeper)
        lists = make_all(work, _small_places(node), desk.folder / "worklists" / _SHOWN)
    desk.say.heading("Xem gì tiếp theo", "What to look at next")
    for file in lists:
        desk.say.path("Danh sách cần rà soát", "A worklist", file)
    where = f"sogoc --node {desk.folder}"
    every = f"{where} worklist make {_SHOWN}"
    desk.say.line(f"  Mọi danh sách: {every}", f"  All worklists: {every}")
    desk.say.path("Sự thật để so sánh", "The truth, to compare with", desk.folder / "country/truth")
    desk.say.line(f"  Các trang: {where} serve", f"  The pages: {where} serve")
