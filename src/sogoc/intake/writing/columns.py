"""One column's texts recovered: distinct values once, the rest by looking them up."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sogoc.intake.writing.letters import plain


@dataclass(frozen=True, slots=True)
class Recovered:
    """A column in Unicode NFC; `writings` names for each changed row the writing it was in."""

    column: pa.Array
    writings: pa.Array


def tidy(column: pa.Array) -> pa.Array:
    """Letters made one and blanks at the ends gone; a cell of nothing but blanks is empty."""
    enough = pc.all(pc.string_is_ascii(column)).as_py()
    if enough is not False:
        trimmed = pc.utf8_trim_whitespace(column)
    else:
        coded = column.dictionary_encode()
        values = [plain(value) for value in coded.dictionary.to_pylist()]
        trimmed = pa.array(values, pa.string()).take(coded.indices)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
