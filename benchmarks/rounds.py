"""A round of a million persons between two nodes, from the first command to the last result.

    python benchmarks/rounds.py make FOLDER      two nodes: a population, a million insurance cards
    python benchmarks/rounds.py measure FOLDER   the round over loopback; writes results/rounds.json
    python benchmarks/rounds.py killed FOLDER    the same with every command killed again and again

Each step is the command that an officer or a service runs, each node a process of its own with its
own database; the population's node serves meanwhile and signs its journal. Persons are made up.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import harness
from killed_round import killed

from sogoc.testing.killed_rounds import OPEN, make_nodes, run, serving

SEED = 1
PERSONS, CARDS = 1_200_000, 1_000_000
PORT = 8491
_MAKE = (
    "import sys; from pathlib import Path; from sogoc.demo.scale import make_cards; "
    "make_cards(Path(sys.argv[1]), rows=int(sys.argv[2]), persons=int(sys.argv[3]),"
    " seed=int(sys.argv[4]))"
)


def main(what: str, folder: Path, *, cards: int, persons: int) -> None:
    """Make the nodes, or measure a round between them."""
    if what == "make":
        make(folder, cards=cards, persons=persons)
    elif what == "killed":
        harness.record("rounds-killed", killed(folder, port=PORT, seed=SEED), seed=SEED)
    else:
        harness.record("rounds", measure(folder), seed=SEED)


def make(folder: Path, *, cards: int, persons: int) -> None:
    """Two nodes that know each other, the grant, and what each holds."""
    files = folder / "files"
    words = (str(files), str(cards), str(persons), str(SEED))
    subprocess.run([sys.executable, "-c", _MAKE, *words], check=True)
    population, csv = files / "population.parquet", files / "insurance-big.csv"
    make_nodes(folder, population=population, cards=csv, port=PORT)


def measure(folder: Path) -> dict[str, Any]:
    """One round, step by step."""
    load = os.getloadavg()[0]
    with serving(folder / "pop", PORT):
        started = time.perf_counter()
        steps: dict[str, Any] = {"open": timed(folder / "bh", *OPEN)}
        number = re.findall(r"Round (\d+):", steps["open"].pop("said"))[0]
        for name, node, words in (
            ("send", "bh", ("round", "send", number)),
            ("answer", "pop", ("round", "answer")),
            ("receive", "bh", ("round", "receive", number)),
        ):
            steps[name] = timed(folder / node, *words)
            said = steps[name].pop("said")
        wall = time.perf_counter() - started
        persons = int(
            re.findall(r"([\d,]+) persons", run(folder / "bh", "round", "show", number))[0].replace(
                ",", ""
            )
        )
    return {
        "persons": persons,
        "population": PERSONS,
        "wall_seconds": round(wall, 1),
        "persons_a_second": round(persons / wall),
        "load_before": round(load, 1),
        "steps": steps,
        "outcomes": outcomes(said),
    }


def outcomes(said: str) -> dict[str, int]:
    """The counts that `round receive` says."""
    found = re.findall(r"^(\S.*?)\s{2,}([\d,]+)\s*$", said, re.MULTILINE)
    return {words: int(count.replace(",", "")) for words, count in found}


def timed(node: Path, *words: str) -> dict[str, Any]:
    """One command with its seconds and its CPU; what it says stands under `said`."""
    told = harness.measure([sys.executable, "-m", "sogoc", "--node", str(node), "-l", "en", *words])
    return {
        **{name: value for name, value in told.items() if name != "returned"},
        "said": str(told["returned"]),
    }


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[3:]] or [CARDS, PERSONS]
    main(sys.argv[1], Path(sys.argv[2]), cards=sizes[0], persons=sizes[1])
