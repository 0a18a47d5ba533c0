"""Commands of `sogoc link` about links that live: one person asked about, events, models."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from sogoc.cli.context import Desk, desk_of
from sogoc.cli.telling.links import say_event, say_found, say_models, say_promises
from sogoc.database.decisions.models import LinkModel, LinkModels
from sogoc.database.deliveries import Deliveries
from sogoc.errors import DeliveryRefused, Sentence, UnknownThing
from sogoc.node.node import open_node
from sogoc.pipeline.after.finding import QUESTIONS, find
from sogoc.pipeline.linking.models import LINKING
from sogoc.records.links.events import LinkEvents

_LONGEST = 100_000
"""Letters of a question: a person is told of in some hundred."""


def find_command(
    context: typer.Context,
    register: Annotated[
        str, typer.Argument(help="Weigh as this register does; else as the policy begins.")
    ] = "",
    *,
    read: Annotated[
        bool, typer.Option("--json", help="Read the person as JSON from standard input.")
    ] = False,
    show: Annotated[bool, typer.Option(help="Show personal numbers whole.")] = False,
) -> None:
    """Ask who one person is: from prompts, or from standard input as JSON; nothing is stored.

    Nobody's data are arguments of a command: those stand in the history of the terminal.
    """
    desk = desk_of(context)
    told = _from_input() if read else _from_prompts(desk)
    with open_node(desk.folder, desk.settings) as node:
        found = find(node.parts, told, register=register)
    say_found(desk.say, found, shown=show)


def events_command(
    context: typer.Context,
    register: str,
    *,
    delivery: Annotated[int, typer.Option(min=1, help="Only what this delivery did.")] = 0,
    after: Annotated[
        str, typer.Option(help="Go on after this place: DELIVERY-LINK, as the list ends.")
    ] = "0-0",
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
) -> None:
    """List what happened to links: began, moved to another person, ended; merged, split."""
    desk = desk_of(context)
    desk.shelf.register(register)
    with open_node(desk.folder, desk.settings) as node:
        kept = LinkEvents(node.parts.connection)
        if delivery:
            found = kept.of_delivery(register, delivery, limit=most)
        else:
            found = kept.of_register(register, after=_place(after), limit=most)
    desk.say.table(
        [
            ("Lô", "delivery"),
            ("Ngày", "day"),
            ("Liên kết", "link"),
            ("Bản ghi", "record"),
            ("Sự kiện", "what happened"),
        ],
        [
            (
                str(one.delivery),
                f"{one.happened_at:%d/%m/%Y}",
                str(one.link),
                f"{one.object} {one.record} {one.person}",
                say_event(desk.say, one),
            )
            for one in found
        ],
    )
    if found:
        last = f"{found[-1].delivery}-{found[-1].link}"
        desk.say.line(f"Xem tiếp: --after {last}", f"Go on: --after {last}")


def promise_command(
    context: typer.Context,
    register: str,
    delivery: Annotated[int, typer.Argument(min=0, help="Of this delivery; else the newest.")] = 0,
) -> None:
    """Say how many links of a delivery are surely right, and in which words that may be said."""
    desk = desk_of(context)
    desk.shelf.register(register)
    with open_node(desk.folder, desk.settings) as node:
        deliveries = Deliveries(node.parts.connection)
        mine = [one for one in deliveries.newest_of_places(register) if LINKING in one.counts]
        found = next((one for one in mine if delivery in {0, one.id}), None)
    if found is None:
        raise UnknownThing(
            Sentence(
                f"Sổ {register} chưa có lô dữ liệu nào như vậy được đối soát với dân cư.",
                f"No such delivery of {register} was verified against the population register.",
            )
        )
    say_promises(desk.say, found.id, found.counts[LINKING])


def models_command(context: typer.Context, register: str) -> None:
    """List the models of linking that a register learned, and which of them is in use."""
    desk = desk_of(context)
    desk.shelf.register(register)
    with open_node(desk.folder, desk.settings) as node:
        say_models(desk.say, LinkModels(node.parts.connection).of(register))


def accept_command(
    context: typer.Context,
    register: str,
    object: Annotated[str, typer.Argument(help="The object, as the list names it.")],  # noqa: A002 - the argument's name
    *,
    version: Annotated[int, typer.Argument(min=1, help="Which version; see: sogoc link models.")],
    why: Annotated[str, typer.Option(help="Why it is to be used.")] = "",
    officer: Annotated[str, typer.Option(help="Who accepts it; else the account's name.")] = "",
) -> None:
    """Let deliveries be linked by a model from now on; those before stay as they were linked."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        kept = LinkModels(node.parts.connection)
        model = _model(kept.of(register), object, version)
        by, at = officer or desk.officer, node.parts.clock.now()
        kept.accept(model, officer=by, at=at, why=why)
    desk.say.line(
        f"Từ nay {register}/{object} được đối soát theo mô hình {version}. "
        f"Thôi dùng: sogoc link retire {register} {object}",
        f"From now on {register}/{object} is linked by model {version}. "
        f"Stop: sogoc link retire {register} {object}",
    )


def retire_command(
    context: typer.Context,
    register: str,
    object: Annotated[str, typer.Argument(help="The object, as the list names it.")],  # noqa: A002 - the argument's name
    *,
    officer: Annotated[str, typer.Option(help="Who decides; else the account's name.")] = "",
) -> None:
    """Use no model any longer: each delivery measures for itself again."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        kept, at = LinkModels(node.parts.connection), node.parts.clock.now()
        was = kept.retire(register, object, officer=officer or desk.officer, at=at)
    if not was:
        raise UnknownThing(
            Sentence(
                f"{register}/{object} không dùng mô hình nào. Xem: sogoc link models {register}",
                f"{register}/{object} uses no model. See: sogoc link models {register}",
            )
        )
    desk.say.line(
        f"{register}/{object} thôi dùng mô hình; mỗi lô tự đo lại.",
        f"{register}/{object} uses no model any longer; each delivery measures for itself.",
    )


def _model(known: list[LinkModel], name: str, version: int) -> LinkModel:
    for one in known:
        if (one.object, one.version) == (name, version):
            return one
    raise UnknownThing(
        Sentence(
            f"Không có mô hình {name} {version}. Xem danh sách: sogoc link models",
            f"There is no model {name} {version}. See the list: sogoc link models",
        )
    )


def _place(text: str) -> tuple[int, int]:
    delivery, sign, link = text.partition("-")
    if not (sign and delivery.isdigit() and link.isdigit()):
        raise UnknownThing(
            Sentence(
                "Sau --after là SỐ LÔ-SỐ LIÊN KẾT, ví dụ 12-3400.",
                "After --after comes DELIVERY-LINK, such as 12-3400.",
            )
        )
    return int(delivery), int(link)


def _from_prompts(desk: Desk) -> dict[str, str]:
    """What the officer types; an empty line where it is not known."""
    told: dict[str, str] = {}
    for name, words in QUESTIONS.items():
        asked = desk.say.text(words.vi, words.en)
        told[name] = str(typer.prompt(asked, default="", show_default=False))
    return told


def _from_input() -> dict[str, str]:
    try:
        told: Any = json.loads(sys.stdin.read(_LONGEST))
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise DeliveryRefused(
            Sentence(
                "Đầu vào không phải một đối tượng JSON với các giá trị là chữ, ví dụ "
                '{"name": "…", "born": "1961"}.',
                "The input is no JSON object whose values are texts, such as "
                '{"name": "…", "born": "1961"}.',
            )
        )
    return told
