"""What a return would change, said before it is done; then done, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import Sentence
from sogoc.worklists.answers import UNDECIDED, WRONG
from sogoc.worklists.back.returned import refuse
from sogoc.worklists.reading import SQL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.worklists.back.returned import Answer, Change, Return
    from sogoc.worklists.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """A corrected record under the rules: fields that cannot be read, and rules still broken."""

    flaws: Mapping[str, str]
    broken: frozenset[str]


class Recheck(Protocol):
    """Standardises and checks the changed records, by the same rules as a delivery."""

    def __call__(self, changes: Sequence[Change], /) -> Mapping[tuple[str, int], Rechecked]:
        """What they would be, by object and record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who applies a return, under which delivery, and on what evidence where a row says none."""

    name: str
    delivery: int
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What applying a return would do."""

    sentences: tuple[Sentence, ...]
    changes: tuple[Change, ...]
    closes: tuple[Answer, ...]
    """Findings that would be closed."""
    stays: tuple[Answer, ...]
    """Findings answered that stay open: undecided, or corrected and still broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done."""

    corrections: int
    closed: int
    stays_open: int
    judged: int = 0
    """Persons about whom it was decided who they are."""


def preview(desk: Desk, returned: Return, recheck: Recheck) -> Preview:
    """What would change. Raises WorklistRefused for new values that cannot be read."""
    checked = recheck(returned.changes) if returned.changes else {}
    refuse(returned.file, _unreadable(desk, returned, checked))
    broken = _broken_findings(desk, returned, checked)
    closes: list[Answer] = []
    stays: list[Answer] = []
    for answer in returned.answers:
        open_still = answer.outcome == UNDECIDED or answer.finding in broken
        (stays if open_still else closes).append(answer)
    return Preview(
        sentences=_sentences(returned, closes=closes, stays=stays),
        changes=returned.changes,
        closes=tuple(closes),
        stays=tuple(stays),
    )


def apply(desk: Desk, returned: Return, seen: Preview, *, by: Officer) -> Applied:
    """Note the corrections and answer the findings, in the transaction that changes the register.

    The same file again does nothing. How a finding stood before is kept with the answer.
    """
    if returned.already:
        return Applied(corrections=0, closed=0, stays_open=0)
    at = desk.clock.now()
    own = {
        "officer": by.name,
        "at": at,
        "delivery": by.delivery,
        "worklist": returned.worklist,
        "sha256": returned.sha256,
    }
    for change in seen.changes:
        _correct(desk, change, own, evidence=change.evidence or by.evidence)
    closed = sum(_answer(desk, one, by, closes=True) for one in seen.closes)
    stays = sum(_answer(desk, one, by, closes=False) for one in seen.stays)
    desk.connection.execute(SQL["returned"], own)
    desk.connection.execute(SQL["came_back"], own)
    return Applied(
        corrections=len(seen.changes),
        closed=closed,
        stays_open=stays,
        judged=len(returned.verdicts),
    )


def _unreadable(
    desk: Desk, returned: Return, checked: Mapping[tuple[str, int], Rechecked]
) -> list[Sentence]:
    mistakes = []
    for change in returned.changes:
        flaw = checked[change.object, change.record].flaws.get(change.field)
        if flaw is None:
            continue
        kind = desk.register.object(change.object).field(change.field).kind
        why = desk.flaw(kind, flaw) or Sentence(flaw, flaw)
        mistakes.append(
            Sentence(
                f"dòng {change.row}, cột {change.column}: giá trị mới chưa đúng. {why.vi}",
                f"row {change.row}, column {change.column}: the new value is not right. {why.en}",
            )
        )
    return mistakes


def _broken_findings(
    desk: Desk, returned: Return, checked: Mapping[tuple[str, int], Rechecked]
) -> set[int]:
    """Findings answered by a change whose rule the new record still breaks."""
    ids = [answer.finding for answer in returned.answers if answer.outcome == WRONG]
    asked = {"register": desk.register.id, "ids": ids}
    found = desk.connection.execute(SQL["finding_rules"], asked).fetchall()
    return {
        finding
        for finding, name, record, rule in found
        if (name, record) in checked and rule in checked[name, record].broken
    }


def _sentences(
    returned: Return, *, closes: list[Answer], stays: list[Answer]
) -> tuple[Sentence, ...]:
    """The return in plain words, the counts that matter first."""
    if returned.already:
        return (
            Sentence(
                "Tệp này đã được ghi vào sổ trước đây; không có gì thay đổi.",
                "This file was applied before; nothing changes.",
            ),
        )
    records = len({(change.object, change.record) for change in returned.changes})
    by_outcome = Counter(answer.outcome for answer in closes)
    right = len(closes) - by_outcome[WRONG]
    persons = len({(one.object, one.record, one.person) for one in returned.verdicts})
    judged = Sentence(
        f"Ghi kết luận về {persons} người: bản ghi được đối soát lại theo kết luận đó.",
        f"Decides who {persons} persons are; their records are verified anew by that.",
    )
    return (
        *([judged] if persons else []),
        Sentence(
            f"Sửa {len(returned.changes)} ô của {records} bản ghi.",
            f"Changes {len(returned.changes)} cells of {records} records.",
        ),
        Sentence(
            f"Đóng {len(closes)} lỗi: {by_outcome[WRONG]} lỗi đã sửa, {right} lỗi do sổ đúng.",
            f"Closes {len(closes)} findings: {by_outcome[WRONG]} corrected, {right} found right.",
        ),
        Sentence(
            f"Còn mở {len(stays) + returned.blank} lỗi: {len(stays)} chưa kết luận được hoặc sửa "
            f"rồi vẫn sai, {returned.blank} chưa trả lời.",
            f"Leaves {len(stays) + returned.blank} open: {len(stays)} undecided or still broken, "
            f"{returned.blank} not answered.",
        ),
    )


def _correct(desk: Desk, change: Change, by: dict[str, object], *, evidence: str) -> None:
    given = {
        "register": desk.register.id,
        "object": change.object,
        "record": change.record,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "evidence": evidence,
    }
    desk.connection.execute(SQL["correct"], given | by)


def _answer(desk: Desk, answer: Answer, by: Officer, *, closes: bool) -> int:
    given = {
        "id": answer.finding,
        "closes": closes,
        "outcome": answer.outcome,
        "evidence": answer.evidence or by.evidence,
        "at": desk.clock.now(),
        "officer": by.name,
        "delivery": by.delivery,
    }
    desk.connection.execute(SQL["remember_answer"], given)
    return desk.connection.execute(SQL["answer"], given).rowcount
