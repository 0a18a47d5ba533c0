"""A model: the chances m and u of every level, with what they were learned from.

u of a level that counts in the population (a name, a date) is the mean over the register's records:
for reading and for charts. Weights count anew for each record and never read it.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sogoc.errors import RuleFileError, Sentence
from sogoc.link.columns import asked, chances
from sogoc.link.weights import chance_name, is_measured, level_bits, milli
from sogoc.tables.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Comparison, Policy
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Of the same person, and of somebody else."""

    m: float
    u: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`chances` by `comparison:level`; `pairs` is how many pairs they were learned from."""

    policy: str
    learned_from: str
    pairs: int
    chances: dict[str, Chance]


def learned(engine: Engine, one: RegisterObject, policy: Policy, *, row: str = "") -> Model:
    """The model by which an object was linked: m as measured on its pairs with one number.

    Reads the tables that linking left, and `row` instead of its chances if m was learned anew.
    """
    bits = [
        (f"{comparison.id}:{level.code}", _log_ratio(policy, comparison, number))
        for comparison in policy.comparisons
        for number, level in enumerate(comparison.levels, 1)
    ]
    measured = [
        (f"{comparison.id}:{level.code}", f"max(m.m_{chance_name(comparison, number)})")
        for comparison in policy.comparisons
        for number, level in enumerate(comparison.levels, 1)
        if is_measured(comparison, level)
    ]
    select = (
        f"select max(m.pairs), {', '.join(item for _, item in [*bits, *measured])} "
        f"from {quoted(asked(one.name))} as a cross join {quoted(row or chances(one.name))} as m"
    )
    ((pairs, *values),) = engine.rows(select)
    ratios = dict(zip([code for code, _ in bits], values, strict=False))
    m = dict(zip([code for code, _ in measured], values[len(bits) :], strict=True))
    return Model(
        policy=policy.version,
        learned_from=one.name,
        pairs=int(pairs or 0),
        chances=dict(_chances(policy, ratios, m)),
    )


def _log_ratio(policy: Policy, comparison: Comparison, number: int) -> str:
    """Mean over the records of u / m, which is 2 to the weight's negative."""
    bits = level_bits(policy, comparison, number)
    given = comparison.levels[number - 1].u_where.partition(":")[0]
    if given:
        bits = bits.replace(
            f"a.{given}_level", str(policy.level(comparison.levels[number - 1].u_where))
        )
    return f"avg(power(2e0, -({bits}) / 1000e0))"


def _chances(
    policy: Policy, ratios: dict[str, Any], m: dict[str, Any]
) -> Iterator[tuple[str, Chance]]:
    for code, start in shipped_m(policy).items():
        same = float(m.get(code) or start)
        u = same * float(ratios[code] if ratios[code] is not None else 1)
        yield code, Chance(m=_share(same), u=_share(u))


def shipped_m(policy: Policy) -> dict[str, float]:
    """What m the policy begins with; a level of which it tells a ratio gets what is left."""
    return {
        f"{comparison.id}:{level.code}": level.m or max(1 - _told(comparison), 0.0001)
        for comparison in policy.comparisons
        for level in comparison.levels
    }


def _told(comparison: Comparison) -> float:
    return sum(level.m for level in comparison.levels if level.m is not None)


def _share(chance: float) -> float:
    """A chance as a file holds it: 9 significant digits, never 0 and never more than 1."""
    return float(f"{min(max(chance, 1e-12), 1.0):.9g}")


def applied(policy: Policy, model: Model) -> Policy:
    """The policy with the model's m in place of measuring. Raises RuleFileError if they disagree.

    Only m of levels with a chance of their own is taken; ratios stay the policy's.
    """
    if unknown := sorted(set(_codes(policy)) ^ set(model.chances)):
        raise _refused(
            [f"{code}: stands in the policy or in the model, not in both" for code in unknown]
        )
    return replace(
        policy,
        comparisons=tuple(_with_chances(one, model) for one in policy.comparisons),
    )


def _codes(policy: Policy) -> Iterator[str]:
    for comparison in policy.comparisons:
        for level in comparison.levels:
            yield f"{comparison.id}:{level.code}"


def _with_chances(comparison: Comparison, model: Model) -> Comparison:
    levels = tuple(
        level
        if level.m is None
        else replace(level, m=model.chances[f"{comparison.id}:{level.code}"].m, measured=False)
        for level in comparison.levels
    )
    return replace(comparison, levels=levels)


def written(model: Model) -> str:
    """The model as JSON, sorted, the same text for the same model."""
    return json.dumps(asdict(model), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def store(model: Model, file: Path) -> None:
    """Keep the model: written beside, then renamed into place."""
    beside = file.with_suffix(".part")
    beside.write_text(written(model), encoding="utf-8")
    beside.replace(file)


def load(file: Traversable) -> Model:
    """The model in this file. Raises RuleFileError with every mistake."""
    try:
        text = file.read_text(encoding="utf-8")
    except ValueError as unreadable:
        raise _refused([f"{file.name}: cannot be read: {unreadable}"]) from unreadable
    return read(text, name=file.name)


def read(text: str, *, name: str) -> Model:
    """The same from its text; `name` says in a refusal where it stands."""
    try:
        raw = json.loads(text)
        chances = {code: Chance(**each) for code, each in raw.pop("chances").items()}
        model = Model(chances=chances, **raw)
    except (ValueError, TypeError, KeyError, AttributeError) as unreadable:
        raise _refused([f"{name}: cannot be read: {unreadable}"]) from unreadable
    mistakes = [
        f"{code}: m and u must be more than 0 and at most 1"
        for code, one in model.chances.items()
        if not (_is_chance(one.m) and _is_chance(one.u))
    ]
    if mistakes:
        raise _refused(mistakes)
    return model


def _is_chance(number: object) -> bool:
    return isinstance(number, float | int) and math.isfinite(number) and 0 < number <= 1


def bits(model: Model) -> dict[str, int]:
    """What each level weighs on average, in thousandths of a bit."""
    return {code: milli(one.m / one.u) for code, one in model.chances.items()}


def _refused(mistakes: list[str]) -> RuleFileError:
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    return RuleFileError(
        Sentence(
            vi=f"Tệp mô hình đối soát không dùng được, cần sửa:\n{listed}",
            en=f"The model of linking cannot be used; mend it:\n{listed}",
        )
    )
