"""Kill a merging delivery at 100 random moments; record what each left.

Use: crash.py [rounds]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from harness import record

from sogoc.database.migrate import migrate
from sogoc.database.store import open_database
from sogoc.testing.killed_deliveries import PARCELS, kill_rounds
from sogoc.testing.land_office import Office
from sogoc.testing.stopped_clock import StoppedClock

SEED = 20260302


def main(rounds: int) -> None:
    """Kill, look, record; the exit code is not zero if anything half was ever found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_database(folder / "node") as store, store.connect() as connection:
            migrate(connection, StoppedClock())
            office = Office(connection, folder)
            seen = list(kill_rounds(office, store, rounds=rounds, seed=SEED))
    half = [one for one in seen if not one.left.is_whole]
    results = {
        "rounds": len(seen),
        "records": PARCELS,
        "found_before": sum(not one.merged for one in seen),
        "found_after": sum(one.merged for one in seen),
        "found_between": len(half),
        "killed_after_seconds": [one.after_seconds for one in seen],
        "between": [asdict(one) for one in half],
    }
    file = record("crash", results, seed=SEED)
    print({name: results[name] for name in ("rounds", "found_before", "found_after")}, file)
    if half:
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
