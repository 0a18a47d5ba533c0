"""What a run leaves to the next delivery of the same places: under what it was made, and where.

The mark is written last, after the delivery was stored. Without it, or where anything that decides
about a record has changed (the contract, the program, the era of the units), the next delivery is
judged whole: a basis saves time and is never needed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sogoc.check import plan as check
from sogoc.database.decisions.judgements import Judgements
from sogoc.database.deliveries import Deliveries
from sogoc.localities.units import Units
from sogoc.pipeline.linking.models import link_steps
from sogoc.standardise import plan as standardise
from sogoc.tables.engine import quoted
from sogoc.tables.naming import taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.pipeline.linking.models import Policies
    from sogoc.pipeline.parts import Parts
    from sogoc.tables.engine import Engine, Step

_MARK = "basis.json"
_TRIED = 50
_SAME_PLACES = 0.5
_ANY_DAY = date(2026, 1, 1)
"""Rules about the day are told apart from those of another day by `check.recheck` itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One run, as far as the next can begin with it."""

    folder: Path
    made_of: str
    """Contract, steps, form and era of the units: where they differ, no record is the same."""
    places: frozenset[str]
    """What the delivery wrote as localities, as it came."""
    day: date
    holidays: frozenset[date] = frozenset()
    known: Mapping[str, str]
    """Tables that rules looked things up in, with the state of the register they show."""
    persons: str = ""
    """The release and the judgements by which persons were verified; empty: nobody was."""
    numbering: str = ""
    """By which numbers persons stand in the tables of linking."""
    parts: Mapping[str, tuple[str, ...]]
    """By object the files of its standard records."""

    def write(self) -> None:
        """Leave the mark, whole or not at all."""
        told = {
            "made_of": self.made_of,
            "places": sorted(self.places),
            "day": self.day.isoformat(),
            "holidays": sorted(one.isoformat() for one in self.holidays),
            "known": dict(self.known),
            "persons": self.persons,
            "numbering": self.numbering,
            "parts": dict(self.parts),
        }
        beside = self.folder / f"{_MARK}.part"
        beside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        beside.replace(self.folder / _MARK)


def basis_of(folder: Path) -> Basis | None:
    """What the run in the folder left, None if nothing."""
    file = folder / _MARK
    if not file.is_file():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    days = {name: told.pop(name) for name in ("day", "holidays")}
    return Basis(
        folder=folder,
        day=date.fromisoformat(days["day"]),
        holidays=frozenset(map(date.fromisoformat, days["holidays"])),
        places=frozenset(told.pop("places")),
        parts={name: tuple(files) for name, files in told.pop("parts").items()},
        **told,
    )


def new_basis(
    folder: Path, register: Register, engine: Engine, *, contract: str, delivery: Delivery
) -> Basis:
    """The basis of a run whose file was taken in; the rest is told as it is made."""
    days = Units.load().change_days
    era = sum(day <= delivery.as_of for day in days)
    read = standardise.plan(register, as_of=_ANY_DAY)
    checked = check.plan(register, today=_ANY_DAY)
    words = (contract, delivery.form, str(era), *_told([*read, *checked]))
    return Basis(
        folder=folder,
        made_of=hashlib.sha256("\n".join(words).encode()).hexdigest(),
        places=_places(register, engine),
        day=delivery.as_of,
        known={},
        parts={},
    )


def earlier_basis(parts: Parts, register: Register, mine: Basis) -> Basis | None:
    """The newest run of this register that was made of the same things and of the same places."""
    for one in Deliveries(parts.connection).newest_of_places(register.id, limit=_TRIED):
        found = basis_of(parts.runs / str(one.id)) if one.state == "merged" else None
        if found and found.made_of == mine.made_of and _alike(found.places, mine.places):
            return found
    return None


def superseded(runs: Path, mine: list[int]) -> list[int]:
    """Of these runs, newest first, those whose places a newer one brought again, or none left."""
    seen: list[frozenset[str]] = []
    old = []
    for run in mine:
        found = basis_of(runs / str(run))
        if found is None or any(_alike(found.places, places) for places in seen):
            old.append(run)
        else:
            seen.append(found.places)
    return old


def persons_state(
    parts: Parts, register: Register, found: tuple[Register, Delivery] | None, *, by: Policies
) -> str:
    """By what persons are verified: the release, what officers decided, policy and models."""
    if found is None:
        return ""
    steps = "\n".join(_told(link_steps(register, by, known=frozenset())))
    policy = hashlib.sha256(steps.encode()).hexdigest()
    return f"{found[1].id} {Judgements(parts.connection).mark(register.id)} {policy}"


def older_release(then: str, now: str) -> int | None:
    """The release of the earlier state, if nothing else of the two states differs."""
    (release, _, rest), (present, _, the_same) = then.partition(" "), now.partition(" ")
    return int(release) if release.isdigit() and release != present and rest == the_same else None


def _told(steps: Iterable[Step]) -> list[str]:
    """The steps in words: a program or a policy that works otherwise says so here."""
    return [step.select for step in steps]


def _alike(some: frozenset[str], others: frozenset[str]) -> bool:
    return len(some & others) >= _SAME_PLACES * len(some | others)


def _places(register: Register, engine: Engine) -> frozenset[str]:
    for one in register.objects:
        if one.locality is not None:
            field = quoted(one.locality.name)
            rows = engine.rows(f"select distinct {field} from {quoted(taken(one.name))}")
            return frozenset(str(row[0] or "") for row in rows)
    return frozenset()
