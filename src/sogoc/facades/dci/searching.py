"""Searches of SPDCI/DCI: each request of a message is decided and journalled by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.errors import AccessDenied, BadQuestion, MessageRefused, UnknownThing
from sogoc.facades.callers import for_purpose
from sogoc.facades.dci.criteria import CRITERIA, purpose_of, query_of
from sogoc.facades.dci.messages import is_moment, refused
from sogoc.facades.dci.records import RECORD_TYPE, reg_type, told_record
from sogoc.facades.query_shelf import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.parts import FacadeParts
    from sogoc.facades.queries import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks which registry; what the parts of a message share."""

    parts: FacadeParts
    register: Register
    caller: Envelope


def search(asking: Asking, requests: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The `search_response` of each request, in their order.

    A request that may not be answered is rejected, and the others are answered; AccessDenied is
    raised if no grant covers any of them. Raises TooManyQuestions and StoreError for all.
    """
    told = list[dict[str, Any]]()
    seen = set[str]()
    denied: AccessDenied | None = None
    for request in requests:
        try:
            told.append(_answered(asking, request, seen))
        except AccessDenied as error:
            denied = error
            told.append(rejected(asking, request, code=CRITERIA, message=error.sentence.en))
        except MessageRefused as error:
            told.append(rejected(asking, request, code=error.code, message=error.sentence.en))
        except BadQuestion as error:
            told.append(rejected(asking, request, code=CRITERIA, message=error.sentence.en))
    if denied and all(one["status"] == "rjct" for one in told):
        raise denied
    return told


def _answered(asking: Asking, request: Mapping[str, Any], seen: set[str]) -> dict[str, Any]:
    check_request(request, seen)
    criteria = request.get("search_criteria")
    if not isinstance(criteria, dict):
        raise refused(CRITERIA, "search_criteria is an object")
    query = query_of(asking.register, criteria)
    caller = for_purpose(asking.caller, purpose_of(criteria))
    try:
        page = asking.parts.ask(query, caller)
    except UnknownThing:
        page = Page(total=0, records=())
    if not criteria.get("pagination") and page.total > query.size:
        raise refused(
            "rjct.search.too_many_records_found", "ask in pages, or for fewer records at once"
        )
    return {
        **_head(asking, request),
        "status": "succ",
        "data": {
            "version": "1.0.0",
            "reg_type": reg_type(asking.register),
            "reg_record_type": criteria.get("reg_record_type") or RECORD_TYPE,
            "reg_records": [told_record(query.object, record) for record in page.records],
        },
        "pagination": _pages(query, page),
    }


def check_request(request: Mapping[str, Any], seen: set[str]) -> None:
    """Raise MessageRefused unless it has an id of its own and a moment."""
    reference = request.get("reference_id")
    if not isinstance(reference, str) or not reference:
        raise refused("rjct.reference_id.invalid", "reference_id is a text")
    if reference in seen:
        raise refused("rjct.reference_id.duplicate", "each request has a reference_id of its own")
    seen.add(reference)
    if not is_moment(request.get("timestamp")):
        raise refused("rjct.timestamp.invalid", "timestamp is a moment with its zone (RFC 3339)")


def rejected(
    asking: Asking, request: Mapping[str, Any], *, code: str, message: str
) -> dict[str, Any]:
    """A request that is rejected."""
    return {
        **_head(asking, request),
        "status": "rjct",
        "status_reason_code": code,
        "status_reason_message": message[:999],
    }


def _head(asking: Asking, request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reference_id": str(request.get("reference_id") or ""),
        "timestamp": asking.parts.answering().clock.now().isoformat(),
    }


def _pages(query: Query, page: Page) -> dict[str, int]:
    return {"page_size": query.size, "page_number": query.page, "total_count": page.total}
