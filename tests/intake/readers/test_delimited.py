"""Reading by columns gives the same as reading sign by sign; where it cannot, it says so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sogoc.errors import DeliveryRefused, Place
from sogoc.intake.readers.blocks import Block, Cutting
from sogoc.intake.readers.delimited import Dialect, Text, by_columns, by_rows, sheets
from sogoc.intake.sheets import WIDEST, Batch

PLACE = Place(file="a.csv")
COMMA = Dialect("utf-8", "surrogateescape", ",", 0)


def told(batches: Iterator[Batch]) -> list[tuple[object, ...]]:
    """Line and filled cells of each row: how wide a batch is does not matter."""
    rows: list[tuple[object, ...]] = []
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        cells = zip(*columns, strict=True) if columns else [()] * len(batch.lines)
        for line, types, row in zip(
            batch.lines.to_pylist(), batch.types.to_pylist(), cells, strict=True
        ):
            filled = tuple((at, cell) for at, cell in enumerate(row) if cell is not None)
            rows.append((line, types.rstrip("-"), filled))
    return rows


def sign_by_sign(content: bytes) -> list[tuple[object, ...]]:
    text = io.StringIO(content.decode("utf-8", "surrogateescape"), newline="")
    return told(by_rows(Text(text, 1), COMMA, PLACE))


def by_blocks(content: bytes, size: int) -> Iterator[Batch]:
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    cutting = Cutting(pieces, ",")
    for block in cutting:
        batch = by_columns(block, COMMA, PLACE)
        text = io.StringIO(block.content.decode("utf-8", "surrogateescape"), newline="")
        yield from [batch] if batch else by_rows(Text(text, int(block.lines[0])), COMMA, PLACE)
    yield from by_rows(Text(cutting.text("utf-8", "surrogateescape"), cutting.line), COMMA, PLACE)


@settings(deadline=None)  # the first block starts threads
@given(
    st.text(alphabet='a,"\n\rÊ \0', max_size=60).map(str.encode),
    st.integers(min_value=1, max_value=70),
)
@example(b'a,"b\n""c"\r\n\r\n"",d', 7)
@example(b"a,b\nc\n,\n", 4)  # a row too short
@example(b'5" pipe,b\n"c"d,e\n', 30)  # inches, and a mark closed too early
@example(b"V\xa8n,b\nB\xc3\xacnh,c\n", 99)  # a file glued of two encodings
def test_any_text_reads_the_same_by_columns_and_sign_by_sign(content: bytes, size: int) -> None:
    assert told(by_blocks(content, size)) == sign_by_sign(content)


@settings(deadline=None)
@given(st.lists(st.lists(st.text('a,"\nÊ'), min_size=3, max_size=3), min_size=1, max_size=9))
def test_what_a_program_wrote_is_read_by_columns(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    content = text.getvalue().encode()
    blocks = list(Cutting(iter([content]), ","))
    assert [len(block.lines) for block in blocks] == [len(rows)]
    assert by_columns(blocks[0], COMMA, PLACE) is not None
    assert told(by_blocks(content, 1 << 20)) == sign_by_sign(content)


def test_a_file_far_larger_than_a_block_is_cut_into_whole_rows() -> None:
    rows = b"".join(b'%d,"thon %d,\nxa",x\n' % (at, at) for at in range(5000))
    pieces = [rows[at : at + 1000] for at in range(0, len(rows), 1000)]
    blocks: list[Block] = list(Cutting(iter(pieces), ","))
    assert max(len(block.content) for block in blocks) < 2000
    assert b"".join(block.content for block in blocks) == rows
    assert [int(line) for block in blocks for line in block.lines] == list(range(1, 10_000, 2))


def test_a_utf_16_file_goes_by_columns_as_well(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Tờ;Thửa\n3;7\n", encoding="utf-16")
    assert told(next(iter(sheets(file, PLACE))).batches) == [
        (1, "tt", ((0, "Tờ"), (1, "Thửa"))),
        (2, "tt", ((0, "3"), (1, "7"))),
    ]


def test_letters_that_no_encoding_explains_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"\xef\xbb\xbfa,b\n\xff\xfe\xfd,1\n")
    with pytest.raises(DeliveryRefused, match="encoding of the file cannot be read"):
        list(next(iter(sheets(file, PLACE))).batches)


def test_a_row_of_too_many_columns_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "x," * WIDEST + "x\n", encoding="utf-8")
    with pytest.raises(DeliveryRefused, match=r"row 2.*2001 columns") as refusal:
        list(next(iter(sheets(file, PLACE))).batches)
    assert "dòng 2" in refusal.value.sentence.vi
