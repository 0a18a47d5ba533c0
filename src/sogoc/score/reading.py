"""The rule file as its steward wrote it: every mistake with its line, all told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from sogoc.contract.model import Criterion, Dimension, Severity
from sogoc.contract.reading.document import Mistakes, Part, closest, read
from sogoc.errors import ContractError, RuleFileError, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COUNTED = ("errors", "warnings", "missing", "required", "key_errors", "unverified")
"""What a group's condition may count of one record: rules broken by severity, required fields
empty and required at all, broken rules of its key, and persons not verified."""

_SOURCED = frozenset({"source", "checked_against_text"})
_TOP = frozenset(
    {
        "rule_set",
        "version",
        "valid_from",
        "title",
        "title_en",
        "levels",
        "identity_keys",
        "criteria",
        "weights",
        "groups",
        "groups_source",
        "deadlines",
        "holidays",
    }
)
_SECTIONS: dict[str, frozenset[str]] = {
    "levels": frozenset({"green", "yellow"}),
    "identity_keys": frozenset({"must_be", "criteria"}),
    "criteria": frozenset(one.value for one in Dimension),
    "weights": frozenset({"severity", "criterion", "field", "object", "rule"}),
    "groups_source": frozenset(),
    "deadlines": frozenset({"find_cause", "correct", "field_work_total"}),
    "holidays": frozenset({"until", "days"}),
}
_GROUP = frozenset({"group", "reason", "when", "vi", "en"})
_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class Given:
    """Values of a file that has been found without mistakes."""

    part: Part

    def text(self, *keys: str) -> str:
        """The text under the keys."""
        return self.part.text(*keys)

    def texts(self, *keys: str) -> tuple[str, ...]:
        """The list of texts under the keys."""
        return self.part.texts(*keys)

    def number(self, *keys: str) -> float:
        """The number under the keys."""
        return self.part.number(*keys) or 0

    def numbers(self, *keys: str) -> dict[str, float]:
        """A mapping of names to numbers."""
        inside = self.part.at(*keys).inside
        return {str(name): one.number() or 0 for name, one in inside.items()}

    def day(self, *keys: str) -> date:
        """The day under the keys."""
        return date.fromisoformat(self.part.text(*keys))

    def lines(self, key: str) -> Iterator[Given]:
        """The items of a list."""
        return (Given(one) for one in self.part.at(key))

    def sources(self) -> Iterator[tuple[str, str, bool]]:
        """Each section with its source and whether that was compared with the text."""
        for section in ("", *_SECTIONS):
            part = self.part.at(section) if section else self.part
            yield section, part.text("source"), part.is_true("checked_against_text")


def read_rule_file(path: Path) -> Given:
    """The file, found without mistakes. Raises RuleFileError."""
    mistakes = Mistakes(path.name)
    try:
        root = read(path.read_text(encoding="utf-8"), mistakes)
    except ContractError as refusal:
        raise _refused(path, refusal.mistakes) from refusal
    for check in _CHECKS:
        check(root, mistakes)
    if mistakes:
        raise _refused(path, mistakes.told())
    return Given(root)


def _refused(path: Path, mistakes: list[str]) -> RuleFileError:
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    return RuleFileError(
        Sentence(
            vi=f"Tệp quy tắc {path.name} có {len(mistakes)} lỗi, cần sửa trong tệp:\n{listed}",
            en=f"{len(mistakes)} mistakes in the rule file {path.name}, to mend there:\n{listed}",
        )
    )


def _check_keys(root: Part, mistakes: Mistakes) -> None:
    _known(root, _TOP | _SOURCED, mistakes)
    for name, keys in _SECTIONS.items():
        section = root.at(name)
        _known(section, keys | _SOURCED, mistakes)
        for key in sorted(keys | _SOURCED):
            _must_have(section, key, mistakes)
    for key in ("rule_set", "version", "title", "title_en", *sorted(_SOURCED)):
        _must_have(root, key, mistakes)


def _check_days(root: Part, mistakes: Mistakes) -> None:
    days = [root.at("valid_from"), root.at("holidays", "until"), *root.at("holidays", "days")]
    for day in days:
        try:
            date.fromisoformat(day.text())
        except ValueError:
            mistakes.add(
                day,
                f"{day.text()!r} is no day, write it like 2026-09-14",
                "ngày phải viết theo dạng 2026-09-14",
            )


def _check_levels(root: Part, mistakes: Mistakes) -> None:
    shares = [root.at("levels", "green"), root.at("levels", "yellow")]
    for share in [*shares, root.at("identity_keys", "must_be")]:
        number = share.number()
        if number is None or not 0 <= number <= _HIGHEST:
            mistakes.add(share, "this must be a share from 0 to 100", "phải là tỷ lệ từ 0 đến 100")
    green, yellow = (share.number() or 0 for share in shares)
    if green <= yellow:
        mistakes.add(shares[0], "green must be above yellow", "mức xanh phải cao hơn mức vàng")


def _check_criteria(root: Part, mistakes: Mistakes) -> None:
    known = [one.value for one in Criterion]
    named = [root.at("criteria", one.value) for one in Dimension]
    for part in [*named, *root.at("identity_keys", "criteria")]:
        _one_of(part, part.text(), known, mistakes=mistakes)
    for name in root.at("weights", "criterion").inside:
        part = root.at("weights", "criterion", name)
        _one_of(part, str(name), [*known, "default"], mistakes=mistakes)


def _check_weights(root: Part, mistakes: Mistakes) -> None:
    weights = root.at("weights")
    for name in ("severity", "criterion", "field", "object", "rule"):
        for part in weights.at(name).inside.values():
            weight = part.number()
            if weight is None or weight < 0:
                mistakes.add(part, "a weight is a number from 0", "trọng số là số từ 0 trở lên")
    needed = {"criterion": ["default"], "field": ["default", "critical"], "object": ["default"]}
    needed["severity"] = [one.value for one in Severity]
    for name, keys in needed.items():
        for key in keys:
            _must_have(weights.at(name), key, mistakes)
    _known(weights.at("severity"), frozenset(needed["severity"]), mistakes)


def _check_groups(root: Part, mistakes: Mistakes) -> None:
    lines = list(root.at("groups"))
    if not lines or lines[-1].text("when") != "true":
        last = lines[-1] if lines else root
        mistakes.add(
            last,
            'the last line of groups must be true of every record: when: "true"',
            'dòng cuối của groups phải đúng với mọi bản ghi: when: "true"',
        )
    for line in lines:
        _known(line, _GROUP, mistakes)
        for key in sorted(_GROUP):
            _must_have(line, key, mistakes)
        if line.whole("group") not in {1, 2, 3}:
            mistakes.add(line.at("group"), "a group is 1, 2 or 3", "nhóm phải là 1, 2 hoặc 3")
        _check_when(line.at("when"), mistakes)


def _check_when(part: Part, mistakes: Mistakes) -> None:
    try:
        tree = sqlglot.parse_one(part.text() or "null", read="duckdb")
    except sqlglot.errors.SqlglotError:
        mistakes.add(part, "the condition does not parse", "điều kiện sai cú pháp")
        return
    for column in tree.find_all(exp.Column):
        _one_of(part, column.sql(), list(COUNTED), mistakes=mistakes)
    for refused in tree.find_all(exp.Func, exp.Query):
        if not isinstance(refused, exp.Connector):
            mistakes.add(
                part,
                f"{refused.sql()!r} has no place in a group's condition",
                f"điều kiện của nhóm không dùng {refused.sql()!r}",
            )


def _check_deadlines(root: Part, mistakes: Mistakes) -> None:
    for key in sorted(_SECTIONS["deadlines"]):
        part = root.at("deadlines", key)
        if (part.number() or 0) <= 0 or part.number() != part.whole():
            mistakes.add(part, "whole working days, from 1", "số ngày làm việc, nguyên, từ 1")


_CHECKS: tuple[Callable[[Part, Mistakes], None], ...] = (
    _check_keys,
    _check_days,
    _check_levels,
    _check_criteria,
    _check_weights,
    _check_groups,
    _check_deadlines,
)


def _known(part: Part, keys: frozenset[str], mistakes: Mistakes) -> None:
    for key, child in part.inside.items():
        if key not in keys:
            mistakes.add(
                child,
                f"unknown key {key!r}{closest(str(key), keys)}",
                f"không có khóa {key!r}; có: {', '.join(sorted(keys))}",
            )


def _must_have(part: Part, key: str, mistakes: Mistakes) -> None:
    if not part.at(key) or part.at(key).value == "":
        mistakes.add(part, f"{key!r} is missing", f"thiếu khóa {key!r}")


def _one_of(part: Part, word: str, known: list[str], *, mistakes: Mistakes) -> None:
    if word not in known:
        mistakes.add(
            part,
            f"{word!r} is not one of {', '.join(known)}{closest(word, known)}",
            f"{word!r} không thuộc: {', '.join(known)}",
        )
