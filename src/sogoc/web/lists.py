"""Lists of records, findings and pairs, and the page of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import UnknownThing
from sogoc.web.asked import asked, no_such_page, page_number
from sogoc.web.reading.figures import PAGE, FindingFilter, Reader
from sogoc.web.reading.records import RecordReader
from sogoc.web.report import province_of
from sogoc.web.view import View, no_such

if TYPE_CHECKING:
    from starlette.responses import Response

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.web.asked import Asked
    from sogoc.web.parts import RuleNote

COLUMNS = 6
"""Fields of a record that a list shows: key, locality, then those judged most."""


def records_page(view: View, reader: Reader, name: str) -> Response:
    """The records that fit the filters, personal values masked."""
    register = view.register(name)
    wanted = asked(register, view.request.query_params)
    note = _rules(view, reader, name)
    records = RecordReader(reader.connection, register, wanted.object, note.groups)
    localities = _localities(view, reader, (register, wanted))
    chosen = wanted.records(localities)
    count = records.count(chosen)
    check_page(wanted.page, count)
    return view.show(
        "records.html",
        register=register,
        asked=wanted,
        note=note,
        count=count,
        pages=pages(count),
        columns=_columns(wanted.object),
        records=records.page(chosen, offset=(wanted.page - 1) * PAGE, limit=PAGE),
        turned=lambda page: wanted.address(page=page),
        places=_places(view, reader, register),
        hamlets=records.hamlets(localities) if "locality" in wanted.filters else [],
    )


def record_page(view: View, reader: Reader, path: tuple[str, str, int]) -> Response:
    """One record in full: fields, findings, persons, history, and where each came from."""
    name, kind, number = path
    register = view.register(name)
    try:
        one = register.object(kind)
    except KeyError as unknown:
        raise no_such("loại bản ghi", "object") from unknown
    note = _rules(view, reader, name)
    records = RecordReader(reader.connection, register, one, note.groups)
    record = records.one(number)
    if record is None:
        raise no_such("bản ghi", "record")
    wanted = FindingFilter(register=name, object=one.name, record=record.id, state=None)
    findings = reader.findings(wanted)
    return view.show(
        "record.html",
        register=register,
        object=one,
        record=record,
        open_findings=[finding for finding in findings if finding.closed_at is None],
        closed_findings=[finding for finding in findings if finding.closed_at is not None],
        verifications=reader.verifications(name, one.name, record.id),
        versions=records.versions(record.id),
        corrections=reader.corrections(name, one.name, record.id),
        delivery=reader.delivery(record.delivery),
    )


def findings_page(view: View, reader: Reader, name: str) -> Response:
    """The findings that fit the filters."""
    register = view.register(name)
    wanted = asked(register, view.request.query_params)
    everything = "object" not in view.request.query_params
    chosen = FindingFilter(
        register=name,
        object=None if everything else wanted.object.name,
        rule=wanted.filters.get("rule"),
        localities=_localities(view, reader, (register, wanted)),
        hamlet=wanted.filters.get("hamlet"),
    )
    count = reader.count_findings(chosen)
    check_page(wanted.page, count)
    return view.show(
        "findings.html",
        register=register,
        asked=wanted,
        everything=everything,
        note=_rules(view, reader, name),
        count=count,
        pages=pages(count),
        findings=reader.findings(chosen, wanted.page),
        turned=lambda page: wanted.address(page=page),
        places=_places(view, reader, register),
    )


def near_duplicates_page(view: View, reader: Reader, number: int) -> Response:
    """Pairs of records much alike, for a person to judge."""
    delivery = reader.delivery(number)
    if delivery is None:
        raise no_such("lô dữ liệu", "delivery")
    page = page_number(view.request.query_params)
    count = reader.count_near_duplicates(number)
    check_page(page, count)
    return view.show(
        "near_duplicates.html",
        register=view.register(delivery.register),
        delivery=delivery,
        count=count,
        page=page,
        pages=pages(count),
        pairs=reader.near_duplicates(number, page),
        turned=lambda other: f"?page={other}",
    )


def pages(count: int) -> int:
    """How many pages a list of so many rows has, at least one."""
    return max(1, -(-count // PAGE))


def check_page(page: int, count: int) -> None:
    """Raises UnknownThing for a page past the last."""
    if page > pages(count):
        raise no_such_page()


def _rules(view: View, reader: Reader, name: str) -> RuleNote:
    """The rule file that the last delivery in force was scored by."""
    latest = reader.latest(name)
    return view.parts.rule_note(latest.rules_version if latest else "")


def _columns(one: RegisterObject) -> list[str]:
    """Keys, then what identifies a person or place, then the rest, in the contract's order."""
    keys = [field.name for field in one.fields if field.key or field.critical or field.score_by]
    rest = [field.name for field in one.fields if field.name not in keys]
    chosen = set((keys + rest)[:COLUMNS])
    return [field.name for field in one.fields if field.name in chosen]


def _places(view: View, reader: Reader, register: Register) -> list[tuple[str, str]]:
    """Localities of the last delivery, by name, for a filter."""
    latest = reader.latest(register.id)
    codes = {one.locality for one in reader.places(latest.id)} if latest else set()
    return sorted(((code, view.place(code)) for code in codes if code), key=lambda row: row[1])


def _localities(view: View, reader: Reader, meant: tuple[Register, Asked]) -> list[str] | None:
    """The communes meant: the one named, or all of a province that occur in the register."""
    register, wanted = meant
    code = wanted.filters.get("locality")
    if code is None or len(code) > 2:  # noqa: PLR2004 - a province code has two digits
        return None if code is None else [code]
    codes = [place for place, _ in _places(view, reader, register)]
    found = [place for place in codes if province_of(view, place, view.today) == code]
    if not found:
        raise UnknownThing(no_such("địa bàn", "locality in this register").sentence)
    return found
