"""The rules a contract states without writing them: required, unique, ranges, codes, references.

Nobody should have to write them twice. They stand first, in the order of the contract, and their
hints say in plain Vietnamese what an officer does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.contract.model import (
    Criterion,
    Dimension,
    ErrorGroup,
    Rule,
    RuleForm,
    Severity,
)
from sogoc.contract.reading.fields import LOCALITIES
from sogoc.contract.reading.predicates import FILLER, nothing_written
from sogoc.tables.engine import literal, quoted
from sogoc.tables.naming import flaw, now
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sogoc.contract.model import (
        Field,
        ForeignKey,
        Freshness,
        Person,
        RegisterObject,
    )

CRITERION_OF: dict[Dimension, Criterion] = {
    Dimension.ACCURACY: Criterion.DUNG,
    Dimension.COMPLETENESS: Criterion.DU,
    Dimension.COVERAGE: Criterion.DU,
    Dimension.UNIQUENESS: Criterion.SACH,
    Dimension.CONFORMITY: Criterion.SACH,
    Dimension.CONSISTENCY: Criterion.SACH,
    Dimension.TIMELINESS: Criterion.SONG,
}
"""Consistency with another register is thống nhất instead: a rule that reads one says so."""

GROUP_OF: dict[Dimension, ErrorGroup] = {
    Dimension.ACCURACY: ErrorGroup.ROOT_SOURCE,
    Dimension.COMPLETENESS: ErrorGroup.MISSING,
    Dimension.COVERAGE: ErrorGroup.MISSING,
    Dimension.UNIQUENESS: ErrorGroup.DUPLICATE,
    Dimension.CONFORMITY: ErrorGroup.FORMAT,
    Dimension.CONSISTENCY: ErrorGroup.CONTRADICTION,
    Dimension.TIMELINESS: ErrorGroup.STALE,
}


@dataclass(frozen=True, slots=True)
class _Sort:
    """One sort of implied rule: all that does not depend on the field; `{}` is its label."""

    ending: str
    name: str
    name_en: str
    dimension: Dimension
    group: ErrorGroup
    hint: str
    hint_en: str
    criterion: Criterion | None = None
    severity: Severity = Severity.ERROR
    form: RuleForm = RuleForm.ROW


_MISSING = _Sort(
    "missing",
    "Thiếu {}",
    "{} is missing",
    Dimension.COMPLETENESS,
    ErrorGroup.MISSING,
    "Xem hồ sơ gốc và điền vào; nếu hồ sơ gốc cũng không có thì hỏi người dân",
    "Look it up in the original papers; if it is not there either, ask the person",
)
_UNREADABLE = _Sort(
    "unreadable",
    "{} không đúng định dạng",
    "{} cannot be read",
    Dimension.CONFORMITY,
    ErrorGroup.FORMAT,
    "So với giấy tờ gốc rồi ghi lại đúng định dạng",
    "Compare with the original paper and write it again in the right form",
)
_UNKNOWN_UNIT = _Sort(
    "unreadable",
    "{} không có trong danh mục đơn vị hành chính",
    "{} is in no list of administrative units",
    Dimension.CONSISTENCY,
    ErrorGroup.REFERENCE,
    "Tra mã đúng tại thời điểm ghi trong danh mục đơn vị hành chính",
    "Look up the code that was valid when it was written",
    criterion=Criterion.THONG_NHAT,
)
_NOT_IN_LIST = _Sort(
    "not-in-list",
    "{} không thuộc danh mục",
    "{} is not in the list",
    Dimension.CONFORMITY,
    ErrorGroup.OUT_OF_DOMAIN,
    "Chọn lại một giá trị trong danh mục",
    "Choose one of the list",
)
_OUT_OF_RANGE = _Sort(
    "out-of-range",
    "{} nằm ngoài khoảng cho phép",
    "{} is out of range",
    Dimension.CONFORMITY,
    ErrorGroup.OUT_OF_DOMAIN,
    "So với giấy tờ gốc; thường do thừa hoặc thiếu chữ số, nhầm dấu thập phân",
    "Compare with the original paper; often a digit or a decimal sign is wrong",
)
_LENGTH = _Sort(
    "length",
    "{} sai độ dài",
    "{} has the wrong length",
    Dimension.CONFORMITY,
    ErrorGroup.FORMAT,
    "So với giấy tờ gốc; có thể thiếu số 0 ở đầu hoặc thừa ký tự",
    "Compare with the original paper; a leading zero may be lost",
)
_PATTERN = _Sort(
    "pattern",
    "{} sai mẫu",
    "{} does not fit its pattern",
    Dimension.CONFORMITY,
    ErrorGroup.FORMAT,
    "So với giấy tờ gốc rồi ghi lại đúng mẫu",
    "Compare with the original paper and write it in the right form",
)
_NEEDS_A_PERSON = _Sort(
    "needs-a-person",
    "{}: đơn vị cũ đã chia, cần người xác định đơn vị mới",
    "{}: the old unit was divided, a person must say which new one it is",
    Dimension.CONSISTENCY,
    ErrorGroup.REFERENCE,
    "Chọn đơn vị hiện nay theo địa chỉ hoặc vị trí thực tế; không tự suy đoán",
    "Choose today's unit by the address or the place itself; do not guess",
    criterion=Criterion.THONG_NHAT,
    severity=Severity.WARNING,
)
_DUPLICATE = _Sort(
    "duplicate",
    "{} bị trùng",
    "{} stands more than once",
    Dimension.UNIQUENESS,
    ErrorGroup.DUPLICATE,
    "Mở các bản ghi trùng, giữ bản đúng, sửa hoặc đề nghị xóa bản còn lại",
    "Open the records that share it, keep the right one, mend the others",
    form=RuleForm.UNIQUE,
)
_REFERENCE = _Sort(
    "reference",
    "{} không tìm thấy trong danh mục hoặc sổ được dẫn chiếu",
    "{} is not found where it refers to",
    Dimension.CONSISTENCY,
    ErrorGroup.REFERENCE,
    "Kiểm tra giá trị, hoặc bổ sung bản ghi được dẫn chiếu",
    "Check the value, or add the record that it refers to",
    form=RuleForm.REFERENCE,
)
_STALE = _Sort(
    "stale",
    "Quá hạn cập nhật",
    "Not updated within the promised span",
    Dimension.TIMELINESS,
    ErrorGroup.STALE,
    "Rà soát bản ghi và cập nhật theo hồ sơ mới nhất",
    "Review the record and bring it up to date",
)
_SEX = _Sort(
    "sex",
    "Số định danh không khớp giới tính",
    "The personal number contradicts the sex",
    Dimension.CONSISTENCY,
    ErrorGroup.CONTRADICTION,
    "Chữ số thứ tư của số định danh cho biết giới tính: so cả hai với thẻ căn cước",
    "The fourth digit of the number tells the sex: compare both with the identity card",
)
_BIRTH_YEAR = _Sort(
    "birth-year",
    "Số định danh không khớp năm sinh",
    "The personal number contradicts the year of birth",
    Dimension.CONSISTENCY,
    ErrorGroup.CONTRADICTION,
    "Chữ số thứ tư đến thứ sáu của số định danh cho biết năm sinh: so với thẻ căn cước",
    "Digits 4 to 6 of the number tell the year of birth: compare with the identity card",
)

_HINTED: dict[Dimension, _Sort] = {
    Dimension.COMPLETENESS: _MISSING,
    Dimension.COVERAGE: _MISSING,
    Dimension.UNIQUENESS: _DUPLICATE,
    Dimension.TIMELINESS: _STALE,
}


def usual_hint(dimension: Dimension) -> tuple[str, str]:
    """What to do, for a written rule that does not say it: in Vietnamese and in English."""
    sort = _HINTED.get(dimension, _PATTERN)
    return sort.hint, sort.hint_en


def implied_rules(one: RegisterObject, promises: tuple[Freshness, ...]) -> tuple[Rule, ...]:
    """The rules that follow from the fields, keys, references, persons and promises."""
    rules = [rule for field in one.fields for rule in _of_field(one, field)]
    rules += _of_key(one)
    rules += [rule for key in one.references for rule in _of_reference(one, key)]
    rules += [rule for person in one.persons for rule in _of_person(one, person)]
    rules += [_of_promise(one, promise) for promise in promises]
    return tuple(rules)


def _of_field(one: RegisterObject, field: Field) -> Iterator[Rule]:
    value = quoted(field.name)
    if field.required:
        yield _rule(_MISSING, one, field, fail_when=nothing_written(field.name))
    yield _rule(_unreadable(field), one, field, fail_when=_unread(field))
    if field.kind in LOCALITIES:
        unsure = f"case when {value} is not null then {quoted(now(field.name))} is null end"
        yield _rule(_NEEDS_A_PERSON, one, field, fail_when=unsure)
    yield from _limits(one, field)
    if field.unique and _sole_key(one) != field.name:
        yield _rule(_DUPLICATE, one, field, fail_when="")


def _unread(field: Field) -> str:
    """True where a text could not be read, false where a value was: what is empty is neither.

    Where a value must stand, a filler is missing and not told twice; elsewhere it is junk.
    """
    value, unread = quoted(field.name), quoted(flaw(field.name))
    flawed = f"{unread} <> {literal(FILLER)}" if field.required else f"{unread} is not null"
    return f"case when {flawed} then true when {value} is not null then false end"


def _limits(one: RegisterObject, field: Field) -> Iterator[Rule]:
    value = quoted(field.name)
    if field.codes and field.kind is Kind.INTEGER:
        listed = ", ".join(str(int(code.value)) for code in field.codes)
        yield _rule(_NOT_IN_LIST, one, field, fail_when=f"{value} not in ({listed})")
    elif field.codes and field.kind is Kind.TEXT:
        listed = ", ".join(literal(code.value) for code in field.codes)
        yield _rule(_NOT_IN_LIST, one, field, fail_when=f"{value} not in ({listed})")
    for sort, measured, least, most in (
        (_OUT_OF_RANGE, value, field.minimum, field.maximum),
        (_LENGTH, f"length({value})", field.min_length, field.max_length),
    ):
        sides = [f"{measured} < {least:.12g}"] if least is not None else []
        sides += [f"{measured} > {most:.12g}"] if most is not None else []
        if sides:
            yield _rule(sort, one, field, fail_when=" or ".join(sides))
    if field.pattern:
        matches = f"regexp_matches({value}, {literal(field.pattern)})"
        yield _rule(_PATTERN, one, field, fail_when=f"not {matches}")


def _unreadable(field: Field) -> _Sort:
    if field.kind in LOCALITIES:
        return _UNKNOWN_UNIT
    return _NOT_IN_LIST if field.kind is Kind.CODE else _UNREADABLE


def _sole_key(one: RegisterObject) -> str:
    key = [field.name for field in one.fields if field.key]
    return key[0] if len(key) == 1 else ""


def _of_key(one: RegisterObject) -> list[Rule]:
    key = sorted((field for field in one.fields if field.key), key=lambda field: field.key)
    if not key:
        return []
    label = ", ".join(field.label for field in key)
    label_en = ", ".join(field.label_en or field.label for field in key)
    fields = tuple(field.name for field in key)
    return [_made(_DUPLICATE, f"{one.name}.key", (label, label_en), fields=fields)]


def _of_reference(one: RegisterObject, key: ForeignKey) -> list[Rule]:
    if key.reference.held_by:
        return []
    field = one.field(key.fields[0])
    other = bool(key.reference.register)
    rule = _made(
        _REFERENCE,
        f"{one.name}.{field.name}.reference",
        (field.label, field.label_en or field.label),
        fields=key.fields,
        reference=key.reference,
        criterion=Criterion.THONG_NHAT if other else Criterion.SACH,
    )
    return [rule]


def _of_person(one: RegisterObject, person: Person) -> Iterator[Rule]:
    if not person.number:
        return
    number = quoted(person.number)
    if person.sex:
        says = f"sex_of({number}) <> {quoted(person.sex)}"
        yield _both(_SEX, one, (person.number, person.sex), fail_when=says)
    if person.born:
        says = f"birth_year_of({number}) <> year_of({quoted(person.born)})"
        yield _both(_BIRTH_YEAR, one, (person.number, person.born), fail_when=says)


def _both(sort: _Sort, one: RegisterObject, fields: tuple[str, str], *, fail_when: str) -> Rule:
    field = one.field(fields[0])
    labels = (field.label, field.label_en or field.label)
    return _made(
        sort, f"{one.name}.{field.name}.{sort.ending}", labels, fields=fields, fail_when=fail_when
    )


def _of_promise(one: RegisterObject, promise: Freshness) -> Rule:
    ago = "working_days_ago" if promise.working_days else "days_ago"
    fail_when = f"{quoted(promise.field)} < {ago}({promise.days})"
    return _made(
        _STALE, f"{one.name}.stale", ("", ""), fields=(promise.field,), fail_when=fail_when
    )


def _rule(sort: _Sort, one: RegisterObject, field: Field, *, fail_when: str) -> Rule:
    labels = (field.label, field.label_en or field.label)
    code = f"{one.name}.{field.name}.{sort.ending}"
    return _made(sort, code, labels, fields=(field.name,), fail_when=fail_when)


def _made(
    sort: _Sort,
    code: str,
    labels: tuple[str, str],
    *,
    fields: tuple[str, ...],
    **more: Any,  # noqa: ANN401 - fields of a frozen dataclass, checked by replace
) -> Rule:
    rule = Rule(
        code=code,
        name=sort.name.format(labels[0]),
        name_en=sort.name_en.format(labels[1]),
        form=sort.form,
        dimension=sort.dimension,
        criterion=sort.criterion or CRITERION_OF[sort.dimension],
        severity=sort.severity,
        group=sort.group,
        fields=fields,
        hint=sort.hint,
        hint_en=sort.hint_en,
    )
    return replace(rule, **more)
