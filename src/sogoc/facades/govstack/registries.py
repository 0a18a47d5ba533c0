"""Registries as GovStack names them: one for each object of a register, with a schema version.

`civil-status.khai_sinh` is an object of a register; where a register has one object, the name of
the register will do. The version is the contract's: `1.0.0`, or `1.0` as most clients write it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sogoc.contract.model import Field, Register, RegisterObject
    from sogoc.exchange.names import Subsystem

_NUMBER_BITS = 31


@dataclass(frozen=True, slots=True)
class Registry:
    """One object of a register, as the Data API addresses it."""

    register: Register
    object: RegisterObject

    @property
    def name(self) -> str:
        """Its name in an address."""
        alone = len(self.register.objects) == 1
        return self.register.id if alone else f"{self.register.id}.{self.object.name}"

    @property
    def number(self) -> int:
        """Its number in the Database API: it follows from the name, so it stays the same."""
        digest = hashlib.sha256(self.name.encode()).digest()
        return int.from_bytes(digest[:4], "big") >> (32 - _NUMBER_BITS)

    @property
    def versions(self) -> frozenset[str]:
        """How clients write the version."""
        whole = self.register.version
        return frozenset({whole, ".".join(whole.split(".")[:2])})


def registries(registers: Mapping[str, Register]) -> Iterator[Registry]:
    """All registries, in the order of their names."""
    for _, register in sorted(registers.items()):
        for one in register.objects:
            yield Registry(register, one)


def registry(registers: Mapping[str, Register], name: str, version: str) -> Registry | None:
    """The registry of that name and version, or None."""
    register = registers.get(name.partition(".")[0])
    if register is None:
        return None
    for one in register.objects:
        found = Registry(register, one)
        if name in {found.name, f"{register.id}.{one.name}"} and version in found.versions:
            return found
    return None


def is_personal(field: Field) -> bool:
    """Whether a value of this field has no place in an address: each log on the way keeps it."""
    return bool(field.classification)


def description(told: Registry, keeper: Subsystem) -> dict[str, Any]:
    """One database of the Database API, from its contract."""
    register, one = told.register, told.object
    return {
        "id": told.number,
        "version": register.version,
        "name": told.name,
        "description": one.label or register.name,
        "institution": register.keeper or str(keeper),
        "numberFormat": "",
        "schema": _schema(one),
        "schemaTags": [
            {"name": "", "path": f"/{field.name}", "isFulltext": False} for field in one.fields
        ],
        "schemaFlags": [
            {"name": "mandatory", "path": f"/{field.name}"}
            for field in one.fields
            if field.required
        ],
        "fieldsUniques": [list(fields) for fields in one.identities],
        "isDraft": register.status == "draft",
        "isDisabled": False,
        "isArchived": register.status in {"deprecated", "retired"},
        # A contract is a file with a version, not a row that a user changed.
        "modifiedAt": None,
        "byUserName": None,
        "byUserAuthId": None,
        "byOnBehalfOfUserAuthId": None,
        "byOnBehalfOfUserName": None,
        "genericServices": [
            {"serviceId": number, "name": f"data-{name}", "isVisible": True, "usedCount": 0}
            for number, name in enumerate(("list", "exists", "read", "readValue"), 1)
        ],
        "dataIndexIncrement": 0,
        "hasLogo": False,
    }


def _schema(one: RegisterObject) -> dict[str, Any]:
    first = one.identities[0] if one.identities else ()
    return {
        "type": "object",
        "properties": {
            field.name: {
                "type": "string",
                "primaryKey": field.name in first,
                "readOnly": True,
                "description": field.label or field.name,
                "example": "",
                "id": number,
                "triggers": [],
            }
            for number, field in enumerate(one.fields, 1)
        },
        "incrementIndex": len(one.fields),
        "required": [field.name for field in one.fields if field.required],
    }


def group(told: list[Registry], keeper: Subsystem) -> dict[str, Any]:
    """All databases, as the Database API lists them: this node is the one group."""
    return {
        "id": 1,
        "name": str(keeper),
        "code": keeper.code,
        "databases": [description(each, keeper) for each in told],
        "groupId": 1,
        "order": 1,
        "dataIndexIncrement": 0,
    }


def older(told: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same in the older spelling, `group_id` for `groupId`; names of fields stay."""
    if isinstance(told, list):
        return [older(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        _snake(name): value if name == "schema" else older(value) for name, value in told.items()
    }


def _snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)
