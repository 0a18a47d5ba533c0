"""What SPDCI/DCI calls the records and attributes of our registers, and persons in its form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from sogoc.facades.people import SEXES, parts_of, sex_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Person, Register, RegisterObject

REG_TYPE = "ns:org:RegistryType:"
_DOMAINS = {"population": "Civil", "civil-status": "Civil"}
RECORD_TYPE = "spdci-extensions-dci:Person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an event of others is here."""

    object: str
    kind: str


def reg_type(register: Register) -> str:
    """The kind of registry: civil, or social for whatever serves social protection."""
    return REG_TYPE + _DOMAINS.get(register.id, "Social")


def meaning(register: Register, event: str) -> Meaning | None:
    """What an event type means in this register, or None if it tells no such thing."""
    said = _last(event)
    for one in _event_types():
        if said in one["says"] and one["register"] in {"", register.id}:
            return Meaning(object=one["object"] or chief(register).name, kind=one["kind"])
    return None


@cache
def _event_types() -> list[dict[str, Any]]:
    text = (files("sogoc.facades.dci") / "event_types.yaml").read_text(encoding="utf-8")
    return [{**one, "says": {each.lower() for each in one["says"]}} for one in yaml.safe_load(text)]


def chief(register: Register) -> RegisterObject:
    """The object that is meant where none is named: the first that names persons."""
    return next((one for one in register.objects if one.persons), register.objects[0])


def object_of(register: Register, record_type: str, event: str) -> RegisterObject | None:
    """The object that a record type or an event type names; None if there is no such."""
    said = _last(record_type)
    if any(one.name == said for one in register.objects):
        return register.object(said)
    told = meaning(register, event) if event else None
    if event and told is None:
        return None
    return register.object(told.object) if told else chief(register)


def _last(name: str) -> str:
    return name.rpartition(":")[2].lower()


def field_of(one: RegisterObject, attribute: str) -> str | None:
    """The field that an attribute names: one of the specification's words, or the field itself."""
    if any(field.name == attribute for field in one.fields):
        return attribute
    person = one.persons[0] if one.persons else None
    return next(
        (field for words, field in _words(person) if attribute.lower() in words and field), None
    )


def _words(person: Person | None) -> tuple[tuple[frozenset[str], str], ...]:
    if person is None:
        return ()
    return (
        (frozenset({"uin", "nid", "national_id", "identifier", "identifier_value"}), person.number),
        (frozenset({"name", "full_name"}), person.name),
        (frozenset({"dob", "birthdate", "birth_date", "date_of_birth"}), person.born),
        (frozenset({"deathdate", "death_date", "date_of_death"}), person.died),
        (frozenset({"sex", "gender"}), person.sex),
    )


def value_of(one: RegisterObject, field: str, value: object) -> str | None:
    """A value as our records hold it; None for what is no value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    is_sex = any(person.sex == field for person in one.persons)
    return SEXES.get(str(value).lower(), str(value)) if is_sex else str(value)


def told_record(one: RegisterObject, record: Mapping[str, str | None]) -> dict[str, Any]:
    """A person record; fields that the specification has no word for are additional attributes."""
    person = one.persons[0] if one.persons else None
    told: dict[str, Any] = {"@type": "Person" if person else one.name}
    used: set[str] = set()
    if person is not None:
        told |= _told_person(person, record)
        told |= _told_parents(one, record)
        used = {
            each
            for each in (person.number, person.name, person.born, person.died, person.sex)
            if each
        }
    told["additional_attributes"] = [
        {"name": name, "value": value}
        for name, value in record.items()
        if name not in used and value is not None
    ]
    return told


def _told_person(person: Person, record: Mapping[str, str | None]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if number := record.get(person.number):
        told |= {"identifier_type": "UIN", "identifier": number}
    if name := record.get(person.name):
        parts = parts_of(name)
        told["name"] = {
            "sur_name": parts.family,
            "second_name": parts.middle,
            "given_name": parts.given,
        }
    if born := record.get(person.born):
        told["birthdate"] = born
    if died := record.get(person.died):
        told["deathdate"] = died
    if person.sex in record:
        told["sex"] = sex_of(record[person.sex])
    return told


def _told_parents(one: RegisterObject, record: Mapping[str, str | None]) -> dict[str, Any]:
    numbers = {person.id: record.get(person.number) for person in one.persons}
    told = {"parent1_identifier": numbers.get("me"), "parent2_identifier": numbers.get("cha")}
    return {
        name: {"identifier_type": "UIN", "identifier": number}
        for name, number in told.items()
        if number
    }
