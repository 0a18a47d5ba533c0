"""The calibration that is stored: counts of labels, from which the staircases follow.

A JSON file beside the policy. It keeps counts, not probabilities: whoever doubts a figure sees how
many labels stand behind it, and counts of two registers can be added up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sogoc.errors import RuleFileError, Sentence
from sogoc.link.calibration.bins import BINS
from sogoc.link.calibration.isotonic import Labels, Tread, staircase

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from sogoc.link.policy import Policy

NUMBERED, UNNUMBERED = "numbered", "unnumbered"
"""Calibrated apart: whether a number speaks for the person (equal, or a slip away), or not."""

GROUPS = (NUMBERED, UNNUMBERED)

ELSEWHERE = 40.0
"""Labels of other registers that a register's own labels are joined with, at most, in a bin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Labels of both groups, and where they come from. Without labels posteriors stand as given."""

    version: str
    policy: str
    """The version of the policy whose posteriors were labelled: another gives other posteriors."""
    source: str
    """What was labelled, in words, for whoever reads a figure."""
    numbered: Labels
    unnumbered: Labels

    def labels(self, group: str) -> Labels:
        """The labels of one group."""
        return self.numbered if group == NUMBERED else self.unnumbered

    def treads(self, group: str) -> tuple[Tread, ...]:
        """The staircase of one group."""
        return staircase(self.labels(group))

    def fitting(self, policy: Policy) -> Calibration:
        """This, if it was learned with that policy; else one without labels: at their word."""
        if self.policy == policy.version:
            return self
        return Calibration(
            version="", policy=policy.version, source="", numbered=Labels(), unnumbered=Labels()
        )

    def for_register(self, own: Calibration) -> Calibration:
        """The register's own labels first; what they do not reach is taken from here."""
        return Calibration(
            version=own.version,
            policy=own.policy,
            source=f"{own.source}; {self.source}",
            numbered=own.numbered.joined(self.numbered, most=ELSEWHERE),
            unnumbered=own.unnumbered.joined(self.unnumbered, most=ELSEWHERE),
        )


@cache
def shipped_calibration() -> Calibration:
    """The calibration that travels with the package; read once."""
    return load(files("sogoc.link.calibration") / "calibration.json")


def load(file: Traversable) -> Calibration:
    """The calibration in this file. Raises RuleFileError if it is not whole."""
    try:
        return _calibration(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise RuleFileError(
            Sentence(
                vi=f"Không đọc được tệp hiệu chỉnh xác suất {file.name}: cần tạo lại tệp.",
                en=f"The calibration {file.name} cannot be read: make it again.",
            )
        ) from unreadable


def dump(calibration: Calibration) -> str:
    """The text of a calibration file; the same calibration gives the same bytes."""
    kept = {
        "version": calibration.version,
        "policy": calibration.policy,
        "source": calibration.source,
        **{
            group: {"seen": _short(labels.seen), "right": _short(labels.right)}
            for group in GROUPS
            for labels in (calibration.labels(group),)
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
        source=str(raw["source"]),
        numbered=_labels(raw[NUMBERED]),
        unnumbered=_labels(raw[UNNUMBERED]),
    )


def _labels(raw: dict[str, list[float]]) -> Labels:
    seen, right = ([float(count) for count in raw[name]] for name in ("seen", "right"))
    whole = len(seen) == len(right) == BINS
    if not whole or any(not 0 <= r <= s for s, r in zip(seen, right, strict=True)):
        raise ValueError("counts of labels do not fit the bins")
    return Labels(seen, right)
