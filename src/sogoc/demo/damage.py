"""Reads the table of damages and does them to the columns of a delivery, keeping the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from sogoc.demo.spoil import SPOILERS, Hit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.demo.draw import Draws, Flags, Floats, Ints, Texts


@dataclass(frozen=True, slots=True)
class Damage:
    """One line of `damage.yaml`."""

    kind: str
    field: str
    group: str
    rates: Mapping[str, float]
    more: Mapping[str, float]
    source: str

    def rate(self, register: str) -> float:
        """The share of cells of the register it happens to, before what makes it likelier."""
        return self.rates.get(register, self.rates["other"])


@dataclass(frozen=True, slots=True)
class DamageTable:
    """All of them, in the order in which they are done."""

    cells: tuple[Damage, ...]
    rows: tuple[Damage, ...]

    def row_rate(self, kind: str, register: str) -> float:
        """The rate of a kind that happens to whole rows."""
        return next(one.rate(register) for one in self.rows if one.kind == kind)


def load_damage() -> DamageTable:
    """Read the table beside this module."""
    text = (files("sogoc.demo") / "damage.yaml").read_text(encoding="utf-8")
    table = yaml.safe_load(text)
    return DamageTable(_damages(table["damages"]), _damages(table["rows"]))


def _damages(lines: list[dict[str, Any]]) -> tuple[Damage, ...]:
    return tuple(
        Damage(
            kind=line["kind"],
            field=line.get("field", ""),
            group=line.get("group", "row"),
            rates=line["rates"],
            more=line.get("more", {}),
            source=line["source"],
        )
        for line in lines
    )


@dataclass(frozen=True, slots=True)
class Blow:
    """One kind of damage done to rows of one column: what was true stands in the draft."""

    column: str
    kind: str
    rows: Ints


@dataclass(slots=True, kw_only=True)
class Draft:
    """A delivery before it is written: columns as they should be, then as they will be.

    A column is named `slot.field` (`owner.name`, `father.number`) or `field`. `person` holds for
    each slot the person meant in each row, `-1` where nobody is.
    """

    register: str
    delivery: str
    ids: Ints
    columns: dict[str, Texts]
    person: dict[str, Ints]
    truth: dict[str, Texts] = field(default_factory=dict)
    blows: list[Blow] = field(default_factory=list)
    careless: Flags
    shared: Ints | None = None
    """Rows of one number share the damage of columns without a slot: a parcel copied downwards."""
    aside: dict[str, Texts] = field(default_factory=dict)
    """What damages put in place of a value: `slot.old_card`, `old_commune`, `old_address` ..."""

    def __len__(self) -> int:
        return len(self.ids)

    def lots(self, column: str) -> Ints:
        """The numbers by which damage to the column is drawn."""
        return self.ids if self.shared is None or "." in column else self.shared

    def chosen(self, rows: Ints | Flags) -> Draft:
        """The same draft with these rows alone, in this order; before any damage."""
        return Draft(
            register=self.register,
            delivery=self.delivery,
            ids=self.ids[rows],
            columns={name: column[rows] for name, column in self.columns.items()},
            person={slot: who[rows] for slot, who in self.person.items()},
            careless=self.careless[rows],
            shared=None if self.shared is None else self.shared[rows],
            aside={name: column[rows] for name, column in self.aside.items()},
        )


@dataclass(frozen=True, slots=True)
class Damager:
    """Does damage by lot: the same rows of the same delivery are hit each time."""

    draws: Draws
    table: DamageTable
    minority: Flags
    """By person."""
    elder: Flags
    """By person."""

    def spoil(self, draft: Draft) -> Draft:
        """Do all damages of the table to the draft's columns, in the table's order."""
        draft.truth = {name: column.copy() for name, column in draft.columns.items()}
        spoiled = {name: np.zeros(len(draft), dtype=np.bool_) for name in draft.columns}
        for damage in self.table.cells:
            for name in draft.columns:
                if name.rpartition(".")[2] == damage.field and damage.rate(draft.register):
                    self._strike(draft, damage, name, spoiled[name])
        return draft

    def _strike(self, draft: Draft, damage: Damage, name: str, spoiled: Flags) -> None:
        lot = f"{damage.kind} {name} {draft.register}"
        struck = self.draws.chance(lot, draft.lots(name), self._rates(draft, damage, name))
        if damage.group == "value":
            struck &= ~spoiled
        rows = np.flatnonzero(struck & _filled(draft.columns[name]))
        hit = Hit(
            rows,
            name,
            draft.columns,
            draft.aside,
            self.draws.uniform(lot + "!", draft.lots(name)[rows]),
        )
        after = SPOILERS[damage.kind](hit)
        changed = np.array([a != b for a, b in zip(after, hit.cells, strict=True)], dtype=np.bool_)
        rows = rows[changed]
        draft.columns[name][rows] = after[changed]
        draft.blows.append(Blow(name, damage.kind, rows))
        if damage.group == "value":
            spoiled[rows] = True

    def _rates(self, draft: Draft, damage: Damage, name: str) -> Floats:
        rates = np.full(len(draft), damage.rate(draft.register))
        rates *= np.where(draft.careless, damage.more.get("careless", 1), 1)
        who = draft.person.get(name.rpartition(".")[0] or "person")
        if who is not None:
            known = who >= 0
            rates *= np.where(known & self.minority[who], damage.more.get("minority", 1), 1)
            rates *= np.where(known & self.elder[who], damage.more.get("elder", 1), 1)
        return rates


def _filled(column: Texts) -> Flags:
    return np.array([cell is not None and cell != "" for cell in column], dtype=np.bool_)
