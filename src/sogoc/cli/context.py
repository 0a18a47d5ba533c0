"""What every command is given: the node's folder, its settings, and a voice."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from sogoc.cli.telling.say import Say, language_of
from sogoc.contract.shelf import Shelf
from sogoc.node.settings import Settings, checked, find_folder, read_settings
from sogoc.shipped import shipped

FROM_ENVIRONMENT = {
    "SOGOC_DATABASE_URL": "database_url",
    "SOGOC_LANGUAGE": "language",
    "SOGOC_KEEPER": "keeper",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a command works, and for whom."""

    folder: Path
    settings: Settings
    say: Say

    @property
    def shelf(self) -> Shelf:
        """The contracts: the node's own before those that travel along."""
        return Shelf((self.folder / "registers", shipped("registers")))

    @property
    def officer(self) -> str:
        """Who sits at the desk, as the machine knows them, for the record of who did what."""
        return getpass.getuser()


def desk_for(node: Path | None, language: str) -> Desk:
    """The desk that the options, the environment and `sogoc.toml` describe, in this order."""
    environment = dict(os.environ)  # noqa: TID251 - the command line reads the environment
    named = node or (Path(environment["SOGOC_NODE"]) if environment.get("SOGOC_NODE") else None)
    folder = named or find_folder(Path.cwd())
    over: dict[str, Any] = {
        setting: environment[name]
        for name, setting in FROM_ENVIRONMENT.items()
        if environment.get(name)
    }
    if language:
        over["language"] = language
    settings = checked(read_settings(folder), over, where="environment")
    spoken = language_of(settings.language, environment)
    return Desk(folder=folder.resolve(), settings=settings, say=Say(spoken))


def desk_of(context: typer.Context) -> Desk:
    """The desk that the main command set up."""
    desk = context.find_object(Desk)
    if desk is None:
        raise LookupError("the main command sets up the desk")
    return desk
