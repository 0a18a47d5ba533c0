"""The answer to a round lands in the register: as verifications, and as findings for worklists.

It is a delivery of its own, which can be taken back like any other; nothing of a record is
corrected. An answer counts only for a record that still says what was sent: what was changed since
is left for the next round. All of it goes in by one transaction with the round's new state, so the
same answer twice changes nothing, and a program that is killed has done all or nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.check.plan import plan_of_answers
from sogoc.clock import today
from sogoc.contract.model import RuleForm
from sogoc.database.deliveries import Arrival, Deliveries, Outcome, turn
from sogoc.link.outcomes import OUTCOMES
from sogoc.pipeline.keeping import keep
from sogoc.pipeline.placing import place_findings
from sogoc.records.finding_store import FindingStore
from sogoc.records.store import RecordStore
from sogoc.records.verification_store import VerificationStore
from sogoc.rounds.chunks import write_file
from sogoc.rounds.minimum import MINIMUM, make_minimum
from sogoc.rounds.opening import SENT, folder_of, sent_file
from sogoc.rounds.package import opened, refused
from sogoc.rounds.rounds import Rounds, State
from sogoc.rounds.sending import answer_chunks
from sogoc.score.deadlines import due
from sogoc.score.rule_file import newest
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import now, raw, recorded, standard, verified

if TYPE_CHECKING:
    from sogoc.contract.model import Field, Register, RegisterObject
    from sogoc.pipeline.parts import Parts
    from sogoc.rounds.opening import Us
    from sogoc.rounds.package import Package
    from sogoc.rounds.rounds import Round
    from sogoc.tables.engine import Engine

FORM = "round"
_ANSWER, _LANDED = "answer", "round_landed"
_TEXTS = {"outcome", "certainty", "differs", "number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What came of a round."""

    delivery: int
    counts: dict[str, int]
    """Persons by outcome; `changed_since` those whose record is another by now."""


def land(parts: Parts, one: Round, package: Package, *, us: Us, by: str) -> Landed:
    """Bring the answer into the register; a round that has its answer says again what it brought.

    Raises PackageRefused for an answer that does not open or is not in its form.
    """
    if one.state is State.RECEIVED and one.delivery is not None:
        return Landed(delivery=one.delivery, counts=one.counts)
    register = parts.shelf.register(one.wish.register)
    folder = folder_of(parts, one.number)
    chunks = answer_chunks(parts, one.number)
    RecordStore(parts.connection).prepare(register)
    with (
        tempfile.TemporaryDirectory(prefix="landing-", dir=folder) as landing,
        turn(parts.connection, register.id),
    ):
        again = Rounds(parts.connection, parts.clock).one(one.number)
        if again.state is State.RECEIVED and again.delivery is not None:
            return Landed(delivery=again.delivery, counts=again.counts)
        work = Path(landing)
        for left in folder.glob("landing-*"):
            if left != work:
                # Of a program that was killed: what it had opened is not left lying about.
                shutil.rmtree(left, ignore_errors=True)
        opened(package, chunks.all(package), us.openers, payload=work / "answer.payload")
        _check(work / "answer.payload", package)
        whole = folder / f"round-{one.number}.answer"
        write_file(package, chunks.all(package), whole)
        landed = _landed(parts, one, register, work=work, file=whole, by=by)
    chunks.forget()
    whole.unlink(missing_ok=True)
    shutil.rmtree(folder / "question", ignore_errors=True)
    return landed


def _landed(
    parts: Parts, one: Round, register: Register, *, work: Path, file: Path, by: str
) -> Landed:
    with parts.engine(work) as engine:
        counts = _tables(parts, one, register, engine=engine, work=work)
        objects = tuple(each for each in register.objects if engine.has(verified(each.name)))
        own = replace(register, objects=objects)
        rules = newest(parts.rules, day := today(parts.clock))
        for each in objects:
            _stand(parts, own, each, engine=engine, work=work)
        for step in plan_of_answers(own, today=day, holidays=rules.holidays):
            engine.run(step)
        codes = [
            rule.code
            for each in objects
            for rule in each.rules
            if rule.form is RuleForm.VERIFICATION
        ]
        days = dict.fromkeys(codes, due(day, rules).correct_by)
        with parts.connection.transaction():
            delivery = _begin(parts, register, file, by=by)
            at = parts.clock.now()
            VerificationStore(parts.connection).merge(own, engine, delivery=delivery, at=at)
            judged = tuple(each for each in objects if _is_judged(each))
            found = FindingStore(parts.connection).correct(
                replace(own, objects=judged), engine, delivery=delivery, at=at, due=days
            )
            place_findings(parts.connection, register, delivery=delivery)
            opened_now = sum(each.opened for each in found.values())
            Deliveries(parts.connection).merged(
                delivery,
                at,
                Outcome(counts={FORM: {"number": one.number, "opened": opened_now, **counts}}),
            )
            Rounds(parts.connection, parts.clock).received(
                one.number, delivery=delivery, counts=counts
            )
    return Landed(delivery=delivery, counts=counts)


def _is_judged(one: RegisterObject) -> bool:
    return any(rule.form is RuleForm.VERIFICATION for rule in one.rules)


def _tables(
    parts: Parts, one: Round, register: Register, *, engine: Engine, work: Path
) -> dict[str, int]:
    """Make `verified(o)` and `recorded(o)` of what still stands as it was sent; count outcomes."""
    make_minimum(engine, register, parts.connection, folder=work)
    engine.register(SENT, sent_file(folder_of(parts, one.number)))
    engine.register(_ANSWER, work / "answer.payload")
    current = f"select distinct object, record, digest from {quoted(MINIMUM)}"
    engine.run(
        Step(
            _LANDED,
            (SENT, MINIMUM, _ANSWER),
            f"select s.object, s.record, s.person, a.*, n.record is null as other"
            f" from {quoted(SENT)} as s inner join {quoted(_ANSWER)} as a on a.row = s.row"
            f" left join ({current}) as n"
            " on n.object = s.object and n.record = s.record and n.digest = s.digest",
        )
    )
    for each in register.objects:
        mine = f"from {quoted(_LANDED)} where object = {literal(each.name)} and not other"
        if engine.rows(f"select 1 {mine} limit 1"):
            _answers_of(engine, each, mine)
    _keep_answers(parts, one, engine)
    told = engine.rows(
        "select case when other then 'changed_since' else outcome end, count(*)"
        f" from {quoted(_LANDED)} group by all"
    )
    return {str(outcome): int(count) for outcome, count in sorted(told)}


def _keep_answers(parts: Parts, one: Round, engine: Engine) -> None:
    """The answers beside the records they are about, with all granted fields, for the officer."""
    columns = "select * exclude (row, other), not other as stands"
    engine.run(Step("answers", (_LANDED,), f"{columns} from {quoted(_LANDED)} order by all"))
    file = engine.parquet("answers")
    file.chmod(0o600)
    file.replace(answers_file(parts, one.number))


def answers_file(parts: Parts, number: int) -> Path:
    """What came back, record by record; only its owner can read it."""
    return folder_of(parts, number) / "answers.parquet"


def _answers_of(engine: Engine, one: RegisterObject, mine: str) -> None:
    evidence = "case when certainty is not null then concat('certainty:', certainty) end"
    engine.run(
        Step(
            verified(one.name),
            (_LANDED,),
            "select record as _row, person, outcome, number, cast(null as double) as probability,"
            f" cast(null as double) as margin, differs, {evidence} as evidence {mine}",
        )
    )
    engine.run(
        Step(
            recorded(one.name),
            (_LANDED,),
            f"select distinct record as _row, record, 'unchanged' as change {mine}",
        )
    )


def _stand(
    parts: Parts, register: Register, one: RegisterObject, *, engine: Engine, work: Path
) -> None:
    """`standard(o)` of the records that got an answer, as far as rules over answers read it."""
    store = RecordStore(parts.connection)
    engine.register("held", store.export(register, one.name, work))
    asked = sorted({rule.fields[0] for rule in one.rules if rule.form is RuleForm.VERIFICATION})
    texts = work / f"came__{one.name}.parquet"
    store.export_texts(register, one.name, asked, file=texts)
    engine.register("came", texts)
    columns = ", ".join(_column(field, one, came=field.name in asked) for field in one.fields)
    engine.run(
        Step(
            standard(one.name),
            ("held", "came", recorded(one.name)),
            f"select h._record as _row, {columns} from held as h"
            " inner join came as c on c._record = h._record"
            f" where h._record in (select record from {quoted(recorded(one.name))})",
        )
    )


def _column(field: Field, one: RegisterObject, *, came: bool) -> str:
    name = field.name
    text = f"c.{quoted(f'came__{name}')}" if came else f"cast(h.{quoted(name)} as varchar)"
    columns = f"h.{quoted(name)}, {text} as {quoted(raw(name))}"
    if one.locality is not None and one.locality.name == name:
        columns += f", h._locality as {quoted(now(name))}"
    return columns


def _begin(parts: Parts, register: Register, file: Path, *, by: str) -> int:
    kept = keep(file, parts.deliveries)
    deliveries = Deliveries(parts.connection)
    number = deliveries.keep(
        Arrival(
            register=register.id,
            contract_version=register.version,
            file_name=file.name,
            sha256=kept.sha256,
            bytes=kept.bytes,
            kept_path=str(kept.path.relative_to(parts.folder)),
            received_at=parts.clock.now(),
            received_by=by,
            as_of=today(parts.clock),
            form=FORM,
        )
    )
    deliveries.begin(number, form=FORM)
    return number


def _check(payload: Path, package: Package) -> None:
    """Raise PackageRefused unless these are answers, one for each row that was sent."""
    told = package.manifest
    others = {f"field__{name}" for name in told.fields}
    try:
        table = pq.read_table(payload)
        names = set(table.column_names)
        good = names >= _TEXTS and names <= {"row", *_TEXTS, *others}
        good = good and table["row"].combine_chunks().unique().drop_null().__len__() == told.rows
        good = good and table.num_rows == told.rows
        known = set(table["outcome"].unique().to_pylist()) <= OUTCOMES.keys()
    except (pa.ArrowException, OSError, KeyError) as wrong:
        raise _not_answers() from wrong
    if not (good and known):
        raise _not_answers()


def _not_answers() -> Exception:
    return refused(
        "nội dung không phải kết quả đối soát theo mẫu đã công bố",
        "its payload is no list of answers in the documented form",
    )
