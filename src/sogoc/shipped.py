"""Contracts, rules and reference data that travel along: plain files an official can read."""

from __future__ import annotations

from pathlib import Path

_IN_WHEEL = Path(__file__).parent / "_shipped"
_IN_CHECKOUT = Path(__file__).parents[2]


def shipped(name: str) -> Path:
    """The folder `registers`, `rules` or `reference-data`, in the wheel or in a checkout."""
    inside = _IN_WHEEL / name
    return inside if inside.is_dir() else _IN_CHECKOUT / name
