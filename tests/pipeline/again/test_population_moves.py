"""A new release of the population: only whom it touches is linked anew; links keep their number."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.pipeline.again.test_carrying import REGISTER, Node, big, nodes, write

from sogoc.records.links.events import ENDED, LinkEvents

__all__ = ["big", "nodes"]
Person = dict[str, str | None]


def released(file: Path, people: list[Person], like: pa.Schema) -> Path:
    pq.write_table(pa.Table.from_pylist(people, schema=like), file)
    return file


def test_links_after_a_new_release_are_those_of_linking_everybody_again(
    nodes: tuple[Node, Node], big: Path, tmp_path: Path
) -> None:
    first, second = nodes
    population = pq.read_table(big / "population.parquet")
    people: list[Person] = population.to_pylist()
    with (big / "insurance-big.csv").open(encoding="utf-8", newline="") as lines:
        cards = list(csv.reader(lines))
    for node in nodes:
        node.deliver("population", big / "population.parquet")
        node.deliver(REGISTER, write(tmp_path / "cards-0.csv", cards))
    another = become_another(first, people, verified_numbers(first))
    for node in nodes:
        node.deliver("population", released(tmp_path / "later.parquet", people, population.schema))
    file = write(tmp_path / "cards-1.csv", [*cards, cards[5]])
    run = first.deliver(REGISTER, file)
    second.forget()
    second.deliver(REGISTER, file)
    assert first.stands() == second.stands()
    anew = pq.ParquetFile(first.parts.runs / str(run) / "anew__the.parquet").metadata.num_rows
    assert 0 < anew < len(cards) // 3
    events = LinkEvents(first.parts.connection).of_delivery(REGISTER, run, limit=100)
    assert (ENDED, another, None) in {(e.kind, e.number_before, e.number_after) for e in events}
    assert every_answer_of_a_person_bears_one_link(first)


def verified_numbers(node: Node) -> set[str]:
    rows = node.parts.connection.execute(
        "select number from node.verification where outcome = 'verified' and believed_to is null"
    )
    return {number for (number,) in rows}


def become_another(node: Node, people: list[Person], borne: set[str]) -> str:
    """The population register says that a number of the cards is somebody else's; return it."""
    (one, *_) = node.parts.shelf.register("population").objects
    told = one.persons[0]
    person = next(each for each in people if each[told.number] in borne)
    person[told.name], person[told.born] = "Ksor H’Nhi", "1931-02-03"
    # Two numbers that agree would outweigh name and date: of the old one nothing is told.
    person[told.old_number] = None
    return str(person[told.number])


def every_answer_of_a_person_bears_one_link(node: Node) -> bool:
    [(most, ended)] = node.parts.connection.execute(
        "select max(links), sum(ended) from ("
        "select count(distinct link) as links, count(believed_to) as ended"
        " from node.verification group by register, object, record, person) as each_person"
    )
    return (most, ended > 0) == (1, True)
