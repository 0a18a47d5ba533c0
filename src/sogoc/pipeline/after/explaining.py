"""Why a person of a record was verified as they were: the record is linked once more, alone.

What its register measured is lent from the newest run whose tables are kept and which was verified
against the same population, so that the weights are those of that run to the thousandth of a bit;
without one, the policy's starting chances hold. Nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import Sentence, UnknownThing
from sogoc.link.explaining.account import account
from sogoc.pipeline.after.correcting import corrected
from sogoc.pipeline.linking.models import policies

if TYPE_CHECKING:
    from sogoc.contract.model import Register
    from sogoc.database.decisions.models import LinkModel
    from sogoc.link.explaining.account import Account
    from sogoc.link.policy import Policy
    from sogoc.pipeline.after.correcting import Correction
    from sogoc.pipeline.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was weighed, by which policy, against which release of the population."""

    account: Account
    policy: Policy
    population: int
    model: LinkModel | None
    """The model that a person accepted, by which the object is linked; None: it measures itself."""


def explain(
    parts: Parts, register: Register, record: Correction, *, person: str
) -> Explained | None:
    """What is weighed for a person of a record as it stands; None where it names nobody there.

    `record` is the record whole, no field of it corrected. Raises UnknownThing where the node
    holds no population register.
    """
    by = policies(parts, register)
    policy = by.of(record.object)
    with corrected(parts, register, [record]) as made:
        if made.population is None:
            raise UnknownThing(
                Sentence(
                    "Nút chưa có sổ dân cư nên chưa đối soát được ai.",
                    "The node holds no population register, so nobody was verified.",
                )
            )
        one = register.object(record.object)
        position = [each.id for each in one.persons].index(person)
        row = made.rows[record.object, record.record]
        found = account(made.engine, one, policy, who=row * len(one.persons) + position)
        release = made.population.id
    if found is None:
        return None
    model = by.used.get(record.object)
    return Explained(account=found, policy=policy, population=release, model=model)
