"""A score of old computed again: by the rule file it was published with, or by another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.contract.load import load_text
from sogoc.database.deliveries import Deliveries
from sogoc.errors import Sentence, UnknownThing
from sogoc.score.plan import COUNTS, scores_step
from sogoc.score.rule_file import load, newest

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.pipeline.parts import Parts
    from sogoc.score.rule_file import RuleFile

_COUNTED = {
    "name": pa.string(),
    "locality": pa.string(),
    "assessed": pa.int64(),
    "failed": pa.int64(),
    "unassessed": pa.int64(),
}


_FIGURES = "select level, name, criterion, locality, dqi, colour from scores order by all"


@dataclass(frozen=True, slots=True)
class Figure:
    """One index of one level and place."""

    level: str
    name: str
    criterion: str
    locality: str
    dqi: float | None
    colour: str


def score_again(
    parts: Parts, delivery: int, folder: Path, *, file: Path | None = None
) -> tuple[str, list[Figure]]:
    """The scores of a delivery by a rule file; return the file's version and the figures.

    Without `file` it is the one of the version that the delivery was published with. Computed
    from the counts that were kept, with the contract the records were merged under: nothing
    stored is changed. Raises UnknownThing, and RuleFileError for a file that cannot be used.
    """
    deliveries = Deliveries(parts.connection)
    found = deliveries.one(delivery)
    rules = load(file) if file else _published(parts, found)
    counted = list(zip(*deliveries.kept_counts(delivery), strict=True)) or [()] * len(_COUNTED)
    columns = {
        name: pa.array(values, kind)
        for (name, kind), values in zip(_COUNTED.items(), counted, strict=True)
    }
    with parts.engine(folder) as engine:
        engine.register(COUNTS, pa.table(columns))
        engine.run(scores_step(_register(parts, found), rules))
        rows = engine.rows(_FIGURES)
    return rules.version, [Figure(*row) for row in rows]


def _published(parts: Parts, delivery: Delivery) -> RuleFile:
    for file in sorted(parts.rules.glob("*.yaml")):
        rules = load(file)
        if rules.version == delivery.rules_version:
            return rules
    if not delivery.rules_version:
        return newest(parts.rules, delivery.as_of)
    raise UnknownThing(
        Sentence(
            vi=f"Không còn tệp quy tắc {delivery.rules_version} trong {parts.rules}.",
            en=f"The rule file {delivery.rules_version} is no longer in {parts.rules}.",
        )
    )


def _register(parts: Parts, delivery: Delivery) -> Register:
    kept = Deliveries(parts.connection).contract_text(delivery.register, delivery.contract_version)
    if kept is None:
        return parts.shelf.register(delivery.register)
    return load_text(kept, parts.shelf.path(delivery.register))
