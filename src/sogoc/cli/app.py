"""The commands, each in its own module; errors become one sentence and an exit code."""

from __future__ import annotations

import gc
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.commands import Commands
from sogoc.cli.context import desk_for
from sogoc.cli.telling.say import Say
from sogoc.errors import SogocError

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def told(asked: bool) -> None:  # noqa: FBT001 - typer hands it over so
    """Say the version, and that of the Python it runs on, and end."""
    if asked:
        print(f"sogoc {version('sogoc')} (Python {platform.python_version()})")
        raise typer.Exit


@app.callback()
def sogoc(
    context: typer.Context,
    *,
    node: Annotated[
        Path | None,
        typer.Option(help="Folder of the node; else $SOGOC_NODE, else the nearest sogoc.toml."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", "-l", help="vi or en; else as set or as the terminal says.")
    ] = "",
    which: Annotated[  # noqa: ARG001 - its callback answers
        bool,
        typer.Option("--version", help="Say which version this is.", is_eager=True, callback=told),
    ] = False,
) -> None:
    """Sổ Gốc: registers that are đúng, đủ, sạch, sống."""
    context.obj = desk_for(node, language)


def main() -> None:
    """Run the command line; a refusal is said in both languages and ends with exit code 1."""
    # A sheet is read as millions of small objects that all live until it is whole: looking
    # through them for rings again and again would cost a fifth of the time.
    gc.set_threshold(200_000, 20, 20)
    try:
        app()
    except SogocError as error:
        Say("vi").refusal(error)
        sys.exit(1)
