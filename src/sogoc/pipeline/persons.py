"""The persons that others are verified against: tables made once for each release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from sogoc.database.deliveries import Deliveries, Scope
from sogoc.link.columns import chances
from sogoc.link.weights import chances_bits
from sogoc.pipeline.linking.models import model_of_run
from sogoc.pipeline.population.people import People
from sogoc.records.store import RecordStore

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.link.policy import Policy
    from sogoc.pipeline.linking.models import Policies
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.stages import Tell
    from sogoc.tables.engine import Engine

_WORD = "populationRegister"
"""The custom property by which a contract says that others are verified against its register."""


def population_of(parts: Parts) -> tuple[Register, Delivery] | None:
    """The node's population register and its newest release, or None if it holds none."""
    for name in parts.shelf.ids():
        # The word first: reading every contract of a node takes seconds, and one is wanted.
        if _WORD in parts.shelf.path(name).read_text(encoding="utf-8"):
            register = parts.shelf.register(name)
            release = Deliveries(parts.connection).latest(register.id)
            if register.is_population and release is not None:
                return register, release
    return None


def number_known(parts: Parts, number: str) -> bool:
    """Whether the node's population register names somebody with this number.

    True where the node holds no population register: who can be named is then not known here.
    """
    found = population_of(parts)
    if found is None:
        return True
    register, _ = found
    one = next(each for each in register.objects if each.persons)
    return RecordStore(parts.connection).holds(
        register, one, field=one.persons[0].number, value=number
    )


def lend_population(
    parts: Parts, found: tuple[Register, Delivery], engine: Engine, *, tell: Tell
) -> None:
    """Put the tables of linking within the engine's reach; make them if the release is new."""
    People(parts, found).lend(engine, tell=tell)


def lend_chances(
    parts: Parts, register: Register, engine: Engine, *, release: Delivery, by: Policies
) -> None:
    """Let a few records be weighed as their register is: by the chances that it measured.

    Those of the newest run whose tables are kept, which met the same release and was linked by the
    same model. Without one, the policy's starting chances hold.
    """
    for one in register.objects:
        file = chances_of(parts, register, one.name, release=release, by=by)
        if file is not None:
            engine.register(chances(one.name), file)


def chances_of(
    parts: Parts, register: Register, name: str, *, release: Delivery, by: Policies
) -> Path | None:
    """Where the chances of an object stand that its newest fitting run measured."""
    first = _whole_release(parts, release)
    files = (
        parts.runs / str(run.id) / f"{chances(name)}.parquet"
        for run in Deliveries(parts.connection).newest_of_places(register.id)
        if first <= (run.population_release or 0) <= release.id
        and run.rules_version
        and model_of_run(run.counts, name) == by.version_of(name)
    )
    policy = by.of(name)
    return next((file for file in files if file.is_file() and _is_ours(file, policy)), None)


def _whole_release(parts: Parts, release: Delivery) -> int:
    """The release that was brought whole: single persons who came since change no measure of it."""
    if release.scope == Scope.PLACES:
        return release.id
    whole = Deliveries(parts.connection).newest_of_places(release.register)
    return next((one.id for one in whole if one.state == "merged"), release.id)


def _is_ours(file: Path, policy: Policy) -> bool:
    """Whether the chances stand under the names by which this program reads them."""
    names = {item.rsplit(" as ", 1)[1] for item in chances_bits(policy)}
    return names <= set(pq.read_schema(file).names)
