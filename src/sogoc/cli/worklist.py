"""`sogoc worklist`: lists of what each unit must repair, out and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.context import Desk, desk_of
from sogoc.database.deliveries import Deliveries
from sogoc.localities.units import Units
from sogoc.node.node import Node, open_node
from sogoc.node.words import flaw_in_words
from sogoc.worklists import desk as worklists
from sogoc.worklists.place import Place
from sogoc.worklists.reading import places
from sogoc.worklists.write import write

app = typer.Typer(no_args_is_help=True, help="Lists of what to repair, as Excel, out and back.")


@app.command()
def make(
    context: typer.Context,
    register: str,
    *,
    locality: Annotated[str, typer.Option(help="Only this commune (code).")] = "",
    hamlet: Annotated[str, typer.Option(help="Only this hamlet, as the register writes it.")] = "",
    to: Annotated[Path | None, typer.Option(help="Folder; else worklists/ of the node.")] = None,
) -> None:
    """Write one Excel file for each commune or hamlet that has something to repair."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node, node.parts.connection.transaction():
        work = worklist_desk(desk, node, register)
        wanted = [
            place
            for place in places(work)
            if (not locality or place.locality == locality)
            and (not hamlet or place.hamlet == hamlet)
        ]
        files = make_all(work, wanted, to or desk.folder / "worklists" / register)
    for file in files:
        desk.say.line(str(file), str(file))
    desk.say.line(
        f"Đã lập {len(files)} danh sách. Gửi cho đơn vị; khi nhận lại: sogoc worklist return TỆP",
        f"{len(files)} worklists. Hand them out; when one comes back: sogoc worklist return FILE",
    )


def make_all(work: worklists.Desk, wanted: list[Place], folder: Path) -> list[Path]:
    """Write the lists of these places."""
    return [file for place in wanted for file in write(work, place, folder)]


def worklist_desk(desk: Desk, node: Node, register: str) -> worklists.Desk:
    """What worklists need of the node; the caller holds the transaction."""
    latest = Deliveries(node.parts.connection).latest(register)
    return worklists.Desk(
        connection=node.parts.connection,
        register=desk.shelf.register(register),
        units=Units.load(),
        clock=node.parts.clock,
        keeper=desk.settings.keeper,
        rules_version=latest.rules_version if latest else "",
        flaw=flaw_in_words,
    )
