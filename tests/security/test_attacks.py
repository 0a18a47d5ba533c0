"""Each attack by its name, over a real socket against a real node: what refuses it."""

from __future__ import annotations

import ast
import base64
import gzip
import hmac
import json
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.security.conftest import PERSON, QUESTION, VERIFY, Attacked

from sogoc.cli.country.cast import BANK, HEALTH, HUB, LAND, OFFICER
from sogoc.cli.country.serving import serve_all
from sogoc.clock import SystemClock
from sogoc.errors import AnswerRefused, BadSeal, DirectoryRefused, KeyRefused, NodeUnreachable
from sogoc.exchange.client import LARGEST_ANSWER, fetched, public_bytes
from sogoc.exchange.directory import read_directory
from sogoc.exchange.joining import JoinRequest, read_request, written
from sogoc.testing.served import free_port, served
from sogoc.trust.keys import SigningKey, public_key
from sogoc.trust.messages import INPUT, SIGNATURE, Answer, content_digest, sign_answer
from sogoc.trust.note import NoteKey, believed, read_note
from sogoc.trust.tokens import signed_token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.acceptance

BODY = json.dumps(QUESTION).encode()
NOT_BELIEVED = "The signature of the message is not accepted."


def refused(node: Attacked, **told: str) -> str:
    """The type of the error that this signed question gets."""
    answer = node.sent(node.signed(node.request(BODY, **told)))
    assert answer.status_code >= 400
    return str(answer.headers["x-road-error"])


# --- paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/journal/../../../../etc/passwd",
        "/journal/..%2f..%2f..%2fetc%2fpasswd",
        "/journal/tile/entries/%2e%2e/%2e%2e/keys/node.key",
        "/journal/tile/0/x000/../000",
        "/journal//etc/passwd",
        "/directory/../keys/node.key",
        "/r1/VN/GOV/01/POP/population/v1/../../../keys",
        "/r1/VN/GOV/01/POP/population/v1/nguoi%2fverify",
        "/r1/VN/GOV/01/POP/population/v1/nguoi/verify%00",
        "/r1/VN/GOV/01/POP/..%5c..%5ckeys/v1",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/../keys/node.key",
    ],
)
def test_a_path_that_climbs_out_finds_nothing(node: Attacked, path: str) -> None:
    said = node.raw(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert said.split(b" ", 2)[1] in {b"400", b"404"}
    assert b"root:" not in said
    assert b"PRIVATE" not in said


# --- smuggling -------------------------------------------------------------------------------


def question(*lines: str, body: str = "") -> bytes:
    head = [f"POST {VERIFY} HTTP/1.1", "host: x", *lines]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


@pytest.mark.parametrize(
    "content",
    [
        question("content-length: 4", "transfer-encoding: chunked", body="0\r\n\r\nGET / HTTP/1.1"),
        question("content-length: 3", "content-length: 4", body="abcd"),
        question("content-length: +3", body="abc"),
        question("content-length: 0x3", body="abc"),
        question("transfer-encoding: xchunked", body="0\r\n\r\n"),
        question("transfer-encoding : chunked", body="0\r\n\r\n"),
        question("transfer-encoding: chunked", body="zz\r\nabc\r\n0\r\n\r\n"),
        question("x-road-client: VN/GOV/02/LAND", "X-Road-Client: VN/COM/05/BANK"),
        question("x-road-client: VN/GOV/02/LAND\r\n folded: yes", "content-length: 0"),
        question("x-road-client: VN/GOV/02/LAND\nx-road-client: VN/COM/05/BANK"),
        question("x-road-id: a\0b", "content-length: 0"),
        question("signature: sig1=:AA==:", "signature: sig1=:AA==:", "content-length: 0"),
        b"POST " + VERIFY.encode() + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_a_request_that_two_readers_would_cut_in_two_ways_is_a_bad_request(
    node: Attacked, content: bytes
) -> None:
    said = node.raw(content)
    assert not said or said.split(b" ", 2)[1] == b"400"
    assert said.count(b"HTTP/1.") <= 1
    assert node.is_well


@pytest.mark.parametrize(
    "name", ["x_road_client", "x-road-represented-party", "x-road-security-server"]
)
def test_a_header_slipped_in_on_the_way_changes_nobody_s_name(node: Attacked, name: str) -> None:
    good = node.signed(node.request(BODY))
    before = len(node.journal())
    answer = node.sent(replace(good, headers={**good.headers, name: "VN/COM/05/BANK"}))
    new = node.journal()[before:]
    if name.startswith("x-road-"):
        assert answer.json()["message"] == NOT_BELIEVED
        assert not new
    else:
        assert [entry.member for entry in new] == ["VN/GOV/02/LAND"]


# --- size and slowness -----------------------------------------------------------------------


def test_a_body_beyond_the_bound_is_refused_whether_it_says_its_length_or_not(
    node: Attacked,
) -> None:
    assert b" 400 " in node.raw(question("content-length: 99999999"))[:20]
    part = "x" * 65_536
    chunk = f"{len(part):x}\r\n{part}\r\n".encode()
    with node.connected() as line:
        line.sendall(question("transfer-encoding: chunked"))
        said = b""
        for _ in range(80):
            try:
                line.sendall(chunk)
            except OSError:
                break
        line.settimeout(30)
        said = line.recv(100)
    assert b" 400 " in said[:20]
    assert node.is_well


def test_a_head_beyond_the_bound_is_refused(node: Attacked) -> None:
    said = node.raw(question(*(f"x-road-{n}: {'y' * 8000}" for n in range(100))))
    assert not said or said.split(b" ", 2)[1] in {b"400", b"431"}
    assert node.is_well


def test_hundreds_of_slow_askers_do_not_keep_an_honest_one_waiting(node: Attacked) -> None:
    lines = [node.connected() for _ in range(300)]
    try:
        for line in lines[:150]:
            line.sendall(b"POST /r1/VN HTTP/1.1\r\nhost: x\r\nx-road-")
        for line in lines[150:]:
            line.sendall(question("content-length: 100", body="{"))
        assert node.is_well
    finally:
        for line in lines:
            line.close()
    assert node.is_well


def trickled(node: Attacked, start: bytes, *, until: float) -> bytes:
    """What comes back to somebody who sends a byte every second and never comes to an end."""
    with node.connected() as line:
        line.sendall(start)
        line.settimeout(1)
        said = None
        while said is None:
            assert time.monotonic() < until, "it is held on to"
            said = heard(line)
    return said


def heard(line: socket.socket) -> bytes | None:
    """What comes within a second; a line that is cut says nothing; None: one byte more is sent."""
    try:
        return line.recv(100)
    except TimeoutError:
        with suppress(OSError):
            line.sendall(b"x")
        return None
    except OSError:
        return b""


@pytest.mark.parametrize("read", [True, False], ids=["reads", "does not read"])
def test_who_never_finishes_is_let_go_at_every_open_address(node: Attacked, *, read: bool) -> None:
    """Heads and bodies that trickle; and somebody who asks for much and takes nothing of it."""
    if not read:
        lines = [node.connected() for _ in range(50)]
        for line in lines:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.sendall(b"GET /openapi/land.json HTTP/1.1\r\nhost: x\r\n\r\n" * 20)
        assert node.is_well
        for line in lines:
            line.close()
        return
    body = question("content-length: 100", body="{")
    places = (
        VERIFY,
        "/witness/add-checkpoint",
        "/govstack/data/population/1.0/read",
        "/xroad/x/v1",
    )
    starts = [body.replace(VERIFY.encode(), place.encode()) for place in places]
    starts.append(b"POST /r1/VN HTTP/1.1\r\nhost: x\r\nx-road-id: ")
    until = time.monotonic() + 45
    with ThreadPoolExecutor(len(starts)) as threads:
        said = list(threads.map(lambda start: trickled(node, start, until=until), starts))
    assert all(not one or one.split(b" ", 2)[1] in {b"400", b"403", b"408"} for one in said), said
    assert node.is_well


# --- requests that a node is made to send ----------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:5432/_x",
        "http://land.example@127.0.0.1:5432",
        "HTTP://user:word@10.0.0.1",
        "//169.254.169.254/latest/meta-data",
        "http://land.example/\r\nx-road-client: VN/GOV/01/POP",
        "http://land.example/?x=",
        "http://land.example/#",
        "http://",
    ],
)
def test_a_member_cannot_name_an_address_that_is_no_node_s(node: Attacked, address: str) -> None:
    who = node.nodes[LAND].who
    request = JoinRequest(
        client=str(who.who),
        name="Cơ quan ví dụ",
        address=address,
        key_id=who.key_id,
        public=who.key.public,
        log=str(who.log_key),
        services=(),
    )
    with pytest.raises((DirectoryRefused, BadSeal)):
        read_request(written(request, who.key))


def answering(status: int, headers: dict[str, str], body: bytes, *, times: int = 1) -> object:
    """A server that answers everybody the same."""

    async def app(scope: object, receive: object, send: Callable[..., Awaitable[None]]) -> None:
        del scope, receive
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        for _ in range(times):
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


def test_a_node_is_not_sent_on_to_an_address_inside(node: Attacked) -> None:
    inside = f"{node.address}/directory"
    with served(answering(302, {"location": inside}, b""), free_port()) as rogue:
        assert fetched(f"{rogue}/directory") is None
        with pytest.raises(NodeUnreachable):
            public_bytes(f"{rogue}/journal/checkpoint")


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_an_answer_without_end_is_cut_off_before_it_fills_the_memory(coding: str) -> None:
    part = b"\0" * 1_000_000
    body = gzip.compress(part * 200) if coding == "gzip" else part
    times = 1 if coding == "gzip" else 200
    app = answering(200, {"content-encoding": coding}, body, times=times)
    with served(app, free_port()) as rogue:
        assert fetched(rogue) is None
        with pytest.raises(NodeUnreachable):
            public_bytes(rogue)
    assert LARGEST_ANSWER < 200_000_000


# --- keys and signatures ---------------------------------------------------------------------


def test_everybody_who_is_not_believed_is_told_the_same(node: Attacked) -> None:
    """Nobody learns from an answer which members, keys or ids there are."""
    good = node.request(BODY)
    stranger = SigningKey.made()
    told = [
        node.sent(request)
        for request in (
            good,
            node.signed(good, key=stranger),
            node.signed(good, key_id="VN/GOV/99#00000000"),
            node.signed(replace(good, headers={**good.headers, "x-road-client": "VN/GOV/99/X"})),
            node.signed(good, at=-600),
            replace(node.signed(good), body=BODY + b" "),
        )
    ]
    seen = {
        (each.status_code, each.json()["message"], tuple(sorted(each.headers.keys())))
        for each in told
    }
    assert len(seen) == 1
    assert NOT_BELIEVED in str(seen)


def test_a_key_of_one_member_does_not_speak_for_another(node: Attacked) -> None:
    bank = node.nodes[BANK].who
    for key_id in (bank.key_id, node.nodes[LAND].who.key_id):
        answer = node.sent(node.signed(node.request(BODY), key=bank.key, key_id=key_id))
        assert answer.json()["message"] == NOT_BELIEVED


@pytest.mark.parametrize("alg", ["hmac-sha256", "none", "rsa-v1_5-sha256", "ED25519", ""])
def test_no_other_kind_of_signature_is_let_in_by_its_name(node: Attacked, alg: str) -> None:
    """Key confusion: the public key, which everybody has, as the secret of a hash."""
    good = node.signed(node.request(BODY))
    told = good.headers[INPUT].replace('alg="ed25519"', f'alg="{alg}"')
    secret = node.nodes[LAND].who.key.public.raw
    mac = base64.b64encode(hmac.digest(secret, told.encode(), sha256)).decode()
    forged = {**good.headers, INPUT: told, SIGNATURE: f"sig1=:{mac}:"}
    for headers in (forged, {**good.headers, INPUT: told}):
        answer = node.sent(replace(good, headers=headers))
        assert answer.json()["message"] == NOT_BELIEVED


@pytest.mark.parametrize("low", ["00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f"])
def test_a_key_that_fits_every_message_is_no_key(low: str) -> None:
    """Points of small order: a signature of zeros would hold for anything."""
    try:
        key = public_key(base64.b64encode(bytes.fromhex(low)).decode())
    except KeyRefused:
        return
    assert not key.holds(b"anything", bytes.fromhex(low) + bytes(32))
    assert not key.holds(b"anything", bytes(64))


def test_what_a_node_signed_for_one_use_does_not_hold_for_another(node: Attacked) -> None:
    """An answer that repeats what the asker chose is no note, whatever the asker chose."""
    who = node.nodes[HUB].who
    note = f"{who.origin}\n9\n{base64.b64encode(bytes(32)).decode()}\n"
    question = node.signed(node.request(BODY))
    answer = Answer(status=200, headers={}, body=note.encode())
    told = sign_answer(answer, question, key=who.key, key_id=who.key_id, created=1)
    raw = base64.b64decode(told[SIGNATURE].split(":")[1])
    coded = base64.b64encode(who.log_key.id + raw).decode()
    forged = f"{note}\n— {who.origin} {coded}\n"
    with pytest.raises(BadSeal):
        believed(read_note(forged), [NoteKey(who.origin, who.key.public)])


# --- replay and downgrade --------------------------------------------------------------------


def test_a_question_heard_on_the_line_is_not_taken_twice(node: Attacked) -> None:
    question = node.signed(node.request(BODY))
    before = len(node.journal())
    assert node.sent(question).status_code == 200
    for _ in range(3):
        assert node.sent(question).json()["message"] == NOT_BELIEVED
    assert len(node.journal()) == before + 1


def test_the_same_question_under_another_id_or_time_is_not_believed(node: Attacked) -> None:
    good = node.signed(node.request(BODY))
    other = node.request(BODY).headers["x-road-id"]
    later = good.headers[INPUT].replace("created=", "created=1")
    for headers in (
        {**good.headers, "x-road-id": other},
        {**good.headers, INPUT: later},
        {**good.headers, "x-road-id": good.headers["x-road-id"].upper()},
    ):
        assert node.sent(replace(good, headers=headers)).json()["message"] == NOT_BELIEVED


def test_a_token_heard_on_the_line_of_another_interface_is_not_taken_twice(node: Attacked) -> None:
    land, now = node.nodes[LAND].who, int(SystemClock().now().timestamp())
    body = json.dumps({"query": {"content": {"so_dinh_danh": PERSON["number"]}}}).encode()
    claims = {
        "iss": str(land.who), "aud": node.address, "sub": OFFICER, "issue": "1.012789/H29-1",
        "iat": now, "exp": now + 60, "jti": str(now), "content_digest": content_digest(body),
    }  # fmt: skip
    token = signed_token(claims, key=land.key, key_id=land.key_id)
    path = "/govstack/data/population/1.0/read"
    call = replace(node.request(body, path=path), headers={"authorization": f"Bearer {token}"})
    assert node.sent(replace(call, body=b"{}")).status_code == 401
    # Who asks is believed once; no grant of any member reads that register by a number alone.
    assert [node.sent(call).status_code for _ in range(2)] == [403, 401]


@pytest.mark.parametrize("seconds", [-61, 62, -86_400, 86_400])
def test_a_question_of_another_time_is_not_believed(node: Attacked, seconds: int) -> None:
    answer = node.sent(node.signed(node.request(BODY), at=seconds))
    assert answer.json()["message"] == NOT_BELIEVED


def test_nothing_less_than_the_whole_signature_will_do(node: Attacked) -> None:
    good = node.signed(node.request(BODY))
    without_digest = good.headers[INPUT].replace(' "content-digest"', "")
    without_officer = good.headers[INPUT].replace(' "x-road-userid"', "")
    for headers in (
        {name: value for name, value in good.headers.items() if name != SIGNATURE},
        {name: value for name, value in good.headers.items() if name != INPUT},
        {**good.headers, INPUT: without_digest},
        {**good.headers, INPUT: without_officer},
        {**good.headers, INPUT: good.headers[INPUT].replace("sig1", "sig2")},
    ):
        answer = node.sent(replace(good, headers=headers))
        assert answer.json()["message"] == NOT_BELIEVED


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_asks_nothing(node: Attacked, method: str) -> None:
    before = len(node.journal())
    answer = node.sent(node.signed(node.request(b"", method=method)))
    assert answer.status_code in {400, 500}
    assert len(node.journal()) == before


def test_an_older_protocol_or_directory_is_not_spoken(node: Attacked) -> None:
    answer = node.sent(node.signed(node.request(BODY, path=VERIFY.replace("/r1/", "/r0/"))))
    assert answer.status_code in {400, 404}
    note = fetched(f"{node.address}/directory")
    assert note is not None
    now = node.directory().version
    keys = [node.nodes[HUB].who.hub_key]
    with pytest.raises(DirectoryRefused):
        read_directory(note, keys, newest=now + 1_000, moment=SystemClock().now())


# --- another tenant's ids --------------------------------------------------------------------


def test_another_agency_s_grant_purpose_and_subsystem_serve_nobody_else(node: Attacked) -> None:
    before = len(node.journal())
    with pytest.raises(AnswerRefused, match="AccessDenied"):
        node.ask(QUESTION, by=HEALTH)  # land's procedure
    own_other = node.request(BODY)
    other = {**own_other.headers, "x-road-client": "VN/GOV/02/OTHER"}
    answer = node.sent(node.signed(replace(own_other, headers=other)))
    assert answer.json()["message"] == NOT_BELIEVED  # a subsystem that the directory has not
    assert refused(node, x_road_represented_party="VN/GOV/03/HEALTH", x_road_issue="1.014028/1")
    decisions = [entry.decision for entry in node.journal()[before:]]
    # Whom a member represents is looked at before anything is decided: no entry of its own.
    assert decisions == ["refused"]


@pytest.mark.parametrize(
    "change",
    [
        {"fields": ["ho_ten", "thuong_tru", "ngay_mat"]},
        {"fields": ["ton_giao"]},
        {"fields": []},
    ],
)
def test_one_field_more_than_granted_refuses_the_whole_question(
    node: Attacked, change: dict[str, object]
) -> None:
    with pytest.raises(AnswerRefused, match="AccessDenied"):
        node.ask({**QUESTION, **change})


def test_a_verifying_agency_cannot_read_or_search_by_a_number_alone(node: Attacked) -> None:
    for operation, body in (
        ("read", {"key": PERSON["number"], "fields": ["ho_ten"]}),
        ("batch", {"keys": [PERSON["number"]], "fields": ["ho_ten"]}),
    ):
        with pytest.raises(AnswerRefused, match="AccessDenied"):
            node.ask(body, path=VERIFY.replace("/verify", f"/{operation}"))
    wrong = {**PERSON, "name": "Nguyễn Văn Không", "born": "1950-01-01"}
    (told,) = node.ask({"people": [wrong], "fields": ["ho_ten"]})["results"]
    assert "fields" not in told


def test_questions_for_registers_and_objects_that_a_node_has_not_are_all_alike(
    node: Attacked,
) -> None:
    for path in (
        "/r1/VN/GOV/01/POP/nothing/v1/nguoi/verify",
        "/r1/VN/GOV/01/POP/population/v1/nobody/verify",
    ):
        with pytest.raises(AnswerRefused, match="UnknownService"):
            node.ask(QUESTION, path=path)


# --- what others can read --------------------------------------------------------------------


def test_no_answer_log_or_public_page_holds_a_personal_number(node: Attacked) -> None:
    assert node.is_well
    number = PERSON["number"].encode()
    log = (node.nodes[HUB].home / "var" / "serve.log").read_bytes()
    public = [
        node.raw(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        for path in ("/health", "/ready", "/directory", "/journal/checkpoint")
    ]
    assert all(number not in each for each in (log, *public))


def test_the_key_and_the_database_of_a_node_are_their_owner_s_alone(node: Attacked) -> None:
    home = node.nodes[HUB].home
    for file in (home / "keys" / "node.key", home / "state/postgres/password"):
        assert file.stat().st_mode & 0o077 == 0
    for folder in (home / "keys", home / "state/postgres", home / "state/postgres/data"):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_replay_is_refused_also_by_a_node_that_was_killed_in_between(node: Attacked) -> None:
    question = node.signed(node.request(BODY))
    assert node.sent(question).status_code == 200
    hub = node.nodes[HUB]
    number = int((hub.home / "var/serve.pid").read_text(encoding="ascii"))
    os.kill(number, signal.SIGKILL)
    time.sleep(0.5)
    list(serve_all((hub,)))
    while fetched(f"{node.address}/journal/checkpoint") is None:
        time.sleep(0.1)
    assert node.sent(question).json()["message"] == NOT_BELIEVED


PUBLIC = {
    "worklists/back/returned.py": "of a row that the officer who hands it in has before the eyes",
}
"""Where a digest that is nobody's secret is compared as any text, and of what it is."""


_SIZES = {"digest_size"}


def told_names(side: ast.expr) -> set[str]:
    """The words of the names in one side of a comparison; a length is no secret."""
    if isinstance(side, ast.Call) and isinstance(side.func, ast.Name) and side.func.id == "len":
        return set()
    names = [one.id for one in ast.walk(side) if isinstance(one, ast.Name)]
    names += [one.attr for one in ast.walk(side) if isinstance(one, ast.Attribute)]
    return {
        word
        for name in names
        if name not in _SIZES and not name.isupper()
        for word in name.lower().split("_")
    }


def test_secrets_are_never_compared_letter_by_letter() -> None:
    """Where a digest, a mark or a key is compared, the time says nothing (hmac, or the library)."""
    source = Path(__file__).parents[2] / "src/sogoc"
    secret = {"digest", "hexdigest", "hmac", "mac", "signature", "secret", "password"}
    suspicious = set()
    for file in source.rglob("*.py"):
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(one, ast.Compare) or isinstance(one.ops[0], ast.Is | ast.IsNot):
                continue
            if any(told_names(side) & secret for side in (one.left, *one.comparators)):
                suspicious.add(f"{file.relative_to(source)}: {ast.unparse(one)}")
    assert {one.partition(":")[0] for one in suspicious} == set(PUBLIC), suspicious
