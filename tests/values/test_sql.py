"""Each SQL fact is the Python function of the same meaning."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.values import names, sql
from sogoc.values.dates import PartialDate
from sogoc.values.identifiers import persons
from sogoc.values.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTION = duckdb.connect()


def run(expression: str, text: str | None) -> object:
    row = CONNECTION.execute(
        f"select {expression} from (select ?::varchar as x)", [text]
    ).fetchone()
    assert row is not None
    found: object = row[0]
    return found


NAMES = st.text(
    st.one_of(
        st.sampled_from("aăâeêioôơuưyhqgntrAOUÀòóỏõọàèùúỳýđĐðƉ'’ʼ -ĕŏ"),
        st.characters(min_codepoint=32, max_codepoint=0x24F),
    ),
    max_size=24,
).map(clean)
FORMS: list[tuple[Callable[[str], str], Callable[[str], str]]] = [
    (names.canonical, sql.canonical_name),
    (names.folded, sql.folded),
    (names.loose, sql.loose_name),
]


@given(NAMES)
@settings(max_examples=300, deadline=None)
def test_forms_of_names_are_the_same_in_sql(name: str) -> None:
    for in_python, in_sql in FORMS:
        assert run(in_sql("x"), name) == in_python(name)


@pytest.mark.parametrize(
    "name", ["Võ Huỳnh Huỳnh Mỹ", "Lê Thị Thúy Hòa", "HOÀ-Thụy", "H’Linh Niê", "Ƀ Ðỗ"]
)
def test_forms_of_these_names_are_the_same_in_sql(name: str) -> None:
    for in_python, in_sql in FORMS:
        assert run(in_sql("x"), name) == in_python(name)


@given(st.dates(date(1800, 1, 1), date(2100, 12, 31)), st.sampled_from([4, 7, 10]))
def test_spans_of_dates_are_the_same_in_sql(day: date, length: int) -> None:
    text = day.isoformat()[:length]
    partial = PartialDate.of(text)
    assert run(sql.earliest("x"), text) == partial.earliest
    assert run(sql.latest("x"), text) == partial.latest
    assert run(sql.year_of("x"), text) == partial.year


@given(st.from_regex(r"\A[0-9]{12}\Z"))
def test_facts_of_personal_numbers_are_the_same_in_sql(number: str) -> None:
    found = persons.facts(number)
    assert run(sql.sex_of_number("x"), number) == found.sex
    assert run(sql.birth_year_of_number("x"), number) == found.birth_year
    assert run(sql.place_of_number("x"), number) == found.place


@pytest.mark.parametrize(
    "fact",
    [
        sql.folded,
        sql.canonical_name,
        sql.loose_name,
        sql.earliest,
        sql.latest,
        sql.year_of,
        sql.sex_of_number,
        sql.birth_year_of_number,
        sql.place_of_number,
    ],
)
def test_what_is_not_known_stays_unknown(fact: Callable[[str], str]) -> None:
    assert run(fact("x"), None) is None
