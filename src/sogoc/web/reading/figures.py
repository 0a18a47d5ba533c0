"""What the pages show, read by named statements into plain shapes; nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sogoc.database.deliveries import Scope
from sogoc.named_sql import statements
from sogoc.worklists.connection import Connection, number, rows

if TYPE_CHECKING:
    from datetime import date, datetime

SQL = statements(files("sogoc.web.reading") / "figures.sql")
PAGE = 50
"""Rows of a list on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a register stands after its last delivery in force."""

    register: str
    delivery: int
    merged_at: datetime
    as_of: date
    dqi: float | None
    colour: str
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery, with the counts that its run left."""

    id: int
    register: str
    contract_version: str
    form: str
    file_name: str
    sha256: str
    bytes: int
    received_at: datetime
    received_by: str
    as_of: date
    scope: str
    state: str
    rules_version: str
    population_release: int | None
    counts: dict[str, Any]
    merged_at: datetime | None
    undone_at: datetime | None

    @property
    def scored(self) -> bool:
        """Whether it was checked whole; a returned worklist or single records were not."""
        return bool(self.rules_version)

    def of(self, name: str, count: str) -> int:
        """One count of one object; 0 where the run left none."""
        return int((self.counts.get(name) or {}).get(count) or 0)

    def total(self, count: str) -> int:
        """One count over all objects."""
        counted = self.counts.items()
        # "file" holds the rows of the sheets: they would be counted a second time.
        objects = [
            one
            for name, one in counted
            if name not in {"file", "linking"} and isinstance(one, dict)
        ]
        return sum(int(one.get(count) or 0) for one in objects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score at one level."""

    level: str
    name: str
    criterion: str
    locality: str
    assessed: int
    failed: int
    unassessed: int
    dqi: float | None
    colour: str

    @property
    def passed_share(self) -> float | None:
        """Share of the assessed that passed, in hundredths; None if nothing was assessed."""
        return 100 * (self.assessed - self.failed) / self.assessed if self.assessed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The score of a register after one delivery."""

    delivery: int
    rules_version: str
    dqi: float | None
    colour: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Records of one object in one group for one reason."""

    object: str
    group: int
    reason: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Records of one object by group in one locality."""

    object: str
    locality: str
    records: int
    group_1: int
    group_2: int
    group_3: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFailures:
    """Broken rules in one locality."""

    locality: str
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many persons had one outcome."""

    object: str
    outcome: str
    persons: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHandOut:
    """What one commune or hamlet has to repair."""

    locality: str
    hamlet: str
    findings: int
    records: int
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """A worklist that was made, and when it came back."""

    id: int
    register: str
    form: str
    locality: str
    hamlet: str
    made_at: datetime
    rules_version: str
    file_name: str
    findings: int
    returned_at: datetime | None
    returned_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule broken by one record, open or closed."""

    id: int
    object: str
    record: int
    rule: str
    person: str
    field: str
    locality: str
    hamlet: str
    severity: str
    criterion: str
    flaw: str | None
    came_as: str | None
    proposal: str | None
    opened_by: int
    due: date | None
    state: str
    closed_at: datetime | None
    closed_by: int | None
    closed_by_officer: str | None
    outcome: str | None
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer for one person of a record, and since when it is believed."""

    person: str
    outcome: str
    number: str | None
    """Who of the population is meant or proposed."""
    probability: float | None
    differs: str | None
    evidence: str | None
    delivery: int
    believed_from: datetime
    believed_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A value that an officer changed or confirmed."""

    field: str
    before: str | None
    after: str | None
    officer: str
    at: datetime
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records much alike."""

    object: str
    record: int
    other: int
    likeness: float
    why: str
    judged: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Objects expected in one locality against those present."""

    object: str
    rule: str
    locality: str
    expected: int | None
    present: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings to list; None leaves a filter out."""

    register: str
    object: str | None = None
    record: int | None = None
    rule: str | None = None
    localities: list[str] | None = None
    hamlet: str | None = None
    state: str | None = "open"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for the pages over one connection."""

    connection: Connection
    limit: int = field(default=PAGE, kw_only=True)

    def registers(self) -> list[Standing]:
        """Every register that has a delivery in force."""
        return rows(self.connection, SQL["registers"], Standing)

    def deliveries(self, register: str | None = None) -> list[Delivery]:
        """The newest deliveries."""
        return self._deliveries(register=register)

    def delivery(self, number: int) -> Delivery | None:
        """One delivery, None if there is none of that number."""
        return next(iter(self._deliveries(id=number)), None)

    def latest(self, register: str) -> Delivery | None:
        """The last delivery in force of a register that was checked whole."""
        whole = self._deliveries(register=register, scope=Scope.PLACES)
        return next((one for one in whole if one.state == "merged" and one.scored), None)

    def _deliveries(self, **wanted: object) -> list[Delivery]:
        anything = {"register": None, "id": None, "scope": None, "limit": self.limit}
        return rows(self.connection, SQL["deliveries"], Delivery, **(anything | wanted))

    def scores(self, delivery: int, level: str, locality: str | None = "") -> list[Score]:
        """Scores of one delivery at one level; `locality` None: for each locality."""
        wanted = {"delivery": delivery, "level": level, "locality": locality}
        return rows(self.connection, SQL["scores"], Score, **wanted)

    def trend(self, register: str) -> list[Point]:
        """The score of a register over its deliveries, oldest first."""
        return rows(self.connection, SQL["trend"], Point, register=register)

    def groups(self, delivery: int) -> list[Group]:
        """Records by object, group and reason."""
        return rows(self.connection, SQL["groups"], Group, delivery=delivery)

    def places(self, delivery: int) -> list[Place]:
        """Records of each object by group for each locality."""
        return rows(self.connection, SQL["places"], Place, delivery=delivery)

    def failures_by_place(self, delivery: int) -> list[PlaceFailures]:
        """Broken rules for each locality, most first."""
        wanted = {"delivery": delivery}
        return rows(self.connection, SQL["failures_by_place"], PlaceFailures, **wanted)

    def outcomes(self, register: str) -> list[Outcome]:
        """Outcomes of verification as believed now."""
        return rows(self.connection, SQL["outcomes"], Outcome, register=register)

    def to_hand_out(self, register: str) -> list[ToHandOut]:
        """Open findings for each commune and hamlet, most first."""
        return rows(self.connection, SQL["to_hand_out"], ToHandOut, register=register)

    def worklists(self, register: str | None = None, *, id: int | None = None) -> list[Worklist]:  # noqa: A002 - the column's name
        """Worklists already made, newest first."""
        wanted = {"register": register, "id": id, "limit": self.limit}
        return rows(self.connection, SQL["worklists"], Worklist, **wanted)

    def findings(self, wanted: FindingFilter, page: int = 1) -> list[Finding]:
        """One page of the findings that fit."""
        parameters = _of(wanted) | {"limit": self.limit, "offset": (page - 1) * self.limit}
        return rows(self.connection, SQL["findings"], Finding, **parameters)

    def count_findings(self, wanted: FindingFilter) -> int:
        """How many findings fit."""
        return number(self.connection, SQL["count_findings"], **_of(wanted))

    def verifications(self, register: str, name: str, record: int) -> list[Verification]:
        """The answers for the persons of one record."""
        wanted = {"register": register, "object": name, "record": record}
        return rows(self.connection, SQL["verifications"], Verification, **wanted)

    def corrections(self, register: str, name: str, record: int) -> list[Correction]:
        """What officers changed or confirmed in one record."""
        wanted = {"register": register, "object": name, "record": record}
        return rows(self.connection, SQL["corrections"], Correction, **wanted)

    def near_duplicates(self, delivery: int, page: int = 1) -> list[Pair]:
        """One page of pairs much alike."""
        wanted = {"delivery": delivery, "limit": self.limit, "offset": (page - 1) * self.limit}
        return rows(self.connection, SQL["near_duplicates"], Pair, **wanted)

    def count_near_duplicates(self, delivery: int) -> int:
        """How many pairs one delivery left to judge."""
        return number(self.connection, SQL["count_near_duplicates"], delivery=delivery)

    def coverage(self, delivery: int) -> list[Coverage]:
        """Objects expected against present."""
        return rows(self.connection, SQL["coverage"], Coverage, delivery=delivery)


def _of(wanted: FindingFilter) -> dict[str, object]:
    return {
        "register": wanted.register,
        "object": wanted.object,
        "record": wanted.record,
        "rule": wanted.rule,
        "localities": wanted.localities,
        "hamlet": wanted.hamlet,
        "state": wanted.state,
    }
