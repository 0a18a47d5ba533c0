"""What a run promises of its links: kept with the delivery, for pages, summaries and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sogoc.link.calibration.model import shipped_calibration
from sogoc.link.calibration.stated import accepted, accepted_step, stated, taken
from sogoc.tables.engine import quoted

if TYPE_CHECKING:
    from sogoc.contract.model import Register
    from sogoc.pipeline.linking.models import Policies
    from sogoc.tables.engine import Engine


def promises(register: Register, by: Policies, engine: Engine) -> dict[str, dict[str, Any]]:
    """By object: `links` accepted, the share `expected` to be right, and `low`, its bound."""
    said: dict[str, dict[str, Any]] = {}
    for one in register.objects:
        if engine.has(taken(one.name)):
            if not engine.has(accepted(one.name)):
                engine.run(accepted_step(one))
            own = by.calibration_of(one.name) or shipped_calibration()
            fitting = own.fitting(by.of(one.name))
            columns = f"select evidence, bin, links from {quoted(accepted(one.name))}"
            promise = stated(
                [(int(a), int(b), int(c)) for a, b, c in engine.rows(columns)], fitting
            )
            said[one.name] = {
                "links": promise.links,
                "expected": promise.expected,
                "low": promise.low,
                "calibration": fitting.version,
            }
    return said
