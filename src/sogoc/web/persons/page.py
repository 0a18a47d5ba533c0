"""The page of one person of a record: who is meant, why, and what a person decides about it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from sogoc.database.decisions.judgements import ABSENT, OTHER, SAME, Judgements, Verdict
from sogoc.errors import JudgementRefused, Sentence
from sogoc.link.explaining import words
from sogoc.link.words import differs_in_words, evidence_in_words
from sogoc.node.judging import Who, explained, judge, population_records, withdraw
from sogoc.node.returns import Signed
from sogoc.pipeline.linking.models import model_of_run
from sogoc.records.links import events
from sogoc.records.links.events import LinkEvents
from sogoc.values.kinds import Kind
from sogoc.web.masking import masked
from sogoc.web.persons.waterfall import waterfall
from sogoc.web.view import no_such

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from sogoc.pipeline.after.explaining import Explained
    from sogoc.web.reading.figures import Reader, Verification
    from sogoc.web.view import View

DECISIONS = {
    SAME: Sentence("Đúng là người này", "This very person"),
    OTHER: Sentence("Không phải người này", "Not this person"),
    ABSENT: Sentence("Không có trong dân cư", "Not in the population"),
}
"""What was decided, as the page says it."""
LONGEST = 500
"""Letters of an evidence."""
_CHOICE = re.compile(r"(same|other):([0-9]{12})|(absent|another)")


def person_page(view: View, reader: Reader, who: Who) -> Response:
    """The answer that stands, every weight behind it, and the form for a decision."""
    with view.parts.work() as parts, parts.connection.transaction():
        made = explained(parts, who)
        numbers = [one.number for one in made.account.candidates if one.number]
        people = population_records(parts, numbers)
        judgements = Judgements(parts.connection).of_record(
            who.register.id, who.object.name, who.record
        )
    stands = _standing(reader, who)
    run = reader.delivery(stands.delivery) if stands else None
    return view.show(
        "person.html",
        who=who,
        register=who.register,
        object=who.object,
        stands=stands,
        evidence=evidence_in_words(stands.evidence if stands else None, made.policy),
        differs=differs_in_words(stands.differs if stands else None),
        made=made,
        summary=words.summary(made.account, made.policy),
        phrases=words,
        chart=_chart(view, made),
        people=people,
        hidden=lambda number: masked(Kind.PERSONAL_ID, number or ""),
        judgements=[one for one in judgements if one.person == who.person],
        decisions=DECISIONS,
        model=model_of_run(run.counts, who.object.name) if run else 0,
        events=LinkEvents(reader.connection).of_person(
            who.register.id, who.object.name, record=who.record, person=who.person
        ),
        link_words=events,
    )


async def judge_page(view: View, request: Request, who: Who) -> Response:
    """Keep a decision, and go back to the page that now stands."""
    async with request.form() as form:
        verdict, evidence = _verdict(form, who), str(form.get("evidence", ""))[:LONGEST]
    signed = Signed(officer=view.parts.officer, evidence=evidence)
    await run_in_threadpool(_judge, view, who, verdict, signed=signed)
    return _to(view, who)


async def withdraw_page(view: View, request: Request, judgement: int) -> Response:
    """Withdraw a decision, and go back to the page of the person it was about."""
    async with request.form() as form:
        why = str(form.get("why", ""))[:LONGEST]
    signed = Signed(officer=view.parts.officer, evidence=why)
    who = await run_in_threadpool(_withdraw, view, judgement, signed)
    return _to(view, who)


def who_of(view: View, request: Request) -> Who:
    """The person that an address names. Raises UnknownThing."""
    asked = request.path_params
    register = view.register(asked["register"])
    one = next((each for each in register.objects if each.name == asked["object"]), None)
    if one is None or asked["person"] not in {each.id for each in one.persons}:
        raise no_such("người", "person")
    return Who(register=register, object=one, record=asked["record"], person=asked["person"])


def _standing(reader: Reader, who: Who) -> Verification | None:
    found = reader.verifications(who.register.id, who.object.name, who.record)
    mine = (one for one in found if one.person == who.person and one.believed_to is None)
    return next(mine, None)


def _chart(view: View, made: Explained) -> object:
    if not made.account.candidates:
        return None
    return waterfall(made.account, made.account.candidates[0], view.speech)


def _verdict(form: FormData, who: Who) -> Verdict:
    choice = _CHOICE.fullmatch(str(form.get("decision", "")))
    if choice is None:
        raise JudgementRefused(
            Sentence("Hãy chọn một kết luận.", "Choose what you decide."),
        )
    decision, number, alone = choice.groups()
    if alone == "another":
        decision, number = SAME, re.sub(r"[\s.]", "", str(form.get("number", "")))
    return Verdict(
        object=who.object.name,
        record=who.record,
        person=who.person,
        decision=decision or ABSENT,
        number=number,
        evidence=str(form.get("evidence", ""))[:LONGEST],
    )


def _judge(view: View, who: Who, verdict: Verdict, *, signed: Signed) -> None:
    with view.parts.work() as parts:
        judge(parts, who.register.id, verdict, signed=signed)


def _withdraw(view: View, judgement: int, signed: Signed) -> Who:
    with view.parts.work() as parts:
        found = Judgements(parts.connection).one(judgement)
        if found is None:
            raise no_such("kết luận", "judgement")
        withdraw(parts, judgement, signed)
    register = view.register(found.register)
    one = register.object(found.object)
    return Who(register=register, object=one, record=found.record, person=found.person)


def _to(view: View, who: Who) -> Response:
    path = view.path("registers", who.register.id, who.object.name, who.record)
    return RedirectResponse(f"{path}/persons/{who.person}#judgements", HTTPStatus.SEE_OTHER)
