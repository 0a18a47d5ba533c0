"""`sogoc serve`: the pages of this node, on this machine only."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sogoc.cli.context import Desk, desk_of
from sogoc.database.store import Connection, Store
from sogoc.localities.units import Units
from sogoc.node.node import Node, open_node
from sogoc.node.words import flaw_in_words
from sogoc.pipeline.parts import Parts as NodeParts
from sogoc.score.rule_file import load
from sogoc.web.app import app
from sogoc.web.entrance import Keys
from sogoc.web.parts import GroupLine, Parts, RuleNote
from sogoc.web.serve import HOST, serve

if TYPE_CHECKING:
    from sogoc.node.figures.counting import Figures


def serve_command(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(help="Port; else as set, 8460.")] = 0,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
    page: Annotated[str, typer.Option(help="Page to open, such as /vi/deliveries/1.")] = "/",
) -> None:
    """Show the pages of this node until you stop it (Ctrl-C)."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        show(desk, node, port=port or desk.settings.port, page=page if open_page else "")


def show(desk: Desk, node: Node, *, port: int, page: str) -> None:
    """Print the link that lets in and leads to `page`; open it if a page is named; serve."""
    keys = Keys()
    link = f"http://{HOST}:{port}{keys.path()}" + (f"?to={page}" if page else "")
    desk.say.line(
        f"Mở trang này trên máy này (đường dẫn dùng một lần): {link}",
        f"Open this page on this machine (the link works once): {link}",
    )
    if page:
        webbrowser.open(link)
    serve(app(web_parts(desk, node), keys, _figures(desk, node)), port=port)


def _figures(desk: Desk, node: Node) -> Figures:
    """What the pages count, beside how the node stands."""
    from sogoc.node.figures.counting import Figures  # noqa: PLC0415 - loaded only by a server
    from sogoc.node.figures.standing import NodeParts, Standing  # noqa: PLC0415 - see above

    parts = NodeParts(
        folder=desk.folder, settings=desk.settings, store=node.store, clock=node.parts.clock
    )
    return Figures(Standing(parts))


def web_parts(desk: Desk, node: Node) -> Parts:
    """What the pages are given of the node."""
    return Parts(
        open=lambda: _transaction(node.store),
        contracts=desk.shelf,
        units=Units.load(),
        clock=node.parts.clock,
        worklist_folder=node.parts.folder / "worklists",
        keeper=desk.settings.keeper,
        work=lambda: _work(node),
        officer=desk.officer,
        rule_note=lambda version: _note(node.parts.rules, version),
        flaw=flaw_in_words,
        policy=lambda: node.parts.policy,
    )


@contextmanager
def _transaction(store: Store) -> Iterator[Connection]:
    with store.connect() as connection, connection.transaction():
        yield connection


@contextmanager
def _work(node: Node) -> Iterator[NodeParts]:
    """The node's parts over a connection of their own: pages are asked for side by side."""
    with node.store.connect() as connection:
        yield replace(node.parts, connection=connection)


def _note(folder: Path, version: str) -> RuleNote:
    """What the rule file of that version says; a version no longer there has only its name."""
    for file in folder.glob(f"{version}*.yaml"):
        rules = load(file)
        if rules.version == version:
            return RuleNote(
                version=version,
                source="; ".join(source.text for source in rules.sources),
                checked_against_text=rules.checked_against_text,
                groups=tuple(
                    GroupLine(
                        group=one.group, reason=one.reason, when=one.when, sentence=one.sentence
                    )
                    for one in rules.groups
                ),
            )
    return RuleNote(version=version)
