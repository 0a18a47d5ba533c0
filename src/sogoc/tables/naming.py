"""The names of the stage tables: stages never call each other, they meet here.

Every table of records has `_row` (BIGINT, the record's number within its object: its ordinal in
the delivery, from 1, or the number it had when it came before), `_sheet` (VARCHAR), `_line`
(INTEGER, row in the sheet from 1) and `_part` (INTEGER, from 1: which of several persons in one
cell).
"""

from __future__ import annotations

RAW = "raw"
"""Cells as they came: `_sheet`, `_line`, `_types` (one letter a cell), `c1` ... `cN` (VARCHAR)."""

DECODED = "decoded"
"""Cells whose writing was recovered: `_sheet`, `_line`, `_column`, `writing`, `before`, `after`."""

POPULATION = "population"
"""The persons that others are verified against; columns in `link/population.py`."""


def taken(name: str) -> str:
    """Records of one object, every field as text under the contract's field name, NFC.

    Beside the four row columns there is `_types` (VARCHAR): the i-th letter is the cell type of
    the i-th field of the object: t text, n number, d date, b yes/no, e error, f formula without
    value, - empty or no such column in the form.
    """
    return f"taken__{name}"


def standard(name: str) -> str:
    """Records of one object in standard form; four columns a field, see `flaw` and the others."""
    return f"standard__{name}"


def findings(name: str) -> str:
    """Rules broken by records before linking: `_row`, `_locality`, `fail_0`, `fail_1` ...

    Bit i % 62 of `fail_{i // 62}` is the i-th rule of the object (contract order), broken. Only
    records that break a rule.
    """
    return f"findings__{name}"


def linked_findings(name: str) -> str:
    """The same for the rules that read the result of linking."""
    return f"linked_findings__{name}"


def judged(name: str) -> str:
    """How many records break which rules: `_locality`, `fail_i`, `null_i`, `records`.

    Bits as in `findings`, of all rules, those over verification included; a bit of `null_` is
    only set for those, where what linking said leaves them open.
    """
    return f"judged__{name}"


def scorecard(name: str) -> str:
    """Counts of every rule: `_locality`, `rule` (position), `failed`, `passed`, `unassessed`."""
    return f"scorecard__{name}"


def errors(name: str) -> str:
    """One row a broken rule: `_row`, `_locality`, `rule`, `field`, `flaw`, `text`, `proposal`."""
    return f"errors__{name}"


def coverage(name: str) -> str:
    """Expected against present objects: `_locality`, `rule`, `expected`, `present`."""
    return f"coverage__{name}"


def silent(name: str) -> str:
    """The same for places that the delivery does not bring: `present` are the records held."""
    return f"silent__{name}"


def near_duplicates(name: str) -> str:
    """Pairs to judge: `_row`, `_other`, `likeness` (0 to 1), `why`; `_row` < `_other`."""
    return f"near_duplicates__{name}"


def verified(name: str) -> str:
    """One row a person of a record: columns in `link/outcomes.py`."""
    return f"verified__{name}"


def recorded(name: str) -> str:
    """Which record of the register each is: `_row`, `record` (its id), `change`, `_locality`.

    `change`: inserted, changed, returned (was missing, and is as it was) or unchanged.
    """
    return f"recorded__{name}"


def reference(register: str, name: str) -> str:
    """The current records of another register on this node, columns named as its fields."""
    return f"reference__{register}__{name}"


def raw(field: str) -> str:
    """Column: the field's text as it came (writing recovered), NULL when empty."""
    return f"{field}__raw"


def flaw(field: str) -> str:
    """Column: code of the way in which the text could not be read, NULL if it could or is empty."""
    return f"{field}__flaw"


def proposal(field: str) -> str:
    """Column: the value a person may accept instead, only where it is certain; else NULL."""
    return f"{field}__proposal"


def now(field: str) -> str:
    """Column, kinds of locality only: the unit of today, NULL where several are possible."""
    return f"{field}__now"


def candidates(field: str) -> str:
    """Column, kinds of locality only: today's possible units, by code, joined by a blank."""
    return f"{field}__candidates"
