"""A round killed many times at every step, for as long as one has patience.

python benchmarks/rounds.py killed FOLDER
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sogoc.testing.killed_rounds import Nodes, calm_round, killed_round

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 5
ROUNDS = 3


def killed(folder: Path, *, port: int, seed: int) -> dict[str, Any]:
    """So many rounds, each command of which is killed so many times."""
    nodes = Nodes(folder / "pop", folder / "bh", port)
    started = time.perf_counter()
    calm, seconds = calm_round(nodes)
    same = 0
    for number in range(ROUNDS):
        ended = killed_round(nodes, seconds, kills=KILLS, seed=seed + number)
        same += ended == calm and ended.gapless
    return {
        "persons": len(calm.answers),
        "rounds": ROUNDS,
        "kills_a_step": KILLS,
        "rounds_that_ended_like_the_calm_one": same,
        "wall_seconds": round(time.perf_counter() - started, 1),
    }
