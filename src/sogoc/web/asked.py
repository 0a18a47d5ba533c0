"""What a page was asked for, read from the address: codes and ids only, each checked.

An address is kept in histories and logs, so no name, number or date of a person ever stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sogoc.errors import Sentence, UnknownThing
from sogoc.web.reading.records import CHANGES, RecordFilter
from sogoc.web.wording import GROUPS, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sogoc.contract.model import Register, RegisterObject

FILTERS = ("rule", "locality", "hamlet", "group", "reason", "outcome", "delivery", "change")
HAMLET_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters of a list as they stand in its address."""

    object: RegisterObject
    page: int
    filters: dict[str, str]

    def address(self, **other: str | int | None) -> str:
        """The query of the same list with some filters changed; None takes one out."""
        merged: dict[str, str | int | None] = {"object": self.object.name, **self.filters, **other}
        return "?" + urlencode({name: value for name, value in merged.items() if value})

    def records(self, localities: list[str] | None) -> RecordFilter:
        """As the reader of records takes them."""
        given = self.filters
        return RecordFilter(
            localities=localities,
            hamlet=given.get("hamlet"),
            rule=given.get("rule"),
            group=int(given["group"]) if "group" in given else None,
            reason=given.get("reason"),
            outcome=given.get("outcome"),
            delivery=int(given["delivery"]) if "delivery" in given else None,
            change=given.get("change"),
        )


def asked(register: Register, query: Mapping[str, str]) -> Asked:
    """The filters of an address. Raises UnknownThing that names the filter that is wrong."""
    one = _object(register, query.get("object", ""))
    given = {name: query[name] for name in FILTERS if query.get(name)}
    rules = {rule.code for rule in one.rules}
    allowed: dict[str, Callable[[str], bool]] = {
        "rule": rules.__contains__,
        "locality": lambda text: text.isdigit() and len(text) in {2, 3, 5},
        "hamlet": lambda text: len(text) <= HAMLET_LENGTH,
        "group": lambda text: text in {str(group) for group in GROUPS},
        "reason": lambda text: text.replace("-", "").isalnum() and text.isascii(),
        "outcome": OUTCOMES.__contains__,
        "delivery": _is_number,
        "change": CHANGES.__contains__,
    }
    for name, value in given.items():
        if not allowed[name](value):
            raise UnknownThing(
                Sentence(
                    f"Bộ lọc “{name}” trong địa chỉ không đúng. Hãy bỏ bộ lọc này.",
                    f"The filter “{name}” in the address is wrong. Leave it out.",
                )
            )
    return Asked(object=one, page=page_number(query), filters=given)


def page_number(query: Mapping[str, str]) -> int:
    """The page asked for, 1 if none. Raises UnknownThing if it is not a number from 1."""
    text = query.get("page", "1")
    if not _is_number(text) or int(text) < 1:
        raise no_such_page()
    return int(text)


def no_such_page() -> UnknownThing:
    """For a page before the first or past the last."""
    return UnknownThing(
        Sentence(
            "Danh sách không có trang này. Hãy trở về trang đầu của danh sách.",
            "The list has no such page. Go back to its first page.",
        )
    )


def _is_number(text: str) -> bool:
    """A number that a bigint holds; `isdigit` alone would let other scripts' digits through."""
    return text.isascii() and text.isdigit() and len(text) <= 15  # noqa: PLR2004 - below 2**63


def _object(register: Register, name: str) -> RegisterObject:
    if not name:
        return register.objects[0]
    for one in register.objects:
        if one.name == name:
            return one
    raise UnknownThing(
        Sentence(
            f"Sổ {register.name} không có loại bản ghi này.",
            f"The register {register.id} has no such object.",
        )
    )
