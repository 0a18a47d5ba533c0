"""The arrays hold what the tables say: every list, found again by plain reading."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.errors import IndexRefused
from sogoc.link.index import records
from sogoc.link.index.hashing import mixed, mixed_one, text_key, text_keys
from sogoc.link.index.layout import DEAD, FAMILY, MOST_HOMES, PERSON, UNKNOWN
from sogoc.link.index.person_index import PersonIndex
from sogoc.tables.duckdb_engine import DuckDBEngine


def column(engine: DuckDBEngine, expression: str, table: str = "population") -> np.ndarray:
    order = {"population": "person", "link_folded": "folded"}[table]
    rows = engine.rows(f"select coalesce({expression}, -1) from {table} order by {order}")
    return np.array([row[0] for row in rows])


@pytest.mark.parametrize("field", ["folded", "written", "old_number", "born"])
def test_a_record_holds_what_the_table_says(
    engine: DuckDBEngine, index: PersonIndex, field: str
) -> None:
    assert np.array_equal(index.array("persons")[field], column(engine, field))


def test_a_record_holds_number_and_sex_packed(engine: DuckDBEngine, index: PersonIndex) -> None:
    persons = index.array("persons")
    assert np.array_equal(records.numbers(persons), column(engine, "number"))
    assert np.array_equal(records.sexes(persons), column(engine, "sex"))
    assert (column(engine, "number") == UNKNOWN).any()


def test_a_record_names_its_home(engine: DuckDBEngine, index: PersonIndex) -> None:
    persons, homes = index.array("persons"), index.array("homes")
    assert np.array_equal(records.communes(persons, homes), column(engine, "commune"))
    assert np.array_equal(records.provinces(persons, homes), column(engine, "province"))
    assert len(np.unique(homes, axis=0)) == len(homes)


NUMBERS = st.one_of(st.just(UNKNOWN), st.integers(0, 10**12 - 1))
HOMES = st.tuples(st.integers(UNKNOWN, 3), st.integers(UNKNOWN, 2))


@given(st.lists(st.tuples(NUMBERS, HOMES, st.sampled_from([UNKNOWN, 1, 2])), max_size=20))
def test_what_is_packed_is_read_as_it_was(people: list[tuple[int, tuple[int, int], int]]) -> None:
    packed, known = np.zeros(len(people), dtype=PERSON), records.Homes()
    nothing = np.full(len(people), UNKNOWN)
    number = np.array([one[0] for one in people], dtype=np.int64)
    home = np.array([one[1] for one in people], dtype=np.int32).reshape(-1, 2)
    sex = np.array([one[2] for one in people], dtype=np.int8)
    batch = dict.fromkeys(("folded", "written", "old_number", "born", "died"), nothing) | {
        "number": number,
        "commune": home[:, 0],
        "province": home[:, 1],
        "sex": sex,
    }
    records.write(packed, batch, known)
    assert np.array_equal(records.numbers(packed), number)
    assert np.array_equal(records.sexes(packed), sex)
    assert np.array_equal(records.communes(packed, known.pairs), home[:, 0])
    assert np.array_equal(records.provinces(packed, known.pairs), home[:, 1])


def test_more_homes_than_a_record_can_name_are_refused() -> None:
    places = np.arange(MOST_HOMES + 1, dtype=np.int32)
    with pytest.raises(IndexRefused, match=str(MOST_HOMES)):
        records.Homes().numbers(places, places)


def test_deaths_stand_apart(engine: DuckDBEngine, index: PersonIndex) -> None:
    died = column(engine, "died")
    assert np.array_equal(index.array("dead"), np.flatnonzero(died != UNKNOWN))
    assert np.array_equal(index.array("died"), died[died != UNKNOWN])
    assert np.array_equal(index.array("persons")["marks"] & DEAD != 0, died != UNKNOWN)


@pytest.mark.parametrize("role", FAMILY)
def test_relatives_have_arrays_of_their_own(
    engine: DuckDBEngine, index: PersonIndex, role: str
) -> None:
    told, array = column(engine, role), index.array(role)
    assert np.array_equal(array, told if (told >= 0).any() else [])


def test_the_persons_of_a_day_lie_together(engine: DuckDBEngine, index: PersonIndex) -> None:
    born, starts = column(engine, "born"), index.array("day_starts")
    for day, low, high in zip(index.array("days"), starts, starts[1:], strict=False):
        assert np.array_equal(np.flatnonzero(born == day), np.arange(low, high))
    assert (born[starts[-1] :] == UNKNOWN).all()


def test_a_name_lists_its_bearers_by_date(engine: DuckDBEngine, index: PersonIndex) -> None:
    check_lists(column(engine, "folded"), index.array("name_starts"), index.array("name_rows"))


def test_a_commune_lists_its_persons_by_name(engine: DuckDBEngine, index: PersonIndex) -> None:
    starts, rows = index.array("place_starts"), index.array("place_rows")
    check_lists(column(engine, "commune"), starts, rows)
    names = index.array("persons")["folded"].astype(np.uint32)
    for low, high in pairwise(starts):
        some = rows[low:high]
        assert list(some) == sorted(some, key=lambda row: (names[row], row))


@pytest.mark.parametrize(("field", "prefix"), [("number", "number"), ("old_number", "old")])
def test_a_number_is_found_in_its_bucket(
    engine: DuckDBEngine, index: PersonIndex, field: str, prefix: str
) -> None:
    numbers = column(engine, field)
    starts, rows = index.array(f"{prefix}_starts"), index.array(f"{prefix}_rows")
    marks, shift = index.array(f"{prefix}_marks"), 65 - len(starts).bit_length()
    assert sorted(rows) == list(np.flatnonzero(numbers >= 0))
    for row in np.flatnonzero(numbers >= 0):
        key = mixed_one(int(numbers[row]))
        low, high = starts[key >> shift], starts[(key >> shift) + 1]
        assert row in rows[low:high]
        assert marks[low:high][rows[low:high] == row] == key & 255


def test_names_of_one_given_name_are_one_range(engine: DuckDBEngine, index: PersonIndex) -> None:
    given = column(engine, "given", "link_folded")
    starts = index.array("given_starts")
    for token in np.unique(given):
        assert list(np.flatnonzero(given == token)) == list(range(starts[token], starts[token + 1]))


def test_a_name_is_found_by_its_letters(engine: DuckDBEngine, index: PersonIndex) -> None:
    names = [str(row[0]) for row in engine.rows("select text from link_folded order by folded")]
    keys, of_key = index.array("name_keys"), index.array("name_of_key")
    for number, name in enumerate(names):
        assert of_key[np.searchsorted(keys, np.uint64(text_key(name.encode())))] == number


def test_one_key_and_many_keys_are_the_same() -> None:
    numbers = np.array([0, 1, 1_031_000_001, 999_999_999_999])
    assert [mixed_one(int(one)) for one in numbers] == list(mixed(numbers))
    texts = [b"", b"a", b"be van dan", b"nguyen thi lan"]
    ends = np.cumsum([0, *map(len, texts)])
    letters = np.frombuffer(b"".join(texts), dtype=np.uint8)
    assert [text_key(one) for one in texts] == list(text_keys(letters, ends))


def check_lists(values: np.ndarray, starts: np.ndarray, rows: np.ndarray) -> None:
    for value in np.unique(values[values >= 0]):
        assert sorted(rows[starts[value] : starts[value + 1]]) == list(
            np.flatnonzero(values == value)
        )
    assert sorted(rows[starts[-2] :]) == list(np.flatnonzero(values < 0))
