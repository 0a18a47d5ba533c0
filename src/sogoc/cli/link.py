"""`sogoc link`: who is meant by a record, and why; what a person decides outranks every score."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from sogoc.cli.context import Desk, desk_of
from sogoc.cli.linking import models
from sogoc.cli.linking.naming import named
from sogoc.cli.linking.thresholds import thresholds_command
from sogoc.cli.links import (
    accept_command,
    events_command,
    find_command,
    models_command,
    promise_command,
    retire_command,
)
from sogoc.cli.telling.explained import say_doubles, say_explained, write_picture
from sogoc.database.decisions.judgements import ABSENT, OTHER, SAME, Judgement, Judgements, Verdict
from sogoc.errors import Sentence, UnknownThing
from sogoc.link.words import OUTCOME_WORDS
from sogoc.node.judging import Who, explained, judge, withdraw
from sogoc.node.node import open_node
from sogoc.node.returns import Signed
from sogoc.pipeline.after.doubling import search
from sogoc.pipeline.after.training import train
from sogoc.pipeline.parts import Parts
from sogoc.web.reading.figures import Reader, Verification

app = typer.Typer(
    no_args_is_help=True,
    help="Who is meant: decide, look at why, search for persons entered twice.",
)
for _name, _command in (
    ("accept", accept_command),
    ("events", events_command),
    ("find", find_command),
    ("models", models_command),
    ("promise", promise_command),
    ("retire", retire_command),
    ("thresholds", thresholds_command),
):
    app.command(_name)(_command)
app.add_typer(models.app, name="model")


class Decision(Enum):
    """What may be decided of a person of a record."""

    SAME = "same"
    """The person whom linking proposes."""
    NOT_SAME = "not-same"
    """Not that person."""
    ANOTHER = "another"
    """Another person: the command asks for the number, which so stays out of the history."""
    ABSENT = "absent"
    """Nobody of the population register."""


_WORDS = {
    SAME: Sentence("đúng là người này", "this very person"),
    OTHER: Sentence("không phải người này", "not this person"),
    ABSENT: Sentence("không có trong dân cư", "not in the population"),
}


RECORD = typer.Argument(help="Number of the record: 12, quyen/12 or quyen/12/PERSON.")


@app.command("judge")
def judge_command(
    context: typer.Context,
    register: str,
    record: Annotated[str, RECORD],
    *,
    decision: Annotated[Decision, typer.Argument(help="What is decided.")],
    evidence: Annotated[str, typer.Option(help="Which paper, which day, who said so.")] = "",
    officer: Annotated[str, typer.Option(help="Who decides; else the account's name.")] = "",
) -> None:
    """Decide who a person of a record is; the record is verified anew by it at once."""
    desk = desk_of(context)
    meant = named(desk.shelf.register(register), record)
    with open_node(desk.folder, desk.settings) as node:
        made = Verdict(
            object=meant.object.name,
            record=meant.record,
            person=meant.person,
            decision=_decision(decision),
            number=_number(desk, decision, standing(node.parts, meant)),
            evidence=evidence,
        )
        signed = Signed(officer=officer or desk.officer, evidence=evidence)
        delivery = judge(node.parts, register, made, signed=signed)
        now = standing(node.parts, meant)
    outcome = OUTCOME_WORDS[now.outcome] if now else Sentence("chưa đối soát", "not verified")
    desk.say.line(
        f"Đã ghi kết luận là lô số {delivery}. Kết quả đối soát nay là: {outcome.vi}. "
        f"Rút lại: sogoc undo {delivery}",
        f"Kept as delivery {delivery}. The verification now says: {outcome.en}. "
        f"Take back: sogoc undo {delivery}",
    )


@app.command("explain")
def explain_command(
    context: typer.Context,
    register: str,
    record: Annotated[str, RECORD],
    *,
    person: Annotated[str, typer.Option(help="Which person, where a record names several.")] = "",
    picture: Annotated[
        Path | None, typer.Option(help="Write the weights as a picture (SVG) to this file.")
    ] = None,
) -> None:
    """Say why a person of a record was verified as they were: each weight, in words and bits."""
    desk = desk_of(context)
    meant = named(desk.shelf.register(register), record, person=person)
    with open_node(desk.folder, desk.settings) as node:
        stands = standing(node.parts, meant)
        made = explained(node.parts, meant)
    say_explained(desk.say, made, stands)
    if picture is not None:
        write_picture(desk.say, made, picture)


@app.command("duplicates")
def duplicates_command(
    context: typer.Context,
    register: str,
    *,
    object: Annotated[  # noqa: A002 - the option's name
        str, typer.Option(help="Only this object; else each that names persons.")
    ] = "",
    most: Annotated[int, typer.Option(min=1, help="Show at most so many pairs.")] = 20,
) -> None:
    """Search a register for persons entered twice: pairs to judge, nothing is ever merged."""
    desk = desk_of(context)
    held = desk.shelf.register(register)
    wanted = [one for one in held.objects if one.persons and object in {"", one.name}]
    if not wanted:
        raise UnknownThing(
            Sentence(
                f"Sổ {register} không có loại bản ghi nào nêu người như vậy.",
                f"No such object of the register {register} names a person.",
            )
        )
    with open_node(desk.folder, desk.settings) as node:
        found = [search(node.parts, held, one, officer=desk.officer) for one in wanted]
    for one in found:
        say_doubles(desk.say, one, most=most)
    desk.say.line(
        f"Xem và kết luận từng cặp: sogoc serve, trang /vi/registers/{register}/duplicates",
        f"Look and decide pair by pair: sogoc serve, page /en/registers/{register}/duplicates",
    )


@app.command("train")
def train_command(context: typer.Context, register: str) -> None:
    """Learn the model of a register anew, from equal numbers and what people decided; store it."""
    desk = desk_of(context)
    held = desk.shelf.register(register)
    with open_node(desk.folder, desk.settings) as node:
        made = train(node.parts, held, officer=desk.officer)
    for one in made:
        desk.say.line(
            f"{one.object}: học từ {one.model.pairs} cặp, trong đó {one.judged} do người kết luận.",
            f"{one.object}: learned from {one.model.pairs} pairs, {one.judged} of them confirmed "
            "by people.",
        )
        desk.say.path("Mô hình", "Model", one.file)
        command = f"sogoc link accept {register} {one.object} {one.version}"
        desk.say.line(
            f"  Lô dữ liệu chỉ được đối soát theo mô hình này khi có người chấp nhận: {command}",
            f"  Deliveries are linked by it once a person accepts it: {command}",
        )


@app.command("withdraw")
def withdraw_command(
    context: typer.Context,
    judgement: Annotated[int, typer.Argument(help="Number; see: sogoc link judgements.")],
    *,
    why: Annotated[str, typer.Option(help="Why it counts no longer.")] = "",
    officer: Annotated[str, typer.Option(help="Who withdraws it; else the account's name.")] = "",
) -> None:
    """Let a judgement count no longer: linking decides again, the judgement stays readable."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        signed = Signed(officer=officer or desk.officer, evidence=why)
        delivery = withdraw(node.parts, judgement, signed)
    desk.say.line(
        f"Đã rút kết luận số {judgement} (lô số {delivery}); bản ghi đã được đối soát lại.",
        f"Judgement {judgement} was withdrawn (delivery {delivery}); its record was verified anew.",
    )


@app.command("judgements")
def judgements_command(
    context: typer.Context,
    register: Annotated[str, typer.Argument(help="Of this register; else of all.")] = "",
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """List what people decided, those in force first; nobody's number is shown."""
    desk = desk_of(context)
    with open_node(desk.folder, desk.settings) as node:
        found = Judgements(node.parts.connection).newest(register or None, limit=most)
    desk.say.table(
        [
            ("Số", "no."),
            ("Sổ", "register"),
            ("Bản ghi", "record"),
            ("Người", "person"),
            ("Kết luận", "decision"),
            ("Người kết luận", "officer"),
            ("Ngày", "day"),
            ("Hiệu lực", "in force"),
        ],
        [_row(desk, one) for one in found],
    )


def standing(parts: Parts, meant: Who) -> Verification | None:
    """The verification that stands for a person of a record, None where nobody was looked up."""
    reader = Reader(parts.connection)
    found = reader.verifications(meant.register.id, meant.object.name, meant.record)
    mine = (one for one in found if one.person == meant.person and one.believed_to is None)
    return next(mine, None)


def _decision(decision: Decision) -> str:
    return {Decision.NOT_SAME: OTHER, Decision.ABSENT: ABSENT}.get(decision, SAME)


def _number(desk: Desk, decision: Decision, stands: Verification | None) -> str | None:
    if decision is Decision.ABSENT:
        return None
    if decision is Decision.ANOTHER:
        asked = desk.say.text("Số định danh của người đó", "That person's number")
        return str(typer.prompt(asked)).replace(" ", "")
    return stands.number if stands else None


def _row(desk: Desk, one: Judgement) -> tuple[object, ...]:
    words = _WORDS[one.decision]
    stands = desk.say.text("còn", "yes") if one.withdrawn_at is None else "–"
    day = f"{one.decided_at:%d/%m/%Y}"
    said = desk.say.text(words.vi, words.en)
    where = f"{one.object} {one.record}"
    return (str(one.id), one.register, where, one.person, said, one.officer, day, stands)
