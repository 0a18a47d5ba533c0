"""Check 10 million rows by 25 rules: ours, other tools, and the plain scan as the floor.

Use: `python benchmarks/check.py FOLDER [dataframely=PYTHON] [datacontract=PYTHON] [rows=N]`
or `... again` to measure the re-check alone; the others keep their figures.

`FOLDER` keeps the made tables. Each contender runs in a process of its own; a tool that is not in
this environment is given the Python that has it. Counts of all must agree, or nothing is recorded.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import RESULTS, CommandFailed, measure, record

HERE = Path(__file__).parent
PART = str(HERE / "check_ours.py")
SEED = 4856
_RECHECK = "ours, re-check of 1 % changed"


def main() -> None:
    """Make the case if it is not there, measure every contender, compare counts, record."""
    folder, *given = sys.argv[1:]
    if given == ["again"]:
        _again(folder)
        return
    settings = dict(one.split("=", 1) for one in given)
    rows = int(settings.pop("rows", "10000000"))
    case = Path(folder)
    if not (case / "standard__right.parquet").exists():
        measure([sys.executable, PART, "make", folder, str(rows)])
    others = str(HERE / "check_others.py")
    commands = {
        "floor: decode every column": [sys.executable, PART, "floor", folder],
        "ours, from standard records": [sys.executable, PART, "standard", folder],
        "ours, formats checked in the same pass": [sys.executable, PART, "raw", folder],
        _RECHECK: [sys.executable, PART, "recheck", folder],
        "polars": [sys.executable, others, "polars", folder],
        "dataframely": [settings.get("dataframely", sys.executable), others, "dataframely", folder],
        "datacontract-cli": [
            settings.get("datacontract", sys.executable),
            others,
            "datacontract",
            folder,
        ],
    }
    results: dict[str, Any] = {"rows": rows, "rules": 25, "load_during": []}
    for name, command in commands.items():
        results[name] = _measured(name, command)
        results["load_during"].append(round(os.getloadavg()[0], 1))
    results["counts_agree"] = _agree(results)
    written = record("check", results, seed=SEED, packages=("dataframely", "datacontract-cli"))
    print(f"{written}: counts agree: {results['counts_agree']}")


def _again(folder: str) -> None:
    """Measure the re-check alone and put it among the figures of the others."""
    file = RESULTS / "check.json"
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    command = [sys.executable, PART, "recheck", folder]
    results[_RECHECK] = {
        **_measured(_RECHECK, command),
        "load_before": round(os.getloadavg()[0], 1),
    }
    print(record("check", results, seed=SEED, packages=("dataframely", "datacontract-cli")))


def _measured(name: str, command: list[str]) -> dict[str, Any]:
    try:
        numbers = measure(command)
    except CommandFailed as failure:
        print(f"{name}: failed: {str(failure)[-300:]}", flush=True)
        return {"failed": str(failure)[-300:].replace(tempfile.gettempdir(), "")}
    said = {key: numbers[key] for key in ("wall_seconds", "cpu_seconds", "peak_mib")}
    print(f"{name}: {said}", flush=True)
    return numbers


def _agree(results: dict[str, Any]) -> dict[str, bool]:
    """Whether each that counts all 25 rules counts what ours does over standard records."""
    ours = results["ours, from standard records"]["returned"]["failed"]
    agree = {}
    for name in (
        "ours, formats checked in the same pass",
        "polars",
        "dataframely",
        "datacontract-cli",
    ):
        returned = results[name].get("returned")
        if isinstance(returned, dict):
            counts = dict(returned.get("failed", returned))
            if name.startswith("ours"):
                # Over raw texts a number that is badly written is also nobody's: the others are
                # told not to look it up, as standard records make it for us.
                counts["24"] -= ours["6"]
            agree[name] = _same(ours, counts)
    return agree


def _same(ours: dict[str, int], theirs: dict[str, Any]) -> bool:
    return json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True)


if __name__ == "__main__":
    main()
