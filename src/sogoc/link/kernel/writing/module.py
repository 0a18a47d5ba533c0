"""A generated kernel as a module: written once for each policy, compiled once for each machine."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.link.kernel.writing.source import Source


class Loops(Protocol):
    """The two loops of a kernel: they stop where their buffers are full, and say so."""

    def link(self, *given: Any) -> tuple[int, int, int]:  # noqa: ANN401 - arrays in tuples
        """Candidates of some persons: where it stopped, rows kept, why."""

    def exact(self, *given: Any) -> tuple[int, int, int]:  # noqa: ANN401 - arrays in tuples
        """Levels of pairs with one number, likewise."""


def loops(source: Source, cache: Path) -> Loops:
    """The kernel of this source. Its text and machine code are kept in the folder `cache`."""
    # The helpers are compiled into it: another version of them is another kernel.
    whole = source.text + files("sogoc.link.kernel").joinpath("support.py").read_text(
        encoding="utf-8"
    )
    name = f"sogoc_kernel_{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
    if name in sys.modules:
        return cast("Loops", sys.modules[name])
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"{name}.py"
    if not file.exists():
        # Several processes of a node may find at once that it is not there.
        beside = file.with_suffix(f".part-{os.getpid()}")
        beside.write_text(source.text, encoding="utf-8")
        beside.replace(file)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:  # only where Python cannot load Python
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return cast("Loops", module)
