"""Grants over the wire: a member asks the keeper for one, and sees how its own stand.

    POST grants/v1/ask    the grant as its file has it, without `member`: that is who signed
    POST grants/v1/mine   {}

Asking needs no grant, only membership; what was asked for allows nothing until an officer of the
keeper accepts it. Each step is an entry of the journal, in one transaction with the step itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import check_writer
from sogoc.access.grant_form import grant_from, written
from sogoc.access.keeping.orders import check_deferral
from sogoc.access.usage import USAGE
from sogoc.errors import BadQuestion, GrantRefused, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.names import address
from sogoc.exchange.protocol import envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sogoc.access.grant_store import GrantStore
    from sogoc.access.keeping.rule_file import JournalRules
    from sogoc.contract.model import Register
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.protocol import Envelope
    from sogoc.trust.messages import Request

SERVICE = "grants"
OFFERED = ((SERVICE, "POST", "/v1/ask"), (SERVICE, "POST", "/v1/mine"))
"""Code of the service, method and path of each question."""
MOST_WAITING = 100
"""How many grants of one member may wait for the keeper: nobody floods its desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDesk:
    """What the service is given."""

    provider: str
    address: str
    store: Callable[[], GrantStore]
    """This thread's."""
    registers: Mapping[str, Register]
    rules: JournalRules

    def answered(self, request: Request, by: Answering) -> Found:
        """Answer one believed request. Raises BadQuestion, GrantRefused, UnknownThing."""
        del by
        where = address(request.target_uri.removeprefix(self.address).partition("?")[0])
        path = where.path if str(where.service.provider) == self.provider else ""
        told = envelope(request.headers)
        if request.method == "POST" and path == "/v1/ask":
            return self._asked(told, _object(request.body))
        if request.method == "POST" and path == "/v1/mine":
            return self._mine(told)
        raise UnknownThing(
            Sentence(
                vi="Nút này không có dịch vụ ở địa chỉ đó.",
                en="This node has no service at that address.",
            )
        )

    def _asked(self, told: Envelope, form: dict[str, Any]) -> Found:
        grant = grant_from({**form, "member": told.client})
        register = {**self.registers, USAGE.id: USAGE}.get(grant.register)
        if register is None:
            raise UnknownThing(
                Sentence(
                    vi="Nút này không có cơ sở dữ liệu được xin.",
                    en="This node has no such register to give a grant on.",
                )
            )
        check_writer(grant, self.provider)
        check_deferral(grant, self.rules)
        store = self.store()
        if store.waiting(told.client) >= MOST_WAITING:
            raise GrantRefused(
                Sentence(
                    vi=f"Cơ quan này đã có {MOST_WAITING} đơn đang chờ; hãy chờ quyết định.",
                    en=f"{MOST_WAITING} requests of this member wait already; wait for the keeper.",
                )
            )
        store.ask(grant, register, officer=told.officer)
        return Found(body=_json({"id": grant.id, "state": "asked"}))

    def _mine(self, told: Envelope) -> Found:
        held = [one for one in self.store().held() if one.grant.member == told.client]
        listed = [{**written(one.grant), "state": str(one.state)} for one in held]
        return Found(body=_json({"grants": listed}))


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise _no_form() from wrong
    if not isinstance(told, dict) or "member" in told:
        raise _no_form()
    return told


def _no_form() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi="Đơn xin quyền phải là một đối tượng JSON, không nêu member: đó là cơ quan đã ký.",
            en="A request for a grant is a JSON object without member: that is who signed it.",
        )
    )


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
