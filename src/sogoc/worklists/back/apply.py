"""What a return would change, said before it is done; then done, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import Sentence
from sogoc.worklists.answers import UNDECIDED, WRONG
from sogoc.worklists.back.returned import refuse
from sogoc.worklists.reading import SQL, by_id
from sogoc.worklists.rows import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sogoc.worklists.back.returned import Answer, Change, Return
    from sogoc.worklists.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """A corrected record under the rules: fields that cannot be read, and rules still broken."""

    flaws: Mapping[str, str]
    broken: frozenset[str]


class Recheck(Protocol):
    """Standardises and checks records as a batch, by the same rules as a delivery."""

    def __call__(
        self, name: str, records: Mapping[int, Mapping[str, str]], /
    ) -> Mapping[int, Rechecked]:
        """Records of one object by id, each field as text."""


class ChangeRecords(Protocol):
    """Writes changes into the register as a small delivery, in the caller's transaction."""

    def __call__(self, changes: Sequence[Change], *, officer: str, at: datetime) -> int | None:
        """The delivery under which the new versions stand."""


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
    delivery: int | None


def preview(desk: Desk, returned: Return, recheck: Recheck) -> Preview:
    """What would change. Raises WorklistRefused for new values that cannot be read."""
    checked = _rechecked(desk, returned, recheck)
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
    """Write the corrections and answer the findings, in the caller's transaction.

    The register changes first: if that fails, nothing was closed. The same file again, or one
    in which nothing new was filled in, does nothing.
    """
    if returned.already:
        return Applied(corrections=0, closed=0, stays_open=0, delivery=None)
    at = desk.clock.now()
    delivery = by.change_records(seen.changes, officer=by.name, at=at) if seen.changes else None
    own = {"officer": by.name, "at": at, "delivery": delivery, "worklist": returned.worklist}
    for change in seen.changes:
        _correct(desk, change, own)
    closed = sum(_answer(desk, one, by.name, closes=True) for one in seen.closes)
    stays = sum(_answer(desk, one, by.name, closes=False) for one in seen.stays)
    finished = {"id": returned.worklist, "at": at, "officer": by.name, "sha256": returned.sha256}
    desk.connection.execute(SQL["returned"], finished)
    return Applied(
        corrections=len(seen.changes), closed=closed, stays_open=stays, delivery=delivery
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who applies a return, and the way by which the register is changed."""

    name: str
    change_records: ChangeRecords


def _rechecked(desk: Desk, returned: Return, recheck: Recheck) -> dict[tuple[str, int], Rechecked]:
    """Each changed record whole, as it would stand, under the rules."""
    found: dict[tuple[str, int], Rechecked] = {}
    for name in sorted({change.object for change in returned.changes}):
        one = desk.register.object(name)
        own = [change for change in returned.changes if change.object == name]
        records = {
            kept.id: {
                field.name: written(field.kind, kept.values[field.name], kept.came.get(field.name))
                for field in one.fields
            }
            for kept in by_id(desk, one, [change.record for change in own])
        }
        for change in own:
            records[change.record][change.field] = change.after
        found |= {(name, record): seen for record, seen in recheck(name, records).items()}
    return found


def _unreadable(
    desk: Desk, returned: Return, checked: dict[tuple[str, int], Rechecked]
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
    desk: Desk, returned: Return, checked: dict[tuple[str, int], Rechecked]
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
    return (
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


def _correct(desk: Desk, change: Change, by: dict[str, object]) -> None:
    given = {
        "register": desk.register.id,
        "object": change.object,
        "record": change.record,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "evidence": change.evidence,
    }
    desk.connection.execute(SQL["correct"], given | by)


def _answer(desk: Desk, answer: Answer, officer: str, *, closes: bool) -> int:
    given = {
        "id": answer.finding,
        "closes": closes,
        "outcome": answer.outcome,
        "evidence": answer.evidence,
        "at": desk.clock.now(),
        "officer": officer,
    }
    return desk.connection.execute(SQL["answer"], given).rowcount
