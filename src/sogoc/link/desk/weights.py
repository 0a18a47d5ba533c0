"""What a desk weighs by where no register measured anything: the chances of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.link.columns import TOTALS, chances, exact
from sogoc.link.pairing.pairs import chances_step
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Engine


def starting_chances(
    engine: Engine, one: RegisterObject, policy: Policy, *, persons: int
) -> Mapping[str, int]:
    """The row of `link_chances__` of a register that measured nothing, by the plan's own step."""
    levels = ", ".join(f"cast(null as tinyint) as {each.id}_level" for each in policy.comparisons)
    engine.register(TOTALS, pa.table({"persons": pa.array([persons], pa.int64())}))
    engine.run(Step(exact(one.name), (), f"select {levels} where 1 = 0"))
    engine.run(chances_step(one, policy))
    return row_of_chances(engine.arrow(f"select * from {quoted(chances(one.name))}"))


def row_of_chances(table: pa.Table) -> Mapping[str, int]:
    """The one row of a table of chances."""
    (row,) = table.to_pylist()
    return row  # type: ignore[no-any-return] # arrow knows no types of columns
