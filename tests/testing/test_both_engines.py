"""Two tables are alike only if every row is."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from sogoc.testing.both_engines import differences

ONE = pa.table({"n": [1, 2], "t": ["a", None]})


def test_the_order_of_rows_and_the_width_of_numbers_do_not_count() -> None:
    other = pa.table({"n": pa.array([2.0, 1.0]), "t": [None, "a"]})
    assert differences(ONE, other) == ""


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (pa.table({"n": [1, 3], "t": ["a", None]}), "n in 1 rows"),
        (pa.table({"n": [1, 2], "t": ["a", ""]}), "t in 1 rows"),
        (pa.table({"n": [1], "t": ["a"]}), "2 rows and 1"),
        (pa.table({"n": [1, 2], "other": ["a", None]}), "columns"),
        (pa.table({"n": [Decimal("1.0"), Decimal("2.1")], "t": ["a", None]}), "n in 1 rows"),
    ],
)
def test_what_sets_them_apart_is_named_by_column_and_never_by_value(
    other: pa.Table, said: str
) -> None:
    assert said in differences(ONE, other)
