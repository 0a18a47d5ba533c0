"""The evening: what askers wrote down is held against the journals of those who answered."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.audit import audit
from sogoc.access.entry import GRANTED, entry_from
from sogoc.access.grant import Operation
from sogoc.database.store import open_store
from sogoc.errors import SogocError
from sogoc.exchange.client import public_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.access.entry import Entry
    from sogoc.cli.country.laying import Laid
    from sogoc.testing.day.traffic import Acknowledged

_PAYLOADS = "select payload from node.journal_entry order by number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """Entries of each journal, and every sentence that should not have been."""

    entries: dict[str, int]
    faults: tuple[str, ...]


def reckon(
    nodes: Iterable[Laid], answered: Iterable[Acknowledged], checkpoints: dict[str, list[str]]
) -> Reckoned:
    """Verify every journal from outside, then hold it against what askers wrote down."""
    faults: list[str] = []
    entries: dict[str, int] = {}
    by_keeper = defaultdict[str, list["Acknowledged"]](list)
    for each in answered:
        by_keeper[each.keeper].append(each)
    for one in nodes:
        name = one.agency.folder
        verified = _verified(one, checkpoints.get(name, []))
        kept = entries_of(one)
        entries[name] = len(kept)
        if isinstance(verified, str):
            faults.append(verified)
        elif verified > len(kept):
            faults.append(f"{name}: {verified} entries were signed, {len(kept)} are there")
        faults += [f"{name}: {fault}" for fault in compared(by_keeper[name], kept)]
    return Reckoned(entries=entries, faults=tuple(faults))


def _verified(one: Laid, checkpoints: list[str]) -> int | str:
    address = one.settings.address
    try:
        told = audit(
            lambda path: public_bytes(f"{address}/journal/{path}"),
            [one.who.log_key],
            earlier=checkpoints,
        )
    except SogocError as failed:
        return f"{one.agency.folder}: {failed.sentence.en}"
    return told.checkpoint.size


def entries_of(one: Laid) -> list[Entry]:
    """Every entry of a node's journal, in order."""
    with open_store(one.home / "state") as connection:
        rows = connection.execute(_PAYLOADS).fetchall()
    return [entry_from(bytes(payload)) for (payload,) in rows]


def compared(answered: Iterable[Acknowledged], entries: Iterable[Entry]) -> list[str]:
    """What is wrong between askers' books and one journal.

    Every answer stands in the journal, with each of its persons; no entry stands there twice. An
    entry without an answer is right: the answer was lost on the way.
    """
    # Steps of grants are entries too; they belong to no case and were asked by nobody here. Rounds
    # are reckoned with by themselves.
    held = Counter(
        (entry.issue, entry.subject, entry.decision)
        for entry in entries
        if entry.issue and entry.operation != Operation.ROUND
    )
    faults = [
        f"{case} has {count} entries for one person"
        for (case, *_), count in held.items()
        if count > 1
    ]
    persons = defaultdict[str, set[str]](set)
    decisions: dict[str, set[str]] = defaultdict(set)
    for case, subject, decision in held:
        persons[case].add(subject)
        decisions[case].add(decision)
    for each in answered:
        if each.case not in persons:
            faults.append(f"{each.case} was answered and is in no journal")
        elif not each.subjects <= persons[each.case]:
            faults.append(f"{each.case} was answered, and not everybody's entry is there")
        elif (GRANTED in decisions[each.case]) != each.granted:
            faults.append(f"{each.case} is journalled with another decision than it got")
    return faults
