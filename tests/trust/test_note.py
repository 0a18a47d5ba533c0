"""Signed notes and checkpoints: the published example, witnesses, forgeries."""

from __future__ import annotations

import pytest

from sogoc.errors import BadSeal, BrokenLog
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import (
    COSIGNATURE,
    Checkpoint,
    NoteKey,
    believed,
    cosign,
    note_key,
    read_checkpoint,
    read_note,
    sign,
)

KEY = SigningKey(bytes(range(0x20, 0x40)))
WITNESS = SigningKey(bytes(32))
SIGNED = (
    "dANAjxrWzJUBZHOx2/tJ3jMcjKqUOXNeL+WPPLygOiwGN+vMdby1wMazrxc3UPJbEAmdhi4qG3BrqA0TPNN4nC3G5g4="
)
PUBLISHED = f"""log.example/access
5
GEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=

— log.example/access {SIGNED}
"""
PUBLISHED_KEY = "log.example/access+7403408f+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"


def test_the_published_checkpoint_is_made_to_the_byte() -> None:
    root = bytes.fromhex("18463bbeb87b4fa9dd135029f0b6ec0ae77189c67bffc30c0046974f59f2276e")
    note = sign(str(Checkpoint("log.example/access", 5, root)), "log.example/access", KEY)
    assert str(note) == PUBLISHED


def test_the_published_checkpoint_is_believed_with_the_published_key() -> None:
    note = read_note(PUBLISHED)
    assert believed(note, [note_key(PUBLISHED_KEY)])
    assert read_checkpoint(note.text).size == 5
    assert str(note_key(PUBLISHED_KEY)) == PUBLISHED_KEY


def test_one_letter_changed_spoils_the_note() -> None:
    with pytest.raises(BadSeal):
        believed(read_note(PUBLISHED.replace("\n5\n", "\n6\n")), [note_key(PUBLISHED_KEY)])


def test_a_note_that_no_known_key_signed_is_not_believed() -> None:
    with pytest.raises(BadSeal):
        believed(read_note(PUBLISHED), [NoteKey("other.example/log", WITNESS.public)])


def test_a_witness_signs_the_time_at_which_it_looked() -> None:
    seen = cosign(read_note(PUBLISHED), "witness.example", WITNESS, seconds=1_767_225_600)
    witness = NoteKey("witness.example", WITNESS.public, COSIGNATURE)
    assert believed(read_note(str(seen)), [note_key(PUBLISHED_KEY), witness])[1] == witness
    assert note_key(str(witness)) == witness


def test_a_witness_key_does_not_pass_for_the_log_s_own_signature() -> None:
    note = sign("log.example/access\n0\n\n".replace("\n\n", "\n"), "witness.example", WITNESS)
    with pytest.raises(BadSeal):
        believed(note, [NoteKey("witness.example", WITNESS.public, COSIGNATURE)])


def test_a_known_key_that_fails_spoils_the_note_even_beside_one_that_holds() -> None:
    witness = NoteKey("witness.example", WITNESS.public, COSIGNATURE)
    seen = cosign(read_note(PUBLISHED), "witness.example", WITNESS, seconds=1)
    forged = str(seen)[:-4] + "AA=\n"
    with pytest.raises(BadSeal):
        believed(read_note(forged), [note_key(PUBLISHED_KEY), witness])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n— name not-base64\n",
        "text\n\n— name AAAA\n",
        "text\r\n\n— name AAAAAAA=\n",
        "text\n\n— name AAAAAAA=",
        "text\n\n" + "— name AAAAAAA=\n" * 101,
    ],
)
def test_what_is_no_signed_note_is_refused(content: str) -> None:
    with pytest.raises(BadSeal):
        read_note(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n5\n",
        "log\n05\nGEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=\n",
        "log\n-1\nGEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=\n",
        "log\n٥\nGEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=\n",
        "log\n5\nGEY7\n",
        "log\n5\nGEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=",
        "\n5\nGEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text: str) -> None:
    with pytest.raises(BrokenLog):
        read_checkpoint(text)


def test_a_checkpoint_may_say_more() -> None:
    root = bytes(32)
    told = Checkpoint("log.example/access", 7, root, ("kept until 2036",))
    assert read_checkpoint(str(told)) == told


@pytest.mark.parametrize("text", ["one line", "two\n\nparts\n"])
def test_a_text_that_a_reader_could_misread_is_not_signed(text: str) -> None:
    with pytest.raises(BadSeal):
        sign(text, "log.example/access", KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AAAA",
        "a b+7403408f+AQ==",
        PUBLISHED_KEY.replace("8f", "8e"),
    ],
)
def test_a_verifier_key_whose_parts_do_not_fit_is_refused(text: str) -> None:
    with pytest.raises(BadSeal):
        note_key(text)
