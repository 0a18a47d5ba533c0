"""What a new version of a contract breaks for those who deliver under, or read by, the old one.

A change is *breaking* when a delivery that was accepted may now be refused or judged worse, or
when a reader may meet what it never met; *compatible* when neither can happen; *words* when
only what people read has changed. The version must step accordingly (semver.org).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sogoc.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sogoc.contract.model import Field, Form, Register, RegisterObject, Rule


class Weight(Enum):
    """What a change means for the version number."""

    BREAKING = "breaking"
    """The first number must rise."""
    COMPATIBLE = "compatible"
    """The second number must rise."""
    WORDS = "words"
    """The third number must rise."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where (`object`, `object.field`, a rule's code ...) and what, in words."""

    weight: Weight
    where: str
    said: Sentence


_ORDER = list(Weight)


def differences(old: Register, new: Register) -> list[Change]:
    """All changes from the old version to the new one, the heaviest first."""
    changes = [*_register(old, new), *_objects(old, new), *_forms(old, new)]
    return sorted(changes, key=lambda one: (_ORDER.index(one.weight), one.where))


def version_demanded(old: Register, changes: list[Change]) -> str:
    """The least version that the new contract may bear."""
    first, second, third = (int(part) for part in old.version.split("-")[0].split("."))
    weights = {change.weight for change in changes}
    if Weight.BREAKING in weights:
        return f"{first + 1}.0.0"
    if Weight.COMPATIBLE in weights:
        return f"{first}.{second + 1}.0"
    return f"{first}.{second}.{third + 1}" if weights else old.version


def steps_enough(old: Register, new: Register) -> bool:
    """Whether the new contract's version rises as much as its changes demand."""

    def numbers(version: str) -> list[int]:
        return [int(part) for part in version.split("-", maxsplit=1)[0].split(".")]

    return numbers(new.version) >= numbers(version_demanded(old, differences(old, new)))


def _breaks(where: str, vi: str, en: str) -> Change:
    return Change(Weight.BREAKING, where, Sentence(vi, en))


def _fits(where: str, vi: str, en: str) -> Change:
    return Change(Weight.COMPATIBLE, where, Sentence(vi, en))


def _words(where: str, vi: str, en: str) -> Change:
    return Change(Weight.WORDS, where, Sentence(vi, en))


def _register(old: Register, new: Register) -> Iterator[Change]:
    if old.id != new.id:
        yield _breaks(new.id, f"đổi mã từ {old.id}", f"the id was {old.id}")
    if old.is_population != new.is_population:
        yield _breaks(new.id, "đổi vai trò sổ gốc dân cư", "the role of root register")
    told = (
        (old.name, new.name),
        (old.name_en, new.name_en),
        (old.purpose, new.purpose),
        (old.grounds, new.grounds),
        (old.keeper, new.keeper),
    )
    if any(before != after for before, after in told):
        yield _words(new.id, "đổi tên, mục đích, căn cứ hoặc cơ quan", "name, purpose or keeper")


def _objects(old: Register, new: Register) -> Iterator[Change]:
    before = {one.name: one for one in old.objects}
    after = {one.name: one for one in new.objects}
    for name in before.keys() - after.keys():
        yield _breaks(name, "bỏ đối tượng", "the object is gone")
    for name in after.keys() - before.keys():
        yield _fits(name, "thêm đối tượng", "a new object")
    for name in before.keys() & after.keys():
        yield from _object(before[name], after[name])
        yield from _searches(before[name], after[name])
        yield from _fields(before[name], after[name])
        yield from _rules(before[name], after[name])


def _searches(old: RegisterObject, new: RegisterObject) -> Iterator[Change]:
    for names in sorted(set(old.search_by) - set(new.search_by)):
        yield _breaks(
            f"{new.name}.{'+'.join(names)}", "bỏ cách tra cứu", "no longer searched for by these"
        )
    for names in sorted(set(new.search_by) - set(old.search_by)):
        yield _fits(f"{new.name}.{'+'.join(names)}", "thêm cách tra cứu", "searched for by these")


def _object(old: RegisterObject, new: RegisterObject) -> Iterator[Change]:
    if old.identities != new.identities:
        yield _breaks(
            new.name,
            "đổi khóa hoặc cách nhận ra bản ghi",
            "records are named by other fields: old ones may not be found again",
        )
    if old.persons != new.persons or old.link_to != new.link_to:
        yield _breaks(new.name, "đổi cách đối soát người", "persons are verified otherwise")
    gone = set(old.references) - set(new.references)
    added = set(new.references) - set(old.references)
    for key in gone | added:
        where = f"{new.name}.{'+'.join(key.fields)}"
        if key in gone:
            yield _fits(where, "bỏ dẫn chiếu", "no longer a reference")
        else:
            yield _breaks(where, "thêm dẫn chiếu bắt buộc", "must now occur elsewhere")
    if (old.label, old.label_en) != (new.label, new.label_en):
        yield _words(new.name, "đổi nhãn", "the label")


def _fields(old: RegisterObject, new: RegisterObject) -> Iterator[Change]:
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    gone, added = before.keys() - after.keys(), after.keys() - before.keys()
    for name in gone:
        renamed = _renamed(before[name], [after[other] for other in added])
        where = f"{new.name}.{name}"
        if renamed:
            yield _breaks(where, f"có vẻ đổi tên thành {renamed}", f"seems renamed to {renamed}")
        else:
            yield _breaks(where, "bỏ trường", "the field is gone")
    for name in added:
        where = f"{new.name}.{name}"
        if after[name].required:
            yield _breaks(where, "thêm trường bắt buộc", "a new field that is required")
        else:
            yield _fits(where, "thêm trường", "a new field")
    for name in before.keys() & after.keys():
        yield from _field(f"{new.name}.{name}", before[name], after[name])


def _renamed(old: Field, added: list[Field]) -> str:
    """The new field with the same kind and label, if there is just one."""
    like = [one.name for one in added if (one.kind, one.label) == (old.kind, old.label)]
    return like[0] if len(like) == 1 else ""


def _field(where: str, old: Field, new: Field) -> Iterator[Change]:
    if old.kind is not new.kind:
        yield _breaks(
            where,
            f"đổi kiểu từ {old.kind.value} sang {new.kind.value}",
            f"the kind was {old.kind.value} and is {new.kind.value}",
        )
    for demand, vi, en in (
        (lambda field: field.required, "bắt buộc", "required"),
        (lambda field: field.unique, "không được trùng", "unique"),
        (lambda field: field.critical, "khóa định danh, phải đạt 100 %", "an identity key"),
    ):
        yield from _demand(where, (old, new), demand, said=(vi, en))
    yield from _limits(where, old, new)
    yield from _codes(where, old, new)
    if (old.as_of, old.as_of_date, old.derived_from) != (
        new.as_of,
        new.as_of_date,
        new.derived_from,
    ):
        yield _breaks(where, "đổi cách đọc địa bàn", "the unit is read otherwise")
    if old.score_by != new.score_by:
        yield _breaks(where, "đổi trục chấm điểm", "the scorecard is cut otherwise")
    told = ("label", "label_en", "synonyms", "classification")
    if any(getattr(old, name) != getattr(new, name) for name in told):
        yield _words(where, "đổi nhãn hoặc phân loại", "label or classification")


def _demand(
    where: str,
    both: tuple[Field, Field],
    demand: Callable[[Field], bool],
    *,
    said: tuple[str, str],
) -> Iterator[Change]:
    old, new = (demand(field) for field in both)
    if new and not old:
        yield _breaks(where, f"nay {said[0]}", f"now {said[1]}")
    if old and not new:
        yield _fits(where, f"không còn {said[0]}", f"no longer {said[1]}")


def _limits(where: str, old: Field, new: Field) -> Iterator[Change]:
    """A bound that moves inward narrows; one that moves outward or falls away widens."""
    for name, inward in (("minimum", 1), ("min_length", 1), ("maximum", -1), ("max_length", -1)):
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        narrower = after is not None and (before is None or (after - before) * inward > 0)
        said = (f"{name}: {before} → {after}", f"{name}: {before} → {after}")
        yield _breaks(where, *said) if narrower else _fits(where, *said)
    if old.pattern != new.pattern:
        # Whether one expression admits more than another cannot be decided cheaply: say breaking.
        widened = new.pattern is None
        said = (f"mẫu: {old.pattern} → {new.pattern}", f"pattern: {old.pattern} → {new.pattern}")
        yield _fits(where, *said) if widened else _breaks(where, *said)


def _codes(where: str, old: Field, new: Field) -> Iterator[Change]:
    before = {code.value: code for code in old.codes}
    after = {code.value: code for code in new.codes}
    for value in before.keys() - after.keys() if after else ():
        yield _breaks(where, f"bỏ giá trị {value}", f"the value {value} is gone")
    for value in after.keys() - before.keys() if before else ():
        yield _fits(where, f"thêm giá trị {value}", f"a new value {value}")
    if after and not before:
        yield _breaks(where, "nay chỉ nhận giá trị trong danh mục", "now a list of values")
    for value in before.keys() & after.keys():
        if before[value] != after[value]:
            yield _words(where, f"đổi nhãn của {value}", f"the label of {value}")


def _rules(old: RegisterObject, new: RegisterObject) -> Iterator[Change]:
    """Rules that follow from fields are told there; here those that somebody wrote."""
    implied = {field.name for one in (old, new) for field in one.fields} | {"key"}
    before = {rule.code: rule for rule in old.rules if rule.code.split(".")[1] not in implied}
    after = {rule.code: rule for rule in new.rules if rule.code.split(".")[1] not in implied}
    for code in before.keys() - after.keys():
        yield _fits(code, "bỏ quy tắc", "the rule is gone")
    for code in after.keys() - before.keys():
        yield _breaks(code, "thêm quy tắc", "a new rule: records that passed may fail")
    for code in before.keys() & after.keys():
        if _judgement(before[code]) != _judgement(after[code]):
            yield _breaks(code, "đổi điều kiện hoặc mức độ", "it judges otherwise")
        elif before[code] != after[code]:
            yield _words(code, "đổi lời của quy tắc", "the words of the rule")


def _judgement(rule: Rule) -> tuple[object, ...]:
    return (
        rule.form,
        rule.fail_when,
        rule.not_assessed_when,
        rule.criterion,
        rule.severity,
        rule.fields,
        rule.reference,
        rule.alike,
        rule.expected,
        rule.person,
    )


def _forms(old: Register, new: Register) -> Iterator[Change]:
    before = {form.id: form for form in old.forms}
    after = {form.id: form for form in new.forms}
    for name in before.keys() - after.keys():
        yield _breaks(name, "bỏ biểu", "the form is gone")
    for name in after.keys() - before.keys():
        yield _fits(name, "thêm biểu", "a new form")
    for name in before.keys() & after.keys():
        yield from _form(before[name], after[name])


def _form(old: Form, new: Form) -> Iterator[Change]:
    before = {header for column in old.columns for header in (column.header, *column.also)}
    after = {header for column in new.columns for header in (column.header, *column.also)}
    for header in before - after:
        where = f"{new.id}: {header}"
        yield _breaks(where, "không còn nhận tiêu đề này", "this header is no longer known")
    for header in after - before:
        where = f"{new.id}: {header}"
        yield _fits(where, "nhận thêm tiêu đề này", "this header is now known")
    needed = {column.header for column in old.columns if column.required}
    for column in new.columns:
        if column.required and column.header not in needed:
            where = f"{new.id}: {column.header}"
            yield _breaks(where, "nay phải có cột này", "this column must now be there")
    routes = [
        [(column.header, column.targets, column.position) for column in form.columns]
        for form in (old, new)
    ]
    ways = [(form.splits, form.collapse, form.made, form.constants) for form in (old, new)]
    shared = [[one for one in way if one[0] in before & after] for way in routes]
    if shared[0] != shared[1] or ways[0] != ways[1]:
        yield _breaks(new.id, "đổi cách đọc biểu", "the form is read otherwise")
