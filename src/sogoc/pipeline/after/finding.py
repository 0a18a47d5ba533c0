"""One person asked about: who is meant, by the node's population register; nothing is stored.

A desk stays open over the person index of the newest release, which is made when it is first asked
for. It answers what linking a whole register would answer, in milliseconds; where the compiled part
is not installed, or the policy says what only SQL can, one record is linked by SQL instead: the
same answer, in seconds. For the keeper's own officers: other members verify by number alone (0172).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.clock import today
from sogoc.contract.model import Field, Person, RegisterObject
from sogoc.contract.model import Register as Contract
from sogoc.errors import KernelMissing, Sentence, UnknownThing
from sogoc.link.columns import answers, chances
from sogoc.link.desk.answers import number_of
from sogoc.link.desk.desk import Answer, Desk, Told
from sogoc.link.desk.formulas import UnknownToDesk
from sogoc.link.desk.weights import row_of_chances, starting_chances
from sogoc.link.explaining.account import account
from sogoc.link.kernel.writing.predicates import UnknownToKernel
from sogoc.link.plan import plan
from sogoc.localities.places import Written, read_place
from sogoc.localities.tables import unit_tables
from sogoc.localities.units import Units
from sogoc.pipeline.linking.models import Policies, policies
from sogoc.pipeline.persons import chances_of, lend_population, population_of
from sogoc.pipeline.population.people import People
from sogoc.pipeline.stages import Stage, nobody, run_steps
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import quoted
from sogoc.tables.naming import candidates, now, proposal, raw, standard, verified
from sogoc.values.flaws import sentence
from sogoc.values.kinds import Kind
from sogoc.values.readers import read
from sogoc.values.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.link.index.person_index import PersonIndex
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine

_KINDS = {
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "number": Kind.PERSONAL_ID,
    "old_number": Kind.OLD_ID,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
    "father": Kind.PERSON_NAME,
    "mother": Kind.PERSON_NAME,
    "spouse": Kind.PERSON_NAME,
}
QUESTIONS = {
    "name": Sentence("Họ và tên", "Name"),
    "born": Sentence("Ngày, tháng hoặc năm sinh", "Date, month or year of birth"),
    "number": Sentence("Số định danh 12 chữ số", "Personal number, 12 digits"),
    "old_number": Sentence("Số CMND 9 chữ số", "Old number, 9 digits"),
    "sex": Sentence("Giới tính", "Sex"),
    "commune": Sentence(
        "Xã, phường: mã hoặc tên đủ đến tỉnh", "Commune: code, or name and province"
    ),
    "father": Sentence("Tên cha", "Father's name"),
    "mother": Sentence("Tên mẹ", "Mother's name"),
    "spouse": Sentence("Tên vợ hoặc chồng", "Spouse's name"),
}
"""What may be told of a person, and how it is asked for; each may be left out."""

_ASKED = RegisterObject(
    name="person",
    fields=tuple(Field(name=name, kind=kind) for name, kind in _KINDS.items()),
    persons=(Person(id="person", **{name: name for name in _KINDS}),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """One who may be meant."""

    place: int
    number: str | None
    weight: int
    """Thousandths of a bit."""
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What linking says of the person asked about."""

    answer: Answer | None
    """None where neither a name nor a number was told."""
    candidates: tuple[Meant, ...]
    unread: tuple[Sentence, ...]
    """What was told and could not be read, and what to do about it."""
    policy: Policy
    population: int
    """The release of the population register, by its delivery."""
    model: int
    """The version of the model that weighed, 0 where none is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _By:
    """Against what and by what is asked."""

    found: tuple[Register, Delivery]
    policies: Policies
    weighed: Path | None
    """Chances that a register measured; None: those the policy begins with."""
    object: str
    """The object of the register that weighs; empty: none does."""

    @property
    def policy(self) -> Policy:
        return self.policies.of(self.object)


class OpenDesk:
    """A desk of a node: kept open by a server, asked once by a command."""

    def __init__(self, parts: Parts, *, register: str = "") -> None:
        self._parts = parts
        self._by = _by(parts, register)
        self._desk: Desk | None = None
        self._index: PersonIndex | None = None
        try:
            self._open()
        except (KernelMissing, UnknownToKernel, UnknownToDesk):
            self._desk = None

    @property
    def release(self) -> int:
        """The release it looks in: with a newer one, open another desk."""
        return self._by.found[1].id

    def read_by_sql(self) -> None:
        """From now on answer by SQL: the same answers, for whoever wants to compare."""
        self._desk = None

    def find(self, told: Mapping[str, str]) -> Found:
        """Who is meant. Raises UnknownThing for something told that no question asks for."""
        if strange := sorted(told.keys() - QUESTIONS.keys()):
            listed = ", ".join(QUESTIONS)
            raise UnknownThing(
                Sentence(
                    f"Không biết mục {', '.join(strange)}; các mục là: {listed}.",
                    f"Unknown: {', '.join(strange)}. What may be told: {listed}.",
                )
            )
        record, unread = _record(told, today(self._parts.clock))
        said = self._by_desk(record) if self._desk else self._by_sql(record)
        answer, meant = said or (None, ())
        return Found(
            answer=answer,
            candidates=meant,
            unread=tuple(unread),
            policy=self._by.policy,
            population=self.release,
            model=self._by.policies.version_of(self._by.object),
        )

    def _open(self) -> None:
        index = People(self._parts, self._by.found).index_at_once()
        if index is None:
            return
        policy = self._by.policy
        with tempfile.TemporaryDirectory(prefix="sogoc-desk-") as folder:
            if self._by.weighed is not None:
                weights = row_of_chances(pq.read_table(self._by.weighed))
            else:
                with DuckDBEngine(Path(folder), threads=1) as engine:
                    persons = index.persons
                    weights = starting_chances(engine, _ASKED, policy, persons=persons)
        own = self._by.policies.calibration_of(self._by.object)
        told = Told(object=_ASKED, policy=policy, chances=weights, calibration=own)
        self._desk = Desk(index, told, cache=self._parts.machine_code)
        self._index = index

    def _by_desk(self, record: Mapping[str, Any]) -> tuple[Answer, tuple[Meant, ...]] | None:
        if self._desk is None or self._index is None:
            return None
        answers_of = self._desk.ask(record)
        if not answers_of:
            return None
        (answer,) = answers_of
        meant = tuple(
            Meant(
                place=one.place,
                number=number_of(self._index, one.person),
                weight=one.weight,
                share=one.posterior,
            )
            for one in answer.candidates
        )
        return answer, meant

    def _by_sql(self, record: Mapping[str, Any]) -> tuple[Answer, tuple[Meant, ...]] | None:
        parts = self._parts
        parts.runs.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix=".asking-", dir=parts.runs) as folder,
            parts.engine(Path(folder)) as engine,
        ):
            for name, table in unit_tables().items():
                engine.register(name, table)
            lend_population(parts, self._by.found, engine, tell=nobody)
            columns = {name: pa.array([record[name]], pa.string()) for name in record}
            engine.register(standard(_ASKED.name), pa.table({"_row": [1], **columns}))
            if self._by.weighed is not None:
                engine.register(chances(_ASKED.name), self._by.weighed)
            asked = Contract(id="desk", name="desk", version="1", objects=(_ASKED,))
            own = self._by.policies.calibration_of(self._by.object)
            steps = plan(asked, self._by.policy, calibration=own)
            run_steps(engine, Stage.LINK, steps, tell=nobody)
            return _told_by(engine, self._by.policy)


def find(parts: Parts, told: Mapping[str, str], *, register: str = "") -> Found:
    """Who is meant by what is told, once. `register` names one by whose chances it is weighed.

    Raises UnknownThing where the node holds no population register.
    """
    return OpenDesk(parts, register=register).find(told)


def _by(parts: Parts, register: str) -> _By:
    found = population_of(parts)
    if found is None:
        raise UnknownThing(
            Sentence(
                "Nút chưa có sổ dân cư nên chưa tìm được ai. Hãy nộp sổ dân cư trước.",
                "The node holds no population register, so nobody can be found. Deliver it first.",
            )
        )
    if not register:
        none = Policies(by_object={}, used={}, policy=parts.policy)
        return _By(found=found, policies=none, weighed=None, object="")
    held = parts.shelf.register(register)
    by = policies(parts, held)
    name = next((one.name for one in held.objects if one.persons), "")
    weighed = chances_of(parts, held, name, release=found[1], by=by) if name else None
    return _By(found=found, policies=by, weighed=weighed, object=name)


def _record(told: Mapping[str, str], day: date) -> tuple[dict[str, Any], list[Sentence]]:
    """The row of `standard` that a delivery with this record would have, and what was not read."""
    row: dict[str, Any] = {}
    unread: list[Sentence] = []
    for name, kind in _KINDS.items():
        text = told.get(name, "")
        row[raw(name)] = text if clean(text) else None
        if kind is Kind.COMMUNE:
            place = read_place(Written(text=text, level="commune", day=day), Units.load())
            row[now(name)], row[candidates(name)] = place.now, " ".join(place.candidates) or None
            value, flaw, better = place.code, place.flaw, place.proposal
        else:
            reading = read(kind, text)
            value, flaw, better = reading.value, reading.flaw, reading.proposal
        row[name], row[proposal(name)] = value, better
        if flaw is not None:
            words, why = QUESTIONS[name], sentence(kind, flaw)
            unread.append(Sentence(f"{words.vi}: {why.vi}", f"{words.en}: {why.en}"))
    return row, unread


def _told_by(engine: Engine, policy: Policy) -> tuple[Answer, tuple[Meant, ...]] | None:
    """The same from the tables that linking left."""
    rows = engine.arrow(
        f"select v.*, a.b_posterior as posterior from {quoted(verified(_ASKED.name))} as v"
        f" inner join {quoted(answers(_ASKED.name))} as a on v._row = a._row"
    ).to_pylist()
    weighed = account(engine, _ASKED, policy, who=1)
    if not rows or weighed is None:
        return None
    (row,) = rows
    row.pop("_row")
    meant = tuple(
        Meant(place=one.place, number=one.number, weight=one.weight, share=one.share)
        for one in weighed.candidates
    )
    return Answer(**row, candidates=()), meant
