"""What intake said of a file, kept with the run: an interrupted run does not read it twice."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from sogoc.errors import Sentence
from sogoc.intake.take import Taken, take
from sogoc.tables.naming import RAW

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.tables.engine import Engine

_FILE = "taken.json"


def take_once(file: Path, register: Register, engine: Engine, *, folder: Path, form: str) -> Taken:
    """Take the file in, or say again what it gave if its tables stand whole in `folder`.

    Raises DeliveryRefused.
    """
    said = folder / _FILE
    if said.is_file() and engine.has(RAW):
        return _read(json.loads(said.read_text(encoding="utf-8")))
    taken = take(file, register, engine, form=form)
    said.write_text(json.dumps(asdict(taken), ensure_ascii=False), encoding="utf-8")
    return taken


def _read(said: dict[str, object]) -> Taken:
    notes = said.pop("notes")
    sheets = said.pop("sheets")
    return Taken(
        **said,  # type: ignore[arg-type]  # written from a Taken by the function above
        sheets=tuple(sheets),  # type: ignore[arg-type]  # likewise
        notes=tuple(Sentence(**note) for note in notes),  # type: ignore[attr-defined]  # likewise
    )
