"""What a delivery needs of a node: nothing here opens or closes anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.link.policy import policy_in, shipped_policy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.clock import Clock
    from sogoc.contract.shelf import Shelf
    from sogoc.database.store import Connection
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The open parts that the stages share."""

    folder: Path
    """The node's folder; kept paths count from it."""
    connection: Connection
    shelf: Shelf
    clock: Clock
    engine: Callable[[Path], Engine]
    """Opens an engine on a folder of stage tables."""
    rules: Path
    """The folder with the dated rule files."""
    keep_runs: int = 3
    index_from: int = 1_000_000
    """Persons from which on the population has an index, which is refreshed and not rebuilt."""

    link_policy: Path | None = None
    """The node's own policy of linking; None: the one that travels along."""

    @property
    def policy(self) -> Policy:
        """By what persons are linked. Raises RuleFileError that names the file and the line."""
        return policy_in(self.link_policy) if self.link_policy else shipped_policy()

    @property
    def deliveries(self) -> Path:
        """Where deliveries are kept as they came."""
        return self.folder / "var" / "deliveries"

    @property
    def runs(self) -> Path:
        """Where the stage tables of each run stand."""
        return self.folder / "var" / "runs"

    @property
    def population(self) -> Path:
        """Where the index of persons stands, one folder for each release."""
        return self.folder / "var" / "population"

    @property
    def machine_code(self) -> Path:
        """Where the compiled kernels of linking are kept."""
        return self.folder / "var" / "kernel"

    @property
    def expected(self) -> Path:
        """Where the operator puts expected counts by locality."""
        return self.folder / "expected"
