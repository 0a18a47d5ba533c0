"""Signed notes and checkpoints: examples of others and ours, witnesses, forgeries."""

from __future__ import annotations

import base64

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
EXAMPLE = f"""log.example/access
5
GEY7vrh7T6ndE1Ap8LbsCudxicZ7/8MMAEaXT1nyJ24=

— log.example/access {SIGNED}
"""
EXAMPLE_KEY = "log.example/access+7403408f+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"


# The example of Go's note package (golang.org/x/mod/sumdb/note), whose form C2SP specifies.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_S_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_S_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""  # noqa: E501 - as it is published
# The example of C2SP's tlog-cosignature.
SOFA = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - as it is published


def test_the_note_of_others_is_made_and_believed_to_the_byte() -> None:
    note, key = read_note(PETER_S_NOTE), note_key(PETER)
    assert believed(note, [key]) == (key,)
    assert str(key) == PETER
    seed = base64.b64decode(PETER_S_SEED)
    assert seed[:1] == b"\x01"  # Ed25519, before the 32 bytes
    assert str(sign(note.text, "PeterNeumann", SigningKey(seed[1:]))) == PETER_S_NOTE
    for change in (("answer", "Answer"), ("x08go", "x08gp"), ("problem is.", "problem is")):
        with pytest.raises(BadSeal):
            believed(read_note(PETER_S_NOTE.replace(*change)), [key])
    # Wrong length, and an algorithm that nobody knows; the ids were made to fit.
    for wrong in (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):
        with pytest.raises(BadSeal):
            note_key(wrong)


def test_the_cosigned_checkpoint_of_the_specification_is_read_as_it_says() -> None:
    """Its keys are not published, so that its signatures cannot be checked: only their form."""
    note = read_note(SOFA)
    told = read_checkpoint(note.text)
    assert (told.origin, told.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert str(told) == note.text
    log, witness = note.signatures
    assert (len(log.content), len(witness.content)) == (64, 8 + 64)
    assert int.from_bytes(witness.content[:8], "big") == 1_679_315_147
    assert str(note) == SOFA


def test_the_checkpoint_of_our_reference_is_made_to_the_byte() -> None:
    root = bytes.fromhex("18463bbeb87b4fa9dd135029f0b6ec0ae77189c67bffc30c0046974f59f2276e")
    note = sign(str(Checkpoint("log.example/access", 5, root)), "log.example/access", KEY)
    assert str(note) == EXAMPLE


def test_the_checkpoint_of_our_reference_is_believed_with_its_key() -> None:
    note = read_note(EXAMPLE)
    assert believed(note, [note_key(EXAMPLE_KEY)])
    assert read_checkpoint(note.text).size == 5
    assert str(note_key(EXAMPLE_KEY)) == EXAMPLE_KEY


def test_one_letter_changed_spoils_the_note() -> None:
    with pytest.raises(BadSeal):
        believed(read_note(EXAMPLE.replace("\n5\n", "\n6\n")), [note_key(EXAMPLE_KEY)])


def test_a_note_that_no_known_key_signed_is_not_believed() -> None:
    with pytest.raises(BadSeal):
        believed(read_note(EXAMPLE), [NoteKey("other.example/log", WITNESS.public)])


def test_a_witness_signs_the_time_at_which_it_looked() -> None:
    seen = cosign(read_note(EXAMPLE), "witness.example", WITNESS, seconds=1_767_225_600)
    witness = NoteKey("witness.example", WITNESS.public, COSIGNATURE)
    assert believed(read_note(str(seen)), [note_key(EXAMPLE_KEY), witness])[1] == witness
    assert note_key(str(witness)) == witness


def test_a_witness_key_does_not_pass_for_the_log_s_own_signature() -> None:
    note = sign("log.example/access\n0\n\n".replace("\n\n", "\n"), "witness.example", WITNESS)
    with pytest.raises(BadSeal):
        believed(note, [NoteKey("witness.example", WITNESS.public, COSIGNATURE)])


def test_a_known_key_that_fails_spoils_the_note_even_beside_one_that_holds() -> None:
    witness = NoteKey("witness.example", WITNESS.public, COSIGNATURE)
    seen = cosign(read_note(EXAMPLE), "witness.example", WITNESS, seconds=1)
    forged = str(seen)[:-4] + "AA=\n"
    with pytest.raises(BadSeal):
        believed(read_note(forged), [note_key(EXAMPLE_KEY), witness])


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
        EXAMPLE_KEY.replace("8f", "8e"),
    ],
)
def test_a_verifier_key_whose_parts_do_not_fit_is_refused(text: str) -> None:
    with pytest.raises(BadSeal):
        note_key(text)
