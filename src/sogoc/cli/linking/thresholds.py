"""`sogoc link thresholds`: the thresholds that cost least on records whose person is known."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sogoc.cli.context import desk_of
from sogoc.cli.linking.naming import named
from sogoc.cli.telling.thresholds import say_lines
from sogoc.errors import DeliveryRefused, Place, Sentence, UnknownThing
from sogoc.link.policy import shipped_policy
from sogoc.node.node import open_node
from sogoc.pipeline.after.pricing import lines

if TYPE_CHECKING:
    from sogoc.contract.model import Register
    from sogoc.pipeline.after.pricing import Known

_HEADER = ("record", "number")


def thresholds_command(
    context: typer.Context,
    register: str,
    truth: Annotated[
        Path, typer.Argument(help="CSV with record,number: who is meant; no number: nobody.")
    ],
    *,
    false_link: Annotated[
        float | None, typer.Option(min=1, help="What a wrong person costs, in reviews.")
    ] = None,
    missed_link: Annotated[
        float | None, typer.Option(min=1, help="What a person missed costs, in reviews.")
    ] = None,
) -> None:
    """Find on a file of truth the thresholds that cost least, beside those that linking uses.

    Those follow from the costs alone, if probabilities are right; the file tells whether they are.
    """
    desk = desk_of(context)
    held = desk.shelf.register(register)
    costs = shipped_policy().costs
    costs = replace(
        costs,
        false_link=false_link or costs.false_link,
        missed_link=missed_link or costs.missed_link,
    )
    known = _known(held, truth)
    with open_node(desk.folder, desk.settings) as node:
        found = lines(node.parts, held, known, costs=costs)
    say_lines(desk.say, found)


def _known(register: Register, file: Path) -> list[Known]:
    """The rows of the file. Raises DeliveryRefused with the first line that cannot be read."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.reader(opened)
            if tuple(each.strip() for each in next(rows, [])) != _HEADER:
                raise _refused(file, 1)
            read = [(line, _row(register, row)) for line, row in enumerate(rows, 2) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as unreadable:
        raise _refused(file, 1) from unreadable
    for line, row in read:
        if row is None:
            raise _refused(file, line)
    return [row for _, row in read if row]


def _row(register: Register, row: list[str]) -> Known | None:
    try:
        record, number = (each.strip() for each in row)
        who = named(register, record)
    except (ValueError, UnknownThing):
        return None
    return who.object.name, who.record, who.person, number or None


def _refused(file: Path, line: int) -> DeliveryRefused:
    return DeliveryRefused(
        Sentence(
            f"Dòng {line}: cần một tệp CSV có tiêu đề record,number; mỗi dòng là số bản ghi (12, "
            "quyen/12 hoặc quyen/12/NGƯỜI) và số định danh của người đúng, để trống nếu người đó "
            "không có trong dân cư.",
            f"Line {line}: a CSV file with the header record,number is needed; each line holds the "
            "number of a record (12, quyen/12 or quyen/12/PERSON) and that of the person meant, "
            "none where nobody of the population is.",
        ),
        place=Place(file=str(file)),
    )
