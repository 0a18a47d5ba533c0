"""The worker that answers rounds: opened, linked, journalled, packed; only then it may be fetched.

Each step leaves something durable and is passed over when it is there: a worker that is killed at
any line goes on at that line. The list of answers is on the disk before the first entry of the
journal; entries and their count go in together, group by group; the package is packed anew if it
was not whole, which nobody could have seen. What was read of persons is deleted at the end.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import uuid4

from sogoc.access.entry import Entry
from sogoc.access.grant import Operation
from sogoc.access.postgres_journal import GROUP, append_about
from sogoc.errors import PackageRefused, PopulationMissing, Sentence
from sogoc.pipeline.persons import population_of
from sogoc.pipeline.run_folder import ready_folder
from sogoc.rounds.chunks import make_durable
from sogoc.rounds.linking import ANSWERS, link_list
from sogoc.rounds.package import ANSWER, About, kept_package, opened, pack
from sogoc.rounds.taken import Stand, TakenRounds, answer_to, question_of, work_on
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.pipeline.parts import Parts
    from sogoc.rounds.opening import Them, Us
    from sogoc.rounds.package import Package
    from sogoc.rounds.taken import Taken
    from sogoc.tables.engine import Engine

    Tell = Callable[[Taken, Stand, int], None]
    """Hears how far a round is: what it works towards, and how many persons are done."""

_PAYLOAD = "answer_payload"


def answer_rounds(
    parts: Parts, us: Us, receiver: Callable[[str], Them], *, tell: Tell
) -> list[Taken]:
    """Answer every round that is whole; return those that were answered or refused.

    `receiver` gives the key of a member now. Raises PopulationMissing; and if another program is
    at it, there is nothing to do.
    """
    rounds = TakenRounds(parts.connection, parts.clock)
    done = []
    with rounds.turn() as mine:
        waiting = rounds.all(Stand.WHOLE, Stand.LINKED) if mine else []
        for taken in reversed(waiting):
            _answer(parts, taken, us, receiver=receiver, tell=tell)
            done.append(rounds.one(taken.package, member=taken.member))
        if mine:
            _clean(parts, rounds)
    return done


def _clean(parts: Parts, rounds: TakenRounds) -> None:
    """What was read of persons goes, also what a worker left that was killed at its last line."""
    for taken in rounds.all(Stand.ANSWERED, Stand.COLLECTED, Stand.REFUSED):
        shutil.rmtree(work_on(parts.folder, taken.package), ignore_errors=True)
        shutil.rmtree(question_of(parts.folder, taken.package).folder, ignore_errors=True)


def _answer(
    parts: Parts, taken: Taken, us: Us, *, receiver: Callable[[str], Them], tell: Tell
) -> None:
    rounds = TakenRounds(parts.connection, parts.clock)
    head = question_of(parts.folder, taken.package).head()
    if head is None:
        raise PackageRefused(
            Sentence(
                vi=f"Gói {taken.package} không còn trên đĩa.",
                en=f"The package {taken.package} is no longer on the disk.",
            )
        )
    question = kept_package(head)
    try:
        answers = _linked(parts, question, us, tell=lambda: tell(taken, Stand.LINKED, 0))
    except PackageRefused as broken:
        rounds.refuse(taken.package, broken.sentence)
        return
    rounds.move(taken.package, (Stand.WHOLE, Stand.LINKED))
    with parts.engine(answers.parent) as engine:
        _journalled(parts, taken, question, engine=engine, tell=tell)
        _packed(parts, question, us, them=receiver(taken.member), engine=engine)


def _linked(parts: Parts, question: Package, us: Us, *, tell: Callable[[], None]) -> Path:
    """The durable table of answers, made once."""
    found = population_of(parts)
    if found is None or found[0].id != question.manifest.register:
        raise PopulationMissing(
            Sentence(
                vi="Nút này chưa có sổ dân cư nên không trả lời được đợt đối soát.",
                en="This node holds no population register, so it cannot answer a round.",
            )
        )
    work = work_on(parts.folder, question.manifest.package)
    linked = work / "linked"
    answers = linked / f"{ANSWERS}.parquet"
    if answers.is_file():
        return answers
    tell()
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    payload = work / "question.payload"
    if not payload.is_file():
        chunks = question_of(parts.folder, question.manifest.package)
        opened(question, chunks.all(question), us.openers, payload=payload)
    # Begun with another release, it names other persons by the same numbers.
    folder = ready_folder(linked, (found[1].id, found[1].sha256, parts.policy))
    made = link_list(parts, found, payload, manifest=question.manifest, folder=folder)
    make_durable(made)
    return made


def _journalled(
    parts: Parts, taken: Taken, question: Package, *, engine: Engine, tell: Tell
) -> None:
    """One entry for each person, from where an earlier worker was stopped."""
    rounds = TakenRounds(parts.connection, parts.clock)
    about = (
        f"select released, subject from (select released, row, coalesce(subject, '') as subject"
        f" from {ANSWERS} union all select '', row, bearer from {ANSWERS}"
        " where bearer is not null) order by released, row, subject"
    )
    people = engine.arrow(about)
    released = people["released"].to_pylist()
    subjects = people["subject"].to_pylist()
    entry = _entry(parts, taken, question)
    parts.connection.execute("set synchronous_commit = on")
    for start in range(taken.journalled, len(subjects), GROUP):
        stop = min(start + GROUP, len(subjects))
        entries = [
            (replace(entry, fields=_names(kind)), [subjects[at] for at in places])
            for kind, places in groupby(range(start, stop), key=released.__getitem__)
        ]
        with parts.connection.transaction():
            if not rounds.journalled(taken.package, stop):
                return
            for each, some in entries:
                append_about(parts.connection, each, some)
        tell(taken, Stand.ANSWERED, stop)


def _names(released: str) -> tuple[str, ...]:
    return tuple(released.split(",")) if released else ()


def _entry(parts: Parts, taken: Taken, question: Package) -> Entry:
    purpose, _, case = taken.issue.partition("/")
    return Entry(
        at=parts.clock.now(),
        request_id=question.manifest.package,
        member=taken.member,
        officer=taken.officer,
        register=taken.register,
        operation=str(Operation.ROUND),
        purpose=purpose,
        issue=case,
        ground=taken.ground,
        grant=taken.grant,
    )


def _packed(parts: Parts, question: Package, us: Us, *, them: Them, engine: Engine) -> None:
    told = question.manifest
    engine.run(
        Step(
            _PAYLOAD,
            (ANSWERS,),
            f"select * exclude (subject, bearer, released) from {quoted(ANSWERS)} order by row",
        )
    )
    counts = dict(engine.rows(f"select outcome, count(*) from {quoted(ANSWERS)} group by outcome"))
    chunks = answer_to(parts.folder, told.package)
    shutil.rmtree(chunks.folder, ignore_errors=True)
    about = About(
        package=str(uuid4()),
        kind=ANSWER,
        round=told.round,
        sender=us.member,
        sender_key=us.key_id,
        receiver=told.sender,
        receiver_key=them.key_id,
        made=parts.clock.now().isoformat(),
        register=told.register,
        officer=told.officer,
        issue=told.issue,
        fields=told.fields,
        once=told.once,
        answers=told.package,
        rows=told.rows,
    )
    payload = engine.parquet(_PAYLOAD)
    packed = pack(payload, about, receiver=them.key, signer=us.key, keep=chunks.keep)
    chunks.begin(packed.head)
    rounds = TakenRounds(parts.connection, parts.clock)
    rounds.answered(told.package, answer=about.package, counts=counts)
