"""Ten minutes in the life of six nodes: questions all the time, and mishaps all the time.

Use: day.py [seconds] [seconds between mishaps]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from harness import record

from sogoc.testing.day.day import Plan, live

SEED = 20261130


def main(seconds: float, every_seconds: float) -> None:
    """Live, reckon, record; where anything was lost or doubled, say where to look for the cause."""
    plan = Plan(seconds=seconds, every_seconds=every_seconds, askers=2, seed=SEED)
    folder = Path(tempfile.mkdtemp(prefix="day-"))
    day = live(folder / "country", plan)
    told = {
        "seconds": seconds,
        "nodes": len(day.reckoned.entries),
        "questions": day.asked,
        "answered": day.answered,
        "refused_and_journalled": day.refused,
        "without_an_answer": day.without_an_answer,
        "mishaps": day.mishaps,
        "rounds": day.rounds,
        "checkpoints_kept": day.checkpoints,
        "journal_entries": day.reckoned.entries,
        "not_healed": list(day.not_healed),
        "faults": list(day.reckoned.faults),
    }
    print(told, record("day", told, seed=SEED))
    if day.not_healed or day.reckoned.faults:
        raise SystemExit(f"The nodes with what they said stay in {folder}.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    asked = [float(word) for word in sys.argv[1:]]
    main(*[*asked, *[600.0, 12.0][len(asked) :]])
