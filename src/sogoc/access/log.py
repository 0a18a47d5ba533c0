"""The journal as a public log: checkpoints signed, tiles served, proofs given.

The log's keeper never signs a checkpoint that does not grow out of the one before: each time, the
root of the earlier tree is computed again from the edge of the tiles and held against what was
signed. What lies further back only an auditor reads, who builds the whole tree (`audit`). One
keeper at a time: the lock is the transaction's.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sogoc.access.entry import SALT_BYTES, commitment_of
from sogoc.access.postgres_journal import SQL, entry_with_proof
from sogoc.errors import BrokenLog, Sentence
from sogoc.trust.note import Checkpoint, NoteKey, read_checkpoint, read_note, sign
from sogoc.trust.proof import Proof
from sogoc.trust.tiles import HEIGHT, WIDTH, Tile, TiledHashes, bundle
from sogoc.trust.tree import (
    EMPTY,
    HASH_BYTES,
    GrowingTree,
    consistency_path,
    inclusion_path,
    leaf_hash,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sogoc.database.store import Connection
    from sogoc.trust.keys import SigningKey
    from sogoc.trust.note import Signature

_LOCK = "select pg_advisory_xact_lock(hashtextextended('sogoc.journal.checkpoint', 0))"
_BATCH = 256 * WIDTH


def check_proof(proof: Proof) -> Checkpoint:
    """The checkpoint under which the entry stands; BrokenLog if it does not.

    Whether the checkpoint is to be believed its signatures say (`sogoc.trust.note.believed`).
    """
    if len(proof.salt) != SALT_BYTES:
        raise _rewritten()
    return proof.checked(commitment_of(proof.payload, proof.salt))


class Log:
    """One node's journal as others see it. `origin` is its name: `node.example/journal`."""

    def __init__(self, connection: Connection, origin: str) -> None:
        self._connection = connection
        self.origin = origin

    def checkpoint(self) -> str:
        """The latest checkpoint with what witnesses signed. Raises BrokenLog before the first."""
        row = self._row("last_checkpoint")
        if row is None:
            raise _nothing_yet()
        return self._cosigned(row[0], row[2])

    def witnessed(self) -> str:
        """The latest checkpoint that a witness signed. Raises BrokenLog before the first."""
        row = self._row("witnessed")
        if row is None:
            raise _nothing_yet()
        return self._cosigned(row[0], row[1])

    def latest(self) -> tuple[Checkpoint, str]:
        """The latest checkpoint and its note as the log alone signed it, by its key of now."""
        return self._latest(2)

    def first_signed(self) -> tuple[Checkpoint, str]:
        """The latest checkpoint and its note as it was first signed, whatever key came after."""
        return self._latest(3)

    def _latest(self, column: int) -> tuple[Checkpoint, str]:
        row = self._row("last_checkpoint")
        if row is None:
            raise _nothing_yet()
        return Checkpoint(self.origin, int(row[0]), bytes(row[1])), str(row[column])

    def keep_cosignature(self, size: int, line: Signature, *, now: datetime) -> None:
        """Keep what a witness signed under the checkpoint of `size`."""
        values = {"size": size, "witness": line.name, "line": str(line), "moment": now}
        self._connection.execute(SQL["keep_cosignature"], values)

    def keep_stamp(self, size: int, token: bytes, *, now: datetime) -> None:
        """Keep a time stamp on the checkpoint of `size`."""
        self._connection.execute(SQL["keep_stamp"], {"size": size, "token": token, "moment": now})

    def stamped(self) -> tuple[str, bytes, datetime] | None:
        """The latest note that others stamped, the stamp, and when; None if there is none."""
        row = self._row("latest_stamp")
        return (str(row[0]), bytes(row[1]), row[2]) if row else None

    def sign_checkpoint(self, key: SigningKey, *, now: datetime) -> str:
        """Take in what was journalled since, and sign. Raises BrokenLog if history was altered."""
        with self._connection.transaction():
            self._connection.execute(_LOCK)
            last = self._row("last_checkpoint")
            size = self._count("size")
            if last is not None and last[0] == size:
                return self._signed_by(key, size, str(last[2]))
            old, root = (last[0], bytes(last[1])) if last is not None else (0, EMPTY)
            tree = GrowingTree.over(TiledHashes(old, self._content), old)
            if tree.root() != root:
                raise _rewritten()
            self._grow(tree, size)
            told = Checkpoint(self.origin, size, tree.root())
            note = str(sign(str(told), self.origin, key))
            values = {"size": size, "root": told.root, "note": note, "signed_at": now}
            self._connection.execute(SQL["keep_checkpoint"], values)
            return note

    def _signed_by(self, key: SigningKey, size: int, note: str) -> str:
        """The note under this key: of a journal in which nothing was written since it changed too.

        The text stays, and with it what witnesses signed under it.
        """
        own, read = NoteKey(self.origin, key.public), read_note(note)
        if any((each.name, each.key_id) == (own.name, own.id) for each in read.signatures):
            return note
        again = str(sign(read.text, self.origin, key))
        self._connection.execute(SQL["sign_again"], {"size": size, "note": again})
        return again

    def tile(self, tile: Tile) -> bytes:
        """The bytes of one tile as they are served. Raises BrokenLog if it is not there."""
        content = self._content(tile)
        if len(content) < tile.width * HASH_BYTES:
            raise _nothing_yet()
        return content

    def entries(self, index: int, width: int = WIDTH) -> bytes:
        """The bundle of public marks of tile `index`. Raises BrokenLog if it is not there."""
        marks = list(self._marks(index * WIDTH, index * WIDTH + width))
        if len(marks) < width or self._signed_size() < index * WIDTH + width:
            raise _nothing_yet()
        return bundle(marks)

    def proof(self, number: int) -> Proof:
        """What proves one entry: under the latest that witnesses signed, if it stands there."""
        payload, salt, _ = entry_with_proof(self._connection, number)
        note = self._note_over(number)
        size = read_checkpoint(read_note(note).text).size
        path = inclusion_path(TiledHashes(size, self._content), number, size)
        return Proof(payload=payload, salt=salt, number=number, checkpoint=note, path=tuple(path))

    def _note_over(self, number: int) -> str:
        row = self._row("witnessed")
        seen = row is not None and row[0] > number
        return self.witnessed() if seen else self.checkpoint()

    def _cosigned(self, size: int, note: str) -> str:
        found = self._connection.execute(SQL["cosigned"], {"size": size}).fetchall()
        return note + "".join(str(line) for (line,) in found)

    def growth(self, old: int, size: int) -> list[bytes]:
        """What proves that the log of `old` entries is the start of that of `size`."""
        return consistency_path(TiledHashes(size, self._content), old, size)

    def _grow(self, tree: GrowingTree, size: int) -> None:
        for start in range(tree.size, size, _BATCH):
            stop = min(start + _BATCH, size)
            new = defaultdict[int, list[bytes]](list)
            for mark in self._marks(start, stop):
                for level, told in _of_tiles(tree.append(leaf_hash(mark))):
                    new[level].append(told)
            if tree.size != stop:
                raise _rewritten()
            for level, hashes in new.items():
                self._fill(level, start >> (HEIGHT * level), hashes)

    def _fill(self, level: int, first: int, hashes: list[bytes]) -> None:
        """Put hashes into the tiles of a level, the first of them at place `first`."""
        place, begun = divmod(first, WIDTH)
        content = self._content(Tile(level, place, begun)) if begun else b""
        content += b"".join(hashes)
        for at in range(0, len(content), WIDTH * HASH_BYTES):
            values = {
                "height": level,
                "place": place + at // (WIDTH * HASH_BYTES),
                "content": content[at : at + WIDTH * HASH_BYTES],
            }
            if self._connection.execute(SQL["fill_tile"], values).rowcount != 1:
                raise _rewritten()

    def _content(self, tile: Tile) -> bytes:
        row = self._row("tile", height=tile.level, place=tile.index)
        return bytes(row[0])[: tile.width * HASH_BYTES] if row else b""

    def _marks(self, start: int, stop: int) -> Iterator[bytes]:
        values = {"start": start, "stop": stop}
        for (mark,) in self._connection.execute(SQL["commitments"], values):
            yield bytes(mark)

    def _signed_size(self) -> int:
        row = self._row("last_checkpoint")
        return int(row[0]) if row else 0

    def _count(self, name: str) -> int:
        row = self._row(name)
        return int(row[0]) if row else 0

    def _row(self, name: str, **values: object) -> tuple[Any, ...] | None:
        return self._connection.execute(SQL[name], values).fetchone()


def _of_tiles(whole: list[tuple[int, int, bytes]]) -> list[tuple[int, bytes]]:
    """Of what became whole, the hashes that stand in tiles, with the tiles' level."""
    return [(level // HEIGHT, told) for level, _, told in whole if level % HEIGHT == 0]


def _nothing_yet() -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi="Nhật ký chưa có phần này; hãy hỏi theo mốc đã ký gần nhất.",
            en="The log has no such part yet; ask by its latest signed checkpoint.",
        )
    )


def _rewritten() -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi="Nhật ký không nối tiếp mốc đã ký: lịch sử đã bị thay đổi; không ký mốc mới. "
            "Giữ nguyên máy và báo ngay cho người phụ trách an toàn.",
            en="The journal does not grow out of its signed checkpoint: history was altered, and "
            "nothing new is signed. Leave the machine as it is and tell the security officer.",
        )
    )
