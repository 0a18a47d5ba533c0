"""Which questions a contract offers for each of its objects.

The population register answers by the lawful triple alone: nobody's data is read there by a number
that somebody found on a paper, nobody is searched for, and no list of changes leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.access.grant import Operation
from sogoc.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import Register, RegisterObject


@dataclass(frozen=True, slots=True)
class Offer:
    """One question: its word in the path, the operation that a grant must name, and what it is."""

    word: str
    operation: Operation
    summary: Sentence


READ = Offer(
    "read",
    Operation.READ,
    Sentence(vi="Đọc một bản ghi theo khóa", en="Read one record by its key"),
)
BATCH = Offer(
    "batch",
    Operation.READ,
    Sentence(vi="Đọc nhiều bản ghi theo khóa", en="Read records by their keys"),
)
SEARCH = Offer(
    "search",
    Operation.SEARCH,
    Sentence(
        vi="Tra cứu theo các trường mà đặc tả cho phép",
        en="Search by the fields that the contract allows",
    ),
)
DIFFERENCE = Offer(
    "difference",
    Operation.DIFFERENCE,
    Sentence(
        vi="Những gì đã thêm, đổi hoặc hết kể từ một bản phát hành",
        en="What was inserted, changed or ended since a release",
    ),
)
VERIFY = Offer(
    "verify",
    Operation.VERIFY,
    Sentence(
        vi="Đối soát người theo số định danh, họ tên và ngày sinh",
        en="Verify persons by number, name and date of birth",
    ),
)


def offers(register: Register, one: RegisterObject) -> Iterator[Offer]:
    """The questions that can be asked of an object, in the order in which they are listed."""
    if not register.is_population:
        if one.identities:
            yield READ
            yield BATCH
        if one.search_by:
            yield SEARCH
        if one.identities:
            yield DIFFERENCE
    if any(person.number and person.name and person.born for person in one.persons):
        yield VERIFY


def paths(register: Register) -> Iterator[tuple[str, RegisterObject, Offer]]:
    """Every path of a register's service with its object and question."""
    for one in register.objects:
        for offer in offers(register, one):
            yield f"/v1/{one.name}/{offer.word}", one, offer
