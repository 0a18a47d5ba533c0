"""What one sheet hides from the fast reader, whatever the format of its workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Odd(NamedTuple):
    """A cell that the fast reader shows empty: its type letter and what stands in it."""

    letter: str
    text: str


@dataclass(slots=True)
class Look:
    """What one sheet hides: odd cells by row and column (both from 0), and hidden rows."""

    odd: dict[int, dict[int, Odd]] = field(default_factory=dict)
    hidden_rows: int = 0

    def count(self, letter: str) -> int:
        """Odd cells of one type."""
        cells = (cell for row in self.odd.values() for cell in row.values())
        return sum(cell.letter == letter for cell in cells)
