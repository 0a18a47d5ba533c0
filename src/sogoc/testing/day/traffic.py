"""Agencies that ask all day, and write down what was answered: the other half of the journal."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from threading import Lock, Thread
from time import sleep
from typing import TYPE_CHECKING

from sogoc.cli.country.cast import BANK, EDUCATION, HEALTH, HUB, LAND, OFFICER, PROVINCE
from sogoc.clock import SystemClock
from sogoc.errors import AnswerRefused, SogocError
from sogoc.exchange.client import Line, ask
from sogoc.exchange.limits import Breaker
from sogoc.exchange.names import Service, subsystem
from sogoc.node.member import current_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.cli.country.laying import Laid
    from sogoc.node.member import Membership

_DENIED = "AccessDenied"
_PATIENCE_SECONDS = 8.0
_PAUSE_SECONDS = 0.05
_BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of question of the day's traffic."""

    asker: str
    keeper: str
    path: str
    purpose: str
    fields: tuple[str, ...]
    people: int = 0
    """How many persons it asks about; 0: it asks for a record."""
    allowed: bool = True


KINDS = (
    *(
        Kind(
            asker=asker,
            keeper=HUB,
            path="population/v1/nguoi/verify",
            purpose=purpose,
            fields=("ho_ten",),
            people=people,
        )
        for asker, purpose, people in (
            (LAND, "1.012789", 1),
            (HEALTH, "1.014028", 1),
            (EDUCATION, "1.005099", _BATCH),
            (BANK, "1.009999", 1),
        )
    ),
    Kind(
        asker=PROVINCE,
        keeper=HEALTH,
        path="health-facilities/v1/co_so/read",
        purpose="1.001194",
        fields=("ten",),
    ),
    Kind(
        asker=BANK,
        keeper=HEALTH,
        path="health-facilities/v1/co_so/read",
        purpose="1.009999",
        fields=("ten",),
        allowed=False,
    ),
)
"""Verify one, verify a batch, read one, and one who has no grant: that is journalled as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A question that was answered, or signed away: its case names it on both sides."""

    case: str
    keeper: str
    subjects: frozenset[str]
    granted: bool


@dataclass(slots=True)
class Book:
    """What askers wrote down."""

    answered: list[Acknowledged] = field(default_factory=list)
    without: Counter[str] = field(default_factory=Counter)
    """Questions without an answer, by the name of the error; what became of them nobody knows."""
    asked: int = 0
    turn: Lock = field(default_factory=Lock)

    def note(self, told: Acknowledged | SogocError) -> None:
        """Write one down."""
        with self.turn:
            self.asked += 1
            if isinstance(told, Acknowledged):
                self.answered.append(told)
            else:
                self.without[type(told).__name__] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What questions are made of: persons as the population knows them, keys of facilities."""

    people: tuple[dict[str, str], ...]
    keys: tuple[dict[str, str], ...]


@dataclass(slots=True, kw_only=True)
class AskerAtWork:
    """One agency's officer, asking one kind of question again and again."""

    kind: Kind
    nodes: dict[str, Laid]
    world: World
    book: Book
    seed: int
    _numbers: count[int] = field(default_factory=count)
    _breaker: Breaker = field(default_factory=lambda: Breaker(failures=3, seconds=1.0))

    def __post_init__(self) -> None:
        self._who: Membership = self.nodes[self.kind.asker].who
        self._chance = random.Random(f"{self.seed} {self.kind}")  # noqa: S311 - traffic, no secret

    _who: Membership = field(init=False)
    _chance: random.Random = field(init=False)

    def ask_once(self) -> Acknowledged | SogocError:
        """Ask, and say what came of it."""
        kind = self.kind
        case = f"{kind.asker}-{self.seed}-{kind.allowed}-{next(self._numbers):06}"
        question, subjects = self._question()
        laid, clock = self.nodes[kind.asker], SystemClock()
        code, _, rest = kind.path.partition("/")
        try:
            ask(
                Service(subsystem(self.nodes[kind.keeper].agency.member), code),
                f"/{rest}",
                json.dumps(question).encode(),
                asker=self._who.asker(OFFICER, f"{kind.purpose}/{case}"),
                line=Line(
                    directory=current_directory(laid.home, laid.settings, clock),
                    clock=clock,
                    timeout_seconds=_PATIENCE_SECONDS,
                    breaker=self._breaker,
                ),
            )
        except AnswerRefused as refused:
            if _DENIED not in refused.error:
                return refused
            return Acknowledged(case=case, keeper=kind.keeper, subjects=frozenset(), granted=False)
        except SogocError as failed:
            return failed
        return Acknowledged(case=case, keeper=kind.keeper, subjects=subjects, granted=True)

    def _question(self) -> tuple[dict[str, object], frozenset[str]]:
        fields = list(self.kind.fields)
        if not self.kind.people:
            return {"key": self._chance.choice(self.world.keys), "fields": fields}, frozenset()
        people = self._chance.sample(self.world.people, self.kind.people)
        return {"people": people, "fields": fields}, frozenset(one["number"] for one in people)


def ask_until(stop: Callable[[], bool], askers: list[AskerAtWork]) -> list[Thread]:
    """Let each ask in a thread of its own until `stop` says so."""

    def work(asker: AskerAtWork) -> None:
        while not stop():
            asker.book.note(asker.ask_once())
            sleep(_PAUSE_SECONDS)

    threads = [Thread(target=work, args=(one,), name=one.kind.asker) for one in askers]
    for thread in threads:
        thread.start()
    return threads
