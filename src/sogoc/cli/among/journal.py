"""`sogoc journal`: verify a node's journal from outside, with public data alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sogoc.access.audit import audit
from sogoc.cli.context import desk_of
from sogoc.exchange.client import public_bytes
from sogoc.trust.note import note_key

app = typer.Typer(no_args_is_help=True, help="Journals: verify one from outside.")


@app.callback()
def journal() -> None:
    """Journals: verify one from outside."""


@app.command("verify")
def verify_command(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The node: https://land.example.")],
    key: Annotated[str, typer.Argument(help="Verifier key of its journal: name+id+key.")],
    *,
    kept: Annotated[
        Path | None,
        typer.Option(help="Folder of checkpoints from earlier visits; this one is added."),
    ] = None,
) -> None:
    """Verify a node's whole journal with public data alone, and against what you kept."""
    desk = desk_of(context)
    earlier = sorted(kept.glob("*.note")) if kept else []
    told = audit(
        lambda path: public_bytes(f"{address.rstrip('/')}/journal/{path}"),
        note_key(key),
        earlier=[file.read_text(encoding="utf-8") for file in earlier],
    )
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        file = kept / f"{told.checkpoint.size:012}.note"
        file.write_text(told.note, encoding="utf-8")
    desk.say.line(
        f"Nhật ký nguyên vẹn: {told.checkpoint.size} mục, nối tiếp {told.continued} mốc đã giữ.",
        f"The journal is whole: {told.checkpoint.size} entries, continuing {told.continued} "
        "checkpoints that were kept.",
    )
