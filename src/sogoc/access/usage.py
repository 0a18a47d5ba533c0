"""Who used one person's data, as that person may see it.

What is deferred by a lawful order is not among it before its day, nor counted. Third persons are
never in an entry: each person of a record has an entry of their own, and the number of a case is
not shown, since it is often somebody else's. Officers are shown as the rule file lets. A procedure
whose very name tells another person's affair - a will, a test of paternity - is shown without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.keeping.rule_file import Officers
from sogoc.contract.model import Field as ContractField
from sogoc.contract.model import Register, RegisterObject
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sogoc.access.entry import Entry
    from sogoc.access.keeping.rule_file import JournalRules

_FIELDS = (
    ("at", "Thời điểm", "when"),
    ("receiver", "Cơ quan và hệ thống đã khai thác", "the agency and its system"),
    ("register", "Cơ sở dữ liệu", "the register"),
    ("action", "Việc đã làm, bằng lời", "what was done, in words"),
    ("purpose", "Mã thủ tục và tên thủ tục", "code and title of the procedure"),
    ("ground", "Căn cứ pháp lý", "the legal ground"),
    ("fields", "Tên các trường đã khai thác", "names of the fields"),
    ("officer", "Cán bộ, theo mức được hiển thị", "the officer, as far as the rules let"),
    ("request_id", "Mã yêu cầu", "the id of the question"),
    ("proof", "Bằng chứng mục nằm trong nhật ký", "the proof that the entry is in the journal"),
)
USAGE = Register(
    id="usage",
    name="Nhật ký khai thác dữ liệu cá nhân",
    name_en="The journal of who used personal data",
    version="1",
    objects=(
        RegisterObject(
            name="usage",
            fields=tuple(
                ContractField(name=name, kind=Kind.TEXT, label=vi, label_en=en)
                for name, vi, en in _FIELDS
            ),
        ),
    ),
)
"""What a grant for the subject's view is given on, like any register: field by field."""

_SHOWN_END = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One entry as its subject sees it. Nothing here is about anybody else."""

    number: int
    at: datetime
    member: str
    """The agency with its subsystem: `VN/GOV/02/LAND`."""
    register: str
    operation: str
    purpose: str
    """Empty where its name would tell another person's affair."""
    title: str
    ground: str
    fields: tuple[str, ...]
    officer: str
    request_id: str
    masked: bool = False
    """Whether procedure, ground and fields are kept back, since they tell of somebody else."""


def shown(
    number: int, entry: Entry, rules: JournalRules, *, titles: Mapping[str, str], subject: str
) -> Shown:
    """An entry as its subject sees it; `titles` say what procedures are for."""
    masked = entry.purpose in rules.other_persons_purposes
    return Shown(
        number=number,
        at=entry.at,
        member=entry.member,
        register=entry.register,
        operation=entry.operation,
        purpose="" if masked else entry.purpose,
        title="" if masked else titles.get(entry.purpose, ""),
        ground="" if masked else entry.ground,
        fields=() if masked else entry.fields,
        officer=officer_shown(entry.officer, rules.officers, subject=subject),
        request_id=entry.request_id,
        masked=masked,
    )


def officer_shown(officer: str, how: Officers, *, subject: str) -> str:
    """An officer as the rules let; somebody who looked at their own data sees themselves."""
    own = bool(subject) and officer.endswith(subject)
    if how is Officers.NUMBER or own:
        return officer
    return f"…{officer[-_SHOWN_END:]}" if how is Officers.END and officer else ""
