"""Signed questions and answers: the worked example, a second opinion, and each way to cheat."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import http_message_signatures as others
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import BadSeal
from sogoc.trust.fields import read_byte_sequences, read_inner_lists
from sogoc.trust.keys import PublicKey, SigningKey, public_key
from sogoc.trust.messages import (
    Answer,
    BelievedRequest,
    Request,
    believe_answer,
    believe_request,
    content_digest,
    request_hash,
    sign_answer,
    sign_request,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ASKING, GIVING = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
LAND, POP = "VN/GOV/02/LAND", "VN/GOV/01/POP"
CREATED = 1_767_225_600
WINDOW = 60
QUESTION = Request(
    method="POST",
    target_uri="https://node.example/r1/VN/GOV/01/POP/person/v1/lookup",
    headers={
        "x-road-client": LAND,
        "x-road-id": "6f1c0f5e-0d55-4c1e-9a52-1f2a7d3b9c01",
        "x-road-userid": "VN000000000000",
        "x-road-issue": "1.000001/H00.00-260101-0001",
        "content-type": "application/json",
    },
    body=b'{"fields":["name","date_of_birth"]}',
)


class Directory:
    """Which key belongs to whom, in memory."""

    def __init__(self, keys: Mapping[tuple[str, str], PublicKey]) -> None:
        self.keys = keys

    def key_of(self, member: str, key_id: str) -> PublicKey | None:
        return self.keys.get((member, key_id))


KEYS = Directory({(LAND, f"{LAND}#1"): ASKING.public, (POP, f"{POP}#1"): GIVING.public})


def signed(question: Request = QUESTION, key: SigningKey = ASKING) -> Request:
    told = sign_request(question, key, key_id=f"{LAND}#1", created=CREATED)
    return replace(question, headers={**question.headers, **told})


def answered(question: Request, body: bytes = b'{"matched":true}', status: int = 200) -> Answer:
    answer = Answer(status=status, headers={}, body=body)
    told = sign_answer(answer, question, key=GIVING, key_id=f"{POP}#1", created=CREATED + 1)
    return replace(answer, headers=told)


def believe(question: Request, now: int = CREATED) -> BelievedRequest:
    return believe_request(question, KEYS, now=now, tolerance_seconds=WINDOW)


def believe_told(answer: Answer, question: Request) -> bytes:
    return believe_answer(
        answer, question, KEYS, provider=POP, now=CREATED, tolerance_seconds=WINDOW
    )


def test_the_published_request_signature_is_made_to_the_byte() -> None:
    assert signed().headers["signature"] == (
        "sig1=:jBI6+AO+/rV6j7xag7og35XQp3v4dpVnE5qvyDSzOW7sd4aly4lBmUrx5G1E232A"
        "AikkRSA7WNVBtAY68PsmBQ==:"
    )


def test_the_published_answer_signature_is_made_to_the_byte() -> None:
    assert answered(signed()).headers["signature"] == (
        "sig1=:xzNj2E/Y08FjKSSgGsU60LUjOWbOmdcQqXtwmLLCJvsWn6UzrCdvbida0o96z7AP"
        "RmcjynB3jnD2kF+6wCvnDA==:"
    )


def test_the_published_request_hash_is_made_to_the_byte() -> None:
    sent = [
        ("X-Road-Client", LAND),
        ("X-Road-Id", "6f1c0f5e-0d55-4c1e-9a52-1f2a7d3b9c01"),
        ("Content-Type", "application/json"),
        ("Host", "node.example"),
    ]
    told = request_hash(
        QUESTION,
        sent,
        path="/r1/VN/GOV/01/POP/person/v1/lookup",
        request_id="b5a0f1d2-3c44-4d0e-8f11-2233445566aa",
    )
    assert told == (
        "7H+75J866cTowrLJwaBFob6SoWZTtL288EHGYa01fVb95PBontWNhQFBlXoQ6npVcUyANt1ori0Mj+WLWZgOFg=="
    )


def test_the_signature_of_the_rfc_holds() -> None:
    """RFC 9421, appendix B.2.6."""
    key = public_key("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    base = (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n'
        '"@authority": example.com\n"content-type": application/json\n"content-length": 18\n'
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" '
        '"content-length");created=1618884473;keyid="test-key-ed25519"'
    )
    told = read_byte_sequences(
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu"
        "4A0w6vuQv5lIp5WPpBKRCw==:"
    )
    assert key.holds(base.encode(), told["sig-b26"])


class _Resolver(others.HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ANN401 - as the library wants it
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - this test alone
            Ed25519PublicKey,
        )

        assert key_id == f"{LAND}#1"
        return Ed25519PublicKey.from_public_bytes(ASKING.public.raw)


def told_by(block: str) -> tuple[str, dict[str, str], bytes]:
    """First line, headers and body of a message as the page shows it."""
    head, _, body = block.partition("\n\n")
    first, *lines = head.splitlines()
    pairs = (line.split(": ", 1) for line in lines)
    return first, {name.lower(): value for name, value in pairs}, body.rstrip("\n").encode()


def test_the_worked_example_of_the_reference_is_made_and_believed_to_the_byte() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/signatures.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```(?:http|text)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    first, asked, question = told_by(shown[0])
    status, answered, answer = told_by(shown[2])
    method, path, _ = first.split()
    # The keys of this file are those of the page; their names by the rule as the page says it.
    assert ASKING.public.text in page
    names = {
        who: "/".join(who.split("/")[:3])
        + "#"
        + sha256(f"{who}\n\x01".encode() + key.public.raw).hexdigest()[:8]
        for who, key in ((LAND, ASKING), (POP, GIVING))
    }
    keys = Directory({(LAND, names[LAND]): ASKING.public, (POP, names[POP]): GIVING.public})
    request = Request(
        method=method, target_uri=f"https://{asked.pop('host')}{path}", headers=asked, body=question
    )
    assert believe_request(request, keys, now=CREATED, tolerance_seconds=WINDOW).client == LAND
    given = Answer(status=int(status.split()[1]), headers=answered, body=answer)
    later = {"now": CREATED + 1, "tolerance_seconds": WINDOW}
    assert believe_answer(given, request, keys, provider=POP, **later) == answer
    # What the page says is signed is what was signed, whoever computes it.
    for base, key, headers in ((shown[1], ASKING, asked), (shown[3], GIVING, answered)):
        signature = read_byte_sequences(headers["signature"])["sig1"]
        assert key.sign(base.removesuffix("\n").encode()) == signature


def test_a_library_of_others_believes_what_we_signed() -> None:
    question = signed()
    verifier = others.HTTPMessageVerifier(
        signature_algorithm=others.algorithms.ED25519, key_resolver=_Resolver()
    )
    sent = requests.Request(
        question.method, question.target_uri, headers=dict(question.headers), data=question.body
    ).prepare()
    from datetime import timedelta  # noqa: PLC0415 - this test alone

    told = verifier.verify(sent, max_age=timedelta(days=36_500))
    assert told[0].parameters["keyid"] == f"{LAND}#1"


def test_a_signed_question_is_believed() -> None:
    told = believe(signed())
    assert (told.client, told.request_id) == (LAND, "6f1c0f5e-0d55-4c1e-9a52-1f2a7d3b9c01")


def test_a_signed_answer_is_believed() -> None:
    question = signed()
    assert believe_told(answered(question), question) == b'{"matched":true}'


def test_an_empty_answer_is_bound_too() -> None:
    question = signed(replace(QUESTION, method="GET", body=b""))
    assert believe_told(answered(question, b"", 204), question) == b""


CHANGES = {
    "another body": {"body": b'{"fields":["religion","blood_type"]}'},
    "another method": {"method": "PUT"},
    "another target": {"target_uri": "https://node.example/r1/VN/GOV/01/POP/person/v1/all"},
    "another node": {"target_uri": "https://other.example/r1/VN/GOV/01/POP/person/v1/lookup"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_question_changed_on_the_way_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadSeal):
        believe(replace(signed(), **change))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-road-client", "VN/GOV/03/TAX"),
        ("x-road-userid", "VN111111111111"),
        ("x-road-issue", "1.000001/H00.00-260101-0002"),
        ("x-road-id", "6f1c0f5e-0d55-4c1e-9a52-1f2a7d3b9c02"),
        ("x-road-represented-party", "GOV/09"),
        ("x-road-security-server", "VN/GOV/01/other"),
        ("signature", "sig1=:AAAA:"),
        ("signature-input", "sig1=();created=1"),
        ("content-digest", "sha-512=:AAAA:"),
    ],
)
def test_a_header_changed_or_slipped_in_is_refused(name: str, value: str) -> None:
    question = signed()
    with pytest.raises(BadSeal):
        believe(replace(question, headers={**question.headers, name: value}))


@pytest.mark.parametrize(
    "name", ["signature", "signature-input", "content-digest", "x-road-client", "x-road-id"]
)
def test_a_header_taken_away_is_refused(name: str) -> None:
    question = signed()
    left = {key: value for key, value in question.headers.items() if key != name}
    with pytest.raises(BadSeal):
        believe(replace(question, headers=left))


@pytest.mark.parametrize("now", [CREATED - WINDOW - 1, CREATED + WINDOW + 1])
def test_a_question_from_another_hour_is_refused(now: int) -> None:
    with pytest.raises(BadSeal, match="clocks"):
        believe(signed(), now)


def test_a_key_of_another_member_does_not_speak_for_this_one() -> None:
    with pytest.raises(BadSeal):
        believe(signed(key=GIVING))
    told = sign_request(QUESTION, GIVING, key_id=f"{POP}#1", created=CREATED)
    with pytest.raises(BadSeal):
        believe(replace(QUESTION, headers={**QUESTION.headers, **told}))


@pytest.mark.parametrize("alg", ['alg="hmac-sha256"', "alg=1", 'alg="none"'])
def test_another_kind_of_signature_is_refused(alg: str) -> None:
    question = signed()
    told = question.headers["signature-input"].replace('alg="ed25519"', alg)
    with pytest.raises(BadSeal):
        believe(replace(question, headers={**question.headers, "signature-input": told}))


def test_an_answer_to_another_question_is_refused() -> None:
    first = signed()
    second = signed(replace(QUESTION, body=b'{"fields":["name"]}'))
    with pytest.raises(BadSeal):
        believe_told(answered(first), second)
    other = signed(replace(QUESTION, headers={**QUESTION.headers, "x-road-id": "another"}))
    with pytest.raises(BadSeal):
        believe_told(answered(first), other)


@pytest.mark.parametrize("change", [{"status": 404}, {"body": b'{"matched":false}'}])
def test_an_answer_changed_on_the_way_is_refused(change: dict[str, Any]) -> None:
    question = signed()
    with pytest.raises(BadSeal):
        believe_told(replace(answered(question), **change), question)


def test_an_answer_bound_by_the_request_s_signature_alone_is_refused() -> None:
    """The signature value does not say which request it was (FAPI issue 575)."""
    question = signed()
    answer = answered(question)
    told = answer.headers["signature-input"].replace(' "@target-uri";req', "")
    with pytest.raises(BadSeal, match="does not cover"):
        believe_told(replace(answer, headers={**answer.headers, "signature-input": told}), question)


def test_a_question_signed_under_the_provider_s_key_is_no_answer() -> None:
    question = signed()
    with pytest.raises(BadSeal):
        believe_answer(
            answered(question),
            question,
            KEYS,
            provider=LAND,
            now=CREATED,
            tolerance_seconds=WINDOW,
        )


@given(st.text(max_size=80))
def test_no_header_of_a_signature_brings_the_reader_down(text: str) -> None:
    for read in (read_byte_sequences, read_inner_lists):
        try:
            read(text)
        except BadSeal:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sig1",
        "sig1=()",
        "sig1=:AA==:,",
        "sig1=:AA==:,,sig2=:AA==:",
        "sig1=:AA==:, sig1=:AA==:",
        "sig1=:A:",
        "Sig1=:AA==:",
        "sig1=:AA==: x",
        "sig1=:" + "A" * 20_000 + ":",
    ],
)
def test_a_doubtful_dictionary_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(BadSeal):
        read_byte_sequences(text)


@pytest.mark.parametrize(
    "text",
    [
        'sig1=("@method"  "@path")',
        "sig1=(method)",
        'sig1=("@method")x',
        'sig1=("a");created=1;created=2',
        'sig1=("a");created=1.5',
        'sig1=("a");created=1234567890123456',
        'sig1=("a',
    ],
)
def test_a_doubtful_list_of_components_is_refused(text: str) -> None:
    with pytest.raises(BadSeal):
        read_inner_lists(text)


def test_a_list_of_components_is_written_as_it_was_read() -> None:
    told = '("@method" "signature";req);created=1;keyid="a\\"b";on;off=?0'
    assert str(read_inner_lists(f"sig1={told}")["sig1"]) == told


def test_the_digest_of_the_published_body_is_the_published_one() -> None:
    assert content_digest(QUESTION.body) == "sha-256=:o2PGtlzxhBjQljszN2vCVs6RlH268xWQrbrrHWW8DKw=:"
