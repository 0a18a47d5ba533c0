"""Addresses from outside: one spelling each, and none that leads out of its service."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import BadQuestion
from sogoc.exchange.names import Service, Subsystem, address, path_of, subsystem

POP = Subsystem("VN", "GOV", "01", "POP")
PART = st.text("ABCabc019'()+,-.=?", min_size=1, max_size=9).filter(
    lambda part: part not in {".", ".."}
)


def test_an_address_names_provider_service_and_path() -> None:
    told = address("/r1/VN/GOV/01/POP/person/v1/lookup", "a=1")
    assert (told.service, told.path, told.query) == (Service(POP, "person"), "/v1/lookup", "a=1")


def test_a_member_alone_has_no_subsystem() -> None:
    assert subsystem("VN/GOV/02") == Subsystem("VN", "GOV", "02")
    assert subsystem("VN/GOV/02/LAND").owner == Subsystem("VN", "GOV", "02")


@given(PART, PART, PART, PART, PART)
def test_what_is_written_is_read_again(a: str, b: str, c: str, d: str, e: str) -> None:
    service = Service(Subsystem(a, b, c, d), e)
    assert address(path_of(service, "/x")).service == service


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/r1",
        "/r2/VN/GOV/01/POP/person",
        "/r1/VN/GOV/01/POP",
        "/r1//GOV/01/POP/person",
        "/r1/VN/GOV/01/POP/person/../other",
        "/r1/VN/GOV/01/POP/person/%2e%2e/other",
        "/r1/VN/GOV/01/POP/person/a%2fb",
        "/r1/VN/GOV/01/POP/person/a%5cb",
        "/r1/VN/GOV/01/POP/person/a\\b",
        "/r1/VN/GOV/01/POP/person/a%00",
        "/r1/VN/GOV/01/POP/person//x",
        "/r1/VN/GOV/01/POP/person/%zz",
        "/r1/VN/GOV/01/POP/%ff",
        "/r1/VN/GOV/01/../person",
        "/r1/VN/GOV/01/PO%2fP/person",
        "/r1/VN/GOV/01/PÓP/person",
        "/r1/VN/GOV/01/POP/person/" + "x" * 2000,
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(path: str) -> None:
    with pytest.raises(BadQuestion):
        address(path)


@pytest.mark.parametrize(
    "text", ["", "VN", "VN/GOV", "a/b/c/d/e", "VN/GOV/0 2", "VN/GOV/%2f", "a//b"]
)
def test_a_client_has_three_or_four_parts(text: str) -> None:
    with pytest.raises(BadQuestion):
        subsystem(text)


@given(st.text(max_size=60))
def test_no_address_brings_the_reader_down(text: str) -> None:
    for read in (address, subsystem):
        try:
            read(f"/r1/{text}")
        except BadQuestion:
            continue
