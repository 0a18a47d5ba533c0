"""What a register's rules look up elsewhere: other registers of this node, expected counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv

from sogoc.check.rules import references_within
from sogoc.contract.model import RuleForm
from sogoc.database.deliveries import Deliveries
from sogoc.errors import Place, Sentence, SettingsError, UnknownThing
from sogoc.tables.naming import reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.pipeline.parts import Parts
    from sogoc.records.store import RecordStore
    from sogoc.tables.engine import Engine

EXPECTED = "expected"
_EXPECTED_COLUMNS = ("register", "object", "rule", "locality", "expected")


def lend_references(
    parts: Parts, register: Register, engine: Engine, *, store: RecordStore, folder: Path
) -> frozenset[str]:
    """Put the records that the rules refer to within reach; return the names of the tables.

    A register that this node does not hold gives no table: rules that need it are not assessed.
    """
    known = set()
    for other, name in sorted({*_needed(register), *_left_open(register, engine)}):
        if Deliveries(parts.connection).latest(other) is None:
            continue
        try:
            held = parts.shelf.register(other)
        except UnknownThing:
            continue
        if name in {one.name for one in held.objects}:
            engine.register(reference(other, name), store.export(held, name, folder))
            known.add(reference(other, name))
    if _lend_expected(parts.expected, engine):
        known.add(EXPECTED)
    return frozenset(known)


def states_of(parts: Parts, register: Register, known: frozenset[str]) -> dict[str, str]:
    """What each of these tables shows: the delivery that brought its register to where it stands.

    Empty for records of the same register, which may be others with each of its deliveries.
    """
    own = {(register.id, one.name) for one in register.objects}
    states = {}
    for other, name in {*_needed(register), *own}:
        if reference(other, name) in known:
            latest = Deliveries(parts.connection).latest(other)
            is_other = latest is not None and other != register.id
            states[reference(other, name)] = str(latest.id) if latest and is_other else ""
    return states


def _needed(register: Register) -> Iterator[tuple[str, str]]:
    for one in register.objects:
        for rule in one.rules:
            if rule.reference and rule.reference.register and not rule.reference.held_by:
                yield rule.reference.register, rule.reference.object
            if rule.form is RuleForm.COVERAGE and rule.expected.startswith(reference("", "")[:11]):
                _, held, name = rule.expected.rpartition(".")[0].split("__", 2)
                yield held, name


def _left_open(register: Register, engine: Engine) -> Iterator[tuple[str, str]]:
    """Objects of the same register that this delivery refers to and does not bring along whole.

    A parcel comes with its holders; a school came with an earlier delivery. Only then are the
    records held fetched: a commune's sheet must not fetch a province.
    """
    for one in register.objects:
        for to, leads_nowhere in references_within(one, register.id):
            if engine.rows(f"{leads_nowhere} limit 1"):
                yield register.id, to.object


def _lend_expected(folder: Path, engine: Engine) -> bool:
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        return False
    engine.register(EXPECTED, pa.concat_tables([_expected(file) for file in files]))
    return True


def _expected(file: Path) -> pa.Table:
    """Expected counts from one file. Raises SettingsError that names it."""
    kinds = {name: pa.string() for name in _EXPECTED_COLUMNS} | {"expected": pa.int64()}
    options = csv.ConvertOptions(column_types=kinds, include_columns=list(_EXPECTED_COLUMNS))
    try:
        return csv.read_csv(file, convert_options=options)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as wrong:
        raise SettingsError(
            Sentence(
                vi=f"Tệp số dự kiến cần các cột {', '.join(_EXPECTED_COLUMNS)}; cột cuối là số.",
                en=f"Expected counts need the columns {', '.join(_EXPECTED_COLUMNS)}, the last "
                "one whole numbers.",
            ),
            place=Place(file=file.name),
        ) from wrong
