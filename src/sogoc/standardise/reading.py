"""The SQL by which one column of a kind is read: the same rule as its Python reader, in steps.

A column is read in layers, so that no pattern is asked twice: `seen` (clean text), `core` (what
the kind makes of it), `flaw`, and last the value. Each expression names the layer below it by
`Column`. Values that are right already, nearly all, are told by one pattern; only the others pay
for the long questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.tables.engine import literal, quoted
from sogoc.values.text import (
    BLANKS,
    INVISIBLE,
    LONGEST_FILLER,
    NEVER_A_VALUE,
    NO_SUCH_THING,
    SIGNS_ONLY,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


TYPES = "_types"
"""Column of the taken table: the i-th letter is the cell type of the i-th field."""


@dataclass(frozen=True, slots=True)
class Column:
    """The names under which one field stands in the layers."""

    field: str
    position: int
    """From 1, its letter in `_types`."""

    @property
    def text(self) -> str:
        """As it came."""
        return quoted(self.field)

    @property
    def seen(self) -> str:
        """Clean text, NULL when nothing was written."""
        return quoted(f"{self.field}~seen")

    @property
    def core(self) -> str:
        """What the kind makes of the clean text."""
        return quoted(f"{self.field}~core")

    @property
    def flaw(self) -> str:
        """The flaw, before the cell's type is heard."""
        return quoted(f"{self.field}~flaw")

    @property
    def cell(self) -> str:
        """The letter of the cell's type."""
        return f"substr({quoted(TYPES)}, {self.position}, 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one column is read; each text is SQL over the names of a `Column`."""

    column: Column
    seen: str
    core: str
    flaw: str
    """NULL where the core is a value or nothing was written."""
    value: str
    """Over `core`; only asked where there is no flaw."""
    proposal: str = "cast(null as varchar)"
    join: str = ""
    """A small table to look the core up in, joined before `flaw`."""


def matches(expr: str, pattern: str) -> str:
    """Whether the pattern is found in the text."""
    return f"regexp_matches({expr}, {literal(pattern)})"


def group(expr: str, pattern: str, number: int) -> str:
    """What a group of the pattern found."""
    return f"regexp_extract({expr}, {literal(pattern)}, {number})"


def without(expr: str, pattern: str) -> str:
    """The text with everything that fits the pattern taken out."""
    return f"regexp_replace({expr}, {literal(pattern)}, '', 'g')"


_DIRTY = f"^ | $|  |[^\\S ]|[{BLANKS[1:-2].replace(' ', '')}{INVISIBLE}]"


def clean(expr: str) -> str:
    """`text.clean`, over text that is NFC already; NULL when nothing is left."""
    bare = f"translate({expr}, {literal(INVISIBLE)}, '')"
    blanks = f"regexp_replace({bare}, {literal(BLANKS)}, ' ', 'g')"
    return (
        f"case when {matches(expr, _DIRTY)} then nullif(trim({blanks}), '') "
        f"else nullif({expr}, '') end"
    )


def clean_unless(expr: str, right: str) -> str:
    """The same, where text of one pattern is known to be clean and is the common case."""
    return f"case when {matches(expr, right)} then {expr} else {clean(expr)} end"


def _escaped(words: Iterable[str]) -> str:
    return "|".join(word.replace(".", "\\.") for word in words)


_FILLER = f"{SIGNS_ONLY}|^(?:{_escaped(NEVER_A_VALUE)})$"
_NONE = f"{SIGNS_ONLY}|^(?:{_escaped((*NEVER_A_VALUE, *NO_SUCH_THING))})$"


def is_filler(seen: str) -> str:
    """`text.is_filler`: the length first, since few values are that short."""
    return f"(length({seen}) <= {LONGEST_FILLER} and {matches(f'lower({seen})', _FILLER)})"


def is_none(seen: str) -> str:
    """`text.is_none`."""
    return f"(length({seen}) <= {LONGEST_FILLER} and {matches(f'lower({seen})', _NONE)})"


def cases(*pairs: tuple[str, str], otherwise: str = "null") -> str:
    """The flaw of the first condition that holds; `otherwise` if none does."""
    whens = " ".join(f"when {condition} then {literal(flaw)}" for condition, flaw in pairs)
    return f"case {whens} else {otherwise} end"
