"""Places: so many questions to one peer are under way at once.

A peer that answers slowly holds those who ask it. Without a bound it would hold every thread of a
program, and with them the questions to everybody else.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from sogoc.errors import NodeUnreachable, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator


class Places:
    """At most `most` questions to each peer; one more is refused at once, not kept waiting."""

    def __init__(self, *, most: int = 16) -> None:
        self._most = most
        self._taken = Counter[str]()
        self._turn = Lock()

    @contextmanager
    def one(self, peer: str) -> Iterator[None]:
        """A place until the block ends. Raises NodeUnreachable if all are taken."""
        with self._turn:
            if self._taken[peer] >= self._most:
                raise _taken(peer, self._most)
            self._taken[peer] += 1
        try:
            yield
        finally:
            with self._turn:
                self._taken[peer] -= 1
                if not self._taken[peer]:
                    del self._taken[peer]


def _taken(peer: str, most: int) -> NodeUnreachable:
    return NodeUnreachable(
        Sentence(
            vi=f"Đã có {most} câu hỏi đang chờ nút {peer}; câu hỏi này chưa được gửi, hãy thử lại "
            "sau.",
            en=f"{most} questions to the node {peer} are under way already; this one was not sent, "
            "try again later.",
        )
    )
