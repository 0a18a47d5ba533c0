"""What agencies ask one another: signed, granted, journalled; from real records of the asker."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import MOST_KEYS
from sogoc.cli.country.asked import key_file, people_file
from sogoc.cli.country.cast import HUB, OFFICER, OWNERS, POPULATION, Reading, Verifying
from sogoc.clock import SystemClock
from sogoc.exchange.client import Line, ask
from sogoc.exchange.names import Service, subsystem
from sogoc.node.member import current_directory

if TYPE_CHECKING:
    from sogoc.cli.country.laying import Laid

_PATIENCE_SECONDS = 120.0
_PERSONS = "nguoi"
"""The object of the population register."""
_CASE = "H29-261101-0001"

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the population said of everybody in an object of a register."""

    persons: int
    outcomes: Counter[str]


@dataclass(frozen=True, slots=True)
class Country:
    """The nodes by folder, all of them serving."""

    nodes: dict[str, Laid]

    def verify(self, what: Verifying) -> Verified:
        """Ask the population about everybody of whom the asker knows the lawful triple."""
        people = self._people(what)
        outcomes = Counter[str]()
        for start in range(0, len(people), MOST_KEYS):
            question = {"people": people[start : start + MOST_KEYS], "fields": ["ho_ten"]}
            told = self._ask(
                what.asker,
                HUB,
                f"{POPULATION}/v1/{_PERSONS}/verify",
                question=question,
                purpose=what.purpose,
            )
            outcomes.update(each["outcome"] for each in told["results"])
        return Verified(persons=len(people), outcomes=outcomes)

    def read(self, what: Reading) -> Rows:
        """Ask for one record. Raises AnswerRefused."""
        question = {"key": self._some_key(what), "fields": what.fields.split()}
        path = f"{what.register}/v1/{what.object}/read"
        told = self._ask(what.asker, what.keeper, path, question=question, purpose=what.purpose)
        records: Rows = told["records"]
        return records

    def owner(self) -> tuple[Rows, Rows]:
        """An owner as land knows them, and under the number of another owner: two answers.

        The first two whom the population knows: many a number on a land sheet is wrong.
        """
        people = self._people(OWNERS)[:_SOME]
        told = self._outcomes(people)
        known = [n for n, each in enumerate(told) if each["outcome"] == "verified"]
        one, other = (*known, 0, 0)[0], (*known, 0, 0)[1]
        wrong = {**people[one], "number": people[other]["number"]}
        return [told[one]], self._outcomes([wrong])

    def _outcomes(self, people: list[dict[str, str]]) -> Rows:
        question = {"people": people, "fields": ["thuong_tru"]}
        path = f"{POPULATION}/v1/{_PERSONS}/verify"
        results: Rows = self._ask(
            OWNERS.asker, HUB, path, question=question, purpose=OWNERS.purpose
        )["results"]
        return results

    def _ask(
        self, asker: str, keeper: str, path: str, *, question: dict[str, Any], purpose: str
    ) -> Any:  # noqa: ANN401 - JSON
        laid, clock = self.nodes[asker], SystemClock()
        code, _, rest = path.partition("/")
        told = ask(
            Service(subsystem(self.nodes[keeper].agency.member), code),
            f"/{rest}",
            json.dumps(question).encode(),
            asker=laid.who.asker(OFFICER, f"{purpose}/{_CASE}"),
            line=Line(
                directory=current_directory(laid.home, laid.settings, clock),
                clock=clock,
                timeout_seconds=_PATIENCE_SECONDS,
            ),
        )
        return json.loads(told)

    def _people(self, what: Verifying) -> list[dict[str, str]]:
        file = people_file(self.nodes[what.asker].home, what.register, what.object)
        people: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
        return people

    def _some_key(self, what: Reading) -> Any:  # noqa: ANN401 - a text or an object
        """A key that the keeper holds; what is refused is refused whatever the key."""
        file = key_file(self.nodes[what.keeper].home, what.register, what.object)
        return json.loads(file.read_text(encoding="utf-8")) if what.allowed else "0"


_SOME = 50
