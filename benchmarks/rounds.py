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
import threading
import time
from pathlib import Path
from typing import Any, Self

import harness
from deliver import Server
from killed_round import killed

from sogoc.database.store import open_store
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
    bh, pop = folder / "bh", folder / "pop"
    with serving(pop, PORT):
        started = time.perf_counter()
        said, opening = timed(bh, *OPEN)
        number = re.findall(r"Round (\d+):", said)[0]
        steps = {"open": opening}
        _, steps["send"] = timed(bh, "round", "send", number)
        with Stages(pop) as stages:
            _, steps["answer"] = timed(pop, "round", "answer")
        said, steps["receive"] = timed(bh, "round", "receive", number)
        wall = time.perf_counter() - started
        shown = run(bh, "round", "show", number)
    persons = int(re.findall(r"([\d,]+) persons", shown)[0].replace(",", ""))
    return {
        "persons": persons,
        "population": _counted(pop),
        "wall_seconds": round(wall, 1),
        "persons_a_second": round(persons / wall),
        "load_before": round(load, 1),
        "steps": steps,
        "answer_by_stage": stages.seconds,
        "outcomes": outcomes(said),
    }


def _counted(node: Path) -> int:
    with open_store(node / "state") as connection:
        row = connection.execute("select count(*) from register.population__nguoi").fetchone()
        return int(row[0]) if row else 0


class Stages:
    """Looks at the round in the database of the node that answers while its worker is at it."""

    def __init__(self, node: Path) -> None:
        self._state = node / "state"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._seen: dict[str, float] = {}
        self._started = time.perf_counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds until it was linked, until the journal held everybody, until it was packed."""
        ends = [self._seen.get(name, 0.0) for name in ("linked", "journalled", "answered")]
        names = ("opened_and_linked", "journalled", "packed")
        starts = [0.0, *ends]
        return {
            name: round(end - start, 1)
            for name, start, end in zip(names, starts, ends, strict=False)
        }

    def _watch(self) -> None:
        before = -1
        with open_store(self._state) as connection:
            while not self._over.wait(0.2):
                row = connection.execute(_LOOK).fetchone()
                state, journalled = row or ("", 0)
                now = time.perf_counter() - self._started
                if state == "linked":
                    self._seen.setdefault("linked", now)
                if journalled != before:
                    before, self._seen["journalled"] = journalled, now
                if state == "answered":
                    self._seen.setdefault("answered", now)


_LOOK = "select state, journalled from node.round_taken order by begun_at desc limit 1"


def outcomes(said: str) -> dict[str, int]:
    """The counts that `round receive` says."""
    found = re.findall(r"^(\S.*?)\s{2,}([\d,]+)\s*$", said, re.MULTILINE)
    return {words: int(count.replace(",", "")) for words, count in found}


def timed(node: Path, *words: str) -> tuple[str, dict[str, Any]]:
    """What a command says, and its seconds; those of the node's PostgreSQL beside it."""
    line = [sys.executable, "-m", "sogoc", "--node", str(node), "-l", "en", *words]
    with Server(node) as server:
        told = harness.measure(line)
    return str(told.pop("returned")), {**told, **server.numbers}


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[3:]] or [CARDS, PERSONS]
    main(sys.argv[1], Path(sys.argv[2]), cards=sizes[0], persons=sizes[1])
