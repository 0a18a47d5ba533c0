"""A contract file becomes a register, or ContractError with every mistake in it at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.contract.model import Freshness, Ground, Register, RegisterObject, Role
from sogoc.contract.reading.document import Mistakes, Part, read
from sogoc.contract.reading.fields import (
    check_name,
    check_unique,
    fields_of,
    persons_of,
    unknown_field,
)
from sogoc.contract.reading.forms import forms_of
from sogoc.contract.reading.implied import implied_rules
from sogoc.contract.reading.own import label_en, ours
from sogoc.contract.reading.references import Surroundings, foreign_keys, place_of
from sogoc.contract.reading.rules import Ground as RuleGround
from sogoc.contract.reading.rules import written_rules
from sogoc.contract.reading.searching import is_population, search_by
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sogoc.contract.model import Field, Rule

_DAYS = {"d": 1, "day": 1, "days": 1, "w": 7, "month": 30, "months": 30, "y": 365, "yr": 365}
_DAYS |= {"week": 7, "weeks": 7, "year": 365, "years": 365}


def load(path: Path) -> Register:
    """The register that a contract file describes. Raises ContractError with all mistakes."""
    return load_text(path.read_text(encoding="utf-8"), path)


def load_text(text: str, path: Path) -> Register:
    """The same for a text that stands, or will stand, at `path`: others are looked for there."""
    # What the standard says takes longer to import than a contract to read.
    from sogoc.contract.reading.standard import check_standard  # noqa: PLC0415 - see above

    mistakes = Mistakes(path.name)
    root = read(text, mistakes)
    check_standard(root, mistakes)
    return _register(root, path, mistakes)


def load_shipped(path: Path) -> Register:
    """The same for a contract that travels along: it was held against the standard beforehand.

    A test sees to that. To do it again whenever a node starts would take three times as long as all
    the rest of reading.
    """
    mistakes = Mistakes(path.name)
    return _register(read(path.read_text(encoding="utf-8"), mistakes), path, mistakes)


def _register(root: Part, path: Path, mistakes: Mistakes) -> Register:
    around = Surroundings(root, (path.parent, shipped("registers")))
    own = ours(root, "contract", mistakes)
    promises = tuple(_promises(root, around, mistakes))
    objects = tuple(
        _object(part, promises, around, mistakes=mistakes) for part in root.at("schema")
    )
    check_unique(root.at("schema"), "name", mistakes)
    if not objects:
        mistakes.add(root, "the contract describes no object", "đặc tả chưa có đối tượng nào")
    forms = forms_of(own.get("forms", Part()), objects, mistakes)
    roles = tuple(_role(part, around, mistakes) for part in root.at("roles"))
    checked = ours(root.at("description"), "description", mistakes)
    mistakes.raise_if_any()
    return Register(
        id=root.text("id"),
        name=root.text("name") or root.text("id"),
        name_en=own["nameEn"].text() if "nameEn" in own else "",
        version=root.text("version"),
        keeper=root.text("team", "name"),
        status=root.text("status") or "active",
        objects=objects,
        forms=forms,
        freshness=promises,
        is_population=is_population(root),
        purpose=root.text("description", "purpose"),
        checked_against_text="checkedAgainstText" in checked
        and checked["checkedAgainstText"].is_true(),
        grounds=tuple(_ground(one) for one in root.at("description", "authoritativeDefinitions")),
        roles=roles,
        source=str(path),
    )


def _object(
    part: Part,
    promises: tuple[tuple[str, Freshness], ...],
    around: Surroundings,
    *,
    mistakes: Mistakes,
) -> RegisterObject:
    name = part.text("name")
    check_name(part, name, mistakes)
    own = ours(part, "object", mistakes)
    fields = fields_of(part, mistakes)
    one = RegisterObject(
        name=name,
        label=part.text("businessName") or name,
        label_en=label_en(part),
        fields=fields,
        persons=persons_of(own.get("person", Part()), fields, mistakes),
        identities=_identities(own.get("identities", Part()), fields, mistakes),
        search_by=search_by(
            own.get("searchBy", Part()), fields, mistakes, population=is_population(around.root)
        ),
        true_from=_named(own, "trueFrom", fields, mistakes=mistakes),
        link_to=_link_to(own, mistakes),
        hamlet=_named(own, "hamlet", fields, mistakes=mistakes),
        hamlet_from=_named(own, "hamletFrom", fields, mistakes=mistakes),
        references=foreign_keys(part, around, mistakes),
        retention=_retention(around.root, name),
    )
    return replace(one, rules=_rules(part, one, promises, scene=(around, mistakes)))


def _rules(
    part: Part,
    one: RegisterObject,
    promises: tuple[tuple[str, Freshness], ...],
    *,
    scene: tuple[Surroundings, Mistakes],
) -> tuple[Rule, ...]:
    """Implied rules first, then those written; codes name rules, so none may stand twice."""
    around, mistakes = scene
    if len({field.name for field in one.fields}) < len(one.fields):
        return ()  # already noted; rules about a doubled name would only confuse
    ground = RuleGround(one.name, {field.name: field for field in one.fields}, one.persons, around)
    mine = tuple(promise for name, promise in promises if name == one.name)
    rules = (*implied_rules(one, mine), *written_rules(part, ground, mistakes))
    seen: set[str] = set()
    for rule in rules:
        if rule.code in seen:
            mistakes.add(
                part,
                f"two rules have the code {rule.code!r}",
                f"hai quy tắc trùng mã {rule.code!r}",
            )
        seen.add(rule.code)
    return rules


def _identities(
    part: Part, fields: tuple[Field, ...], mistakes: Mistakes
) -> tuple[tuple[str, ...], ...]:
    """The primary key first, then the other sets of fields that name a record."""
    known = {field.name: field for field in fields}
    key = sorted((field for field in fields if field.key), key=lambda field: field.key)
    for one in part:
        for name in one.texts():
            if name not in known:
                unknown_field(one, name, known, mistakes=mistakes)
    others = tuple(one.texts() for one in part)
    return ((tuple(field.name for field in key),) if key else ()) + others


def _named(
    own: Mapping[str, Part], key: str, fields: tuple[Field, ...], *, mistakes: Mistakes
) -> str:
    if key not in own:
        return ""
    known = {field.name: field for field in fields}
    if own[key].text() not in known:
        unknown_field(own[key], own[key].text(), known, mistakes=mistakes)
    return own[key].text()


def _link_to(own: Mapping[str, Part], mistakes: Mistakes) -> str:
    said = own["linkTo"].text() if "linkTo" in own else "many-to-one"
    if said not in {"one-to-one", "many-to-one"}:
        mistakes.add(
            own["linkTo"],
            f"linkTo {said!r} must be 'one-to-one' or 'many-to-one'",
            "linkTo phải là 'one-to-one' hoặc 'many-to-one'",
        )
    return said


def _promises(
    root: Part, around: Surroundings, mistakes: Mistakes
) -> Iterator[tuple[str, Freshness]]:
    """The spans of freshness promised in `slaProperties`; a promise names a date field."""
    for part in root.at("slaProperties"):
        own = ours(part, "sla", mistakes)
        if part.text("property") != "freshness":
            continue
        place = place_of(part.at("element"), part.text("element"), around, mistakes=mistakes)
        days = (part.number("value") or 0) * _DAYS.get(part.text("unit") or "d", 0)
        if days < 1:
            mistakes.add(
                part,
                f"a freshness of {part.text('value')} {part.text('unit')!r} is no number of days",
                "thời hạn cập nhật phải tính được ra ngày (d, week, month, y)",
            )
        if place is not None:
            _check_date(part, place.object, place.field, scene=(around.root, mistakes))
            working = "dayKind" in own and own["dayKind"].text() == "working"
            yield place.object, Freshness(place.field, int(days), working_days=working)


def _check_date(part: Part, name: str, field: str, *, scene: tuple[Part, Mistakes]) -> None:
    root, mistakes = scene
    for schema in root.at("schema"):
        for one in schema.at("properties"):
            if (schema.text("name"), one.text("name")) == (name, field) and one.text(
                "logicalType"
            ) not in {"date", "timestamp"}:
                mistakes.add(
                    part.at("element"),
                    f"{name}.{field} is no date",
                    f"{name}.{field} không phải trường ngày",
                )


def _retention(root: Part, name: str) -> str:
    for part in root.at("slaProperties"):
        if part.text("property") == "retention" and part.text("element") in {"", name}:
            return f"{part.text('value')} {part.text('unit')}".strip()
    return ""


def _ground(part: Part) -> Ground:
    return Ground(part.text("type"), part.text("url"), part.text("description"))


def _role(part: Part, around: Surroundings, mistakes: Mistakes) -> Role:
    own = ours(part, "role", mistakes)
    fields = own["fields"].texts() if "fields" in own else ()
    for text in fields:
        place_of(own["fields"], text, around, mistakes=mistakes)
    return Role(
        name=part.text("role"),
        access=part.text("access"),
        description=part.text("description"),
        purpose=own["purpose"].text() if "purpose" in own else "",
        fields=fields,
        legal_ground=own["legalGround"].text() if "legalGround" in own else "",
    )
