"""What a level weighs, in thousandths of a bit, and what a weight is worth as a mass.

Fellegi and Sunter (1969): a weight is log2(m / u). Both logarithms are taken once, for a record or
for a register, and rounded to a whole number of thousandths: a pair's weight is then a sum of
integers, the same on every engine and in any order. So are posteriors: the mass of a candidate is
an integer too (2^30 for the top, half of it for each bit below), and sums of integers do not depend
on the order in which they are added.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.link.policy import Comparison, Level, Policy

    Bits = Callable[[Policy, Comparison, int], str]

TOP = 30
"""Bits of the mass of the best there is."""

FAR = 1000 * TOP
"""From this distance on, in thousandths of a bit, a candidate has no mass."""

_OF_RECORD = re.compile(r"\ba\.")
_OF_TOTALS = re.compile(r"\bn\.")


def milli(chance: float) -> int:
    """A chance or ratio in thousandths of a bit."""
    return round(math.log2(chance) * 1000)


def milli_sql(expression: str) -> str:
    """The same of an SQL expression over doubles: written with ln, which every engine has."""
    return f"cast(round(ln({expression}) * {double(1000 / math.log(2))}) as integer)"


def double(number: float) -> str:
    """A number as a literal that every engine takes for a double, never for a decimal."""
    text = repr(number)
    return text if "e" in text else f"{text}e0"


def chance_name(comparison: Comparison, number: int) -> str:
    """The part of a column's name that says of which level a chance is."""
    return f"{comparison.id}_{number}"


def asked_bits(policy: Policy) -> dict[str, str]:
    """Columns of a person asked for, over `a` and `n`: u where it is the record's own; `unseen`."""
    own = {
        f"u_{chance_name(comparison, number)}": milli_sql(level.u)
        for comparison in policy.comparisons
        for number, level in enumerate(comparison.levels, 1)
        if _OF_RECORD.search(level.u)
    }
    return {**own, "unseen": _unseen(policy)}


def _unseen(policy: Policy) -> str:
    factors = [f"case when {one.when} then {milli(one.factor)} else 0 end" for one in policy.unseen]
    return " + ".join(factors) or "0"


def is_measured(comparison: Comparison, level: Level) -> bool:
    """Whether m of this level is learned from the register."""
    return level.measured and bool(comparison.measured_where)


def chances_bits(policy: Policy) -> list[str]:
    """Select items over `n` and `m_<name>` columns: weights that hold for the whole register."""
    items = [
        f"{_m(comparison, number)} - {_u(level)} as w_{chance_name(comparison, number)}"
        for comparison in policy.comparisons
        for number, level in enumerate(comparison.levels, 1)
        if _is_shared(comparison, level)
    ]
    absent = double((1 - policy.present) / policy.present)
    return [
        *items,
        *_family_chances(policy),
        f"{milli_sql(f'greatest(n.persons, 1) * {absent}')} as absent",
        f"{milli_sql('greatest(n.persons, 1) * 1e0')} + {round(1000 * policy.cap_bits)} as cap",
    ]


def _family_chances(policy: Policy) -> list[str]:
    """What being one of the family weighs, and levels whose m is measured against the family."""
    if policy.family is None:
        return []
    items = [
        f"{_m(comparison, number)} - ({milli(level.family)}) as f_{chance_name(comparison, number)}"
        for comparison in policy.comparisons
        for number, level in enumerate(comparison.levels, 1)
        if level.family is not None and is_measured(comparison, level)
    ]
    one_of = milli_sql(f"greatest(n.persons, 1) / {double(policy.family.members)}")
    return [*items, f"{one_of} as family"]


def _is_shared(comparison: Comparison, level: Level) -> bool:
    """Whether the one row of chances holds the weight, or the part that is no record's own."""
    return is_measured(comparison, level) or bool(_OF_TOTALS.search(level.u))


def _m(comparison: Comparison, number: int) -> str:
    level = comparison.levels[number - 1]
    if is_measured(comparison, level):
        return milli_sql(f"m_{chance_name(comparison, number)}")
    return str(milli(level.m or 1))


def _u(level: Level) -> str:
    if _OF_RECORD.search(level.u):
        return "0"
    return milli_sql(level.u) if _OF_TOTALS.search(level.u) else f"({milli(float(level.u))})"


def level_bits(policy: Policy, comparison: Comparison, number: int) -> str:
    """What a level weighs: an INTEGER expression over `a` (asked) and `m` (chances)."""
    level, name = comparison.levels[number - 1], chance_name(comparison, number)
    if level.ratio is not None:
        return str(milli(level.ratio))
    of_record = bool(_OF_RECORD.search(level.u))
    if _is_shared(comparison, level):
        whole = f"m.w_{name}"
    else:
        whole = str(milli(level.m or 1) - (0 if of_record else milli(float(level.u))))
    if not of_record:
        return whole
    if not level.u_where:
        return f"({whole} - a.u_{name})"
    given, _, _code = level.u_where.partition(":")
    return (
        f"(case when a.{given}_level = {policy.level(level.u_where)} "
        f"then {whole} - a.u_{name} else {whole} - ({milli(level.u_else)}) end)"
    )


def family_bits(policy: Policy, comparison: Comparison, number: int) -> str:
    """The same against another member of the family; 0 where members agree as the person would."""
    level = comparison.levels[number - 1]
    if policy.family and comparison.id in policy.family.shared:
        return "0"
    if level.family is None or level.m is None:
        return level_bits(policy, comparison, number)
    if is_measured(comparison, level):
        return f"m.f_{chance_name(comparison, number)}"
    return str(milli(level.m) - milli(level.family))


def weight(policy: Policy) -> str:
    """The weight of a pair whose levels stand in `a`, INTEGER, capped.

    Who is not the person is a stranger or one of the family: with chances u and f, the weight
    log2(m / (u + f * members / persons)) is the lesser of two sums but for a bit.
    """
    sums = [" + ".join(_weight(policy, one, level_bits) for one in policy.comparisons)]
    if policy.family is not None:
        family = (_weight(policy, one, family_bits) for one in policy.comparisons)
        sums.append(" + ".join(["m.family", *family]))
    return f"least({', '.join(sums)}, m.cap)"


def _weight(policy: Policy, comparison: Comparison, bits: Bits) -> str:
    cases = " ".join(
        f"when {number} then {bits(policy, comparison, number)}"
        for number, _ in enumerate(comparison.levels, 1)
    )
    return f"case a.{comparison.id}_level {cases} else 0 end"


def mass(below: str) -> str:
    """The mass of what lies this far below the top (thousandths of a bit, not negative)."""
    return (
        f"(case when {below} > {FAR} then 0 else "
        f"cast(floor(power(2e0, {TOP} - ({below}) / 1000e0)) as bigint) end)"
    )
