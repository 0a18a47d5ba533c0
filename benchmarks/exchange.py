"""Signed, granted, durably journalled verifications: how many a second, and what each costs.

A node of its own with a made-up population (`exchange_node.py`), `sogoc node serve` with its
workers, a load generator in a process of its own (`exchange_load.py`); loopback, own ports,
everything ended afterwards. What is asked is what a population answers: whether number, name and
date of birth belong together, one person in a question or thousands in one signed message.

Use: exchange.py persons [--connections 32 ...] [--batches 1000 ...] [--workers 2] [--seconds 12]
     [--node folder] [--name result]
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exchange_node import FIELDS, MEMBER, OBJECT, POPULATION, SEED, asked_file, ready
from harness import record
from processes import busy_cpu, fsync_ms, postmaster, tree_cpu

from sogoc.database.embedded import stop_unused
from sogoc.node.member import membership
from sogoc.node.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SOGOC = [sys.executable, "-m", "sogoc"]
_HERE = Path(__file__).parent
_WARM_SECONDS = 4.0
_SINGLES_A_SECOND, _PERSONS_A_SECOND = 5_000, 100_000
"""More than is ever answered: so many questions are signed beforehand."""


def main() -> None:
    """Measure single questions, then batches; record both."""
    told = _words()
    with _folder(told.node) as folder:
        ready(folder, told.persons)
        singles = [
            _measured(folder, told, connections=each, workers=told.workers, batch=1)
            for each in told.connections
        ]
        batches = [
            _measured(folder, told, connections=4, workers=told.workers, batch=each)
            for each in told.batches
        ]
        results = {
            "persons": told.persons,
            "fsync_ms": fsync_ms(folder),
            "single": singles,
            "batch": batches,
        }
    print(json.dumps(results, indent=1))
    if told.name:
        print(record(told.name, results, seed=SEED, packages=("granian", "pynacl", "cedarpy")))


def _words() -> argparse.Namespace:
    words = argparse.ArgumentParser()
    words.add_argument("persons", type=int)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--connections", type=int, nargs="*", default=[32])
    words.add_argument("--batches", type=int, nargs="*", default=[])
    words.add_argument("--seconds", type=float, default=12.0)
    words.add_argument("--node", type=Path, default=None)
    words.add_argument("--name", default="")
    return words.parse_args()


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "node"
        stop_unused(Path(name) / "node" / "state" / "postgres")


def _measured(
    folder: Path, told: argparse.Namespace, *, connections: int, workers: int, batch: int
) -> dict[str, Any]:
    settings = read_settings(folder)
    who = membership(folder, settings)
    rate = _SINGLES_A_SECOND if batch == 1 else max(4, _PERSONS_A_SECOND // batch)
    plan = {
        "address": settings.address,
        "provider": MEMBER,
        "target": f"/r1/{MEMBER}/{POPULATION.id}/v1/{OBJECT.name}/verify",
        "client": MEMBER,
        "key_file": str(folder / "keys" / "node.key"),
        "key_id": who.key_id,
        "hub_key": str(who.hub_key),
        "fields": FIELDS,
        "asked": str(asked_file(folder)),
        "batch": batch,
        "connections": connections,
        "seconds": told.seconds,
        "most": int(rate * (told.seconds + _WARM_SECONDS)),
        "warm_seconds": _WARM_SECONDS,
        "seed": SEED + int(time.time()),
    }
    file = folder / "plan.json"
    for suffix in (".began", ".ended"):
        file.with_suffix(suffix).unlink(missing_ok=True)
    file.write_text(json.dumps(plan), encoding="utf-8")
    with _serving(folder, settings.address, workers) as server:
        load = subprocess.Popen(
            [sys.executable, str(_HERE / "exchange_load.py"), str(file)], stdout=subprocess.PIPE
        )
        used = []
        for suffix in (".began", ".ended"):
            _wait(file.with_suffix(suffix), load)
            used.append((tree_cpu(server.pid), tree_cpu(postmaster(folder / "state")), busy_cpu()))
        out, _ = load.communicate(timeout=600)
        if load.returncode:
            raise SystemExit(load.returncode)
    figures: dict[str, Any] = json.loads(out)
    answers = figures["answers"]
    for name, at in (("server_cpu_us", 0), ("database_cpu_us", 1)):
        figures[name] = round(1e6 * (used[1][at] - used[0][at]) / answers, 1)
    ours = answers * sum(figures[f"{who}_cpu_us"] for who in ("server", "database", "load")) / 1e6
    figures["others_cpus"] = round((used[1][2] - used[0][2] - ours) / figures["span_seconds"], 2)
    if batch > 1:
        figures["persons_per_second"] = round(batch * figures["answers_per_second"])
        for name in ("server_cpu_us", "database_cpu_us"):
            figures[f"{name}_a_person"] = round(figures[name] / batch, 1)
    return {"connections": connections, "workers": workers, "persons_a_question": batch, **figures}


@contextmanager
def _serving(folder: Path, address: str, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    words = [*SOGOC, "--node", str(folder), "node", "serve", *_workers(workers)]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            _answers(address, process)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _workers(workers: int) -> list[str]:
    return ["--workers", str(workers)]


def _answers(address: str, process: subprocess.Popen[bytes]) -> None:
    import httpx2

    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(f"{address}/health/ready", trust_env=False).is_success:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit("the node did not start")


def _wait(file: Path, load: subprocess.Popen[bytes]) -> None:
    while not file.exists() and load.poll() is None:
        time.sleep(0.01)


if __name__ == "__main__":
    main()
