"""Bearer tokens: whom they name must have signed them, for this node, and lately."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import BadSeal
from sogoc.trust.keys import PublicKey, SigningKey
from sogoc.trust.tokens import Token, believe_token, signed_token

KEY, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
LAND, HERE, NOW = "VN/GOV/02/LAND", "https://pop.example", 1_767_225_600
CLAIMS = {"iss": LAND, "aud": HERE, "iat": NOW, "exp": NOW + 120, "sub": "VN001"}


class _Keys:
    def key_of(self, member: str, key_id: str) -> PublicKey | None:
        return KEY.public if (member, key_id) == (LAND, "land-1") else None


def token(**changes: Any) -> str:  # noqa: ANN401 - claims of any kind
    return signed_token({**CLAIMS, **changes}, key=KEY, key_id="land-1")


def believed(text: str, *, now: int = NOW) -> Token:
    return believe_token(text, _Keys(), audience=HERE, now=now, tolerance_seconds=60)


def test_the_vector_of_rfc_8037_is_signed_as_published() -> None:
    seed = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = base64.urlsafe_b64encode(SigningKey(seed).sign(signed)).decode().rstrip("=")
    assert signature == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


def test_a_token_of_the_member_for_this_node_is_believed() -> None:
    assert believed(token()).member == LAND
    assert believed(token(aud=["https://x.example", HERE])).claims["sub"] == "VN001"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "VN/GOV/03/OTHER"},
        {"iss": None},
        {"aud": "https://other.example"},
        {"aud": None},
        {"iat": NOW - 1000, "exp": NOW - 900},
        {"iat": NOW + 100, "exp": NOW + 200},
        {"exp": NOW + 301},
        {"exp": NOW},
        {"exp": True},
        {"iat": None},
    ],
)
def test_a_claim_that_does_not_hold_refuses_the_token(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSeal):
        believed(token(**changes))


def test_no_header_talks_the_verifier_into_another_algorithm_or_key() -> None:
    claims = token().split(".")[1]
    for head in ('{"alg":"none"}', '{"alg":"HS256","kid":"land-1"}', '{"alg":"EdDSA"}'):
        coded = base64.urlsafe_b64encode(head.encode()).decode().rstrip("=")
        for signature in ("", token().split(".")[2]):
            with pytest.raises(BadSeal):
                believed(f"{coded}.{claims}.{signature}")
    with pytest.raises(BadSeal):
        believed(signed_token(CLAIMS, key=OTHER, key_id="land-1"))


def test_a_name_given_twice_is_refused() -> None:
    text = f'{{"iss":"{LAND}","iss":"{LAND}","aud":"{HERE}","iat":{NOW},"exp":{NOW + 9}}}'
    coded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    head = token().split(".")[0]
    signed = base64.urlsafe_b64encode(KEY.sign(f"{head}.{coded}".encode())).decode().rstrip("=")
    with pytest.raises(BadSeal):
        believed(f"{head}.{coded}.{signed}")


@given(place=st.integers(min_value=0, max_value=400), sign=st.sampled_from("Ax9_-."))
def test_one_sign_changed_refuses_the_token(place: int, sign: str) -> None:
    whole = token()
    place %= len(whole) - 1
    # The last sign of a part holds bits that belong to no byte: another spelling is no forgery.
    changed = whole[:place] + sign + whole[place + 1 :]
    if changed == whole or whole[place + 1 : place + 2] in {".", ""}:
        return
    with pytest.raises(BadSeal):
        believed(changed)


@given(text=st.text(max_size=60))
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BadSeal):
        believed(text)
