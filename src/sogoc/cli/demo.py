"""`sogoc demo`: a small made-up country of six agencies on this machine: make, look at, stop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.context import Desk, desk_of
from sogoc.cli.country.serving import purge, standing, stop_all

app = typer.Typer(
    invoke_without_command=True,
    help="A small made-up country of six agencies: make it, look at it, stop it.",
)

Folder = Annotated[
    Path | None, typer.Option(help="Where the country and its nodes are; else demo-node.")
]
_FOLDER = Path("demo-node")


@app.callback()
def demo_command(
    context: typer.Context,
    *,
    folder: Folder = None,
    persons: Annotated[int, typer.Option(min=2000, help="How many people live there.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Another number, another country.")] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the largest delivery of each register.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Show the pages at the end.")
    ] = sys.stdout.isatty(),
) -> None:
    """Make a small country of six agencies: they join, deliver, ask one another, are verified."""
    if context.invoked_subcommand:
        return
    # Stopping and looking must not wait for the engine, the pages and the country to load.
    from sogoc.cli.country.opening import Wishes, open_country  # noqa: PLC0415 - see above

    wishes = Wishes(persons=persons, seed=seed, quick=quick, serve=serve)
    open_country(desk_of(context), (folder or _FOLDER).resolve(), wishes)


@app.command("status")
def status_command(context: typer.Context, *, folder: Folder = None) -> None:
    """Say of each node of the country whether it runs, where it answers, what its journal holds."""
    desk = desk_of(context)
    desk.say.table(
        [
            ("nút", "node"),
            ("cơ quan", "member"),
            ("địa chỉ", "address"),
            ("đang chạy", "runs"),
            ("mục nhật ký", "journal entries"),
        ],
        [
            (
                one.laid.agency.folder,
                one.laid.agency.member,
                one.laid.settings.address,
                _state(desk, runs=one.runs, ready=one.ready),
                "-" if one.entries is None else one.entries,
            )
            for one in standing(_home(context, folder))
        ],
    )


@app.command("stop")
def stop_command(
    context: typer.Context,
    *,
    folder: Folder = None,
    purge_too: Annotated[bool, typer.Option("--purge", help="Remove the folder as well.")] = False,
) -> None:
    """Stop every process of the country; its folder stays, to be looked at."""
    desk, home = desk_of(context), _home(context, folder)
    count = stop_all(home)
    if purge_too:
        purge(home)
    desk.say.line(
        f"Đã dừng {count} tiến trình; không còn gì chạy."
        + (" Đã xóa thư mục." if purge_too else f" Thư mục còn ở {home}"),
        f"{count} processes were stopped; nothing runs any more."
        + (" The folder is removed." if purge_too else f" The folder stays: {home}"),
    )


def _home(context: typer.Context, folder: Path | None) -> Path:
    """The folder as named behind the command, or before it, or the usual one."""
    before = context.parent.params.get("folder") if context.parent else None
    return Path(folder or before or _FOLDER).resolve()


def _state(desk: Desk, *, runs: bool, ready: bool) -> str:
    if ready:
        return desk.say.text("sẵn sàng", "ready")
    return desk.say.text("đang khởi động", "starting") if runs else desk.say.text("dừng", "stopped")
