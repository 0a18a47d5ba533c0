"""The commands, each in its own module; errors become one sentence and an exit code."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)


@app.callback()
def sogoc() -> None:
    """Sổ Gốc: registers that are đúng, đủ, sạch, sống."""


def main() -> None:
    """Run the command line."""
    app()
