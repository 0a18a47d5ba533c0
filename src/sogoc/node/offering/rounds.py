"""Rounds on this node: who we are in them, who the others are, and what the door does with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sogoc.access.grant import State
from sogoc.access.grant_store import GrantStore
from sogoc.access.policies import PolicyBook, own_policies
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.errors import DirectoryRefused, Sentence
from sogoc.exchange.client import Line
from sogoc.exchange.directory import KeysAt, read_directory
from sogoc.exchange.hub import Hub
from sogoc.exchange.names import subsystem
from sogoc.node.member import current_directory, hub_key
from sogoc.node.offering.openers import Openers
from sogoc.node.peers import ROUNDS, Peers
from sogoc.rounds.taken import TakenRounds
from sogoc.rounds.taking import Taking, asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.exchange.directory import Directory
    from sogoc.exchange.protocol import Envelope
    from sogoc.node.figures.peers import PeerFigures
    from sogoc.node.member import Membership
    from sogoc.node.node import Node
    from sogoc.node.serving import Exchanging
    from sogoc.rounds.opening import Them, Us
    from sogoc.rounds.taking import Reply

CARRIED_FOR = timedelta(days=7)
"""How old a directory may be by which a package on a medium is judged: where there is no line, a
directory of the last minute cannot be had."""


def us_of(who: Membership) -> Us:
    """This node as others know it."""
    # A worker that answers opens no round: it does without the tables that this takes.
    from sogoc.rounds.opening import Us  # noqa: PLC0415 - see above

    openers = Openers(who)
    return Us(
        member=str(who.who),
        key=who.key,
        key_id=who.key_id,
        ours=openers.has,
        openers=openers.of,
    )


def them_at(keys: KeysAt, member: str) -> Them:
    """Another node with its newest key. Raises DirectoryRefused if it is no member."""
    from sogoc.rounds.opening import Them  # noqa: PLC0415 - see `us_of`

    found = keys.directory.member(subsystem(member))
    held = [key for key in found.keys if key.holds_at(keys.moment)] if found else []
    if not held:
        raise DirectoryRefused(
            Sentence(
                vi=f"Danh bạ không có {member}, hoặc khóa của cơ quan này đã hết hạn.",
                en=f"The directory has no {member}, or its key has run out.",
            )
        )
    newest = max(held, key=lambda key: key.since)
    return Them(member=member, key=newest.sealing or newest.public, key_id=newest.id)


def directory_now(node: Node, who: Membership) -> Directory:
    """The directory in force; the hub goes by its own. Raises DirectoryRefused, SettingsError."""
    if node.settings.hub_address:
        return current_directory(node.parts.folder, node.settings, node.parts.clock)
    life = timedelta(seconds=node.settings.directory_seconds)
    hub = Hub(node.parts.connection, node.parts.clock, who.hub_key.name, who.key, life)
    note = hub.publish(who.who.instance)
    return read_directory(note, [who.hub_key], moment=node.parts.clock.now())


def line_of(
    node: Node, who: Membership, *, timeout_seconds: float, figures: PeerFigures | None = None
) -> Callable[[], Line]:
    """The line to others; its directory is fetched anew before it runs out."""
    clock, held = node.parts.clock, list[Line]()

    def directory() -> Directory:
        return held[0].directory

    peers = Peers(directory=directory, clock=clock, figures=figures)

    def line() -> Line:
        if not held:
            held[:] = [
                Line(
                    directory=directory_now(node, who),
                    clock=clock,
                    timeout_seconds=timeout_seconds,
                    breaker=peers.breaker(ROUNDS),
                )
            ]
        elif directory().expires - clock.now() < _SOON:
            # What is remembered of those who are down is for longer than a directory.
            held[:] = [replace(held[0], directory=directory_now(node, who))]
        return held[0]

    return line


_SOON = timedelta(seconds=20)


def keys_by_medium(node: Node, who: Membership) -> KeysAt:
    """The keys by which a package on a medium is judged.

    Those of the directory in force, where it can be had; else of the one in `var/directory.note`,
    which was fetched last or carried there, if it ran out no more than `CARRIED_FOR` ago. Raises
    DirectoryRefused.
    """
    now = node.parts.clock.now()
    try:
        return directory_now(node, who).at(now)
    except DirectoryRefused:
        kept = node.parts.folder / "var" / "directory.note"
    try:
        note = kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise DirectoryRefused(
            Sentence(
                vi="Nút không có danh bạ: chép trang /directory của trung tâm vào tệp "
                "var/directory.note của nút.",
                en="The node has no directory: copy the hub's page /directory into the node's file "
                "var/directory.note.",
            )
        ) from wrong
    hub = hub_key(node.parts.folder, node.settings) if node.settings.hub_key else who.hub_key
    return KeysAt(read_directory(note, [hub], moment=now - CARRIED_FOR), now)


def taking_at_desk(node: Node, who: Membership, keys: KeysAt) -> Taking:
    """What taking a package from a medium needs."""
    parts, us = node.parts, us_of(who)
    held = GrantStore(parts.connection, parts.clock).held(State.ACCEPTED)
    return Taking(
        rounds=TakenRounds(parts.connection, parts.clock),
        folder=parts.folder,
        member=us.member,
        ours=us.ours,
        keys=keys,
        policies=PolicyBook([one.grant for one in held], own_policies(parts.folder)),
        journal=PostgresJournal(node.store),
        registers={one.id: one for one in parts.shelf.registers()},
    )


def answers_rounds(exchanging: Exchanging) -> Callable[[str, Envelope, bytes], Reply]:
    """What the door does with questions about rounds."""
    clock, folder = exchanging.clock, exchanging.served.folder
    registers = exchanging.registers()
    openers = Openers(exchanging.who)

    def answered(path: str, sender: Envelope, body: bytes) -> Reply:
        answering = exchanging.answering()
        taking = Taking(
            rounds=TakenRounds(exchanging.connections.mine(), clock),
            folder=folder,
            member=str(exchanging.who.who),
            ours=openers.has,
            keys=exchanging.directory().at(clock.now()),
            policies=answering.policies,
            journal=answering.journal,
            registers=registers,
        )
        return asked(path, sender, body, by=taking)

    return answered
