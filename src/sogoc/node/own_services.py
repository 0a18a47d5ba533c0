"""The services of a node that are no register: the subject's view of the journal, and grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.access.grant_store import GrantStore
from sogoc.access.keeping.rule_file import rules_at
from sogoc.access.log import Log
from sogoc.access.postgres_book import PostgresBook
from sogoc.clock import today
from sogoc.errors import BadQuestion, DirectoryRefused
from sogoc.exchange.granting import SERVICE, GrantDesk
from sogoc.exchange.names import subsystem
from sogoc.exchange.usage.desk import SERVICES, UsageDesk
from sogoc.exchange.usage.postgres_kin import PostgresKin
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.access.keeping.rule_file import JournalRules
    from sogoc.clock import Clock
    from sogoc.exchange.answering import Answering, Found
    from sogoc.node.serving import Exchanging
    from sogoc.trust.messages import Request


def journal_rules(folder: Path, clock: Clock) -> JournalRules:
    """The rules of the journal in force: the node's own files, else those that travel along."""
    own = folder / "rules" / "journal"
    return rules_at(own if any(own.glob("*.yaml")) else shipped("rules") / "journal", today(clock))


def own_services(parts: Exchanging) -> dict[str, Callable[[Request, Answering], Found]]:
    """The services by their code, as the door takes them. Raises RuleFileError."""
    clock = parts.node.parts.clock
    rules = journal_rules(parts.node.parts.folder, clock)
    registers = parts.registers()

    def store() -> GrantStore:
        return GrantStore(parts.connections.mine(), clock)

    def book() -> PostgresBook:
        connection = parts.connections.mine()
        return PostgresBook(connection, store(), Log(connection, parts.who.origin))

    def names(member: str) -> str:
        try:
            found = parts.directory().member(subsystem(member).owner)
        except (DirectoryRefused, BadQuestion):
            return ""
        return found.name if found else ""

    usage = UsageDesk(
        provider=str(parts.who.who),
        address=parts.who.address,
        book=book,
        kin=lambda: PostgresKin(parts.connections.mine(), tuple(registers.values())),
        rules=rules,
        registers=registers,
        names=names,
    )
    grants = GrantDesk(
        provider=str(parts.who.who),
        address=parts.who.address,
        store=store,
        registers=registers,
        rules=rules,
    )
    return {**dict.fromkeys(SERVICES, usage.answered), SERVICE: grants.answered}
