"""Names, free text and words of a list, read in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.standardise.reading import (
    Reading,
    cases,
    clean,
    group,
    is_filler,
    is_none,
    matches,
)
from sogoc.tables.engine import literal, quoted
from sogoc.values import names, text
from sogoc.values.identifiers import persons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.contract.model import Code
    from sogoc.standardise.reading import Column

_SUSPECT_NAME = "|".join(pattern for _, pattern in names.WAYS)


def name(column: Column) -> Reading:
    """`names.read`. Titles and flaws are looked for over the lower-case text."""
    seen, core = column.seen, column.core
    low = f"lower({seen})"
    kept = (
        f"case when {matches(low, names.LONG_TITLE)} then {group(low, names.LONG_TITLE, 1)} "
        f"when {matches(low, names.BARE_TITLE)} then {group(low, names.BARE_TITLE, 1)} "
        f"else {low} end"
    )
    tail = f"substr({seen}, length({seen}) - length({kept}) + 1)"
    ways = [(matches(f"lower({core})", pattern), flaw) for flaw, pattern in names.WAYS]
    return Reading(
        column=column,
        seen=clean(column.text),
        core=f"case when {matches(low, names.TITLE_SUSPECT)} then {tail} else {seen} end",
        flaw=(
            f"case when {core} is null then null "
            f"when {is_filler(core)} then 'filler' "
            f"when not {matches(f'lower({core})', _SUSPECT_NAME)} then null "
            f"else {cases(*ways)} end"
        ),
        value=core,
        proposal=(
            f"case when {column.flaw} = 'note-in-name' "
            f"then nullif({group(core, names.NOTE, 1)}, '') end"
        ),
    )


def free_text(column: Column) -> Reading:
    """`text.read`."""
    seen = column.seen
    return Reading(
        column=column,
        seen=clean(column.text),
        core=seen,
        flaw=f"case when {is_filler(seen)} or {seen} = '0' then 'filler' end",
        value=column.core,
    )


def address(column: Column) -> Reading:
    """`text.read_address`."""
    seen = column.seen
    return Reading(
        column=column,
        seen=clean(column.text),
        core=seen,
        flaw=f"case when {is_none(seen)} then 'filler' end",
        value=column.core,
    )


def code(column: Column, codes: tuple[Code, ...]) -> Reading:
    """`text.read_code`."""
    spellings = text.code_spellings((one.value, one.label, one.label_en) for one in codes)
    return _listed(column, spellings, {}, otherwise="not-in-the-list")


def sex(column: Column) -> Reading:
    """`persons.read_sex`."""
    words = dict.fromkeys(persons.MALE, "nam") | dict.fromkeys(persons.FEMALE, "nữ")
    flaws = dict.fromkeys(persons.NUMBERED, "number-for-sex")
    return _listed(column, words, flaws, otherwise="unknown-word")


def yes_no(column: Column) -> Reading:
    """`text.read_yes_no`."""
    words = dict.fromkeys(text.YES, "true") | dict.fromkeys(text.NO, "false")
    reading = _listed(column, words, {}, otherwise="neither-yes-nor-no")
    table = quoted(f"{column.field}~list")
    return Reading(
        column=reading.column,
        seen=reading.seen,
        core=reading.core,
        flaw=reading.flaw,
        value=f'cast({table}."~value" as boolean)',
        join=reading.join,
    )


def _listed(
    column: Column, words: Mapping[str, str], flaws: Mapping[str, str], *, otherwise: str
) -> Reading:
    """A word looked up in a small table, which is joined: one probe, however long the list."""
    table = quoted(f"{column.field}~list")
    listed = {word: (value, "") for word, value in words.items()}
    listed |= {word: ("", flaw) for word, flaw in flaws.items()}
    rows = ", ".join(
        f"({literal(word)}, {literal(value)}, {literal(flaw)})"
        for word, (value, flaw) in (listed or {"": ("", "")}).items()
    )
    # Codes and answers may be "0" or "không"; only what the list does not know can be a filler.
    filler = is_none if otherwise == "not-in-the-list" else is_filler
    return Reading(
        column=column,
        seen=clean(column.text),
        core=f"lower({column.seen})",
        join=(
            f'left join (values {rows}) as {table} ("~word", "~value", "~flaw") '
            f'on {column.core} = {table}."~word"'
        ),
        flaw=(
            f"case when {column.seen} is null then null "
            f'when {table}."~word" is not null then nullif({table}."~flaw", \'\') '
            f"when {filler(column.seen)} then 'filler' else {literal(otherwise)} end"
        ),
        value=f"nullif({table}.\"~value\", '')",
    )
