"""What an officer reads about rounds: how each stands, what came of it, what to do next."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sogoc.errors import Sentence
from sogoc.link.words import OUTCOME_WORDS
from sogoc.rounds.rounds import State
from sogoc.rounds.taken import Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sogoc.cli.telling.say import Say
    from sogoc.rounds.landing import Landed
    from sogoc.rounds.rounds import Round
    from sogoc.rounds.sending import Standing
    from sogoc.rounds.taken import Taken

STATES = {
    State.OPENING: Sentence("đang đóng gói", "being packed"),
    State.OPEN: Sentence("đã đóng gói, chưa gửi xong", "packed, not sent whole"),
    State.SENT: Sentence("đã gửi, chờ trả lời", "sent, waiting for the answer"),
    State.REFUSED: Sentence("bị từ chối", "refused"),
    State.RECEIVED: Sentence("đã có kết quả", "its answer stands in the register"),
}
STANDS = {
    Stand.COMING: Sentence("đang nhận", "coming in"),
    Stand.WHOLE: Sentence("đã nhận đủ, chờ đối soát", "here whole, waits to be linked"),
    Stand.LINKED: Sentence("đã đối soát, đang ghi nhật ký", "linked, being journalled"),
    Stand.ANSWERED: Sentence("đã trả lời, chờ bên hỏi nhận", "answered, waits to be fetched"),
    Stand.COLLECTED: Sentence("bên hỏi đã nhận", "fetched by the agency"),
    Stand.REFUSED: Sentence("không trả lời được", "cannot be answered"),
}
_OTHERS = {
    "changed_since": Sentence(
        "Bản ghi đã đổi từ khi gửi: để đợt sau", "The record changed since: for the next round"
    )
}


def say_rounds(say: Say, own: list[Round], taken: list[Taken]) -> None:
    """All rounds in two tables: those that this node sends, and those that it answers."""
    if not own and not taken:
        say.line("Chưa có đợt đối soát nào.", "There are no rounds yet.")
    if own:
        say.heading("Đợt do nút này gửi", "Rounds of this node")
        say.table(
            [
                ("đợt", "round"),
                ("cơ sở dữ liệu", "register"),
                ("người", "persons"),
                ("hỏi", "asked of"),
                ("tình trạng", "state"),
            ],
            [
                (str(one.number), one.wish.register, one.persons, one.wish.service, _told(say, one))
                for one in own
            ],
        )
    if taken:
        say.heading("Đợt do nút này trả lời", "Rounds that this node answers")
        say.table(
            [
                ("cơ quan", "member"),
                ("đợt", "round"),
                ("người", "persons"),
                ("mục nhật ký", "journal entries"),
                ("tình trạng", "state"),
            ],
            [
                (
                    one.member,
                    str(one.round),
                    one.persons,
                    one.journalled,
                    say.text(STANDS[one.state].vi, STANDS[one.state].en),
                )
                for one in taken
            ],
        )


def _told(say: Say, one: Round) -> str:
    return say.text(STATES[one.state].vi, STATES[one.state].en)


def say_one(say: Say, one: Round, standing: Standing | None = None) -> None:
    """One round: how it stands, its counts, and the next command."""
    say.line(
        f"Đợt {one.number}: {say.figure(one.persons)} người của {say.figure(one.records)} bản ghi "
        f"sổ {one.wish.register}, hỏi {one.wish.service} – {STATES[one.state].vi}.",
        f"Round {one.number}: {say.figure(one.persons)} persons of {say.figure(one.records)} "
        f"records of {one.wish.register}, asked of {one.wish.service}: {STATES[one.state].en}.",
    )
    if one.reason:
        say.line(f"Lý do: {one.reason}", f"Why: {one.reason}")
    if standing is not None:
        say.line(
            f"Bên trả lời: {STANDS[standing.state].vi} ({say.figure(standing.journalled)} mục nhật "
            "ký).",
            f"The node that answers: {STANDS[standing.state].en} "
            f"({say.figure(standing.journalled)} journal entries).",
        )
    _say_counts(say, one.counts)
    say.sentence(_next(one))


def say_landed(say: Say, one: Round, landed: Landed) -> None:
    """What came of a round."""
    say.line(
        f"Đợt {one.number}: kết quả đã vào sổ là lô số {landed.delivery}.",
        f"Round {one.number}: its answer stands in the register as delivery {landed.delivery}.",
    )
    _say_counts(say, landed.counts)
    say.line(
        f"Lập danh sách cần rà soát: sogoc worklist make {one.wish.register}. "
        f"Rút lại kết quả: sogoc undo {landed.delivery}",
        f"For the lists to repair: sogoc worklist make {one.wish.register}. "
        f"To take the answer back: sogoc undo {landed.delivery}",
    )


def say_answered(say: Say, one: Taken) -> None:
    """How the answer to a round of another stands."""
    say.line(
        f"Đợt {one.round} của {one.member}: {STANDS[one.state].vi}, {say.figure(one.persons)} "
        f"người, {say.figure(one.journalled)} mục nhật ký. {one.reason}".rstrip(),
        f"Round {one.round} of {one.member}: {STANDS[one.state].en}, {say.figure(one.persons)} "
        f"persons, {say.figure(one.journalled)} journal entries. {one.reason}".rstrip(),
    )


def _say_counts(say: Say, counts: dict[str, int]) -> None:
    words = {**OUTCOME_WORDS, **_OTHERS}
    if counts:
        say.table(
            [("kết quả", "outcome"), ("người", "persons")],
            [(say.text(words[name].vi, words[name].en), count) for name, count in counts.items()],
        )


def _next(one: Round) -> Sentence:
    number, register = one.number, one.wish.register
    return {
        State.OPENING: Sentence(
            f"Tiếp theo: chạy lại sogoc round open {register}.",
            f"Next: run sogoc round open {register} again.",
        ),
        State.OPEN: Sentence(
            f"Tiếp theo: sogoc round send {number}, hoặc thêm --to-file TỆP để mang đi.",
            f"Next: sogoc round send {number}, or with --to-file FILE to carry it.",
        ),
        State.SENT: Sentence(
            f"Tiếp theo: sogoc round receive {number}, hoặc --from-file TỆP khi trả lời mang về.",
            f"Next: sogoc round receive {number}, or --from-file FILE when the answer is carried "
            "back.",
        ),
        State.REFUSED: Sentence(
            f"Tiếp theo: xin quyền khai thác còn thiếu, rồi sogoc round send {number}.",
            f"Next: ask for the grant that is missing, then sogoc round send {number}.",
        ),
        State.RECEIVED: Sentence(
            f"Tiếp theo: sogoc worklist make {register}.",
            f"Next: sogoc worklist make {register}.",
        ),
    }[one.state]


@contextmanager
def bar(say: Say, vi: str, en: str) -> Iterator[Callable[[int, int], None]]:
    """A bar of chunks, shown while the block runs."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=say.console, transient=True) as progress:
        task = progress.add_task(say.text(vi, en), total=None)

        def told(done: int, count: int) -> None:
            progress.update(task, completed=done, total=count)

        yield told
