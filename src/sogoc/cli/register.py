"""Commands about registers: which there are, what one holds, whether a contract is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.context import desk_of
from sogoc.contract.load import load

app = typer.Typer(no_args_is_help=True, help="Contracts of registers.")


@app.command("list")
def list_registers(context: typer.Context) -> None:
    """List the registers this node has contracts for."""
    desk = desk_of(context)
    desk.say.table(
        [("Mã", "id"), ("Tên", "name"), ("Phiên bản", "version"), ("Đối tượng", "objects")],
        [
            (one.id, one.name, one.version, ", ".join(part.name for part in one.objects))
            for one in desk.shelf.registers()
        ],
    )


@app.command()
def show(context: typer.Context, register: str) -> None:
    """Show the objects, fields and rules of one register."""
    desk = desk_of(context)
    one = desk.shelf.register(register)
    desk.say.heading(f"{one.name} ({one.id} {one.version})", f"{one.name} ({one.id} {one.version})")
    for part in one.objects:
        desk.say.heading(f"{part.label} · {part.name}", f"{part.label} · {part.name}")
        desk.say.table(
            [("Trường", "field"), ("Tên", "label"), ("Loại", "kind"), ("Bắt buộc", "required")],
            [
                (field.name, field.label, field.kind.value, "✓" if field.required else "")
                for field in part.fields
            ],
        )
        desk.say.line(f"{len(part.rules)} quy tắc", f"{len(part.rules)} rules")


@app.command()
def check(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Check contract files; every mistake is said at once, with its line."""
    desk = desk_of(context)
    for file in files:
        one = load(file)
        rules = sum(len(part.rules) for part in one.objects)
        desk.say.line(
            f"✓ {file.name}: {len(one.objects)} đối tượng, {rules} quy tắc",
            f"✓ {file.name}: {len(one.objects)} objects, {rules} rules",
        )
