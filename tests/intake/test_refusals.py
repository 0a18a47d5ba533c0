"""Files that cannot be taken in: each is refused in words, and nothing is left behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msoffcrypto.format import ooxml

from sogoc.contract.model import Register
from sogoc.errors import DeliveryRefused
from sogoc.intake.take import take
from sogoc.tables.duckdb_engine import DuckDBEngine


def book() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Tờ bản đồ", "Thửa đất"])
    for at in range(2000):
        sheet.append([3, at])
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def locked_book() -> bytes:
    kept = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(book())).encrypt("mat khau", kept)
    return kept.getvalue()


def archive(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return kept.getvalue()


def bomb() -> bytes:
    return archive(xl__workbook_xml=b"<workbook/>", xl__sheet_xml=b"0" * 100_000_000)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", lambda: b"%PDF-1.7 ...", "this is a PDF file"),
        ("a.xlsx", lambda: b"\x89PNG....", "this is an image"),
        ("a.docx", lambda: archive(word__document_xml=b"<w/>"), "this is a Word document"),
        ("a.zip", lambda: archive(a=b"1"), "this is an archive of files"),
        ("a.xls", lambda: b"<html><table><tr><td>1</td></tr></table>", "this is a web page"),
        ("a.xlsx", locked_book, "the workbook has a password"),
        ("a.xlsx", lambda: book()[:-3000], "damaged or was cut off"),
        ("a.xlsx", bomb, r"unpacks to more than 64 MB"),
        ("a.csv", lambda: b"", "no row of data"),
        ("a.csv", lambda: bytes(range(256)) * 20, "this is a binary file"),
        (
            "a.csv",
            lambda: b'sheet,parcel\n3,"7\n' + b"x" * 1_100_000,
            "row 2: a quotation mark is opened",
        ),
        (
            "a.jsonl",
            lambda: b'{"sheet": 3}\n{"sheet": ',
            "row 2: this is not one whole JSON object",
        ),
        ("a.parquet", lambda: b"PAR1....PAR1", "damaged"),
    ],
    ids=[
        *("a PDF", "an image named as a workbook", "a Word document", "a zip of files"),
        *("a web page named as a workbook", "a password", "a cut-off workbook", "a zip bomb"),
        *("nothing", "bytes", "an open quotation mark", "a broken JSON line", "broken Parquet"),
    ],
)
def test_what_is_no_table_is_refused_in_words_and_leaves_nothing(
    *,
    tmp_path: Path,
    land: Register,
    engine: DuckDBEngine,
    name: str,
    content: Callable[[], bytes],
    said: str,
) -> None:
    file = tmp_path / name
    file.write_bytes(content())
    with pytest.raises(DeliveryRefused, match=said) as refusal:
        take(file, land, engine)
    assert refusal.value.sentence.vi.startswith(name)
    assert not engine.has("raw")
    assert not engine.has("taken__parcel")


def test_a_file_that_is_gone_is_refused(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    with pytest.raises(DeliveryRefused, match="cannot be opened"):
        take(tmp_path / "a.xlsx", land, engine)


def test_a_database_that_does_not_answer_is_refused_without_its_password(
    land: Register, engine: DuckDBEngine
) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        take("postgresql://me:secret@127.0.0.1:1/none#parcels", land, engine)
    assert "secret" not in str(refusal.value)
    assert "secret" not in refusal.value.sentence.vi


def test_json_lines_keep_the_digits_of_numbers(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = tmp_path / "a.jsonl"
    rows = ['{"sheet": 3, "parcel": "7", "area": 100.10}', "", '{"parcel": 8, "sheet": "4"}']
    file.write_text("\n".join(rows), encoding="utf-8")
    assert take(file, land, engine).counts["parcel"] == 2
    told = engine.rows("select _line, _types, sheet, parcel, area from taken__parcel order by 1")
    assert told == [(1, "ntn", "3", "7", "100.10"), (3, "tn-", "4", "8", None)]


def test_parquet_keeps_its_types(tmp_path: Path, land: Register, engine: DuckDBEngine) -> None:
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"sheet": [3, 4], "parcel": ["7", None], "area": [1.0, 2.5]}), file)
    take(file, land, engine)
    told = engine.rows("select _types, sheet, parcel, area from taken__parcel order by _row")
    assert told == [("ntn", "3", "7", "1"), ("n-n", "4", None, "2.5")]


def test_nothing_is_written_beside_the_file(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = tmp_path / "in" / "a.jsonl"
    file.parent.mkdir()
    file.write_text(json.dumps({"sheet": 3, "parcel": 7}), encoding="utf-8")
    take(file, land, engine)
    assert [path.name for path in file.parent.iterdir()] == ["a.jsonl"]
