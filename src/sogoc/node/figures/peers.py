"""What is counted of the members that this node asks: how they answer, and which of them rest.

A label names a member of the directory or is `other`: the list is as long as the directory at most.
Only whom this node asks is here. Who asks it, and how often, is in no figure.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

_LABELS = ("member", "purpose")


class PeerFigures:
    """The figures of one process about those it asks."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        within = registry or CollectorRegistry()
        self.asked = Counter(
            "sogoc_peer_asked",
            "Questions to a member: answered, failed, or refused here because it rests.",
            (*_LABELS, "outcome"),
            registry=within,
        )
        self.opened = Counter(
            "sogoc_peer_breaker_opened",
            "How often a member was left in peace after failures in a row.",
            _LABELS,
            registry=within,
        )
        self.retries = Counter(
            "sogoc_peer_retries",
            "Questions that went to a member once more.",
            _LABELS,
            registry=within,
        )
        self.state = Gauge(
            "sogoc_peer_breaker_state",
            "0: the member is asked; 1: one question tries it after its rest; 2: it rests.",
            _LABELS,
            registry=within,
            multiprocess_mode="livemax",
        )
