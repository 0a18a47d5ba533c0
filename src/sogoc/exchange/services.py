"""What can be asked of a register, generated from its contract.

    POST /v1/{object}/read    {"key": "...", "fields": [...]}
    POST /v1/{object}/batch   {"keys": ["...", ...], "fields": [...]}
    POST /v1/{object}/verify  {"people": [{"number", "name", "born"}, ...], "fields": [...]}

The code of the service is the id of the register. A number in an address would stand in every log
on the way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import MOST_KEYS, Operation
from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.names import Address

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes that a question may have: ten thousand triples with room to spare."""

_PATH_PARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A question as it is put to a register: what is asked, and of which of its objects."""

    asked: Asked
    object: RegisterObject


def put(method: str, address: Address, body: bytes, *, registers: Mapping[str, Register]) -> Put:
    """Read a question. Raises BadQuestion, or UnknownThing for a service that is not there."""
    register = registers.get(address.service.code)
    if register is None:
        raise _unknown(f"service {address.service.code}")
    parts = address.path.split("/")
    if len(parts) != _PATH_PARTS or parts[1] != "v1" or address.query:
        raise _unknown(f"path {address.path}")
    one = next((each for each in register.objects if each.name == parts[2]), None)
    reader = _READERS.get(parts[3])
    if one is None or reader is None:
        raise _unknown(f"path {address.path}")
    if method != "POST":
        raise _bad("câu hỏi phải dùng POST", "a question is a POST")
    told = _object(body)
    operation, keys = reader(told)
    known = {field.name for field in one.fields}
    fields = told.pop("fields", [])
    if not _texts(fields) or not set(fields) <= known:
        raise _bad(
            f"fields phải là danh sách trường của {one.name}",
            f"fields must be a list of fields of {one.name}",
        )
    if told:
        raise _bad(
            f"không có mục {', '.join(sorted(told))}",
            f"nothing is called {', '.join(sorted(told))}",
        )
    asked = Asked(register=register, operation=operation, fields=frozenset(fields), keys=keys)
    return Put(asked=asked, object=one)


def _read_one(told: dict[str, Any]) -> tuple[Operation, tuple[str, ...]]:
    return Operation.READ, (_key(told.pop("key", None)),)


def _read_several(told: dict[str, Any]) -> tuple[Operation, tuple[str, ...]]:
    keys = told.pop("keys", None)
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise _bad(
            f"keys phải là danh sách từ 1 đến {MOST_KEYS} mã",
            f"keys must be a list of 1 to {MOST_KEYS} keys",
        )
    return Operation.READ, tuple(dict.fromkeys(map(_key, keys)))


def _key(told: object) -> str:
    """A key as text: as it stands, or as JSON where several fields name a record."""
    if isinstance(told, str) and told:
        return told
    if isinstance(told, dict) and told and all(isinstance(each, str) for each in told.values()):
        return json.dumps(told, ensure_ascii=False, sort_keys=True)
    raise _bad(
        "key phải là mã, hoặc đối tượng gồm các trường của khóa",
        "a key is a text, or an object of the fields that name the record",
    )


def _verify(told: dict[str, Any]) -> tuple[Operation, tuple[str, ...]]:
    people = told.pop("people", None)
    if not isinstance(people, list) or not 0 < len(people) <= MOST_KEYS:
        raise _bad(
            f"people phải là danh sách từ 1 đến {MOST_KEYS} người",
            f"people must be a list of 1 to {MOST_KEYS} persons",
        )
    for one in people:
        if not isinstance(one, dict) or set(one) != _TRIPLE or not _texts(list(one.values())):
            raise _bad(
                "mỗi người phải có đúng ba mục number, name, born",
                "each person has number, name and born, and nothing else",
            )
    return Operation.VERIFY, tuple(json.dumps(one, ensure_ascii=False) for one in people)


_TRIPLE = {"number", "name", "born"}
_READERS = {"read": _read_one, "batch": _read_several, "verify": _verify}


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise _bad("nội dung không phải JSON", "the body is not JSON") from wrong
    if not isinstance(told, dict):
        raise _bad("nội dung phải là một đối tượng JSON", "the body must be a JSON object")
    return told


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _unknown(what: str) -> UnknownThing:
    return UnknownThing(Sentence(vi=f"Nút này không có {what}.", en=f"This node has no {what}."))


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))


def openapi(register: Register, provider: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a register's service, from its contract."""
    paths: dict[str, Any] = {}
    for one in register.objects:
        fields = {"type": "array", "items": {"enum": [field.name for field in one.fields]}}
        for name, body in _bodies(one).items():
            paths[f"/v1/{one.name}/{name}"] = {
                "post": {
                    "operationId": f"{name}_{one.name}",
                    "summary": _SUMMARIES[name].en,
                    "description": _SUMMARIES[name].vi,
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "additionalProperties": False,
                                    "properties": {**body, "fields": fields},
                                    "required": [*body, "fields"],
                                }
                            }
                        },
                    },
                    "responses": {
                        "200": {"description": "What the grant allows of it"},
                        "400": {"description": "The question breaks the protocol"},
                        "500": {"description": "Refused or failed; X-Road-Error says which"},
                    },
                }
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": register.name_en or register.name,
            "description": register.name,
            "version": register.version,
        },
        "servers": [{"url": f"/r1/{provider}/{register.id}"}],
        "paths": paths,
    }


def _bodies(one: RegisterObject) -> dict[str, dict[str, Any]]:
    bodies: dict[str, dict[str, Any]] = {}
    if one.identities:
        key = _key_schema(one.identities[0])
        bodies["read"] = {"key": key}
        bodies["batch"] = {"keys": _several(key)}
    if any(person.number and person.name and person.born for person in one.persons):
        triple = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "string"} for name in sorted(_TRIPLE)},
            "required": sorted(_TRIPLE),
        }
        bodies["verify"] = {"people": _several(triple)}
    return bodies


def _key_schema(names: tuple[str, ...]) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    if len(names) == 1:
        return text
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(names, text),
        "required": list(names),
    }


def _several(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_KEYS}


_SUMMARIES = {
    "read": Sentence(vi="Đọc một bản ghi theo mã", en="Read one record by its key"),
    "batch": Sentence(vi="Đọc nhiều bản ghi theo mã", en="Read records by their keys"),
    "verify": Sentence(
        vi="Đối soát người theo số định danh, họ tên và ngày sinh",
        en="Verify persons by number, name and date of birth",
    ),
}
