"""Search criteria and filters of SPDCI/DCI, read into queries; each mistake by its own code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sogoc.facades.dci.messages import refused
from sogoc.facades.dci.records import field_of, object_of, value_of
from sogoc.facades.queries import LARGEST_PAGE, OPERATORS, Condition, Order, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register, RegisterObject

CRITERIA, FILTER = "rjct.search_criteria.invalid", "rjct.filter.invalid"
MOST_WITHOUT_PAGES = 100
"""Records of an answer that was not asked for in pages."""

_OPERATORS = {**{name: name for name in (*OPERATORS, "in")}, "gte": "ge", "lte": "le"}
"""Clients send `gte` and `lte` as well; both are taken."""
_PURPOSE = re.compile(r"[0-9A-Za-z.-]{1,40}")
_MOST_CONDITIONS = 20


def purpose_of(criteria: Mapping[str, Any]) -> str:
    """The procedure that the criteria are authorised or consented for; empty if they name none."""
    for name in ("authorize", "consent"):
        told = criteria.get(name)
        purpose = told.get("purpose") if isinstance(told, dict) else None
        code = purpose.get("code") if isinstance(purpose, dict) else None
        if code:
            if not isinstance(code, str) or not _PURPOSE.fullmatch(code):
                raise refused(CRITERIA, f"{name}.purpose.code is the code of a procedure")
            return code
    return ""


def query_of(register: Register, criteria: Mapping[str, Any]) -> Query:
    """The query of search criteria. Raises MessageRefused with a code of SearchStatusReasonCode."""
    one = object_of(
        register,
        str(criteria.get("reg_record_type") or ""),
        str(criteria.get("reg_event_type") or ""),
    )
    if one is None:
        raise refused(CRITERIA, "this registry tells no such event")
    kind, query = criteria.get("query_type"), criteria.get("query")
    conditions, either = conditions_of(one, kind, query, code=CRITERIA)
    size, page = _pages(criteria.get("pagination"))
    return Query(
        register=register,
        object=one,
        conditions=conditions,
        either=either,
        order=_order(one, criteria.get("sort")),
        size=size,
        page=page,
    )


Conditions = tuple[tuple[Condition, ...], tuple[tuple[Condition, ...], ...]]


def conditions_of(one: RegisterObject, kind: object, query: object, *, code: str) -> Conditions:
    """All that must hold, and groups of which one must. Raises MessageRefused with `code`."""
    if isinstance(query, list) and kind in {"predicate", "expression"}:
        found = _predicates(one, query, code=code)
    elif kind == "idtype-value" and isinstance(query, dict):
        found = (
            (
                _condition(
                    one, query.get("type"), operator="eq", value=query.get("value"), code=code
                ),
            ),
            (),
        )
    elif kind == "expression" and isinstance(query, dict):
        found = _expression(one, query, code=code)
    else:
        raise refused(code, "query_type is idtype-value, expression or predicate, with its query")
    if len(found[0]) + sum(map(len, found[1])) > _MOST_CONDITIONS:
        raise refused(code, f"a query has {_MOST_CONDITIONS} conditions at most")
    return found


def _predicates(one: RegisterObject, listed: list[Any], *, code: str) -> Conditions:
    every, either = list[Condition](), list[tuple[Condition, ...]]()
    for told in listed:
        if not isinstance(told, dict) or not isinstance(told.get("expression1"), dict):
            raise refused(code, "each predicate has expression1")
        first = _predicate(one, told["expression1"], code=code)
        if not told.get("expression2"):
            every.append(first)
            continue
        second = _predicate(one, told["expression2"], code=code)
        word = told.get("condition") or "and"
        if word == "and":
            every += [first, second]
        elif word == "or":
            either.append((first, second))
        else:
            raise refused(code, "condition is and, or")
    return tuple(every), tuple(either)


def _predicate(one: RegisterObject, told: object, *, code: str) -> Condition:
    if not isinstance(told, dict):
        raise refused(code, "an expression is an object")
    name, operator = told.get("attribute_name"), told.get("operator")
    return _condition(one, name, operator=operator, value=told.get("attribute_value"), code=code)


def _expression(one: RegisterObject, query: Mapping[str, Any], *, code: str) -> Conditions:
    """The form that clients send: `{"query": {"$and": [{attribute: {"$gte": value}}]}}`."""
    told: Any = query.get("value", query)
    for name in ("expression", "query"):
        if isinstance(told, dict) and name in told:
            told = told[name]
    if not isinstance(told, dict):
        raise refused(code, "an expression is an object of attributes; no query language is spoken")
    every, either = list[Condition](), list[tuple[Condition, ...]]()
    for name, value in told.items():
        if name == "$and" and isinstance(value, list):
            every += [each for part in value for each in _attributes(one, part, code=code)]
        elif name == "$or" and isinstance(value, list):
            either.append(
                tuple(each for part in value for each in _attributes(one, part, code=code))
            )
        else:
            every += _attributes(one, {name: value}, code=code)
    return tuple(every), tuple(group for group in either if group)


def _attributes(one: RegisterObject, told: object, *, code: str) -> list[Condition]:
    if not isinstance(told, dict):
        raise refused(code, "each part of an expression is an object")
    found = list[Condition]()
    for name, value in told.items():
        tests = value if isinstance(value, dict) else {"$eq": value}
        found += [
            _condition(one, name, operator=operator.removeprefix("$"), value=each, code=code)
            for operator, each in tests.items()
        ]
    return found


def _condition(
    one: RegisterObject, name: object, *, operator: object, value: object, code: str
) -> Condition:
    field = field_of(one, name) if isinstance(name, str) else None
    if field is None:
        raise refused(code, "an attribute is not one of this registry")
    word = _OPERATORS.get(operator) if isinstance(operator, str) else None
    if word is None:
        raise refused(code, f"an operator is one of {', '.join(sorted(_OPERATORS))}")
    listed = value if word == "in" and isinstance(value, list) else [value]
    values = [value_of(one, field, each) for each in listed]
    told = tuple(each for each in values if each)
    if not told or len(told) != len(values):
        raise refused(code, "a value is a text, a number, or for `in` a list of them")
    return Condition(field=field, operator=word, values=told)


def _pages(told: object) -> tuple[int, int]:
    if told in (None, ""):
        return MOST_WITHOUT_PAGES, 1
    code = "rjct.pagination.invalid"
    if not isinstance(told, dict):
        raise refused(code, "pagination is an object")
    size, page = told.get("page_size"), told.get("page_number", 1)
    for number in (size, page):
        if isinstance(number, bool) or not isinstance(number, int):
            raise refused(code, "page_size and page_number are numbers")
        if not 1 <= number <= LARGEST_PAGE:
            raise refused(code, f"page_size and page_number are from 1 to {LARGEST_PAGE}")
    return int(str(size)), int(str(page))


def _order(one: RegisterObject, told: object) -> tuple[Order, ...]:
    code = "rjct.sort.invalid"
    if told in (None, ""):
        return ()
    if not isinstance(told, list):
        raise refused(code, "sort is a list")
    orders = list[Order]()
    for each in told:
        name = each.get("attribute_name") if isinstance(each, dict) else None
        field = field_of(one, name) if isinstance(name, str) else None
        if field is None or each.get("sort_order", "asc") not in {"asc", "desc"}:
            raise refused(code, "each sort names an attribute, and asc or desc")
        orders.append(Order(field=field, descending=each.get("sort_order") == "desc"))
    return tuple(orders)
