"""The commands, each in its own module; errors become one sentence and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli import register, worklist
from sogoc.cli.context import desk_for
from sogoc.cli.deliver import deliver_command, deliveries_command, undo_command
from sogoc.cli.demo import demo_command
from sogoc.cli.say import Say
from sogoc.cli.serve import serve_command
from sogoc.errors import SogocError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
app.command("deliver")(deliver_command)
app.command("deliveries")(deliveries_command)
app.command("undo")(undo_command)
app.command("serve")(serve_command)
app.command("demo")(demo_command)
app.add_typer(register.app, name="register")
app.add_typer(worklist.app, name="worklist")


@app.callback()
def sogoc(
    context: typer.Context,
    node: Annotated[
        Path | None,
        typer.Option(help="Folder of the node; else $SOGOC_NODE, else the nearest sogoc.toml."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", "-l", help="vi or en; else as set or as the terminal says.")
    ] = "",
) -> None:
    """Sổ Gốc: registers that are đúng, đủ, sạch, sống."""
    context.obj = desk_for(node, language)


def main() -> None:
    """Run the command line; a refusal is said in both languages and ends with exit code 1."""
    try:
        app()
    except SogocError as error:
        Say("vi").refusal(error)
        sys.exit(1)
