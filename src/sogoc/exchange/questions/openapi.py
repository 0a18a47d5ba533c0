"""The OpenAPI 3.1 document of a register's service, generated from its contract.

Everything that is checked at the door stands in it as a schema: fields by name, searches by their
sets, limits. Headers that every question needs stand in it too, so that a generated client asks
for officer and procedure before it sends anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sogoc.access.grant import MOST_KEYS
from sogoc.exchange.looking.by_search import FARTHEST
from sogoc.exchange.questions.bodies import MOST_LIMIT, TRIPLE, USUAL_LIMIT
from sogoc.exchange.questions.offers import paths

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.questions.offers import Offer

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string", "minLength": 1}
_OUTCOMES = (
    *("verified", "differs", "mismatch", "not_found"),
    *("deceased", "ambiguous", "needs_a_person", "unreadable"),
)


def document(register: Register, *, server: str) -> Schema:
    """The document of one register; `server` is where its paths begin."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": register.name_en or register.name,
            "description": register.name,
            "version": register.version,
        },
        "servers": [{"url": server}],
        "paths": {path: _path(one, offer) for path, one, offer in paths(register)},
        "components": {
            "parameters": {name: _header(name) for name in _HEADERS},
            "responses": {name: _error(says) for name, says in _ERRORS.items()},
            "schemas": {"Error": _ERROR},
        },
    }


def _path(one: RegisterObject, offer: Offer) -> Schema:
    body, optional = _bodies(one, offer.word)
    fields = {
        "type": "array",
        "items": {"enum": [field.name for field in one.fields]},
        "minItems": 1,
        "uniqueItems": True,
    }
    schema = _object({**body, "fields": fields, **optional}, required=[*body, "fields"])
    return {
        "post": {
            "operationId": f"{offer.word}_{one.name}",
            "summary": offer.summary.en,
            "description": offer.summary.vi,
            "tags": [one.label or one.name],
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in _HEADERS],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {
                "200": {
                    "description": "What the grant allows of it",
                    "content": {"application/json": {"schema": _answer(one, offer.word)}},
                },
                **{
                    status: {"$ref": f"#/components/responses/{name}"}
                    for status, name in (("400", "Bad"), ("429", "TooMany"), ("500", "Refused"))
                },
            },
        }
    }


def _bodies(one: RegisterObject, word: str) -> tuple[Schema, Schema]:
    """What the body of a question must have beside the fields, and what it may."""
    match word:
        case "read":
            return {"key": _key(one)}, {}
        case "batch":
            return {"keys": _several(_key(one))}, {}
        case "search":
            sets = [_object(dict.fromkeys(names, _TEXT)) for names in one.search_by]
            return {"where": {"oneOf": sets}}, {
                "limit": _number(1, MOST_LIMIT, USUAL_LIMIT),
                "offset": _number(0, FARTHEST, 0),
            }
        case "difference":
            since = [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]
            return {"since": {"oneOf": since}}, {
                "limit": _number(1, MOST_KEYS, MOST_LIMIT),
                "after": {"type": "string"},
            }
        case _:
            triple: Schema = {name: {"type": "string"} for name in TRIPLE}
            return {"people": _several(_object(triple))}, {}


def _answer(one: RegisterObject, word: str) -> Schema:
    fields = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: {"type": ["string", "null"]} for field in one.fields},
    }
    match word:
        case "verify":
            result = _object(
                {
                    "outcome": {"enum": list(_OUTCOMES)},
                    "differs": {"type": "array", "items": {"enum": ["name", "name.marks", "born"]}},
                    "fields": fields,
                },
                required=["outcome"],
            )
            return _object({"results": {"type": "array", "items": result}})
        case "difference":
            change = _object(
                {
                    "change": {"enum": ["inserted", "changed", "ended"]},
                    "key": _key(one),
                    "fields": fields,
                },
                required=["change", "key"],
            )
            release = _object(
                {
                    "release": {"type": "integer"},
                    "moment": {"type": "string", "format": "date-time"},
                },
                required=["moment"],
            )
            return _object(
                {
                    "since": release,
                    "until": release,
                    "changes": {"type": "array", "items": change},
                    "next": {"type": ["string", "null"]},
                }
            )
        case _:
            key = {"key": _key(one)} if one.identities else {}
            item = _object({**key, "fields": fields}, required=["fields"])
            following: Schema = {"next": {"type": ["integer", "null"]}} if word == "search" else {}
            return _object({"records": {"type": "array", "items": item}, **following})


def _key(one: RegisterObject) -> Schema:
    names = one.identities[0]
    return _TEXT if len(names) == 1 else _object(dict.fromkeys(names, _TEXT))


def _object(properties: Schema, *, required: list[str] | None = None) -> Schema:
    """An object with these members and no other; all required unless told."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties) if required is None else required,
    }


def _several(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_KEYS}


def _number(least: int, most: int, usual: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, "default": usual}


_HEADERS = {
    "X-Road-Client": ("Who asks: instance/class/member/subsystem", "VN/GOV/02/LAND", True),
    "X-Road-Id": ("A UUID of this question", "6f1c0f5e-0d55-4c1e-9a52-1f2a7d3b9c01", True),
    "X-Road-UserId": ("The officer, after a country code", "VN000000000007", True),
    "X-Road-Issue": ("Procedure and case", "1.012789/H29-260302-0001", True),
    "X-Road-Represented-Party": ("On whose behalf: [class/]member", "COM/0100000001", False),
}


def _header(name: str) -> Schema:
    says, example, required = _HEADERS[name]
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": says,
        "schema": {"type": "string"},
        "example": example,
    }


_ERRORS = {
    "Bad": "The question breaks the protocol",
    "TooMany": "The rate of the grant is used up; Retry-After says when to come again",
    "Refused": "Refused or failed; X-Road-Error says which",
}
_ERROR = _object({name: {"type": "string"} for name in ("type", "message", "detail")})


def _error(says: str) -> Schema:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": says, "content": {"application/json": {"schema": schema}}}
