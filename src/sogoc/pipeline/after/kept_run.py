"""A run whose tables are kept: models are learned from it, and kept in their turn."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.database.decisions.models import LinkModels
from sogoc.database.deliveries import Deliveries
from sogoc.errors import Sentence, UnknownThing
from sogoc.link.columns import exact
from sogoc.link.models.model import written
from sogoc.pipeline.persons import lend_population, population_of
from sogoc.pipeline.stages import nobody

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.models.model import Model
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine


def kept_run(parts: Parts, register: Register, one: RegisterObject) -> Path | None:
    """The newest run that linked the object with the population as it stands; None without one."""
    found = population_of(parts) if one.persons else None
    if found is None:
        return None
    runs = Deliveries(parts.connection).newest_of_places(register.id)
    of_release = [run for run in runs if run.population_release == found[1].id]
    folders = (parts.runs / str(run.id) for run in of_release)
    return next((run for run in folders if table_of(run, exact(one.name)).is_file()), None)


def table_of(run: Path, name: str) -> Path:
    """Where a table of the run stands."""
    return run / f"{name}.parquet"


def no_run() -> UnknownThing:
    """What to say where there is none."""
    return UnknownThing(
        Sentence(
            "Không còn lượt đối soát nào với sổ dân cư đúng như hiện nay để học lại: sổ dân cư đã "
            "thay đổi từ đó, dù chỉ một bản ghi. Hãy nộp lại dữ liệu rồi chạy lệnh này.",
            "No run against the population register just as it stands is kept to learn from: it "
            "has changed since, if only by one record. Deliver the register again, then run this "
            "command.",
        )
    )


@contextmanager
def beside_population(parts: Parts) -> Iterator[Engine]:
    """An engine for a while that reads the population of linking, where the node holds one."""
    found = population_of(parts)
    parts.runs.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".training-", dir=parts.runs) as folder,
        parts.engine(Path(folder)) as engine,
    ):
        if found:
            lend_population(parts, found, engine, tell=nobody)
        yield engine


def keep(
    parts: Parts,
    register: Register,
    one: RegisterObject,
    *,
    model: Model,
    told: Mapping[str, object],
) -> int:
    """The version under which the node keeps it, whole: an older one is never overwritten."""
    text = written(model)
    return LinkModels(parts.connection).keep(
        {
            "register": register.id,
            "object": one.name,
            "text": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "policy_version": model.policy,
            "pairs": model.pairs,
            "at": parts.clock.now(),
            **told,
        }
    )
