"""The picture of linking in the README, drawn from the recorded results and nothing else.

    python benchmarks/linking_picture.py

Reads `benchmarks/results/splink.json`, writes `docs/pictures/linking.svg`: for each size, the
seconds that one run of both took to link, on an axis of powers of ten. What did not end is open at
its end. A test draws it again and compares.
"""

from __future__ import annotations

import json
from html import escape
from math import log10
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "splink.json"
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "linking.svg"
SIZES = {
    "1000000x1000000": "1 M × 1 M",
    "1000000x10000000": "1 M × 10 M",
    "1000000x100000000": "1 M × 100 M",
}
SIDES = {
    "ours": ("link", "sogoc, SQL", "#1d6a96"),
    "kernel": ("again", "sogoc, compiled kernel", "#14213d"),
    "splink": ("link", "Splink 5, without training", "#c8553d"),
}
_INK, _LINE = "#14213d", "#c9d4dd"
_LEFT, _RIGHT, _TOP, _BAR, _GAP = 100, 620, 56, 18, 22
_LEAST, _MOST = 1, 2000
_TICKS = (1, 10, 100, 1000)


def drawn(results: dict[str, Any]) -> str:
    """The picture as one SVG element."""
    parts: list[str] = []
    y = _TOP
    for size, label in SIZES.items():
        bars = [
            (taken["wall_seconds"], colour, "unfinished" in taken)
            for side, (work, _, colour) in SIDES.items()
            if (taken := results[size].get(side, {}).get(work))
        ]
        middle = y + len(bars) * _BAR / 2 + 5
        parts.append(_text(_LEFT - 10, middle, label, anchor="end"))
        for seconds, colour, unfinished in bars:
            parts.append(_bar(y, seconds, colour, unfinished=unfinished))
            y += _BAR
        y += _GAP
    width, height = _RIGHT + 140, y + 16
    title = "Seconds to link a million records, both in one run (fewer is better)"
    described = "Records by persons; the axis goes in powers of ten."
    head = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'font-family="system-ui, sans-serif" font-size="13">'
        ),
        f"<title>{escape(title)}</title><desc>{escape(described)}</desc>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(_LEFT, 20, title),
        *_legend(),
        *(_tick(seconds, y - _GAP) for seconds in _TICKS),
    ]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def _across(seconds: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * log10(seconds / _LEAST) / log10(_MOST / _LEAST)


def _bar(y: float, seconds: float, colour: str, *, unfinished: bool) -> str:
    end = _across(seconds)
    told = f"over {seconds:,.0f}, stopped" if unfinished else f"{seconds:.0f}"
    edge = f' stroke="{colour}" stroke-dasharray="4 3" fill-opacity="0.35"' if unfinished else ""
    return (
        f'<rect x="{_LEFT}" y="{y + 2}" width="{end - _LEFT:.1f}" height="{_BAR - 4}" '
        f'fill="{colour}"{edge}/>' + _text(end + 6, y + _BAR - 5, told)
    )


def _legend() -> list[str]:
    parts, x = [], _LEFT
    for _, label, colour in SIDES.values():
        parts.append(f'<rect x="{x}" y="30" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x + 18, 41, label))
        x += 36 + 7 * len(label)
    return parts


def _tick(seconds: float, bottom: float) -> str:
    x = _across(seconds)
    return f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="{_LINE}"/>' + _text(
        x, bottom + 16, f"{seconds:,} s", anchor="middle"
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}">{escape(text)}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(json.loads(RESULTS.read_text())["results"]), encoding="utf-8")
    print(PICTURE)
