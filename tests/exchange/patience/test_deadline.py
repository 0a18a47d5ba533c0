"""Whoever sends one letter after the other is cut off in time, wherever in the answer that is."""

from __future__ import annotations

import time

import pytest
from tests.crooked_peer import IN_A_CHUNK, IN_THE_BODY, IN_THE_HEAD, peer, trickling

from sogoc.errors import NodeUnreachable
from sogoc.exchange.client import fetched, posted, public_bytes


@pytest.mark.parametrize("head", [IN_THE_HEAD, IN_THE_BODY, IN_A_CHUNK])
def test_a_public_address_that_trickles_is_left_in_time(head: bytes) -> None:
    with peer(trickling(head)) as address:
        began = time.monotonic()
        with pytest.raises(NodeUnreachable):
            public_bytes(address, timeout_seconds=0.3)
        with pytest.raises(NodeUnreachable):
            posted(address, b"note", timeout_seconds=0.3)
        assert fetched(address, timeout_seconds=0.3) is None
        assert time.monotonic() - began < 3
