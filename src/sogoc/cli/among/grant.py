"""`sogoc grant`: who may ask what of this node's registers, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sogoc.access.grant import (
    NOT_THE_KEEPER,
    Operation,
    Question,
    State,
    check_writer,
    is_keepers_own,
    sensitive_among,
)
from sogoc.access.grant_form import grant_at, written
from sogoc.access.grant_store import GrantStore
from sogoc.access.keeping.orders import check_deferral
from sogoc.access.odrl import odrl
from sogoc.access.policies import PolicyBook, own_policies, policy_of
from sogoc.access.usage import USAGE
from sogoc.cli.among.listening import who_of
from sogoc.cli.context import Desk, desk_of
from sogoc.clock import SystemClock, today
from sogoc.contract.model import Register
from sogoc.exchange.client import Line, ask
from sogoc.exchange.granting import SERVICE
from sogoc.exchange.names import Service, subsystem
from sogoc.exchange.patience.again import ONCE
from sogoc.node.member import current_directory
from sogoc.node.node import open_node
from sogoc.node.offering.own_services import journal_rules

app = typer.Typer(no_args_is_help=True, help="Who may ask what of this node's registers, and why.")

Fields = Annotated[str, typer.Option(help="Names of fields, joined by commas.")]


@app.command("ask")
def ask_command(context: typer.Context, file: Path) -> None:
    """Write down a grant as its file asks for it; it allows nothing until the keeper accepts it."""
    desk = desk_of(context)
    told = grant_at(file)
    with open_node(desk.folder, desk.settings) as node:
        check_deferral(told, journal_rules(desk.folder, node.parts.clock))
        check_writer(told, desk.settings.member)
        store = GrantStore(node.parts.connection, node.parts.clock)
        store.ask(told, _register(desk, told.register), officer=desk.officer)
    desk.say.plain(policy_of(told))


@app.command("request")
def request_command(
    context: typer.Context,
    file: Path,
    keeper: Annotated[str, typer.Argument(help="Who keeps the register: VN/GOV/01/POP.")],
    *,
    officer: Annotated[str, typer.Option(help="Who asks, after a country code: VN001.")],
) -> None:
    """Ask another node's keeper for a grant over the line; its officer accepts or refuses it."""
    desk = desk_of(context)
    told = grant_at(file)
    who = who_of(desk)
    clock = SystemClock()
    form = {name: value for name, value in written(told).items() if name != "member"}
    answer = ask(
        Service(subsystem(keeper), SERVICE),
        "/v1/ask",
        json.dumps(form, ensure_ascii=False).encode(),
        asker=who.asker(officer, told.purpose),
        # A request that came and whose answer was lost would be refused as the second of its id.
        line=Line(
            directory=current_directory(desk.folder, desk.settings, clock),
            clock=clock,
            patience=ONCE,
        ),
    )
    state = json.loads(answer)["state"]
    desk.say.line(f"{told.id}: {state}", f"{told.id}: {state}")


@app.command("export")
def export_command(context: typer.Context) -> None:
    """Print the accepted grants as ODRL 2.2 policies, for catalogues and other tools."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        held = GrantStore(node.parts.connection, node.parts.clock).held(State.ACCEPTED)
    told = odrl([one.grant for one in held], keeper=desk.settings.member)
    desk.say.plain(json.dumps(told, ensure_ascii=False, indent=2))


@app.command("accept")
def accept_command(context: typer.Context, grant: str, *, reason: str = "") -> None:
    """Accept a grant: from now on its member may ask."""
    _change(context, grant, State.ACCEPTED, reason=reason)


@app.command("refuse")
def refuse_command(context: typer.Context, grant: str, *, reason: str = "") -> None:
    """Refuse a grant that was asked for."""
    _change(context, grant, State.REFUSED, reason=reason)


@app.command("withdraw")
def withdraw_command(context: typer.Context, grant: str, *, reason: str = "") -> None:
    """Withdraw a grant: within seconds nobody asks by it any more."""
    _change(context, grant, State.WITHDRAWN, reason=reason)


@app.command("list")
def list_command(context: typer.Context) -> None:
    """List all grants with their state."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        held = GrantStore(node.parts.connection, node.parts.clock).held()
    desk.say.table(
        [
            ("mã", "id"),
            ("trạng thái", "state"),
            ("cơ quan", "member"),
            ("cơ sở dữ liệu", "register"),
            ("thủ tục", "procedure"),
            ("đến ngày", "until"),
        ],
        [
            (
                one.grant.id,
                str(one.state),
                one.grant.member,
                one.grant.register,
                one.grant.purpose,
                one.grant.last_day.isoformat(),
            )
            for one in held
        ],
    )


@app.command("explain")
def explain_command(  # noqa: PLR0913 - what a question says of itself
    context: typer.Context,
    member: str,
    register: str,
    *,
    fields: Fields,
    purpose: Annotated[str, typer.Option(help="Code of the procedure.")],
    operation: Annotated[Operation, typer.Option(help="How it would ask.")] = Operation.READ,
    people: Annotated[int, typer.Option(help="How many persons one question names.")] = 1,
) -> None:
    """Say whether a member may ask this today, by which grant, and if not, what is missing.

    For a search, --fields names those it goes by as well: what it goes by is told by what it finds.
    """
    desk = desk_of(context)
    touched = _set(fields)
    with open_node(desk.folder, desk.settings) as node:
        held = GrantStore(node.parts.connection, node.parts.clock).held(State.ACCEPTED)
        book = PolicyBook([one.grant for one in held], own_policies(node.parts.folder))
        decision = book.decide(
            Question(
                member=member,
                officer=desk.officer,
                register=register,
                operation=operation,
                fields=touched,
                purpose=purpose,
                request_id="explain",
                on=today(node.parts.clock),
                keys=people,
                sensitive=sensitive_among(touched, _register(desk, register)),
            )
        )
    if operation is Operation.WRITE and not is_keepers_own(member, desk.settings.member):
        decision = replace(decision, allowed=False, reason=NOT_THE_KEEPER)
    desk.say.line("Được." if decision.allowed else "Không.", "Yes." if decision.allowed else "No.")
    desk.say.sentence(decision.reason)


def _change(context: typer.Context, grant: str, state: State, *, reason: str) -> None:
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        store = GrantStore(node.parts.connection, node.parts.clock)
        store.change(grant, state, officer=desk.officer, reason=reason)
    desk.say.line(f"{grant}: {state}", f"{grant}: {state}")


def _register(desk: Desk, register: str) -> Register:
    """A register by its id; the journal itself is one, for the subject's view."""
    return USAGE if register == USAGE.id else desk.shelf.register(register)


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
