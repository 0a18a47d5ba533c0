"""What a node does again and again beside answering: a step that fails is told and tried again.

No failure ends it, also none that nobody foresaw: a thread that died would leave the node with a
directory that runs out, and nobody would see why.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from sogoc.database.store import DATABASE_ERROR
from sogoc.errors import Sentence, SogocError, StoreError, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Tell = Callable[[SogocError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A step, how often it is taken, and how long the end of the program waits for it.

    The step is handed whom to tell what failed in it; what it raises is told too.
    """

    name: str
    step: Callable[[Tell], None]
    seconds: float
    patience_seconds: float


@contextmanager
def beating(beat: Beat, *, tell: Tell) -> Iterator[None]:
    """Take the step in a thread of its own until the block ends.

    `tell` hears of a failure when it comes, and again only once it had gone.
    """
    stop = Event()
    thread = Thread(target=_beat, args=(beat, stop, tell), name=beat.name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(beat.patience_seconds)


def _beat(beat: Beat, stop: Event, tell: Tell) -> None:
    once = _Once(tell)
    while not stop.wait(beat.seconds):
        for failed in attempted(lambda: beat.step(once)):
            once(failed)
        once.turn()


class _Once:
    """Tells a failure when it comes, not again while each turn brings it anew."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._before, self._now = set[str](), set[str]()

    def __call__(self, failed: SogocError) -> None:
        said = failed.sentence.en
        if said not in self._before | self._now:
            self._tell(failed)
        self._now.add(said)

    def turn(self) -> None:
        """The next turn begins."""
        self._before, self._now = self._now, set()


def attempted(*steps: Callable[[], object]) -> list[SogocError]:
    """Take each step whatever became of those before it; give what failed, in words."""
    failures = list[SogocError]()
    for step in steps:
        try:
            step()
        except SogocError as failed:
            failures.append(failed)
        except DATABASE_ERROR as failed:
            failures.append(_no_database(failed))
        except Exception as failed:  # noqa: BLE001 - whatever it is, the next turn may go well
            failures.append(_unforeseen(failed))
    return failures


# Only the kind of a failure is told: its text may hold a value out of the database.


def _no_database(failed: Exception) -> StoreUnreachable:
    return StoreUnreachable(
        Sentence(
            vi=f"Cơ sở dữ liệu của nút không trả lời ({type(failed).__name__}); sẽ thử lại.",
            en=f"The node's database does not answer ({type(failed).__name__}); it is tried again.",
        )
    )


def _unforeseen(failed: Exception) -> StoreError:
    kind = type(failed).__name__
    return StoreError(
        Sentence(
            vi=f"Một việc định kỳ của nút không làm được ({kind}); sẽ thử lại. Nếu lặp lại, hãy "
            "báo cho người phát triển.",
            en=f"Something that the node does again and again failed ({kind}); it is tried again. "
            "If it goes on, tell the developers.",
        )
    )
