"""Which commands there are; each is imported when it is called.

The pages, the workbooks and the engine take seconds to import together, and no command needs all:
who asks for the list of commands, or for one of them, does not wait for the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    # Typer carries its own click within itself.
    from typer._click import Command, Context, HelpFormatter

COMMANDS: dict[str, tuple[str, str]] = {
    "deliver": (
        "sogoc.cli.deliver:deliver_command",
        "Bring a file into its register: records with history, named errors, a score, lists.",
    ),
    "deliveries": (
        "sogoc.cli.deliver:deliveries_command",
        "List what was handed in, newest first.",
    ),
    "undo": (
        "sogoc.cli.deliver:undo_command",
        "Take a delivery back: the register stands as it did before.",
    ),
    "export": (
        "sogoc.cli.deliver:export_command",
        "Write what a delivery brought and what was found as Parquet: records, errors, persons.",
    ),
    "register": ("sogoc.cli.register:app", "Contracts of registers."),
    "worklist": (
        "sogoc.cli.worklist:app",
        "Lists of what to repair, as Excel, out and back.",
    ),
    "link": (
        "sogoc.cli.link:app",
        "Who is meant: decide, look at why, search for persons entered twice.",
    ),
    "score": (
        "sogoc.cli.deliver:score_command",
        "Compute the score of a delivery again from what was counted, beside what was published.",
    ),
    "serve": (
        "sogoc.cli.serve:serve_command",
        "Show the pages of this node until you stop it (Ctrl-C).",
    ),
    "demo": (
        "sogoc.cli.demo:app",
        "A small made-up country of six agencies: make it, look at it, stop it.",
    ),
    "node": ("sogoc.cli.among.nodes:node_app", "This node among others."),
    "hub": ("sogoc.cli.among.nodes:hub_app", "Members of the exchange, at the hub."),
    "grant": ("sogoc.cli.among.grant:app", "Who may ask what of this node's registers, and why."),
    "ask": (
        "sogoc.cli.among.asking:ask_command",
        "Ask another node; the question comes from a file or standard input.",
    ),
    "round": (
        "sogoc.cli.among.round:app",
        "Persons by the million, verified by another node over the line or by a file.",
    ),
    "journal": (
        "sogoc.cli.among.journal:app",
        "Journals: verify one from outside, prove an entry.",
    ),
    "bench": ("sogoc.cli.bench:app", "Measure this machine and this version on made-up data."),
}
"""For each command where it stands and its first sentence, in the order of the list."""


class Commands(TyperGroup):
    """The main command: knows the others by the table above."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Their names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of that name, imported now."""
        del ctx
        return command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """What each is for, out of the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


def command(name: str) -> Command:
    """Import one command."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(module), attribute)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    made = get_command(alone)
    return made.commands[name] if isinstance(made, TyperGroup) else made
