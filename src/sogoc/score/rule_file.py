"""A dated rule file: how the index is computed, as data that an official can read and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sogoc.contract.model import Criterion, Dimension, Severity
from sogoc.contract.reading.implied import CRITERION_OF
from sogoc.errors import RuleFileError, Sentence
from sogoc.score.reading import read_rule_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sogoc.contract.model import Field, RegisterObject, Rule
    from sogoc.score.reading import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """From which index upwards a figure is green, and yellow; below it is red."""

    green: float
    yellow: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each thing counts; what is not named counts as `default` says."""

    severity: Mapping[Severity, float]
    criterion: Mapping[str, float]
    field: Mapping[str, float]
    object: Mapping[str, float]
    rule: Mapping[str, float]

    def of_rule(self, rule: Rule) -> float:
        """A rule by its code, else by how severe it is."""
        return self.rule.get(rule.code, self.severity[rule.severity])

    def of_criterion(self, criterion: Criterion) -> float:
        """A criterion within a field."""
        return self.criterion.get(criterion.value, self.criterion["default"])

    def of_field(self, one: RegisterObject, field: Field) -> float:
        """A field within its register: `<object>.<field>`, else identity keys apart."""
        ordinary = self.field["critical"] if field.critical else self.field["default"]
        within = self.object.get(one.name, self.object["default"])
        return self.field.get(f"{one.name}.{field.name}", ordinary) * within


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One line of the table of groups: the first whose condition holds decides."""

    group: int
    reason: str
    when: str
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Working days: to find the cause, then to correct at the source; in all with field work."""

    find_cause: int
    correct: int
    field_work_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a section's figures come from, and whether a person compared them with the text."""

    section: str
    text: str
    checked_against_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """All that a score depends on beside the data and the contract."""

    rule_set: str
    version: str
    valid_from: date
    title: str
    title_en: str
    levels: Levels
    must_be: float
    """The index at which identity keys must stand."""
    must_be_criteria: frozenset[Criterion]
    criteria: Mapping[Dimension, Criterion]
    weights: Weights
    groups: tuple[Group, ...]
    deadlines: Deadlines
    holidays: frozenset[date]
    holidays_until: date
    sources: tuple[Source, ...]

    @property
    def checked_against_text(self) -> bool:
        """Whether every figure was compared with the text it is said to come from."""
        return all(source.checked_against_text for source in self.sources)

    def criterion(self, rule: Rule) -> Criterion:
        """The criterion a rule counts for: its own where the contract gave one, else as here."""
        own = rule.criterion is not CRITERION_OF[rule.dimension]
        return rule.criterion if own else self.criteria[rule.dimension]


def load(path: Path) -> RuleFile:
    """The rule file at a path. Raises RuleFileError with all its mistakes at once."""
    return _made(read_rule_file(path))


def newest(folder: Path, day: date, *, rule_set: str = "dqi") -> RuleFile:
    """The newest file of a set that is valid on a day. Raises RuleFileError if there is none."""
    files = [load(path) for path in sorted(folder.glob("*.yaml"))]
    valid = [one for one in files if one.rule_set == rule_set and one.valid_from <= day]
    if not valid:
        raise RuleFileError(
            Sentence(
                vi=f"Thư mục {folder} không có tệp quy tắc {rule_set} nào có hiệu lực ngày {day}",
                en=f"The folder {folder} has no rule file {rule_set} that is valid on {day}",
            )
        )
    return max(valid, key=lambda one: (one.valid_from, one.version))


def _made(given: Given) -> RuleFile:
    return RuleFile(
        rule_set=given.text("rule_set"),
        version=given.text("version"),
        valid_from=given.day("valid_from"),
        title=given.text("title"),
        title_en=given.text("title_en"),
        levels=Levels(
            green=given.number("levels", "green"), yellow=given.number("levels", "yellow")
        ),
        must_be=given.number("identity_keys", "must_be"),
        must_be_criteria=frozenset(map(Criterion, given.texts("identity_keys", "criteria"))),
        criteria={one: Criterion(given.text("criteria", one.value)) for one in Dimension},
        weights=_weights(given),
        groups=tuple(
            Group(
                group=int(line.number("group")),
                reason=line.text("reason"),
                when=line.text("when"),
                sentence=Sentence(vi=line.text("vi"), en=line.text("en")),
            )
            for line in given.lines("groups")
        ),
        deadlines=Deadlines(
            find_cause=int(given.number("deadlines", "find_cause")),
            correct=int(given.number("deadlines", "correct")),
            field_work_total=int(given.number("deadlines", "field_work_total")),
        ),
        holidays=frozenset(map(date.fromisoformat, given.texts("holidays", "days"))),
        holidays_until=given.day("holidays", "until"),
        sources=tuple(
            Source(section=section, text=text, checked_against_text=checked)
            for section, text, checked in given.sources()
        ),
    )


def _weights(given: Given) -> Weights:
    return Weights(
        severity={one: given.number("weights", "severity", one.value) for one in Severity},
        criterion=given.numbers("weights", "criterion"),
        field=given.numbers("weights", "field"),
        object=given.numbers("weights", "object"),
        rule=given.numbers("weights", "rule"),
    )
