"""Tables that keep the names of their columns: JSON lines and Parquet."""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sogoc.errors import Place
from sogoc.intake import refusals
from sogoc.intake.readers.array import Number, Row, elements
from sogoc.intake.sheets import ROWS_A_BATCH, WIDEST, Batch, Sheet, texts, type_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


def json_sheets(file: Path, place: Place) -> Iterator[Sheet]:
    """One object a line."""
    return _sheet(partial(_objects, file, place), place)


def array_sheets(file: Path, place: Place) -> Iterator[Sheet]:
    """One array of objects, as many programs write them; read piece by piece."""
    return _sheet(partial(elements, file, place), place)


def _sheet(told: Callable[[], Iterator[Row]], place: Place) -> Iterator[Sheet]:
    """The names are gathered first: a later object may bring a new one."""
    names: dict[str, None] = {}
    for _, row in told():
        names.update(dict.fromkeys(row))
        if len(names) > WIDEST:
            raise refusals.too_wide(place, len(names), WIDEST)
    yield Sheet(name="", names=tuple(names), batches=_json_batches(told(), tuple(names)))


def _objects(file: Path, place: Place) -> Iterator[Row]:
    try:
        with file.open(encoding="utf-8-sig") as lines:
            told = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
            for number, line in told:
                yield number, _object(line, Place(file=place.file, row=number))
    except UnicodeError:
        raise refusals.unreadable_text(place) from None


def _object(line: str, place: Place) -> dict[str, object]:
    try:
        told = json.loads(line, parse_float=Number, parse_int=Number)
    except (ValueError, RecursionError):
        raise refusals.bad_line(place) from None
    if not isinstance(told, dict):
        raise refusals.bad_line(place)
    return cast(dict[str, object], told)


def _json_batches(rows: Iterator[Row], names: tuple[str, ...]) -> Iterator[Batch]:
    while some := list(islice(rows, ROWS_A_BATCH)):
        columns = [texts([_text(told.get(name)) for _, told in some]) for name in names]
        types = ["".join([_letter(told.get(name)) for name in names]) for _, told in some]
        lines = pa.array([number for number, _ in some], pa.int32())
        yield Batch(lines, columns, pa.array(types, pa.string()))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return str(value) if value else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _letter(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "b"
    return "n" if isinstance(value, Number) else "t"


def parquet_sheets(file: Path, place: Place) -> Iterator[Sheet]:
    """A Parquet file, read group by group."""
    try:
        stored = pq.ParquetFile(file)
    except (pa.ArrowException, OSError):
        raise refusals.damaged(place) from None
    names = tuple(stored.schema_arrow.names)
    if len(names) > WIDEST:
        raise refusals.too_wide(place, len(names), WIDEST)
    yield Sheet(name="", names=names, batches=_parquet_batches(stored, place))


def _parquet_batches(stored: pq.ParquetFile, place: Place) -> Iterator[Batch]:
    before = 0
    with stored:
        try:
            for some in stored.iter_batches(batch_size=ROWS_A_BATCH):
                yield typed_batch(some.columns, before)
                before += some.num_rows
        except (pa.ArrowException, OSError):
            raise refusals.damaged(place) from None


def typed_batch(columns: Iterable[pa.Array], before: int) -> Batch:
    """A batch of columns that have a type each."""
    told = list(columns)
    values = [_as_text(column) for column in told]
    many = len(told[0]) if told else 0
    types = type_rows(values, [_column_letter(column.type) for column in told])
    return Batch(pa.array(np.arange(before + 1, before + many + 1, dtype=np.int32)), values, types)


def _column_letter(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "b"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "d"
    is_number = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return "n" if any(one(kind) for one in is_number) else "t"


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_string(kind):
        return texts_of(column)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_floating(kind):
        return texts([_plain(value) for value in column.to_pylist()])
    return texts_of(column.cast(pa.string()))


def texts_of(column: pa.Array) -> pa.Array:
    """A column of texts, NULL where nothing was written."""
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _plain(value: object) -> str | None:
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if value is None or isinstance(value, bytes):
        return None if value is None else value.hex()
    return json.dumps(value, ensure_ascii=False, default=str)
