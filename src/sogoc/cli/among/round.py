"""`sogoc round`: persons by the million, verified by another node."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.among.listening import counted, who_of
from sogoc.cli.among.rounds_told import bar, say_answered, say_landed, say_one, say_rounds
from sogoc.cli.context import Desk, desk_of
from sogoc.node.node import Node, open_node
from sogoc.node.offering.rounds import keys_by_medium, line_of, taking_at_desk, them_at, us_of
from sogoc.rounds import sending
from sogoc.rounds.answering import answer_rounds
from sogoc.rounds.chunks import chunks_of_file, head_of_file, write_file
from sogoc.rounds.landing import Landed, land
from sogoc.rounds.opening import Them, open_round, provider_of
from sogoc.rounds.package import kept_package
from sogoc.rounds.rounds import Choice, Round, Rounds, Wish
from sogoc.rounds.taken import Stand, Taken, TakenRounds, answer_to
from sogoc.rounds.taking import came_on_a_medium

app = typer.Typer(
    no_args_is_help=True,
    help="Persons by the million, verified by another node over the line or by a file.",
)
_TIMEOUT_SECONDS = 60.0
_LOOK_SECONDS = 5.0


@app.command("open")
def open_command(  # noqa: PLR0913 - an option for each thing that a question must name
    context: typer.Context,
    register: str,
    *,
    to: Annotated[str, typer.Option(help="Who answers: VN/GOV/01/POP/population.")],
    officer: Annotated[str, typer.Option(help="Who asks, after a country code: VN001.")],
    issue: Annotated[str, typer.Option(help="Procedure and case: 1.012789/H29-0001.")],
    records: Annotated[Choice, typer.Option(help="Which records go in.")] = Choice.UNVERIFIED,
    fields: Annotated[
        str, typer.Option(help="Fields that are to come back where the grant allows it.")
    ] = "so_dinh_danh",
) -> None:
    """Choose the persons of a register and pack them for the node that answers."""
    desk = desk_of(context)
    wish = Wish(
        register=register,
        choice=records,
        service=to,
        fields=tuple(sorted({name.strip() for name in fields.split(",") if name.strip()})),
        officer=officer,
        issue=issue,
    )
    with open_node(desk.folder, desk.settings) as node:
        who = who_of(desk)
        them = them_at(keys_by_medium(node, who), provider_of(wish))
        number = open_round(node.parts, wish, us=us_of(who), them=them, by=desk.officer)
        say_one(desk.say, Rounds(node.parts.connection, node.parts.clock).one(number))


@app.command("send")
def send_command(
    context: typer.Context,
    number: int,
    *,
    to_file: Annotated[
        Path | None, typer.Option(help="Write the package there, to be carried; send nothing.")
    ] = None,
) -> None:
    """Send a round: over the line, from where it stopped; or as a file."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        if to_file is not None:
            sending.send_on_a_medium(node.parts, number, to_file)
            desk.say.path("Gói đã niêm phong, mang đi", "The sealed package, to carry", to_file)
        else:
            with bar(desk.say, "gửi", "sending") as told:
                sending.send(node.parts, number, _wire(desk, node), told=told)
        say_one(desk.say, Rounds(node.parts.connection, node.parts.clock).one(number))


@app.command("answer")
def answer_command(
    context: typer.Context,
    package: Annotated[
        Path | None, typer.Argument(help="A package that came on a medium; else those of the line.")
    ] = None,
    *,
    to_file: Annotated[
        Path | None, typer.Option(help="Write the answer to that package there.")
    ] = None,
    keep_on: Annotated[
        bool, typer.Option("--keep-on", help="Go on answering until you stop it (Ctrl-C).")
    ] = False,
) -> None:
    """Answer the rounds of others that are here whole: link, journal, pack."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        taken = _taken(desk, node, package) if package else None
        _answer(desk, node)
        while keep_on:
            time.sleep(_LOOK_SECONDS)
            _answer(desk, node)
        if taken is not None and to_file is not None:
            _write_answer(desk, node, taken, file=to_file)


@app.command("receive")
def receive_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The round; 0 with --from-file.")] = 0,
    *,
    from_file: Annotated[
        Path | None, typer.Option(help="The answer as it came on a medium.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until there is an answer.")] = False,
) -> None:
    """Take the answer to a round: results stand in the register and in its worklists."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        rounds = Rounds(node.parts.connection, node.parts.clock)
        if from_file is not None:
            who = who_of(desk)
            us, keys = us_of(who), keys_by_medium(node, who)
            one, package = sending.take_from_medium(node.parts, from_file, us=us, keys=keys)
            say_landed(desk.say, one, land(node.parts, one, package, us=us, by=desk.officer))
        elif (one := rounds.one(number)).delivery is not None:
            say_landed(desk.say, one, Landed(delivery=one.delivery, counts=one.counts))
        else:
            _receive(desk, node, one, wait=wait)


def _receive(desk: Desk, node: Node, one: Round, *, wait: bool) -> None:
    rounds = Rounds(node.parts.connection, node.parts.clock)
    wire = _wire(desk, node)
    standing = sending.standing(one, wire)
    while wait and standing.head is None and standing.state is not Stand.REFUSED:
        time.sleep(_LOOK_SECONDS)
        standing = sending.standing(one, wire)
    if standing.state is Stand.REFUSED:
        rounds.refused(one.number, standing.reason)
    if standing.head is None:
        say_one(desk.say, rounds.one(one.number), standing)
        return
    with bar(desk.say, "nhận", "receiving") as told:
        package = sending.fetch(node.parts, one, standing.head, wire=wire, told=told)
    landed = land(node.parts, one, package, us=wire.us, by=desk.officer)
    sending.collected(one, wire)
    say_landed(desk.say, one, landed)


@app.command("show")
def show_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="One round; else all.")] = 0,
) -> None:
    """Show how rounds stand, and what to do next."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        rounds = Rounds(node.parts.connection, node.parts.clock)
        if number:
            say_one(desk.say, rounds.one(number))
            return
        taken = TakenRounds(node.parts.connection, node.parts.clock).all()
        say_rounds(desk.say, rounds.all(), taken)


def _wire(desk: Desk, node: Node) -> sending.Wire:
    who = who_of(desk)
    line = line_of(node, who, timeout_seconds=_TIMEOUT_SECONDS, figures=counted(desk))
    return sending.Wire(us=us_of(who), line=line, rest=time.sleep)


def _taken(desk: Desk, node: Node, file: Path) -> Taken:
    who = who_of(desk)
    taking = taking_at_desk(node, who, keys_by_medium(node, who))
    head = head_of_file(file)
    return came_on_a_medium(head, chunks_of_file(file, kept_package(head)), by=taking)


def _answer(desk: Desk, node: Node) -> None:
    def told(taken: Taken, towards: Stand, done: int) -> None:
        if towards is Stand.LINKED:
            desk.say.line(
                f"Đợt {taken.round} của {taken.member}: đang đối soát {taken.persons} người.",
                f"Round {taken.round} of {taken.member}: linking {taken.persons} persons.",
            )
        elif done >= taken.persons:
            desk.say.line(
                f"Nhật ký đã có {done} mục; đang niêm phong trả lời.",
                f"The journal holds {done} entries; sealing the answer.",
            )

    who = who_of(desk)

    def receiver(member: str) -> Them:
        return them_at(keys_by_medium(node, who), member)

    for one in answer_rounds(node.parts, us_of(who), receiver, tell=told):
        say_answered(desk.say, one)


def _write_answer(desk: Desk, node: Node, taken: Taken, *, file: Path) -> None:
    chunks = answer_to(node.parts.folder, taken.package)
    head = chunks.head()
    if head is None:
        now = TakenRounds(node.parts.connection, node.parts.clock).find(taken.package)
        say_answered(desk.say, now or taken)
        return
    package = kept_package(head)
    write_file(package, chunks.all(package), file)
    desk.say.path("Trả lời đã niêm phong, mang về", "The sealed answer, to carry back", file)
