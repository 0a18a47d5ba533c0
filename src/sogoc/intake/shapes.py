"""The shapes a sheet may have: the forms of the contract, and its fields by their own names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.contract.model import Form, FormColumn, Target
from sogoc.intake.keys import wordings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.contract.model import Field, Register, RegisterObject


@dataclass(frozen=True, slots=True)
class Known:
    """One column that a shape knows: the keys of its own header, then keys that also fit."""

    column: FormColumn
    own: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A form with the keys by which its columns are found."""

    form: Form
    known: tuple[Known, ...]
    own: dict[str, list[int]]
    """Which columns a key means, by its own header; `other`: by the labels of its field."""
    other: dict[str, list[int]]
    from_fields: bool
    """Not a form that somebody prints, but the fields of one object."""


def shapes(register: Register, form: str = "") -> list[Shape]:
    """The shapes to try, those of the contract first; only the one named, if one is."""
    told = [_shape(one, register, from_fields=False) for one in register.forms]
    drawn = [_from_fields(one, register) for one in register.objects]
    return [shape for shape in told + drawn if form in ("", shape.form.id)]


def _from_fields(found: RegisterObject, register: Register) -> Shape:
    columns = tuple(
        FormColumn(
            header=field.label or field.name,
            also=(field.name, field.label_en, *field.synonyms),
            targets=(Target(object=found.name, field=field.name),),
            required=field.required,
        )
        for field in found.fields
    )
    form = Form(id=found.name, label=found.label, label_en=found.label_en, columns=columns)
    return _shape(form, register, from_fields=True)


def _shape(form: Form, register: Register, *, from_fields: bool) -> Shape:
    known = tuple(_one(column, register) for column in form.columns)
    own: dict[str, list[int]] = {}
    other: dict[str, list[int]] = {}
    for which, one in enumerate(known):
        for key in one.own:
            own.setdefault(key, []).append(which)
        for key in one.other:
            other.setdefault(key, []).append(which)
    return Shape(form, known, own, other, from_fields)


def _one(column: FormColumn, register: Register) -> Known:
    own = _keys((column.header, *column.also))
    fields = [register.object(to.object).field(to.field) for to in column.targets]
    other = _keys(text for field in fields for text in _texts(field))
    return Known(column, own, tuple(key for key in other if key not in own))


def _texts(field: Field) -> tuple[str, ...]:
    return (field.label, field.label_en, field.name, *field.synonyms)


def _keys(of: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for text in of for key in wordings(text)))
