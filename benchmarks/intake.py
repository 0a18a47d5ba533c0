"""Take in a CSV of a million rows and a workbook of a commune.

python -m benchmarks.intake [ROWS]
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
from pathlib import Path

import openpyxl
from benchmarks.decode import GIVEN, MIDDLES, SURNAMES
from benchmarks.harness import measure, record

from sogoc.contract.load import load
from sogoc.contract.model import Field, Register, RegisterObject
from sogoc.intake.take import Taken, take
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.values.kinds import Kind

SEED = 1
MILLION = 1_000_000
COMMUNE = 30_000
KINDS = (Kind.PERSONAL_ID, Kind.PERSON_NAME, Kind.PARTIAL_DATE, Kind.SEX, Kind.ADDRESS)
WIDTH = 20


def wide() -> Register:
    """A register of twenty fields, four of each kind."""
    fields = tuple(Field(name=f"f{at}", kind=KINDS[at % len(KINDS)]) for at in range(WIDTH))
    rows = RegisterObject(name="row", fields=fields)
    return Register(id="wide", name="Bảng rộng", version="1", objects=(rows,))


def person(chance: random.Random) -> tuple[str, str, str, str, str]:
    """A made-up person, one text a kind."""
    name = " ".join((chance.choice(SURNAMES), chance.choice(MIDDLES), chance.choice(GIVEN)))
    day = (
        f"{chance.randrange(1, 29):02}/{chance.randrange(1, 13):02}/{chance.randrange(1930, 2020)}"
    )
    number = f"0{chance.randrange(10**10, 10**11)}"
    address = f"Số {chance.randrange(999)}, thôn {chance.choice(GIVEN)}, xã {chance.choice(GIVEN)}"
    return number, name, day, chance.choice(("Nam", "Nữ")), address


def text_file(file: Path, rows: int) -> None:
    """A CSV of persons, four a row."""
    chance = random.Random(SEED)  # noqa: S311 - a made-up sample
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow([f"f{at}" for at in range(WIDTH)])
        for _ in range(rows):
            writer.writerow([cell for _ in range(WIDTH // 5) for cell in person(chance)])


def workbook(file: Path) -> None:
    """A land sheet PL3-01 of one commune, 38 columns."""
    chance = random.Random(SEED)  # noqa: S311 - a made-up sample
    form = next(one for one in load(land()).forms if one.id == "PL3-01")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("PL3-01")
    sheet.append(["BIỂU PL3-01"])
    sheet.append([column.header for column in form.columns])
    for at in range(COMMUNE):
        number, name, day, sex, address = person(chance)
        row: list[object] = ["x"] * len(form.columns)
        row[:5] = [at + 1, "00004", f"AA {at:08}", "2020-01-02", f"CS {at:05}"]
        row[5:7] = [None, None]
        row[7:12] = [name, day, sex, number, address]
        row[21:25] = [at // 300 + 1, at % 300 + 1, address, 100.5]
        sheet.append(row)
    book.save(file)


def land() -> Path:
    """The contract of the land register."""
    return shipped("registers") / "land.odcs.yaml"


def run(register: str, file: str) -> None:
    """One delivery in a process of its own, so that its peak of memory is its own."""
    contract = wide() if register == "wide" else load(land())
    with tempfile.TemporaryDirectory() as folder, DuckDBEngine(Path(folder)) as engine:
        measured = measure(lambda: take(file, contract, engine))
        taken: Taken = measured["returned"]
        told = {"form": taken.form, "rows": taken.rows, "counts": taken.counts}
        print(json.dumps(told | {"take_seconds": measured["wall_seconds"]}))


def main() -> None:
    """Measure, print and record."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    results: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        text, book = Path(folder) / "wide.csv", Path(folder) / "PL3-01.xlsx"
        text_file(text, rows)
        workbook(book)
        for name, register, file in (("csv", "wide", text), ("xlsx", "land", book)):
            command = [sys.executable, "-m", "benchmarks.intake", "run", register, str(file)]
            results[name] = measure(command) | {"file_mib": round(file.stat().st_size / 2**20, 1)}
            print(name, results[name], flush=True)
    print(record("intake", results, seed=SEED))


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2], sys.argv[3])
    else:
        main()
