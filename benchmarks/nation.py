"""Linking at the sizes of a nation: runs `sogoc bench link` and keeps what it found.

    python benchmarks/nation.py FOLDER [PERSONS RECORDS [ENGINE [VARIANT]]]

Without sizes every case of `CASES` runs, small ones first. FOLDER keeps populations, registers and
indexes: what is whole is used again (a phase made before says `kept` in the result). Results go to
`benchmarks/results/link-<engine>-<variant>-<records>-of-<persons>.json`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from harness import RESULTS

from sogoc.cli.app import app

_MILLION = 1_000_000
CASES = [
    (persons, records, engine, variant)
    for persons, records in (
        (_MILLION, _MILLION),
        (10 * _MILLION, _MILLION),
        (100 * _MILLION, 10_000),
        (100 * _MILLION, _MILLION),
        (100 * _MILLION, 10 * _MILLION),
    )
    for engine in ("sql", "kernel")
    for variant in ("plain", "family")
]


def main(folder: Path, cases: list[tuple[int, int, str, str]]) -> None:
    """Run the cases one after the other."""
    for persons, records, engine, variant in cases:
        options = {
            "--persons": persons,
            "--records": records,
            "--engine": engine,
            "--variant": variant,
            "--folder": folder,
        }
        words = [str(word) for option in options.items() for word in option]
        app(["-l", "en", "bench", "link", *words], standalone_mode=False)
        name = f"link-{engine}-{variant}-{records}-of-{persons}.json"
        (found,) = folder.glob(f"nation-*/{name}")
        shutil.copy(found, RESULTS / name)


if __name__ == "__main__":
    _, where, *told = sys.argv
    given = [int(size) for size in told[:2]] + told[2:]
    one = (*given, *("sql", "plain")[len(given) - 2 :])
    main(Path(where), [one] if told else CASES)
