"""Addresses of tables outside a run: how they are read, and what is said where that fails."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.errors import AddressRefused, Sentence
from sogoc.tables.parquet import ParquetFile

_NOTHING = "__HIVE_DEFAULT_PARTITION__"
"""What engines write into the name of a folder where the column holds nothing."""


def is_here(address: str) -> bool:
    """Whether it is a place on this machine: a path, or `file:`."""
    parts = urlsplit(address)
    return parts.scheme in {"", "file"} and not parts.netloc


def name_at(address: str) -> str:
    """The last part of an address."""
    return Path(unquote(urlsplit(address).path)).name or "tables"


def here(address: str) -> Path:
    """The place on this machine, of a path or of `file:`; raises AddressRefused for any other."""
    parts = urlsplit(address)
    if not is_here(address):
        raise AddressRefused(
            Sentence(
                vi=f"Địa chỉ {address} không ở trên máy này. Chép dữ liệu về máy, hoặc đặt "
                'engine = "spark" trong sogoc.toml để đọc, ghi kho từ xa.',
                en=f"The address {address} is not on this machine. Copy the tables here, or set "
                'engine = "spark" in sogoc.toml, which reads and writes stores far away.',
            )
        )
    return Path(unquote(parts.path))


def standing(address: str) -> Path:
    """The same where something stands there; raises AddressRefused otherwise."""
    place = here(address)
    if not place.exists():
        raise unreadable(address)
    return place


def one_file(place: Path, folder: Path) -> Path:
    """A folder of Parquet as one file in `folder`, in the order of names; a file as it is.

    What stands in names of folders (`tinh=01`) makes columns of text, the last ones. The same
    folder makes the same bytes. Raises AddressRefused where there is no Parquet, or files that
    differ in their columns.
    """
    if place.is_file():
        return place
    files = [file for file in sorted(place.rglob("*.parquet")) if not _is_aside(file, place)]
    if not files:
        raise unreadable(str(place))
    target = folder / f"{place.name}.parquet"
    try:
        schema = _with_named(pq.read_schema(files[0]).remove_metadata(), _named(files[0], place))
        with ParquetFile(target, schema) as one:
            for file in files:
                _append(one, file, _named(file, place), schema=schema)
    except (pa.ArrowException, KeyError) as refusal:
        raise unlike(str(place)) from refusal
    return target


def _is_aside(file: Path, place: Path) -> bool:
    """What engines leave beside their tables: half-written files, notes of their own."""
    return any(part[0] in "_." for part in file.relative_to(place).parts)


def _named(file: Path, place: Path) -> dict[str, str | None]:
    """Columns that stand in the names of the folders above a file."""
    folders = file.relative_to(place).parts[:-1]
    pairs = (unquote(name).split("=", 1) for name in folders if "=" in name)
    return {name: None if value == _NOTHING else value for name, value in pairs}


def _with_named(schema: pa.Schema, named: dict[str, str | None]) -> pa.Schema:
    for name in named:
        schema = schema.append(pa.field(name, pa.string()))
    return schema


def _append(
    one: ParquetFile, file: Path, named: dict[str, str | None], *, schema: pa.Schema
) -> None:
    with pq.ParquetFile(file) as stored:
        for at in range(stored.num_row_groups):
            rows = stored.read_row_group(at)
            for name, value in named.items():
                column = pa.repeat(pa.scalar(value, pa.string()), rows.num_rows)
                rows = rows.append_column(name, column)
            if set(rows.column_names) != set(schema.names):
                raise KeyError(file.name)
            one.write(rows.select(schema.names).cast(schema))


def unreadable(address: str) -> AddressRefused:
    """Nothing can be read there."""
    return AddressRefused(
        Sentence(
            vi=f"Không đọc được bảng Parquet ở {address}: xem lại địa chỉ, và thiết lập của kho "
            "trong tệp spark_options.",
            en=f"No Parquet can be read at {address}: look at the address, and at what the file "
            "spark_options says of the store.",
        )
    )


def unlike(address: str) -> AddressRefused:
    """The files there do not make one table."""
    return AddressRefused(
        Sentence(
            vi=f"Các tệp Parquet ở {address} không cùng cột hoặc cùng kiểu. Tách mỗi bảng một thư "
            "mục rồi nộp lại.",
            en=f"The Parquet files at {address} differ in their columns or types. Give each table "
            "a folder of its own, then deliver again.",
        )
    )


def taken(address: str) -> AddressRefused:
    """Something stands there already."""
    return AddressRefused(
        Sentence(
            vi=f"Ở {address} đã có dữ liệu, không ghi đè. Chọn địa chỉ khác, hoặc tự xóa trước.",
            en=f"Something stands at {address} already and is not written over. Choose another "
            "address, or remove it first.",
        )
    )
