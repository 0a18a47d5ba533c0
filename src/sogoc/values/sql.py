"""Facts about values as SQL, text to text: portable DuckDB that Spark and PostgreSQL also run.

Each function takes an expression over a *standard* value (clean, NFC) and gives an expression;
each equals the Python function of the same meaning, and a test holds the two together.
"""

from __future__ import annotations

from sogoc.values.names import (
    FOLD_FROM,
    FOLD_MARKED,
    FOLD_TO,
    REGIONAL,
    SIGNS_FROM,
    SIGNS_TO,
    SYLLABLE_END,
    TONE_MOVES,
    TONE_SUSPECT,
)


def constant(text: str) -> str:
    """A constant of this folder, safe to stand in SQL."""
    return "'" + text.replace("'", "''") + "'"


def folded(expr: str) -> str:
    """Lower case without marks and apostrophes (`names.folded`): a key to candidates.

    A letter at a time, all its marks at once: twice as fast as `translate`, which DuckDB prepares
    anew for each row. Letters that Vietnamese lacks are looked for first, for they are rare.
    """
    low = f"lower({expr})"
    vietnamese = _without_marks(low, range(FOLD_MARKED))
    strange = range(FOLD_MARKED, len(FOLD_FROM))
    signs = constant(f"[{FOLD_FROM[FOLD_MARKED:]}]")
    whole = _without_marks(vietnamese, strange)
    return f"(case when regexp_matches({low}, {signs}) then {whole} else {vietnamese} end)"


def _without_marks(expr: str, places: range) -> str:
    """Letters at these places of the folding as what they become, or dropped."""
    by = dict[str, str]()
    for at in places:
        plain = FOLD_TO[at : at + 1]
        by[plain] = by.get(plain, "") + FOLD_FROM[at]
    for plain, marked in by.items():
        expr = f"regexp_replace({expr}, {constant(f'[{marked}]')}, {constant(plain)}, 'g')"
    return expr


def canonical_name(expr: str) -> str:
    """Lower case, tone placed anew, one apostrophe (`names.canonical`): equal means same name.

    Only the few names with oa, oe or uy under an old tone pay for the fifteen replacements.
    """
    small = f"lower({expr})"
    signs = constant(f"[{SIGNS_FROM}]")
    low = (
        f"(case when regexp_matches({small}, {signs}) then "
        f"translate({small}, {constant(SIGNS_FROM)}, {constant(SIGNS_TO)}) else {small} end)"
    )
    moved = low
    for old, new in TONE_MOVES:
        pattern, written = constant(old + SYLLABLE_END), constant(f"{new}\\1")
        moved = f"regexp_replace({moved}, {pattern}, {written}, 'g')"
    suspect = f"regexp_matches({small}, {constant(TONE_SUSPECT)})"
    return f"(case when {suspect} then {moved} else {low} end)"


def loose_name(expr: str) -> str:
    """Folded, y as i at the end of a syllable, regional pairs as one (`names.loose`)."""
    text = folded(expr)
    for southern, northern in REGIONAL:
        # Twice: two equal syllables share the blank between them.
        pattern, written = constant(f"(^| ){southern}( |$)"), constant(f"\\1{northern}\\2")
        text = f"regexp_replace({text}, {pattern}, {written}, 'g')"
        text = f"regexp_replace({text}, {pattern}, {written}, 'g')"
    return f"regexp_replace({text}, 'y( |$)', 'i\\1', 'g')"


def earliest(expr: str) -> str:
    """The first day, as DATE, that a date with precision can mean."""
    return (
        f"(case length({expr}) when 4 then try_cast({expr} || '-01-01' as date) "
        f"when 7 then try_cast({expr} || '-01' as date) else try_cast({expr} as date) end)"
    )


def latest(expr: str) -> str:
    """The last day, as DATE, that a date with precision can mean."""
    return (
        f"(case length({expr}) when 4 then try_cast({expr} || '-12-31' as date) "
        f"when 7 then last_day(try_cast({expr} || '-01' as date)) "
        f"else try_cast({expr} as date) end)"
    )


def year_of(expr: str) -> str:
    """The year of a date with precision, as INTEGER."""
    return f"try_cast(substr({expr}, 1, 4) as integer)"


def sex_of_number(expr: str) -> str:
    """`nam` or `nữ`, as the fourth digit of a personal number says (Decree 137/2015 Art. 13)."""
    sexes = " ".join(f"when '{digit}' then '{('nam', 'nữ')[digit % 2]}'" for digit in range(10))
    return f"(case substr({expr}, 4, 1) {sexes} end)"


def birth_year_of_number(expr: str) -> str:
    """The year of birth, as INTEGER, that digits 4 to 6 of a personal number say."""
    century = " ".join(f"when '{digit}' then {1900 + 100 * (digit // 2)}" for digit in range(10))
    return (
        f"((case substr({expr}, 4, 1) {century} end) + try_cast(substr({expr}, 5, 2) as integer))"
    )


def place_of_number(expr: str) -> str:
    """The three digits of the province or country where the birth was registered."""
    return f"substr({expr}, 1, 3)"
