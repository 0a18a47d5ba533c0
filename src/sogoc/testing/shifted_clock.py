"""The command line on a machine whose clock goes wrong by so many seconds.

    python -m sogoc.testing.shifted_clock SECONDS [words of sogoc]

Only `sogoc.clock` reads the time, so a clock that is wrong there is wrong everywhere: the program
itself is the one that serves in earnest, and knows of no test.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from sogoc import clock
from sogoc.cli.app import main


def shift(seconds: float) -> None:
    """Let the machine's clock be so many seconds ahead in this process, or behind."""
    right = clock.SystemClock.now
    wrong_by = timedelta(seconds=seconds)

    def now(self: clock.SystemClock) -> datetime:
        return right(self) + wrong_by

    setattr(clock.SystemClock, "now", now)  # noqa: B010 - the type of a method is not assignable


if __name__ == "__main__":
    shift(float(sys.argv.pop(1)))
    main()
