"""`sogoc deliver`, `undo`, `deliveries`, `export` and `score`: the main job, from the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sogoc.cli.context import Desk, desk_of
from sogoc.cli.telling.say import Say
from sogoc.cli.telling.summary import say_summary
from sogoc.database.deliveries import Deliveries, Scope
from sogoc.node.node import open_node
from sogoc.pipeline.after.exporting import export_run
from sogoc.pipeline.after.rescoring import Figure, score_again
from sogoc.pipeline.after.taking_back import take_back
from sogoc.pipeline.deliver import Delivered, Request, deliver
from sogoc.pipeline.parts import Parts
from sogoc.pipeline.stages import LABELS, Stage
from sogoc.tables.addresses import one_file
from sogoc.web.reading.figures import Reader


def deliver_command(  # noqa: PLR0913 - what a file does not say of itself
    context: typer.Context,
    register: Annotated[str, typer.Argument(help="Id of the register; see: sogoc register list.")],
    file: Annotated[
        str,
        typer.Argument(
            help="Excel, OpenDocument, CSV, JSON lines or Parquet; or a folder of Parquet, or the "
            "address of one of these."
        ),
    ],
    *,
    form: Annotated[str, typer.Option(help="Id of the form, where the file fits several.")] = "",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day the data speaks for; else today."),
    ] = None,
    officer: Annotated[str, typer.Option(help="Who hands it in; else the account's name.")] = "",
    single_records: Annotated[
        bool,
        typer.Option(
            "--single-records",
            help="The file speaks for its records alone: no other counts as missing.",
        ),
    ] = False,
    ending: Annotated[
        bool,
        typer.Option("--ending", help="The records in the file end; only what names them counts."),
    ] = False,
) -> None:
    """Bring a file into its register: records with history, named errors, a score, lists."""
    desk = desk_of(context)
    single = Scope.RECORDS if single_records else Scope.PLACES
    with open_node(desk.folder, desk.settings) as node, at_hand(node.parts, file) as here:
        request = Request(
            register=register,
            file=here,
            officer=officer or desk.officer,
            form=form,
            as_of=as_of.date() if as_of else None,
            scope=Scope.ENDINGS if ending else single,
        )
        delivered = deliver_with_progress(desk, node.parts, request)
        say_summary(desk.say, node.parts, delivered)


@contextmanager
def at_hand(parts: Parts, given: str) -> Iterator[Path]:
    """What is handed in as one file of this machine, for as long as it is read.

    A file is taken as it is. A folder of Parquet makes one file, which is the delivery that the
    node keeps. What stands far away is fetched by the engine. Raises AddressRefused.
    """
    is_address = "://" in given and not given.startswith(("postgresql:", "postgres:"))
    if not is_address and not Path(given).is_dir():
        yield Path(given)
        return
    parts.runs.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".arriving-", dir=parts.runs) as name:
        folder = Path(name)
        with parts.engine(folder / "tables") as engine:
            place = engine.fetch(given, folder)
        yield one_file(place, folder)


def export_command(
    context: typer.Context,
    delivery: Annotated[int, typer.Argument(help="Number of the delivery; see: sogoc deliveries.")],
    address: Annotated[
        str, typer.Argument(help="A folder that is not there yet; on Spark any address it knows.")
    ],
    *,
    by: Annotated[
        list[str] | None, typer.Option(help="Column by which tables that have it are parted.")
    ] = None,
) -> None:
    """Write what a delivery brought and what was found as Parquet: records, errors, persons."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        written = export_run(node.parts, delivery, address, by=by or ())
    desk.say.table(
        [("Bảng", "table"), ("Số dòng", "rows")],
        [(table, str(rows)) for table, rows in written.items()],
    )


def deliver_with_progress(desk: Desk, parts: Parts, request: Request) -> Delivered:
    """Deliver, with a bar for each stage that is reached; the bars go when all is done."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=desk.say.console,
        transient=True,
        disable=not desk.say.console.is_terminal,
    ) as progress:
        bars: dict[Stage, TaskID] = {}

        def tell(stage: Stage, done: int, steps: int) -> None:
            label = desk.say.text(LABELS[stage].vi, LABELS[stage].en)
            if stage not in bars:
                bars[stage] = progress.add_task(f"{label:<24}", total=max(steps, 1))
            progress.update(bars[stage], total=max(steps, 1), completed=done)

        return deliver(parts, request, tell=tell)


def undo_command(
    context: typer.Context,
    delivery: Annotated[int, typer.Argument(help="Number of the delivery; see: sogoc deliveries.")],
) -> None:
    """Take a delivery back: the register stands as it did before."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        take_back(node.parts, delivery)
    desk.say.line(f"Đã rút lại lô số {delivery}.", f"Delivery {delivery} was taken back.")


def deliveries_command(
    context: typer.Context,
    register: Annotated[str, typer.Option(help="Only of this register.")] = "",
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """List what was handed in, newest first."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        found = Deliveries(node.parts.connection).newest(register or None, limit=most)
    desk.say.table(
        [
            ("Số", "no."),
            ("Sổ", "register"),
            ("Tệp", "file"),
            ("Ngày số liệu", "as of"),
            ("Trạng thái", "state"),
            ("Người nộp", "handed in by"),
        ],
        [
            (str(one.id), one.register, one.file_name, day(one.as_of), one.state, one.received_by)
            for one in found
        ],
    )


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


def day(value: date) -> str:
    """A day as officers write it."""
    return f"{value:%d/%m/%Y}"
