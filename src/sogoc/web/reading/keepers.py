"""How each keeper's registers stand together: who does well, who is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sogoc.contract.model import Register
    from sogoc.web.reading.figures import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperScore:
    """One agency: its registers that hold data, their mean index, and the one that is lowest."""

    keeper: str
    registers: int
    dqi: float | None
    lowest: Register | None
    findings: int


def by_keeper(registers: Iterable[Register], standing: Mapping[str, Standing]) -> list[KeeperScore]:
    """The keepers whose registers hold data, by name; a register counts once, whatever its size.

    A register has one keeper (its contract says which). Without an assessed index a register
    counts in `registers` and not in the mean.
    """
    held: dict[str, list[Register]] = {}
    for register in registers:
        if register.keeper and register.id in standing:
            held.setdefault(register.keeper, []).append(register)
    return [_score(keeper, held[keeper], standing) for keeper in sorted(held)]


def _score(keeper: str, registers: list[Register], standing: Mapping[str, Standing]) -> KeeperScore:
    figures = [
        (dqi, register) for register in registers if (dqi := standing[register.id].dqi) is not None
    ]
    return KeeperScore(
        keeper=keeper,
        registers=len(registers),
        dqi=sum(dqi for dqi, _ in figures) / len(figures) if figures else None,
        lowest=min(figures, key=lambda one: (one[0], one[1].id))[1] if figures else None,
        findings=sum(standing[register.id].findings for register in registers),
    )
