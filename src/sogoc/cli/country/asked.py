"""What each agency will ask about, noted while its records are at hand: persons, and keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from sogoc.cli.country.cast import OWNERS, READINGS, VERIFYING
from sogoc.records.store import RecordStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.node.node import Node

Rows = list[dict[str, Any]]


def people_file(home: Path, register: str, name: str) -> Path:
    """Where the lawful triples of one object stand."""
    return home / "var" / "asked" / f"people-{register}-{name}.json"


def key_file(home: Path, register: str, name: str) -> Path:
    """Where the key of one record stands."""
    return home / "var" / "asked" / f"key-{register}-{name}.json"


def note_what_it_asks(node: Node, agency: str) -> None:
    """Note the persons whom this agency verifies, and a key for each who asks it for a record.

    Of a register that holds no record yet nothing is noted.
    """
    for what in (OWNERS, *VERIFYING):
        if what.asker == agency:
            people = list(_triples(node, what.register, what.object))
            _note(people_file(node.parts.folder, what.register, what.object), people)
    for reading in READINGS:
        if reading.keeper == agency and reading.allowed:
            key = _key(node, reading.register, reading.object)
            _note(key_file(node.parts.folder, reading.register, reading.object), key)


def _note(file: Path, told: object) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _triples(node: Node, register: str, name: str) -> Iterator[dict[str, str]]:
    person = node.parts.shelf.register(register).object(name).persons[0]
    names = {"number": person.number, "name": person.name, "born": person.born}
    for row in _records(node, register, name, columns=list(names.values())):
        if all(row.values()):
            yield {key: str(row[column]) for key, column in names.items()}


def _key(node: Node, register: str, name: str) -> object:
    names = node.parts.shelf.register(register).object(name).identities[0]
    for row in _records(node, register, name, columns=list(names)):
        if all(row.values()):
            told = {column: str(value) for column, value in row.items()}
            return told[names[0]] if len(names) == 1 else told
    return "0"


def _records(node: Node, register: str, name: str, *, columns: list[str]) -> Rows:
    contract = node.parts.shelf.register(register)
    store = RecordStore(node.parts.connection)
    file = store.export(contract, name, node.parts.folder / "var" / "asked")
    rows: Rows = pq.read_table(file, columns=columns).to_pylist()
    file.unlink()
    return rows
