"""Standardise a made-up land delivery of a million rows and twenty fields, dirt included.

python -m benchmarks.standardise [ROWS]
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.harness import measure, record

from sogoc.contract.model import Code, Field, Register, RegisterObject
from sogoc.standardise.run import standardise
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step
from sogoc.values.kinds import Kind

SEED = 1
MILLION = 1_000_000
MEMORY_GIB = 2
LAND_USE = tuple(Code(value, value) for value in ("ONT", "ODT", "LUC", "CLN", "HNK", "RSX"))
# Field, kind, the SQL of a right value over the row number `i` and the hash `h`, of a dirty one.
FIELDS: tuple[tuple[str, Kind, str, str], ...] = (
    ("so_dinh_danh", Kind.PERSONAL_ID, ("'0' || lpad(((h % 90) + 1)::varchar, 2, '0') || "
     "(h % 4)::varchar || lpad((h % 100)::varchar, 2, '0') || lpad((h % 999983)::varchar, 6, '0')"),
     "'0' || (h % 99999999)::varchar"),
    ("so_cmnd", Kind.OLD_ID, "lpad((h % 999999937)::varchar, 9, '0')", "'đang cập nhật'"),
    ("ho_ten", Kind.PERSON_NAME, ("'Nguyễn ' || case h % 3 when 0 then 'Văn ' when 1 then 'Thị ' "
     "else 'Thúy ' end || case h % 5 when 0 then 'An' when 1 then 'Hòa' when 2 then 'Bình' "
     "when 3 then 'Thủy' else 'Đức' end"), "'Hộ ông  Trần Văn ' || (h % 9)::varchar"),
    ("ngay_sinh", Kind.PARTIAL_DATE, ("lpad((h % 28 + 1)::varchar, 2, '0') || '/' || "
     "lpad((h % 12 + 1)::varchar, 2, '0') || '/' || (1930 + h % 90)::varchar"),
     "(1930 + h % 90)::varchar"),
    ("gioi_tinh", Kind.SEX, "case h % 2 when 0 then 'Nam' else 'Nữ' end", "'1'"),
    ("ma_tinh", Kind.PROVINCE, "case h % 2 when 0 then '01' else '79' end", "'Hà Nội'"),
    ("ma_xa", Kind.COMMUNE, "case h % 3 when 0 then '00004' when 1 then '00070' else '26740' end",
     "'Phường Ba Đình'"),
    ("dia_chi", Kind.ADDRESS, "'Số ' || (h % 500)::varchar || ', thôn Đông, xã Tam Hiệp'", "'-'"),
    ("ma_so_thue", Kind.TAX_CODE, "'9900000016'", "(h % 9999999967)::varchar"),
    ("so_the", Kind.INSURANCE_CARD, "'DN401' || lpad((h % 9999999967)::varchar, 10, '0')",
     "lpad((h % 9999999967)::varchar, 10, '0')"),
    ("so_gcn", Kind.LAND_CERTIFICATE, "'AA ' || lpad((h % 99999989)::varchar, 8, '0')",
     "'AA' || (h % 9999999)::varchar"),
    ("so_vao_so", Kind.BOOK_ENTRY, "'CS ' || lpad((h % 99991)::varchar, 5, '0')", "'cs123'"),
    ("so_to", Kind.MAP_SHEET, "(h % 300 + 1)::varchar", "'12a'"),
    ("so_thua", Kind.PARCEL_NUMBER, "(h % 3000 + 1)::varchar", "'12+13'"),
    ("dien_tich", Kind.AREA, "(h % 1000 + 1)::varchar || ',5'", "'1.100'"),
    ("gia_tri", Kind.MONEY, "(h % 900000000)::varchar", "'1.500.000 đ'"),
    ("dien_thoai", Kind.PHONE, "'09' || lpad((h % 99999989)::varchar, 8, '0')",
     "'+84 9' || lpad((h % 99999989)::varchar, 8, '0')"),
    ("thu", Kind.EMAIL, "'can.bo' || (h % 1000)::varchar || '@example.vn'", "'canbo'"),
    ("loai_dat", Kind.CODE, "case h % 3 when 0 then 'ONT' when 1 then 'ODT' else 'LUC' end",
     "'đất ở'"),
    ("ngay_cap", Kind.DATE, ("lpad((h % 28 + 1)::varchar, 2, '0') || '/' || "
     "lpad((h % 12 + 1)::varchar, 2, '0') || '/' || (2000 + h % 26)::varchar"), "'45000'"),
)  # fmt: skip
DIRTY_PERCENT = 4
OBJECT = RegisterObject(
    name="quyen",
    fields=tuple(
        Field(
            name=name,
            kind=kind,
            codes=LAND_USE if kind is Kind.CODE else (),
            as_of="ngay_cap" if kind is Kind.COMMUNE else "",
        )
        for name, kind, _, _ in FIELDS
    ),
)
REGISTER = Register(id="land", name="Đất đai", version="1.0.0", objects=(OBJECT,))


def taken(rows: int) -> Step:
    """A delivery of that many rows; every draw is a hash of row, field and seed."""
    drawn = ", ".join(
        f"case when (h // {1000 + at}) % 100 < {DIRTY_PERCENT} then {dirty} else {right} end "
        f"as {name}"
        for at, (name, _, right, dirty) in enumerate(FIELDS)
    )
    types = "t" * len(FIELDS)
    return Step(
        "taken__quyen",
        (),
        f"select i as _row, 'S' as _sheet, i::integer as _line, 1 as _part, '{types}' as _types, "
        f"{drawn} from (select i, (hash(i, {SEED}) % 1000000000039)::bigint as h "
        f"from range(1, {rows + 1}) as r(i))",
    )


def run(folder: Path) -> None:
    """The stage alone, over a delivery that stands in the folder."""
    with DuckDBEngine(folder, memory_gib=MEMORY_GIB) as engine:
        standardise(engine, REGISTER, as_of=date(2026, 1, 1))
        print(json.dumps({"rows": engine.rows("select count(*) from standard__quyen")[0][0]}))


def main(rows: int) -> None:
    """Make the delivery, measure the stage in a process of its own, write the record."""
    with tempfile.TemporaryDirectory() as name:
        with DuckDBEngine(Path(name), memory_gib=4) as engine:
            engine.run(taken(rows))
        found = measure([sys.executable, "-m", "benchmarks.standardise", "--run", name])
    suffix = "" if rows == MILLION else f"-{rows // MILLION}m"
    file = record(
        f"standardise{suffix}",
        found | {"rows": rows, "fields": len(FIELDS), "dirty_percent": DIRTY_PERCENT},
        seed=SEED,
    )
    print(file, found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(Path(sys.argv[2]))
    else:
        main(int((sys.argv[1:] or ["1000000"])[0].replace("_", "")))
