"""A person decides who is meant, or takes the decision back: at once, and as a delivery of its own.

What was decided is kept byte for byte like everything that is handed in, the record is verified
anew by it, and both go in together or not at all. `sogoc undo` takes it back whole.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.database.decisions.judgements import ABSENT, DECISIONS, Act, Judgements, in_force
from sogoc.database.deliveries import Deliveries, Outcome, turn
from sogoc.errors import JudgementRefused, Sentence, UnknownThing
from sogoc.node.returns import Signed, begin, desk
from sogoc.pipeline.after.correcting import corrected, store_corrected
from sogoc.pipeline.after.explaining import explain
from sogoc.pipeline.persons import number_known, population_of
from sogoc.records.store import RecordStore
from sogoc.worklists.back.whole import New, corrections
from sogoc.worklists.reading import by_id, by_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.decisions.judgements import Judgement, Standing, Verdict
    from sogoc.pipeline.after.explaining import Explained
    from sogoc.pipeline.parts import Parts

FORM = "judgement"
"""The form of a delivery that is a judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What is decided of one record: verdicts, or a judgement that is taken back."""

    object: str
    record: int
    verdicts: tuple[Verdict, ...] = ()
    withdrawn: Judgement | None = None
    why: str = ""


def judge(parts: Parts, register: str, verdict: Verdict, *, signed: Signed) -> int:
    """Keep a decision and verify its record anew; return the number of the delivery.

    Raises JudgementRefused for a record or person that is not there, or a number nobody bears.
    """
    held = parts.shelf.register(register)
    _check(parts, held, verdict)
    own = Decided(object=verdict.object, record=verdict.record, verdicts=(verdict,))
    return _keep(parts, held, own, signed=signed)


def withdraw(parts: Parts, judgement: int, signed: Signed) -> int:
    """Take a decision back; linking decides again. Raises JudgementRefused where none stands."""
    found = Judgements(parts.connection).one(judgement)
    if found is None or found.withdrawn_at is not None:
        raise JudgementRefused(
            Sentence(
                f"Không có kết luận số {judgement} đang còn hiệu lực.",
                f"No judgement {judgement} is in force.",
            )
        )
    own = Decided(object=found.object, record=found.record, withdrawn=found, why=signed.evidence)
    return _keep(parts, parts.shelf.register(found.register), own, signed=signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person of a record."""

    register: Register
    object: RegisterObject
    record: int
    person: str


def explained(parts: Parts, who: Who) -> Explained:
    """What was weighed for a person of a record as it stands. Raises UnknownThing."""
    RecordStore(parts.connection).prepare(who.register)
    work = desk(parts, who.register.id, keeper="")
    found = corrections(work, {(who.object.name, who.record): New()})
    made = explain(parts, who.register, found[0], person=who.person) if found else None
    if made is None:
        raise UnknownThing(
            Sentence(
                "Không có bản ghi này, hoặc bản ghi không nêu người nào để đối soát.",
                "There is no such record, or it names nobody to be verified.",
            )
        )
    return made


def population_records(parts: Parts, numbers: Sequence[str]) -> dict[str, tuple[str, str, int]]:
    """Register, object and record of the people with these personal numbers."""
    found = population_of(parts)
    if found is None or not numbers:
        return {}
    register, _ = found
    one = next(each for each in register.objects if each.persons)
    kept = by_value(
        desk(parts, register.id, keeper=""), one, field=one.persons[0].number, values=numbers
    )
    return {
        str(each.values[one.persons[0].number]): (register.id, one.name, each.id) for each in kept
    }


def _check(parts: Parts, register: Register, verdict: Verdict) -> None:
    one = next((o for o in register.objects if o.name == verdict.object), None)
    if one is None or verdict.person not in {person.id for person in one.persons}:
        raise JudgementRefused(
            Sentence(
                "Loại bản ghi này không có người nào tên gọi như vậy trong đặc tả.",
                "The contract names no such person in this object.",
            )
        )
    RecordStore(parts.connection).prepare(register)
    if not by_id(desk(parts, register.id, keeper=""), one, [verdict.record]):
        raise JudgementRefused(
            Sentence(
                f"Sổ {register.id} không có bản ghi số {verdict.record}.",
                f"The register {register.id} has no record {verdict.record}.",
            )
        )
    _check_number(parts, verdict)


def _check_number(parts: Parts, verdict: Verdict) -> None:
    if verdict.decision not in DECISIONS:
        raise JudgementRefused(
            Sentence("Kết luận này không có trong danh sách.", "This is no decision of the list.")
        )
    number = verdict.number
    if (verdict.decision == ABSENT) != (number is None):
        raise JudgementRefused(
            Sentence(
                "Chưa nêu người nào trong dân cư: hãy ghi số định danh 12 chữ số của người đó.",
                "Nobody of the population is named: give that person's number of 12 digits.",
            )
        )
    if number is not None and not number_known(parts, number):
        raise JudgementRefused(
            Sentence(
                "Sổ dân cư không có ai mang số định danh này; hãy xem lại thẻ căn cước.",
                "Nobody in the population register bears this number; look at the card again.",
            )
        )


def _keep(parts: Parts, register: Register, own: Decided, *, signed: Signed) -> int:
    def as_they_will_be(name: str, standing: Sequence[Standing], /) -> Sequence[Standing]:
        gone = own.withdrawn
        stay = [one for one in standing if gone is None or one != _standing(gone)]
        new = [verdict.standing for verdict in own.verdicts if verdict.object == name]
        return in_force([*stay, *new])

    with turn(parts.connection, register.id), parts.connection.transaction():
        work = desk(parts, register.id, keeper="")
        again = corrections(work, {(own.object, own.record): New()})
        with corrected(parts, register, again, judgements=as_they_will_be) as made:
            at = parts.clock.now()
            delivery = _begin(parts, register, own, signed=signed)
            act = Act(officer=signed.officer, at=at, delivery=delivery)
            _write(parts, register, own, act=act)
            counts = store_corrected(parts, made, delivery=delivery, at=at)
            said = {"made": len(own.verdicts), "withdrawn": int(own.withdrawn is not None)}
            outcome = Outcome(
                counts={**counts, FORM: said},
                population_release=made.population.id if made.population else None,
            )
            Deliveries(parts.connection).merged(delivery, at, outcome)
    return delivery


def _write(parts: Parts, register: Register, own: Decided, *, act: Act) -> None:
    kept = Judgements(parts.connection)
    for verdict in own.verdicts:
        kept.keep(register.id, verdict, act)
    if own.withdrawn is not None:
        kept.withdraw(own.withdrawn.id, act, why=own.why)


def _standing(judgement: Judgement) -> Standing:
    return judgement.record, judgement.person, judgement.number, judgement.decision


def _begin(parts: Parts, register: Register, own: Decided, *, signed: Signed) -> int:
    """What was decided, as a small file that is kept like any other."""
    at = parts.clock.now()
    said = {
        "register": register.id,
        "at": at.isoformat(),
        "officer": signed.officer,
        "judgements": [asdict(verdict) for verdict in own.verdicts],
        "withdraws": own.withdrawn.id if own.withdrawn else None,
        "why": own.why,
    }
    with tempfile.TemporaryDirectory(prefix="sogoc-judgement-") as folder:
        file = Path(folder) / f"judgement-{own.object}-{own.record}.json"
        file.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
        return begin(parts, register, file, officer=signed.officer, form=FORM)
