"""One index for each release of the population: refreshed, shared, to the row what SQL gives."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.pipeline.again.test_carrying import REGISTER, Node, big, nodes, write
from tests.pipeline.again.test_population_moves import Person, released

from sogoc.link.index.person_index import PersonIndex
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.linking import ways
from sogoc.pipeline.linking.models import link_steps, policies
from sogoc.pipeline.persons import population_of
from sogoc.pipeline.population import people as owner
from sogoc.pipeline.population.people import INDEX, People
from sogoc.tables.naming import standard, verified

__all__ = ["big", "nodes"]
Change = Callable[[list[Person]], object]


@pytest.fixture
def with_index(nodes: tuple[Node, Node], kernels: Path) -> tuple[Node, Node]:
    """The first node keeps an index of its small population, the second links by SQL."""
    first, second = nodes
    first.parts = replace(first.parts, index_from=1)
    code = first.parts.machine_code
    code.parent.mkdir(parents=True)
    code.symlink_to(kernels)
    return first, second


@pytest.fixture
def cards(big: Path) -> list[list[str]]:
    with (big / "insurance-big.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def people_of(node: Node) -> People:
    found = population_of(node.parts)
    assert found is not None
    return People(node.parts, found)


def index_of(node: Node) -> PersonIndex:
    there = people_of(node).index()
    assert there is not None
    return there


def release(node: Node, big: Path, *, change: Change, name: str) -> int:
    """A later release of the population register, in which some persons changed."""
    table = pq.read_table(big / "population.parquet")
    people: list[Person] = table.to_pylist()
    change(people)
    return node.deliver("population", released(node.parts.folder / name, people, table.schema))


def renamed(node: Node, how_many: int) -> Change:
    """Some bear other names, and one was born."""
    (one, *_) = node.parts.shelf.register("population").objects
    told = one.persons[0]

    def change(people: list[Person]) -> None:
        for person in people[3 : 3 + how_many]:
            person[told.name] = "Ksor H’Nhi"
        people.append(people[0] | {told.number: "066160999999", told.old_number: None})

    return change


def by_sql(node: Node, run: int, folder: Path) -> list[dict[str, Any]]:
    """The answers for the records of a run, made anew by SQL over the same tables of persons."""
    register = node.parts.shelf.register(REGISTER)
    with node.parts.engine(folder) as engine:
        for name, table in unit_tables().items():
            engine.register(name, table)
        people_of(node).lend(engine)
        engine.register(standard("the"), node.parts.runs / str(run) / f"{standard('the')}.parquet")
        steps = link_steps(register, policies(node.parts, register), known=frozenset())
        for step in steps:
            engine.run(step)
        return in_order(engine.parquet(verified("the")))


def answers(node: Node, run: int) -> list[dict[str, Any]]:
    return in_order(node.parts.runs / str(run) / f"{verified('the')}.parquet")


def in_order(file: Path) -> list[dict[str, Any]]:
    return pq.read_table(file).sort_by("_row").to_pylist()  # type: ignore[no-any-return]


def test_a_new_release_refreshes_the_index_and_builds_none(
    with_index: tuple[Node, Node], big: Path, cards: list[list[str]], tmp_path: Path
) -> None:
    first, second = with_index
    for node in with_index:
        node.deliver("population", big / "population.parquet")
    built = index_of(first)
    assert built.changes is None
    for node in with_index:
        release(node, big, change=renamed(node, 6), name="later.parquet")
    now = index_of(first)
    assert now.manifest == built.manifest
    assert now.changes is not None
    assert (now.changes.manifest.persons, now.changes.manifest.gone) == (7, 6)
    assert PersonIndex.open(built.folder).identity == built.identity
    file = write(tmp_path / "cards.csv", cards)
    runs = [node.deliver(REGISTER, file) for node in with_index]
    assert answers(first, runs[0]) == by_sql(first, runs[0], tmp_path / "sql")
    # How common names are was counted at the first release: it moves likelihoods, nobody's link.
    assert first.stands() == second.stands()


def test_deliveries_linked_by_the_kernel_whole_and_then_in_part_leave_what_sql_would(
    with_index: tuple[Node, Node],
    big: Path,
    cards: list[list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = with_index
    file = write(tmp_path / "cards-0.csv", cards)
    for node in with_index:
        node.deliver("population", big / "population.parquet")
    runs = [node.deliver(REGISTER, file) for node in with_index]
    assert answers(first, runs[0]) == answers(second, runs[1])
    assert not (first.parts.runs / str(runs[0]) / "link_pairs_1__the.parquet").exists()
    monkeypatch.setattr(ways, "_FEW", 1)
    for node in with_index:
        release(node, big, change=renamed(node, 4), name="later.parquet")
    file = write(tmp_path / "cards-1.csv", [*cards, cards[5]])
    run = first.deliver(REGISTER, file)
    second.forget()
    second.deliver(REGISTER, file)
    assert (first.parts.runs / str(run) / "anew" / "few__the.parquet").is_file()
    assert first.stands() == second.stands()


def test_many_changes_are_taken_in_by_building_anew(
    with_index: tuple[Node, Node], big: Path
) -> None:
    node, _ = with_index
    node.deliver("population", big / "population.parquet")
    later = release(node, big, change=renamed(node, 30), name="later.parquet")
    assert index_of(node).changes is None
    assert index_of(node).manifest.source == f"population {later}"


def test_an_index_that_a_killed_program_left_half_refreshed_is_made_again(
    with_index: tuple[Node, Node], big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    node, _ = with_index
    node.deliver("population", big / "population.parquet")
    built = index_of(node)
    with monkeypatch.context() as patch:
        patch.setattr(owner, "refresh", killed)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        with pytest.raises(KilledError):
            release(node, big, change=renamed(node, 6), name="later.parquet")
    assert PersonIndex.open(built.folder).identity == built.identity
    (later,) = [each for each in node.parts.population.iterdir() if each != built.folder.parent]
    assert not (later / INDEX).exists()
    assert (later / "next").exists()
    again = index_of(node)
    assert again.folder == later / INDEX
    assert again.changes is not None
    again.verify()
    assert not (later / "next").exists()


def test_an_index_whose_changes_are_damaged_gives_way_to_one_that_is_whole(
    with_index: tuple[Node, Node], big: Path
) -> None:
    node, _ = with_index
    node.deliver("population", big / "population.parquet")
    release(node, big, change=renamed(node, 6), name="later.parquet")
    there = index_of(node)
    manifest = there.folder / "changes" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-9])
    again = index_of(node)
    again.verify()
    assert (again.folder, again.identity) == (there.folder, there.identity)


def test_a_small_population_has_no_index(with_index: tuple[Node, Node], big: Path) -> None:
    _, node = with_index
    node.deliver("population", big / "population.parquet")
    assert people_of(node).index() is None
    assert not node.parts.population.exists() or not list(node.parts.population.glob("*/persons"))
