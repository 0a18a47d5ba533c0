"""`sogoc hub members`, `revoke-key`: whose keys the directory names, and which one it shall not."""

from __future__ import annotations

from typing import Annotated

import typer

from sogoc.cli.among.listening import who_of
from sogoc.cli.context import desk_of
from sogoc.clock import SystemClock
from sogoc.exchange.directory import Member
from sogoc.exchange.hub import Hub
from sogoc.exchange.names import subsystem
from sogoc.node.node import open_node


def members_command(context: typer.Context) -> None:
    """List the members with their keys, from when and until when each is believed."""
    desk = desk_of(context)
    who = who_of(desk)
    with open_node(desk.folder, desk.settings) as node:
        hub = Hub(node.parts.connection, SystemClock(), who.hub_key.name, who.key)
        members = hub.members()
    desk.say.table(
        [("thành viên", "member"), ("tên", "name"), ("khóa", "key"),
         ("từ", "from"), ("đến", "until")],
        [
            (str(member.id), member.name, *told)
            for member in members
            for told in _keys(member)
        ],
    )  # fmt: skip


def _keys(member: Member) -> list[tuple[str, str, str]]:
    """Each key with its span; a member without one is listed too."""
    return [
        (key.id, f"{key.since:%Y-%m-%d %H:%M}", f"{key.until:%Y-%m-%d %H:%M}")
        for key in member.keys
    ] or [("-", "-", "-")]


def revoke_key_command(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member: VN/GOV/02.")],
    key: Annotated[str, typer.Argument(help="Id of the key, as `sogoc hub members` lists it.")],
) -> None:
    """Take a key back, such as a stolen one: within a minute no node believes it, and never again.

    The member stays one. To go on it needs a new key: `sogoc node rotate-key` there, accepted here.
    """
    desk = desk_of(context)
    who = who_of(desk)
    with open_node(desk.folder, desk.settings) as node:
        hub = Hub(node.parts.connection, SystemClock(), who.hub_key.name, who.key)
        announced = hub.revoke_key(member, key, officer=desk.officer)
        members = hub.members()
    desk.say.line(
        f"Khóa {key} đã bị thu hồi; không danh bạ nào nêu nó nữa.",
        f"The key {key} is revoked; no directory names it from now on.",
    )
    if announced:
        desk.say.line(
            "Khóa này đã được báo là khóa tiếp theo của trung tâm: ai giữ nó vẫn có thể đưa lời "
            "báo đó cho một nút. Hãy đổi khóa trung tâm và đặt lại hub_key bằng tay ở từng nút.",
            "This key was announced as the hub's next: whoever holds it can still show that note "
            "to a node. Change the hub's key, and set hub_key by hand at each node.",
        )
    if any(one.id == subsystem(member).owner and not one.keys for one in members):
        desk.say.line(
            f"{member} không còn khóa nào: mọi câu hỏi của cơ quan này bị từ chối cho đến khi nhận "
            "khóa mới.",
            f"{member} has no key left: its questions are refused until a new one is accepted.",
        )
