"""The whole made-up country in memory, and how its persons are written into a delivery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sogoc.demo.damage import Damager, Draft, load_damage
from sogoc.demo.draw import Draws, Flags, Ints, Texts, either, texts
from sogoc.demo.families import make_people
from sogoc.demo.names import load_names
from sogoc.demo.people import NOBODY, People
from sogoc.demo.places import CARELESS, Places, load_places


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Places, people and the damage that offices do."""

    draws: Draws
    places: Places
    people: People
    damager: Damager
    share: float
    """1 for 200,000 persons: what is counted per country shrinks along."""

    def scaled(self, count: int) -> int:
        """A count for a country of 200,000, for this one."""
        return max(int(count * self.share), 3)

    def careless(self, patch: Ints) -> Flags:
        """Whether the commune's office makes many errors at once."""
        return np.asarray(np.isin(self.places.new[patch], CARELESS), dtype=np.bool_)


def make_world(persons: int, seed: int) -> World:
    """Draw the country; a second for 200,000 persons."""
    draws = Draws(seed)
    places = load_places(draws)
    book = load_names()
    people = make_people(draws, places, book, persons)
    damager = Damager(
        draws=draws,
        table=load_damage(),
        minority=np.asarray(people.people != 0, dtype=np.bool_),
        elder=np.asarray(people.year() < 1965, dtype=np.bool_),
    )
    return World(
        draws=draws, places=places, people=people, damager=damager, share=persons / 200_000
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Persons as a delivery would write them, with what careless hands write instead."""

    columns: dict[str, Texts]
    aside: dict[str, Texts]


def written(world: World, slot: str, who: Ints) -> Written:
    """Number, name, birth, sex, address and commune of each; empty where `who` is nobody."""
    people, places = world.people, world.places
    nobody = who == NOBODY
    safe = np.where(nobody, 0, who)
    patch, hamlet = people.patch[safe], hamlets(world, safe)
    columns = {
        "number": people.number[safe],
        "name": people.name[safe],
        "born": day_first(people.written_birth(safe)),
        "sex": either(people.female[safe], "Nữ", "Nam"),
        "address": texts([places.new_address(p, h) for p, h in zip(patch, hamlet, strict=True)]),
        "commune": places.new[patch],
        "phone": people.phone[safe],
    }
    spouse = people.spouse[safe]
    aside = {
        "old_card": people.old_number[safe],
        "old_address": texts(
            [places.old_address(p, h) for p, h in zip(patch, hamlet, strict=True)]
        ),
        "old_commune": places.old[patch],
        "spouse_number": either(spouse == NOBODY, "", people.number[spouse]),
    }
    for made in (columns, aside):
        for column in made.values():
            column[nobody] = None
    head = f"{slot}." if slot else ""
    return Written(
        columns={head + name: column for name, column in columns.items()},
        aside={head + name: column for name, column in aside.items()},
    )


def hamlets(world: World, who: Ints) -> Texts:
    """The hamlet where each person lives."""
    return world.places.hamlet_names(world.people.patch[who], world.people.hamlet[who])


def day_first(written_birth: Texts) -> Texts:
    """`1931-05-02` as `02/05/1931`, `1931-05` as `05/1931`, `1931` as it is."""
    return texts(["/".join(reversed(text.split("-"))) for text in written_birth])


def with_doubles(world: World, draft: Draft) -> Draft:
    """Some rows once more at the end of the list: the same person entered twice."""
    rate = world.damager.table.row_rate("twice", draft.register)
    twice = np.flatnonzero(world.draws.chance(f"twice {draft.delivery}", draft.ids, rate))
    doubled = draft.chosen(np.r_[np.arange(len(draft)), twice])
    # The second row is hit by other damage than the first.
    doubled.ids[len(draft) :] += 1 << 40
    return doubled


def strangers(world: World, draft: Draft, slot: str) -> None:
    """Put persons whom the population register does not hold into some rows of a slot."""
    rate = world.damager.table.row_rate("not_in_population", draft.register)
    foreign = world.draws.chance(f"stranger {draft.delivery} {slot}", draft.ids, rate)
    rows = np.flatnonzero(foreign & (draft.person[slot] != NOBODY))
    lot = world.draws.below("stranger number", draft.ids[rows], 999_000)
    name = f"{slot}.number"
    head = texts(
        [
            f"{text[:3]}{text[3:6]}{one:06d}"
            for text, one in zip(draft.columns[name][rows], lot, strict=True)
        ]
    )
    draft.columns[name][rows] = head
    # A surname and a given name that each exist, of two other people.
    names = draft.columns[f"{slot}.name"]
    draft.columns[f"{slot}.name"] = names.copy()
    draft.columns[f"{slot}.name"][rows] = np.roll(names, 7)[rows]
    flags = np.zeros(len(draft), dtype=np.int64)
    flags[rows] = 1
    draft.aside[f"{slot}.stranger"] = texts(flags)
