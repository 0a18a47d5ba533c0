"""What thresholds would have cost on a register's records of which somebody knows who is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.link.calibration.model import shipped_calibration
from sogoc.link.columns import answers
from sogoc.link.thresholds import LINES, cases, drawn, lines_step
from sogoc.pipeline.after.kept_run import beside_population, kept_run, no_run, table_of
from sogoc.pipeline.linking.models import policies
from sogoc.tables.naming import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.policy import Costs, Policy
    from sogoc.link.thresholds import Case, Line
    from sogoc.pipeline.parts import Parts

Known = tuple[str, int, str, str | None]
"""Object, record, which of its persons, and the number of the person meant; None: of nobody."""


def lines(
    parts: Parts, register: Register, known: Iterable[Known], *, costs: Costs
) -> dict[str, Line]:
    """Each line, with the threshold that costs least on these records, as the newest run weighed.

    Records that the run did not link are left out. Raises UnknownThing without a run.
    """
    told = list(known)
    by = policies(parts, register)
    found: dict[str, list[Case]] = {line: [] for line in LINES}
    for one in register.objects:
        mine = [each for each in told if each[0] == one.name]
        if not mine:
            continue
        run = kept_run(parts, register, one)
        if run is None:
            raise no_run()
        for line, some in _cases(parts, one, mine, run=run, policy=by.of(one.name)).items():
            found[line] += some
    return {line: drawn(line, found[line], costs) for line in LINES}


def _cases(
    parts: Parts, one: RegisterObject, known: list[Known], *, run: Path, policy: Policy
) -> dict[str, list[Case]]:
    positions = {person.id: at for at, person in enumerate(one.persons)}
    with beside_population(parts) as engine:
        engine.register(answers(one.name), table_of(run, answers(one.name)))
        engine.register("priced_recorded", table_of(run, recorded(one.name)))
        rows = dict(engine.rows("select record, _row from priced_recorded"))
        held = {
            rows[record] * len(one.persons) + positions[person]: number
            for _, record, person, number in known
            if record in rows
        }
        truth = {
            "asked": pa.array(held.keys(), pa.int64()),
            "number": pa.array(held.values(), pa.string()),
        }
        engine.register("truth", pa.table(truth))
        fitting = shipped_calibration().fitting(policy)
        engine.run(lines_step(one.name, policy, fitting))
        return cases(engine, "truth")
