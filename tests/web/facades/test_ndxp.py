"""The population request in the platform's shape, asked of the simulator that says it is one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.facade_scene import LAND, OFFICER, PURPOSE, Scene, grant

from sogoc.access.grant import Operation
from sogoc.errors import AnswerRefused, BadQuestion, NodeUnreachable
from sogoc.facades.ndxp.client import NdxpPopulation
from sogoc.facades.ndxp.messages import PopulationRequest, read_answer, read_request
from sogoc.facades.people import parts_of

NUMBER = "001190000001"
REQUEST = PopulationRequest(
    request_id="YC-1",
    agency=str(LAND),
    officer=OFFICER,
    procedure=PURPOSE,
    service="V-1-population",
    number=NUMBER,
    name="Nguyễn Thị Ánh Hòa",
    born="1990-05-02",
)


def asked(scene: Scene, **changes: str) -> Any:  # noqa: ANN401 - the answer
    told = {"request_id": "YC-1", **{name: getattr(REQUEST, name) for name in _NAMES}, **changes}
    port = NdxpPopulation(address=f"{scene.address}/ndxp-simulator/population", token=scene.token)
    return port.ask(PopulationRequest(**told))


_NAMES = ("agency", "officer", "procedure", "service", "number", "name", "born")


@pytest.fixture(autouse=True)
def _granted(scene: Scene) -> None:
    fields = frozenset({"so_dinh_danh", "ho_ten", "ngay_sinh", "gioi_tinh"})
    verify = frozenset({Operation.VERIFY})
    scene.grants(grant(scene.registers["population"], "V-1", fields=fields, operations=verify))


def test_fields_come_back_only_where_all_three_agree(scene: Scene) -> None:
    scene.person(NUMBER, "Nguyễn Thị Ánh Hòa")
    answer = asked(scene)
    assert (answer.agrees, answer.simulated) == (True, True)
    assert {name: answer.fields[name] for name in ("Ho", "ChuDem", "Ten")} == {
        "Ho": "Nguyễn",
        "ChuDem": "Thị Ánh",
        "Ten": "Hòa",
    }
    assert (answer.fields["SoDinhDanh"], answer.fields["NgayThangNamSinh"]) == (
        NUMBER,
        "1990-05-02",
    )
    for changes in ({"name": "Trần Văn Đức"}, {"born": "1991"}, {"number": "001190000009"}):
        other = asked(scene, **changes)
        assert (other.agrees, other.fields) == (False, {})
    assert {entry.operation for entry in scene.journal.entries} == {"verify"}
    assert len(scene.journal.entries) == 4


def test_who_has_no_such_grant_or_is_another_is_refused(scene: Scene) -> None:
    scene.person(NUMBER)
    for changes in (
        {"service": "other"},
        {"procedure": "9.999999"},
        {"agency": "VN/GOV/01/POP"},
    ):
        with pytest.raises(AnswerRefused) as refused:
            asked(scene, **changes)
        assert refused.value.error == "3"


def test_every_answer_says_that_a_simulator_gave_it(scene: Scene) -> None:
    at = "/ndxp-simulator/population"
    for answer in (
        scene.send("POST", at, REQUEST.told()),
        scene.send("POST", at, {}),
        scene.send("POST", at, REQUEST.told(), authorization=""),
    ):
        assert answer.headers["x-simulator"] == "sogoc"
        assert answer.json()["simulator"] is True
        assert "SIMULATOR" in answer.json()["response"]["message"]


def test_a_platform_that_does_not_answer_is_said_to_be_away() -> None:
    port = NdxpPopulation(address="http://127.0.0.1:9/population", token=lambda: "x")
    with pytest.raises(NodeUnreachable):
        port.ask(REQUEST)


@pytest.mark.parametrize(
    "changes",
    [
        {"MaYeuCau": "x" * 41},
        {"MaDonVi": "x" * 36},
        {"MaDVC": ""},
        {"MaCanBo": 1},
        {"SoDinhDanh": "123"},
        {"NgayThangNamSinh": "02/05/1990"},
        {"NhomMau": "A"},
    ],
)
def test_a_request_that_breaks_the_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion):
        read_request(json.dumps({**REQUEST.told(), **changes}).encode())


def test_an_old_number_stands_in_where_there_is_no_new_one() -> None:
    told = {**REQUEST.told(), "SoCMND": "012345678"}
    del told["SoDinhDanh"]
    assert read_request(json.dumps(told).encode()).old_number == "012345678"


def test_a_request_that_is_written_is_read_as_it_was() -> None:
    assert read_request(json.dumps(REQUEST.told()).encode()) == REQUEST


@given(body=st.binary(max_size=80))
def test_what_is_no_message_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(BadQuestion):
        read_request(body)
    with pytest.raises(AnswerRefused):
        read_answer(body)


@given(words=st.lists(st.text("abcđêô", min_size=1, max_size=5), max_size=6))
def test_a_name_that_is_cut_loses_nothing(words: list[str]) -> None:
    parts = parts_of(" ".join(words))
    assert f"{parts.family} {parts.middle} {parts.given}".split() == words
