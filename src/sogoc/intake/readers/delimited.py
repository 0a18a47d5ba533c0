"""Text with separators: CSV and its relatives, in any encoding, read as a stream."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import IO, TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv as arrow_csv

from sogoc.errors import Place
from sogoc.intake import refusals
from sogoc.intake.readers.blocks import LONGEST_CELL, SIZE, Block, Cutting
from sogoc.intake.sheets import ROWS_A_BATCH, WIDEST, Batch, Sheet, batch_of, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 4 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", ";", "\t", "|")
_SEPARATOR_TOLD = re.compile(r"^sep=(.)\r?\n")
_FIRST = 64 * 1024
_PARSED = 4 * 1024 * 1024
"""Bytes that one thread parses at a time."""
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_STRAY = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the text is written: what the officer's program chose."""

    encoding: str
    errors: str
    separator: str
    skip: int
    """Lines before the table that only tell the separator."""


def sheets(file: Path, place: Place) -> Iterator[Sheet]:
    """The one table of the file."""
    dialect = dialect_of(file, place)
    yield Sheet(name="", batches=_batches(file, dialect, place))


def dialect_of(file: Path, place: Place) -> Dialect:
    """Encoding first, then separator: a separator found in the wrong letters means nothing."""
    encoding, errors = _encoding(file, place)
    try:
        with file.open(encoding=encoding, errors=errors, newline="") as text:
            head = text.read(256 * 1024)
    except UnicodeError:
        raise refusals.unreadable_text(place) from None
    told = _SEPARATOR_TOLD.match(head)
    if told:
        return Dialect(encoding, errors, told[1], 1)
    return Dialect(encoding, errors, _separator(head), 0)


def _encoding(file: Path, place: Place) -> tuple[str, str]:
    """The encoding, and what to do with bytes that are not in it.

    Bytes that are no UTF-8 pass as escapes, to be shown as Windows does (`shown`): which old
    encoding they are is decided cell by cell, since files are glued together.
    """
    with file.open("rb") as stream:
        start = stream.read(4096)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, "strict"
    if b"\0" in start:
        return _wide(start, place), "strict"
    return "utf-8", "strict" if _is_utf8(file) else "surrogateescape"


def _wide(start: bytes, place: Place) -> str:
    """UTF-16 without a mark: in Vietnamese text nearly each second byte is 0 or 1."""
    even, odd = (sum(byte <= 1 for byte in start[first::2]) for first in (0, 1))
    if max(even, odd) < len(start) // 4:
        raise refusals.no_table(place, "tệp nhị phân", "a binary file")
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _separator(head: str) -> str:
    """The separator that gives most rows the same number of cells, more than one."""
    best, chosen = 0.0, ","
    for separator in _SEPARATORS:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
        widths = Counter(len(row) for row in _first(rows, 100) if row)
        width, times = max(widths.items(), key=lambda one: one[0] * one[1], default=(0, 0))
        fit = times / max(widths.total(), 1) * width if width > 1 else 0.0
        if fit > best:
            best, chosen = fit, separator
    return chosen


def _first(rows: Iterator[list[str]], many: int) -> list[list[str]]:
    """The first rows; the sample may end within quotes, so an error there only ends it."""
    found: list[list[str]] = []
    try:
        found.extend(islice(rows, many))
    except csv.Error:
        return found
    return found


def _batches(file: Path, dialect: Dialect, place: Place) -> Iterator[Batch]:
    """By columns as far as the text is plain, then row by row: with the same result."""
    csv.field_size_limit(LONGEST_CELL)
    with file.open("rb") as stream:
        cutting = Cutting(_bytes(stream, dialect, place), dialect.separator, line=dialect.skip + 1)
        for block in cutting:
            batch = by_columns(block, dialect, place)
            yield from [batch] if batch else by_rows(_text(block, dialect), dialect, place)
        with cutting.text("utf-8", dialect.errors) as text:
            rest = Text(text, cutting.line)
            yield from by_rows(rest, dialect, place)


def _bytes(stream: IO[bytes], dialect: Dialect, place: Place) -> Iterator[bytes]:
    """The file in UTF-8 without its mark and the line that tells the separator."""
    # Little at first: titles above the table are not of its width, and make a block slow.
    pieces = chain([stream.read(_FIRST)], iter(partial(stream.read, SIZE), b""))
    told = pieces if dialect.encoding == "utf-8" else _in_utf8(pieces, dialect.encoding, place)
    for _ in range(dialect.skip):
        first = next(told).partition(b"\n")[2]
        told = chain([first], told)
    yield from told


def _in_utf8(pieces: Iterator[bytes], encoding: str, place: Place) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise refusals.unreadable_text(place) from None


@dataclass(frozen=True, slots=True)
class Text:
    """Rows to be read sign by sign, and the line of the file in which they begin."""

    stream: IO[str]
    line: int


def _text(block: Block, dialect: Dialect) -> Text:
    text = block.content.decode("utf-8", dialect.errors)
    return Text(io.StringIO(text, newline=""), int(block.lines[0]))


def by_columns(block: Block, dialect: Dialect, place: Place) -> Batch | None:
    """The block as columns; None where its rows are not all of one length."""
    first = io.StringIO(block.first.decode("utf-8", "replace"), newline="")
    row = next(csv.reader(first, delimiter=dialect.separator), [])
    if len(row) > WIDEST:
        raise refusals.too_wide(Place(file=place.file, row=int(block.lines[0])), len(row), WIDEST)
    table = _parsed(block, dialect, len(row)) if row else None
    if table is None or (table.num_rows, table.num_columns) != (len(block.lines), len(row)):
        return None
    columns = [_shown(column.combine_chunks()) for column in table.columns]
    return Batch(pa.array(block.lines), columns, types_of(columns))


def _parsed(block: Block, dialect: Dialect, width: int) -> pa.Table | None:
    kind = pa.string() if dialect.errors == "strict" else pa.binary()
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(block.content),
            arrow_csv.ReadOptions(autogenerate_column_names=True, block_size=_PARSED),
            arrow_csv.ParseOptions(
                delimiter=dialect.separator,
                newlines_in_values=block.breaks_within,
                ignore_empty_lines=False,
            ),
            arrow_csv.ConvertOptions(
                check_utf8=False,  # the whole file was looked through
                column_types={f"f{at}": kind for at in range(width)},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _shown(column: pa.Array) -> pa.Array:
    """The texts of a column of bytes, those that are no UTF-8 as Windows shows them."""
    if pa.types.is_string(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        coded = column.dictionary_encode()
        told = [text.decode("utf-8", "surrogateescape") for text in coded.dictionary.to_pylist()]
        return pa.array(map(shown, told), pa.string()).take(coded.indices)


def by_rows(text: Text, dialect: Dialect, place: Place) -> Iterator[Batch]:
    """The same read sign by sign, as Python's own reader does."""
    before = text.line - 1
    reader = csv.reader(text.stream, delimiter=dialect.separator)
    numbered = ((text.line - 1 + reader.line_num, row) for row in reader)
    while True:
        rows, ends = _rows(numbered, before, place)
        if not rows:
            return
        yield _batch(rows, [end + 1 for end in [before, *ends[:-1]]], place)
        before = ends[-1]


def _rows(
    numbered: Iterator[tuple[int, list[str]]], before: int, place: Place
) -> tuple[list[list[str]], list[int]]:
    """Some rows with the line in the file where each ends: a cell may hold line breaks."""
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for end, row in islice(numbered, ROWS_A_BATCH):
            rows.append(row)
            ends.append(end)
    except UnicodeError:
        raise refusals.unreadable_text(place) from None
    except csv.Error:
        at = Place(file=place.file, row=(ends[-1] if ends else before) + 1)
        raise refusals.open_quote(at) from None
    return rows, ends


def _batch(rows: list[list[str]], lines: list[int], place: Place) -> Batch:
    width = max(map(len, rows))
    if width > WIDEST:
        at = next(line for line, row in zip(lines, rows, strict=True) if len(row) > WIDEST)
        raise refusals.too_wide(Place(file=place.file, row=at), width, WIDEST)
    try:
        return batch_of(rows, lines)
    except (UnicodeEncodeError, pa.ArrowInvalid):
        return batch_of([[shown(cell) for cell in row] for row in rows], lines)


def shown(cell: str) -> str:
    """A cell with bytes that are no UTF-8, as a Windows program of the time would show it.

    So bytes of TCVN3, VNI or CP1258 look as they do when pasted into a Unicode sheet, and one
    decoder reads both.
    """
    if cell.isascii() or not _STRAY.search(cell):
        return cell
    old = cell.encode("utf-8", "surrogateescape")
    # Latin-1 gives every byte the sign of its number; CP1252 differs from it in these alone.
    return old.decode("latin-1").translate(_WINDOWS)
