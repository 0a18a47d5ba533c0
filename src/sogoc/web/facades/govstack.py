"""`/govstack`: the Data API 1.3 and the Database API of GovStack's Digital Registries.

Both spellings of the names with two words are served: `updateEntries` and `update-entries`.
What writes is handed in as a delivery of single records; schemas change only as contracts do.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.routing import Route

from sogoc.access.entry import REFUSED, Entry
from sogoc.errors import AccessDenied, BadQuestion, Sentence, SogocError, UnknownThing
from sogoc.facades.govstack import data
from sogoc.facades.govstack.registries import (
    description,
    group,
    older,
    registries,
    registry,
)
from sogoc.facades.writing import Kind
from sogoc.web.facades.http import NOTHING, Reply, endpoint
from sogoc.web.facades.statuses import headers_of, sentence_of, status_of

if TYPE_CHECKING:
    from sogoc.facades.govstack.registries import Registry
    from sogoc.facades.parts import FacadeParts
    from sogoc.web.facades.http import Call

_AT = "/data/{registry}/{version}"
_WRITES = (
    ("POST", f"{_AT}/create", Kind.CREATE),
    ("PUT", f"{_AT}/update", Kind.UPDATE),
    ("PUT", f"{_AT}/updateEntries", Kind.UPDATE_ALL),
    ("PUT", f"{_AT}/update-entries", Kind.UPDATE_ALL),
    ("POST", f"{_AT}/updateOrCreate", Kind.UPDATE_OR_CREATE),
    ("POST", f"{_AT}/update-or-create", Kind.UPDATE_OR_CREATE),
    ("DELETE", f"{_AT}/delete", Kind.DELETE),
)
_SCHEMAS = (("POST", "/database/modify"), ("DELETE", "/database/{number}"))


def govstack_routes(parts: FacadeParts) -> list[Route]:
    """The addresses below `/govstack`."""
    reads = (
        ("GET", _AT, _listed),
        ("POST", f"{_AT}/exists", _exists),
        ("POST", f"{_AT}/read", _read),
        ("GET", _AT + "/{key}/readValue/{field}.{ext}", _value),
        ("GET", _AT + "/{key}/read-value/{field}.{ext}", _value),
        ("GET", "/databases", _databases),
        ("GET", "/database/{number}", _database),
    )
    served = [
        *((method, path, partial(work, parts)) for method, path, work in reads),
        *((method, path, partial(_write, parts, kind)) for method, path, kind in _WRITES),
        ("DELETE", _AT + "/{key}/delete", partial(_end, parts)),
        *((method, path, partial(_refuse_to_change, parts)) for method, path in _SCHEMAS),
    ]
    return [
        Route(path, endpoint(work, refused, parts.threads), methods=[method])
        for method, path, work in served
    ]


def refused(error: SogocError) -> Reply:
    """An error as this façade tells it: the specification names only `detail`, with 404."""
    status = status_of(error)
    said = data.NOTHING if status is HTTPStatus.NOT_FOUND else sentence_of(error)
    return Reply(status=status, told={"detail": said}, headers=headers_of(error))


def _listed(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    told = _registry(parts, call)
    if told is None:
        empty = {"count": 0, "next": "", "previous": None, "results": []}
        return Reply(status=HTTPStatus.OK, told=empty)
    query = data.several(told, call.parameters)
    page = parts.ask(query, caller)
    rest = [(name, value) for name, value in call.parameters if name != "page"]
    paged = len(rest) < len(call.parameters) or any(name.startswith("page") for name, _ in rest)
    place = f"{quote(call.path['registry'])}/{quote(call.path['version'])}"
    asked = f"{urlencode(rest)}&" if rest else ""
    address = f"{parts.address}/govstack/data/{place}?{asked}"
    return Reply(status=HTTPStatus.OK, told=data.told_list(page, query, address, paged=paged))


def _exists(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    told, fields = _registry(parts, call), data.content(call.body)
    there = told is not None and parts.ask(data.whether_one(told, fields), caller).total > 0
    answer = {"status": there, "message": data.FOUND if there else data.NOTHING}
    return Reply(status=HTTPStatus.OK, told={"answer": answer})


def _read(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    told, fields = _registry(parts, call), data.content(call.body)
    if told is None:
        raise _nothing()
    page = parts.ask(data.one_record(told, fields), caller)
    if not page.records:
        raise _nothing()
    return Reply(status=HTTPStatus.OK, told={"content": data.filled(page.records[0])})


def _value(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    told = _registry(parts, call)
    if told is None:
        raise _nothing()
    if call.path["ext"] != "json":
        raise BadQuestion(
            Sentence(vi="Chỉ trả lời ở dạng json.", en="A value is answered as json only.")
        )
    field = call.path["field"]
    page = parts.ask(data.by_key(told, call.path["key"], field), caller)
    if not page.records:
        raise _nothing()
    return Reply(status=HTTPStatus.OK, told=page.records[0][field] or "")


def _databases(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    told = group(list(registries(parts.registers)), parts.provider)
    return _spelled(parts, caller.client, told)


def _database(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    for each in registries(parts.registers):
        if str(each.number) == call.path["number"]:
            return _spelled(parts, caller.client, description(each, parts.provider))
    raise _nothing()


def _spelled(parts: FacadeParts, client: str, told: object) -> Reply:
    known = client in parts.settings.older
    return Reply(status=HTTPStatus.OK, told=older(told) if known else told)


def _write(parts: FacadeParts, kind: Kind, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    told, wanted = _registry(parts, call), data.told_write(call.body, kind)
    if told is None:
        raise _nothing()
    done = parts.write(data.write_of(told, kind, wanted), caller)
    if kind is Kind.DELETE:
        return Reply(status=HTTPStatus.NO_CONTENT, told=NOTHING)
    records = [data.filled(record) for record in done.records]
    content = records if kind is Kind.UPDATE_ALL else next(iter(records), {})
    return Reply(status=HTTPStatus.OK, told={"content": content})


def _end(parts: FacadeParts, call: Call) -> Reply:
    """By the key in the address. One that is not there is gone already: deleting is idempotent."""
    caller = parts.caller(call.calling)
    told = _registry(parts, call)
    if told is None:
        raise _nothing()
    with suppress(UnknownThing):
        parts.write(data.ending(told, call.path["key"]), caller)
    return Reply(status=HTTPStatus.NO_CONTENT, told=NOTHING)


def _refuse_to_change(parts: FacadeParts, call: Call) -> Reply:
    caller = parts.caller(call.calling)
    reason = Sentence(
        vi="Cấu trúc dữ liệu chỉ thay đổi tại nguồn, bằng phiên bản mới của đặc tả.",
        en="A schema changes at its source, by a new version of its contract.",
    )
    entry = Entry(
        at=parts.answering().clock.now(),
        request_id=caller.request_id,
        member=caller.client,
        officer=caller.officer,
        operation="write",
        purpose=caller.purpose,
        issue=caller.case,
        decision=REFUSED,
        reason=reason.en,
    )
    parts.answering().journal.append([entry])
    raise AccessDenied(reason)


def _registry(parts: FacadeParts, call: Call) -> Registry | None:
    return registry(parts.registers, call.path["registry"], call.path["version"])


def _nothing() -> UnknownThing:
    return UnknownThing(Sentence(vi="Không có bản ghi nào.", en="There is no such record."))
