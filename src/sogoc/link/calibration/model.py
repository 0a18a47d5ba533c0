"""The calibration that is stored: counts of labels, from which the staircases follow.

A JSON file beside the policy. It keeps counts, not probabilities: whoever doubts a figure sees how
many labels stand behind it, and counts of two registers can be added up.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sogoc.errors import RuleFileError, Sentence
from sogoc.link.calibration.bins import BINS
from sogoc.link.calibration.isotonic import Labels, Tread, staircase

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from sogoc.link.policy import Policy

GROUPS = ("numbered", "plain", "doubtful")
"""Calibrated apart, by position: a number speaks for the person (it is equal, or a slip away); none
does, and all levels are such as a machine may accept; none does, and some level is for a person to
judge, such as another middle name. The same posterior is not as often right in each."""

ELSEWHERE = 40.0
"""Labels of other registers that a register's own labels are joined with, at most, in a bin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Labels of each group, and where they come from. Without labels posteriors stand as given."""

    version: str
    policy: str
    """The version of the policy whose posteriors were labelled."""
    weights: str = ""
    """Its content, as far as a posterior depends on it (`weights_of`): another gives others."""
    source: str
    """What was labelled, in words, for whoever reads a figure."""
    labels: tuple[Labels, ...] = field(default_factory=lambda: tuple(Labels() for _ in GROUPS))
    """Of each group."""
    between: float = 0.0
    """How far the share of wrong links goes apart from register to register beyond chance: its
    standard deviation as a part of the share itself. Offices are not equally careful."""

    def treads(self) -> tuple[tuple[Tread, ...], ...]:
        """The staircase of each group."""
        return tuple(staircase(each) for each in self.labels)

    def fitting(self, policy: Policy) -> Calibration:
        """This, if it was learned with that policy or model; else one without labels.

        Posteriors then stand at their word, and nothing is promised of the links.
        """
        if self.weights == weights_of(policy):
            return self
        return Calibration(version="", policy=policy.version, source="")

    def for_register(self, own: Calibration) -> Calibration:
        """The register's own labels first; what they do not reach is taken from here."""
        return Calibration(
            version=own.version,
            policy=own.policy,
            weights=own.weights,
            source=f"{own.source}; {self.source}",
            labels=tuple(
                mine.joined(others, most=ELSEWHERE)
                for mine, others in zip(own.labels, self.labels, strict=True)
            ),
            between=max(own.between, self.between),
        )


@cache
def weights_of(policy: Policy) -> str:
    """The SHA-256 of all in a policy that weighs: its words, its costs and its name do not.

    A model that was learned has other chances, and so another. Levels that call for a person are in
    it, for they part the groups.
    """
    told = asdict(policy)
    for name in _NO_WEIGHT:
        told.pop(name)
    for comparison in told["comparisons"]:
        for name in ("differs", "agrees"):
            comparison.pop(name)
        for level in comparison["levels"]:
            for name in ("vi", "en"):
                level.pop(name)
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


_NO_WEIGHT = ("version", "costs", "remarks")


@cache
def shipped_calibration() -> Calibration:
    """The calibration that travels with the package; read once."""
    return load(files("sogoc.link.calibration") / "calibration.json")


def load(file: Traversable) -> Calibration:
    """The calibration in this file. Raises RuleFileError if it is not whole."""
    return read(file.read_text(encoding="utf-8"), name=file.name)


def read(text: str, *, name: str) -> Calibration:
    """The same from its text; `name` says in a refusal where it stands."""
    try:
        return _calibration(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise RuleFileError(
            Sentence(
                vi=f"Không đọc được tệp hiệu chỉnh xác suất {name}: cần tạo lại tệp.",
                en=f"The calibration {name} cannot be read: make it again.",
            )
        ) from unreadable


def dump(calibration: Calibration) -> str:
    """The text of a calibration file; the same calibration gives the same bytes."""
    kept = {
        "version": calibration.version,
        "policy": calibration.policy,
        "weights": calibration.weights,
        "source": calibration.source,
        "between": round(calibration.between, 4),
        **{
            group: {"seen": _short(labels.seen), "right": _short(labels.right)}
            for group, labels in zip(GROUPS, calibration.labels, strict=True)
        },
    }
    lines = ",\n".join(
        f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in kept.items()
    )
    return "{\n" + lines + "\n}\n"


def _short(counts: list[float]) -> list[float]:
    return [int(count) if count == int(count) else round(count, 6) for count in counts]


def _calibration(raw: dict[str, Any]) -> Calibration:
    return Calibration(
        version=str(raw["version"]),
        policy=str(raw["policy"]),
        weights=str(raw["weights"]),
        source=str(raw["source"]),
        labels=tuple(_labels(raw[group]) for group in GROUPS),
        between=float(raw["between"]),
    )


def _labels(raw: dict[str, list[float]]) -> Labels:
    seen, right = ([float(count) for count in raw[name]] for name in ("seen", "right"))
    whole = len(seen) == len(right) == BINS
    if not whole or any(not 0 <= r <= s for s, r in zip(seen, right, strict=True)):
        raise ValueError("counts of labels do not fit the bins")
    return Labels(seen, right)
