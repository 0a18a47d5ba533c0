"""Numbers that offices gave out, read in SQL: persons, tax, insurance, land, telephone, e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.standardise.reading import (
    Reading,
    cases,
    clean,
    clean_unless,
    group,
    is_none,
    matches,
    without,
)
from sogoc.tables.engine import literal
from sogoc.values.identifiers import contact, insurance, land, persons, tax

if TYPE_CHECKING:
    from sogoc.standardise.reading import Column

SOUND_PERSONAL = "^[0-9]{3}[0-3][0-9]{8}$"


def _bare(column: Column, sound: str) -> str:
    """`persons.bare`; text of the sound pattern is bare already."""
    shorter = without(without(column.seen, persons.DECIMAL_TAIL), persons.PUNCTUATION)
    return f"case when {matches(column.seen, sound)} then {column.seen} else {shorter} end"


def _placeholder(digits: str) -> str:
    typed = " or ".join(f"{digits} = {literal(one)}" for one in persons.TYPED_TO_PASS)
    return f"({matches(digits, persons.ONE_DIGIT)} or {typed})"


def _unreadable(column: Column) -> tuple[tuple[str, str], ...]:
    return (
        (is_none(column.seen), "filler"),
        (matches(column.seen, persons.SEVERAL), "several"),
        (matches(column.seen, persons.ROUNDED), "rounded-by-spreadsheet"),
        (f"not {matches(column.core, persons.DIGITS)}", "not-digits"),
    )


def _personal_ways(column: Column, cell: str) -> tuple[tuple[str, str], ...]:
    digits = column.core
    provinces = "|".join(persons.PROVINCES)
    lost = (
        f"({cell} = 'n' and (length({digits}) = 11 or length({digits}) = 10) "
        f"and {matches(f'lpad({digits}, 12, chr(48))', f'^(?:{provinces})')})"
    )
    return (
        (_placeholder(digits), "placeholder"),
        (
            f"{matches(digits, persons.PERSONAL)} and {matches(digits, persons.BORN_AFTER_2099)}",
            "impossible-century",
        ),
        (f"{matches(digits, persons.PERSONAL)}", ""),
        (f"{matches(digits, persons.OLD)}", "old-number"),
        (lost, "lost-leading-zero"),
    )


def _flaw(sound: str, *pairs: tuple[str, str], otherwise: str = "'wrong-length'") -> str:
    """NULL for a sound value; the empty flaw in a pair means: nothing is wrong."""
    return f"case when {sound} then null else nullif({cases(*pairs, otherwise=otherwise)}, '') end"


def personal(column: Column) -> Reading:
    """`persons.read`."""
    excluded = " ".join(
        f"and {column.core} <> {literal(one)}"
        for one in ("0" * 12, "1" * 12, "2" * 12, "3" * 12, *persons.TYPED_TO_PASS)
        if len(one) == 12  # noqa: PLR2004 - twelve digits, as the law says
    )
    sound = f"{column.core} is null or ({matches(column.core, SOUND_PERSONAL)} {excluded})"
    return Reading(
        column=column,
        seen=clean_unless(column.text, persons.PERSONAL),
        core=_bare(column, persons.PERSONAL),
        flaw=_flaw(sound, *_unreadable(column), *_personal_ways(column, column.cell)),
        value=column.core,
        proposal=_padded(column, 12),
    )


def _padded(column: Column, length: int) -> str:
    return (
        f"case when {column.flaw} = 'lost-leading-zero' then lpad({column.core}, {length}, '0') end"
    )


def old(column: Column) -> Reading:
    """`persons.read_old`."""
    return Reading(
        column=column,
        seen=clean_unless(column.text, persons.OLD),
        core=_bare(column, persons.OLD),
        flaw=_flaw(
            f"{column.core} is null",
            *_unreadable(column),
            (_placeholder(column.core), "placeholder"),
            (matches(column.core, persons.OLD), ""),
            (matches(column.core, persons.PERSONAL), "new-number"),
            (f"{column.cell} = 'n' and length({column.core}) = 8", "lost-leading-zero"),
        ),
        value=column.core,
        proposal=_padded(column, 9),
    )


def _closed(digits: str) -> str:
    """`tax.is_closed`: a sum that leaves no rest asks for a tenth digit of ten, which is none."""
    terms = " + ".join(
        f"{weight} * try_cast(substr({digits}, {at}, 1) as integer)"
        for at, weight in enumerate(tax.WEIGHTS, start=1)
    )
    return f"(10 - ({terms}) % 11) = try_cast(substr({digits}, 10, 1) as integer)"


def tax_code(column: Column) -> Reading:
    """`tax.read`."""
    digits = column.core
    lost = f"{column.cell} = 'n' and {matches(digits, tax.NINE)} and {_closed(f'(0 || {digits})')}"
    long = matches(digits, tax.THIRTEEN)
    return Reading(
        column=column,
        seen=clean_unless(column.text, tax.TEN),
        core=_bare(column, tax.TEN),
        flaw=_flaw(
            f"{digits} is null",
            *_unreadable(column),
            (_placeholder(digits), "placeholder"),
            *(
                (f"length({digits}) = 12 and {condition}", flaw)
                for condition, flaw in _personal_ways(column, column.cell)
            ),
            (lost, "lost-leading-zero"),
            (f"not {matches(digits, tax.TEN)} and not {long}", "wrong-length"),
            (matches(digits, tax.NO_SERIAL), "no-such-serial"),
            (f"{long} and {matches(digits, tax.NO_BRANCH)}", "no-such-branch"),
            (_closed(digits), ""),
            otherwise="'check-digit'",
        ),
        value=(
            f"case when length({digits}) = 13 "
            f"then substr({digits}, 1, 10) || '-' || substr({digits}, 11) else {digits} end"
        ),
        proposal=_padded(column, 10),
    )


def insurance_card(column: Column) -> Reading:
    """`insurance.read_card`."""
    card = column.core
    bare = f"upper({without(column.seen, persons.PUNCTUATION)})"
    right = matches(column.seen, insurance.CARD)
    return Reading(
        column=column,
        seen=clean_unless(column.text, insurance.CARD),
        core=f"case when {right} then {column.seen} else {bare} end",
        flaw=_flaw(
            f"{card} is null or {matches(card, insurance.CARD)}",
            (is_none(column.seen), "filler"),
            *(
                (f"{matches(card, insurance.TWELVE)} and {condition}", flaw)
                for condition, flaw in _personal_ways(column, "'t'")
            ),
            (matches(card, insurance.NUMBER), "number-without-card"),
            (matches(column.seen, persons.SEVERAL), "several"),
            (matches(card, insurance.CARD_BUT_LEVEL), "benefit-level"),
            otherwise="'wrong-form'",
        ),
        value=card,
    )


def insurance_number(column: Column) -> Reading:
    """`insurance.read_number`."""
    digits = column.core
    return Reading(
        column=column,
        seen=clean_unless(column.text, insurance.NUMBER),
        core=_bare(column, insurance.NUMBER),
        flaw=_flaw(
            f"{digits} is null",
            (matches(digits, insurance.CARD_IN_LINE), "card-instead"),
            *_unreadable(column),
            (_placeholder(digits), "placeholder"),
            (matches(digits, insurance.NUMBER), ""),
            *(
                (f"{matches(digits, insurance.TWELVE)} and {condition}", flaw)
                for condition, flaw in _personal_ways(column, column.cell)
            ),
            (f"{column.cell} = 'n' and {matches(digits, insurance.NINE)}", "lost-leading-zero"),
        ),
        value=digits,
        proposal=(
            f"case when {column.flaw} = 'card-instead' then substr({digits}, 6) "
            f"when {column.flaw} = 'lost-leading-zero' then '0' || {digits} end"
        ),
    )


CERTIFICATE_AS_KEPT = "^(?:[A-ZĐ]{2} [0-9]{8}|[A-ZĐ]{1,2} [0-9]{6})$"


def certificate(column: Column) -> Reading:
    """`land.read_certificate`."""
    serial = column.core
    kept = matches(column.seen, CERTIFICATE_AS_KEPT)
    bare = without(f"upper({column.seen})", land.GAPS)
    spaced = f"regexp_replace({bare}, {literal(land.SERIAL_PARTS)}, '\\1 \\2')"
    sound = f"{serial} is null or {matches(serial, CERTIFICATE_AS_KEPT)}"
    joined = f"replace({serial}, ' ', '')"
    return Reading(
        column=column,
        seen=clean(column.text),
        core=f"case when {kept} then {column.seen} else {spaced} end",
        flaw=_flaw(
            sound,
            (is_none(column.seen), "filler"),
            (matches(f"upper({column.seen})", land.SEVERAL_SERIALS), "several"),
            (matches(joined, land.ONLY_DIGITS), "no-letters"),
            (matches(joined, land.LETTERS_AND_DIGITS), "wrong-length"),
            otherwise="'wrong-form'",
        ),
        value=serial,
    )


def book_entry(column: Column) -> Reading:
    """`land.read_book_entry`."""
    entry = f"regexp_replace(upper({column.seen}), {literal(land.ENTRY)}, '\\1 \\2')"
    return Reading(
        column=column,
        seen=clean(column.text),
        core=entry,
        flaw=_flaw(
            f"{column.core} is null",
            (is_none(column.seen), "filler"),
            (f"not {matches(column.seen, '[0-9]')}", "no-digits"),
            otherwise="''",
        ),
        value=column.core,
    )


def parcel_id(column: Column) -> Reading:
    """`land.read_parcel_id`."""
    return Reading(
        column=column,
        seen=clean(column.text),
        core=f"replace({column.seen}, ' ', '')",
        flaw=_flaw(
            f"{column.core} is null",
            (is_none(column.seen), "filler"),
            (f"length({column.core}) = {land.PLACE_LENGTH}", ""),
        ),
        value=column.core,
    )


def sheet_or_parcel(column: Column) -> Reading:
    """`land.read_sheet_or_parcel`."""
    whole = f"nullif({group(column.seen, land.WHOLE, 1)}, '')"
    return Reading(
        column=column,
        seen=clean_unless(column.text, "^[1-9][0-9]*$"),
        core=whole,
        flaw=_flaw(
            f"{column.seen} is null or {column.core} is not null",
            (matches(column.seen, land.ZERO), "zero"),
            (is_none(column.seen), "filler"),
            (matches(column.seen, land.SEVERAL_WHOLES), "several"),
            otherwise="'not-a-whole-number'",
        ),
        value=f"try_cast({column.core} as bigint)",
    )


def phone(column: Column) -> Reading:
    """`contact.read_phone`."""
    number = column.core
    digits = without(without(column.seen, contact.TAIL), contact.BETWEEN)
    country = literal(contact.COUNTRY)
    inside = f"regexp_replace({group(digits, contact.COUNTRY, 2)}, '^0', '')"
    prefixes = " ".join(f"when {literal(a)} then {literal(b)}" for a, b in contact.PREFIXES)
    new = f"(case substr({number}, 1, 4) {prefixes} end)"
    return Reading(
        column=column,
        seen=clean_unless(column.text, contact.MOBILE),
        core=(
            f"case when {matches(column.seen, contact.MOBILE)} then {column.seen} "
            f"when regexp_matches({digits}, {country}) then '0' || {inside} else {digits} end"
        ),
        flaw=_flaw(
            f"{number} is null or {matches(number, contact.MOBILE)}",
            (is_none(column.seen), "filler"),
            (_placeholder(number), "placeholder"),
            (matches(number, contact.LANDLINE), ""),
            (matches(column.seen, contact.SEVERAL), "several"),
            (f"not {matches(number, contact.DIGITS)}", "not-digits"),
            (f"{matches(number, contact.OLD_MOBILE)} and {new} is not null", "old-prefix"),
            (matches(number, contact.WITHOUT_ZERO), "lost-leading-zero"),
            otherwise="'not-a-phone-number'",
        ),
        value=number,
        proposal=(
            f"case when {column.flaw} = 'old-prefix' then {new} || substr({number}, 5) "
            f"when {column.flaw} = 'lost-leading-zero' and {column.cell} = 'n' "
            f"then '0' || {number} end"
        ),
    )


def email(column: Column) -> Reading:
    """`contact.read_email`."""
    return Reading(
        column=column,
        seen=clean(column.text),
        core=f"lower({column.seen})",
        flaw=_flaw(
            f"{column.seen} is null or {matches(column.seen, contact.ADDRESS)}",
            (is_none(column.seen), "filler"),
            (f"not {matches(column.seen, '@')}", "no-at-sign"),
            (matches(column.seen, contact.SEVERAL_ADDRESSES), "several"),
            (matches(column.seen, "[À-ỹ]"), "marks-in-address"),
            otherwise="'wrong-form'",
        ),
        value=column.core,
    )
