"""Two nodes in one process: one holds the population, the other insurance cards; all made up."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tests.small_population import PEOPLE, write_population

from sogoc.access.grant import Grant, Operation
from sogoc.access.policies import PolicyBook
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.contract.shelf import Shelf
from sogoc.exchange.directory import Directory, DirectoryKey, KeysAt, Member
from sogoc.exchange.names import subsystem
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.parts import Parts
from sogoc.rounds.answering import answer_rounds
from sogoc.rounds.chunks import chunks_of_file, head_of_file, write_file
from sogoc.rounds.landing import Landed, land
from sogoc.rounds.opening import Them, Us, open_round
from sogoc.rounds.package import kept_package
from sogoc.rounds.rounds import Choice, Rounds, Wish
from sogoc.rounds.sending import send_on_a_medium, take_from_medium
from sogoc.rounds.taken import Stand, Taken, TakenRounds, answer_to
from sogoc.rounds.taking import Taking, came_on_a_medium
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.stopped_clock import StoppedClock
from sogoc.trust.keys import SigningKey

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.database.store import Connection, Store

CLOCK = StoppedClock(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
POP, BH, BANK = "VN/GOV/01/POP", "VN/GOV/03/BHXH", "VN/COM/09/BANK"
KEYS = {POP: SigningKey(bytes(range(32))), BH: SigningKey(bytes(range(1, 33)))}
KEYS[BANK] = SigningKey(bytes(range(2, 34)))
GRANT = Grant(
    id="G-1",
    member=BH,
    register="population",
    fields=frozenset({"so_dinh_danh", "ho_ten"}),
    operations=frozenset({Operation.ROUND}),
    purpose="1.012789",
    ground="a made-up article",
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
)
CARD = (
    *("ma_the", "ma_so_bhxh", "so_dinh_danh", "ho_ten", "ngay_sinh", "gioi_tinh"),
    *("ma_xa", "doi_tuong", "muc_huong", "noi_kham", "tu_ngay", "cap_nhat_luc", "dien_thoai"),
)
CARDS = (
    (PEOPLE[0][0], PEOPLE[0][1], PEOPLE[0][2]),
    # Tone marks were lost, as in files from old programs.
    (PEOPLE[1][0], "Tran Thi Thu", PEOPLE[1][2]),
    # The number of one, the name and date of another: a row slipped.
    (PEOPLE[2][0], PEOPLE[5][1], PEOPLE[5][2]),
    ("", PEOPLE[3][1], PEOPLE[3][2]),
    ("", "Người Không Có", "1950-01-01"),
)
"""Number, name and date of birth on five cards."""


def key_id(member: str) -> str:
    return f"{member}#1"


DIRECTORY = Directory(
    instance="VN",
    version=1,
    issued=CLOCK.now(),
    expires=CLOCK.now() + timedelta(minutes=1),
    members=tuple(
        Member(
            id=subsystem(member).owner,
            name=member,
            address="https://node.example",
            keys=(
                DirectoryKey(
                    id=key_id(member),
                    public=key.public,
                    since=CLOCK.now() - timedelta(days=1),
                    until=CLOCK.now() + timedelta(days=60),
                ),
            ),
            services=((member.rpartition("/")[2], ("population",)),),
        )
        for member, key in KEYS.items()
    ),
)
KNOWN = KeysAt(DIRECTORY, CLOCK.now())


def us(member: str) -> Us:
    return Us(
        member=member,
        key=KEYS[member],
        key_id=key_id(member),
        ours=key_id(member).__eq__,
        openers=lambda told: KEYS[member] if told == key_id(member) else None,
    )


def them(member: str) -> Them:
    return Them(member=member, key=KEYS[member].public, key_id=key_id(member))


def parts_of(connection: Connection, folder: Path) -> Parts:
    return Parts(
        folder=folder,
        connection=connection,
        shelf=Shelf((shipped("registers"),)),
        clock=CLOCK,
        engine=DuckDBEngine,
        rules=shipped("rules"),
    )


def write_cards(file: Path, cards: tuple[tuple[str, str, str], ...] = CARDS) -> Path:
    """The cards under the names of the contract's fields; a phone number that no round needs."""
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(CARD)
        for at, (number, name, born) in enumerate(cards, 1):
            code, phone = f"GD46600000000{at:02}", "0912345678"
            first = (code, code[-10:], number, name, born, "")
            rows.writerow((*first, "24538", "GD", "4", "66001", "2026-01-01", "2026-10-01", phone))
    return file


@dataclass(frozen=True, slots=True)
class Agencies:
    """The two nodes, with files carried between them."""

    pop: Parts
    bh: Parts
    journal: PostgresJournal
    folder: Path

    @classmethod
    def ready(cls, stores: tuple[Store, Store], folder: Path) -> Agencies:
        """The population is delivered to the one, five cards to the other."""
        made = cls.opened(stores, folder)
        people = write_population(folder / "population.csv")
        deliver(made.pop, Request(register="population", file=people, officer="can-bo"))
        made.deliver_cards(CARDS)
        return made

    @classmethod
    def opened(cls, stores: tuple[Store, Store], folder: Path) -> Agencies:
        """Two nodes as they stand."""
        first, second = (store.connect() for store in stores)
        pop, bh = parts_of(first, folder / "pop"), parts_of(second, folder / "bh")
        return cls(pop, bh, PostgresJournal(stores[0]), folder)

    def close(self) -> None:
        self.journal.close()
        for parts in (self.pop, self.bh):
            parts.connection.close()

    def deliver_cards(self, cards: tuple[tuple[str, str, str], ...]) -> None:
        file = write_cards(self.folder / f"cards-{hash(cards)}.csv", cards)
        deliver(self.bh, Request(register="health-insurance", file=file, officer="can-bo"))

    def open(self, choice: Choice = Choice.ALL) -> int:
        wish = Wish(
            register="health-insurance",
            choice=choice,
            service=f"{POP}/population",
            fields=("ho_ten", "so_dinh_danh"),
            officer="VN000000000007",
            issue="1.012789/H29-1",
        )
        return open_round(self.bh, wish, us=us(BH), them=them(POP), by="can-bo")

    def carried(self, number: int) -> Path:
        """The package of a round, as a file."""
        file = self.folder / f"question-{number}.package"
        send_on_a_medium(self.bh, number, file)
        return file

    def taking(self, *grants: Grant) -> Taking:
        return Taking(
            rounds=TakenRounds(self.pop.connection, CLOCK),
            folder=self.pop.folder,
            member=POP,
            ours=key_id(POP).__eq__,
            keys=KNOWN,
            policies=PolicyBook(grants),
            journal=self.journal,
            registers={"population": self.pop.shelf.register("population")},
        )

    def take(self, file: Path, *grants: Grant) -> Taken:
        head = head_of_file(file)
        chunks = chunks_of_file(file, kept_package(head))
        return came_on_a_medium(head, chunks, by=self.taking(*grants))

    def answer(self, taken: Taken) -> Path:
        """Answer it; the answer as a file."""
        answer_rounds(self.pop, us(POP), them, tell=lambda *_: None)
        chunks = answer_to(self.pop.folder, taken.package)
        head = chunks.head()
        assert head is not None
        package = kept_package(head)
        file = self.folder / f"answer-{taken.round}.package"
        write_file(package, chunks.all(package), file)
        return file

    def receive(self, file: Path) -> Landed:
        one, package = take_from_medium(self.bh, file, us=us(BH), keys=KNOWN)
        return land(self.bh, one, package, us=us(BH), by="can-bo")

    def whole_round(self, choice: Choice = Choice.ALL) -> Landed:
        taken = self.take(self.carried(self.open(choice)), GRANT)
        assert taken.state is Stand.WHOLE
        return self.receive(self.answer(taken))

    def rounds(self) -> Rounds:
        return Rounds(self.bh.connection, CLOCK)

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """Rows of the node that asks."""
        return self.bh.connection.execute(select).fetchall()
