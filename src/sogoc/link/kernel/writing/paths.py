"""Which way through the index brings up the pairs of a block, and what is left to compare.

A block is a set of equal columns. The first way whose columns it holds is taken; its lists are
narrowed by what sorts them, and the columns that remain are compared on each person found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.index.layout import SEX
from sogoc.link.kernel.writing.predicates import UnknownToKernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.link.policy import Block

PARTS = ("surname", "middle", "core", "given")
TIES = ("father", "mother", "spouse", "household", "former")
_PLAIN = ("old_number", "folded", "written", "born")
_PACKED = ("number", "sex", "commune", "province")
"""What the record of a person holds in another form (`index/layout.py`)."""


def gather_lines(block: Block) -> Iterator[str]:
    """Lines of Python that put the block's positions of one segment into `queue`.

    Raises UnknownToKernel if no way through the index leads to the block's columns.
    """
    wanted = {person: f"a_{asked}" for asked, person in block.same}
    if len(wanted) < len(block.same):
        raise UnknownToKernel(str(block.same))
    for columns, lines in _WAYS:
        if set(columns) <= wanted.keys():
            # A way begins with the column whose lists it walks; the others narrow them.
            rest = {name: value for name, value in wanted.items() if name != columns[0]}
            yield from lines(wanted, rest)
            return
    raise UnknownToKernel(", ".join(f"{asked}={person}" for asked, person in block.same))


def _take(tests: list[str], depth: int) -> Iterator[str]:
    """Put `row` into the queue where all tests hold; -1 says that the queue is full."""
    blank = "    " * depth
    if tests:
        yield f"{blank}if not ({' and '.join(tests)}):"
        yield f"{blank}    continue"
    yield f"{blank}if found == len(queue):"
    yield f"{blank}    return -1"
    yield f"{blank}queue[found] = start + row"
    yield f"{blank}found += 1"


def _tests(rest: dict[str, str]) -> list[str]:
    """Comparisons of what is left, on `one`, the record of the person; the dear ones last."""
    order = ("number", *_PLAIN, "commune", "sex", "year", "province", *TIES, *PARTS)
    unknown = rest.keys() - set(order)
    if unknown:
        raise UnknownToKernel(", ".join(sorted(unknown)))
    return [test for name in order if name in rest for test in _test(name, rest[name])]


def _test(name: str, value: str) -> list[str]:
    if name in _PLAIN:
        return [f'one["{name}"] == {value}']
    if name == "year":
        return [f'one["born"] >= 0 and one["born"] // 10000 == {value}']
    if name in _PACKED:
        return _packed_test(name, value)
    if name in TIES:
        return [f"len({name}) > 0 and {name}[row] == {value}"]
    part = f'parts[one["folded"], {PARTS.index(name)}]'
    return [f'one["folded"] >= 0 and {part} == {value}']


def _packed_test(name: str, value: str) -> list[str]:
    if name == "number":
        low, high = f"{value} & {(1 << 32) - 1}", f"{value} >> 32"
        return [f'one["number_low"] == {low}', f'one["number_high"] == {high}']
    if name == "sex":
        return [f'np.int64(one["marks"] & {SEX}) - 1 == {value}']
    at = 0 if name == "commune" else 1
    return [f'one["home"] >= 0 and homes[one["home"], {at}] == {value}']


def _number(wanted: dict[str, str], rest: dict[str, str]) -> Iterator[str]:
    yield from _by_number("number", wanted["number"], rest)


def _old_number(wanted: dict[str, str], rest: dict[str, str]) -> Iterator[str]:
    yield from _by_number("old_number", wanted["old_number"], rest)


def _by_number(field: str, value: str, rest: dict[str, str]) -> Iterator[str]:
    prefix = field.removesuffix("_number")
    yield f"low, high, mark = bucket({value}, {prefix}_starts)"
    yield "for at in range(low, high):"
    yield f"    if {prefix}_marks[at] != mark:"
    yield "        continue"
    yield f"    row = {prefix}_rows[at]"
    yield "    one = persons[row]"
    yield from _take(_tests({field: value, **rest}), 1)


def _household(wanted: dict[str, str], rest: dict[str, str]) -> Iterator[str]:
    """The members of one household; of a population without any there are no lists."""
    value = wanted["household"]
    yield f"low, high, mark = bucket({value}, household_starts)"
    yield "for at in range(low, high):"
    yield "    row = household_rows[at]"
    yield "    one = persons[row]"
    yield from _take(_tests({"household": value, **rest}), 1)


def _born(wanted: dict[str, str], rest: dict[str, str]) -> Iterator[str]:
    """The persons of one day, who lie together by given name and surname."""
    yield f"low, high = day(days, day_starts, {wanted['born']})"
    left = dict(rest)
    if narrowed := _narrowed(wanted):
        yield "if ordered == 1:"
        yield from (f"    {line}" for line in narrowed)
        yield "    low = from_name(persons, low, high, first)"
        yield "    high = from_name(persons, low, high, last)"
        left = _not_narrowed(rest)
    yield from _walk(rest, left, "at")


def _folded(wanted: dict[str, str], rest: dict[str, str]) -> Iterator[str]:
    """The bearers of one name, who lie by date of birth."""
    value = wanted["folded"]
    yield f"low, high = listed(name_starts, {value})"
    left = dict(rest)
    if "year" in rest:
        yield f"first, last = year(days, day_starts, {rest['year']})"
        yield "low = from_row(name_rows, low, high, first)"
        yield "high = from_row(name_rows, low, high, last)"
        del left["year"]
    yield "for at in range(low, high):"
    yield "    row = name_rows[at]"
    yield "    one = persons[row]"
    yield from _take(_tests(left), 1)


def _commune(wanted: dict[str, str], rest: dict[str, str]) -> Iterator[str]:
    """The persons of one commune, who lie by given name and surname."""
    value = wanted["commune"]
    yield f"low, high = listed(place_starts, {value})"
    yield "if ordered == 1:"
    yield from (f"    {line}" for line in _narrowed(wanted))
    yield "    low = from_name_in(persons, place_rows, low, high, first)"
    yield "    high = from_name_in(persons, place_rows, low, high, last)"
    yield from _walk(rest, _not_narrowed(rest), "place_rows[at]")


def _narrowed(wanted: dict[str, str]) -> list[str]:
    """Lines that set `first` and `last`, the range of folded names; none if no name is given."""
    if "folded" in wanted:
        return [f"first, last = {wanted['folded']}, {wanted['folded']} + 1"]
    if "given" in wanted and "surname" in wanted:
        return [f"first, last = kin(parts, given_starts, {wanted['given']}, {wanted['surname']})"]
    if "given" in wanted:
        return [f"first, last = named(given_starts, {wanted['given']})"]
    return []


def _not_narrowed(rest: dict[str, str]) -> dict[str, str]:
    if "folded" in rest:
        return {name: value for name, value in rest.items() if name != "folded"}
    return {name: value for name, value in rest.items() if name not in ("given", "surname")} | (
        {"surname": rest["surname"]} if "given" not in rest and "surname" in rest else {}
    )


def _walk(rest: dict[str, str], left: dict[str, str], row: str) -> Iterator[str]:
    """Look at positions `low` to `high`; where names do not lie in order, compare all of them."""
    some, every = _tests(left), _tests(rest)
    yield "for at in range(low, high):"
    yield f"    row = {row}"
    yield "    one = persons[row]"
    if some == every:
        yield from _take(every, 1)
        return
    yield f"    if ordered == 0 and not ({' and '.join(every)}):"
    yield "        continue"
    yield from _take(some, 1)


_WAYS = (
    (("number",), _number),
    (("old_number",), _old_number),
    (("household",), _household),
    (("born",), _born),
    (("commune", "folded"), _commune),
    (("folded",), _folded),
    (("commune", "given", "surname"), _commune),
)
