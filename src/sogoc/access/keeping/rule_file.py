"""The dated rule file of the journal: retention, display and deferral as data that lawyers read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sogoc.contract.reading.document import Mistakes, read
from sogoc.errors import ContractError, RuleFileError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sogoc.contract.reading.document import Part


class Officers(StrEnum):
    """How officers are shown to the person whom an entry is about."""

    NUMBER = "number"
    """As the asking agency names them."""
    END = "end"
    """The last three signs: enough for the agency to find out who it was."""
    NOTHING = "nothing"
    """The agency alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRules:
    """What one rule file says."""

    version: str
    valid_from: date
    years: int
    """How long an entry says something."""
    registers: Mapping[str, int]
    """Years for registers of their own."""
    withheld_years: int
    shown_at_least_days: int
    officers: Officers
    other_persons_purposes: frozenset[str]
    longest_deferral_days: int
    child_until_years: int


_SOURCED = ("source", "checked_against_text")
_TOP = ("rule_set", "version", "valid_from", "title", "title_en", *_SOURCED)
_SECTIONS: dict[str, tuple[str, ...]] = {
    "retention": ("years", "registers", "withheld_years", "shown_at_least_days", *_SOURCED),
    "display": ("officers", "other_persons_purposes", *_SOURCED),
    "deferral": ("longest_days", *_SOURCED),
    "representation": ("child_until_years", *_SOURCED),
}
_NUMBERS = (
    ("retention", "years"),
    ("retention", "withheld_years"),
    ("retention", "shown_at_least_days"),
    ("deferral", "longest_days"),
    ("representation", "child_until_years"),
)


def rules_at(folder: Path, day: date) -> JournalRules:
    """The newest file of `folder` that is valid on a day. Raises RuleFileError."""
    files = [load(path) for path in sorted(folder.glob("*.yaml"))]
    valid = [one for one in files if one.valid_from <= day]
    if not valid:
        raise RuleFileError(
            Sentence(
                vi=f"Thư mục {folder.name} không có quy tắc nhật ký nào có hiệu lực ngày {day}.",
                en=f"The folder {folder.name} has no rule file of the journal valid on {day}.",
            )
        )
    return max(valid, key=lambda one: (one.valid_from, one.version))


def load(path: Path) -> JournalRules:
    """The rule file at a path. Raises RuleFileError with all its mistakes at once."""
    mistakes = Mistakes(path.name)
    try:
        root = read(path.read_text(encoding="utf-8"), mistakes)
    except ContractError as refusal:
        raise _refused(path, refusal.mistakes) from refusal
    _check(root, mistakes)
    if mistakes:
        raise _refused(path, mistakes.told())
    return _made(root)


def _check(root: Part, mistakes: Mistakes) -> None:
    _keys(root, (*_TOP, *_SECTIONS), mistakes)
    for name, keys in _SECTIONS.items():
        _keys(root.at(name), keys, mistakes)
    for keys in _NUMBERS:
        _whole(root.at(*keys), mistakes)
    for part in root.at("retention", "registers").inside.values():
        _whole(part, mistakes)
    if root.text("rule_set") != "journal":
        mistakes.add(root.at("rule_set"), "rule_set must be journal", "rule_set phải là journal")
    if root.text("display", "officers") not in set(Officers):
        listed = ", ".join(Officers)
        mistakes.add(
            root.at("display", "officers"),
            f"this is one of {listed}",
            f"phải là một trong {listed}",
        )
    try:
        date.fromisoformat(root.text("valid_from"))
    except ValueError:
        mistakes.add(
            root.at("valid_from"), "write the day like 2026-11-01", "viết ngày như 2026-11-01"
        )


def _keys(part: Part, keys: tuple[str, ...], mistakes: Mistakes) -> None:
    for key, inside in part.inside.items():
        if key not in keys:
            mistakes.add(inside, f"nothing is called {key!r}", f"không có mục {key!r}")
    for key in keys:
        if key not in part.inside:
            mistakes.add(part, f"{key!r} is missing", f"thiếu mục {key!r}")


def _whole(part: Part, mistakes: Mistakes) -> None:
    number = part.number()
    if number is None or number < 1 or number != int(number):
        mistakes.add(part, "this must be a whole number from 1", "phải là số nguyên từ 1 trở lên")


def _made(root: Part) -> JournalRules:
    registers = root.at("retention", "registers").inside
    return JournalRules(
        version=root.text("version"),
        valid_from=date.fromisoformat(root.text("valid_from")),
        years=root.whole("retention", "years") or 0,
        registers={str(name): part.whole() or 0 for name, part in registers.items()},
        withheld_years=root.whole("retention", "withheld_years") or 0,
        shown_at_least_days=root.whole("retention", "shown_at_least_days") or 0,
        officers=Officers(root.text("display", "officers")),
        other_persons_purposes=frozenset(root.texts("display", "other_persons_purposes")),
        longest_deferral_days=root.whole("deferral", "longest_days") or 0,
        child_until_years=root.whole("representation", "child_until_years") or 0,
    )


def _refused(path: Path, mistakes: list[str]) -> RuleFileError:
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    return RuleFileError(
        Sentence(
            vi=f"Tệp quy tắc {path.name} có {len(mistakes)} lỗi, cần sửa trong tệp:\n{listed}",
            en=f"{len(mistakes)} mistakes in the rule file {path.name}, to mend there:\n{listed}",
        )
    )
