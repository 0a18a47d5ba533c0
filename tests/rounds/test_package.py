"""A package is believed whole or refused with a sentence, whatever was done to it on its way."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rounds.nodes import BANK, BH, CLOCK, KEYS, KNOWN, POP, key_id

from sogoc.errors import PackageRefused
from sogoc.rounds.chunks import Chunks, chunks_of_file, head_of_file, write_file
from sogoc.rounds.package import (
    ANSWER,
    CHUNK,
    MAGIC,
    QUESTION,
    About,
    Head,
    Manifest,
    Package,
    believe,
    kept_package,
    opened,
    pack,
    read_head,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ABOUT = About(
    package=str(UUID(int=7)),
    kind=QUESTION,
    round=3,
    sender=BH,
    sender_key=key_id(BH),
    receiver=POP,
    receiver_key=key_id(POP),
    made=CLOCK.now().isoformat(),
    register="population",
    officer="VN000000000007",
    issue="1.012789/H29-1",
    fields=("so_dinh_danh",),
    once=False,
    answers="",
    rows=1,
)
LARGE = bytes(range(256)) * 4096 * 2 + b"and a rest"


def packed(folder: Path, payload: bytes = b"made up", about: About = ABOUT) -> Package:
    (folder / "payload").write_bytes(payload)
    chunks = Chunks(folder / "chunks")
    signer = KEYS[about.sender]
    made = pack(
        folder / "payload", about, receiver=KEYS[POP].public, signer=signer, keep=chunks.keep
    )
    chunks.begin(made.head)
    return made


def believed(head: Head, **other: object) -> Package:
    given: dict[str, object] = {
        "receiver": POP,
        "ours": key_id(POP).__eq__,
        "kind": QUESTION,
        "now": CLOCK.now(),
    }
    return believe(head, KNOWN, **{**given, **other})  # type: ignore[arg-type]  # names of a test


def carried(folder: Path, payload: bytes = LARGE) -> bytes:
    """The package as one file."""
    made = packed(folder, payload)
    write_file(made, Chunks(folder / "chunks").all(made), folder / "file")
    return (folder / "file").read_bytes()


def taken(content: bytes, folder: Path) -> bytes:
    """What a receiver makes of a file."""
    file = folder / "came"
    file.write_bytes(content)
    package = believed(head_of_file(file))
    opened(package, chunks_of_file(file, package), lambda _: KEYS[POP], payload=folder / "out")
    return (folder / "out").read_bytes()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, len(LARGE)])
def test_what_was_packed_is_what_the_receiver_opens(tmp_path: Path, size: int) -> None:
    payload = LARGE[:size]
    assert taken(carried(tmp_path, payload), tmp_path) == payload
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_the_file_is_what_the_documents_say_to_the_byte(tmp_path: Path) -> None:
    content = carried(tmp_path)
    length = int.from_bytes(content[16:20], "big")
    head = json.loads(content[20 : 20 + length])
    assert content.startswith(b"sogoc-package/1\n")
    signature = content[20 + length : 84 + length]
    assert KEYS[BH].public.holds(content[:16] + content[20 : 20 + length], signature)
    assert head["bytes"] == len(LARGE)
    assert len(head["chunks"]) == 3
    assert len(content) == 84 + length + len(LARGE) + 3 * 16


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_that_was_altered_cut_or_lengthened_is_refused(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        content = carried(folder, b"made up")
        at = data.draw(st.integers(0, len(content) - 1))
        flipped = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))])
        for wrong in (flipped + content[at + 1 :], content[:at], content + b"x"):
            with pytest.raises(PackageRefused):
                taken(wrong, folder)


def test_chunks_that_were_swapped_repeated_or_left_out_are_refused(tmp_path: Path) -> None:
    content = carried(tmp_path)
    end = len(content) - len(LARGE) - 3 * 16
    head, step = content[:end], CHUNK + 16
    one, two, rest = (
        content[end : end + step],
        content[end + step : end + 2 * step],
        content[end + 2 * step :],
    )
    for chunks in (two + one + rest, one + one + rest, one + rest, rest + one + two):
        with pytest.raises(PackageRefused):
            taken(head + chunks, tmp_path)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_package_are_refused(content: bytes) -> None:
    for tried in (content, MAGIC + content, MAGIC + b"\0\0\0\x02{}" + content):
        with pytest.raises(PackageRefused):
            believed(read_head(tried)[0])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(ABOUT.__slots__)), value=_JSON)
def test_a_head_signed_over_nonsense_is_refused_and_breaks_nothing(
    name: str, value: object
) -> None:
    """The sender is a member, and may still send anything."""
    with TemporaryDirectory() as folder:
        told = json.loads(packed(Path(folder)).head.content)
    if told[name] == value and type(told[name]) is type(value):
        return
    content = json.dumps({**told, name: value}).encode()
    head = Head(content, KEYS[BH].sign(MAGIC + content))
    try:
        package = believed(head)
    except PackageRefused:
        return
    assert type(value) is type(told[name])
    assert package.manifest.sender == BH


_ODD: st.SearchStrategy[object] = st.sampled_from(
    [
        *("", "0", "\0", "\ud800", "é" * 9, "9" * 400, "../../x", "{}", "0x1", "-1", "NaN"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-21", "24:00"),
        *("{00000000-0000-0000-0000-000000000007}", "urn:uuid:" + "0" * 32, "0x" + "_1" * 15),
        *("VN/GOV/03", "VN/GOV/03/BHXH/x", f"{BH} ", "=" * 4, "AAAA", "A" * 108),
        *(0, -1, 1, 2**63, 10**300, True, None, 1.5, [], [""], ["a"] * 3, ["\0"], {}, [[]]),
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.dictionaries(st.sampled_from(sorted(Manifest.__slots__)), _ODD | _JSON, min_size=1),
    tail=st.binary(max_size=40),
)
def test_whatever_a_member_signs_and_appends_opens_or_is_refused_and_nothing_else(
    changes: dict[str, object], tail: bytes
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        told = json.loads(_MADE.head.content) | changes
        content = json.dumps(told).encode()
        head = Head(content, KEYS[BH].sign(MAGIC + content))
        with suppress(PackageRefused):
            kept_package(head)
        with suppress(PackageRefused):
            assert taken(head.bytes + tail, folder) == b""
        assert not list(folder.glob("*.part"))


def _made() -> Package:
    with TemporaryDirectory() as folder:
        return packed(Path(folder), b"")


_MADE = _made()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("made", "0001-01-01T00:00:00+23:59"),
        ("package", "{00000000-0000-0000-0000-000000000007}"),
        ("package", "00000000000000000000000000000007"),
        ("officer", "VN\ud800"),
        ("fields", ["so_dinh_danh\0"]),
    ],
)
def test_a_time_an_id_or_a_text_that_would_break_something_later_is_refused(
    name: str, value: object
) -> None:
    content = json.dumps(json.loads(_MADE.head.content) | {name: value}).encode()
    with pytest.raises(PackageRefused, match="not in its form"):
        believed(Head(content, KEYS[BH].sign(MAGIC + content)))


def test_a_medium_that_is_pulled_out_is_a_refusal(tmp_path: Path) -> None:
    made = packed(tmp_path)
    for file in (tmp_path / "nothing", tmp_path):
        with pytest.raises(PackageRefused):
            head_of_file(file)
        with pytest.raises(PackageRefused):
            list(chunks_of_file(file, made))


def test_of_a_package_that_breaks_off_nothing_readable_stays(tmp_path: Path) -> None:
    made = packed(tmp_path, LARGE)
    several = list(Chunks(tmp_path / "chunks").all(made))
    broken = [several[0], several[1][:-1] + bytes([several[1][-1] ^ 1]), several[2]]
    for chunks in (broken, several[:2], several[:1] + several[2:]):
        with pytest.raises(PackageRefused):
            opened(made, iter(chunks), lambda _: KEYS[POP], payload=tmp_path / "out")
        assert sorted(each.name for each in tmp_path.iterdir()) == ["chunks", "payload"]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"receiver": BANK}, "for another agency"),
        ({"ours": f"{POP}#2".__eq__}, "older key"),
        ({"kind": ANSWER}, "kind question"),
        ({"now": CLOCK.now() + timedelta(days=31)}, "too long ago"),
        ({"now": CLOCK.now() - timedelta(minutes=5)}, "after this node's time"),
    ],
)
def test_a_package_for_others_or_out_of_time_is_refused(
    tmp_path: Path, other: dict[str, object], says: str
) -> None:
    head = packed(tmp_path).head
    with pytest.raises(PackageRefused, match=says):
        believed(head, **other)


@pytest.mark.parametrize(
    "forged",
    [
        lambda about: replace(about, sender=BANK),
        lambda about: replace(about, sender_key=key_id(BANK)),
        lambda about: replace(about, sender="VN/GOV/77/NOBODY"),
    ],
    ids=["in another's name", "with another's key", "by nobody"],
)
def test_a_package_is_believed_only_by_the_key_of_its_sender(
    tmp_path: Path, forged: Callable[[About], About]
) -> None:
    made = packed(tmp_path)
    told = json.loads(made.head.content)
    about = forged(ABOUT)
    told |= {"sender": about.sender, "sender_key": about.sender_key}
    content = json.dumps(told).encode()
    with pytest.raises(PackageRefused, match="not signed"):
        believed(Head(content, KEYS[BH].sign(MAGIC + content)))


def test_only_the_receiver_opens_what_the_sender_itself_cannot(tmp_path: Path) -> None:
    made = packed(tmp_path)
    chunks = Chunks(tmp_path / "chunks")
    for other in (BH, BANK):
        with pytest.raises(PackageRefused, match="cannot be opened"):
            opened(
                made,
                chunks.all(made),
                {made.manifest.receiver_key: KEYS[other]}.get,
                payload=tmp_path / "out",
            )
    assert not (tmp_path / "out").exists()


def test_chunks_come_in_any_order_and_what_is_missing_is_known(tmp_path: Path) -> None:
    made = packed(tmp_path, LARGE)
    came, here = Chunks(tmp_path / "chunks"), Chunks(tmp_path / "here")
    here.begin(made.head)
    for number, left in ((2, [0, 1]), (0, [1]), (0, [1]), (1, [])):
        here.keep(number, came.read(number))
        assert here.missing(made) == left
    head = here.head()
    assert head is not None
    assert kept_package(head) == made
