"""A grant: who may ask which fields of which register, for what, on which ground, until when.

It is asked for by an agency and accepted by the keeper of the register. A question is allowed only
if one single grant covers it whole: grants never add up, since two narrow ones could join into a
profile that no law foresaw. What no grant covers is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sogoc.errors import GrantRefused, Sentence

if TYPE_CHECKING:
    from datetime import date

    from sogoc.contract.model import Register

SENSITIVE = "personal-sensitive"
"""What a contract calls fields that need a ground of their own: health, religion, ethnicity."""

MEMBER = re.compile(r"[A-Za-z0-9'()+,.=?-]+(?:/[A-Za-z0-9'()+,.=?-]+){2,3}")
"""Instance, class, member and perhaps subsystem (X-Road protocol for REST, section 4.1)."""


class Operation(StrEnum):
    """What may be asked."""

    READ = "read"
    """One record by its key."""
    SEARCH = "search"
    """Records by the keys that the contract allows."""
    VERIFY = "verify"
    """Whether number, name and date of birth are one person's."""
    DIFFERENCE = "difference"
    """What changed since a release."""
    ROUND = "round"
    """Persons by the million, verified in one signed package."""
    USAGE = "usage"
    """Who used one person's data: asked for that person, by whoever signs people in."""
    WRITE = "write"
    """Records made, changed or ended, by an application of the keeper itself."""


class Visibility(StrEnum):
    """When the person whom an entry is about may see it."""

    AT_ONCE = "at-once"
    DEFERRED = "deferred"
    """After so many days, by whose order: a lawful investigation."""
    WITHHELD = "withheld"
    """Not before an order lifts it: where a law says so."""


class State(StrEnum):
    """How far a grant has come; only an accepted one allows anything."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One permission, as the keeper gives it."""

    id: str
    member: str
    register: str
    fields: frozenset[str]
    operations: frozenset[Operation]
    purpose: str
    """Code of the procedure for which the data is asked."""
    ground: str
    """The article of law on which the keeper may answer."""
    sensitive_ground: str = ""
    """The article that allows sensitive fields for this purpose; without it none is given."""
    first_day: date
    last_day: date
    rate_per_minute: int = 60
    most_keys: int = 1
    """How many persons one question may name; above 1 it is a batch."""
    purpose_title: str = ""
    """What the procedure is for, in words that a citizen understands."""
    visibility: Visibility = Visibility.AT_ONCE
    deferred_days: int = 0
    visibility_order: str = ""
    """By whose order entries under this grant are not shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, as far as deciding needs it: whose data it is, is not part of it."""

    member: str
    officer: str
    register: str
    operation: Operation
    fields: frozenset[str]
    purpose: str
    request_id: str
    on: date
    keys: int = 1
    sensitive: bool = False
    """Whether a field among them is sensitive; the contract says so, never the asker."""


def check_grant(grant: Grant, register: Register) -> None:
    """Raise GrantRefused with everything that keeps this grant from being accepted."""
    fields = {field.name: field for one in register.objects for field in one.fields}
    unknown = sorted(grant.fields - fields.keys())
    sensitive = sorted(
        name for name in grant.fields & fields.keys() if fields[name].classification == SENSITIVE
    )
    mistakes = [
        sentence
        for broken, sentence in (
            (not MEMBER.fullmatch(grant.member), _MEMBER),
            (not grant.fields, _NO_FIELDS),
            (bool(unknown), _unknown(unknown, register.id)),
            (not grant.operations, _NO_OPERATIONS),
            (not grant.purpose.strip(), _NO_PURPOSE),
            (not grant.ground.strip(), _NO_GROUND),
            (bool(sensitive) and not _own_ground(grant), _sensitive(sensitive)),
            (register.is_population and bool(grant.operations & _LISTS), _TRIPLE_ALONE),
            (Operation.SEARCH in grant.operations and not _searches(grant, register), _NO_SEARCH),
            (Operation.DIFFERENCE in grant.operations and not _keyed(grant, register), _NO_KEY),
            (grant.last_day < grant.first_day, _ENDS_BEFORE),
            (grant.rate_per_minute < 1 or not 1 <= grant.most_keys <= MOST_KEYS, _RATE),
            (not _ends(grant), _HIDDEN),
        )
        if broken
    ]
    if mistakes:
        raise GrantRefused(
            Sentence(
                vi=f"Quyền khai thác {grant.id} chưa dùng được: "
                + "; ".join(one.vi for one in mistakes)
                + ".",
                en=f"The grant {grant.id} cannot stand: "
                + "; ".join(one.en for one in mistakes)
                + ".",
            )
        )


def is_keepers_own(member: str, keeper: str) -> bool:
    """Whether an application is one of the keeper's: the same instance, class and member.

    Only such a one may write: a register changes at its source.
    """
    return member.split("/")[:_OWNER] == keeper.split("/")[:_OWNER]


_OWNER = 3
NOT_THE_KEEPER = Sentence(
    vi="Chỉ ứng dụng của chính cơ quan giữ dữ liệu được ghi (write): dữ liệu chỉ đổi tại nguồn.",
    en="Only an application of the keeper itself may write: a register changes at its source.",
)


def check_writer(grant: Grant, keeper: str) -> None:
    """Raise GrantRefused where somebody else than the keeper is to write."""
    if Operation.WRITE in grant.operations and not is_keepers_own(grant.member, keeper):
        raise GrantRefused(NOT_THE_KEEPER)


def _own_ground(grant: Grant) -> bool:
    """Whether sensitive fields have a ground of their own: another article than the rest."""
    own = grant.sensitive_ground.strip()
    return bool(own) and own != grant.ground.strip()


def _ends(grant: Grant) -> bool:
    """Whether what hides entries has an order, and a deferral an end."""
    if grant.visibility is Visibility.AT_ONCE:
        return not grant.deferred_days and not grant.visibility_order
    deferred = grant.visibility is Visibility.DEFERRED
    return bool(grant.visibility_order.strip()) and (grant.deferred_days > 0) == deferred


MOST_KEYS = 10_000
"""The most persons that one signed question may name."""

_MEMBER = Sentence(
    vi="mã cơ quan phải có dạng VN/GOV/02/LAND",
    en="the member must look like VN/GOV/02/LAND",
)
_NO_FIELDS = Sentence(vi="chưa nêu trường nào", en="it names no field")
_NO_OPERATIONS = Sentence(
    vi="chưa nêu được hỏi theo cách nào (read, search, verify, difference, round, usage, write)",
    en="it names no operation (read, search, verify, difference, round, usage, write)",
)
_NO_PURPOSE = Sentence(
    vi="thiếu mã thủ tục là mục đích khai thác", en="it lacks the procedure that is its purpose"
)
_NO_GROUND = Sentence(vi="thiếu căn cứ pháp lý", en="it lacks its legal ground")
_HIDDEN = Sentence(
    vi="hoãn hiển thị (deferred) cần deferred_days và visibility_order, giữ kín (withheld) cần "
    "visibility_order, hiển thị ngay (at-once) không cần gì",
    en="deferred needs deferred_days and visibility_order, withheld needs visibility_order, "
    "at-once needs neither",
)
_ENDS_BEFORE = Sentence(vi="ngày kết thúc trước ngày bắt đầu", en="it ends before it begins")
_RATE = Sentence(
    vi=f"số lượt mỗi phút phải từ 1, số người mỗi câu hỏi từ 1 đến {MOST_KEYS}",
    en=f"its rate must be 1 a minute or more, its persons in a question 1 to {MOST_KEYS}",
)


_LISTS = frozenset({Operation.READ, Operation.SEARCH, Operation.DIFFERENCE})
_TRIPLE_ALONE = Sentence(
    vi="cơ sở dữ liệu dân cư chỉ trả lời khi có đủ số định danh, họ tên, ngày sinh (verify)",
    en="the population register answers by number, name and date of birth alone (verify)",
)
_NO_SEARCH = Sentence(
    vi="tra cứu (search) cần đủ các trường của một bộ mà đặc tả cho phép (searchBy)",
    en="to search it must cover all fields of a set that the contract allows (searchBy)",
)
_NO_KEY = Sentence(
    vi="để nhận thay đổi (difference) cần đủ các trường khóa của bản ghi",
    en="for the difference it must cover the fields that name a record",
)


def _searches(grant: Grant, register: Register) -> bool:
    return any(grant.fields.issuperset(each) for one in register.objects for each in one.search_by)


def _keyed(grant: Grant, register: Register) -> bool:
    keys = [one.identities[0] for one in register.objects if one.identities]
    return any(grant.fields.issuperset(each) for each in keys)


def _unknown(names: list[str], register: str) -> Sentence:
    return Sentence(
        vi=f"cơ sở dữ liệu {register} không có trường {', '.join(names)}",
        en=f"the register {register} has no field {', '.join(names)}",
    )


def _sensitive(names: list[str]) -> Sentence:
    return Sentence(
        vi=f"trường nhạy cảm {', '.join(names)} cần căn cứ pháp lý riêng",
        en=f"the sensitive fields {', '.join(names)} need a ground of their own",
    )


def sensitive_among(fields: frozenset[str], register: Register) -> bool:
    """Whether the contract calls one of these fields sensitive, or does not know it."""
    # Where two objects have a field of one name, the later one says what it is.
    known = [one.classes for one in reversed(register.objects)]
    return any(
        next((classes[name] for classes in known if name in classes), SENSITIVE) == SENSITIVE
        for name in fields
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a grant asks of a question, and whether it holds."""

    holds: bool
    sentence: Sentence


def conditions(grant: Grant, question: Question) -> list[Condition]:
    """Each condition of a grant on a question, in words: the same that its policy states."""
    missing = ", ".join(sorted(question.fields - grant.fields))
    days = f"{grant.first_day:%d/%m/%Y} - {grant.last_day:%d/%m/%Y}"
    period = f"{grant.first_day.isoformat()} to {grant.last_day.isoformat()}"
    return [
        Condition(
            question.operation in grant.operations,
            Sentence(
                vi=f"được hỏi theo cách: {', '.join(sorted(grant.operations))}",
                en=f"it may be asked by: {', '.join(sorted(grant.operations))}",
            ),
        ),
        Condition(
            question.purpose == grant.purpose,
            Sentence(
                vi=f"mục đích là thủ tục {grant.purpose}",
                en=f"its purpose is the procedure {grant.purpose}",
            ),
        ),
        Condition(
            not missing,
            Sentence(
                vi=f"không gồm trường {missing}" if missing else "gồm đủ các trường được hỏi",
                en=f"it does not cover {missing}" if missing else "it covers every field asked",
            ),
        ),
        Condition(
            grant.first_day <= question.on <= grant.last_day,
            Sentence(vi=f"có hiệu lực {days}", en=f"it is in force {period}"),
        ),
        Condition(
            question.keys <= grant.most_keys,
            Sentence(
                vi=f"mỗi câu hỏi tối đa {grant.most_keys} người",
                en=f"a question may name {grant.most_keys} at most",
            ),
        ),
        Condition(
            not question.sensitive or bool(grant.sensitive_ground),
            Sentence(
                vi="trường nhạy cảm cần căn cứ riêng",
                en="sensitive fields need a ground of their own",
            ),
        ),
    ]
