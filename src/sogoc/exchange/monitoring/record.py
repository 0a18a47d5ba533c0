"""The record of operational monitoring (X-Road, pr-opmon), so that its statistics tools read us.

Two rules go beyond it. `restPath` is the template of a path, never the path as it came, which may
hold somebody's number. And what an unbelieved message says of itself is not recorded as a fact: of
such a message stand only time, size, outcome and the id that the refusal named.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sogoc.errors import BadQuestion
from sogoc.exchange.names import subsystem
from sogoc.exchange.protocol import ISSUE, PARTY, REQUEST_ID, USER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST, LONGEST_FAULT = 255, 2048
_FAILED = 400
_PARTS_OF_A_SERVICE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one request from outside: no body, no path."""

    method: str
    service: str
    """Five parts, if the request was believed and named one; else empty."""
    template: str
    """The path within the service, as the contract names it."""
    client: str
    """The asking subsystem, once believed; else empty."""
    headers: Mapping[str, str]
    came: datetime
    left: datetime
    request_bytes: int
    response_bytes: int
    status: int
    fault: str = ""
    """`X-Road-Error`; empty if the service itself answered."""
    fault_text: str = ""
    detail: str = ""


def record_of(seen: Seen, *, address: str, host: str) -> dict[str, Any]:
    """One record; what is not known is left out. `address` is ours as others see it."""
    believed = bool(seen.client)
    told: dict[str, Any] = {
        "monitoringDataTs": int(seen.left.timestamp()),
        "securityServerInternalIp": host,
        "securityServerType": "Producer",
        "requestInTs": _milliseconds(seen.came),
        "requestOutTs": _milliseconds(seen.came),
        "responseInTs": _milliseconds(seen.left),
        "responseOutTs": _milliseconds(seen.left),
        **_client(seen.client),
        **_service(seen.service),
        "restMethod": seen.method,
        "restPath": seen.template,
        "messageProtocolVersion": "1",
        "serviceSecurityServerAddress": address,
        "requestSize": seen.request_bytes,
        "responseSize": seen.response_bytes,
        "succeeded": seen.status < _FAILED,
        "statusCode": seen.status,
        "faultCode": seen.fault,
        "serviceType": "OPENAPI3",
    }
    if believed:
        told |= {
            "messageId": seen.headers.get(REQUEST_ID, ""),
            "messageUserId": seen.headers.get(USER, ""),
            "messageIssue": seen.headers.get(ISSUE, ""),
            **_party(seen.headers.get(PARTY, "")),
        }
    cut = {
        name: value[:LONGEST] if isinstance(value, str) else value
        for name, value in told.items()
        if value != ""
    }
    if seen.fault_text:
        cut["faultString"] = seen.fault_text[:LONGEST_FAULT]
    return cut


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@lru_cache(1024)
def _client(client: str) -> dict[str, str]:
    if not client:
        return {}
    try:
        told = subsystem(client)
    except BadQuestion:
        return {}
    return {
        "clientXRoadInstance": told.instance,
        "clientMemberClass": told.member_class,
        "clientMemberCode": told.member,
        "clientSubsystemCode": told.code,
    }


@lru_cache(1024)
def _service(service: str) -> dict[str, str]:
    parts = service.split("/")
    if len(parts) != _PARTS_OF_A_SERVICE:
        return {}
    names = ("XRoadInstance", "MemberClass", "MemberCode", "SubsystemCode", "Code")
    return {f"service{name}": part for name, part in zip(names, parts, strict=True)}


def _party(party: str) -> dict[str, str]:
    """On whose behalf: `[class/]member`."""
    member_class, _, member = party.rpartition("/")
    return {"representedPartyClass": member_class, "representedPartyCode": member}
