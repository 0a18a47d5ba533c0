"""A made-up province with families, and a register of its people as offices write it down.

Shares no code with linking: it must not know how its damage is looked for. Kinds of damage and
their rates stand in one table, `RATES`; they are assumptions (no rate is published for a register
of this kind). Damage comes in clumps: some offices are careless in everything. Every draw comes
from one seed.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from pathlib import Path

RATES = {
    "record.absent": 0.04,
    "record.second": 0.04,
    "number.missing": 0.213,
    "number.old": 0.107,
    "number.zero-lost": 0.005,
    "number.digit": 0.03,
    "number.somebody-else": 0.010,
    "number.spouse": 0.005,
    "name.marks-lost": 0.20,
    "name.mark-lost": 0.03,
    "name.upper": 0.30,
    "name.slip": 0.06,
    "name.middle-dropped": 0.04,
    "name.initial": 0.01,
    "name.given-first": 0.01,
    "name.another": 0.005,
    "born.missing": 0.01,
    "born.year": 0.07,
    "born.swapped": 0.015,
    "born.day": 0.02,
    "born.year-slip": 0.01,
    "sex.missing": 0.02,
    "sex.wrong": 0.007,
    "commune.missing": 0.08,
    "commune.moved": 0.15,
}
YEAR_ONLY_BEFORE_1965 = 0.20
NEW_YEAR_BEFORE_1960, NEW_YEAR_BEFORE_1980 = 0.12, 0.04
DEAD_BEFORE_1950 = 0.35
TWINS = 0.012
"""Share of children born on the day of the sibling before them."""
NAMED_AFTER_FATHER = 0.002

_SURNAMES = (
    "Nguyễn 384 Trần 110 Lê 95 Phạm 71 Hoàng 36 Huỳnh 15 Phan 45 Vũ 20 Võ 19 Đặng 21 Bùi 20 Đỗ 14 "
    "Hồ 13 Ngô 13 Dương 10 Lý 5 Trương 12 Đinh 10 Trịnh 7 Nông 6 Mai 6 Hà 6 Đoàn 6 Lương 6 Cao 5 "
    "Đào 5 Lưu 4 Triệu 3 Phùng 3 Đàm 2 Chu 2 Vi 2 Bế 1 Quách 1 Giàng 1 Sùng 1 Lò 1 Ksor 1"
)
_MIDDLES = {
    "nam": "Văn 300 Đức 60 Minh 50 Hữu 45 Quang 40 Công 30 Xuân 30 Ngọc 28 Đình 28 Quốc 25 "
    "Thanh 25 Duy 22 Anh 20 Tuấn 18 Gia 18 Bá 12 Trọng 12 Viết 10 Thế 10 Hoàng 10 Hải 8 Nhật 8",
    "nữ": "Thị 420 Ngọc 60 Thu 40 Thanh 38 Minh 28 Phương 28 Kim 25 Bích 18 Hồng 18 Mỹ 15 "
    "Thuỳ 15 Khánh 14 Bảo 14 Diệu 12 Quỳnh 12 Hoài 10 Thảo 10 Ánh 8 Như 8 Tường 6",
}
_GIVENS = {
    "nam": "Hùng Dũng Tuấn Sơn Minh Hải Long Nam Thắng Cường Bình Hà Hoà Hoàng Huy Khánh Kiên Lâm "
    "Linh Lộc Lợi Mạnh Nghĩa Nhân Phong Phúc Phương Quân Quang Quý Tài Tâm Tân Thành Thanh Thiện "
    "Thịnh Thuận Tiến Toàn Trung Trường Tú Tùng Việt Vinh Vũ Xuân An Anh Bảo Chiến Chung Công "
    "Đạt Đông Đức Giang Hiếu Hưng Khoa Khôi Ân Ấn Lực Luân Nguyên Nhật Sang Thái Thông Tín Trí",
    "nữ": "Hương Lan Hoa Mai Hà Thảo Linh Trang Hằng Nga Thuý Thuỷ Thu Hạnh Phương Yến Ngọc Loan "
    "Liên Hiền Hồng Huệ Nhung Oanh Dung Hường Bích Chi Châu Cúc Đào Diệp Giang Hân Hoà Hoài Huyền "
    "Khánh Kiều Lệ Ly My Mỹ Ngân Nguyệt Nhi Như Phượng Quyên Quỳnh Sen Tâm Thanh Thắm Thi Thoa "
    "Thơ Thương Tiên Trâm Trinh Trúc Tuyết Tươi Uyên Vân Vi Vy Xuân Ánh Ân An Anh Bình Duyên",
}
_INITIALS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x"
_RIMES = (
    "ang ách ai ản ân ẫm ầu bê ê ếch en ệp iêm iết iểu inh ít o ói ong ổ ôn ốt ơi ờn ú ụng "
    "ưa ước ượn"
)
_LETTERS = "abcdeghiklmnopqrstuvxy"


@dataclass(frozen=True, slots=True)
class Country:
    """`persons` are the columns of a population register, `records` those of a standard table.

    `truth` has, by `_row`, the number of the person meant (NULL: not in the population) and the
    kinds of damage done, joined by a blank.
    """

    persons: pa.Table
    records: pa.Table
    truth: pa.Table


def make(count: int, asked: int, *, seed: int, communes: list[tuple[str, str]]) -> Country:
    """A province of `count` persons and a register of `asked` records, in these communes.

    A commune is (code, province).
    """
    draw = np.random.default_rng(seed)
    people = _people(count, draw, communes)
    table = pa.table({name: pa.array(values) for name, values in people.items()})
    absent_from = int(RATES["record.absent"] * asked)
    persons = table.slice(absent_from)
    records, truth = _records(table, absent_from, asked, draw)
    return Country(persons, records, truth)


def communes_of(units: Path, provinces: tuple[str, ...]) -> list[tuple[str, str]]:
    """Today's communes of these provinces in a table of units."""
    with units.open(encoding="utf-8") as file:
        return [
            (row["code"], row["parent_code"])
            for row in csv.DictReader(file)
            if row["level"] == "commune" and not row["valid_to"] and row["parent_code"] in provinces
        ]


def _weighted(text: str) -> tuple[np.ndarray, np.ndarray]:
    parts = text.split()
    weights = np.array(parts[1::2], dtype=float)
    return np.array(parts[::2], dtype=object), weights / weights.sum()


def _zipf(names: list[str], power: float = 0.75) -> tuple[np.ndarray, np.ndarray]:
    weights = 1.0 / np.arange(1, len(names) + 1) ** power
    return np.array(names, dtype=object), weights / weights.sum()


def _rare() -> np.ndarray:
    return np.array(
        [(i + r).capitalize() for i in _INITIALS.split() for r in _RIMES.split()], dtype=object
    )


def _pick(draw: np.random.Generator, table: tuple[np.ndarray, np.ndarray], n: int) -> np.ndarray:
    return table[0][draw.choice(len(table[0]), n, p=table[1])]


def _names(
    draw: np.random.Generator, surname: np.ndarray, *, woman: np.ndarray, year: np.ndarray
) -> pa.Array:
    """Middle and given names by sex and cohort; the young have more parts and less Văn and Thị."""
    n, rare = len(surname), _rare()
    middle = np.empty(n, dtype=object)
    given = np.empty(n, dtype=object)
    for sex, who in (("nam", ~woman), ("nữ", woman)):
        names, weights = _weighted(_MIDDLES[sex])
        for young in (False, True):
            these = who & ((year >= 2000) == young)
            share = weights.copy()
            share[0] *= 0.25 if young else 1
            middle[these] = _pick(draw, (names, share / share.sum()), int(these.sum()))
        given[who] = _pick(draw, _zipf(_GIVENS[sex].split()), int(who.sum()))
    odd = draw.random(n) < 0.06
    given[odd] = rare[draw.integers(0, len(rare), int(odd.sum()))]
    double = draw.random(n) < np.where(year >= 2000, 0.25, 0.06)
    extra = _pick(draw, _zipf(_MIDDLES["nữ"].split()[::2]), n)
    middle = np.where(
        double, np.char.add(np.char.add(middle.astype(str), " "), extra.astype(str)), middle
    )
    return pc.binary_join_element_wise(
        pa.array(surname), pa.array(middle.astype(str)), pa.array(given), " "
    )


def _people(
    count: int, draw: np.random.Generator, communes: list[tuple[str, str]]
) -> dict[str, Any]:
    """Couples and their children. The order is shuffled: place in the table tells nothing."""
    couples = count // 5
    children = count - 2 * couples
    father = draw.integers(0, couples, children)
    order = np.sort(father)
    surnames = _weighted(_SURNAMES)
    husbands, wives = _pick(draw, surnames, couples), _pick(draw, surnames, couples)
    surname = np.concatenate([husbands, wives, husbands[order]])
    woman = np.concatenate(
        [np.zeros(couples, bool), np.ones(couples, bool), draw.random(children) < 0.49]
    )
    days = _days(draw, couples, order)
    year = days.astype("datetime64[Y]").astype(int) + 1970
    name = _names(draw, surname, woman=woman, year=year).to_numpy(zero_copy_only=False)
    son = (draw.random(children) < NAMED_AFTER_FATHER) & ~woman[2 * couples :]
    name[2 * couples :][son] = name[:couples][order[son]]
    home = draw.integers(0, len(communes), couples)
    place = np.concatenate(
        [
            home,
            home,
            np.where(
                draw.random(children) < 0.8, home[order], draw.integers(0, len(communes), children)
            ),
        ]
    )
    codes = np.array([code for code, _ in communes], dtype=object)
    provinces = np.array([province for _, province in communes], dtype=object)
    number = _numbers(provinces[place], woman, year)
    blank = np.full(couples, None, dtype=object)
    born = np.datetime_as_string(days).astype(object)
    dead = draw.random(count) < np.where(year < 1950, DEAD_BEFORE_1950, 0.01)
    people = {
        "number": number,
        "old_number": _old_numbers(draw, year),
        "name": name,
        "born": born,
        "sex": np.where(woman, "nữ", "nam").astype(object),
        "commune": codes[place],
        "died": np.where(dead, "2020-01-01", None).astype(object),
        "father": np.concatenate([blank, blank, name[:couples][order]]),
        "mother": np.concatenate([blank, blank, name[couples : 2 * couples][order]]),
        "spouse": np.concatenate(
            [name[couples : 2 * couples], name[:couples], np.full(children, None, dtype=object)]
        ),
        "spouse_number": np.concatenate(
            [number[couples : 2 * couples], number[:couples], np.full(children, None, dtype=object)]
        ),
    }
    mixed = draw.permutation(count)
    return {key: values[mixed] for key, values in people.items()}


def _days(draw: np.random.Generator, couples: int, order: np.ndarray) -> np.ndarray:
    start = np.datetime64("1930-01-01")
    husband = start + draw.integers(0, 60 * 365, couples)
    wife = husband + draw.integers(-5 * 365, 8 * 365, couples)
    mothers = wife[order].astype("datetime64[D]")
    until = np.minimum((np.datetime64("2025-12-31") - mothers).astype(int), 40 * 365)
    child = mothers + draw.integers(18 * 365, until)
    twin = np.flatnonzero((draw.random(len(order)) < TWINS) & (np.roll(order, 1) == order))
    child[twin] = child[twin - 1]
    days = np.concatenate([husband, wife, child]).astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(int) + 1970
    share = np.where(
        year < 1960, NEW_YEAR_BEFORE_1960, np.where(year < 1980, NEW_YEAR_BEFORE_1980, 0)
    )
    first = draw.random(len(days)) < share
    return np.where(first, days.astype("datetime64[Y]").astype("datetime64[D]"), days)


def _numbers(province: np.ndarray, woman: np.ndarray, year: np.ndarray) -> np.ndarray:
    century = np.where(year >= 2000, 2, 0) + woman
    prefix = np.array([f"0{p}" for p in province]).astype("U3")
    head = np.char.add(
        np.char.add(prefix, century.astype("U1")), np.char.zfill((year % 100).astype("U2"), 2)
    )
    _, group = np.unique(head, return_inverse=True)
    rank = np.empty(len(group), dtype=np.int64)
    by_group = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[by_group], np.arange(group.max() + 1))
    rank[by_group] = np.arange(len(group)) - starts[group[by_group]]
    serial = (rank * 370_249 + 123_457) % 1_000_000
    return np.char.add(head, np.char.zfill(serial.astype("U6"), 6)).astype(object)


def _old_numbers(draw: np.random.Generator, year: np.ndarray) -> np.ndarray:
    share = np.select([year < 1990, year < 2000, year < 2004], [0.9, 0.5, 0.1], 0.0)
    number = np.char.zfill(draw.integers(10_000_000, 400_000_000, len(year)).astype("U9"), 9)
    return np.where(draw.random(len(year)) < share, number.astype(object), None)


def _records(
    table: pa.Table, absent: int, asked: int, draw: np.random.Generator
) -> tuple[pa.Table, pa.Table]:
    """Records of the first `absent` persons, whom the population lacks, and of others at random."""
    second = int(asked * RATES["record.second"])
    others = draw.choice(len(table) - absent, asked - absent - second, replace=False) + absent
    chosen = np.concatenate([np.arange(absent), others, draw.choice(others, second, replace=False)])
    chosen = draw.permutation(chosen)
    people = table.take(pa.array(chosen)).to_pylist()
    alien = table["number"].take(pa.array(draw.integers(absent, len(table), asked))).to_pylist()
    communes = np.array(table["commune"].unique().to_pylist(), dtype=object)
    careless = dict(
        zip(communes, draw.choice([0.6, 0.9, 2.0], len(communes), p=[0.4, 0.45, 0.15]), strict=True)
    )
    rows, truths = [], []
    for row, (person, other) in enumerate(zip(people, alien, strict=True), 1):
        office = _Office(draw, careless[person["commune"]])
        rows.append({"_row": row, **office.write(person, other, communes)})
        meant = person["number"] if chosen[row - 1] >= absent else None
        kinds = " ".join([*office.done, *(["person.dead"] if person["died"] else [])])
        truths.append({"_row": row, "number": meant, "kinds": kinds or "clean"})
    text = [name for name in rows[0] if name != "_row"]
    schema = pa.schema([("_row", pa.int64()), *((name, pa.string()) for name in text)])
    truth = pa.schema([("_row", pa.int64()), ("number", pa.string()), ("kinds", pa.string())])
    return pa.Table.from_pylist(rows, schema), pa.Table.from_pylist(truths, truth)


class _Office:
    """Writes one record down, and remembers what went wrong."""

    def __init__(self, draw: np.random.Generator, carelessness: float) -> None:
        self._chance = dict(zip(RATES, draw.random(len(RATES)), strict=True))
        self._draw, self._times, self.done = draw, carelessness, list[str]()

    def _slips(self, kind: str, rate: float | None = None) -> bool:
        expected = RATES[kind] if rate is None else rate
        hit = self._chance[kind] < min(expected * self._times, 0.95)
        if hit:
            self.done.append(kind)
        return hit

    def write(self, person: dict[str, Any], other: str, communes: np.ndarray) -> dict[str, Any]:
        number, raw, old = self._number(person, other)
        name = self._name(person["name"])
        commune = self._commune(person["commune"], communes)
        return {
            "number": number, "number__raw": raw, "number__proposal": None,
            "old_number": None, "old_number__raw": old,
            "name": name, "name__raw": name, "born": self._born(person["born"]),
            "sex": self._sex(person["sex"]),
            "commune": commune, "commune__now": commune, "commune__candidates": commune,
        }  # fmt: skip

    def _number(
        self, person: dict[str, Any], other: str
    ) -> tuple[str | None, str | None, str | None]:
        number = person["number"]
        if self._slips("number.missing"):
            return None, None, None
        if person["old_number"] and self._slips("number.old", RATES["number.old"] / 0.6):
            return None, person["old_number"], None
        if number.startswith("0") and self._slips("number.zero-lost"):
            return None, number[1:], None
        if self._slips("number.somebody-else"):
            return other, other, None
        if person["spouse_number"] and self._slips("number.spouse"):
            return person["spouse_number"], person["spouse_number"], None
        if self._slips("number.digit"):
            at, digit = self._draw.integers(4, 12), self._draw.integers(1, 10)
            wrong = str((int(number[at]) + digit) % 10)
            number = number[:at] + wrong + number[at + 1 :]
        return number, number, None

    def _name(self, name: str) -> str:
        parts = name.split(" ")
        if self._slips("name.another"):
            parts = [parts[0], "Khác", self._letter().upper() + "ên"]
        if len(parts) > 2 and self._slips("name.middle-dropped"):
            parts = [parts[0], *parts[2:]]
        elif len(parts) > 2 and self._slips("name.initial"):
            parts[1] = parts[1][0]
        if self._slips("name.given-first"):
            parts = [parts[-1], *parts[:-1]]
        written = " ".join(parts)
        if self._slips("name.slip"):
            written = self._one_letter(written)
        if self._slips("name.marks-lost"):
            written = _plain(written)
        elif self._slips("name.mark-lost"):
            at = int(self._draw.integers(0, len(written)))
            written = written[:at] + _plain(written[at]) + written[at + 1 :]
        return written.upper() if self._slips("name.upper") else written

    def _letter(self) -> str:
        return _LETTERS[self._draw.integers(0, len(_LETTERS))]

    def _one_letter(self, name: str) -> str:
        at, how = int(self._draw.integers(1, len(name) - 1)), self._draw.integers(0, 4)
        if how == 0:
            return name[:at] + self._letter() + name[at + 1 :]
        if how == 1:
            return name[:at] + name[at + 1 :]
        if how == 2:
            return name[:at] + self._letter() + name[at:]
        return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]

    def _born(self, born: str) -> str | None:
        year, month, day = born.split("-")
        if self._slips("born.missing"):
            return None
        if self._slips("born.year", YEAR_ONLY_BEFORE_1965 if int(year) < 1965 else None):
            return year
        if (
            int(day) <= 12
            and day != month
            and self._slips("born.swapped", RATES["born.swapped"] * 2.6)
        ):
            month, day = day, month
        elif self._slips("born.day"):
            day = f"{self._draw.integers(1, 29):02d}"
        elif self._slips("born.year-slip"):
            year = str(int(year) + self._draw.choice([-1, 1]))
        return f"{year}-{month}-{day}" if (month, day) != ("02", "29") else f"{year}-02-28"

    def _sex(self, sex: str) -> str | None:
        if self._slips("sex.missing"):
            return None
        return {"nam": "nữ", "nữ": "nam"}[sex] if self._slips("sex.wrong") else sex

    def _commune(self, commune: str, communes: np.ndarray) -> str | None:
        if self._slips("commune.missing"):
            return None
        if self._slips("commune.moved"):
            return str(communes[self._draw.integers(0, len(communes))])
        return commune


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
