"""What agencies ask one another: signed, granted, journalled; from real records of the asker."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from sogoc.access.grant import MOST_KEYS
from sogoc.cli.country.cast import HUB, OFFICER, POPULATION, Reading, Verifying
from sogoc.clock import SystemClock
from sogoc.exchange.client import Asker, Line, ask
from sogoc.exchange.names import Service, subsystem
from sogoc.node.member import current_directory
from sogoc.node.node import open_node
from sogoc.records.store import RecordStore

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        people = list(self._triples(what))
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

    def owner(self, asker: str) -> tuple[Rows, Rows]:
        """An owner as land knows them, and under the number of another owner: two answers.

        The first whom the population knows: many a number on a land sheet is wrong.
        """
        people = list(
            self._triples(
                Verifying(asker=asker, register="land", object="quyen", purpose="1.012789")
            )
        )[:_SOME]
        right = self._outcomes(asker, people)
        known = next((n for n, told in enumerate(right) if told["outcome"] == "verified"), 0)
        wrong = {**people[known], "number": people[known - 1]["number"]}
        return [right[known]], self._outcomes(asker, [wrong])

    def _outcomes(self, asker: str, people: list[dict[str, str]]) -> Rows:
        question = {"people": people, "fields": ["thuong_tru"]}
        path = f"{POPULATION}/v1/{_PERSONS}/verify"
        results: Rows = self._ask(asker, HUB, path, question=question, purpose="1.012789")[
            "results"
        ]
        return results

    def _ask(
        self, asker: str, keeper: str, path: str, *, question: dict[str, Any], purpose: str
    ) -> Any:  # noqa: ANN401 - JSON
        laid, clock = self.nodes[asker], SystemClock()
        who = laid.who
        code, _, rest = path.partition("/")
        told = ask(
            Service(subsystem(self.nodes[keeper].agency.member), code),
            f"/{rest}",
            json.dumps(question).encode(),
            asker=Asker(
                client=str(who.who),
                key=who.key,
                key_id=who.key_id,
                officer=OFFICER,
                issue=f"{purpose}/{_CASE}",
            ),
            line=Line(
                directory=current_directory(laid.home, laid.settings, clock),
                clock=clock,
                timeout_seconds=_PATIENCE_SECONDS,
            ),
        )
        return json.loads(told)

    def _triples(self, what: Verifying) -> Iterator[dict[str, str]]:
        register = self.nodes[what.asker].shelf.register(what.register)
        person = register.object(what.object).persons[0]
        names = {"number": person.number, "name": person.name, "born": person.born}
        for row in self._records(
            what.asker, what.register, what.object, columns=list(names.values())
        ):
            told = {key: row[name] for key, name in names.items()}
            if all(told.values()):
                yield {key: str(value) for key, value in told.items()}

    def _some_key(self, what: Reading) -> Any:  # noqa: ANN401 - a text or an object
        register = self.nodes[what.keeper].shelf.register(what.register)
        names = register.object(what.object).identities[0]
        for row in self._records(what.keeper, what.register, what.object, columns=list(names)):
            if all(row.values()):
                told = {name: str(value) for name, value in row.items()}
                return told[names[0]] if len(names) == 1 else told
        return "0"

    def _records(self, node: str, register: str, name: str, *, columns: list[str]) -> Rows:
        laid = self.nodes[node]
        with open_node(laid.home, laid.settings) as opened:
            contract = laid.shelf.register(register)
            file = RecordStore(opened.parts.connection).export(
                contract, name, laid.home / "var" / "asked"
            )
        rows: Rows = pq.read_table(file, columns=columns).to_pylist()
        file.unlink()
        return rows


_SOME = 50
