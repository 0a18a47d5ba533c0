"""A round whose every command is killed with -9, beside one that nobody disturbs.

Two nodes, each a process of its own with its own database. The first round is let through; its
results are taken back, and a second one over the same persons is killed at random moments: who
opens, who sends, the server, who answers, who receives. Each command is then given again, as an
officer would. At the end both rounds must have said the same of everybody, once.
"""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.database.store import open_store
from sogoc.exchange.client import fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    _Words = Callable[[str], tuple[str, ...]]

POP, BH = "VN/GOV/01/POP", "VN/GOV/03/BHXH"
OPEN = (
    *("round", "open", "health-insurance", "--to", f"{POP}/population", "--records", "all"),
    *("--officer", "VN000000000007", "--issue", "1.012789/H29-260302-0001"),
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
_IMPORTS = 0.3
"""Share of a command's time in which it has not begun: a kill there would prove nothing."""
_PATIENCE_SECONDS = 120.0
_ANSWERS = """
select object, record, person, outcome, coalesce(number, ''), coalesce(differs, '')
from node.verification where believed_to is null order by 1, 2, 3
"""
_ENTRIES = """
select coalesce(subject, ''), count(*) from node.journal_entry
where convert_from(payload, 'utf8')::json ->> 'request_id' = %(package)s group by 1 order by 1
"""
_NUMBERS = "select count(*), max(number) + 1 from node.journal_entry"
_SIZE = "select size from node.journal_head"


@dataclass(frozen=True, slots=True)
class Nodes:
    """The node of the population, which is the hub as well, and one that asks."""

    pop: Path
    bh: Path
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What stands after a round: the answers, and how often each person is in the journal."""

    answers: list[tuple[object, ...]]
    entries: list[tuple[object, ...]]
    gapless: bool


def make_nodes(folder: Path, *, population: Path, cards: Path, port: int) -> Nodes:
    """Two nodes that know each other, the grant between them, and what each holds."""
    nodes = Nodes(folder / "pop", folder / "bh", port)
    said = ""
    for node, member, at in ((nodes.pop, POP, port), (nodes.bh, BH, port + 1)):
        told = ("--member", member, "--address", f"http://127.0.0.1:{at}", "--name", member)
        said += run(node, "node", "init", *told, "--port", str(at))
    key = re.findall(r"hub_key of every node is: (\S+)", said)[0]
    with (nodes.bh / "sogoc.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'hub_address = "http://127.0.0.1:{port}"\nhub_key = "{key}"\n')
    for node in (nodes.pop, nodes.bh):
        run(nodes.pop, "hub", "accept", str(node / "join-request.txt"))
    (folder / "grant.toml").write_text(GRANT, encoding="utf-8")
    run(nodes.pop, "grant", "ask", str(folder / "grant.toml"))
    run(nodes.pop, "grant", "accept", "G-2026-0002")
    run(nodes.pop, "deliver", "population", str(population))
    run(nodes.bh, "deliver", "health-insurance", str(cards))
    return nodes


def calm_round(nodes: Nodes) -> tuple[Ended, dict[str, float]]:
    """A round that nobody disturbs, taken back after it was looked at; seconds of each step."""
    seconds = dict[str, float]()
    with serving(nodes.pop, nodes.port):
        number = said = ""
        for name, node, words in _steps(nodes):
            started = time.monotonic()
            said = run(node, *words(number))
            seconds[name] = time.monotonic() - started
            number = number or _number(said)
        ended = ended_round(nodes, number)
        run(nodes.bh, "undo", re.findall(r"as delivery (\d+)", said)[0])
    return ended, seconds


def killed_round(nodes: Nodes, seconds: dict[str, float], *, kills: int, seed: int) -> Ended:
    """A round each of whose steps is killed `kills` times, and the server with it."""
    chance = random.Random(seed)  # noqa: S311 - moments of a test, no secret
    number = ""
    for name, node, words in _steps(nodes):
        for _ in range(kills if name == "send" else 0):
            with serving(nodes.pop, nodes.port) as server:
                moment = chance.uniform(_IMPORTS, 1.0) * seconds[name]
                _kill_after(moment, [_started(node, *words(number)), server])
        with serving(nodes.pop, nodes.port):
            for _ in range(kills if name != "send" else 0):
                moment = chance.uniform(_IMPORTS, 1.0) * seconds[name]
                _kill_after(moment, [_started(node, *words(number))])
            said = run(node, *words(number))
            number = number or _number(said)
    return ended_round(nodes, number)


def ended_round(nodes: Nodes, number: str) -> Ended:
    """What both nodes hold of a round."""
    with open_store(nodes.bh / "state") as connection:
        answers = connection.execute(_ANSWERS).fetchall()
        row = connection.execute(
            "select package from node.round where number = %s", (int(number),)
        ).fetchone()
    package = row[0] if row else ""
    with open_store(nodes.pop / "state") as connection:
        entries = connection.execute(_ENTRIES, {"package": package}).fetchall()
        numbers = connection.execute(_NUMBERS).fetchone()
        size = connection.execute(_SIZE).fetchone()
    gapless = numbers is not None and size is not None and {*numbers} == {*size}
    return Ended(answers=answers, entries=entries, gapless=gapless)


@contextmanager
def serving(node: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server of the node that answers, until the block ends or it was killed."""
    process = _started(node, "node", "serve")
    until = time.monotonic() + _PATIENCE_SECONDS
    while fetched(f"http://127.0.0.1:{port}/ready") is None:
        if time.monotonic() > until or process.poll() is not None:
            raise TimeoutError("the server never came")
        time.sleep(0.1)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(_PATIENCE_SECONDS)


def run(node: Path, *words: str) -> str:
    """What a command says; raises RuntimeError with its complaint if it fails."""
    done = subprocess.run(  # noqa: S603 - our own command
        _line(node, *words), check=False, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def _steps(nodes: Nodes) -> tuple[tuple[str, Path, _Words], ...]:
    return (
        ("open", nodes.bh, lambda _: OPEN),
        ("send", nodes.bh, lambda number: ("round", "send", number)),
        ("answer", nodes.pop, lambda _: ("round", "answer")),
        ("receive", nodes.bh, lambda number: ("round", "receive", number)),
    )


def _number(said: str) -> str:
    return str(re.findall(r"Round (\d+):", said)[0])


def _started(node: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own command
        _line(node, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _line(node: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "sogoc", "--node", str(node), "--language", "en", *words]


def _kill_after(seconds: float, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Kill them all at that moment, unless the first ended before."""
    try:
        processes[0].wait(seconds)
    except subprocess.TimeoutExpired:
        for each in processes:
            each.kill()
            each.wait()
