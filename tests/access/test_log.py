"""The journal as a public log: strangers verify it, and whoever rewrites history is caught."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.access.conftest import NOON, asked

from sogoc.access.audit import audit
from sogoc.access.keeping.acts import Acting
from sogoc.access.keeping.retention import erase_one
from sogoc.access.log import Log, check_proof
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.errors import BadSeal, BrokenLog
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey, believed, cosign, note_key, read_note
from sogoc.trust.tiles import tile_at

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from sogoc.database.store import Store

ORIGIN = "land.example/journal"
KEY, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
KNOWN = NoteKey(ORIGIN, KEY.public)
NEXT = SigningKey(bytes(range(64, 96)))


@pytest.fixture
def log(connection: psycopg.Connection) -> Log:
    """The log of a fresh node."""
    return Log(connection, ORIGIN)


def public(log: Log) -> Callable[[str], bytes]:
    """What the world can fetch, and nothing else."""

    def fetch(path: str) -> bytes:
        if path == "checkpoint":
            return log.checkpoint().encode()
        tile = tile_at(path)
        assert tile is not None, path
        return log.entries(tile.index, tile.width) if tile.level < 0 else log.tile(tile)

    return fetch


@pytest.mark.parametrize("sizes", [(1,), (255, 256, 257), (3, 700), (66_000,)])
def test_a_stranger_verifies_the_journal_with_public_data_alone(
    kept: PostgresJournal, log: Log, sizes: tuple[int, ...]
) -> None:
    notes, total = list[str](), 0
    for size in sizes:
        kept.append([asked(number) for number in range(total, size)])
        total = size
        notes.append(log.sign_checkpoint(KEY, now=NOON))
    told = audit(public(log), [note_key(str(KNOWN))], earlier=notes)
    assert (told.checkpoint.size, told.continued) == (sizes[-1], len(sizes))


def test_an_empty_journal_is_signed_and_verified_too(log: Log) -> None:
    note = log.sign_checkpoint(KEY, now=NOON)
    assert audit(public(log), [KNOWN], earlier=[note]).checkpoint.size == 0


def test_after_a_change_of_key_a_quiet_journal_is_signed_again_and_old_notes_hold_for_ever(
    kept: PostgresJournal, log: Log
) -> None:
    following = NoteKey(ORIGIN, NEXT.public)
    kept.append([asked()])
    first = log.sign_checkpoint(KEY, now=NOON)
    by = cosign(read_note(first), "hub.example/witness", OTHER, seconds=1)
    log.keep_cosignature(1, by.signatures[-1], now=NOON)
    log.keep_stamp(1, b"stamp", now=NOON)
    again = log.sign_checkpoint(NEXT, now=NOON)
    assert read_note(again).text == read_note(first).text
    assert believed(read_note(again), [KNOWN, following]) == (following,)
    assert log.checkpoint().startswith(again)
    # What witnesses signed under the text holds on; the time stamp is on the note as it was.
    assert log.witnessed() == again + str(by.signatures[-1])
    assert log.stamped() == (first, b"stamp", NOON)
    assert log.first_signed() == (log.latest()[0], first)
    assert log.sign_checkpoint(NEXT, now=NOON) == again

    kept.append([asked()])
    last = log.sign_checkpoint(NEXT, now=NOON)
    told = audit(public(log), [following], earlier=[first, again, last], former=[KNOWN])
    assert (told.checkpoint.size, told.continued) == (2, 2)
    with pytest.raises(BadSeal):
        audit(public(log), [KNOWN])
    with pytest.raises(BadSeal):
        audit(public(log), [following], earlier=[first])


def test_a_checkpoint_is_signed_once_where_nothing_happened(
    kept: PostgresJournal, log: Log
) -> None:
    kept.append([asked()])
    assert log.sign_checkpoint(KEY, now=NOON) == log.sign_checkpoint(KEY, now=NOON)


ALTERED = {
    "an entry changed": "update node.journal_entry set commitment = sha256('x') where number = 5",
    "an entry left out": "delete from node.journal_entry where number = 299",
    "two entries moved": (
        "update node.journal_entry as a set commitment = b.commitment from node.journal_entry as b"
        " where (a.number = 7 and b.number = 8) or (a.number = 8 and b.number = 7)"
    ),
    "a tile changed": (
        "update node.journal_tile set content = set_byte(content, 39, 255 - get_byte(content, 39))"
        " where level = 0 and place = 0"
    ),
}


@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
def test_an_operator_who_rewrites_history_is_caught(
    kept: PostgresJournal, log: Log, connection: psycopg.Connection, change: str
) -> None:
    kept.append([asked(number) for number in range(300)])
    log.sign_checkpoint(KEY, now=NOON)
    connection.execute(change.encode())
    with pytest.raises(BrokenLog):
        audit(public(log), [KNOWN])


def test_a_rewritten_journal_is_never_signed_again(
    kept: PostgresJournal, log: Log, connection: psycopg.Connection
) -> None:
    kept.append([asked(number) for number in range(300)])
    log.sign_checkpoint(KEY, now=NOON)
    connection.execute(ALTERED["a tile changed"].replace("place = 0", "place = 1").encode())
    kept.append([asked(300)])
    with pytest.raises(BrokenLog, match="security officer"):
        log.sign_checkpoint(KEY, now=NOON)


def test_an_operator_who_rebuilds_the_whole_log_is_caught_by_a_kept_checkpoint(
    kept: PostgresJournal, log: Log, connection: psycopg.Connection
) -> None:
    kept.append([asked(number) for number in range(300)])
    before = log.sign_checkpoint(KEY, now=NOON)
    connection.execute("delete from node.journal_tile")
    connection.execute("delete from node.journal_checkpoint")
    connection.execute(ALTERED["an entry changed"].encode())
    kept.append([asked(300)])
    log.sign_checkpoint(KEY, now=NOON)
    assert audit(public(log), [KNOWN]).checkpoint.size == 301
    with pytest.raises(BrokenLog):
        audit(public(log), [KNOWN], earlier=[before])


def test_a_log_cut_shorter_than_a_kept_checkpoint_is_caught(
    kept: PostgresJournal, log: Log, connection: psycopg.Connection
) -> None:
    kept.append([asked(number) for number in range(10)])
    first = log.sign_checkpoint(KEY, now=NOON)
    kept.append([asked(10)])
    second = log.sign_checkpoint(KEY, now=NOON)
    connection.execute("delete from node.journal_checkpoint where size = 11")
    assert audit(public(log), [KNOWN], earlier=[first]).checkpoint.size == 10
    with pytest.raises(BrokenLog):
        audit(public(log), [KNOWN], earlier=[second])


def test_a_log_under_another_name_or_key_is_not_this_one(kept: PostgresJournal, log: Log) -> None:
    kept.append([asked()])
    log.sign_checkpoint(OTHER, now=NOON)
    with pytest.raises(BadSeal):
        audit(public(log), [KNOWN])
    with pytest.raises(BadSeal):
        audit(public(log), [NoteKey("land.example/other", OTHER.public)])


@pytest.mark.parametrize("number", [0, 255, 256, 299])
def test_a_person_proves_an_entry_without_us(kept: PostgresJournal, log: Log, number: int) -> None:
    kept.append([asked(each) for each in range(300)])
    log.sign_checkpoint(KEY, now=NOON)
    proof = log.proof(number)
    assert check_proof(proof).size == 300
    assert believed(read_note(proof.checkpoint), [KNOWN])


def test_a_proof_of_a_changed_entry_does_not_hold(kept: PostgresJournal, log: Log) -> None:
    from dataclasses import replace  # noqa: PLC0415 - this test alone

    kept.append([asked(each) for each in range(300)])
    log.sign_checkpoint(KEY, now=NOON)
    proof = log.proof(7)
    changes = (
        {"payload": proof.payload.replace(b"LAND", b"BANK")},
        {"salt": bytes(32)},
        {"salt": bytes(31)},
        {"number": 8},
        {"path": proof.path[:-1]},
    )
    for change in changes:
        with pytest.raises(BrokenLog):
            check_proof(replace(proof, **change))


def test_lawful_erasure_leaves_the_log_whole(
    kept: PostgresJournal, log: Log, connection: psycopg.Connection
) -> None:
    kept.append([asked(number) for number in range(300)])
    before = log.sign_checkpoint(KEY, now=NOON)
    acting = Acting(officer="steward", now=NOON)
    for number in range(100):
        erase_one(connection, number, acting, order="Quyết định ví dụ")
    kept.append([asked(300)])
    log.sign_checkpoint(KEY, now=NOON)
    assert audit(public(log), [KNOWN], earlier=[before]).continued == 1
    with pytest.raises(BrokenLog):
        log.proof(5)
    assert check_proof(log.proof(200)).size == 401  # each erasing is an entry too


def test_the_public_part_holds_no_number_of_anybody(kept: PostgresJournal, log: Log) -> None:
    kept.append([asked(number) for number in range(3)])
    log.sign_checkpoint(KEY, now=NOON)
    fetch = public(log)
    shown = fetch("checkpoint") + fetch("tile/entries/000.p/3") + fetch("tile/0/000.p/3")
    assert b"001190000001" not in shown
    assert b"VN000000000007" not in shown


@pytest.mark.parametrize("path", ["tile/0/001.p/1", "tile/entries/000.p/4", "tile/1/000.p/1"])
def test_what_the_log_does_not_hold_is_not_served(
    kept: PostgresJournal, log: Log, path: str
) -> None:
    kept.append([asked(number) for number in range(3)])
    log.sign_checkpoint(KEY, now=NOON)
    with pytest.raises(BrokenLog):
        public(log)(path)


def test_before_the_first_checkpoint_there_is_nothing_to_verify(log: Log) -> None:
    with pytest.raises(BrokenLog):
        audit(public(log), [KNOWN])


_WRITER = """
import sys
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.database.store import Store
from tests.access.conftest import asked
journal = PostgresJournal(Store(sys.stdin.readline().strip()))
while True:
    for number in journal.append([asked(), asked(), asked()]):
        print(number, flush=True)
"""


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_acknowledged(
    database: Store, log: Log, connection: psycopg.Connection
) -> None:
    acknowledged = set[int]()
    for lines in (1, 20, 77):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            writer.stdin.write(f"{database.address}\n")
            writer.stdin.flush()
            seen = [writer.stdout.readline() for _ in range(lines)]
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().splitlines(keepends=True)
        whole = [line for line in (*seen, *rest) if line.endswith("\n")]
        numbers = [int(line) for line in whole]
        assert not acknowledged.intersection(numbers)
        acknowledged.update(numbers)
    there = connection.execute("select number from node.journal_entry order by number").fetchall()
    assert [number for (number,) in there] == list(range(len(there)))
    assert acknowledged <= {number for (number,) in there}
    log.sign_checkpoint(KEY, now=NOON)
    assert audit(public(log), [KNOWN]).checkpoint.size == len(there)
