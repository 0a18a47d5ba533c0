"""What the officer reads in the terminal: one language at a time, refusals in both."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from sogoc.errors import Sentence, SogocError

LANGUAGES = ("vi", "en")


class Say:
    """Speaks Vietnamese or English; results go to standard output, refusals to standard error."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.console = Console(highlight=False, soft_wrap=False)
        self._errors = Console(stderr=True, highlight=False)

    def text(self, vi: str, en: str) -> str:
        """The wording of this terminal's language."""
        return vi if self.language == "vi" else en

    def line(self, vi: str, en: str) -> None:
        """One line."""
        self.console.print(self.text(vi, en), markup=False, soft_wrap=True)

    def path(self, vi: str, en: str, path: Path) -> None:
        """A file or folder, on one line however long, so that it can be copied."""
        self.console.print(f"  {self.text(vi, en)}: {path}", markup=False, soft_wrap=True)

    def plain(self, text: str) -> None:
        """Text as it is, for files and other programs: nothing wrapped, nothing coloured."""
        self.console.out(text, highlight=False)

    def heading(self, vi: str, en: str) -> None:
        """One line that stands out, with a blank one before it."""
        self.console.print()
        self.console.print(self.text(vi, en), style="bold", markup=False)

    def sentence(self, sentence: Sentence) -> None:
        """A sentence in this terminal's language."""
        self.line(sentence.vi, sentence.en)

    def refusal(self, error: SogocError) -> None:
        """Both languages, since the one who reads it may not be the one who set the terminal up."""
        place = error.place
        # Sentences of intake begin with the place already.
        where = f"{place}: " if place and place.file not in error.sentence.vi else ""
        self._errors.print(f"✗ {where}{error.sentence.vi}", style="bold red", markup=False)
        self._errors.print(f"  {where}{error.sentence.en}", style="red", markup=False)

    def table(self, columns: list[tuple[str, str]], rows: list[tuple[object, ...]]) -> None:
        """Figures to the right, words to the left; a column is (vi, en)."""
        from rich.table import Table  # noqa: PLC0415 - most commands show none

        table = Table(box=None, pad_edge=False)
        for position, (vi, en) in enumerate(columns):
            number = any(isinstance(row[position], int | float) for row in rows)
            table.add_column(self.text(vi, en), justify="right" if number else "left")
        for row in rows:
            table.add_row(*(self.figure(value) for value in row))
        self.console.print(table)

    def figure(self, value: object) -> str:
        """A number as this language writes it: 12.345,6 or 12,345.6."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text


def language_of(setting: str, environment: dict[str, str]) -> str:
    """What the operator set, else what the terminal speaks, else Vietnamese."""
    if setting:
        return setting
    spoken = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG")
    return "en" if (spoken or "").startswith("en") else "vi"
