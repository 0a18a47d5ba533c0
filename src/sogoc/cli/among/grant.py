"""`sogoc grant`: who may ask what of this node's registers, and why."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from sogoc.access.grant import Grant, Operation, Question, State, sensitive_among
from sogoc.access.grant_store import GrantStore
from sogoc.access.policies import PolicyBook, policy_of
from sogoc.cli.context import desk_of
from sogoc.clock import today
from sogoc.errors import GrantRefused, Place, Sentence
from sogoc.node.node import open_node
from sogoc.node.serving import own_policies

app = typer.Typer(no_args_is_help=True, help="Who may ask what of this node's registers, and why.")

Fields = Annotated[str, typer.Option(help="Names of fields, joined by commas.")]

_FORM = {
    "id": str,
    "member": str,
    "register": str,
    "fields": list,
    "operations": list,
    "purpose": str,
    "ground": str,
    "first_day": date,
    "last_day": date,
}
_OPTIONAL = {"sensitive_ground": str, "rate_per_minute": int, "most_keys": int}


@app.command("ask")
def ask_command(context: typer.Context, file: Path) -> None:
    """Write down a grant as its file asks for it; it allows nothing until the keeper accepts it."""
    desk = desk_of(context)
    told = _grant(file)
    with open_node(desk.folder, desk.settings) as node:
        store = GrantStore(node.parts.connection, node.parts.clock)
        store.ask(told, desk.shelf.register(told.register), officer=desk.officer)
    desk.say.plain(policy_of(told))


def _grant(file: Path) -> Grant:
    """Read a grant from TOML. Raises GrantRefused with every mistake of the file."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise _unreadable(file, [str(wrong)]) from wrong
    shape = _FORM | _OPTIONAL
    operations = told.get("operations")
    known = set(Operation)
    mistakes = [
        *(f"{name}: ?" for name in sorted(told.keys() - shape.keys())),
        *(f"{name}: -" for name in sorted(_FORM.keys() - told.keys())),
        *(
            f"{name}: {shape[name].__name__}"
            for name, value in told.items()
            if name in shape and not isinstance(value, shape[name])
        ),
        *(
            f"operations: {each}"
            for each in (operations if isinstance(operations, list) else [])
            if each not in known
        ),
    ]
    if mistakes:
        raise _unreadable(file, mistakes)
    return Grant(
        **{
            **told,
            "fields": frozenset(map(str, told["fields"])),
            "operations": frozenset(map(Operation, told["operations"])),
        }
    )


def _unreadable(file: Path, mistakes: list[str]) -> GrantRefused:
    listed = "; ".join(mistakes)
    return GrantRefused(
        Sentence(
            vi=f"Tệp xin quyền khai thác chưa đúng ({listed}). Cần các mục: {', '.join(_FORM)}; "
            f"có thể thêm: {', '.join(_OPTIONAL)}.",
            en=f"The file that asks for a grant is not right ({listed}). It needs: "
            f"{', '.join(_FORM)}; it may have: {', '.join(_OPTIONAL)}.",
        ),
        place=Place(file=str(file)),
    )


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
def explain_command(  # noqa: PLR0913 - options of a command
    context: typer.Context,
    member: str,
    register: str,
    *,
    fields: Fields,
    purpose: Annotated[str, typer.Option(help="Code of the procedure.")],
    operation: Annotated[Operation, typer.Option(help="How it would ask.")] = Operation.READ,
    records: Annotated[
        int, typer.Option(min=1, help="How many records or persons one question would name.")
    ] = 1,
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
                keys=records,
                sensitive=sensitive_among(touched, desk.shelf.register(register)),
            )
        )
    desk.say.line("Được." if decision.allowed else "Không.", "Yes." if decision.allowed else "No.")
    desk.say.sentence(decision.reason)


def _change(context: typer.Context, grant: str, state: State, *, reason: str) -> None:
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        store = GrantStore(node.parts.connection, node.parts.clock)
        store.change(grant, state, officer=desk.officer, reason=reason)
    desk.say.line(f"{grant}: {state}", f"{grant}: {state}")


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
