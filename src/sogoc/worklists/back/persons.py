"""What a returned worklist says of who is meant: this person, another, nobody of the population."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sogoc.database.decisions.judgements import ABSENT, OTHER, SAME, Verdict
from sogoc.errors import Sentence
from sogoc.worklists.answers import decision_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.worklists.back.opened import ReturnedRow
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.manifest import Ask

_BETWEEN = re.compile(r"[\s.'’-]+")
_DIGITS = re.compile(r"[0-9]+")
DIGITS = 12
"""Digits of a personal number."""


def verdicts_of(
    row: ReturnedRow, desk: Desk, *, evidence: str
) -> tuple[list[Verdict], list[Sentence]]:
    """The decisions of one row, and what is wrong with its answer.

    A number is taken as written: one that lost its zeros is sent back, not filled up.
    """
    if not row.same:
        return [], []
    ask = row.sent.ask
    if ask is None:
        return [], [_nobody_asked(row)]
    decision = decision_of(row.same)
    if decision is None:
        return _another(row, ask, desk, evidence=evidence)
    if decision != ABSENT and ask.number is None:
        return [], [_nobody_proposed(row)]
    number = None if decision == ABSENT else ask.number
    return [_verdict(ask, decision, number, evidence=evidence)], []


def still_to_decide(desk: Desk, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Without those that stand already, as where the same answer comes in a second file."""
    return tuple(
        one for one in dict.fromkeys(verdicts) if one.standing not in desk.standing(one.object)
    )


def _another(
    row: ReturnedRow, ask: Ask, desk: Desk, *, evidence: str
) -> tuple[list[Verdict], list[Sentence]]:
    number = _BETWEEN.sub("", row.same)
    if not _DIGITS.fullmatch(number):
        return [], [_not_listed(row)]
    if len(number) != DIGITS:
        return [], [_not_a_number(row)]
    if not desk.is_number_of_somebody(number):
        return [], [_unknown_number(row)]
    verdicts = [_verdict(ask, SAME, number, evidence=evidence)]
    if ask.number not in {None, number}:
        verdicts.insert(0, _verdict(ask, OTHER, ask.number, evidence=evidence))
    return verdicts, []


def _verdict(ask: Ask, decision: str, number: str | None, *, evidence: str) -> Verdict:
    return Verdict(
        object=ask.object,
        record=ask.record,
        person=ask.person,
        decision=decision,
        number=number,
        evidence=evidence,
    )


def _nobody_asked(row: ReturnedRow) -> Sentence:
    return Sentence(
        f"dòng {row.row}: dòng này không hỏi về người; hãy để trống ô “Có đúng người này không?”",
        f"row {row.row}: nobody was asked about in this row; leave the answer about persons empty",
    )


def _nobody_proposed(row: ReturnedRow) -> Sentence:
    return Sentence(
        f"dòng {row.row}: chưa có người nào được đề xuất; hãy ghi số định danh 12 chữ số của "
        "người đó, hoặc chọn “Không có trong dân cư”",
        f"row {row.row}: nobody was proposed; write the person's number of 12 digits, or choose "
        "“not in the population”",
    )


def _not_listed(row: ReturnedRow) -> Sentence:
    return Sentence(
        f"dòng {row.row}, cột “Có đúng người này không?”: hãy chọn một câu trong danh sách, hoặc "
        "ghi số định danh 12 chữ số của người khác",
        f"row {row.row}: choose an answer about the person from the list, or write the number of "
        "another, 12 digits",
    )


def _not_a_number(row: ReturnedRow) -> Sentence:
    return Sentence(
        f"dòng {row.row}: số định danh phải đủ 12 chữ số, kể cả số 0 ở đầu",
        f"row {row.row}: a personal number has 12 digits, zeros at its start included",
    )


def _unknown_number(row: ReturnedRow) -> Sentence:
    return Sentence(
        f"dòng {row.row}: sổ dân cư không có ai mang số định danh này; hãy xem lại thẻ căn cước",
        f"row {row.row}: nobody in the population register bears this number; look at the card",
    )
