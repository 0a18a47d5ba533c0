"""What the façades are given, and what an operator may set about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING

from sogoc.access.postgres_journal import take_once
from sogoc.clock import today
from sogoc.errors import Sentence, SettingsError
from sogoc.exchange.answering import answer
from sogoc.exchange.limits import Breaker
from sogoc.exchange.names import subsystem
from sogoc.facades.callers import MARK_SECONDS, Doorkeeper
from sogoc.facades.queries import asked_by, checked
from sogoc.facades.query_shelf import QueryShelf, page_of
from sogoc.facades.writing import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor

    from sogoc.contract.model import Register
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.directory import Directory
    from sogoc.exchange.names import Subsystem
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.callers import Calling, Network
    from sogoc.facades.queries import Query
    from sogoc.facades.query_shelf import Page
    from sogoc.facades.writing import Write, Writer, Written
    from sogoc.trust.keys import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class FacadeSettings:
    """What an operator decides. Without any of it nobody is trusted but who shows a token."""

    mediators: tuple[Network, ...] = ()
    """Addresses of Information Mediators whose word on who asks is taken."""
    older: frozenset[str] = frozenset()
    """Clients that know the Database API only in its older spelling."""
    callbacks: tuple[tuple[str, str], ...] = ()
    """Clients, each with the beginning of an address at which it may be called back."""
    callback_networks: tuple[Network, ...] = ()
    """Networks that are not public and may yet be called back."""
    simulates_ndxp: bool = False
    """Whether a simulator of the platform's population service is served, labelled as one."""
    single_use_required: bool = False
    """Whether a caller's token must bear an id, by which it is used once."""
    signatures_required: bool = False
    """Whether a DCI message must bear a signature of its own, beside the caller's token."""


def networks(text: str, *, setting: str) -> tuple[Network, ...]:
    """Networks from a setting, divided by blanks. Raises SettingsError."""
    try:
        return tuple(ip_network(each) for each in text.split())
    except ValueError as wrong:
        raise SettingsError(
            Sentence(
                vi=f"Mục {setting} phải gồm các địa chỉ mạng cách nhau bởi dấu cách, "
                "như 10.0.0.5 10.1.0.0/16.",
                en=f"{setting} must hold network addresses divided by blanks, as in "
                "10.0.0.5 10.1.0.0/16.",
            )
        ) from wrong


def callbacks(text: str) -> tuple[tuple[str, str], ...]:
    """Clients and beginnings of addresses from a setting, `VN/GOV/02/LAND=https://...`."""
    told = [each.partition("=") for each in text.split()]
    if not all(who and begins.startswith(("https://", "http://")) for who, _, begins in told):
        raise SettingsError(
            Sentence(
                vi="Mục callbacks gồm các mục VN/GOV/02/LAND=https://... cách nhau bởi dấu cách.",
                en="callbacks holds VN/GOV/02/LAND=https://... , divided by blanks.",
            )
        )
    return tuple((who, begins) for who, _, begins in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacadeParts:
    """The open parts. `directory`, `answering` and `connection` give what holds at this moment."""

    provider: Subsystem
    address: str
    """This node as others see it."""
    key: SigningKey
    key_id: str
    directory: Callable[[], Directory]
    answering: Callable[[], Answering]
    registers: Mapping[str, Register]
    connection: Callable[[], Connection]
    threads: Executor
    settings: FacadeSettings
    writer: Writer
    breaker: Breaker = field(default_factory=Breaker)
    """Which clients are not called back for a while, since they did not answer."""

    def caller(self, calling: Calling) -> Envelope:
        """Who calls. Raises BadSeal, BadQuestion, DirectoryRefused, StoreError."""
        keeper = Doorkeeper(
            directory=self.directory(),
            mediators=self.settings.mediators,
            audience=self.address,
            take=lambda mark: take_once(self.connection(), mark, seconds=MARK_SECONDS),
            ids_required=self.settings.single_use_required,
        )
        return keeper.believed(calling, now=self.answering().clock.now())

    def callbacks_of(self, client: str) -> tuple[str, ...]:
        """Beginnings of addresses at which a client may be called back; none for who has left."""
        member = self.directory().member(subsystem(client))
        if member is None:
            return ()
        named = tuple(begins for who, begins in self.settings.callbacks if who == client)
        return (member.address, *named) if member.address else named

    def ask(self, query: Query, caller: Envelope) -> Page:
        """Put a query the way that every question goes: decided, looked up, journalled.

        Raises BadQuestion, AccessDenied, TooManyQuestions, UnknownThing and StoreError.
        """
        answering = self.answering()
        whole = checked(query)
        asked = asked_by(whole, caller, answering.grants, on=today(answering.clock))
        shelf = QueryShelf(self.connection(), whole)
        return page_of(answer(caller, asked, shelf, by=answering))

    def write(self, write: Write, caller: Envelope) -> Written:
        """Bring a write the way that every write goes: decided, handed in, journalled, then told.

        Raises BadQuestion, AccessDenied, TooManyQuestions, UnknownThing, DeliveryRefused and
        StoreError.
        """
        answering, keeper = self.answering(), str(self.provider)
        return written(write, caller, by=answering, writer=self.writer, keeper=keeper)
