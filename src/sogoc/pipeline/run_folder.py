"""The folder of a run: what an interrupted run left whole is used again, if nothing changed."""

from __future__ import annotations

import hashlib
import shutil
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MARK = "made-of"


def ready_folder(folder: Path, made_of: Iterable[object]) -> Path:
    """`folder` for a run made of these things: emptied if it was begun with others.

    What goes in decides every table: the file, the contract, the rules, the population release,
    the day, the program. A table from other inputs must never be taken for one of this run.
    """
    words = "\n".join(str(one) for one in (version("sogoc"), *made_of))
    mark = hashlib.sha256(words.encode()).hexdigest()
    file = folder / _MARK
    if not file.is_file() or file.read_text(encoding="ascii") != mark:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        file.write_text(mark, encoding="ascii")
    return folder


def forget_older(runs: Path, mine: Iterable[int], *, keep: int) -> None:
    """Remove the stage tables of this register's older runs; the newest `keep` stay."""
    for run in sorted(mine, reverse=True)[keep:]:
        shutil.rmtree(runs / str(run), ignore_errors=True)
