"""Writes by GovStack's Data API: deliveries of single records, granted, journalled, answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from tests.facade_scene import KEEPERS, LAND, OFFICER, Scene, grant

from sogoc.access.entry import Entry
from sogoc.access.grant import Grant, Operation
from sogoc.access.journal import GroupCommit, Unit
from sogoc.contract.model import Field, Register, RegisterObject
from sogoc.database.deliveries import Deliveries, turn
from sogoc.facades.queries import Condition, Query
from sogoc.facades.query_shelf import QueryShelf
from sogoc.pipeline.deliver import Request, deliver
from sogoc.records.store import RecordStore
from sogoc.testing.memory_journal import FailingJournal
from sogoc.values.kinds import Kind as FieldKind

SCHOOLS = "/govstack/data/students.truong/1.0"
PUPILS = "/govstack/data/students.hoc_sinh/1.0"
SCHOOL = {
    "ma_truong": "24000001",
    "ten_truong": "Trường Tiểu học Thử",
    "cap_hoc": "tieu-hoc",
    "ma_xa": "24538",
    "si_so": "420",
}
NUMBER = "066316004321"
PUPIL = {
    "ma_hoc_sinh": "2400000112",
    "so_dinh_danh": NUMBER,
    "ho_ten": "Trần Thị Mẫu",
    "ngay_sinh": "2016-09-02",
    "gioi_tinh": "nữ",
    "ma_xa": "24538",
    "ma_truong": "24000001",
    "nam_hoc": "2026-2027",
    "khoi": "5",
    "lop": "5A",
    "trang_thai": "dang-hoc",
    "cha_ho_ten": "Trần Văn Ví Dụ",
    "cap_nhat_luc": date.today().isoformat(),  # noqa: DTZ011 - a day, for the rule that it is fresh
}


def to_write(scene: Scene, **changes: Any) -> Grant:  # noqa: ANN401 - fields of a grant
    told = {"member": str(KEEPERS), "operations": frozenset({Operation.WRITE, Operation.READ})}
    return grant(scene.registers["students"], "G-WRITE", **(told | changes))


@pytest.fixture
def desk(scene: Scene) -> Scene:
    """The node, whose keeper's own application may write."""
    scene.grants(to_write(scene))
    return scene


def call(
    scene: Scene, method: str, path: str, told: object = None, **headers: str
) -> httpx2.Response:
    return scene.send(method, path, told, token=scene.keepers_token(), **headers)


def body(write: dict[str, Any] | None = None, **query: str) -> dict[str, Any]:
    told = {"write": {"content": write}} if write is not None else {}
    return told | ({"query": {"content": query}} if query else {})


def created(scene: Scene, **changes: Any) -> httpx2.Response:  # noqa: ANN401 - values of fields
    return call(scene, "POST", f"{SCHOOLS}/create", body(SCHOOL | changes))


def schools(scene: Scene) -> list[dict[str, Any]]:
    with scene.state["store"].connect() as connection, connection.cursor(row_factory=dict_row) as c:
        c.execute("select * from register.students__truong order by id")
        told: list[dict[str, Any]] = c.fetchall()
    return told


def deliveries(scene: Scene) -> list[tuple[str, str]]:
    with scene.state["store"].connect() as connection:
        told = reversed(Deliveries(connection).newest("students"))
        return [(one.scope, one.state) for one in told]


def test_a_record_is_created_changed_and_ended_each_by_a_delivery_of_its_own(desk: Scene) -> None:
    made = created(desk)
    assert made.status_code == 200, made.text
    assert made.json()["content"].items() >= SCHOOL.items()
    changed = call(
        desk, "PUT", f"{SCHOOLS}/update", body({"si_so": 431}, ma_truong=SCHOOL["ma_truong"])
    )
    assert changed.json()["content"].items() >= (SCHOOL | {"si_so": "431"}).items()
    (row,) = schools(desk)
    assert (row["si_so"], row["_missing_since"]) == (431, None)
    path = f"{SCHOOLS}/{SCHOOL['ma_truong']}/delete"
    ended = call(desk, "DELETE", path)
    assert (ended.status_code, ended.content) == (204, b"")
    assert call(desk, "DELETE", path).status_code == 204
    assert schools(desk)[0]["_missing_since"] is not None
    asked = body(ma_truong=SCHOOL["ma_truong"])
    assert call(desk, "POST", f"{SCHOOLS}/read", asked).status_code == 404
    assert call(desk, "DELETE", f"{SCHOOLS}/delete", asked).status_code == 404
    assert deliveries(desk) == [("records", "merged")] * 2 + [("endings", "merged")]
    again = created(desk, si_so="12")
    assert (again.status_code, again.json()["content"]["si_so"]) == (200, "12")


def test_a_person_sees_who_wrote_about_them_and_a_second_of_one_key_is_refused(
    desk: Scene,
) -> None:
    first = call(desk, "POST", f"{PUPILS}/create", body(PUPIL))
    assert first.status_code == 200, first.text
    (entry,) = desk.journal.entries
    assert (entry.subject, entry.member, entry.officer) == (NUMBER, str(KEEPERS), OFFICER)
    assert (entry.operation, entry.decision, entry.register) == ("write", "granted", "students")
    second = call(desk, "POST", f"{PUPILS}/create", body(PUPIL | {"lop": "5B"}))
    assert (second.status_code, set(second.json())) == (409, {"detail"})
    assert (desk.journal.entries[-1].subject, desk.journal.entries[-1].fields) == (NUMBER, ())
    assert deliveries(desk) == [("records", "merged"), ("records", "refused")]
    # Not even a finding: the school that the pupil names does not stand here.
    with desk.state["store"].connect() as connection:
        found = connection.execute("select rule from node.finding").fetchall()
    assert ("hoc_sinh.ma_truong.reference",) in found
    wiped = call(desk, "PUT", f"{PUPILS}/update", body({"cha_ho_ten": None}, so_dinh_danh=NUMBER))
    assert wiped.json()["content"]["cha_ho_ten"] == ""


def test_all_that_are_found_change_at_once_and_what_is_not_found_is_created(desk: Scene) -> None:
    path = f"{SCHOOLS}/updateOrCreate"
    made = call(desk, "POST", path, body({**SCHOOL, "si_so": 9}, ma_truong=SCHOOL["ma_truong"]))
    assert made.json()["content"]["si_so"] == "9"
    call(desk, "POST", f"{SCHOOLS}/update-or-create", body({"si_so": 10}, ma_truong="24000001"))
    assert created(desk, ma_truong="24000002").status_code == 200
    asked = body({"dien_thoai": "0262 3850 001"}, ma_xa="24538")
    both = call(desk, "PUT", f"{SCHOOLS}/updateEntries", asked)
    assert [one["ma_truong"] for one in both.json()["content"]] == ["24000001", "24000002"]
    assert [row["si_so"] for row in schools(desk)] == [10, 420]
    assert len({row["_delivery"] for row in schools(desk)}) == 1
    desk.grants(to_write(desk, most_keys=1))
    assert call(desk, "PUT", f"{SCHOOLS}/update-entries", asked).status_code == 400
    # One record ends at a time, and it must be clear which.
    desk.grants(to_write(desk))
    assert call(desk, "DELETE", f"{SCHOOLS}/delete", body(ma_xa="24538")).status_code == 400


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"si_so": "bốn trăm"}, ["si_so", "truong.si_so.unreadable"]),
        ({"ten_truong": ""}, ["ten_truong", "truong.ten_truong.missing"]),
        ({"cap_hoc": "đại học"}, ["cap_hoc", "truong.cap_hoc.not-in-list"]),
    ],
    ids=["a text for a number", "what must be there", "a word that is not in the list"],
)
def test_what_the_contract_forbids_is_refused_by_field_and_rule_and_nothing_is_written(
    desk: Scene, changes: dict[str, str], names: list[str]
) -> None:
    answer = created(desk, **changes)
    assert answer.status_code == 400
    assert all(name in answer.json()["detail"] for name in names), answer.text
    assert not any(value and value in answer.text for value in changes.values())
    assert schools(desk) == []
    assert [state for _, state in deliveries(desk)] == ["refused"]
    (entry,) = desk.journal.entries
    assert (entry.operation, entry.fields, entry.reason[:7]) == ("write", (), "This is")


def test_a_write_that_names_no_record_or_too_little_is_refused(desk: Scene) -> None:
    schools_, pupils = f"{SCHOOLS}/update", f"{PUPILS}/update"
    lop = {"lop": "5B"}
    refused = [
        call(desk, "PUT", schools_, body({"si_so": 1})),
        call(desk, "PUT", schools_, body({"si_so": 1}) | {"query": {"content": {}}}),
        call(desk, "DELETE", f"{SCHOOLS}/delete", {"query": {"content": {}}}),
        call(desk, "PUT", schools_, body({}, ma_truong="1")),
        call(desk, "PUT", schools_, body({"khong_co": "1"}, ma_truong="1")),
        call(desk, "PUT", schools_),
        call(desk, "PUT", schools_, body({"si_so": [1]}, ma_truong="1")),
        # Nobody trawls through people: a class is no key.
        call(desk, "PUT", f"{PUPILS}/updateEntries", body(lop, lop="5A")),
        call(desk, "POST", f"{SCHOOLS}/create", body({"si_so": 1})),
        call(desk, "DELETE", "/govstack/data/health-insurance/1.0/x/delete"),
    ]
    assert [one.status_code for one in refused] == [400] * len(refused)
    assert call(desk, "PUT", schools_, body({"si_so": 1}, ma_truong="1")).status_code == 404
    assert call(desk, "PUT", pupils, body(lop, so_dinh_danh=NUMBER)).status_code == 404
    assert [entry.subject for entry in desk.journal.entries] == ["", "", NUMBER]
    assert call(desk, "POST", "/govstack/data/x/1/create", body(SCHOOL)).status_code == 404
    assert deliveries(desk) == []


def test_only_the_keepers_own_application_writes_and_only_what_one_grant_covers(
    scene: Scene,
) -> None:
    asked = body({"si_so": 1}, ma_truong="24000001")
    path = f"{SCHOOLS}/update"
    fields = frozenset({"ma_truong", "ten_truong"})
    grants = [
        (),
        (to_write(scene, operations=frozenset({Operation.READ, Operation.SEARCH})),),
        (to_write(scene, fields=fields),),
        (to_write(scene, purpose="9.999999"),),
    ]
    for held in grants:
        scene.grants(*held)
        assert call(scene, "PUT", path, asked).status_code == 403
    scene.grants(to_write(scene, fields=fields))
    # Whoever may write a name may not end the record.
    assert call(scene, "DELETE", f"{SCHOOLS}/24000001/delete").status_code == 403
    scene.grants(to_write(scene, member=str(LAND)))
    assert scene.send("PUT", path, asked).status_code == 403
    assert {(one.decision, one.operation) for one in scene.journal.entries} == {
        ("refused", "write")
    }
    # A record of pupils holds what is sensitive: without a ground for that it cannot end.
    scene.grants(to_write(scene))
    told = body(so_dinh_danh=NUMBER)
    assert call(scene, "DELETE", f"{PUPILS}/delete", told).status_code == 403
    assert scene.send("PUT", path, asked, authorization="").status_code == 401
    assert deliveries(scene) == []


def test_the_same_request_is_written_once_and_told_the_same_again(desk: Scene) -> None:
    number = str(uuid4())
    asked = body(SCHOOL)
    first, second = (
        call(desk, "POST", f"{SCHOOLS}/create", asked, **{"X-Road-Id": number}) for _ in range(2)
    )
    changed = call(
        desk,
        "PUT",
        f"{SCHOOLS}/update",
        body({"si_so": 5}, ma_truong="24000001"),
        **{"X-Request-Id": "any-text"},
    )
    third = call(desk, "POST", f"{SCHOOLS}/create", asked, **{"X-Road-Id": number})
    assert [one.status_code for one in (first, second, third)] == [200] * 3
    assert first.json() == second.json() == third.json() != changed.json()
    assert len(deliveries(desk)) == 2
    # Each answer has its entry, and an id serves for one thing.
    assert len(desk.journal.entries) == 4
    other = body(SCHOOL | {"si_so": "7"})
    again = call(desk, "POST", f"{SCHOOLS}/create", other, **{"X-Road-Id": number})
    assert again.status_code == 400
    assert len(deliveries(desk)) == 2


def test_a_record_that_shares_its_key_ends_only_where_it_is_the_one_that_would(desk: Scene) -> None:
    """Two sheets gave one number to two schools: the second is told apart by its place alone."""
    twice = [SCHOOL, SCHOOL | {"ten_truong": "Trường Trung học Mẫu"}]
    with desk.state["store"].connect() as connection:
        parts = desk.state["writer"].parts(connection)
        file = parts.folder / "twice.jsonl"
        file.write_text("\n".join(json.dumps(row) for row in twice), encoding="utf-8")
        deliver(parts, Request(register="students", file=file, officer="can-bo", form="truong"))
    assert len(schools(desk)) == 2
    asked = body(ma_truong=SCHOOL["ma_truong"], ten_truong="Trường Trung học Mẫu")
    answer = call(desk, "DELETE", f"{SCHOOLS}/delete", asked)
    assert (answer.status_code, "alone" in answer.json()["detail"]) == (400, True)
    assert [row["_missing_since"] for row in schools(desk)] == [None, None]


def test_what_is_not_found_is_not_created_over_a_record_of_the_same_key(desk: Scene) -> None:
    assert created(desk).status_code == 200
    asked = body({"cap_hoc": "thcs"}, ma_truong=SCHOOL["ma_truong"], ten_truong="Trường Khác")
    answer = call(desk, "POST", f"{SCHOOLS}/updateOrCreate", asked)
    assert answer.status_code == 409
    (row,) = schools(desk)
    assert (row["ten_truong"], row["si_so"]) == (SCHOOL["ten_truong"], 420)


def test_one_id_for_another_thing_is_never_taken_for_its_repeat(desk: Scene) -> None:
    number = {"X-Road-Id": str(uuid4())}
    asked = body(SCHOOL)
    assert call(desk, "POST", f"{SCHOOLS}/create", asked, **number).status_code == 200
    with desk.state["store"].connect() as connection:
        connection.execute("delete from node.written")  # a week later
    assert call(desk, "DELETE", f"{SCHOOLS}/24000001/delete").status_code == 204
    again = call(desk, "POST", f"{SCHOOLS}/create", asked, **number)
    assert (again.status_code, "used long ago" in again.json()["detail"]) == (400, True)
    assert schools(desk)[0]["_missing_since"] is not None


class _Looking(FailingJournal):
    """A journal that looks at the register while it is written to."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.seen: list[tuple[int, str]] = []

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        entries: list[Entry] = [entry for unit in units for entry in unit.entries]
        self.seen += [(len(schools(self.scene)), entry.decision) for entry in entries]
        return [range(0) for _ in units]


def test_the_journal_says_it_before_the_record_holds_and_without_it_nothing_does(
    desk: Scene,
) -> None:
    looking = _Looking(desk)
    answering = desk.state["answering"]
    desk.state["answering"] = replace(answering, journal=GroupCommit(FailingJournal()))
    number = {"X-Road-Id": str(uuid4())}
    assert call(desk, "POST", f"{SCHOOLS}/create", body(SCHOOL), **number).status_code == 503
    assert schools(desk) == []
    desk.state["answering"] = replace(answering, journal=GroupCommit(looking))
    assert call(desk, "POST", f"{SCHOOLS}/create", body(SCHOOL), **number).status_code == 200
    assert looking.seen == [(0, "granted")]
    # The second try went on with the delivery of the first.
    assert (len(schools(desk)), deliveries(desk)) == (1, [("records", "merged")])


def test_who_waits_too_long_for_others_is_told_when_to_come_again(
    desk: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.state["writer"], "wait_seconds", 0.1)
    with desk.state["store"].connect() as connection, turn(connection, "students"):
        answer = created(desk)
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
    assert (schools(desk), deliveries(desk), desk.journal.entries) == ([], [], [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
FIELDS = st.dictionaries(st.sampled_from([*SCHOOL, "x"]), JSON, max_size=2)
CONTENT = st.fixed_dictionaries({"content": FIELDS | JSON})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    told=JSON | st.fixed_dictionaries({}, optional={"query": CONTENT, "write": CONTENT}),
    place=st.sampled_from(
        [("POST", "create"), ("PUT", "update"), ("PUT", "updateEntries"), ("DELETE", "delete")]
    ),
)
def test_no_body_makes_a_write_stumble(desk: Scene, told: object, place: tuple[str, str]) -> None:
    answer = call(desk, place[0], f"{SCHOOLS}/{place[1]}", told)
    assert answer.status_code in {400, 403, 404}, answer.text
    assert set(answer.json()) == {"detail"}


def test_a_number_is_said_again_as_one_and_not_as_a_text_that_reads_in_two_ways(
    connection: psycopg.Connection,
) -> None:
    fields = (Field(name="ma", kind=FieldKind.CODE), Field(name="cao", kind=FieldKind.NUMBER))
    one = RegisterObject(name="diem", fields=fields, identities=(("ma",),))
    register = Register(id="moc", name="Mốc thử", version="1", objects=(one,))
    RecordStore(connection).prepare(register)
    columns = "id, key, _delivery, _digest, _true_from, _believed_from, ma, cao, _came"
    digest, day = "'00000000-0000-0000-0000-000000000000'", "'2026-01-01'"
    for row in (
        "1, '1', {}, 'a', 12.345, null",
        """2, '2', {}, 'b', null, '{{"cao": "12.345"}}'""",
    ):
        values = row.format(f"0, {digest}, {day}, {day}")
        connection.execute(
            f"insert into register.moc__diem ({columns}) overriding system value values ({values})"
        )
    conditions = (Condition(field="ma", operator="in", values=("a", "b")),)
    query = Query(register=register, object=one, conditions=conditions)
    told = QueryShelf(connection, query).to_write(2)
    # What came as a text that nobody could read stays that text.
    assert [record["cao"] for _, record in told] == [12.345, "12.345"]
