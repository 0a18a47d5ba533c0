"""`sogoc demo`: a small made-up country on this machine, and the main job on it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sogoc.cli.context import Desk, desk_of
from sogoc.cli.deliver import deliver_with_progress
from sogoc.cli.serve import show
from sogoc.cli.summary import say_summary
from sogoc.cli.worklist import make_all, worklist_desk
from sogoc.demo.country import Country, make
from sogoc.errors import DeliveryRefused
from sogoc.node.node import Node, open_node
from sogoc.pipeline.deliver import Request
from sogoc.worklists.reading import places

_OFFICER = "demo"
_LISTS = 3
"""Worklists written, to look at; the command for all of them is printed."""


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
    ] = (sys.stdout.isatty()),
) -> None:
    """Make a small country, deliver its registers, and show what a person should look at."""
    desk = _fresh(desk_of(context), folder)
    country = _make(desk, persons, seed)
    (desk.folder / "expected").mkdir()
    shutil.copy(country.expected, desk.folder / "expected" / "expected.csv")
    with open_node(desk.folder, desk.settings) as node:
        _deliver_all(desk, node, country)
        _refuse_broken(desk, node, country)
        _say_next(desk, node)
        if serve:
            show(desk, node, port=desk.settings.port, page="/")


def _fresh(desk: Desk, folder: Path) -> Desk:
    """The demo's own node; an older demo makes room, anything else does not."""
    home = folder.resolve()
    mark = home / "made-up-country"
    if home.exists() and not mark.exists():
        raise typer.BadParameter(f"{folder} exists and is no demo; name another --folder")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    mark.touch()
    return Desk(folder=home, settings=desk.settings, say=desk.say)


def _make(desk: Desk, persons: int, seed: int) -> Country:
    desk.say.heading(
        "1. Lập một đất nước nhỏ (mọi người đều không có thật)",
        "1. Make a small country (nobody in it is real)",
    )
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=desk.say.console,
    ) as progress:
        task = progress.add_task("")
        return make(
            desk.folder / "country",
            persons=persons,
            seed=seed,
            progress=lambda text: progress.update(task, description=text),
        )


def _deliver_all(desk: Desk, node: Node, country: Country) -> None:
    desk.say.heading("2. Các cơ quan nộp dữ liệu", "2. Offices deliver their data")
    for delivery in country.deliveries:
        desk.say.heading(delivery.what_vi, delivery.what_en)
        request = Request(
            register=delivery.register,
            file=delivery.file,
            officer=_OFFICER,
        )
        say_summary(desk.say, node.parts, deliver_with_progress(desk, node.parts, request))


def _refuse_broken(desk: Desk, node: Node, country: Country) -> None:
    if not country.broken:
        return
    desk.say.heading(
        "3. Tệp hỏng hoặc sai mẫu bị từ chối, nói rõ vì sao",
        "3. Broken or wrong files are refused, and told why",
    )
    for file in country.broken:
        request = Request(register="land", file=file, officer=_OFFICER)
        try:
            deliver_with_progress(desk, node.parts, request)
        except DeliveryRefused as refusal:
            desk.say.line(
                f"✗ {file.name}: {refusal.sentence.vi}", f"✗ {file.name}: {refusal.sentence.en}"
            )


def _say_next(desk: Desk, node: Node) -> None:
    with node.parts.connection.transaction():
        work = worklist_desk(desk, node, "land")
        lists = make_all(work, places(work)[:_LISTS], desk.folder / "worklists" / "land")
    desk.say.heading("Xem gì tiếp theo", "What to look at next")
    for file in lists:
        desk.say.line(f"  Danh sách cần rà soát: {file}", f"  A worklist: {file}")
    where = f"sogoc --node {desk.folder}"
    desk.say.line(f"  Các trang: {where} serve", f"  The pages: {where} serve")
    desk.say.line(
        f"  Mọi danh sách: {where} worklist make land",
        f"  All worklists: {where} worklist make land",
    )
    desk.say.line(
        f"  Sự thật để so sánh: {desk.folder / 'country' / 'truth'}",
        f"  The truth to compare with: {desk.folder / 'country' / 'truth'}",
    )
