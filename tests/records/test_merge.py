"""A delivery goes into the register: what is new, changed, the same, no longer there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from sogoc.errors import StoreError
from sogoc.records.merge import MergeCounts
from sogoc.records.store import RecordStore
from sogoc.tables import naming
from sogoc.testing.land_office import LAND, Office, parcel, widened
from sogoc.values.kinds import Kind


def test_a_first_delivery_makes_records_in_typed_columns(office: Office) -> None:
    area = Decimal("120.50")
    done = office.deliver([parcel("A1", area=area, issued=date(2019, 5, 2), shared=True)])
    assert done.counts == MergeCounts(rows=1, inserted=1)
    stands = office.rows("select key, code, sheet, area, issued, shared, _locality from current")
    assert stands == [("1:A1", "A1", 1, area, date(2019, 5, 2), True, "10105")]


def test_every_record_says_from_which_delivery_sheet_and_row_it_came(office: Office) -> None:
    done = office.deliver([parcel("A1"), parcel("A2")])
    stands = office.rows("select code, _delivery, _sheet, _line, _part from current order by id")
    assert stands == [("A1", done.number, "1", 2, 1), ("A2", done.number, "1", 3, 1)]


def test_the_same_again_changes_nothing_in_register_or_history(office: Office) -> None:
    rows = [parcel("A1", area=Decimal("10.00")), parcel(None), parcel(None, number=None)]
    office.deliver(rows)
    before = office.dump()
    again = office.deliver(rows)
    assert again.counts == MergeCounts(rows=3, unchanged=3)
    assert office.dump() == before


def test_a_changed_record_keeps_its_number_and_its_earlier_version(office: Office) -> None:
    office.deliver([parcel("A1", hamlet="Đồng Đình")])
    done = office.deliver([parcel("A1", hamlet="Bản Đốc")])
    assert done.counts == MergeCounts(rows=1, changed=1)
    (now,) = office.rows("select id, hamlet, _delivery from current")
    (then,) = office.rows("select id, hamlet, _ended_by, _change from history")
    assert now == (then[0], "Bản Đốc", done.number)
    assert then[1:] == ("Đồng Đình", done.number, "changed")


def test_a_parcel_no_longer_in_its_communes_sheet_is_marked_not_deleted(office: Office) -> None:
    office.deliver([parcel("A1"), parcel("A2", number=8)])
    done = office.deliver([parcel("A1")])
    assert done.counts == MergeCounts(rows=1, unchanged=1, missing=1)
    assert office.rows("select code, _missing_since from current order by code") == [
        ("A1", None),
        ("A2", done.number),
    ]
    assert office.deliver([parcel("A1")]).counts.missing == 0


def test_another_communes_sheet_leaves_this_commune_alone(office: Office) -> None:
    office.deliver([parcel("A1")])
    done = office.deliver([parcel("B1", commune="10114")])
    assert done.counts == MergeCounts(rows=1, inserted=1)


def test_a_record_whose_commune_is_not_known_makes_nothing_missing(office: Office) -> None:
    office.deliver([parcel("A1", commune=None)])
    assert office.deliver([parcel("A2", commune=None)]).counts.missing == 0


def test_a_missing_parcel_that_is_there_again_is_no_longer_missing(office: Office) -> None:
    office.deliver([parcel("A1"), parcel("A2", number=8)])
    office.deliver([parcel("A1")])
    done = office.deliver([parcel("A1"), parcel("A2", number=8)])
    assert done.counts == MergeCounts(rows=2, unchanged=1, returned=1)
    assert office.rows("select count(*) from current where _missing_since is not null") == [(0,)]
    assert office.rows("select _change from history order by _believed_to") == [
        ("missing",),
        ("returned",),
    ]


def test_without_the_code_the_map_sheet_and_number_name_the_parcel(office: Office) -> None:
    office.deliver([parcel(None, hamlet="Nà Thắm")])
    done = office.deliver([parcel(None, hamlet="Nà Pá")])
    assert done.counts == MergeCounts(rows=1, changed=1)


def test_a_record_that_nothing_names_is_known_by_its_content(office: Office) -> None:
    office.deliver([parcel(None, number=None, hamlet="Nà Thắm")])
    again = office.deliver([parcel("A1"), parcel(None, number=None, hamlet="Nà Thắm")])
    assert (again.counts.inserted, again.counts.unchanged) == (1, 1)


def test_two_records_of_one_name_are_both_kept(office: Office) -> None:
    rows = [parcel("A1", hamlet="Nà Thắm"), parcel("A1", hamlet="Nà Pá"), parcel("A1#2")]
    assert office.deliver(rows).counts.inserted == 3
    keys = office.rows("select key from current order by id")
    assert keys == [("1:A1",), ("1:A1#2",), ("1:A1\\#2",)]
    assert office.deliver(rows).counts.unchanged == 3


def test_a_bar_in_a_value_does_not_make_two_parcels_one(office: Office) -> None:
    one = {"code": None, "commune": "a|b", "sheet": 1, "number": 2}
    other = {"code": None, "commune": "a\\|b", "sheet": 1, "number": 2}
    assert office.deliver([one, other]).counts.inserted == 2
    assert office.rows("select count(distinct key) from current where key not like '%#%'") == [(2,)]


def test_the_text_as_it_came_is_kept_where_no_value_was_read_from_it(office: Office) -> None:
    unread = {naming.raw("area"): 'một "sào"\\hai\tmiếng\n', naming.flaw("area"): "not-a-number"}
    spelled = {"hamlet": "Nà Thắm", naming.raw("hamlet"): "NÀ  THẮM"}
    office.deliver([parcel("A1", **unread, **spelled, **{naming.raw("code"): "A1"})])
    (came,) = office.rows("select _came from current")
    assert came[0] == {"area": 'một "sào"\\hai\tmiếng\n', "hamlet": "NÀ  THẮM"}


def test_control_characters_from_broken_files_survive(office: Office) -> None:
    texts = [f"a{chr(number)}b" for number in range(32)]
    rows = [
        parcel(f"A{n}", hamlet=text, **{naming.raw("area"): text}) for n, text in enumerate(texts)
    ]
    office.deliver(rows)
    stands = office.rows("select hamlet, _came ->> 'area' from current order by id")
    # PostgreSQL holds no NUL; the text as it came shows where it stood.
    assert stands == [("ab", "a␀b"), *((text, text) for text in texts[1:])]


def test_another_text_that_cannot_be_read_is_a_change(office: Office) -> None:
    office.deliver([parcel("A1", **{naming.raw("area"): "một sào"})])
    assert office.deliver([parcel("A1", **{naming.raw("area"): "hai sào"})]).counts.changed == 1


def test_another_spelling_of_the_same_value_is_no_change(office: Office) -> None:
    office.deliver([parcel("A1", issued=date(2019, 5, 2), **{naming.raw("issued"): "02/05/2019"})])
    again = parcel("A1", issued=date(2019, 5, 2), **{naming.raw("issued"): "2-5-2019"})
    assert office.deliver([again]).counts.unchanged == 1


def test_a_field_that_a_later_contract_adds_changes_no_record_while_it_is_empty(
    office: Office,
) -> None:
    office.deliver([parcel("A1")])
    office.register = widened(land_use=Kind.TEXT)
    assert office.deliver([parcel("A1")]).counts.unchanged == 1
    assert office.deliver([parcel("A1", land_use="LUC")]).counts.changed == 1
    assert office.rows("select land_use from current") == [("LUC",)]


def test_a_whole_number_may_become_a_text_or_a_fraction(office: Office) -> None:
    office.deliver([parcel("A1")])
    office.register = widened(sheet=Kind.TEXT, number=Kind.AREA)
    row = {"code": "A1", "commune": "10105", "sheet": "1", "number": Decimal("7.00")}
    assert office.deliver([row]).counts.rows == 1
    assert office.rows("select sheet, number from current") == [("1", Decimal("7.00"))]


def test_a_text_does_not_become_a_date(connection: psycopg.Connection, office: Office) -> None:
    with pytest.raises(StoreError, match="new name"):
        RecordStore(connection).prepare(widened(hamlet=Kind.DATE))
    assert office.rows("select count(*) from current") == [(0,)]


def test_a_database_officer_reads_the_labels_of_the_contract(office: Office) -> None:
    table = "'register.land__parcel'::regclass"
    assert office.rows(f"select obj_description({table}), col_description({table}, 3)") == [
        ("Sổ đất đai: Thửa đất", "Mã thửa đất")
    ]


def test_preparing_twice_is_preparing_once(connection: psycopg.Connection, office: Office) -> None:
    RecordStore(connection).prepare(LAND)
    assert office.rows("select count(*) from current") == [(0,)]
