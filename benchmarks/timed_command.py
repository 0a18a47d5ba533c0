"""`sogoc` as it is, with the seconds of each stage of each delivery written to a file.

python benchmarks/timed_command.py SECONDS.json WORDS OF THE COMMAND ...
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

STARTED = time.perf_counter()

from sogoc.cli import app, deliver  # noqa: E402 - what importing takes counts as well

if TYPE_CHECKING:
    from sogoc.pipeline.deliver import Delivered, Request
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.stages import Stage, Tell

_deliver = deliver.deliver


def main(file: Path, words: list[str]) -> None:
    """Run the command; the file is written at its end, whatever end that is."""
    found: list[dict[str, object]] = []

    def timed(parts: Parts, request: Request, *, tell: Tell) -> Delivered:
        seconds: dict[str, float] = {}
        before, stage = time.perf_counter(), "begin"
        begun = before

        def told(now: Stage, done: int, steps: int) -> None:
            nonlocal before, stage
            seconds[stage] = seconds.get(stage, 0) + time.perf_counter() - before
            before, stage = time.perf_counter(), now.value
            tell(now, done, steps)

        try:
            return _deliver(parts, request, tell=told)
        finally:
            seconds[stage] = seconds.get(stage, 0) + time.perf_counter() - before
            found.append(
                {
                    "file": request.file.name,
                    "before_it_seconds": round(begun - STARTED, 2),
                    "seconds": round(time.perf_counter() - begun, 2),
                    "stages": {name: round(one, 2) for name, one in seconds.items()},
                }
            )

    deliver.deliver = timed  # type: ignore[assignment]  # the same call, told to us as well
    sys.argv = ["sogoc", *words]
    try:
        app.main()
    finally:
        file.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
