"""The words by which questions are told apart in figures and traces: these, and no others."""

from __future__ import annotations

from sogoc.exchange.protocol import TYPES
from sogoc.exchange.questions.offers import BATCH, DIFFERENCE, READ, SEARCH, VERIFY

KINDS = frozenset(offer.word for offer in (READ, BATCH, SEARCH, DIFFERENCE, VERIFY))
"""What is asked of a register, as the last word of its path."""
ROUNDS = "rounds"
UNBELIEVED = "unbelieved"
"""The kind of a message whose signature did not hold: what it says of itself counts for nothing."""
OTHER = "other"
GRANTED = "granted"
OUTCOMES = {name: name.rpartition(".")[2] for _, name in TYPES} | {
    "Server.ServerProxy.AccessDenied": "denied"
}
"""The outcome of a question by the type of its refusal."""
_ROUNDS = "/v1/rounds/"


def kind_of(path: str) -> str:
    """The kind of a question by its path, whatever else that holds."""
    word = path.rpartition("/")[2]
    if word in KINDS:
        return word
    return ROUNDS if _ROUNDS in path else OTHER
