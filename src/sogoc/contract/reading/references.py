"""Names that lead elsewhere: to a field of another object, or of another contract beside this one.

Within a contract `thua_dat.ma_thua`; into another `population.odcs.yaml#/schema/nguoi/properties/
so_dinh_danh`, where the parts are ids, or names where no id is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sogoc.contract.model import ForeignKey, Reference
from sogoc.contract.reading.document import Mistakes, Part, closest, read
from sogoc.contract.reading.own import ours
from sogoc.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = re.compile(r"(?:(?P<file>[^#]+)#)?/?schema/(?P<object>[\w-]+)/properties/(?P<field>[\w-]+)")
_SHORT = re.compile(r"(?P<object>[\w-]+)\.(?P<field>[\w-]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A field of an object of a register; `register` is empty within the contract itself."""

    register: str
    object: str
    field: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The contract itself, and the folders in which others are looked for, the nearest first."""

    root: Part
    folders: tuple[Path, ...] = ()
    _read: dict[str, Part | None] = field(default_factory=dict)

    def other(self, file: str) -> Part | None:
        """The contract in a file of that name, None where there is none that can be read."""
        if file not in self._read:
            self._read[file] = self._find(file)
        return self._read[file]

    def _find(self, file: str) -> Part | None:
        path = next((one / file for one in self.folders if (one / file).is_file()), None)
        if path is None:
            return None
        try:
            return read(path.read_text(encoding="utf-8"), Mistakes(file))
        except ContractError:
            return None


def place_of(part: Part, text: str, around: Surroundings, *, mistakes: Mistakes) -> Place | None:
    """The field that a text names, or None with the mistake noted."""
    found = _FULL.fullmatch(text) or _SHORT.fullmatch(text)
    if found is None:
        mistakes.add(
            part,
            f"{text!r} must be 'object.field' or 'file.odcs.yaml#/schema/object/properties/field'",
            "phải viết 'đối_tượng.trường' hoặc 'tệp.odcs.yaml#/schema/…/properties/…'",
        )
        return None
    file = found.groupdict().get("file") or ""
    contract = around.other(file) if file else around.root
    if contract is None:
        mistakes.add(
            part,
            f"there is no contract {file!r} beside this one",
            f"không tìm thấy đặc tả {file!r} bên cạnh tệp này",
        )
        return None
    return _within(part, contract, found, mistakes=mistakes)


def _within(
    part: Part, contract: Part, found: re.Match[str], *, mistakes: Mistakes
) -> Place | None:
    schema = _named(contract.at("schema"), found["object"])
    if schema is None:
        names = [one.text("name") for one in contract.at("schema")]
        mistakes.add(
            part,
            f"there is no object {found['object']!r}{closest(found['object'], names)}",
            f"không có đối tượng {found['object']!r}",
        )
        return None
    target = _named(schema.at("properties"), found["field"])
    if target is None:
        names = [one.text("name") for one in schema.at("properties")]
        mistakes.add(
            part,
            f"{schema.text('name')!r} has no field {found['field']!r}"
            f"{closest(found['field'], names)}",
            f"{schema.text('name')!r} không có trường {found['field']!r}",
        )
        return None
    register = contract.text("id") if found.groupdict().get("file") else ""
    return Place(register, schema.text("name"), target.text("name"))


def _named(parts: Part, word: str) -> Part | None:
    by_id = (part for part in parts if part.text("id") == word)
    return next(by_id, next((part for part in parts if part.text("name") == word), None))


def foreign_keys(schema: Part, around: Surroundings, mistakes: Mistakes) -> tuple[ForeignKey, ...]:
    """The references of one object: those at its fields, then those at the object."""
    return tuple(_at_fields(schema, around, mistakes)) + tuple(_at_object(schema, around, mistakes))


def _at_fields(schema: Part, around: Surroundings, mistakes: Mistakes) -> Iterator[ForeignKey]:
    for field_part in schema.at("properties"):
        for link in field_part.at("relationships"):
            yield from _key((field_part.text("name"),), link, around, mistakes=mistakes)


def _at_object(schema: Part, around: Surroundings, mistakes: Mistakes) -> Iterator[ForeignKey]:
    for link in schema.at("relationships"):
        places = [
            place_of(link.at("from"), text, around, mistakes=mistakes)
            for text in link.texts("from")
        ]
        here = [place for place in places if place is not None]
        for place in here:
            if (place.register, place.object) != ("", schema.text("name")):
                mistakes.add(
                    link,
                    f"'from' must name fields of {schema.text('name')!r}",
                    f"'from' phải là các trường của {schema.text('name')!r}",
                )
        if len(here) == len(places):
            yield from _key(tuple(place.field for place in here), link, around, mistakes=mistakes)


def _key(
    fields: tuple[str, ...], link: Part, around: Surroundings, *, mistakes: Mistakes
) -> Iterator[ForeignKey]:
    own = ours(link, "relationship", mistakes)
    held_by = own["heldBy"].text() if "heldBy" in own else ""
    if held_by not in {"", "other-node"}:
        mistakes.add(own["heldBy"], "heldBy must be 'other-node'", "heldBy phải là 'other-node'")
    places = [place_of(link.at("to"), text, around, mistakes=mistakes) for text in link.texts("to")]
    there = [place for place in places if place is not None]
    if len(there) != len(places) or not there:
        return
    if len(there) != len(fields):
        mistakes.add(
            link,
            f"'from' has {len(fields)} fields and 'to' {len(there)}",
            "'from' và 'to' phải có số trường bằng nhau",
        )
        return
    if len({(place.register, place.object) for place in there}) > 1:
        mistakes.add(link, "'to' names fields of several objects", "'to' phải cùng một đối tượng")
        return
    reference = Reference(
        register=there[0].register,
        object=there[0].object,
        fields=tuple(place.field for place in there),
        held_by=held_by,
    )
    yield ForeignKey(fields, reference)
