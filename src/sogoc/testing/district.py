"""A made-up district to link against: background persons by rule, and those a test names."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.link.plan import plan
from sogoc.link.population import population_plan
from sogoc.tables.naming import reference, standard, verified
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True)
class Someone:
    """A made-up person, as a register or a record tells of them."""

    name: str | None
    born: str | None = None
    sex: str | None = None
    number: str | None = None
    old_number: str | None = None
    commune: str | None = None
    died: str | None = None
    father: str | None = None
    mother: str | None = None
    spouse: str | None = None
    household: str | None = None
    former: str | None = None
    written: dict[str, str] = field(default_factory=dict)
    """What stood in the cell where it could not be read."""


KINDS = {
    "number": Kind.PERSONAL_ID,
    "old_number": Kind.OLD_ID,
    "name": Kind.PERSON_NAME,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
    "died": Kind.PARTIAL_DATE,
    "father": Kind.PERSON_NAME,
    "mother": Kind.PERSON_NAME,
    "spouse": Kind.PERSON_NAME,
    "household": Kind.TEXT,
    "former": Kind.COMMUNE,
}
UNITS = pa.table(
    {
        "code": ["00001", "00002", "00003", "00101", "00201"],
        "level": ["commune"] * 5,
        "name": ["A", "B", "C", "D", "E"],
        "kind": ["xã"] * 5,
        "parent": ["01", "01", "01", "02", "02"],
        "valid_from": pa.array([date(2025, 7, 1)] * 5, pa.date32()),
        "valid_to": pa.array([None] * 5, pa.date32()),
    }
)
CHANGES = pa.table(
    {
        "day": pa.array([date(2025, 7, 1)] * 5, pa.date32()),
        "old_code": ["00001", "00009", "00008", "00008", "00007"],
        "new_code": ["00002", "00001", "00001", "00003", "00101"],
        "extent": ["whole", "whole", "part", "part", "whole"],
    }
)
COLUMNS = ("_row", "person", "outcome", "number", "probability", "margin", "differs", "evidence")
_PARTS = (
    ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"),
    ("Văn", "Thị", "Đức", "Ngọc", "Minh"),
    ("An", "Bình", "Cường", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Phúc"),
)


def background(count: int = 4000) -> list[Someone]:
    """Persons by rule, none of them born in a year that the tests use for their own."""
    people = []
    for i in range(count):
        surname = _PARTS[0][i % 8]
        middle = _PARTS[1][i // 8 % 5]
        given = _PARTS[2][i // 40 % 11]
        woman = middle == "Thị" or (middle != "Văn" and i % 2 == 0)
        born = f"{1950 + i % 37}-{1 + i % 12:02d}-{1 + i % 28:02d}"
        people.append(
            Someone(
                f"{surname} {middle} {given}",
                born,
                "nữ" if woman else "nam",
                f"0019{i:08d}",
                None,
                ("00001", "00002", "00003", "00101", "00201")[i % 5],
            )
        )
    return people


def district(people: list[Someone], engine: Engine, policy: Policy) -> District:
    """A district with these persons beside the background, in this engine."""
    engine.register("locality_units", UNITS)
    engine.register("locality_changes", CHANGES)
    engine.register(reference("people", "people"), population_of(background() + people))
    for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
        engine.run(step)
    return District(engine, policy)


def register_of(*, link_to: str = "many-to-one", population: bool = False) -> Register:
    """A register of one object whose fields are the roles of a person."""
    fields = tuple(Field(name=name, kind=kind) for name, kind in KINDS.items())
    person = Person(id="owner", **{name: name for name in KINDS})
    one = RegisterObject(name="people", fields=fields, persons=(person,), link_to=link_to)
    return Register(
        id="people", name="people", version="1", objects=(one,), is_population=population
    )


def records_of(people: list[Someone]) -> pa.Table:
    """The standard table that standardising would have made."""
    columns: dict[str, list[object]] = {"_row": list(range(1, len(people) + 1))}
    for name in KINDS:
        values = [getattr(one, name) for one in people]
        columns[name] = values
        columns[f"{name}__raw"] = [
            one.written.get(name, value) for one, value in zip(people, values, strict=True)
        ]
        columns[f"{name}__proposal"] = [one.written.get(f"{name}__proposal") for one in people]
    columns["commune__now"] = columns["commune"]
    columns["former__now"] = columns["former"]
    columns["commune__candidates"] = [one.written.get("candidates", one.commune) for one in people]
    types = {"_row": pa.int64()}
    return pa.table(
        {name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()}
    )


def population_of(people: list[Someone]) -> pa.Table:
    """The current records of the population register."""
    rows = [asdict(one) for one in people]
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in KINDS})


@dataclass
class District:
    """A population that is ready, against which a test asks for persons."""

    engine: Engine
    policy: Policy

    def ask(
        self,
        *people: Someone,
        link_to: str = "many-to-one",
        judgements: list[tuple[int, str, str | None, str]] | None = None,
    ) -> list[dict[str, object]]:
        """The outcome of each record, in order; records without a person have none."""
        register = register_of(link_to=link_to)
        self.engine.register(standard("people"), records_of(list(people)))
        known = frozenset[str]()
        if judgements is not None:
            names = ("_row", "person", "number", "decision")
            rows = zip(*judgements, strict=True)
            table = pa.table(dict(zip(names, map(list, rows), strict=True)))
            self.engine.register("judgements__people", table)
            known = frozenset({"judgements__people"})
        for step in plan(register, self.policy, known=known):
            self.engine.run(step)
        columns, table = ", ".join(COLUMNS), verified("people")
        select = f"select {columns} from {table} order by _row"  # noqa: S608 - both are ours
        return [dict(zip(COLUMNS, row, strict=True)) for row in self.engine.rows(select)]

    def one(self, someone: Someone) -> dict[str, object]:
        """The outcome of one record."""
        (answer,) = self.ask(someone)
        return answer
