"""The reliability plot: what was said beside what was so, drawn as SVG without any library.

One dot a group of links: across, the mean probability said; up, the share that was right, with
the span in which the true share lies 19 times in 20 (Wilson, 1927). Axes are stretched towards
the ends, since the difference between 0.99 and 0.999 is the one that matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import log2, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_INK, _WATER, _LINE = "#14213d", "#1d6a96", "#c9d4dd"
_SIDE, _MARGIN = 420, 64
_TICKS = (0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
_END = 14.5
"""Bits of odds at either end of the axes."""
_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """Links of about one probability: its mean, how many, how many of them were right."""

    said: float
    links: int
    right: int


def reliability(dots: Sequence[Dot], *, title: str, description: str) -> str:
    """The plot as one SVG element; the figures themselves stand in a table beside it."""
    whole = _SIDE + 2 * _MARGIN
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img" '
            'font-family="system-ui, sans-serif" font-size="13">'
        ),
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>",
        f'<rect width="{whole}" height="{whole}" fill="#fff"/>',
        *(_tick(share) for share in _TICKS),
        (
            f'<path d="M{_across(0):.1f} {_up(0):.1f}L{_across(1):.1f} {_up(1):.1f}" '
            f'stroke="{_INK}" stroke-dasharray="4 4" fill="none"/>'
        ),
        *(_dot(dot) for dot in dots),
        (
            f'<text x="{whole / 2}" y="{whole - 14}" text-anchor="middle" fill="{_INK}">'
            f"{escape(title)}</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _tick(share: float) -> str:
    x, y = _across(share), _up(share)
    return (
        f'<path d="M{x:.1f} {_MARGIN}V{_MARGIN + _SIDE}M{_MARGIN} {y:.1f}H{_MARGIN + _SIDE}" '
        f'stroke="{_LINE}"/>'
        f'<text x="{x:.1f}" y="{_MARGIN + _SIDE + 18}" text-anchor="middle" fill="{_INK}">'
        f"{share:g}</text>"
        f'<text x="{_MARGIN - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{_INK}">{share:g}</text>'
    )


def _dot(dot: Dot) -> str:
    x, (low, high) = _across(dot.said), _span(dot)
    return (
        f'<path d="M{x:.1f} {_up(low):.1f}V{_up(high):.1f}" stroke="{_WATER}" stroke-width="2"/>'
        f'<circle cx="{x:.1f}" cy="{_up(dot.right / dot.links):.1f}" r="4" fill="{_WATER}"/>'
    )


def _span(dot: Dot) -> tuple[float, float]:
    share, links = dot.right / dot.links, dot.links
    middle = share + _Z * _Z / (2 * links)
    half = _Z * sqrt(share * (1 - share) / links + _Z * _Z / (4 * links * links))
    whole = 1 + _Z * _Z / links
    return (middle - half) / whole, (middle + half) / whole


def _across(share: float) -> float:
    return _MARGIN + _SIDE * _stretched(share)


def _up(share: float) -> float:
    return _MARGIN + _SIDE * (1 - _stretched(share))


def _stretched(share: float) -> float:
    """From 0 to 1 along an axis that is even in bits of odds."""
    least = 2.0**-_END
    kept = min(max(share, least), 1 - least)
    bits = min(max(log2(kept / (1 - kept)), -_END), _END)
    return (bits + _END) / (2 * _END)
