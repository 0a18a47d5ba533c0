"""Until when a finding must be put right: "5-10-15", in working days, as the rule file says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.clock import working_day_after

if TYPE_CHECKING:
    from datetime import date

    from sogoc.score.rule_file import RuleFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The last days, each counted from the day after the finding.

    `certain` is false where the calendar of holidays does not reach that far: then only weekends
    were left out, and the true day may be later.
    """

    cause_by: date
    correct_by: date
    field_work_by: date
    certain: bool = True


def due(found: date, rules: RuleFile) -> Due:
    """The days by which the cause is found, the source corrected, and field work ended."""
    spans = rules.deadlines
    last = _after(found, spans.field_work_total, rules)
    return Due(
        cause_by=_after(found, spans.find_cause, rules),
        correct_by=_after(found, spans.find_cause + spans.correct, rules),
        field_work_by=last,
        certain=last <= rules.holidays_until,
    )


def _after(day: date, working_days: int, rules: RuleFile) -> date:
    return working_day_after(day, working_days, rules.holidays)
