"""How commands that are shown to be copied begin."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def called() -> str:
    """How this terminal calls the program: by its name where it finds it, else by its place.

    `script/demo` runs it from a folder that is on nobody's path.
    """
    beside = Path(sys.executable).with_name("sogoc")
    return "sogoc" if shutil.which("sogoc") or not beside.exists() else str(beside)
