"""The metaservices `listMethods` and `allowedMethods`: what this node answers, and whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import Operation, Question, sensitive_among
from sogoc.access.usage import USAGE
from sogoc.exchange.granting import OFFERED as GRANTS_OFFERED
from sogoc.exchange.questions.offers import paths
from sogoc.exchange.usage.desk import OFFERED as USAGE_OFFERED
from sogoc.exchange.usage.desk import SERVICES as USAGE_SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sogoc.access.grant import Grant
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.names import Subsystem
    from sogoc.exchange.questions.offers import Offer


Endpoint = tuple[str, str]
"""Method and path."""


def all_methods(
    provider: Subsystem, registers: Iterable[Register], others: Iterable[str] = ()
) -> bytes:
    """Every service of this node with its paths, `others` by their codes; no metaservices."""
    found = [(one, [path for path, _, _ in paths(one)]) for one in registers]
    return _written(provider, found, {code: _OTHERS[code] for code in others if code in _OTHERS})


def allowed_methods(
    provider: Subsystem,
    registers: Iterable[Register],
    by: Answering,
    *,
    client: str,
    on: date,
    others: Iterable[str] = (),
) -> bytes:
    """The services and paths that are answered to this client on that day, for some question.

    For each path a question is decided upon as a real one would be, so the keeper's own policies
    count too; of a search the fields by which it goes must be granted as well. What depends on the
    officer or on the number of keys shows once it is asked. To ask for a grant needs none.
    """
    found = []
    for one in registers:
        own = [
            grant
            for grant in by.grants.values()
            if (grant.member, grant.register) == (client, one.id)
        ]
        allowed = [
            path
            for path, target, offer in paths(one)
            if any(
                _is_allowed(grant, offer.operation, fields, by=by, register=one, on=on)
                for grant in own
                for fields in _least(grant, offer, target)
            )
        ]
        if allowed:
            found.append((one, allowed))
    looks = any(
        _is_allowed(grant, Operation.USAGE, frozenset({name}), by=by, register=USAGE, on=on)
        for grant in by.grants.values()
        if (grant.member, grant.register) == (client, USAGE.id)
        for name in grant.fields
    )
    free = {
        code: _OTHERS[code]
        for code in others
        if code in _OTHERS and (looks or code not in USAGE_SERVICES)
    }
    return _written(provider, found, free)


def _is_allowed(
    grant: Grant,
    operation: Operation,
    fields: frozenset[str],
    *,
    by: Answering,
    register: Register,
    on: date,
) -> bool:
    question = Question(
        member=grant.member,
        officer=_SOMEBODY,
        register=register.id,
        operation=operation,
        fields=fields,
        purpose=grant.purpose,
        request_id=_SOMEBODY,
        on=on,
        sensitive=sensitive_among(fields, register),
    )
    return by.policies.decide(question).allowed


def _least(grant: Grant, offer: Offer, target: RegisterObject) -> Iterator[frozenset[str]]:
    """The fewest fields that could be asked for under a grant: one, or what a search goes by."""
    if offer.operation is Operation.SEARCH:
        yield from map(frozenset, target.search_by)
    else:
        yield from (
            frozenset({field.name}) for field in target.fields if field.name in grant.fields
        )


_SOMEBODY = "-"
"""Every question names an officer and an id; which ones is not known yet."""


def _written(
    provider: Subsystem,
    found: Iterable[tuple[Register, list[str]]],
    others: Mapping[str, list[Endpoint]],
) -> bytes:
    told = [
        _service(provider, one.id, [("POST", path) for path in listed], kind="OPENAPI")
        for one, listed in found
        if listed
    ]
    told += [_service(provider, code, listed, kind="REST") for code, listed in others.items()]
    return json.dumps({"service": told}).encode()


def _service(
    provider: Subsystem, code: str, listed: list[Endpoint], *, kind: str
) -> dict[str, Any]:
    return {
        "xroad_instance": provider.instance,
        "member_class": provider.member_class,
        "member_code": provider.member,
        "subsystem_code": provider.code,
        "service_code": code,
        "object_type": "SERVICE",
        "service_type": kind,
        "endpoint_list": [{"method": method, "path": path} for method, path in listed],
    }


_OTHERS: dict[str, list[Endpoint]] = {
    service: [(method, path) for code, method, path in offered if code == service]
    for offered in (USAGE_OFFERED, GRANTS_OFFERED)
    for service, _, _ in offered
}
"""The services that are no register, which have no document of OpenAPI."""
