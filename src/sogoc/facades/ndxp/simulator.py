"""A SIMULATOR of the platform's population service, to build and test against. Not the platform.

It answers from this node's own population register, by the very way that every verification goes:
granted, journalled, and fields only where number, name and date of birth agree. Every answer says
that a simulator gave it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import Operation
from sogoc.clock import today
from sogoc.errors import AccessDenied, Sentence, UnknownThing
from sogoc.exchange.answering import Asked, answer
from sogoc.exchange.registers import RegisterShelf
from sogoc.facades.ndxp.messages import FOUND, NOT_FOUND, told_name
from sogoc.facades.queries import fits, widest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.ndxp.messages import PopulationRequest
    from sogoc.facades.parts import FacadeParts

LABEL = "MÔ PHỎNG - không phải nền tảng quốc gia. SIMULATOR - not the national platform."


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """The service, simulated over one population register."""

    parts: FacadeParts
    register: Register

    def answered(self, request: PopulationRequest, caller: Envelope) -> dict[str, Any]:
        """The answer's envelope. Raises AccessDenied, TooManyQuestions and StoreError."""
        if request.agency != caller.client:
            raise AccessDenied(
                Sentence(
                    vi="MaDonVi khác với cơ quan của mã truy cập.",
                    en="MaDonVi is not the member that the token names.",
                )
            )
        asker = replace(caller, officer=request.officer, purpose=request.procedure)
        one = next(each for each in self.register.objects if each.persons)
        asked = self._asked(request, asker, one)
        shelf = RegisterShelf(self.parts.connection(), one)
        try:
            found = answer(asker, asked, shelf, by=self.parts.answering())
        except UnknownThing:
            return enveloped(request.request_id, NOT_FOUND, {})
        (result,) = json.loads(found.body)["results"]
        fields = result.get("fields")
        if fields is None:
            return enveloped(request.request_id, NOT_FOUND, {})
        return enveloped(request.request_id, FOUND, _named(fields, one))

    def _asked(self, request: PopulationRequest, asker: Envelope, one: RegisterObject) -> Asked:
        """The verification, under the one grant whose id the request names (`MaTichHop`)."""
        answering = self.parts.answering()
        day = today(answering.clock)
        grant = answering.grants.get(request.service)
        held = (
            [grant]
            if grant and fits(grant, asker, self.register.id, operation=Operation.VERIFY, on=day)
            else []
        )
        if not held:
            raise AccessDenied(
                Sentence(
                    vi="MaTichHop không phải quyền đối soát của cơ quan này cho thủ tục này.",
                    en="MaTichHop is no grant of this member to verify for this procedure.",
                )
            )
        triple = {"number": request.number, "name": request.name, "born": request.born}
        return Asked(
            register=self.register,
            operation=Operation.VERIFY,
            fields=widest(self.register, one, held, needed=frozenset()),
            people=(triple,),
        )


def enveloped(request_id: str, code: str, data: Mapping[str, str]) -> dict[str, Any]:
    """An answer as it travels, labelled."""
    return {
        "simulator": True,
        "code": 200,
        "status": "success" if code in {FOUND, NOT_FOUND} else "error",
        "correlationId": request_id,
        "response": {"error_code": code, "message": LABEL, "data": dict(data)},
    }


def _named(fields: Mapping[str, str | None], one: RegisterObject) -> dict[str, str]:
    person = one.persons[0]
    words = {person.number: "SoDinhDanh", person.born: "NgayThangNamSinh", person.sex: "GioiTinh"}
    told: dict[str, str] = {}
    for name, value in fields.items():
        if name == person.name:
            told |= told_name(value or "")
        else:
            told[words.get(name, name)] = value or ""
    return told
