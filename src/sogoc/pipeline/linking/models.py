"""The policy of each object: the node's, with the model that a person accepted for it.

A model that was learned for another version of the policy is not used: levels and weights may
mean something else there. Deliveries then measure for themselves, as without a model. With a model
comes the calibration that its register's own labels gave when it was learned; a model without one
leaves posteriors at their word, for the calibration that travels along was learned with other m.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sogoc.database.decisions.models import LinkModels
from sogoc.link.calibration.model import read as read_calibration
from sogoc.link.calibration.model import shipped_calibration
from sogoc.link.models.model import applied, read
from sogoc.link.plan import plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Register
    from sogoc.database.decisions.models import LinkModel
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Policy
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Step

LINKING = "linking"
"""Under this word a delivery's counts say by what its persons were linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """By what each object of a register is linked; `used` holds the models in use."""

    by_object: Mapping[str, Policy]
    used: Mapping[str, LinkModel]
    policy: Policy
    """The node's, for objects without a model."""

    def of(self, name: str) -> Policy:
        """The policy of this object."""
        return self.by_object.get(name) or self.policy

    def version_of(self, name: str) -> int:
        """The version of its model, 0 where it is linked by what it measures itself."""
        return self.used[name].version if name in self.used else 0

    def calibration_of(self, name: str) -> Calibration | None:
        """The register's own calibration of its model; None: the one that travels along."""
        text = self.used[name].calibration if name in self.used else None
        if text is None:
            return None
        return shipped_calibration().for_register(read_calibration(text, name=name))

    def told(self) -> dict[str, Any]:
        """The same for the record of the run, so that a figure can be computed again."""
        models = {
            name: {"version": one.version, "sha256": one.sha256} for name, one in self.used.items()
        }
        return {"policy": self.policy.version, "models": models}


def policies(parts: Parts, register: Register) -> Policies:
    """By what a register is linked now. Raises RuleFileError for a model that does not fit."""
    policy = parts.policy
    used = {
        name: model
        for name, model in LinkModels(parts.connection).used(register.id).items()
        if model.policy_version == policy.version
    }
    by_object = {
        name: applied(policy, read(model.text, name=f"{name} {model.version}"))
        for name, model in used.items()
    }
    return Policies(by_object=by_object, used=used, policy=policy)


def link_steps(register: Register, by: Policies, *, known: frozenset[str]) -> list[Step]:
    """The plan of linking, each object by its own policy."""
    return [
        step
        for one in register.objects
        if one.persons
        for step in plan(
            replace(register, objects=(one,)),
            by.of(one.name),
            known=known,
            calibration=by.calibration_of(one.name),
        )
    ]


def model_of_run(counts: Mapping[str, Any], name: str) -> int:
    """The version of the model by which a run linked an object, as its counts tell; 0 if none."""
    models = counts.get(LINKING, {}).get("models", {})
    return int(models.get(name, {}).get("version", 0))
