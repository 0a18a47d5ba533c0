"""Questions for the subject's view, read strictly: Data Tracker 2.1, GovStack 1.3 and our own.

    GET  findUsage/v2/findUsage?userCode=&periodStart=&periodEnd=&offset=&limit=
    GET  myPersonalDataUsage/data/myPersonalDataUsage?userId=&databaseId=
    GET  myPersonalDataUsage/data/MyPersonalDataUsage/1.0?userID=&DatabaseID=   the older spelling
    POST usage/v1/find    {"userCode", "fields", "periodStart", "periodEnd", "offset", "limit"}
    POST usage/v1/proof   {"userCode", "number"}

The specifications put the number into the address; a node writes no address into a log, and who
has proxies on the way asks by POST, where it stands in the body. Who is signed in always stands in
`X-Road-UserId`, which the signature covers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sogoc.errors import BadQuestion, Sentence
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 1000
"""The most entries in one answer, and as many as come where no limit is given."""
_COUNTRY = "VN"
_TRACKER = frozenset({"userCode", "periodStart", "periodEnd", "offset", "limit"})
_GOVSTACK, _OLDER = ("userId", "databaseId"), ("userID", "DatabaseID")
_LARGEST = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked: whose entries, of which time, and which page of them."""

    subject: str
    """Twelve digits."""
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int = MOST
    ground: str = ""
    """On which ground somebody asks for another person, as the asking member says it."""


def tracker(query: str) -> Wanted:
    """The question of Data Tracker 2.1. Raises BadQuestion."""
    told = _parameters(query, _TRACKER)
    return Wanted(
        subject=subject_of(told.get("userCode", "")),
        since=_moment(told, "periodStart"),
        until=_moment(told, "periodEnd"),
        offset=_number(told, "offset", 0),
        limit=min(_number(told, "limit", MOST), MOST),
    )


def govstack(query: str) -> tuple[Wanted, str]:
    """The question of GovStack's `myPersonalDataUsage`: whose, and of which database."""
    return _of_database(query, *_GOVSTACK)


def older_govstack(query: str) -> tuple[Wanted, str]:
    """The same as clients of the generation before write it."""
    return _of_database(query, *_OLDER)


def _of_database(query: str, user: str, database: str) -> tuple[Wanted, str]:
    told = _parameters(query, frozenset({user, database}))
    return Wanted(subject=subject_of(told.get(user, ""))), told.get(database, "")


def own(body: bytes, more: frozenset[str]) -> tuple[Wanted, dict[str, Any]]:
    """Our own question, in JSON: the members of the tracker's, `ground`, and those in `more`."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise _bad("nội dung không phải JSON", "the body is not JSON") from wrong
    if not isinstance(told, dict) or not told.keys() <= _TRACKER | more | {"ground"}:
        listed = ", ".join(sorted(_TRACKER | more | {"ground"}))
        raise _bad(f"nội dung chỉ gồm {listed}", f"the body holds {listed} and nothing else")
    texts = {name: str(value) for name, value in told.items() if name in _TRACKER}
    wanted = Wanted(
        subject=subject_of(texts.get("userCode", "")),
        since=_moment(texts, "periodStart"),
        until=_moment(texts, "periodEnd"),
        offset=_number(texts, "offset", 0),
        limit=min(_number(texts, "limit", MOST), MOST),
        ground=str(told.get("ground", "")).strip(),
    )
    return wanted, {name: told[name] for name in more & told.keys()}


def subject_of(code: str) -> str:
    """The number in `VN001190000001`, the country aside. Raises BadQuestion."""
    found = persons.read(code.removeprefix(_COUNTRY))
    if not found.value or len(code) > _LONGEST_CODE:
        raise _bad(
            "mã người phải là VN và 12 số định danh cá nhân",
            "a person's code is VN and the twelve digits of the personal number",
        )
    return str(found.value)


_LONGEST_CODE = 20


def person_signed_in(user: str) -> str:
    """The number of whoever is signed in, from `X-Road-UserId`; empty if that is no citizen."""
    found = persons.read(user.removeprefix(_COUNTRY))
    return str(found.value or "")


def _parameters(query: str, known: frozenset[str]) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=20
        )
    except ValueError as wrong:
        raise _bad("tham số viết sai", "the parameters cannot be read") from wrong
    told = dict(pairs)
    if len(told) != len(pairs) or not told.keys() <= known:
        listed = ", ".join(sorted(known))
        raise _bad(
            f"tham số chỉ gồm {listed}, mỗi mục một lần",
            f"the parameters are {listed}, each once at most",
        )
    return told


def _moment(told: Mapping[str, str], name: str) -> datetime | None:
    if name not in told:
        return None
    try:
        moment = datetime.fromisoformat(told[name])
    except ValueError as wrong:
        raise _no_moment(name) from wrong
    if moment.tzinfo is None or "T" not in told[name].upper():
        raise _no_moment(name)
    return moment


def _no_moment(name: str) -> BadQuestion:
    return _bad(
        f"{name} phải viết theo RFC 3339 kèm múi giờ, như 2026-01-31T10:20:30+07:00",
        f"{name} is a moment of RFC 3339 with its zone, as in 2026-01-31T10:20:30Z",
    )


def _number(told: Mapping[str, str], name: str, otherwise: int) -> int:
    text = told.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit()) or int(text[:_DIGITS]) >= _LARGEST:
        raise _bad(f"{name} phải là số nguyên không âm", f"{name} is a whole number from 0")
    return int(text[:_DIGITS])


_DIGITS = 12


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
