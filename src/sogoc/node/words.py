"""What codes in a finding say: a way of being wrong, or the outcome of linking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.words import OUTCOME_WORDS
from sogoc.values.flaws import flaws

if TYPE_CHECKING:
    from sogoc.errors import Sentence
    from sogoc.values.kinds import Kind


def flaw_in_words(kind: Kind, flaw: str) -> Sentence | None:
    """The sentence for a flaw of this kind, or for an outcome; None for a code of another day."""
    return flaws(kind).get(flaw) or OUTCOME_WORDS.get(flaw)
