"""`sogoc node` and `hub`: this node among others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.among.hub import members_command, revoke_key_command
from sogoc.cli.among.listening import (
    figures_shown,
    key_password,
    listening_of,
    tls_to_security_server,
    who_of,
)
from sogoc.cli.among.shown import all_catalogues_command, catalogue_command, monitoring_command
from sogoc.cli.among.standing import rotate_command, status_command, upgrade_command
from sogoc.cli.context import Desk, desk_of
from sogoc.clock import SystemClock
from sogoc.database.store import Connection
from sogoc.errors import Sentence, SettingsError
from sogoc.exchange.hub import Hub
from sogoc.exchange.joining import read_request
from sogoc.exchange.names import subsystem
from sogoc.node.figures.tracing import check_tracing
from sogoc.node.member import NOW, join_request, make_key, membership
from sogoc.node.node import open_node
from sogoc.node.settings import FILE, checked

node_app = typer.Typer(no_args_is_help=True, help="This node among others.")
node_app.command("status")(status_command)
node_app.command("upgrade")(upgrade_command)
node_app.command("rotate-key")(rotate_command)
hub_app = typer.Typer(no_args_is_help=True, help="Members of the exchange, at the hub.")


@node_app.command("init")
def init_command(
    context: typer.Context,
    *,
    member: Annotated[str, typer.Option(help="This node's subsystem: VN/GOV/02/LAND.")],
    address: Annotated[str, typer.Option(help="How others reach it: https://land.example.")],
    name: Annotated[str, typer.Option(help="Name of the agency.")],
    port: Annotated[int, typer.Option(help="Port at which others ask.")] = 8461,
) -> None:
    """Make the node's key and settings, and the request to join that its hub's officer accepts."""
    desk = desk_of(context)
    desk.folder.mkdir(parents=True, exist_ok=True)
    told = {"member": str(subsystem(member)), "address": address, "exchange_port": port}
    settings = checked(desk.settings, {**told, "keeper": name}, where="init")
    if not settings.key_agent:
        make_key(desk.folder, password=key_password())
    who = membership(desk.folder, settings, password=key_password())
    who.keys.make_opening(NOW)
    _write_settings(desk.folder / FILE, {**told, "keeper": name})
    request = desk.folder / "join-request.txt"
    request.write_text(join_request(who, name=name, shelf=desk.shelf), encoding="utf-8")
    desk.say.line("Đã tạo khóa và cấu hình của nút.", "The node has its key and settings.")
    desk.say.path("Đơn gia nhập, gửi trung tâm", "The request to join, for the hub", request)
    desk.say.line(
        f"Khóa của nút, để đối chiếu qua kênh khác: {who.key.public.text}",
        f"The node's key, to be compared by another way: {who.key.public.text}",
    )
    desk.say.line(
        f"Khóa kiểm tra nhật ký: {who.log_key}", f"Verifier key of its journal: {who.log_key}"
    )
    desk.say.line(
        f"Nếu đây là trung tâm, hub_key của mọi nút là: {who.hub_key}",
        f"If this is the hub, the hub_key of every node is: {who.hub_key}",
    )


def _write_settings(file: Path, told: dict[str, object]) -> None:
    """Put settings into the file; those that stand there already are replaced, others stay."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    for name, value in told.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        without = re.sub(rf"^{name}\s*=.*\n?", "", text, flags=re.MULTILINE)
        text = f"{without.strip()}\n{line}\n".lstrip()
    file.write_text(text, encoding="utf-8")


@node_app.command("serve")
def serve_command(
    context: typer.Context,
    *,
    workers: Annotated[int, typer.Option(help="Worker processes; else as set, 1.")] = 0,
) -> None:
    """Answer the questions of other nodes until you stop it (Ctrl-C)."""
    # What answers takes as long to import as all else, and other commands answer nobody.
    from sogoc.node.serving import Served, check_start  # noqa: PLC0415 - see above
    from sogoc.web.exchange.serve import serve_exchange  # noqa: PLC0415 - see above

    desk = desk_of(context)
    settings = desk.settings
    listening = listening_of(desk, workers=workers)
    check_tracing(settings)
    tls_to_security_server(desk)
    with open_node(desk.folder, settings) as node:
        served = Served(
            folder=desk.folder, settings=settings, store=node.store, password=key_password()
        )
        who = check_start(served, tell=desk.say.refusal)
        desk.say.line(
            f"Nút {who.who} trả lời tại {who.address} (Ctrl-C để dừng).",
            f"The node {who.who} answers at {who.address} (Ctrl-C stops it).",
        )
        with figures_shown(desk, node, who):
            serve_exchange(served, listening)


@hub_app.command("accept")
def accept_command(context: typer.Context, request: Path) -> None:
    """Let a node in: first compare its key with what the agency says by another way."""
    desk = desk_of(context)
    told = read_request(_content(request))
    desk.say.line(
        f"{told.client} - {told.name} - {told.address} - khóa {told.public.text}",
        f"{told.client} - {told.name} - {told.address} - key {told.public.text}",
    )
    with open_node(desk.folder, desk.settings) as node:
        _hub(desk, node.parts.connection).accept(told, officer=desk.officer)
    desk.say.line("Đã nhận vào danh bạ.", "It is in the directory from now on.")


@hub_app.command("remove")
def remove_command(context: typer.Context, member: str) -> None:
    """Take a member out: within a minute no node believes it any more."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        _hub(desk, node.parts.connection).remove(member, officer=desk.officer)
    desk.say.line("Đã đưa ra khỏi danh bạ.", "It is out of the directory.")


node_app.command("monitoring")(monitoring_command)
node_app.command("catalogue")(catalogue_command)
hub_app.command("catalogue")(all_catalogues_command)
hub_app.command("members")(members_command)
hub_app.command("revoke-key")(revoke_key_command)


def _hub(desk: Desk, connection: Connection) -> Hub:
    who = who_of(desk)
    return Hub(connection, SystemClock(), who.hub_key.name, who.key)


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(
            Sentence(vi=f"Không đọc được tệp {file}.", en=f"The file {file} cannot be read.")
        ) from wrong
