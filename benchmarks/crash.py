"""Kill a merging delivery, and `sogoc deliver` as a whole, at 100 random moments each.

Use: crash.py [rounds] [rounds of the whole command]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness import record

from sogoc.database.migrate import migrate
from sogoc.database.store import open_database
from sogoc.testing.killed_commands import kills, standing, versions
from sogoc.testing.killed_deliveries import PARCELS, kill_rounds
from sogoc.testing.land_office import Office
from sogoc.testing.stopped_clock import StoppedClock

SEED = 20260302


def main(rounds: int, commands: int) -> None:
    """Kill, look, record; the exit code is not zero if anything half was ever found."""
    merging, whole = _merging(rounds), _commands(commands)
    file = record("crash", {"merging": merging, "command": whole}, seed=SEED)
    print({name: merging[name] for name in ("rounds", "found_before", "found_after")}, file)
    print({name: whole[name] for name in ("rounds", "found_between", "same_at_the_end")})
    if merging["found_between"] or whole["found_between"] or not whole["same_at_the_end"]:
        raise SystemExit(1)


def _merging(rounds: int) -> dict[str, Any]:
    """Kills within the one transaction in which records, findings and answers change."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_database(folder / "node") as store, store.connect() as connection:
            migrate(connection, StoppedClock())
            office = Office(connection, folder)
            seen = list(kill_rounds(office, store, rounds=rounds, seed=SEED))
    half = [one for one in seen if not one.left.is_whole]
    return {
        "rounds": len(seen),
        "records": PARCELS,
        "found_before": sum(not one.merged for one in seen),
        "found_after": sum(one.merged for one in seen),
        "found_between": len(half),
        "killed_after_seconds": [one.after_seconds for one in seen],
        "between": [asdict(one) for one in half],
    }


def _commands(rounds: int) -> dict[str, Any]:
    """Kills of the command from its start to its end; compared with a node never disturbed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nodes = folder / "calm", folder / "killed"
        seen = list(kills(nodes, versions(folder / "files"), rounds=rounds, seed=SEED))
        calm, killed = map(standing, nodes)
    return {
        "rounds": len(seen),
        "deliveries": len(calm["node.delivery"]),
        "found_between": sum(not one.is_whole for one in seen),
        "same_at_the_end": calm == killed,
        "killed_after_seconds": [one.after_seconds for one in seen],
    }


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*[*asked, *[100, 100][len(asked) :]])
