"""So many questions to one peer at once, and no more; the others have places of their own."""

from __future__ import annotations

import pytest

from sogoc.errors import NodeUnreachable
from sogoc.exchange.patience.places import Places


def test_one_peer_s_questions_never_take_the_places_of_another() -> None:
    places = Places(most=2)
    with places.one("land"), places.one("land"):
        with pytest.raises(NodeUnreachable, match="2 questions to the node land"):
            places.one("land").__enter__()
        with places.one("tax"):
            pass
    with places.one("land"):
        pass


def test_a_question_that_fails_gives_its_place_back() -> None:
    places = Places(most=1)
    for _ in range(3):
        with pytest.raises(KeyError), places.one("land"):
            raise KeyError
