"""`sogoc node status`, `upgrade`, `rotate-key`: how a node stands, and what keeps it so."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from sogoc.cli.among.listening import key_password
from sogoc.cli.context import Desk, desk_of
from sogoc.clock import SystemClock
from sogoc.database.migrate import migrate, migrations
from sogoc.database.store import open_store
from sogoc.errors import KeyRefused, Sentence
from sogoc.exchange.hub import Hub
from sogoc.node.member import membership, new_key_request, next_key, take_new_key
from sogoc.node.node import open_node
from sogoc.node.standing.status import Status, status_of


def status_command(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """How this node stands: server, database, directory, keys, grants, journal, registers."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        told = status_of(node, password=key_password())
    if as_json:
        desk.say.plain(json.dumps(asdict(told), ensure_ascii=False, indent=2, default=str))
    else:
        _tell(desk, told)
    if told.problems:
        raise typer.Exit(1)


def _tell(desk: Desk, told: Status) -> None:
    say = desk.say
    yes, no = say.text("có", "yes"), say.text("không", "no")
    rows: list[tuple[object, ...]] = [
        (say.text("thành viên", "member"), told.member or "-"),
        (say.text("địa chỉ", "address"), told.address or "-"),
        (say.text("đang trả lời", "answers"), yes if told.answers else no),
        (say.text("cơ sở dữ liệu", "database"), f"{told.database}; {told.free_gib} GiB"),
        (say.text("bước lược đồ", "schema"), f"{told.migration}/{told.newest_migration}"),
        (say.text("nhật ký", "journal"), f"{told.journal_entries}"),
        (
            say.text("mốc đã ký", "checkpoint"),
            f"{told.checkpoint_entries}, {told.checkpoint_at or '-'}",
        ),
        (
            say.text("quyền khai thác", "grants"),
            ", ".join(f"{state} {count}" for state, count in told.grants.items()) or "-",
        ),
        (say.text("cơ sở dữ liệu gốc", "registers"), ", ".join(told.registers)),
    ]
    if told.hub_key:
        rows.append((say.text("hub_key mới", "new hub_key"), told.hub_key))
    if told.directory is not None:
        rows.append(
            (
                say.text("danh bạ", "directory"),
                f"{told.directory.version} → {told.directory.expires:%Y-%m-%d %H:%M:%S}",
            )
        )
        rows += [
            (
                say.text("khóa", "key") + (" *" if key.ours else ""),
                f"{key.id}, {key.since:%Y-%m-%d} → {key.until:%Y-%m-%d}",
            )
            for key in told.directory.keys
        ]
    say.table([("mục", "item"), ("hiện trạng", "stands")], rows)
    for problem in told.problems:
        say.line(f"✗ {problem}", f"✗ {problem}")


def upgrade_command(context: typer.Context) -> None:
    """Bring the database to what this program needs; a newer one is refused and left alone."""
    desk = desk_of(context)
    desk.folder.mkdir(parents=True, exist_ok=True)
    with open_store(desk.folder / "state", desk.settings.database_url) as connection:
        applied = migrate(connection, SystemClock())
    for step in applied:
        desk.say.line(
            f"Đã áp dụng bước {step.number}: {step.name}", f"Applied {step.number}: {step.name}"
        )
    newest = migrations()[-1].number
    desk.say.line(f"Lược đồ ở bước {newest}.", f"The schema stands at step {newest}.")


def rotate_command(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="Name of the agency, as the hub lists it.")],
    accepted: Annotated[
        bool, typer.Option("--accepted", help="The hub took the new key in: sign with it now.")
    ] = False,
) -> None:
    """Change the node's key without a pause: first ask the hub, then, accepted, sign with it."""
    desk = desk_of(context)
    if accepted:
        if not desk.settings.hub_address:
            _check_succession(desk)
        old = take_new_key(desk.folder, desk.settings)
        desk.say.path("Khóa cũ được giữ ở", "The old key is kept in", old)
        desk.say.line(
            "Khởi động lại sogoc node serve để dùng khóa mới.",
            "Start sogoc node serve again: it then signs with the new key.",
        )
        return
    request = desk.folder / "join-request.txt"
    told = new_key_request(
        desk.folder, desk.settings, name=name, shelf=desk.shelf, password=key_password()
    )
    request.write_text(told, encoding="utf-8")
    desk.say.path(
        "Đơn đổi khóa, gửi trung tâm", "The request for the new key, for the hub", request
    )


def _check_succession(desk: Desk) -> None:
    """Raise KeyRefused unless every directory names the next key of this hub as the next."""
    password = key_password()
    following = next_key(desk.folder, desk.settings, password=password)
    who = membership(desk.folder, desk.settings, password=password)
    with open_node(desk.folder, desk.settings) as node:
        hub = Hub(node.parts.connection, SystemClock(), who.hub_key.name, who.key)
        if hub.is_followed_by(following):
            return
    raise KeyRefused(
        Sentence(
            vi="Danh bạ chưa báo khóa mới của trung tâm: nhận đơn bằng sogoc hub accept trước.",
            en="The directory does not name the hub's next key yet: accept the request by sogoc "
            "hub accept first.",
        )
    )
