"""The page of all commands, written from the commands themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from typer.main import get_command

from sogoc.cli.app import app
from sogoc.cli.commands import COMMANDS, Commands
from sogoc.cli.commands import command as imported


def commands_page() -> str:
    """Every command with its arguments and options, as Markdown."""
    lines = [
        "# Commands",
        "",
        "Written by `python -m sogoc.cli.handbook`; a test holds it equal to the commands.",
        "",
        "Every command ends with exit code 0, or with 1 and one sentence in Vietnamese and English",
        "that says what is wrong, where, and what to do; 2 where the command's own words are off.",
        "",
    ]
    for name, command in _commands("sogoc", cast(Command, get_command(app))):
        lines += [f"## {name}", "", (command.help or "").strip(), ""]
        rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            lines += ["| | |", "|---|---|", *rows, ""]
    return "\n".join(lines)


class Parameter(Protocol):
    """An argument or option; typer brings its own copy of the library that defines them."""

    name: str | None
    opts: list[str]
    param_type_name: str


class Command(Protocol):
    """A command, or a group of them."""

    help: str | None
    params: Sequence[Parameter]


def _commands(name: str, command: Command) -> list[tuple[str, Command]]:
    found = [(name, command)]
    for word, inner in sorted(_inner(command).items()):
        found += _commands(f"{name} {word}", inner)
    return found


def _inner(command: object) -> dict[str, Command]:
    """The main command knows its own only by name: they are imported when they are called."""
    if isinstance(command, Commands):
        return {word: cast(Command, imported(word)) for word in COMMANDS}
    return cast(dict[str, Command], getattr(command, "commands", {}))


def _row(parameter: Parameter) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    if parameter.param_type_name == "argument":
        names = f"`{(parameter.name or '').upper()}`"
    return f"| {names} | {getattr(parameter, 'help', '') or ''} |"


if __name__ == "__main__":
    page = Path(__file__).parents[3] / "docs" / "reference" / "commands.md"
    page.write_text(commands_page(), encoding="utf-8")
