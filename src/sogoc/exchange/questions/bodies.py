"""The bodies of questions: what is read out of each, strictly.

An unknown member is refused rather than passed over, since whoever misspells a limit should learn
of it before the answer comes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.access.grant import MOST_KEYS
from sogoc.errors import BadQuestion, Sentence
from sogoc.exchange.looking.by_search import FARTHEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.contract.model import RegisterObject

USUAL_LIMIT, MOST_LIMIT = 100, 1000
TRIPLE = ("born", "name", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a body asks for, beside the fields."""

    keys: tuple[str, ...] = ()
    people: tuple[dict[str, str], ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    since: str = ""
    after: str = ""
    limit: int = 0


def object_of(body: bytes) -> dict[str, Any]:
    """The body as an object. Raises BadQuestion."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise bad("nội dung không phải JSON", "the body is not JSON") from wrong
    if not isinstance(told, dict):
        raise bad("nội dung phải là một đối tượng JSON", "the body must be a JSON object")
    return told


def fields_of(told: dict[str, Any], one: RegisterObject) -> frozenset[str]:
    """The fields asked for. Raises BadQuestion for one that the object has not."""
    fields = told.pop("fields", [])
    if not texts(fields) or not set(fields) <= one.classes.keys():
        raise bad(
            f"fields phải là danh sách trường của {one.name}",
            f"fields must be a list of fields of {one.name}",
        )
    return frozenset(fields)


def nothing_left(told: dict[str, Any]) -> None:
    """Raise BadQuestion for what nobody asked for."""
    if told:
        listed = ", ".join(sorted(told))
        raise bad(f"không có mục {listed}", f"nothing is called {listed}")


def _read(told: dict[str, Any], one: RegisterObject) -> Wanted:
    del one
    return Wanted(keys=(_key(told.pop("key", None)),))


def _batch(told: dict[str, Any], one: RegisterObject) -> Wanted:
    del one
    keys = told.pop("keys", None)
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise bad(
            f"keys phải là danh sách từ 1 đến {MOST_KEYS} mã",
            f"keys must be a list of 1 to {MOST_KEYS} keys",
        )
    return Wanted(keys=tuple(dict.fromkeys(map(_key, keys))))


def _key(told: object) -> str:
    """A key as text: as it stands, or as JSON where several fields name a record."""
    if isinstance(told, str) and told:
        return told
    if isinstance(told, dict) and told and all(isinstance(each, str) for each in told.values()):
        return json.dumps(told, ensure_ascii=False, sort_keys=True)
    raise bad(
        "key phải là mã, hoặc đối tượng gồm các trường của khóa",
        "a key is a text, or an object of the fields that name the record",
    )


def _search(told: dict[str, Any], one: RegisterObject) -> Wanted:
    where = told.pop("where", None)
    allowed = {frozenset(names) for names in one.search_by}
    if not isinstance(where, dict) or frozenset(where) not in allowed:
        listed = "; ".join(" + ".join(names) for names in one.search_by)
        raise bad(
            f"where phải cho giá trị của đúng một bộ trường: {listed}",
            f"where must give values for exactly one of these: {listed}",
        )
    if not texts(list(where.values())):
        raise bad("mỗi giá trị trong where phải là chữ", "each value of where is a text")
    return Wanted(
        where=tuple(sorted(where.items())),
        limit=_whole(told, "limit", least=1, most=MOST_LIMIT, usual=USUAL_LIMIT),
        after=str(_whole(told, "offset", least=0, most=FARTHEST, usual=0)),
    )


def _difference(told: dict[str, Any], one: RegisterObject) -> Wanted:
    since, after = told.pop("since", None), told.pop("after", "")
    if isinstance(since, bool) or not isinstance(since, (int, str)) or not isinstance(after, str):
        raise bad(
            "since phải là số của bản phát hành hoặc thời điểm có múi giờ; after là chữ",
            "since is the number of a release or a moment with its zone; after is a text",
        )
    missing = set(one.identities[0]) - set(told.get("fields") or ()) if one.identities else set()
    if missing:
        listed = ", ".join(sorted(missing))
        raise bad(
            f"fields phải gồm khóa của bản ghi ({listed}) để biết bản ghi nào đã đổi",
            f"fields must hold the key of a record ({listed}), by which changes are applied",
        )
    limit = _whole(told, "limit", least=1, most=MOST_KEYS, usual=MOST_LIMIT)
    return Wanted(since=str(since), after=after, limit=limit)


def _verify(told: dict[str, Any], one: RegisterObject) -> Wanted:
    del one
    people = told.pop("people", None)
    if not isinstance(people, list) or not 0 < len(people) <= MOST_KEYS:
        raise bad(
            f"people phải là danh sách từ 1 đến {MOST_KEYS} người",
            f"people must be a list of 1 to {MOST_KEYS} persons",
        )
    if not all(map(_is_triple, people)):
        raise bad(
            "mỗi người phải có đúng ba mục number, name, born",
            "each person has number, name and born, and nothing else",
        )
    return Wanted(people=tuple(people))


def _is_triple(told: object) -> bool:
    return (
        isinstance(told, dict)
        and told.keys() == _MEMBERS
        and set(map(type, told.values())) == _OF_TEXT
    )


_MEMBERS, _OF_TEXT = frozenset(TRIPLE), {str}


def _whole(told: dict[str, Any], name: str, *, least: int, most: int, usual: int) -> int:
    value = told.pop(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise bad(
            f"{name} phải là số nguyên từ {least} đến {most}",
            f"{name} is a whole number from {least} to {most}",
        )
    return value


def texts(value: object) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def bad(vi: str, en: str) -> BadQuestion:
    """What is wrong with a question, to be raised."""
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))


READERS: dict[str, Callable[[dict[str, Any], RegisterObject], Wanted]] = {
    "read": _read,
    "batch": _batch,
    "search": _search,
    "difference": _difference,
    "verify": _verify,
}
"""By the last word of the path."""
