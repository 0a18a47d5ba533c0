"""Our log checked by software that is not ours: sigstore for proofs and notes, other keys."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore.errors import VerificationError
from tests.access.conftest import NOON, asked
from tests.access.test_log import KEY, KNOWN, ORIGIN, OTHER

from sogoc.access.entry import commitment_of
from sogoc.access.log import Log
from sogoc.access.witness.asked import witness_key
from sogoc.trust.note import NoteKey, cosign, read_note
from sogoc.trust.proof import Proof, read_proof, written

if TYPE_CHECKING:
    import psycopg

    from sogoc.access.postgres_journal import PostgresJournal


class Keyring:
    """What sigstore asks of a keyring, over the keys of another library."""

    def __init__(self, key: NoteKey) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(key.public.raw)

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:
        """Verify a signature. Raises VerificationError."""
        del key_id
        try:
            self._key.verify(signature, data)
        except InvalidSignature as wrong:
            raise VerificationError("invalid") from wrong


def verified_by_others(proof: Proof, key: NoteKey) -> int:
    """Verify as sigstore does: the note, the checkpoint in it, the path. Gives the size."""
    told = SignedCheckpoint.from_text(proof.checkpoint)
    told.signed_note.verify(cast(Any, Keyring(key)), cast(Any, key.id))
    inner = SimpleNamespace(
        canonicalized_body=commitment_of(proof.payload, proof.salt),
        inclusion_proof=SimpleNamespace(
            log_index=proof.number,
            tree_size=told.checkpoint.log_size,
            hashes=list(proof.path),
            root_hash=bytes.fromhex(told.checkpoint.log_hash),
        ),
    )
    verify_merkle_inclusion(cast(Any, SimpleNamespace(_inner=inner)))
    return told.checkpoint.log_size


def test_each_entry_is_proved_to_a_verifier_that_is_not_ours(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    log, size = Log(connection, ORIGIN), 0
    for grown in (1, 2, 3, 7, 255, 256, 257, 1000):
        kept.append([asked(number) for number in range(size, grown)])
        size = grown
        log.sign_checkpoint(KEY, now=NOON)
        for number in {0, size // 3, size // 2, size - 1}:
            proof = read_proof(written(log.proof(number)))
            assert verified_by_others(proof, KNOWN) == size


def test_their_verifier_refuses_what_ours_refuses(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    log = Log(connection, ORIGIN)
    kept.append([asked(number) for number in range(300)])
    log.sign_checkpoint(KEY, now=NOON)
    good = log.proof(7)
    told: dict[str, Any] = {
        "payload": good.payload,
        "salt": good.salt,
        "number": good.number,
        "checkpoint": good.checkpoint,
        "path": good.path,
    }
    changes: list[dict[str, Any]] = [
        {"payload": good.payload + b" "},
        {"salt": bytes(32)},
        {"number": 8},
        {"path": good.path[:-1]},
        {"checkpoint": good.checkpoint.replace("\n300\n", "\n301\n")},
    ]
    for change in changes:
        with pytest.raises(VerificationError):
            verified_by_others(Proof(**(told | change)), KNOWN)
    with pytest.raises(VerificationError):
        verified_by_others(good, NoteKey(ORIGIN, OTHER.public))


def test_a_cosignature_is_what_the_specification_says_to_a_library_that_is_not_ours(
    kept: PostgresJournal, connection: psycopg.Connection
) -> None:
    log = Log(connection, ORIGIN)
    kept.append([asked()])
    note = read_note(log.sign_checkpoint(KEY, now=NOON))
    by = witness_key(NoteKey("hub.example/journal", OTHER.public))
    line = cosign(note, by.name, OTHER, seconds=1679315147).signatures[-1]
    assert line.content[:8] == (1679315147).to_bytes(8, "big")
    signed = b"cosignature/v1\ntime 1679315147\n" + note.text.encode()
    Ed25519PublicKey.from_public_bytes(OTHER.public.raw).verify(line.content[8:], signed)
    told = SignedCheckpoint.from_text(str(note.and_signed(line)))
    assert [one.name for one in told.signed_note.signatures] == [ORIGIN, by.name]
    assert base64.b64decode(told.signed_note.signatures[1].signature) == line.content
