"""Records as they stand, as they were believed, as they were true; for linking and references."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from sogoc.records.readings import NOW, AsBelieved, AsTrue, Now
from sogoc.records.store import RecordStore
from sogoc.testing.land_office import LAND, START, Office, parcel

type_of_reading = Now | AsBelieved | AsTrue


def read(office: Office, folder: Path, reading: type_of_reading = NOW) -> pa.Table:
    store = RecordStore(office.connection)
    return parquet.read_table(store.export(LAND, "parcel", folder, reading=reading))


def hamlets(office: Office, folder: Path, reading: type_of_reading) -> list[str]:
    return sorted(read(office, folder, reading)["hamlet"].to_pylist())


def test_current_records_are_handed_out_with_their_types(office: Office, tmp_path: Path) -> None:
    area = Decimal("120.50")
    office.deliver([parcel("A1", area=area, issued=date(2019, 5, 2), shared=False, hamlet="a\nb")])
    (row,) = read(office, tmp_path).to_pylist()
    assert (row["area"], row["issued"], row["shared"]) == (area, date(2019, 5, 2), False)
    assert (row["hamlet"], row["owner"], row["_locality"]) == ("a\nb", None, "10105")


def test_an_empty_register_is_handed_out_with_its_columns(office: Office, tmp_path: Path) -> None:
    table = read(office, tmp_path)
    assert table.num_rows == 0
    assert table.schema.field("area").type == pa.decimal128(18, 2)


def test_as_believed_shows_what_stood_here_at_that_moment(office: Office, tmp_path: Path) -> None:
    office.deliver([parcel("A1", hamlet="Nà Thắm")])
    office.deliver([parcel("A1", hamlet="Nà Pá"), parcel("A2", hamlet="Bản Đốc")])
    one_hour = timedelta(hours=1)
    assert hamlets(office, tmp_path, AsBelieved(START - one_hour)) == []
    assert hamlets(office, tmp_path, AsBelieved(START + one_hour)) == ["Nà Thắm"]
    later = AsBelieved(START + timedelta(days=1) + one_hour)
    assert hamlets(office, tmp_path, later) == hamlets(office, tmp_path, NOW)


def test_as_true_shows_what_held_on_that_day_by_what_is_known_now(
    office: Office, tmp_path: Path
) -> None:
    office.deliver([parcel("A1", hamlet="old", issued=date(2010, 1, 1))])
    office.deliver([parcel("A1", hamlet="new", issued=date(2020, 1, 1))])
    assert hamlets(office, tmp_path, AsTrue(date(2009, 1, 1))) == []
    assert hamlets(office, tmp_path, AsTrue(date(2015, 1, 1))) == ["old"]
    assert hamlets(office, tmp_path, AsTrue(date(2020, 1, 1))) == ["new"]


def test_a_correction_of_the_past_replaces_what_was_wrongly_believed(
    office: Office, tmp_path: Path
) -> None:
    office.deliver([parcel("A1", hamlet="wrong", issued=date(2010, 1, 1))])
    office.deliver([parcel("A1", hamlet="right", issued=date(2010, 1, 1))])
    assert hamlets(office, tmp_path, AsTrue(date(2015, 1, 1))) == ["right"]
    assert hamlets(office, tmp_path, AsBelieved(START)) == ["wrong"]


def test_a_parcel_that_went_missing_and_came_back_was_true_all_along(
    office: Office, tmp_path: Path
) -> None:
    issued = date(2010, 1, 1)
    both = [parcel("A1", hamlet="a", issued=issued), parcel("A2", hamlet="b", issued=issued)]
    for rows in (both, both[:1], both):
        office.deliver(rows)
    assert hamlets(office, tmp_path, AsTrue(date(2015, 1, 1))) == ["a", "b"]


def test_an_object_that_the_contract_gained_is_empty_until_it_is_delivered(
    office: Office, tmp_path: Path
) -> None:
    done = office.deliver([parcel("A1")])
    wider = replace(LAND, objects=(*LAND.objects, replace(LAND.objects[0], name="right")))
    store = RecordStore(office.connection)
    assert parquet.read_table(store.export(wider, "right", tmp_path)).num_rows == 0
    store.undo(wider, delivery=done.number, at=START)
    assert read(office, tmp_path).num_rows == 0
