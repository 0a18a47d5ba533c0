"""`sogoc score`: a published figure computed again, by its own rule file or by another."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from sogoc.cli.context import desk_of
from sogoc.cli.say import Say
from sogoc.node.node import open_node
from sogoc.pipeline.rescoring import Figure, score_again
from sogoc.web.reading.figures import Reader


def score_command(
    context: typer.Context,
    delivery: Annotated[int, typer.Argument(help="Number of the delivery; see: sogoc deliveries.")],
    *,
    rules: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Another rule file, to try it out."),
    ] = None,
) -> None:
    """Compute the score of a delivery again from what was counted, beside what was published."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node, TemporaryDirectory() as folder:
        version, figures = score_again(node.parts, delivery, Path(folder), file=rules)
        published = {
            (level, one.name, one.criterion): one.dqi
            for level in ("register", "object", "criterion")
            for one in Reader(node.parts.connection).scores(delivery, level)
        }
    shown = [one for one in figures if not one.locality and (one.level, *_key(one)) in published]
    desk.say.heading(f"Theo {version}", f"By {version}")
    desk.say.table(
        [("Mức", "level"), ("Tên", "name"), ("Đã công bố", "published"), ("Tính lại", "again")],
        [
            (
                one.level,
                one.name,
                _figure(desk.say, published[(one.level, *_key(one))]),
                _figure(desk.say, one.dqi),
            )
            for one in shown
        ],
    )


def _key(one: Figure) -> tuple[str, str]:
    return one.name, one.criterion


def _figure(say: Say, dqi: float | None) -> str:
    return "-" if dqi is None else say.figure(dqi)
