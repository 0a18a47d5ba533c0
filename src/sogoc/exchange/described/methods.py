"""The metaservices `listMethods` and `allowedMethods`: what this node answers, and whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sogoc.exchange.questions.offers import paths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sogoc.access.grant import Grant
    from sogoc.contract.model import Register
    from sogoc.exchange.names import Subsystem
    from sogoc.exchange.questions.offers import Offer


def all_methods(provider: Subsystem, registers: Iterable[Register]) -> bytes:
    """Every service of this node with its paths; metaservices are not listed."""
    found = [(one, [path for path, _, _ in paths(one)]) for one in registers]
    return _written(provider, found)


def allowed_methods(
    provider: Subsystem,
    registers: Iterable[Register],
    grants: Iterable[Grant],
    *,
    client: str,
    on: date,
) -> bytes:
    """The services and paths for which this client holds a grant in force on that day."""
    held = [
        grant
        for grant in grants
        if grant.member == client and grant.first_day <= on <= grant.last_day
    ]
    found = []
    for one in registers:
        own = [grant for grant in held if grant.register == one.id]
        allowed = [
            path
            for path, target, offer in paths(one)
            if any(_covers(grant, offer, {field.name for field in target.fields}) for grant in own)
        ]
        if allowed:
            found.append((one, allowed))
    return _written(provider, found)


def _covers(grant: Grant, offer: Offer, fields: set[str]) -> bool:
    return offer.operation in grant.operations and bool(grant.fields & fields)


def _written(provider: Subsystem, found: Iterable[tuple[Register, list[str]]]) -> bytes:
    told = [_service(provider, one.id, listed) for one, listed in found if listed]
    return json.dumps({"service": told}).encode()


def _service(provider: Subsystem, code: str, listed: list[str]) -> dict[str, Any]:
    return {
        "xroad_instance": provider.instance,
        "member_class": provider.member_class,
        "member_code": provider.member,
        "subsystem_code": provider.code,
        "service_code": code,
        "object_type": "SERVICE",
        "service_type": "OPENAPI",
        "endpoint_list": [{"method": "POST", "path": path} for path in listed],
    }
