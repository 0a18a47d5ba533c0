"""Dates with precision: a year, a month or a day, and no day that nobody wrote.

Many elders have only a year of birth, and staff were told to type 01/01 for it; so 1 January is
kept as it came and not assumed to be a birthday, and dates are compared by "may be equal".
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sogoc.values.reading import NOTHING, Reading
from sogoc.values.text import clean, is_none, lower


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, or only its month, or only its year: month and day are 0 where not known."""

    year: int
    month: int = 0
    day: int = 0

    @classmethod
    def of(cls, standard: str) -> PartialDate:
        """From the standard text `1931`, `1931-05` or `1931-05-02`."""
        parts = [int(part) for part in standard.split("-")]
        return cls(*parts)

    def __str__(self) -> str:
        month = f"-{self.month:02}" if self.month else ""
        day = f"-{self.day:02}" if self.day else ""
        return f"{self.year:04}{month}{day}"

    @property
    def precision(self) -> str:
        """`year`, `month` or `day`."""
        if self.day:
            return "day"
        return "month" if self.month else "year"

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def may_equal(self, other: PartialDate) -> bool:
        """Whether some day fits both: 1931 and 2 May 1931 may be the same birthday."""
        return self.earliest <= other.latest and other.earliest <= self.latest


FIRST_YEAR, LAST_YEAR = 1800, 2100
"""Years outside are slips of the hand (0198, 19850): no register reaches there."""

# The order is the order of asking. Groups are named by the letters y, m, d.
ISO = "^([0-9]{4})-([0-9]{2})-([0-9]{2})$"
SHAPES: tuple[tuple[str, str], ...] = (
    ("^([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4})$", "dmy"),
    ("^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$", "ymd"),
    ("^([0-9]{4})$", "y"),
    ("^([0-9]{1,2})[-/. ]+([0-9]{4})$", "my"),
    ("^([0-9]{4})[-/.]([0-9]{1,2})$", "ym"),
    ("^(1[89][0-9]{2}|20[0-9]{2})([0-9]{2})([0-9]{2})$", "ymd"),
    ("^([0-9]{2})([0-9]{2})(1[89][0-9]{2}|20[0-9]{2})$", "dmy"),
    ("^ngày ([0-9]{1,2}) tháng ([0-9]{1,2}) năm ([0-9]{4})$", "dmy"),
    ("^tháng ([0-9]{1,2}) năm ([0-9]{4})$", "my"),
    ("^(?:sinh năm|năm sinh|năm|sn|nam) *:? *([0-9]{4})$", "y"),
)
"""Ways in which people write a date. Eight digits are never ambiguous between 1800 and 2099: as a
month, 18 to 20 does not exist."""
MIDNIGHT = "[ t]00:00(:00)?(\\.0+)?$"

_SHAPES = tuple((re.compile(shape), order) for shape, order in SHAPES)
_MIDNIGHT = re.compile(MIDNIGHT)

LUNAR = "âm lịch|\\(âl\\)|\\bâl$| âl$"
TWO_DIGIT_YEAR = "^[0-9]{1,2}[-/. ]+[0-9]{1,2}[-/. ]+[0-9]{2}$"
SERIAL = "^[0-9]{5}([.,][0-9]+)?$"
AGE = "^[0-9]{1,3} *(tuổi|tuoi)?$"
_WAYS = tuple(
    (flaw, re.compile(pattern))
    for flaw, pattern in (
        ("lunar-date", LUNAR),
        ("two-digit-year", TWO_DIGIT_YEAR),
        ("spreadsheet-serial", SERIAL),
        ("age-or-short-number", AGE),
    )
)


def spread(text: str) -> str | None:
    """`yyyy-mm-dd` with 00 for what is not known, or None if no shape fits. Not yet judged."""
    low = _MIDNIGHT.sub("", lower(text))
    for shape, order in _SHAPES:
        if found := shape.search(low):
            parts = dict(zip(order, found.groups(), strict=True))
            return "-".join(
                (parts["y"], parts.get("m", "0").rjust(2, "0"), parts.get("d", "0").rjust(2, "0"))
            )
    return None


def read(text: str) -> Reading:
    """`1931`, `1931-05` or `1931-05-02`; zeros stand for what is not known (00/00/1931).

    Day before month, as Vietnam writes it. Where only the reverse gives a day, that is proposed.
    """
    seen = clean(text)
    if not seen:
        return NOTHING
    spread_out = spread(seen)
    if spread_out is None:
        return Reading(flaw=_why_no_date(seen))
    flaw = _impossible(spread_out)
    if flaw == "day-and-month-swapped":
        return Reading(flaw=flaw, proposal=_swapped(spread_out))
    return Reading(flaw=flaw) if flaw else Reading(value=_short(spread_out))


def _short(spread_out: str) -> str:
    return spread_out.removesuffix("-00").removesuffix("-00")


def _swapped(spread_out: str) -> str:
    return f"{spread_out[:4]}-{spread_out[8:]}-{spread_out[5:7]}"


def _why_no_date(seen: str) -> str:
    if is_none(seen):
        return "filler"
    low = lower(seen)
    return next((flaw for flaw, way in _WAYS if way.search(low)), "not-a-date")


def _impossible(spread_out: str) -> str | None:
    """The flaw of a date whose parts are known, or None if there is such a day."""
    year, month, day = (int(part) for part in spread_out.split("-"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return "year-out-of-range"
    if _is_day(year, month, day):
        return None
    # The month is wrong as a month and right as a day; the reverse reading gives a real day.
    reverse = month and day and _is_day(year, day, month)
    return "day-and-month-swapped" if reverse else "no-such-day"


def _is_day(year: int, month: int, day: int) -> bool:
    if month == 0:
        return day == 0
    try:
        date(year, month, day or 1)
    except ValueError:
        return False
    return True


def read_day(text: str) -> Reading:
    """A whole date; a year or a month alone is a flaw, for a certificate is issued on a day."""
    reading = read(text)
    if reading.value is not None and PartialDate.of(reading.value).precision != "day":
        return Reading(flaw="not-a-full-date")
    return reading


MOMENT = (
    "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4})[ tT]+"
    "((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,6})?)?)"
    " ?(Z|z|\\+00:00|\\+07:00)?$"
)
CLOCK = "[1-9][0-9]?:[0-9]{2}|:[0-9]{0,1}[1-9]"
"""A time of day other than midnight."""
_MOMENT, _CLOCK = re.compile(MOMENT), re.compile(CLOCK)


def read_moment(text: str) -> Reading:
    """A date and time in Vietnam. UTC is moved by seven hours; a whole date means its midnight."""
    seen = clean(text)
    found = _MOMENT.search(seen)
    if found is None:
        reading = Reading(flaw="no-such-moment") if _CLOCK.search(seen) else read_day(seen)
        return reading if reading.value is None else Reading(value=f"{reading.value} 00:00:00")
    day, time, zone = found.groups()
    iso = f"{day[6:]}-{day[3:5]}-{day[:2]}" if "/" in day else day
    try:
        moment = datetime.fromisoformat(f"{iso} {time}")
    except ValueError:
        return Reading(flaw="no-such-moment")
    if zone and zone != "+07:00":
        moment += timedelta(hours=7)
    return Reading(value=moment.isoformat(sep=" "))
