"""What an officer may answer on a worklist: a closed list, in the words that stand in the sheet."""

from __future__ import annotations

from sogoc.database.decisions.judgements import ABSENT, OTHER, SAME

RIGHT = "source-was-right"
WRONG = "source-was-wrong"
UNDECIDED = "undecided"

ANSWERS: dict[str, str] = {
    RIGHT: "Sổ đúng, giữ nguyên",
    WRONG: "Sổ sai, đã sửa ở ô tô màu",
    UNDECIDED: "Chưa kết luận được",
}
"""Outcome of a finding -> what the drop-down says."""

CASES: dict[str, str] = {
    "dead-with-papers": "Chủ đã mất, có giấy tờ thừa kế",
    "dead-without-papers": "Chủ đã mất, chưa có giấy tờ thừa kế",
    "unreachable": "Không liên lạc được hoặc không hợp tác",
    "organisation": "Là tổ chức",
    "mortgaged": "Giấy chứng nhận đang thế chấp",
    "lost": "Mất giấy chứng nhận",
    "in-progress": "Hồ sơ đang giải quyết",
    "no-certificate": "Chưa có giấy chứng nhận",
}
"""Special cases that officers meet in the field; they explain why a finding stays open."""

PERSONS: dict[str, str] = {
    SAME: "Đúng là người này",
    OTHER: "Không phải người này",
    ABSENT: "Không có trong dân cư",
}
"""Decision about who is meant -> what the drop-down says; a number of 12 digits means another."""

_OUTCOME_OF = {text.casefold(): outcome for outcome, text in ANSWERS.items()}
_CASE_OF = {text.casefold(): case for case, text in CASES.items()}

_DECISION_OF = {text.casefold(): decision for decision, text in PERSONS.items()}


def outcome_of(text: str) -> str | None:
    """The outcome that an answer means, None if it is not from the list."""
    return _OUTCOME_OF.get(" ".join(text.split()).casefold())


def decision_of(text: str) -> str | None:
    """The decision about who is meant, None if it is not from the list."""
    return _DECISION_OF.get(" ".join(text.split()).casefold())


def case_of(text: str) -> str | None:
    """The special case meant, None if it is not from the list."""
    return _CASE_OF.get(" ".join(text.split()).casefold())
