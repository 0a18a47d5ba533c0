"""The rules that a contract writes out, under `quality` of an object or of a field.

A rule names the records that break it. One that only counts (`type: sql`, `rowCount`) or that
another engine runs is refused instead of skipped: a check nobody runs looks like one that passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.contract.model import (
    Alike,
    Criterion,
    Dimension,
    ErrorGroup,
    Rule,
    RuleForm,
    Severity,
)
from sogoc.contract.reading.document import Part, closest
from sogoc.contract.reading.fields import unknown_field
from sogoc.contract.reading.implied import CRITERION_OF, GROUP_OF, usual_hint
from sogoc.contract.reading.own import ours
from sogoc.contract.reading.predicates import (
    Condition,
    check_pattern,
    condition,
    nothing_written,
)
from sogoc.contract.reading.references import place_of
from sogoc.tables.engine import literal, quoted
from sogoc.tables.naming import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sogoc.contract.model import Field, Person
    from sogoc.contract.reading.document import Mistakes
    from sogoc.contract.reading.references import Surroundings

_DIMENSIONS = {one.value: one for one in Dimension}
_CRITERIA = {one.value: one for one in Criterion}
_SEVERITIES = {one.value: one for one in Severity}
_KEYS = {
    "fail_when",
    "not_assessed_when",
    "expected_count",
    "by",
    "near_duplicate",
    "fix",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a rule may speak about: one object, with its fields and persons."""

    name: str
    fields: Mapping[str, Field]
    persons: tuple[Person, ...]
    around: Surroundings


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one rule judges, and how."""

    form: RuleForm
    fields: tuple[str, ...]
    fail_when: str = ""
    not_assessed_when: str = ""
    alike: Alike | None = None
    expected: str = ""


def written_rules(schema: Part, ground: Ground, mistakes: Mistakes) -> tuple[Rule, ...]:
    """The rules written at the fields and at the object, in the order of the file."""
    parts = [(item, one) for item in schema.at("properties") for one in item.at("quality")]
    parts += [(schema, one) for one in schema.at("quality")]
    rules = [_rule(at, part, ground, mistakes=mistakes) for at, part in parts]
    own = ours(schema, "object", mistakes)
    if "nearDuplicates" in own:
        rules.append(_near_duplicate_rule(own["nearDuplicates"], ground, mistakes))
    return tuple(rule for rule in rules if rule is not None)


def _rule(at: Part, part: Part, ground: Ground, *, mistakes: Mistakes) -> Rule | None:
    if part.text("type") == "text":
        return None  # words for people: the standard's own way to say that nothing is run
    name = part.text("id")
    if not name:
        mistakes.add(part, "the rule has no id", "quy tắc chưa có id")
    dimension = _chosen(part, "dimension", _DIMENSIONS, mistakes=mistakes)
    field = at.text("name") if at.text("name") != ground.name else ""
    judged = _judged(part, field, ground, mistakes=mistakes)
    if judged is None or dimension is None:
        return None
    own = ours(part, "rule", mistakes)
    fix = part.at("implementation", "fix")
    return Rule(
        code=f"{ground.name}.{name}",
        name=part.text("name") or name,
        name_en=_own_text(own, "nameEn"),
        form=judged.form,
        dimension=dimension,
        criterion=_criterion(own, dimension, mistakes),
        severity=_severity(part, mistakes),
        group=_group(own, dimension, mistakes),
        fields=_fields(own, judged, ground, mistakes=mistakes),
        fail_when=judged.fail_when,
        not_assessed_when=judged.not_assessed_when,
        alike=judged.alike,
        expected=judged.expected,
        person=_person(own, ground, mistakes),
        owner=fix.text("owner"),
        hint=fix.text("hint") or usual_hint(dimension)[0],
        hint_en=fix.text("hint_en") or usual_hint(dimension)[1],
    )


def _judged(part: Part, field: str, ground: Ground, *, mistakes: Mistakes) -> _Judged | None:
    kind = part.text("type") or "library"
    if kind == "library":
        return _library(part, field, ground, mistakes=mistakes)
    if kind == "custom" and part.text("engine") == "sogoc":
        return _custom(part, ground, mistakes)
    mistakes.add(
        part,
        f"a rule of type {kind!r} {part.text('engine')} names no record: write type custom, "
        "engine sogoc, fail_when",
        "quy tắc không chỉ ra bản ghi sai: hãy viết type: custom, engine: sogoc, fail_when",
    )
    return None


def _library(part: Part, field: str, ground: Ground, *, mistakes: Mistakes) -> _Judged | None:
    makers: dict[str, Callable[[Part, tuple[str, ...], Mistakes], _Judged | None]] = {
        "nullValues": _empty,
        "missingValues": _empty,
        "duplicateValues": _twice,
        "invalidValues": _invalid,
    }
    metric = part.text("metric")
    maker = makers.get(metric)
    if maker is None or part.at("mustBe").value != 0:
        mistakes.add(
            part,
            f"metric {metric!r} names no record unless it is one of {', '.join(makers)} "
            "with mustBe: 0",
            f"chỉ dùng {', '.join(makers)} với mustBe: 0",
        )
        return None
    named = part.texts("arguments", "properties") or ((field,) if field else ())
    known = tuple(name for name in named if name in ground.fields)
    for name in set(named) - set(known):
        unknown_field(part.at("arguments"), name, ground.fields, mistakes=mistakes)
    if not named:
        mistakes.add(part, "the rule names no field", "quy tắc chưa nêu trường nào")
    return maker(part, known, mistakes) if known else None


def _empty(_: Part, fields: tuple[str, ...], __: Mistakes) -> _Judged:
    empty = " or ".join(f"({nothing_written(name)})" for name in fields)
    return _Judged(RuleForm.ROW, fields, empty)


def _twice(_: Part, fields: tuple[str, ...], __: Mistakes) -> _Judged:
    return _Judged(RuleForm.UNIQUE, fields)


def _invalid(part: Part, fields: tuple[str, ...], mistakes: Mistakes) -> _Judged | None:
    value = quoted(fields[0])
    valid = part.texts("arguments", "validValues")
    pattern = part.text("arguments", "pattern")
    if valid:
        listed = ", ".join(literal(text) for text in valid)
        return _Judged(RuleForm.ROW, fields[:1], f"{value} not in ({listed})")
    if pattern:
        check_pattern(part.at("arguments", "pattern"), pattern, mistakes)
        matches = f"regexp_matches({value}, {literal(pattern)})"
        return _Judged(RuleForm.ROW, fields[:1], f"not {matches}")
    mistakes.add(
        part,
        "invalidValues needs arguments: validValues or pattern",
        "invalidValues cần arguments: validValues hoặc pattern",
    )
    return None


def _custom(part: Part, ground: Ground, mistakes: Mistakes) -> _Judged | None:
    how = part.at("implementation")
    for key, child in how.inside.items():
        if key not in _KEYS:
            mistakes.add(
                child,
                f"unknown key {key!r}{closest(str(key), _KEYS)}",
                f"không có khóa {key!r}; có: {', '.join(sorted(_KEYS))}",
            )
    ways = [key for key in ("fail_when", "expected_count", "near_duplicate") if how.at(key)]
    if len(ways) != 1:
        mistakes.add(
            part,
            "the implementation needs one of fail_when, expected_count, near_duplicate",
            "phải có đúng một trong fail_when, expected_count, near_duplicate",
        )
        return None
    if ways == ["expected_count"]:
        return _coverage(how, ground, mistakes)
    if ways == ["near_duplicate"]:
        alike = _alike(how.at("near_duplicate"), ground, mistakes)
        return _Judged(RuleForm.NEAR_DUPLICATE, (*alike.alike, *alike.same), alike=alike)
    return _row(part, ground, mistakes)


def _row(part: Part, ground: Ground, mistakes: Mistakes) -> _Judged | None:
    how = part.at("implementation")
    kinds = {name: field.kind for name, field in ground.fields.items()}
    of = "completeness" if part.text("dimension") == "completeness" else "rule"
    fails = condition(how.at("fail_when"), kinds, mistakes, of=of)
    skips = Condition("", (), reads_verification=False)
    if how.at("not_assessed_when"):
        skips = condition(how.at("not_assessed_when"), kinds, mistakes, of="not-assessed") or skips
    if fails is None:
        return None
    verified = fails.reads_verification or skips.reads_verification
    if verified and not ground.persons:
        mistakes.add(
            how.at("fail_when"),
            "'verification' needs a person in the object",
            "muốn dùng 'verification' thì đối tượng phải khai báo person",
        )
    form = RuleForm.VERIFICATION if verified else RuleForm.ROW
    return _Judged(form, fails.fields or skips.fields, fails.sql, skips.sql)


def _coverage(how: Part, ground: Ground, mistakes: Mistakes) -> _Judged | None:
    place = place_of(
        how.at("expected_count"), how.text("expected_count"), ground.around, mistakes=mistakes
    )
    by = how.texts("by")
    if len(by) != 1 or by[0] not in ground.fields:
        mistakes.add(
            how.at("by"),
            "'by' must name one field of the object, its locality",
            "'by' phải là một trường địa bàn của đối tượng",
        )
        return None
    if place is None:
        return None
    table = reference(place.register or ground.around.root.text("id"), place.object)
    return _Judged(RuleForm.COVERAGE, by, expected=f"{table}.{place.field}")


_ALIKE_KEYS = {"same", "alike", "likeness", "latitude", "longitude", "metres"}


def _alike(part: Part, ground: Ground, mistakes: Mistakes) -> Alike:
    for key, child in part.inside.items():
        if key not in _ALIKE_KEYS:
            mistakes.add(
                child,
                f"unknown key {key!r}{closest(str(key), _ALIKE_KEYS)}",
                f"không có khóa {key!r}",
            )
    for key in ("same", "alike", "latitude", "longitude"):
        for name in part.texts(key):
            if name not in ground.fields:
                unknown_field(part.at(key), name, ground.fields, mistakes=mistakes)
    if not part.texts("alike") and not part.texts("same"):
        mistakes.add(part, "'same' or 'alike' must name fields", "cần nêu trường ở same hoặc alike")
    if (part.number("metres") or 0) > 0 and not (part.text("latitude") and part.text("longitude")):
        mistakes.add(
            part, "'metres' needs latitude and longitude", "metres cần latitude và longitude"
        )
    return Alike(
        same=part.texts("same"),
        alike=part.texts("alike"),
        likeness=part.number("likeness") or 0.85,
        latitude=part.text("latitude"),
        longitude=part.text("longitude"),
        metres=part.number("metres") or 0,
    )


def _near_duplicate_rule(part: Part, ground: Ground, mistakes: Mistakes) -> Rule:
    alike = _alike(part, ground, mistakes)
    return Rule(
        code=f"{ground.name}.near-duplicate",
        name="Có thể là một đối tượng bị nhập hai lần",
        name_en="Perhaps one thing entered twice",
        form=RuleForm.NEAR_DUPLICATE,
        dimension=Dimension.UNIQUENESS,
        criterion=Criterion.SACH,
        severity=Severity.WARNING,
        group=ErrorGroup.DUPLICATE,
        fields=(*alike.alike, *alike.same),
        alike=alike,
        hint="So hai bản ghi; nếu là một thì giữ một, nếu không thì xác nhận là hai",
        hint_en="Compare the two records; keep one if they are one, else confirm that they are two",
    )


def _fields(
    own: Mapping[str, Part], judged: _Judged, ground: Ground, *, mistakes: Mistakes
) -> tuple[str, ...]:
    if "fields" in own:
        for name in own["fields"].texts():
            if name not in ground.fields:
                unknown_field(own["fields"], name, ground.fields, mistakes=mistakes)
        return own["fields"].texts()
    if judged.fields:
        return judged.fields
    return tuple(_first_of(ground, _own_text(own, "person")))


def _first_of(ground: Ground, person: str) -> Iterator[str]:
    """A rule about the outcome of linking is shown at the person's number, or name."""
    meant = [one for one in ground.persons if person in {"", one.id}]
    for one in meant[:1]:
        yield one.number or one.name


def _chosen(
    part: Part, key: str, known: Mapping[str, Dimension], *, mistakes: Mistakes
) -> Dimension | None:
    said = part.text(key)
    if not said:
        mistakes.add(
            part,
            f"the rule {part.text('id')!r} has no {key}: one of {', '.join(known)}",
            f"quy tắc {part.text('id')!r} chưa có {key}",
        )
    return known.get(said)  # a wrong one was named by the standard's schema


def _severity(part: Part, mistakes: Mistakes) -> Severity:
    said = part.text("severity") or "error"
    if said not in _SEVERITIES:
        mistakes.add(
            part.at("severity"),
            f"severity {said!r} is not one of {', '.join(_SEVERITIES)}",
            f"severity phải là một trong {', '.join(_SEVERITIES)}",
        )
    return _SEVERITIES.get(said, Severity.ERROR)


def _criterion(own: Mapping[str, Part], dimension: Dimension, mistakes: Mistakes) -> Criterion:
    if "criterion" not in own:
        return CRITERION_OF[dimension]
    said = own["criterion"].text()
    if said not in _CRITERIA:
        mistakes.add(
            own["criterion"],
            f"criterion {said!r} is not one of {', '.join(_CRITERIA)}{closest(said, _CRITERIA)}",
            f"tiêu chí {said!r} không có; có: {', '.join(_CRITERIA)}",
        )
    return _CRITERIA.get(said, CRITERION_OF[dimension])


def _group(own: Mapping[str, Part], dimension: Dimension, mistakes: Mistakes) -> ErrorGroup:
    if "errorGroup" not in own:
        return GROUP_OF[dimension]
    said = own["errorGroup"].value
    groups = {one.value: one for one in ErrorGroup}
    if said not in groups:
        mistakes.add(
            own["errorGroup"], "errorGroup is a number from 1 to 8", "errorGroup là số từ 1 đến 8"
        )
        return GROUP_OF[dimension]
    return groups[int(str(said))]


def _person(own: Mapping[str, Part], ground: Ground, mistakes: Mistakes) -> str:
    said = _own_text(own, "person")
    ids = [person.id for person in ground.persons]
    if said and said not in ids:
        mistakes.add(
            own["person"],
            f"there is no person {said!r}{closest(said, ids)}",
            f"không có người {said!r}; có: {', '.join(ids)}",
        )
    return said


def _own_text(own: Mapping[str, Part], name: str) -> str:
    return own[name].text() if name in own else ""
