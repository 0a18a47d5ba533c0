"""The folder of a run: what an interrupted run left whole is used again, if nothing changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING

from sogoc.errors import Sentence
from sogoc.intake.take import Taken, take
from sogoc.tables.naming import RAW

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.tables.engine import Engine

_MARK = "made-of"
_TAKEN = "taken.json"


def ready_folder(folder: Path, made_of: Iterable[object]) -> Path:
    """`folder` for a run made of these things: emptied if it was begun with others.

    What goes in decides every table: the file, the contract, the rules, the population release,
    the day, the program. A table from other inputs must never be taken for one of this run.
    """
    words = tuple(made_of)
    if not is_made_of(folder, words):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / _MARK).write_text(_marked(words), encoding="ascii")
    return folder


def is_made_of(folder: Path, made_of: Iterable[object]) -> bool:
    """Whether the folder is that of a run made of these things, by this program."""
    file = folder / _MARK
    return file.is_file() and file.read_text(encoding="ascii") == _marked(made_of)


def _marked(made_of: Iterable[object]) -> str:
    words = "\n".join(str(one) for one in (version("sogoc"), *made_of))
    return hashlib.sha256(words.encode()).hexdigest()


def forget_older(runs: Path, mine: Iterable[int], *, keep: int) -> None:
    """Remove the stage tables of this register's older runs; the newest `keep` stay."""
    for run in sorted(mine, reverse=True)[keep:]:
        shutil.rmtree(runs / str(run), ignore_errors=True)


def take_once(file: Path, register: Register, engine: Engine, *, folder: Path, form: str) -> Taken:
    """Take the file in, or say again what it gave if its tables stand whole in `folder`.

    Raises DeliveryRefused.
    """
    said = folder / _TAKEN
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
