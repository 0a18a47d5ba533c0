"""A small land register for tests of the desk: three communes, made-up people, real kinds of dirt.

Every person, number and certificate here is made up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tests.small_land_contract import FLAWED_NUMBER, FORM, LAND

from sogoc.database.divided import part_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection

    from sogoc.contract.model import Register

    Executes = Connection[tuple[object, ...]]


__all__ = ("FLAWED_NUMBER", "FORM", "LAND")  # its contract, for who asks this module
NOW = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OneRegister:
    """A shelf with the land register alone."""

    one: Register = LAND

    def register(self, register: str) -> Register:
        """The land register, whatever is asked for in a test."""
        return self.one if register == self.one.id else _missing(register)

    def registers(self) -> Iterable[Register]:
        """The land register."""
        return [self.one]


def _missing(register: str) -> Register:
    from sogoc.errors import Sentence, UnknownThing  # noqa: PLC0415 - only when a test asks wrongly

    raise UnknownThing(Sentence(f"Không có sổ {register}.", f"There is no register {register}."))


@dataclass(frozen=True, slots=True)
class StandingClock:
    """A clock that always tells the same moment."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """That moment."""
        return self.moment


PLACES = (("22057", ("Thôn Hà", "Thôn Bình")), ("22015", ("Tổ dân phố 3",)), ("22045", ()))
NAMES = (
    "Nguyễn Thị Thử",
    "Trần Văn Mẫu",
    "Y Bhăm Niê Thử",
    "H'Lơi Ksơr Mẫu",
    "Lê Thị Ví Dụ",
    "Đỗ Minh Hoạ",
)


def fill(connection: Executes, records: int = 72) -> None:
    """Put the register with two deliveries, findings, verification and scores into a new node."""
    _tables(connection)
    _deliveries(connection, records)
    for table in ("finding", "verification"):
        with part_of(connection, table, "land"):
            """Made; the rows come one by one."""
    for number in range(1, records + 1):
        _record(connection, number)
    _scores(connection, records)


def _tables(connection: Executes) -> None:
    fields = {
        "thua_dat": "ma_thua text, ma_xa text, so_to bigint, so_thua bigint, "
        "dien_tich numeric(18,2), thon text",
        "quyen": "ma_quyen text, ma_thua text, ho_ten text, ngay_sinh text, so_dinh_danh text, "
        "so_gcn text, ma_xa text, thon text",
    }
    own = (
        "_came jsonb, _delivery bigint, _sheet text, _line int, _part int, _digest text, "
        "_locality text, _true_from date, _believed_from timestamptz, _missing_since bigint"
    )
    ended = "_true_to date, _believed_to timestamptz, _ended_by bigint, _change text"
    for name, columns in fields.items():
        connection.execute(
            f"create table register.land__{name} "
            f"(id bigint primary key, key text not null unique, {columns}, {own})"
        )
        connection.execute(
            f"create table register.land__{name}__history "
            f"(id bigint, key text not null, {columns}, {own}, {ended})"
        )


def _deliveries(connection: Executes, records: int) -> None:
    counts = {
        name: {"rows": records, "inserted": records - 4, "changed": 2, "unchanged": 2, "missing": 0}
        for name in ("thua_dat", "quyen")
    }
    for number, file in ((1, "PL3-01 thang 7.xlsx"), (2, "PL3-01 tháng 8 – cả ba xã.xlsx")):
        connection.execute(
            "insert into node.delivery (register, contract_version, form, file_name, sha256,"
            " bytes, kept_path, received_at, received_by, as_of, state, rules_version, counts,"
            " merged_at)"
            " values ('land', '1.0.0', 'PL3-01', %s, %s, 481233, '', %s, 'Cán bộ thử', %s,"
            " 'merged', 'dqi-4856 2026-09-14', %s, %s)",
            (
                file,
                str(number) * 64,
                NOW,
                date(2026, 7 + number - 1, 31),
                json.dumps({**counts, "cells": 12 * records, "decoded": 31}),
                NOW,
            ),
        )


def _place(number: int) -> tuple[str, str | None]:
    code, hamlets = PLACES[number % len(PLACES)]
    return code, hamlets[number // 3 % len(hamlets)] if hamlets else None


def _record(connection: Executes, number: int) -> None:
    code, hamlet = _place(number)
    broken = number % 4 == 0
    tail = (2, "PL3-01", number + 2, 1, f"digest-{number}", code, date(2026, 8, 31), NOW)
    parcel = (number, f"p{number}", f"THUA{number:08}", code, 12, number, None if broken else 310.5)
    connection.execute(
        "insert into register.land__thua_dat values (" + ", ".join(["%s"] * 17) + ", null)",
        (*parcel, hamlet, json.dumps({"dien_tich": "ba sào"} if broken else {}), *tail),
    )
    born = None if number % 6 == 0 else f"19{50 + number % 40}-0{1 + number % 9}-12"
    own = None if broken else f"0661850{number:05}"
    right = (f"Q{number}", f"THUA{number:08}", NAMES[number % len(NAMES)], born, own)
    connection.execute(
        "insert into register.land__quyen values (" + ", ".join(["%s"] * 19) + ", null)",
        (
            number,
            f"q{number}",
            *right,
            f"AA {number:08}",
            code,
            hamlet,
            json.dumps({"so_dinh_danh": FLAWED_NUMBER} if broken else {}),
            *tail,
        ),
    )
    if number <= 3:
        _earlier(connection, number, tail)
    _findings(connection, number)


def _earlier(connection: Executes, number: int, tail: tuple[object, ...]) -> None:
    code, hamlet = _place(number)
    values = (f"Q{number}", f"THUA{number:08}", NAMES[number], "1961", None, "AA 1", code, hamlet)
    connection.execute(
        "insert into register.land__quyen__history values (" + ", ".join(["%s"] * 24) + ")",
        (
            *(number, f"q{number}", *values, "{}", 1, *tail[1:]),
            *(None, date(2026, 8, 31), NOW, 2, "changed"),
        ),
    )


def _findings(connection: Executes, number: int) -> None:
    code, hamlet = _place(number)
    found: list[tuple[str, str, str, str | None, str | None, str | None]] = []
    if number % 4 == 0:
        found += [
            ("quyen", "quyen.so_dinh_danh.format", "so_dinh_danh", "length", FLAWED_NUMBER, None),
            ("thua_dat", "thua_dat.dien_tich.missing", "dien_tich", "not-a-number", "ba sào", None),
        ]
    if number % 6 == 0:
        found.append(("quyen", "quyen.ngay_sinh.missing", "ngay_sinh", None, None, "1962"))
    if number % 9 == 0:
        found.append(("quyen", "quyen.khop-dan-cu", "ho_ten", None, "Nguyễn Thi Thử", None))
    for name, rule, field, flaw, came, proposal in found:
        connection.execute(
            "insert into node.finding (register, object, record, rule, field, locality, hamlet,"
            ' "group", severity, criterion, flaw, came_as, proposal, opened_by, opened_at, due)'
            " values ('land', %s, %s, %s, %s, %s, %s, 4, 'error', 'sach', %s, %s, %s, 2, %s, %s)",
            (name, number, rule, field, code, hamlet, flaw, came, proposal, NOW, date(2026, 9, 15)),
        )
    outcome = ("verified", "verified", "differs", "not_found", "found")[number % 5]
    connection.execute(
        "insert into node.verification (register, object, record, person, outcome, probability,"
        " differs, evidence, delivery, believed_from) values"
        " ('land', 'quyen', %s, 'person', %s, 0.98, %s, %s, 2, %s)",
        (
            number,
            outcome,
            "name.marks" if outcome == "differs" else None,
            "number:equal name:equal marks:differ born:year",
            NOW,
        ),
    )


def _scores(connection: Executes, records: int) -> None:
    rules = {
        "quyen.so_dinh_danh.format": ("sach", 4),
        "thua_dat.dien_tich.missing": ("du", 4),
        "quyen.ngay_sinh.missing": ("du", 6),
        "quyen.khop-dan-cu": ("dung", 9),
    }
    localities = [code for code, _ in PLACES]
    for rule, (criterion, every) in rules.items():
        for locality in ["", *localities]:
            numbers = [n for n in range(1, records + 1) if locality in {"", _place(n)[0]}]
            failed = sum(1 for n in numbers if n % every == 0)
            _score(connection, ("rule", rule, criterion, locality), (len(numbers), failed, 0, None))
    for locality, dqi in zip(["", *localities], (81.5, 92.25, 71.0, 48.9), strict=True):
        _score(connection, ("register", "land", "", locality), (records, 40, 3, dqi))
        for group, reason in ((1, "clean"), (2, "errors")):
            numbers = [n for n in range(1, records + 1) if locality in {"", _place(n)[0]}]
            count = sum(1 for n in numbers if _broken(n) == (group == 2))
            connection.execute(
                "insert into node.record_group values"
                " (2, 'dqi-4856 2026-09-14', 'land', 'quyen', %s, %s, %s, %s)",
                (locality, group, count, reason),
            )
    _score(connection, ("field", "quyen.so_dinh_danh", "", ""), (72, 18, 0, 75.0))
    _score(connection, ("criterion", "land/du", "du", ""), (100, 12, 3, 87.64))
    _score(connection, ("criterion", "quyen/du", "du", ""), (100, 50, 3, 50.5))
    connection.execute(
        "insert into node.score values (1, 'dqi-4856 2026-09-14', 'land', 'register', 'land', '',"
        " '', 70, 30, 5, 64.2, 'red')"
    )
    connection.execute(
        "insert into node.near_duplicate values (2, 'land', 'quyen', 4, 7, 0.93,"
        " 'Cùng ngày sinh, họ tên khác một dấu', null)"
    )
    connection.execute(
        "insert into node.coverage values (2, 'land', 'thua_dat', 'du-so-thua', '22057', 30, 24)"
    )


def _broken(number: int) -> bool:
    return any(number % every == 0 for every in (4, 6, 9))


def _score(
    connection: Executes,
    name: tuple[str, str, str, str],
    counts: tuple[int, int, int, float | None],
) -> None:
    dqi = counts[3]
    colour = "" if dqi is None else "green" if dqi >= 90 else "yellow" if dqi >= 70 else "red"
    connection.execute(
        "insert into node.score (delivery, rules_version, register, level, name, criterion,"
        " locality, assessed, failed, unassessed, dqi, colour)"
        " values (2, 'dqi-4856 2026-09-14', 'land', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (*name, *counts, colour),
    )
