"""`sogoc worklist`: lists of what each unit must repair, out and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.context import desk_of
from sogoc.cli.telling.returned import say_return
from sogoc.node.node import open_node
from sogoc.node.returns import Signed, apply_return, preview_return
from sogoc.node.returns import desk as worklist_desk
from sogoc.worklists import desk as worklists
from sogoc.worklists.place import Place
from sogoc.worklists.write import places, write

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
        work = worklist_desk(node.parts, register, keeper=desk.settings.keeper)
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


@app.command("return")
def return_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The worklist as it came back.")],
    *,
    do: Annotated[
        bool, typer.Option("--apply", help="Write it into the register; else only show.")
    ] = False,
    officer: Annotated[str, typer.Option(help="Who answers for it; else the account's name.")] = "",
    evidence: Annotated[str, typer.Option(help="Evidence, where a row gives none.")] = "",
) -> None:
    """Take a worklist back: show what it would change, and with --apply do it."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        keeper = desk.settings.keeper
        if not do:
            say_return(desk.say, preview_return(node.parts, file, keeper=keeper))
            desk.say.line(
                "Chưa ghi gì vào sổ. Đúng rồi thì chạy lại lệnh này với --apply.",
                "Nothing was written. If this is right, run the same command with --apply.",
            )
            return
        signed = Signed(officer=officer or desk.officer, evidence=evidence)
        shown, delivery = apply_return(node.parts, file, signed, keeper=keeper)
    say_return(desk.say, shown)
    if delivery is not None:
        desk.say.line(
            f"Đã ghi vào sổ là lô số {delivery}. Muốn rút lại: sogoc undo {delivery}",
            f"Written into the register as delivery {delivery}. Take back: sogoc undo {delivery}",
        )
