"""The Data API 1.3 of GovStack's Digital Registries, read into queries and told in its form.

https://github.com/GovStackWorkingGroup/bb-digital-registries, `api/`. What its clients send and
expect beyond the text stands in `docs/reference/facades.md`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sogoc.errors import BadQuestion, Sentence
from sogoc.facades.govstack.registries import is_personal
from sogoc.facades.queries import Condition, Order, Query
from sogoc.facades.writing import Kind, Write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.facades.govstack.registries import Registry
    from sogoc.facades.query_shelf import Page

FOUND, NOTHING = "Object found from database", "no record found"
_ORDERS = {"ascending": False, "descending": True}
_FIELD = "query."
_PAGE_SIZES = ("page_size", "pageSize")


def content(body: bytes, *, part: str = "query") -> dict[str, Any]:
    """What stands under `query.content` of a body. Raises BadQuestion.

    Older clients of `exists` send the fields at the top; they are read there if there is no
    `query`.
    """
    told = _object(body)
    return _content(told.get(part, {"content": told}), part)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise _bad("nội dung không phải JSON", "the body is not JSON") from wrong
    if not isinstance(told, dict):
        raise _bad("nội dung phải là một đối tượng", "the body must be an object")
    return told


def _content(inner: object, part: str) -> dict[str, Any]:
    fields = inner.get("content") if isinstance(inner, dict) else None
    if not isinstance(fields, dict):
        raise _bad(f"thiếu {part}.content", f"{part}.content is missing")
    return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a body says is to be written, and into which records."""

    values: Mapping[str, object]
    query: Mapping[str, object] | None


def told_write(body: bytes, kind: Kind) -> Wanted:
    """What stands under `write.content` and `query.content`. Raises BadQuestion.

    What finds records must be there, even where the specification calls it optional: without it
    nobody knows which record is meant.
    """
    told = _object(body)
    created, ended = kind is Kind.CREATE, kind is Kind.DELETE
    return Wanted(
        values={} if ended else _content(told.get("write"), "write"),
        query=None if created else _content(told.get("query"), "query"),
    )


def write_of(registry: Registry, kind: Kind, wanted: Wanted) -> Write:
    """What is to be written. A value that is null or empty empties its field."""
    values = {
        name: "" if value is None else _text(name, value) for name, value in wanted.values.items()
    }
    return Write(
        kind=kind,
        register=registry.register,
        object=registry.object,
        values=values,
        numbers=frozenset(name for name, value in wanted.values.items() if _is_number(value)),
        query=None if wanted.query is None else one_record(registry, wanted.query),
    )


def ending(registry: Registry, key: str) -> Write:
    """The end of the record of one key. Raises BadQuestion where a key may not travel so."""
    first = registry.object.identities[0] if registry.object.identities else ()
    if len(first) != 1:
        raise _bad(
            "bản ghi này không có khóa đơn; hãy dùng DELETE .../delete với query.content",
            "no single field names such a record; use DELETE .../delete with query.content",
        )
    _check_address(registry, first, instead="DELETE .../delete")
    query = one_record(registry, {first[0]: key})
    return Write(
        kind=Kind.DELETE,
        register=registry.register,
        object=registry.object,
        values={},
        query=query,
    )


def one_record(registry: Registry, fields: Mapping[str, object]) -> Query:
    """The first record with these values; empty ones say nothing."""
    conditions = tuple(
        Condition(field=name, values=(_text(name, value),))
        for name, value in fields.items()
        if value is not None and value != ""
    )
    return Query(register=registry.register, object=registry.object, conditions=conditions, size=1)


def whether_one(registry: Registry, fields: Mapping[str, object]) -> Query:
    """Whether there is such a record: nothing is answered but what was asked with."""
    query = one_record(registry, fields)
    return replace(query, only=query.fields)


def several(registry: Registry, parameters: Sequence[tuple[str, str]]) -> Query:
    """What `list` asks, from the parameters of its address. Raises BadQuestion."""
    told = dict(parameters)
    if len(told) != len(parameters):
        raise _bad("một tham số có hai lần", "a parameter stands there twice")
    asked = {
        name.removeprefix(_FIELD): value
        for name, value in told.items()
        if name.startswith(_FIELD) and value
    }
    if told.get("search"):
        asked[told.get("filter") or _no_filter()] = told["search"]
    _check_address(registry, asked)
    size = next((told[name] for name in _PAGE_SIZES if told.get(name)), "")
    whole = Query(
        register=registry.register,
        object=registry.object,
        conditions=tuple(Condition(field=name, values=(each,)) for name, each in asked.items()),
        order=_order(registry, told.get("ordering", "")),
    )
    if not (size or told.get("page")):
        return whole
    return replace(
        whole,
        size=_number(size or "10", "page_size"),
        page=_number(told.get("page") or "1", "page"),
    )


def _order(registry: Registry, ordering: str) -> tuple[Order, ...]:
    """By the key of the records; as they came where nothing is said."""
    if not ordering:
        return ()
    if ordering not in _ORDERS:
        raise _bad("ordering là ascending hoặc descending", "ordering is ascending or descending")
    first = registry.object.identities[0] if registry.object.identities else ()
    return tuple(Order(field=name, descending=_ORDERS[ordering]) for name in first)


def by_key(registry: Registry, key: str, field: str) -> Query:
    """The record of one key, for `readValue`. Raises BadQuestion where a key may not travel so."""
    first = registry.object.identities[0] if registry.object.identities else ()
    if len(first) != 1:
        raise _bad("bản ghi này không có khóa đơn", "no single field names such a record")
    if field not in {each.name for each in registry.object.fields}:
        raise _bad(f"không có trường {field}", f"there is no field {field}")
    _check_address(registry, first)
    return Query(
        register=registry.register,
        object=registry.object,
        conditions=(Condition(field=first[0], values=(key,)),),
        only=frozenset({field}),
        size=1,
    )


def told_list(page: Page, query: Query, address: str, *, paged: bool) -> dict[str, Any]:
    """The answer of `list`. `address` is that of the first page, without its number.

    Without paging `count` is the number of results, as clients of this form expect; `next` is an
    empty text at the end, since older ones demand a text.
    """
    results = [filled(record) for record in page.records]
    further = paged and query.page * query.size < page.total
    return {
        "count": page.total if paged else len(results),
        "next": f"{address}page={query.page + 1}" if further else "",
        "previous": f"{address}page={query.page - 1}" if paged and query.page > 1 else None,
        "results": results,
    }


def filled(record: Mapping[str, str | None]) -> dict[str, str]:
    """A record with every field that the caller may see, empty if unknown."""
    return {name: value or "" for name, value in record.items()}


def _check_address(
    registry: Registry,
    names: Sequence[str] | Mapping[str, str],
    *,
    instead: str = "POST .../read",
) -> None:
    known = {field.name: field for field in registry.object.fields}
    personal = sorted(name for name in names if name in known and is_personal(known[name]))
    if personal:
        raise _bad(
            f"{', '.join(personal)} là dữ liệu cá nhân, không được nằm trên địa chỉ; hãy dùng "
            f"{instead}",
            f"{', '.join(personal)} is personal and has no place in an address; use {instead}",
        )


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _bad(f"{name} phải là một giá trị", f"{name} must be a value")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):  # noqa: PLR2004 - more than any page
        raise _bad(f"{name} phải là số", f"{name} must be a number")
    return int(text)


def _no_filter() -> str:
    raise _bad("search cần filter nêu trường", "search needs a filter that names the field")


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
