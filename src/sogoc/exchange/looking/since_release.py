"""What changed in a register since a release or a moment: inserted, changed, ended.

A record stands in the answer if what the asker may see of it is not what it was then: a change of
a field that was not asked for is none. Ended are records that went missing from the deliveries of
their place; whoever keeps a copy learns of it here. All pages of one difference end at the release
that was the newest at the first page: what comes in between two pages belongs to the next
difference, else a record told on one page could go unseen before the last.

A follower keeps `until.release` of the last page and asks from there the next time. A release that
was undone, or never was one of this register, is an error that says which there are: such a copy is
to be taken anew, from release 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from psycopg import sql

from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.looking.rows import (
    columns,
    identity,
    key_of,
    rows_of,
    subjects,
    with_people,
    written,
)
from sogoc.named_sql import statements
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.exchange.looking.rows import Row

_SQL = statements(files("sogoc.exchange.looking") / "releases.sql")
_START = datetime(1, 1, 1, tzinfo=UTC)
_CHANGE, _AT, _ID = "_change", "_at", "_id"
_DIGITS = 19
"""As many digits as a number of a release cannot have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    number: int | None
    """Empty for a moment that was named without a release."""
    moment: datetime

    @property
    def told(self) -> dict[str, object]:
        number = {} if self.number is None else {"release": self.number}
        return {**number, "moment": self.moment.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """From which release to which, and behind which version the page begins."""

    since: _Release
    until: _Release
    at: datetime
    record: int


def since_release(connection: Connection, one: RegisterObject, asked: Asked) -> Found:
    """A page of changes; `next` is where the following one begins, or null at the end.

    Raises UnknownThing for a release that is not there, BadQuestion for a start that is none.
    """
    newest = _newest(connection, asked.register)
    span = _Span(since=_since(connection, asked, newest), **_begin(connection, asked, newest))
    rows = _rows(connection, one, asked, span=span)
    page = rows[: asked.limit]
    key = identity(one)
    fields = sorted(asked.fields)
    changes = [
        {
            "change": row[_CHANGE],
            "key": key_of(row, key),
            **({} if row[_CHANGE] == "ended" else {"fields": {name: row[name] for name in fields}}),
        }
        for row in page
    ]
    last = page[-1] if len(rows) > asked.limit else None
    told = {
        "since": span.since.told,
        "until": span.until.told,
        "changes": changes,
        "next": f"{span.until.number}~{last[_AT]}~{last[_ID]}" if last else None,
    }
    return Found(body=written(told), subjects=subjects(one, page))


def _rows(connection: Connection, one: RegisterObject, asked: Asked, *, span: _Span) -> list[Row]:
    """What each touched record was at the end of the span, beside what it was at the start."""
    tables = Tables(asked.register.id, one)
    names = with_people(one, [*identity(one), *sorted(asked.fields)])
    seen = sorted(asked.fields)
    select = sql.SQL(
        "select {told}, case when r._missing_since is not null then 'ended' "
        "when was.id is null or was._missing_since is not null then 'inserted' "
        "else 'changed' end, r._believed_from at time zone 'UTC', r.id from ("
        "select {held}, c._missing_since, c._believed_from, c.id from {current} as c "
        "where c._believed_from > %(since)s and c._believed_from <= %(until)s "
        "and (c._believed_from, c.id) > (%(at)s, %(id)s) union all "
        "select {earlier}, e._missing_since, e._believed_from, e.id from {history} as e "
        "where e._believed_from > %(since)s and e._believed_from <= %(until)s "
        "and e._believed_to > %(until)s and (e._believed_from, e.id) > (%(at)s, %(id)s)"
        ") as r left join lateral ("
        "select h.id, h._missing_since, {then} from {history} as h where h.id = r.id "
        "and h._believed_from <= %(since)s and h._believed_to > %(since)s limit 1"
        ") as was on true where "
        "(r._missing_since is null) <> coalesce(was.id is not null "
        "and was._missing_since is null, false) or "
        "(r._missing_since is null and row({now}) is distinct from row({before})) "
        "order by r._believed_from, r.id limit %(most)s"
    ).format(
        told=columns(names),
        held=columns(names, "c"),
        earlier=columns(names, "e"),
        current=tables.current,
        history=tables.history,
        then=columns(seen, "h"),
        now=columns(seen),
        before=columns(seen, "was"),
    )
    values = {
        "since": span.since.moment,
        "until": span.until.moment,
        "at": span.at,
        "id": span.record,
        "most": asked.limit + 1,
    }
    names = [*names, _CHANGE, _AT, _ID]
    return rows_of(connection, select, values, names=names, wrong=_no_start())


def _begin(connection: Connection, asked: Asked, newest: _Release) -> dict[str, Any]:
    """Where the page begins and the difference ends, as the page before said."""
    if not asked.after:
        return {"until": newest, "at": _START, "record": 0}
    try:
        until, moment, number = asked.after.split("~")
        at, record = datetime.fromisoformat(moment).replace(tzinfo=UTC), int(number)
        release = _release(connection, asked.register, int(until))
    except ValueError as wrong:
        raise _no_start() from wrong
    return {"until": release, "at": at, "record": record}


def _since(connection: Connection, asked: Asked, until: _Release) -> _Release:
    if asked.since == "0":
        return _Release(number=0, moment=_START)
    if asked.since.isascii() and asked.since.isdigit() and len(asked.since) < _DIGITS:
        return _release(connection, asked.register, int(asked.since))
    try:
        moment = datetime.fromisoformat(asked.since)
    except ValueError as wrong:
        raise _no_start() from wrong
    if moment.tzinfo is None:
        raise _no_start()
    first = _edges(connection, asked.register)[1]
    if not first <= moment <= until.moment:
        raise _no_release(connection, asked.register)
    return _Release(number=None, moment=moment)


def _release(connection: Connection, register: Register, number: int) -> _Release:
    values = {"register": register.id, "id": number}
    row = connection.execute(_SQL["release"], values).fetchone()
    if row is None:
        raise _no_release(connection, register)
    return _Release(number=int(row[0]), moment=row[1])


def _newest(connection: Connection, register: Register) -> _Release:
    found = _edges(connection, register)
    return _Release(number=int(found[2]), moment=found[3])


def _edges(connection: Connection, register: Register) -> tuple[int, datetime, int, datetime]:
    row = connection.execute(_SQL["edges"], {"register": register.id}).fetchone()
    if row is None or row[0] is None:
        raise UnknownThing(
            Sentence(
                vi=f"Cơ sở dữ liệu {register.id} chưa có bản phát hành nào.",
                en=f"The register {register.id} has no release yet.",
            )
        )
    return (row[0], row[1], row[2], row[3])


def _no_release(connection: Connection, register: Register) -> UnknownThing:
    first, begins, last, ends = _edges(connection, register)
    return UnknownThing(
        Sentence(
            vi=f"Cơ sở dữ liệu {register.id} không có mốc này (đã bị hủy, hoặc ngoài khoảng còn "
            f"giữ). Có từ bản {first} ({begins.isoformat()}) đến bản {last} ({ends.isoformat()}); "
            "hãy lấy lại toàn bộ từ bản 0.",
            en=f"The register {register.id} has no such release (undone, or outside of what is "
            f"kept). There are {first} ({begins.isoformat()}) to {last} ({ends.isoformat()}); take "
            "the whole anew, from release 0.",
        )
    )


def _no_start() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi="since phải là số của bản phát hành, hoặc thời điểm có múi giờ; after là mục next "
            "của trang trước.",
            en="since is the number of a release, or a moment with its zone; after is the `next` "
            "of the page before.",
        )
    )
