"""The index on disk: what it says of itself, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sogoc.errors import IndexRefused, KernelMissing
from sogoc.link.index import compiled
from sogoc.link.index import manifest as manifests
from sogoc.link.index.layout import ARRAYS
from sogoc.link.index.manifest import MANIFEST
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.tables.duckdb_engine import DuckDBEngine


def test_an_index_tells_whose_persons_it_holds_and_how_many(index: PersonIndex) -> None:
    opened = PersonIndex.open(index.folder)
    assert (opened.manifest.source, opened.manifest.persons) == ("release 1", 4006)
    told = json.loads((index.folder / MANIFEST).read_text(encoding="utf-8"))
    assert told["format"] == "sogoc-person-index"
    assert {name for name in told["files"] if name.startswith("arrays/")} == {
        f"arrays/{name}.bin"
        for name in ARRAYS
        # Of changes, and of the desk, which makes its own beside.
        if name != "gone" and not name.startswith(("cohort_", "region_", "token_"))
    }
    assert all(mark["tells"] for name, mark in told["files"].items() if name.startswith("arrays/"))


def test_the_same_release_gives_the_same_bytes(
    engine: DuckDBEngine, index: PersonIndex, tmp_path: Path
) -> None:
    again = PersonIndex.build(engine, tmp_path / "again", source="release 1")
    for name in (*index.manifest.files, MANIFEST):
        assert (again.folder / name).read_bytes() == (index.folder / name).read_bytes(), name


def test_building_again_takes_the_place_of_the_old_index(engine: DuckDBEngine, copy: Path) -> None:
    PersonIndex.build(engine, copy, source="release 2")
    assert PersonIndex.open(copy).manifest.source == "release 2"
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_engines_read_the_tables_of_the_index(index: PersonIndex, tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "engine") as reader:
        index.register(reader)
        assert all(reader.has(table) for table in TABLES)
        assert reader.rows("select count(*) from population") == [(4006,)]


def test_an_index_that_was_never_finished_is_refused(copy: Path) -> None:
    (copy / MANIFEST).unlink()
    with pytest.raises(IndexRefused, match="never finished"):
        PersonIndex.open(copy)


def test_an_index_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused, match="not there"):
        PersonIndex.open(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["arrays/persons.bin", "tables/population.parquet"])
def test_a_file_that_lost_its_end_is_noticed(copy: Path, name: str) -> None:
    with (copy / name).open("r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) - 1)
    with pytest.raises(IndexRefused, match=name):
        PersonIndex.open(copy)


@pytest.mark.parametrize("name", ["arrays/name_rows.bin", "tables/link_folded.parquet", MANIFEST])
def test_a_flipped_byte_is_noticed(copy: Path, name: str) -> None:
    spoil(copy / name)
    with pytest.raises(IndexRefused, match=name):
        PersonIndex.open(copy)


def test_a_lost_file_is_noticed(copy: Path) -> None:
    (copy / "arrays/days.bin").unlink()
    with pytest.raises(IndexRefused, match=r"days\.bin"):
        PersonIndex.open(copy)


def test_an_index_of_another_version_is_refused(copy: Path) -> None:
    told = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    (copy / MANIFEST).write_text(json.dumps({**told, "version": 99}), encoding="utf-8")
    with pytest.raises(IndexRefused, match="version 99"):
        PersonIndex.open(copy)


@pytest.mark.parametrize("lost", ["gone", "link_cohorts"])
def test_an_index_made_without_what_is_read_today_is_refused_in_words(
    copy: Path, lost: str
) -> None:
    made = manifests.read(copy)
    if lost == "gone":
        body = {**manifests._body(made)}  # noqa: SLF001 - as older software wrote it
        del body["gone"]
        sealed = {**body, "seal": manifests._seal(body)}  # noqa: SLF001 - likewise
        (copy / MANIFEST).write_text(json.dumps(sealed), encoding="utf-8")
    else:
        files = {name: mark for name, mark in made.files.items() if lost not in name}
        manifests.write(copy, replace(made, files=files))
    with pytest.raises(IndexRefused, match="build it again"):
        PersonIndex.open(copy)


def test_a_file_is_read_whole_once_for_each_state_of_it(copy: Path) -> None:
    PersonIndex.open(copy)
    file = copy / "arrays/persons.bin"
    before = file.stat()
    spoil(file)
    # A disk that fails leaves the times as they were: only `verify` finds it.
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    opened = PersonIndex.open(copy)
    with pytest.raises(IndexRefused, match=r"persons\.bin"):
        opened.verify()


def test_a_copy_on_another_disk_is_read_anew(index: PersonIndex, tmp_path: Path) -> None:
    moved = shutil.copytree(index.folder, tmp_path / "moved")
    spoil(moved / "arrays/persons.bin")
    with pytest.raises(IndexRefused):
        PersonIndex.open(moved)


def test_refusals_speak_vietnamese_and_english(tmp_path: Path) -> None:
    with pytest.raises(IndexRefused) as refused:
        PersonIndex.open(tmp_path / "nothing")
    assert "hãy tạo lại" in refused.value.sentence.vi
    assert "build it again" in refused.value.sentence.en


def test_without_the_compiled_part_one_is_told_what_to_install(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "available", lambda: False)
    compiled.compiled.cache_clear()
    with pytest.raises(KernelMissing, match=r"sogoc\[national\]"):
        PersonIndex.build(engine, tmp_path / "people", source="release 1")
    compiled.compiled.cache_clear()


def spoil(file: Path) -> None:
    """Turn one bit in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
