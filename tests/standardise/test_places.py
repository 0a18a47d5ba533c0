"""Localities of a delivery: codes and names with their day, today's unit beside, no default."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from sogoc.contract.model import Field, Register, RegisterObject
from sogoc.localities.units import Units
from sogoc.standardise.plan import plan
from sogoc.standardise.run import standardise
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Engine
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from pathlib import Path

UNITS = Units.load()
OBJECT = RegisterObject(
    name="thua_dat",
    fields=(
        Field(name="ma_tinh", kind=Kind.PROVINCE, as_of="text"),
        Field(name="ma_xa", kind=Kind.COMMUNE, as_of="text"),
        # A name that the stage's own tables use too.
        Field(name="text", kind=Kind.DATE),
        Field(name="code", kind=Kind.CODE),
    ),
)
REGISTER = Register(id="land", name="Đất", version="1.0.0", objects=(OBJECT,))
Row = tuple[str | None, str | None, str | None, str]
COLUMNS = ("ma_xa", "ma_xa__flaw", "ma_xa__proposal", "ma_xa__now", "ma_xa__candidates")


def standard(folder: Path, rows: list[Row]) -> list[tuple[object, ...]]:
    """Rows of province, commune, day, cell letters."""
    count = len(rows)
    taken = pa.table(
        {
            "_row": pa.array(range(1, count + 1), pa.int64()),
            "_sheet": pa.array(["S"] * count),
            "_line": pa.array(range(1, count + 1), pa.int32()),
            "_part": pa.array([1] * count, pa.int32()),
            "_types": pa.array([row[3] for row in rows]),
            "ma_tinh": pa.array([row[0] for row in rows], pa.string()),
            "ma_xa": pa.array([row[1] for row in rows], pa.string()),
            "text": pa.array([row[2] for row in rows], pa.string()),
            "code": pa.array([None] * count, pa.string()),
        }
    )
    with DuckDBEngine(folder) as engine:
        engine.register(naming.taken("thua_dat"), taken)
        heard: list[tuple[int, int]] = []
        standardise(
            engine,
            REGISTER,
            as_of=date(2026, 1, 1),
            units=UNITS,
            told=lambda done, steps: heard.append((done, steps)),
        )
        assert heard == [(0, 2), (1, 2), (2, 2)]
        return engine.rows(f"select {', '.join(COLUMNS)} from standard__thua_dat order by _row")


def one(folder: Path, row: Row) -> tuple[object, ...]:
    return standard(folder, [row])[0]


def test_the_day_of_the_record_says_which_map_its_code_belongs_to(tmp_path: Path) -> None:
    divided = next(c.old_code for c in UNITS.changes if c.extent == "part")
    whole = next(c for c in UNITS.changes if c.extent == "whole" and len(c.old_code) == 5)
    found = standard(
        tmp_path,
        [
            (None, "00004", "01/07/2025", "-td-"),
            (None, "00004", None, "-t--"),
            (None, divided, "30/06/2025", "-td-"),
            (None, whole.old_code, "2025-01-01", "-td-"),
        ],
    )
    assert found[0] == found[1] == ("00004", None, None, "00004", "00004")
    assert found[2][:4] == (divided, None, None, None)
    assert len(str(found[2][4]).split()) > 1
    assert found[3] == (whole.old_code, None, None, whole.new_code, whole.new_code)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("01", "Phường Ba Đình", None, "tt--"), ("00004", None, None)),
        (("Hà Nội", "Ba Đình", None, "tt--"), ("00004", None, None)),
        (("Hanoi", "Ba Đình", None, "tt--"), ("00004", None, None)),
        (("Hà Nội", "Ba Dinh", None, "tt--"), (None, "marks-lost", "00004")),
        ((None, "P. Ba Đình, TP. Hà Nội", None, "-t--"), ("00004", None, None)),
        ((None, "Tân Thành", None, "-t--"), (None, "ambiguous-name", None)),
        (("82", "Tân Thành", None, "tt--"), ("29938", None, None)),
        ((None, "4", None, "-n--"), (None, "lost-leading-zero", "00004")),
        ((None, "4", None, "-t--"), (None, "wrong-length", None)),
        ((None, "99999", None, "-t--"), (None, "unknown-code", None)),
        ((None, "01", None, "-t--"), (None, "code-of-a-province", None)),
        ((None, "03751", None, "-t--"), (None, "older-than-the-list", None)),
        ((None, "00037", "01/07/2026", "-td-"), (None, "not-in-force", "00097")),
        # Xã Ea BHốk was divided between Ea Ktur and Dray Bhăng: only a person can say.
        ((None, "24550", "01/07/2026", "-td-"), (None, "not-in-force", None)),
        ((None, "đang cập nhật", None, "-t--"), (None, "filler", None)),
        ((None, "#REF!", None, "-e--"), (None, "error-cell", None)),
        ((None, None, None, "-f--"), (None, "formula-without-value", None)),
        ((None, " ", None, "-t--"), (None, None, None)),
        ((None, "Xã Không Có Tên Này", None, "-t--"), (None, "unknown-name", None)),
    ],
)
def test_a_unit_is_read_only_where_it_is_certain(
    tmp_path: Path, row: Row, expected: tuple[object, ...]
) -> None:
    assert one(tmp_path, row)[:3] == expected


def test_an_old_ward_in_a_new_record_is_named_with_what_it_became(tmp_path: Path) -> None:
    code, flaw, _, now, candidates = one(
        tmp_path, (None, "Phường Trúc Bạch, Quận Ba Đình, Hà Nội", "01/01/2026", "-td-")
    )
    assert (code, flaw, now) == (None, "not-in-force", "00004")
    assert "00004" in str(candidates).split()


def test_an_old_code_in_a_new_record_belongs_to_the_commune_of_today(tmp_path: Path) -> None:
    """The record keeps its place on a worklist and in the score; only its code is to be mended."""
    read = one(tmp_path, (None, "24547", "01/07/2026", "-td-"))
    assert read == (None, "not-in-force", "24544", "24544", "24544")


def test_a_code_of_today_in_an_older_record_is_doubted_and_not_replaced(tmp_path: Path) -> None:
    old = {unit.code for unit in UNITS.in_force("commune", date(2025, 6, 30))}
    new = next(
        unit.code
        for unit in UNITS.in_force("commune", date(2025, 7, 1))
        if unit.code not in old and unit.valid_to is None
    )
    read = one(tmp_path, (None, new, "01/07/2024", "-td-"))
    assert read == (None, "not-in-force", None, new, new)


def test_the_plan_touches_no_table_and_names_what_it_reads() -> None:
    steps = plan(REGISTER, as_of=date(2026, 1, 1), units=UNITS)
    assert [step.makes for step in steps] == ["places_asked__thua_dat", "standard__thua_dat"]
    assert steps[1].reads == ("taken__thua_dat", "places__thua_dat")


def test_the_text_as_it_came_stands_beside_the_value(engine: Engine) -> None:
    engine.register(
        naming.taken("nguoi"),
        pa.table(
            {
                "_row": pa.array([1], pa.int64()),
                "_sheet": ["S"],
                "_line": pa.array([7], pa.int32()),
                "_part": pa.array([1], pa.int32()),
                "_types": ["t"],
                "ho_ten": [" Hộ ông  Nguyễn Văn An"],
            }
        ),
    )
    person = RegisterObject(name="nguoi", fields=(Field(name="ho_ten", kind=Kind.PERSON_NAME),))
    register = Register(id="r", name="r", version="1.0.0", objects=(person,))
    standardise(engine, register, as_of=date(2026, 1, 1), units=UNITS)
    found = engine.rows("select ho_ten, ho_ten__raw, _sheet, _line from standard__nguoi")
    assert found == [("Nguyễn Văn An", " Hộ ông  Nguyễn Văn An", "S", 7)]


def test_a_commune_without_a_column_of_its_own_is_read_from_the_columns_of_the_address(
    engine: Engine,
) -> None:
    place = RegisterObject(
        name="co_so",
        fields=(
            Field(name="xa", kind=Kind.TEXT),
            Field(name="huyen", kind=Kind.TEXT),
            Field(name="tinh", kind=Kind.TEXT),
            Field(
                name="ma_xa",
                kind=Kind.COMMUNE,
                derived_from=("xa", "huyen", "tinh"),
                as_of_date="2024-09-27",
            ),
        ),
    )
    register = Register(id="r", name="r", version="1.0.0", objects=(place,))
    engine.register(
        naming.taken("co_so"),
        pa.table(
            {
                "_row": pa.array([1, 2, 3], pa.int64()),
                "_sheet": ["S"] * 3,
                "_line": pa.array([1, 2, 3], pa.int32()),
                "_part": pa.array([1] * 3, pa.int32()),
                "_types": ["ttt-", "-tt-", "----"],
                "xa": pa.array(["Phường Trúc Bạch", None, None]),
                "huyen": pa.array(["Quận Ba Đình", "Thanh Trì", ""]),
                "tinh": pa.array(["Hanoi", "Hà Nội", None]),
                "ma_xa": pa.array([None, None, None], pa.string()),
            }
        ),
    )
    standardise(engine, register, as_of=date(2026, 1, 1), units=UNITS)
    found = engine.rows(
        "select ma_xa, ma_xa__flaw, ma_xa__now, ma_xa__raw from standard__co_so order by _row"
    )
    assert found == [
        ("00004", None, "00004", "Phường Trúc Bạch, Quận Ba Đình, Hanoi"),
        (None, "no-commune-in-district", None, "Thanh Trì, Hà Nội"),
        (None, None, None, None),
    ]
