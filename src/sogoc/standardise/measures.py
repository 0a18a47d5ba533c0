"""Dates, areas, money and plain numbers, read in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.standardise.reading import (
    Reading,
    cases,
    clean_unless,
    group,
    is_filler,
    is_none,
    matches,
    without,
)
from sogoc.values import amounts, dates

if TYPE_CHECKING:
    from sogoc.standardise.reading import Column

SLASHED = "^[0-9]{2}/[0-9]{2}/[0-9]{4}$"


def _iso_of_slashed(text: str) -> str:
    return f"substr({text}, 7, 4) || '-' || substr({text}, 4, 2) || '-' || substr({text}, 1, 2)"


def _spread(seen: str) -> str:
    """`dates.spread`: the two usual forms first, then each shape in its order."""
    low = without(f"lower({seen})", dates.MIDNIGHT)
    shapes = " ".join(
        f"when {matches(low, shape)} then {_ordered(low, shape, order)}"
        for shape, order in dates.SHAPES
    )
    return (
        f"case when {seen} is null then null when {matches(seen, dates.ISO)} then {seen} "
        f"when {matches(seen, SLASHED)} then {_iso_of_slashed(seen)} {shapes} end"
    )


def _ordered(low: str, shape: str, order: str) -> str:
    def part(letter: str) -> str:
        if letter not in order:
            return "'00'"
        found = group(low, shape, order.index(letter) + 1)
        return found if letter == "y" else f"lpad({found}, 2, '0')"

    return " || '-' || ".join(part(letter) for letter in "ymd")


def _why_no_date(seen: str) -> str:
    low = f"lower({seen})"
    ways = (
        (matches(low, dates.LUNAR), "lunar-date"),
        (matches(low, dates.TWO_DIGIT_YEAR), "two-digit-year"),
        (matches(low, dates.SERIAL), "spreadsheet-serial"),
        (matches(low, dates.AGE), "age-or-short-number"),
    )
    return cases((is_none(seen), "filler"), *ways, otherwise="'not-a-date'")


def _impossible(core: str) -> str:
    """`dates._impossible`, over `yyyy-mm-dd` with zeros for what is not known."""
    swapped = f"substr({core}, 1, 5) || substr({core}, 9, 2) || substr({core}, 5, 3)"
    early, late = f"'{dates.FIRST_YEAR}'", f"'{dates.LAST_YEAR}'"
    year = f"substr({core}, 1, 4)"
    month_only = f"try_cast(substr({core}, 1, 8) || '01' as date) is not null"
    return cases(
        (f"{year} < {early} or {year} > {late}", "year-out-of-range"),
        (f"try_cast({core} as date) is not null", ""),
        (f"substr({core}, 6) = '00-00'", ""),
        (f"substr({core}, 9) = '00' and {month_only}", ""),
        (f"substr({core}, 6, 2) <> '00' and try_cast({swapped} as date) is not null", "swapped"),
        otherwise="'no-such-day'",
    ).replace("'swapped'", "'day-and-month-swapped'")


def _date_flaw(column: Column) -> str:
    return (
        f"case when {column.seen} is null then null "
        f"when {column.core} is null then {_why_no_date(column.seen)} "
        f"else nullif({_impossible(column.core)}, '') end"
    )


def _swapped(column: Column) -> str:
    core = column.core
    return (
        f"case when {column.flaw} = 'day-and-month-swapped' "
        f"then substr({core}, 1, 5) || substr({core}, 9, 2) || substr({core}, 5, 3) end"
    )


def partial_date(column: Column) -> Reading:
    """`dates.read`."""
    core = column.core
    return Reading(
        column=column,
        seen=clean_unless(column.text, f"{dates.ISO}|{SLASHED}"),
        core=_spread(column.seen),
        flaw=_date_flaw(column),
        value=(
            f"case when substr({core}, 9) <> '00' then {core} "
            f"when substr({core}, 6, 2) = '00' then substr({core}, 1, 4) "
            f"else substr({core}, 1, 7) end"
        ),
        proposal=_swapped(column),
    )


def _whole(column: Column, flaw: str) -> str:
    """The flaw of a date that must be whole."""
    return (
        f"coalesce({flaw}, case when substr({column.core}, 9, 2) = '00' then 'not-a-full-date' end)"
    )


def day(column: Column) -> Reading:
    """`dates.read_day`."""
    return Reading(
        column=column,
        seen=clean_unless(column.text, f"{dates.ISO}|{SLASHED}"),
        core=_spread(column.seen),
        flaw=_whole(column, _date_flaw(column)),
        value=f"try_cast({column.core} as date)",
        proposal=_swapped(column),
    )


def moment(column: Column) -> Reading:
    """`dates.read_moment`: the core is a day, or a day with its time and a Z where it is UTC."""
    seen, core = column.seen, column.core
    written = group(seen, dates.MOMENT, 1)
    iso = f"case when {matches(written, '/')} then {_iso_of_slashed(written)} else {written} end"
    utc = f"case when {group(seen, dates.MOMENT, 3)} in ('', '+07:00') then '' else 'Z' end"
    timed = f"({iso}) || ' ' || {group(seen, dates.MOMENT, 2)} || ({utc})"
    is_timed = matches(core, ":")
    local = f"try_cast(replace({core}, 'Z', '') as timestamp)"
    return Reading(
        column=column,
        seen=clean_unless(column.text, "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+$"),
        core=(
            f"case when {seen} is null then null when {matches(seen, dates.MOMENT)} then {timed} "
            f"when {matches(seen, dates.CLOCK)} then null else {_spread(seen)} end"
        ),
        flaw=(
            f"case when {seen} is null then null "
            f"when {core} is null and {matches(seen, dates.CLOCK)} then 'no-such-moment' "
            f"when {core} is not null and {is_timed} "
            f"then case when {local} is null then 'no-such-moment' end "
            f"else {_whole(column, _date_flaw(column))} end"
        ),
        value=(f"case when {matches(core, 'Z$')} then {local} + interval 7 hour else {local} end"),
        proposal=_swapped(column),
    )


def _plain(seen: str) -> str:
    """`amounts.plain`."""
    low = without(f"lower({seen})", amounts.UNIT)
    grouped = matches(low, amounts.BLANK_GROUPS)
    return f"(case when {grouped} then replace({low}, ' ', '') else {low} end)"


CELL_NUMBER = "^[0-9]+(\\.[0-9]+)?$"
DIGITS = "^[0-9]+$"
CLEAR_FRACTION = "^[0-9]+[.,]([0-9]{1,2}|[0-9]{4,})$"
"""A point or comma that cannot divide thousands: 100,5."""


def _told(column: Column, *, one_group: str) -> str:
    """`amounts.decimal_text`, NULL where it cannot be told; the usual writings first."""
    number = _plain(column.seen)
    no_dots = f"replace({number}, '.', '')"
    return (
        f"case when {column.seen} is null or {matches(column.seen, DIGITS)} then {column.seen} "
        f"when {matches(column.seen, CLEAR_FRACTION)} then replace({column.seen}, ',', '.') "
        f"when {matches(number, amounts.WHOLE)} then {number} "
        f"when {column.cell} = 'n' and {matches(number, amounts.MACHINE)} then {number} "
        f"when {matches(number, amounts.VIETNAMESE)} then replace({no_dots}, ',', '.') "
        f"when {matches(number, amounts.GROUPED)} then replace({no_dots}, ',', '') "
        f"when {matches(number, amounts.ENGLISH)} then replace({number}, ',', '') "
        f"when {matches(number, amounts.AMBIGUOUS)} then {one_group} "
        f"when {matches(number, amounts.FRACTION)} then replace({number}, ',', '.') end"
    )


def _not_told(column: Column) -> str:
    number = _plain(column.seen)
    return cases(
        (is_filler(number), "filler"),
        (matches(number, amounts.AMBIGUOUS), "ambiguous-separator"),
        (matches(number, amounts.SEVERAL), "several"),
        (matches(number, amounts.WORDS), "words-in-number"),
        otherwise="'not-a-number'",
    )


def _amount(column: Column, one_group: str, *, flaws: str, value: str) -> Reading:
    """Nearly all amounts are short and plain, and have no flaw that would have to be asked for."""
    core = column.core
    too_large = (
        f"length({core}) > {amounts.LONGEST} or abs(try_cast({core} as double)) >= {amounts.EXACT}"
    )
    return Reading(
        column=column,
        seen=clean_unless(column.text, CELL_NUMBER),
        core=_told(column, one_group=one_group),
        flaw=(
            f"case when {column.seen} is null then null "
            f"when length({core}) < 15 and {matches(core, DIGITS)} then null "
            f"when {core} is null then {_not_told(column)} "
            f"when {too_large} then 'too-large' else {flaws} end"
        ),
        value=value,
    )


Bounds = tuple[float, float] | None


def _within_bounds(column: Column, bounds: Bounds) -> str:
    """`amounts.within_bounds`."""
    if bounds is None:
        return "null"
    number = _plain(column.seen)
    grouped, decimal = (
        f"replace(replace({number}, '.', ''), ',', '')",
        f"replace({number}, ',', '.')",
    )
    least, most = (f"cast('{bound!r}' as double)" for bound in bounds)
    fits = [f"try_cast({one} as double) between {least} and {most}" for one in (grouped, decimal)]
    return (
        f"case when not {matches(number, amounts.ONE_GROUP)} then null "
        f"when {fits[0]} and not {fits[1]} then {grouped} "
        f"when {fits[1]} and not {fits[0]} then {decimal} end"
    )


def area(column: Column, bounds: Bounds = None) -> Reading:
    """`amounts.read_area`."""
    core = column.core
    negative = f"case when {matches(core, '^-.*[1-9]')} then 'negative' end"
    return _amount(
        column,
        _within_bounds(column, bounds),
        flaws=negative,
        value=f"try_cast({core} as decimal(18,2))",
    )


def whole(column: Column) -> Reading:
    """`amounts.read_whole`."""
    number, core = _plain(column.seen), column.core
    joined = (
        f"case when {matches(number, amounts.ONE_GROUP)} "
        f"then replace(replace({number}, '.', ''), ',', '') end"
    )
    double = f"try_cast({core} as double)"
    return _amount(
        column,
        joined,
        flaws=f"case when {double} <> floor({double}) then 'fraction' end",
        value=(
            f"case when {matches(core, DIGITS)} then try_cast({core} as bigint) "
            f"else try_cast({double} as bigint) end"
        ),
    )


def number(column: Column, bounds: Bounds = None) -> Reading:
    """`amounts.read_number`."""
    return Reading(
        column=column,
        seen=clean_unless(column.text, CELL_NUMBER),
        core=_told(column, one_group=_within_bounds(column, bounds)),
        flaw=(
            f"case when {column.seen} is null then null "
            f"when {column.core} is null then {_not_told(column)} "
            f"when length({column.core}) > {amounts.LONGEST} then 'too-large' end"
        ),
        value=f"try_cast({column.core} as double)",
    )
