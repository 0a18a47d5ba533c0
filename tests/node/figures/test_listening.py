"""Figures of the whole node, at a door of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from sogoc.clock import SystemClock
from sogoc.database.store import Store
from sogoc.errors import SettingsError
from sogoc.node.figures.listening import cleaned, host_and_port, listening
from sogoc.node.figures.standing import NodeParts
from sogoc.node.settings import Settings

COUNTS = "from sogoc.node.figures.counting import Figures as F; f = F(); f.entries.inc({}); {}"


def parts_of(folder: Path, store: Store) -> NodeParts:
    return NodeParts(folder=folder, settings=Settings(), store=store, clock=SystemClock())


def read(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return str(answer.read().decode())


def worker(kept: Path, number: int, then: str = "") -> None:
    """A process that counts, and is gone."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(kept)}  # noqa: TID251 - inherited
    code = COUNTS.format(number, then)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_what_workers_counted_is_added_up_and_outlives_them(
    tmp_path: Path, database: Store
) -> None:
    kept = cleaned(tmp_path)
    with listening("127.0.0.1:0", parts_of(tmp_path, database)) as port:
        worker(kept, 2)
        worker(kept, 3, "f.watch_lines(lambda: 7); f.pulse()")
        told = read(port)
        assert "sogoc_journal_entries_total 5.0" in told
        assert "sogoc_database_connections 0" not in told
        assert "sogoc_database_connections 7" not in told  # of one that is gone nothing is open
        assert 'sogoc_part_ok{part="database"} 1.0' in told
        # Those that are gone leave one file for all of them, however many they were.
        assert {file.stem.rpartition("_")[2] for file in kept.glob("*.db")} == {"0"}
        assert "sogoc_journal_entries_total 5.0" in read(port)
    assert list(cleaned(tmp_path).iterdir()) == []


def test_a_database_that_is_down_is_told_and_the_rest_is_shown(tmp_path: Path) -> None:
    nowhere = Store("postgresql://127.0.0.1:1/nothing?password=secret")
    cleaned(tmp_path)
    with listening("127.0.0.1:0", parts_of(tmp_path, nowhere)) as port:
        told = read(port)
    assert 'sogoc_part_ok{part="database"} 0.0' in told
    assert 'sogoc_part_ok{part="disk"} 1.0' in told
    assert "secret" not in told


def test_an_address_that_is_taken_or_none_is_said_in_words(tmp_path: Path, database: Store) -> None:
    cleaned(tmp_path)
    with listening("127.0.0.1:0", parts_of(tmp_path, database)) as port:
        again = listening(f"127.0.0.1:{port}", parts_of(tmp_path, database))
        with pytest.raises(SettingsError, match="another program has the port"), again:
            pass
    assert host_and_port("[::1]:9464") == ("::1", 9464)
    for wrong in ("9464", "127.0.0.1", "127.0.0.1:70000", ":9464", "127.0.0.1:x"):
        with pytest.raises(SettingsError, match="an address and a port"):
            host_and_port(wrong)
