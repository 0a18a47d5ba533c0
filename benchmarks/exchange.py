"""Signed, granted, durably journalled questions: how many a second, and what each costs.

A node of its own with a made-up population, `sogoc node serve` with its workers, a load generator
in a process of its own (`exchange_load.py`); loopback, own ports, everything ended afterwards.

Use: exchange.py persons [workers] [connections] [seconds] [--node folder] [--name result]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import record
from psycopg import sql

from sogoc.access.grant import Grant, Operation, State
from sogoc.access.grant_store import GrantStore
from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.node.member import membership
from sogoc.node.node import open_node
from sogoc.node.settings import read_settings
from sogoc.records.shape import Tables
from sogoc.records.store import RecordStore
from sogoc.shipped import shipped
from sogoc.testing.served import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20261122
MEMBER = "VN/GOV/01/POP"
POPULATION = load(shipped("registers") / "population.odcs.yaml")
OBJECT = next(one for one in POPULATION.objects if one.persons)
FIELDS = ["ho_ten", "ngay_sinh", "gioi_tinh", "thuong_tru"]
SOGOC = [sys.executable, "-m", "sogoc"]
_HERE = Path(__file__).parent
_TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure single questions, then batches; record both."""
    told = _words()
    with _folder(told.node) as folder:
        _ready(folder, told.persons)
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
            "fsync_ms": _fsync_ms(folder),
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


def _ready(folder: Path, persons: int) -> None:
    """The node with its key, its population and one grant; one that stands is used again."""
    if not (folder / "sogoc.toml").exists():
        port = free_port()
        words = ["--member", MEMBER, "--address", f"http://127.0.0.1:{port}"]
        words += ["--name", "Cơ quan ví dụ", "--port", str(port)]
        subprocess.run([*SOGOC, "--node", str(folder), "node", "init", *words], check=True)
        accept = ["hub", "accept", str(folder / "join-request.txt")]
        subprocess.run([*SOGOC, "--node", str(folder), *accept], check=True)
    with open_node(folder, read_settings(folder)) as node:
        connection = node.parts.connection
        RecordStore(connection).prepare(POPULATION)
        table = Tables(POPULATION.id, OBJECT).current
        row = connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
        if row is None or row[0] != persons:
            connection.execute(sql.SQL("truncate {}").format(table))
            connection.execute(sql.SQL(_FILL).format(table), {"persons": persons})
            connection.execute(sql.SQL("vacuum analyze {}").format(table))
            connection.execute("checkpoint")
        # Of a register that is asked all day the index is in memory.
        warm = sql.SQL("select count(*), max(length(ho_ten)) from {}").format(table)
        connection.execute(warm)
        grants = GrantStore(connection, SystemClock())
        if not grants.held():
            grants.ask(_grant(), POPULATION, officer="bench")
            grants.change("G-1", State.ACCEPTED, officer="bench")


_FILL = """
insert into {} (
    key, so_dinh_danh, ho_ten, ngay_sinh, gioi_tinh, thuong_tru, ma_xa,
    _delivery, _digest, _true_from, _believed_from
)
select
    lpad(n::text, 12, '0'), lpad(n::text, 12, '0'), 'Nguyễn Văn ' || n,
    to_char(date '1940-01-01' + (n::bigint * 7919 %% 30000)::integer, 'YYYY-MM-DD'),
    case n %% 2 when 0 then 'Nam' else 'Nữ' end,
    'Thôn ' || n %% 97 || ', xã ví dụ, tỉnh ví dụ', lpad((n %% 3321)::text, 5, '0'),
    1, '00000000-0000-0000-0000-000000000000', date '2026-01-01', now()
from generate_series(0, %(persons)s - 1) as n
"""


def _grant() -> Grant:
    from datetime import date

    return Grant(
        id="G-1",
        member=MEMBER,
        register=POPULATION.id,
        fields=frozenset(FIELDS),
        operations=frozenset({Operation.READ, Operation.VERIFY}),
        purpose="1.012789",
        ground="Luật ví dụ, Điều 1",
        first_day=date(2020, 1, 1),
        last_day=date(2099, 1, 1),
        rate_per_minute=1_000_000,
        most_keys=10_000,
    )


def _measured(
    folder: Path, told: argparse.Namespace, *, connections: int, workers: int, batch: int
) -> dict[str, Any]:
    settings = read_settings(folder)
    who = membership(folder, settings)
    rate = 6_000 if batch == 1 else 200
    plan = {
        "address": settings.address,
        "provider": MEMBER,
        "target": f"/r1/{MEMBER}/{POPULATION.id}/v1/{OBJECT.name}/"
        + ("read" if batch == 1 else "batch"),
        "client": MEMBER,
        "key_file": str(folder / "keys" / "node.key"),
        "key_id": who.key_id,
        "hub_key": str(who.hub_key),
        "fields": FIELDS,
        "persons": told.persons,
        "batch": batch,
        "connections": connections,
        "seconds": told.seconds,
        "most": int(rate * told.seconds),
        "warm_seconds": 4.0,
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
            used.append((_tree_cpu(server.pid), _tree_cpu(_postmaster(folder))))
        out, _ = load.communicate(timeout=600)
        if load.returncode:
            raise SystemExit(load.returncode)
    figures: dict[str, Any] = json.loads(out)
    answers = figures["answers"]
    for name, at in (("server_cpu_us", 0), ("database_cpu_us", 1)):
        figures[name] = round(1e6 * (used[1][at] - used[0][at]) / answers, 1)
    if batch > 1:
        figures["persons_per_second"] = round(batch * figures["answers_per_second"])
    return {"connections": connections, "workers": workers, "keys_a_question": batch, **figures}


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


def _postmaster(folder: Path) -> int:
    text = (folder / "state/postgres/data/postmaster.pid").read_text(encoding="ascii")
    return int(text.split()[0])


def _tree_cpu(pid: int) -> float:
    """CPU seconds of a process, those below it, and those of them that ended."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            told = (each / "stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        number, rest = int(each.name), re.sub(r"^.*\) ", "", told, flags=re.DOTALL).split()
        children.setdefault(int(rest[1]), []).append(number)
        used[number] = sum(map(int, rest[11:15])) / _TICK
    todo, total = [pid], 0.0
    while todo:
        one = todo.pop()
        total += used.get(one, 0.0)
        todo += children.get(one, [])
    return total


def _fsync_ms(folder: Path) -> float:
    """Median time of one write of 8 KB and its fdatasync where the node lies."""
    took = []
    with (folder / "fsync.probe").open("wb", buffering=0) as probe:
        for _ in range(200):
            probe.write(b"\0" * 8192)
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            took.append(time.perf_counter() - began)
    (folder / "fsync.probe").unlink()
    return round(1000 * sorted(took)[100], 3)


if __name__ == "__main__":
    main()
