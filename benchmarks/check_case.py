"""The case that checking is measured on: 10 million rows of 19 columns, about 10 % of them bad.

Made by hashes of the row number, so any machine makes the same rows. Two tables of the same
records: `raw.parquet` as it came, and `standard__right.parquet` as *standardise* leaves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from sogoc.contract.model import (
    Criterion,
    Dimension,
    ErrorGroup,
    Field,
    Reference,
    Register,
    RegisterObject,
    Rule,
    RuleForm,
)
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from pathlib import Path

SEED = 4856
TODAY = "2026-11-20"
PERSONS, COMMUNES = 5_000_000, 3321
LAND = ("ONT", "ODT", "LUC", "LUK", "LUN", "BHK", "NHK", "CLN", "RSX", "RPH", "NTS", "TMD")
ORIGIN = ("CNQ", "DTT", "DTM", "CNK", "TKH", "DGN")
PATTERNS = {
    "ma_thua": "^[A-Z0-9]{12}$",
    "so_dinh_danh": "^[0-9]{12}$",
    "so_gcn": "^[A-Z]{2}[0-9]{6,8}$",
    "dien_thoai": "^0[0-9]{9}$",
    "ma_so_thue": "^[0-9]{10}$",
}
COLUMNS: dict[str, Kind] = {
    "ma_thua": Kind.PARCEL_ID,
    "so_dinh_danh": Kind.PERSONAL_ID,
    "ho_ten": Kind.PERSON_NAME,
    "ngay_sinh": Kind.PARTIAL_DATE,
    "gioi_tinh": Kind.SEX,
    "ma_xa": Kind.COMMUNE,
    "so_to": Kind.MAP_SHEET,
    "so_thua": Kind.PARCEL_NUMBER,
    "dien_tich": Kind.NUMBER,
    "dien_tich_o": Kind.NUMBER,
    "loai_dat": Kind.CODE,
    "nguon_goc": Kind.CODE,
    "so_gcn": Kind.LAND_CERTIFICATE,
    "ngay_cap": Kind.DATE,
    "cap_nhat": Kind.DATE,
    "dien_thoai": Kind.PHONE,
    "ma_so_thue": Kind.TAX_CODE,
    "gia_tri": Kind.MONEY,
    "dia_chi": Kind.ADDRESS,
}
REQUIRED = ("ma_thua", "so_dinh_danh", "ho_ten", "ma_xa", "loai_dat")
ROW_RULES: dict[str, tuple[str, ...]] = {
    "so_to < 1 or so_to > 9999": ("so_to",),
    "so_thua < 1": ("so_thua",),
    "dien_tich < 0.1 or dien_tich > 100000000": ("dien_tich",),
    "gia_tri < 0": ("gia_tri",),
    f"loai_dat not in {LAND}": ("loai_dat",),
    f"nguon_goc not in {ORIGIN}": ("nguon_goc",),
    "gioi_tinh not in ('nam', 'nữ')": ("gioi_tinh",),
    "ngay_cap <= earliest(ngay_sinh)": ("ngay_cap", "ngay_sinh"),
    "dien_tich_o > dien_tich": ("dien_tich_o", "dien_tich"),
    "sex_of(so_dinh_danh) <> gioi_tinh": ("so_dinh_danh", "gioi_tinh"),
    "cap_nhat < days_ago(365)": ("cap_nhat",),
}


def register(*, formats_known: bool) -> Register:
    """The same 25 rules over standard records, or over raw ones with every format checked."""
    fields = tuple(
        Field(name=name, kind=kind if formats_known else _plain(kind), score_by=name == "ma_xa")
        for name, kind in COLUMNS.items()
    )
    rules = [_rule(f"{name}.missing", (name,), _missing(name, formats_known)) for name in REQUIRED]
    rules += [
        _rule(f"{name}.format", (name,), _format(name, pattern, formats_known))
        for name, pattern in PATTERNS.items()
    ]
    rules += [
        _rule(f"rule-{n}", names, _guarded(fail_when, names, formats_known))
        for n, (fail_when, names) in enumerate(ROW_RULES.items())
    ]
    rules += [
        _rule("twice-code", ("ma_thua",), form=RuleForm.UNIQUE),
        _rule("twice-place", ("ma_xa", "so_to", "so_thua"), form=RuleForm.UNIQUE),
        _refers("no-commune", "ma_xa", "communes"),
        _refers("nobody", "so_dinh_danh", "persons"),
    ]
    one = RegisterObject(name="right", fields=fields, rules=tuple(rules))
    return Register(id="case", name="case", version="1", objects=(one,))


def make(folder: Path, rows: int) -> None:
    """Write the tables of the case into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "6GiB"})
    for table, select in {
        "persons": f"select {_number('p')} as so_dinh_danh from range({PERSONS}) as r(p)",
        "communes": f"select lpad(cast(c * 9 + 4 as varchar), 5, '0') as ma_xa"
        f" from range({COMMUNES}) as r(c)",
        "raw": _raw(rows),
    }.items():
        _write(connection, folder / f"{table}.parquet", select)
    source = f"read_parquet('{folder / 'raw.parquet'}')"
    _write(connection, folder / "standard__right.parquet", _standard(source))


def _write(connection: duckdb.DuckDBPyConnection, file: Path, select: str) -> None:
    connection.execute(
        f"copy ({select}) to '{file}' (format parquet, compression zstd, compression_level 1)"
    )


def _number(p: str) -> str:
    """The personal number of the p-th person: all different, sex and year as the law has them."""
    year = f"(1930 + ({p} * 7919) % 80)"
    digit = f"(({year} - 1900) // 100 * 2 + {p} % 2)"
    place = f"lpad(cast({p} // 1000000 * 19 + {p} % 19 as varchar), 3, '0')"
    return (
        f"{place} || cast({digit} as varchar) || lpad(cast({year} % 100 as varchar), 2, '0')"
        f" || lpad(cast({p} % 1000000 as varchar), 6, '0')"
    )


def _raw(rows: int) -> str:
    family = "['Nguyễn','Trần','Lê','Phạm','Hoàng','Phan','Vũ','Đặng','Bùi','Đỗ','Hồ','Nông']"
    middle = "['Văn','Thị','Đức','Ngọc','Minh','Hữu','Thanh','Xuân','Quang','Thu']"
    given = "['An','Bình','Chi','Dũng','Hà','Hoà','Lan','Mai','Nam','Oanh','Phúc','Sơn','Tú','Yến']"
    land, origin = (f"[{', '.join(repr(code) for code in codes)}]" for codes in (LAND, ORIGIN))
    pick = "cast({h} % len({these}) as bigint) + 1"
    return f"""
with drawn as (
    select i, hash(i, {SEED}) as h, hash(i, {SEED} + 1) as g, hash(i, {SEED} + 2) as k,
        cast(hash(i, {SEED} + 3) % {PERSONS} as bigint) as p,
        case when hash(i, {SEED} + 4) % 1000 < 105
            then cast(hash(i, {SEED} + 5) % 22 as integer) else -1 end as bad
    from range({rows}) as r(i)
)
select i + 1 as _row,
    case bad when 0 then null when 1 then 'sai-' || i
        when 2 then lpad(to_base(i // 3000 * 3000, 36), 12, 'T')
        else lpad(to_base(i, 36), 12, 'T') end as ma_thua,
    case bad when 3 then null when 4 then left({_number("p")}, 11)
        when 5 then '999' || substr({_number("p")}, 4) else {_number("p")} end as so_dinh_danh,
    case when bad = 6 then null else
        {family}[{pick.format(h="h", these=family)}] || ' ' ||
        {middle}[{pick.format(h="g", these=middle)}] || ' ' ||
        {given}[{pick.format(h="k", these=given)}] end as ho_ten,
    case when g % 20 = 0 then cast(1930 + (p * 7919) % 80 as varchar)
        when h % 25 = 0 then null
        else cast(1930 + (p * 7919) % 80 as varchar) || '-' ||
            lpad(cast(1 + h % 12 as varchar), 2, '0') || '-' ||
            lpad(cast(1 + g % 28 as varchar), 2, '0') end as ngay_sinh,
    case when bad = 7 then 'khác' when bad = 8 then case p % 2 when 0 then 'nữ' else 'nam' end
        else case p % 2 when 0 then 'nam' else 'nữ' end end as gioi_tinh,
    case bad when 9 then null when 10 then '99999'
        else lpad(cast(i % {COMMUNES} * 9 + 4 as varchar), 5, '0') end as ma_xa,
    cast(case bad when 11 then 0 else 1 + i // {COMMUNES} // 100 end as bigint) as so_to,
    cast(case bad when 12 then -1 when 13 then 7 else 1 + i // {COMMUNES} % 100 end as bigint)
        as so_thua,
    cast(case bad when 14 then 0 else 40 + h % 100000 / 10.0 end as double) as dien_tich,
    cast(case when bad = 15 then 999999 when g % 3 = 0 then null else 30 + h % 10 end as double)
        as dien_tich_o,
    case bad when 16 then 'XYZ' when 17 then null
        else {land}[{pick.format(h="h", these=land)}] end as loai_dat,
    case when g % 10 = 0 then null else {origin}[{pick.format(h="k", these=origin)}] end
        as nguon_goc,
    case when bad = 18 then 'CH 12' when h % 5 = 0 then null
        else 'C' || chr(65 + cast(h % 26 as integer)) || lpad(cast(g % 1000000 as varchar), 6, '0')
        end as so_gcn,
    case when bad = 19 then date '1900-01-01' when k % 5 = 0 then null
        else date '2010-01-01' + cast(g % 5000 as integer) end as ngay_cap,
    case bad when 20 then date '2020-01-01' else date '2026-01-01' + cast(k % 300 as integer) end
        as cap_nhat,
    case when bad = 21 then '12345' when h % 3 = 0 then null
        else '09' || lpad(cast(g % 100000000 as varchar), 8, '0') end as dien_thoai,
    case when h % 10 < 9 then null else lpad(cast(g % 10000000000 as varchar), 10, '0') end
        as ma_so_thue,
    cast(1000000 + h % 5000000000 as bigint) as gia_tri,
    'Thôn ' || cast(h % 12 + 1 as varchar) as dia_chi
from drawn
"""


def _standard(source: str) -> str:
    columns = []
    for name, kind in COLUMNS.items():
        bad = f"not regexp_matches({name}, '{PATTERNS[name]}')" if name in PATTERNS else "1 = 0"
        columns += [
            f"case when {bad} then null else {name} end as {name}",
            f"cast({name} as varchar) as {name}__raw",
            f"case when {bad} then 'format' end as {name}__flaw",
            f"cast(null as varchar) as {name}__proposal",
        ]
        if kind is Kind.COMMUNE:
            columns += [f"{name} as {name}__now", f"cast(null as varchar) as {name}__candidates"]
    return f"select _row, {', '.join(columns)} from {source}"


def _rule(
    code: str,
    fields: tuple[str, ...],
    fail_when: str = "",
    *,
    form: RuleForm = RuleForm.ROW,
    reference: Reference | None = None,
) -> Rule:
    return Rule(
        code=code,
        name=code,
        form=form,
        dimension=Dimension.CONFORMITY,
        criterion=Criterion.SACH,
        group=ErrorGroup.FORMAT,
        fields=fields,
        fail_when=fail_when,
        reference=reference,
    )


def _refers(code: str, field: str, to: str) -> Rule:
    reference = Reference(register="other", object=to, fields=(field,))
    return _rule(code, (field,), form=RuleForm.REFERENCE, reference=reference)


def _plain(kind: Kind) -> Kind:
    return kind if kind in {Kind.PARTIAL_DATE, Kind.DATE} else Kind.TEXT


def _missing(name: str, formats_known: bool) -> str:  # noqa: FBT001 - which of two tables is read
    return f"{name} is null and {name}__flaw is null" if formats_known else f"{name} is null"


def _format(name: str, pattern: str, formats_known: bool) -> str:  # noqa: FBT001 - as above
    if formats_known:
        return (
            f"case when {name}__flaw is not null then true when {name} is not null then false end"
        )
    return f"not regexp_matches({name}, '{pattern}')"


def _guarded(fail_when: str, names: tuple[str, ...], formats_known: bool) -> str:  # noqa: FBT001 - as above
    """A rule that reads a badly written value is not assessed, as over standard records."""
    if formats_known or "so_dinh_danh" not in names:
        return fail_when
    return f"regexp_matches(so_dinh_danh, '{PATTERNS['so_dinh_danh']}') and {fail_when}"
