"""The directory of the Information Mediator: who is there, and what this node offers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sogoc.clock import today
from sogoc.errors import BadQuestion, Sentence
from sogoc.exchange.services import openapi
from sogoc.facades.govstack.rooms import told_member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sogoc.contract.model import Register
    from sogoc.exchange.directory import Directory
    from sogoc.exchange.names import Subsystem
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.parts import FacadeParts

_LETTER_FIRST = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_place(path: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Instance, class, member and application of an address. Raises BadQuestion.

    Identifiers are letters and digits (and the hyphen that our own have); instance and class begin
    with a letter.
    """
    instance, member_class = path["instance"], path["class"]
    member, application = path["member"], path["application"]
    first = all(map(_LETTER_FIRST.fullmatch, (instance, member_class)))
    if not (first and all(map(_IDENTIFIER.fullmatch, (member, application)))):
        raise _bad("mã cơ quan không hợp lệ", "an identifier in the address is none")
    return instance, member_class, member, application


def clients(directory: Directory, instance: str) -> dict[str, Any]:
    """All members and their applications, of one instance or of this one."""
    if instance and not _LETTER_FIRST.fullmatch(instance):
        raise _bad("instanceId không hợp lệ", "instanceId is none")
    listed: list[dict[str, Any]] = []
    for member in directory.members:
        if instance and member.id.instance != instance:
            continue
        told = told_member(member.id)
        listed.append({"name": member.name, "id": {"objectType": "MEMBER", **told}})
        listed += [
            {
                "name": member.name,
                "id": {"objectType": "APPLICATION", **told, "applicationCode": code},
            }
            for code, _ in member.services
        ]
    return {"member": listed}


def methods(
    registers: Iterable[Register], provider: Subsystem, *, service: str = ""
) -> dict[str, Any]:
    """The services of a provider with their end points; `service` names one of them."""
    if service and not _SERVICE.fullmatch(service):
        raise _bad("serviceId không hợp lệ", "serviceId is none")
    return {
        "member": [
            {
                "objectType": "SERVICE",
                "serviceType": "OPENAPI",
                **told_member(provider),
                "serviceCode": register.id,
                "serviceVersion": register.version,
                "endpointList": {
                    "member": [
                        {"method": method.upper(), "path": path}
                        for path, operations in openapi(register, str(provider))["paths"].items()
                        for method in operations
                    ]
                },
            }
            for register in registers
            if service in {"", register.id}
        ]
    }


def allowed(parts: FacadeParts, caller: Envelope) -> list[Register]:
    """The registers of which a grant allows the caller something today, for whatever purpose."""
    day = today(parts.answering().clock)
    granted = {
        grant.register
        for grant in parts.answering().grants.values()
        if grant.member == caller.client and grant.first_day <= day <= grant.last_day
    }
    return [one for name, one in sorted(parts.registers.items()) if name in granted]


def document(parts: FacadeParts, service: str) -> str:
    """The OpenAPI document of a service as one text. Raises BadQuestion."""
    register = parts.registers.get(service) if _SERVICE.fullmatch(service) else None
    if register is None:
        raise _bad("serviceCode không hợp lệ hoặc không có", "there is no such serviceCode")
    return json.dumps(openapi(register, str(parts.provider)), ensure_ascii=False)


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
