"""The same 25 rules in other tools, written independently: they must count the same failures.

Run by `benchmarks/check.py`, one tool a process: `check_others.py TOOL FOLDER`. Prints the number
of failing records of each rule as JSON. Where a tool names the failing records, it does so here.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

STALE = date(2025, 11, 20)
ID = "^[0-9]{12}$"
PATTERNS = {
    "ma_thua": "^[A-Z0-9]{12}$",
    "so_dinh_danh": ID,
    "so_gcn": "^[A-Z]{2}[0-9]{6,8}$",
    "dien_thoai": "^0[0-9]{9}$",
    "ma_so_thue": "^[0-9]{10}$",
}
REQUIRED = ("ma_thua", "so_dinh_danh", "ho_ten", "ma_xa", "loai_dat")
LAND = ["ONT", "ODT", "LUC", "LUK", "LUN", "BHK", "NHK", "CLN", "RSX", "RPH", "NTS", "TMD"]
ORIGIN = ["CNQ", "DTT", "DTM", "CNK", "TKH", "DGN"]
COLUMNS = (
    *REQUIRED,
    *("ngay_sinh", "gioi_tinh", "so_to", "so_thua", "dien_tich", "dien_tich_o", "nguon_goc"),
    *("so_gcn", "ngay_cap", "cap_nhat", "dien_thoai", "ma_so_thue", "gia_tri", "dia_chi"),
)
TYPES = {
    "so_to": "integer",
    "so_thua": "integer",
    "gia_tri": "number",
    "dien_tich": "number",
    "dien_tich_o": "number",
    "ngay_cap": "date",
    "cap_nhat": "date",
}
PLACE = ["ma_xa", "so_to", "so_thua"]


def polars_rules() -> list[pl.Expr]:
    """True where a record fails, in the order of the case."""
    import polars as pl

    col = pl.col
    missing = [col(name).is_null() for name in REQUIRED]
    formats = [~col(name).str.contains(pattern) for name, pattern in PATTERNS.items()]
    born = pl.when(col("ngay_sinh").str.len_chars() == 4)
    first = born.then(col("ngay_sinh") + "-01-01").otherwise(col("ngay_sinh")).str.to_date()
    digit = col("so_dinh_danh").str.slice(3, 1)
    sex = (
        pl.when(digit.is_in(["0", "2", "4", "6", "8"])).then(pl.lit("nam")).otherwise(pl.lit("nữ"))
    )
    rows = [
        (col("so_to") < 1) | (col("so_to") > 9999),
        col("so_thua") < 1,
        (col("dien_tich") < 0.1) | (col("dien_tich") > 100_000_000),
        col("gia_tri") < 0,
        ~col("loai_dat").is_in(LAND),
        ~col("nguon_goc").is_in(ORIGIN),
        ~col("gioi_tinh").is_in(["nam", "nữ"]),
        col("ngay_cap") <= first,
        col("dien_tich_o") > col("dien_tich"),
        col("so_dinh_danh").str.contains(ID) & (sex != col("gioi_tinh")),
        col("cap_nhat") < STALE,
    ]
    all_there = col("ma_xa").is_not_null() & col("so_to").is_not_null()
    keys = [
        col("ma_thua").is_not_null() & col("ma_thua").is_duplicated(),
        all_there & pl.struct(PLACE).is_duplicated(),
        col("ma_xa").is_not_null() & col("known_commune").is_null(),
        col("so_dinh_danh").str.contains(ID) & col("known_person").is_null(),
    ]
    return [*missing, *formats, *rows, *keys]


def polars_frame(folder: Path) -> pl.LazyFrame:
    """The records, with what they refer to beside them."""
    import polars as pl

    persons = pl.scan_parquet(folder / "persons.parquet").with_columns(known_person=pl.lit(1))
    communes = pl.scan_parquet(folder / "communes.parquet").with_columns(known_commune=pl.lit(1))
    records = pl.scan_parquet(folder / "raw.parquet")
    with_communes = records.join(communes, on="ma_xa", how="left")
    return with_communes.join(persons, on="so_dinh_danh", how="left")


def polars(folder: Path) -> dict[int, int]:
    """Polars: a mask for each failing record, and the scorecard by commune."""
    import polars as pl

    mask = pl.sum_horizontal(
        rule.fill_null(value=False).cast(pl.Int64) * (1 << n)
        for n, rule in enumerate(polars_rules())
    )
    masked = polars_frame(folder).select("_row", "ma_xa", mask=mask)
    found = masked.filter(pl.col("mask") > 0).collect(engine="streaming")
    with tempfile.TemporaryDirectory(dir=folder) as out:
        found.write_parquet(Path(out) / "findings.parquet")
    each = [((pl.col("mask") // (1 << n)) % 2).sum().alias(str(n)) for n in range(25)]
    card = found.group_by("ma_xa").agg(each)
    totals = card.select(pl.exclude("ma_xa").sum()).row(0)
    return dict(enumerate(totals))


def dataframely(folder: Path) -> dict[int, int]:
    """Dataframely: a schema of 25 rules; the failing records with a column a rule."""
    import dataframely as dy

    def rule(broken: pl.Expr) -> object:
        return dy.rule()(lambda _: ~broken)

    frame = polars_frame(folder)
    types = {"Int64": dy.Int64, "Float64": dy.Float64, "Date": dy.Date, "String": dy.String}
    columns: dict[str, Any] = {
        name: types.get(str(kind), dy.Int32)(nullable=True)
        for name, kind in frame.collect_schema().items()
    }
    rules = {f"rule_{n}": rule(broken) for n, broken in enumerate(polars_rules())}
    schema = type("Right", (dy.Schema,), columns | rules)
    _, failures = schema.filter(frame.collect(engine="streaming"), cast=False)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        failures.invalid().select("_row").write_parquet(Path(out) / "findings.parquet")
    counts = failures.counts()
    return {n: counts.get(f"rule_{n}", 0) for n in range(25)}


def datacontract(folder: Path) -> dict[int, int]:
    """datacontract-cli: what it says of its own accord, the rest as SQL that counts."""
    from datacontract.data_contract import DataContract

    queries = {
        10: "so_to < 1 or so_to > 9999",
        11: "so_thua < 1",
        12: "dien_tich < 0.1 or dien_tich > 100000000",
        13: "gia_tri < 0",
        14: f"loai_dat not in {tuple(LAND)}",
        15: f"nguon_goc not in {tuple(ORIGIN)}",
        16: "gioi_tinh not in ('nam', 'nữ')",
        17: "ngay_cap <= cast(case when length(ngay_sinh) = 4 then ngay_sinh || '-01-01'"
        " else ngay_sinh end as date)",
        18: "dien_tich_o > dien_tich",
        19: f"regexp_matches(so_dinh_danh, '{ID}') and gioi_tinh <> case when"
        " cast(substr(so_dinh_danh, 4, 1) as integer) % 2 = 0 then 'nam' else 'nữ' end",
        20: f"cap_nhat < date '{STALE}'",
        21: "ma_thua in (select ma_thua from records group by ma_thua having count(*) > 1)",
        22: "ma_xa is not null and (ma_xa, so_to, so_thua) in"
        " (select (ma_xa, so_to, so_thua) from records"
        " group by all having count(*) > 1)",
        23: f"ma_xa not in (select ma_xa from '{folder / 'communes.parquet'}')",
        24: f"regexp_matches(so_dinh_danh, '{ID}') and so_dinh_danh not in"
        f" (select so_dinh_danh from '{folder / 'persons.parquet'}')",
    }
    queries |= {n: f"{name} is null" for n, name in enumerate(REQUIRED)}
    queries |= {
        5 + n: f"not regexp_matches({name}, '{pattern}')"
        for n, (name, pattern) in enumerate(PATTERNS.items())
    }
    quality = [
        {
            "id": f"rule-{n}",
            "type": "sql",
            "query": f"select count(*) from records where {queries[n]}",
            "mustBe": 0,
        }
        for n in range(25)
    ]
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "case",
        "version": "1.0.0",
        "status": "active",
        "servers": [
            {
                "server": "case",
                "type": "local",
                "path": str(folder / "raw.parquet"),
                "format": "parquet",
            }
        ],
        "schema": [
            {
                "name": "records",
                "physicalType": "table",
                "properties": [
                    {"name": name, "logicalType": TYPES.get(name, "string")} for name in COLUMNS
                ],
                "quality": quality,
            }
        ],
    }
    run = DataContract(data_contract_str=json.dumps(contract), server="case").test()
    return _counts(run)


def _counts(run: Any) -> dict[int, int]:  # noqa: ANN401 - the result of a tool without a stable type
    named = {check.qualityId: check for check in run.checks if check.qualityId}
    return {n: int(named[f"rule-{n}"].diagnostics["value"]) for n in range(25)}


if __name__ == "__main__":
    tool, where = sys.argv[1:]
    print(json.dumps(globals()[tool](Path(where))))
