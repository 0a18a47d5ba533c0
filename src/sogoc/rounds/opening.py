"""A round is opened: its persons chosen, its list packed for the node that answers.

The number is durable first, then the list of who was sent, then the package; only then the round
is open. A program that dies on the way leaves a round that is being opened: opening one for the
same register again goes on with its number, and nothing of it was sent before.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sogoc.database.deliveries import Deliveries
from sogoc.errors import RoundRefused, Sentence
from sogoc.exchange.names import subsystem
from sogoc.records.verification_store import VerificationStore
from sogoc.rounds.chunks import Chunks, make_durable
from sogoc.rounds.minimum import MINIMUM, PAYLOAD, make_minimum, with_persons
from sogoc.rounds.package import QUESTION, About, pack
from sogoc.rounds.rounds import Choice, Rounds
from sogoc.tables.engine import Step, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.contract.model import Register
    from sogoc.pipeline.parts import Parts
    from sogoc.rounds.rounds import Wish
    from sogoc.tables.engine import Engine
    from sogoc.trust.keys import PublicKey, SigningKey
    from sogoc.trust.opening import Opener, SealingKey

SENT, _CHOSEN, _PAYLOAD = "round_sent", "round_chosen", "round_payload"
"""`round_sent`: `row`, `object`, `record`, `person`, `digest`. It never leaves the node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """This node: its subsystem, its key and the id under which others know it."""

    member: str
    key: SigningKey
    key_id: str
    ours: Callable[[str], bool]
    """Whether a key of that id is ours: also the next, and the one before."""
    openers: Callable[[str], Opener | None]
    """What opens that which was sealed for a key of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Them:
    """Another node as a receiver, as the directory has it."""

    member: str
    key: PublicKey | SealingKey
    """What packages for it are sealed with."""
    key_id: str


def folder_of(parts: Parts, number: int) -> Path:
    """Where a round of this node lies."""
    return parts.folder / "var" / "rounds" / str(number)


def question_chunks(parts: Parts, number: int) -> Chunks:
    """The package that a round sends."""
    return Chunks(folder_of(parts, number) / "question")


def sent_file(folder: Path) -> Path:
    """Whom a round asked about, by the rows of its package."""
    return folder / f"{SENT}.parquet"


def open_round(parts: Parts, wish: Wish, *, us: Us, them: Them, by: str) -> int:
    """Open a round; return its number.

    Raises UnknownThing for a register that is not there, RoundRefused if nobody is to be sent.
    """
    register = parts.shelf.register(wish.register)
    objects = with_persons(register)
    if not objects:
        raise _nobody(
            f"sổ {register.id} không ghi người nào", f"the register {register.id} names no persons"
        )
    package = str(uuid4())
    rounds = Rounds(parts.connection, parts.clock)
    number = rounds.begin(wish, package=package, by=by)
    folder = folder_of(parts, number)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as making:
        rows, records, payload = _list(parts, register, wish, folder=Path(making))
        if not rows:
            rounds.forget(number)
            shutil.rmtree(folder, ignore_errors=True)
            raise _nobody("không có ai cần đối soát", "there is nobody to verify")
        _keep_sent(Path(making), folder)
        chunks = question_chunks(parts, number)
        about = About(
            package=package,
            kind=QUESTION,
            round=number,
            sender=us.member,
            sender_key=us.key_id,
            receiver=them.member,
            receiver_key=them.key_id,
            made=parts.clock.now().isoformat(),
            register=wish.service.rpartition("/")[2],
            officer=wish.officer,
            issue=wish.issue,
            fields=wish.fields,
            once=len(objects) == 1 and objects[0].link_to == "one-to-one",
            answers="",
            rows=rows,
        )
        packed = pack(payload, about, receiver=them.key, signer=us.key, keep=chunks.keep)
        chunks.begin(packed.head)
    rounds.packed(number, persons=rows, records=records)
    return number


def provider_of(wish: Wish) -> str:
    """The subsystem that answers."""
    return str(subsystem(wish.service.rpartition("/")[0]))


def _keep_sent(making: Path, folder: Path) -> None:
    file = making / f"{SENT}.parquet"
    make_durable(file)
    file.replace(sent_file(folder))


def _list(parts: Parts, register: Register, wish: Wish, *, folder: Path) -> tuple[int, int, Path]:
    with parts.engine(folder) as engine:
        make_minimum(engine, register, parts.connection, folder=folder)
        rows = engine.run(_chosen(parts, engine, wish))
        columns = ", ".join(PAYLOAD)
        engine.run(
            Step(
                SENT,
                (_CHOSEN,),
                f"select row, object, record, person, digest from {_CHOSEN} order by row",
            )
        )
        engine.run(Step(_PAYLOAD, (_CHOSEN,), f"select {columns} from {_CHOSEN} order by row"))
        count = f"select count(*) from (select distinct object, record from {_CHOSEN})"
        return rows, int(engine.rows(count)[0][0]), engine.parquet(_PAYLOAD)


def _chosen(parts: Parts, engine: Engine, wish: Wish) -> Step:
    """Those who go in, each under a row number that follows from nothing but chance."""
    condition = "true"
    if wish.choice is Choice.UNVERIFIED:
        condition = _unanswered(parts, engine, wish.register)
    elif wish.choice is Choice.CHANGED:
        condition = _not_brought(parts, engine, wish.register)
    salt = literal(str(uuid4()))
    select = (
        f"select row_number() over (order by md5(concat({salt}, object, '.', record, '.', person)))"
        f" as row, m.* from {MINIMUM} as m where {condition}"
    )
    return Step(_CHOSEN, (MINIMUM,), select)


def _unanswered(parts: Parts, engine: Engine, register: str) -> str:
    """A record goes in whole: an answer for one of its persons would else end those of others."""
    engine.register("answered", VerificationStore(parts.connection).answered(register))
    return (
        "(object, record) in (select object, record from"
        f" (select object, record, person from {quoted(MINIMUM)} except"
        " select object, record, person from answered))"
    )


def _not_brought(parts: Parts, engine: Engine, register: str) -> str:
    rounds = Rounds(parts.connection, parts.clock).all(register)
    # What was taken back again brought nothing.
    held = Deliveries(parts.connection)
    merged = {one.delivery for one in rounds if one.delivery and _stands(held, one.delivery)}
    brought = [
        sent_file(folder_of(parts, one.number))
        for one in rounds
        if one.delivery in merged and sent_file(folder_of(parts, one.number)).is_file()
    ]
    if not brought:
        return "true"
    lines = []
    for at, file in enumerate(brought):
        engine.register(f"brought_{at}", file)
        lines.append(f"select {at} as age, object, record, digest from {quoted(f'brought_{at}')}")
    newest = (
        f"select distinct object, record, digest from ({' union all '.join(lines)})"
        " qualify rank() over (partition by object, record order by age) = 1"
    )
    return f"(object, record, digest) not in ({newest})"


def _stands(held: Deliveries, delivery: int) -> bool:
    return held.one(delivery).state == "merged"


def _nobody(vi: str, en: str) -> RoundRefused:
    return RoundRefused(
        Sentence(vi=f"Không mở đợt đối soát: {vi}.", en=f"No round is opened: {en}.")
    )
