"""The page of persons who may stand twice in a register: pairs by cluster, for people to judge."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from sogoc.database.decisions.duplicates import DIFFERENT, SAME, Duplicates
from sogoc.errors import JudgementRefused, Sentence
from sogoc.link.explaining.words import percent
from sogoc.pipeline.after.doubling import search
from sogoc.web.asked import page_number
from sogoc.web.lists import check_page, pages
from sogoc.web.reading.figures import PAGE
from sogoc.web.view import no_such

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from sogoc.contract.model import Register
    from sogoc.web.view import View

DECISIONS = {
    SAME: Sentence("Là một người", "One person"),
    DIFFERENT: Sentence("Hai người khác nhau", "Two persons"),
}
LONGEST = 500
"""Letters of an evidence."""
_DIGITS = 15


def doubles_page(view: View, request: Request) -> Response:
    """The last search of one object of a register, pairs nobody decided about first."""
    register = view.register(request.path_params["register"])
    named = request.query_params.get("object", "")
    page = page_number(request.query_params)
    with view.parts.work() as parts:
        kept = Duplicates(parts.connection)
        searches = kept.newest(register.id)
        shown = next((one for one in searches if named in {"", one.object}), None)
        count = shown.pairs if shown else 0
        check_page(page, count)
        pairs = kept.pairs(shown.id, limit=PAGE, offset=(page - 1) * PAGE) if shown else []
        undecided = kept.undecided(shown.id) if shown else 0
    return view.show(
        "doubles.html",
        register=register,
        searchable=[one for one in register.objects if one.persons],
        searches=searches,
        shown=shown,
        pairs=pairs,
        undecided=undecided,
        decisions=DECISIONS,
        percent=percent,
        page=page,
        pages=pages(count),
        turned=lambda other: f"?object={shown.object if shown else ''}&page={other}",
    )


async def search_page(view: View, request: Request) -> Response:
    """Search one object of the register, and show what was found."""
    register = view.register(request.path_params["register"])
    async with request.form() as form:
        name = str(form.get("object", ""))
    if name not in {one.name for one in register.objects if one.persons}:
        raise no_such("loại bản ghi nêu người", "object that names persons")
    await run_in_threadpool(_search, view, register, name)
    return _to(view, register, name)


async def judge_page(view: View, request: Request) -> Response:
    """Keep what a person decided about two records."""
    register = view.register(request.path_params["register"])
    async with request.form() as form:
        verdict = _verdict(view, register, form)
    await run_in_threadpool(_judge, view, verdict)
    return _to(view, register, str(verdict["object"]))


def _search(view: View, register: Register, name: str) -> None:
    with view.parts.work() as parts:
        search(parts, register, register.object(name), officer=view.parts.officer)


def _verdict(view: View, register: Register, form: FormData) -> dict[str, object]:
    record, other = (str(form.get(name, "")) for name in ("record", "other"))
    numbers = [int(text) for text in (record, other) if text.isascii() and text.isdigit()]
    decision, name = str(form.get("decision", "")), str(form.get("object", ""))
    known = name in {one.name for one in register.objects}
    if decision not in DECISIONS or not known or len(set(numbers)) != len((record, other)):
        raise JudgementRefused(Sentence("Hãy chọn một kết luận.", "Choose what you decide."))
    if max(len(record), len(other)) > _DIGITS:
        raise no_such("bản ghi", "record")
    return {
        "register": register.id,
        "object": name,
        "record": min(numbers),
        "other": max(numbers),
        "decision": decision,
        "officer": view.parts.officer,
        "at": view.parts.clock.now(),
        "evidence": str(form.get("evidence", ""))[:LONGEST],
    }


def _judge(view: View, verdict: dict[str, object]) -> None:
    with view.parts.work() as parts, parts.connection.transaction():
        Duplicates(parts.connection).judge(verdict)


def _to(view: View, register: Register, name: str) -> Response:
    address = view.path("registers", register.id, "duplicates") + f"?object={name}#pairs"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
