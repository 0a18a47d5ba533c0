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
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 1
PERSONS, CARDS = 1_200_000, 1_000_000
POP, BH = "VN/GOV/01/POP", "VN/GOV/03/BHXH"
PORT = 8491
_MAKE = (
    "import sys; from pathlib import Path; from sogoc.demo.scale import make_cards; "
    "make_cards(Path(sys.argv[1]), rows=int(sys.argv[2]), persons=int(sys.argv[3]),"
    " seed=int(sys.argv[4]))"
)
GRANT = """
id = "G-2026-0002"
member = "VN/GOV/03/BHXH"
register = "population"
fields = ["so_dinh_danh"]
operations = ["round"]
purpose = "1.012789"
ground = "an article of law (made up)"
first_day = 2026-01-01
last_day = 2099-12-31
"""
OPEN = (
    *("round", "open", "health-insurance", "--to", f"{POP}/population", "--records", "all"),
    *("--officer", "VN000000000007", "--issue", "1.012789/H29-260302-0001"),
)


def main(what: str, folder: Path, *, cards: int, persons: int) -> None:
    """Make the nodes, or measure a round between them."""
    if what == "make":
        make(folder, cards=cards, persons=persons)
    else:
        from killed_round import killed

        name, work = {"measure": ("rounds", measure), "killed": ("rounds-killed", killed)}[what]
        harness.record(name, work(folder), seed=SEED)


def make(folder: Path, *, cards: int, persons: int) -> None:
    """Two nodes that know each other, the grant, and what each holds."""
    folder.mkdir(parents=True, exist_ok=True)
    words = (str(folder / "files"), str(cards), str(persons), str(SEED))
    subprocess.run([sys.executable, "-c", _MAKE, *words], check=True)
    said = ""
    for node, member, port in ((folder / "pop", POP, PORT), (folder / "bh", BH, PORT + 1)):
        address = f"http://127.0.0.1:{port}"
        told = ("--member", member, "--address", address, "--name", member, "--port", str(port))
        said += sogoc(node, "node", "init", *told)
    key = re.findall(r"hub_key of every node is: (\S+)", said)[0]
    with (folder / "bh" / "sogoc.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'hub_address = "http://127.0.0.1:{PORT}"\nhub_key = "{key}"\n')
    for node in ("pop", "bh"):
        sogoc(folder / "pop", "hub", "accept", str(folder / node / "join-request.txt"))
    (folder / "grant.toml").write_text(GRANT, encoding="utf-8")
    sogoc(folder / "pop", "grant", "ask", str(folder / "grant.toml"))
    sogoc(folder / "pop", "grant", "accept", "G-2026-0002")
    sogoc(folder / "pop", "deliver", "population", str(folder / "files" / "population.parquet"))
    sogoc(folder / "bh", "deliver", "health-insurance", str(folder / "files" / "insurance-big.csv"))


def measure(folder: Path) -> dict[str, Any]:
    """One round, step by step."""
    load = os.getloadavg()[0]
    with serving(folder / "pop"):
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
            re.findall(r"([\d,]+) persons", show(folder / "bh", number))[0].replace(",", "")
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


def show(node: Path, number: str) -> str:
    """How the round stands."""
    return sogoc(node, "round", "show", number)


def timed(node: Path, *words: str) -> dict[str, Any]:
    """One command with its seconds and its CPU; what it says stands under `said`."""
    told = harness.measure([sys.executable, "-m", "sogoc", "--node", str(node), "-l", "en", *words])
    return {
        **{name: value for name, value in told.items() if name != "returned"},
        "said": str(told["returned"]),
    }


def sogoc(node: Path, *words: str) -> str:
    """What a command says; one that fails ends the measurement."""
    line = [sys.executable, "-m", "sogoc", "--node", str(node), "-l", "en", *words]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


@contextmanager
def serving(node: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The node's server until the block ends."""
    line = [sys.executable, "-m", "sogoc", "--node", str(node), "node", "serve"]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for_server()
        yield process
        process.send_signal(signal.SIGINT)
        process.wait(120)


def wait_for_server() -> None:
    """Until it answers."""
    from sogoc.exchange.client import fetched

    until = time.monotonic() + 120
    while fetched(f"http://127.0.0.1:{PORT}/ready") is None:
        if time.monotonic() > until:
            raise SystemExit("the server never came")
        time.sleep(0.2)


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[3:]] or [CARDS, PERSONS]
    main(sys.argv[1], Path(sys.argv[2]), cards=sizes[0], persons=sizes[1])
