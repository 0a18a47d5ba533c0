"""`sogoc node monitoring`, `node catalogue`, `hub catalogue`: what a node says of itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated

import typer

from sogoc.cli.among.listening import who_of
from sogoc.cli.context import Desk, desk_of
from sogoc.errors import NodeUnreachable, Sentence
from sogoc.exchange.described.graph import Statement, as_json_ld, as_turtle
from sogoc.exchange.directory import read_directory
from sogoc.exchange.hub import Hub
from sogoc.exchange.monitoring.store import given, named
from sogoc.node.describing.catalogue import all_catalogues, collect, own_catalogue
from sogoc.node.node import open_node
from sogoc.node.peers import Peers

Turtle = Annotated[bool, typer.Option("--turtle", help="Turtle instead of JSON-LD.")]


def monitoring_command(
    context: typer.Context,
    *,
    since: Annotated[datetime | None, typer.Option(help="From this moment on, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this moment, in UTC.")] = None,
    detail: Annotated[str, typer.Option(help="The id that a refusal named.")] = "",
) -> None:
    """Show the newest records of operational monitoring, in the form of X-Road, as JSON."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        connection = node.parts.connection
        told = named(connection, detail) if detail else given(connection, since=since, until=until)
    desk.say.plain(json.dumps(told, ensure_ascii=False, indent=2))


def catalogue_command(context: typer.Context, *, turtle: Turtle = False) -> None:
    """Show this node's catalogue of registers (DCAT-AP 3), generated from their contracts."""
    desk = desk_of(context)
    who = who_of(desk)
    _, told = own_catalogue(who, desk.settings.keeper, desk.shelf.registers())
    _say(desk, told, turtle=turtle)


def all_catalogues_command(context: typer.Context, *, turtle: Turtle = False) -> None:
    """At the hub: fetch the members' catalogues and show them with its own as one."""
    desk = desk_of(context)
    who = who_of(desk)
    with open_node(desk.folder, desk.settings) as node:
        now = node.parts.clock.now()
        life = timedelta(seconds=desk.settings.directory_seconds)
        hub = Hub(node.parts.connection, node.parts.clock, who.hub_key.name, who.key, life)
        note = hub.publish(who.who.instance)
        directory = read_directory(note, [who.hub_key], moment=now)
        peers = Peers(directory=lambda: directory, clock=node.parts.clock)
        count = collect(desk.folder, directory, own=who, moment=now, peers=peers)
        mine = own_catalogue(who, desk.settings.keeper, desk.shelf.registers())
        told = all_catalogues(desk.folder, directory, mine, own=who, moment=now)
    others = len(directory.members) - 1
    if count < others:
        desk.say.refusal(
            NodeUnreachable(
                Sentence(
                    vi=f"{others - count} cơ quan không gửi danh mục có chữ ký; dùng bản cũ hoặc "
                    "danh bạ.",
                    en=f"{others - count} members gave no signed catalogue; an earlier one or the "
                    "directory stands in.",
                )
            )
        )
    _say(desk, told, turtle=turtle)


def _say(desk: Desk, told: list[Statement], *, turtle: bool) -> None:
    if turtle:
        desk.say.plain(as_turtle(told))
    else:
        desk.say.plain(json.dumps(as_json_ld(told), ensure_ascii=False, indent=2))
