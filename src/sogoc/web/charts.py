"""Charts drawn on the server as SVG: no JavaScript, printable, and with the figures beside them.

Each chart is drawn twice, wide and for a phone, since a wide SVG shrunk to 320 px cannot be read;
a media query shows one. The figures stand in a table below every chart, so a chart is an image
with a title and a description for those who do not see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import vl_convert

INK, WATER, LINE = "#14213d", "#1d6a96", "#c9d4dd"
FIGURE = 60
"""Room for the figure at the end of the longest bar."""
WIDE, PHONE = 760, 300
"""Width of the plotting area; the label of a bar stands above it."""

_NUMBERS = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " ₫"]},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label and its length."""

    label: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart, ready to stand in a page."""

    wide: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a chart is called: `name` makes its ids unique on the page, the rest is read out."""

    name: str
    title: str
    description: str
    language: str


def bars(items: list[Bar], caption: Caption) -> Chart:
    """Horizontal bars in the order given."""
    drawn = tuple((item.label, item.value) for item in items)
    return Chart(
        wide=told(_bars(drawn, WIDE, caption.language), caption, "wide"),
        phone=told(_bars(drawn, PHONE, caption.language), caption, "phone"),
    )


def line(points: list[Bar], caption: Caption) -> Chart:
    """A score over deliveries, from 0 to 100, each point marked."""
    drawn = tuple((point.label, point.value) for point in points)
    return Chart(
        wide=told(_line(drawn, WIDE, caption.language), caption, "wide"),
        phone=told(_line(drawn, PHONE, caption.language), caption, "phone"),
    )


TILES = (
    ".. 12 15 08 04 .. .. .. .. .. ..",
    "11 14 25 19 20 .. .. .. .. .. ..",
    ".. .. 01 24 31 22 .. .. .. .. ..",
    ".. .. 37 33 .. .. .. .. .. .. ..",
    ".. .. 38 .. .. .. .. .. .. .. ..",
    ".. .. 40 .. .. .. .. .. .. .. ..",
    ".. .. .. 42 .. .. .. .. .. .. ..",
    ".. .. .. 44 46 .. .. .. .. .. ..",
    ".. .. .. .. 48 .. .. .. 20333 .. ..",
    ".. .. .. .. 51 52 .. .. .. .. ..",
    ".. .. .. .. 66 56 .. .. .. 22736 ..",
    ".. .. 80 75 68 .. .. .. .. .. ..",
    ".. 91 82 79 .. .. .. .. .. .. ..",
    ".. 92 86 .. .. .. .. .. .. .. ..",
    ".. 96 .. .. .. .. .. .. .. .. ..",
)
"""A square for each of the 34 provinces since 1 July 2025, by code, about where it lies.

Hoàng Sa (special zone of Đà Nẵng) and Trường Sa (of Khánh Hòa) are always drawn and named, whether
or not a register holds anything there: a map of the country without them is wrong.
"""


def tiles() -> list[str]:
    """The codes of the map row by row, empty where there is no land."""
    return [code.strip(".") for row in TILES for code in row.split()]


def told(svg: str, caption: Caption, size: str) -> str:
    """The drawing with its name and what it shows, for those who do not see it."""
    return _named(svg, f"{caption.name}-{size}", (caption.title, caption.description))


@lru_cache(maxsize=256)
def _bars(items: tuple[tuple[str, float], ...], width: int, language: str) -> str:
    """The label stands above its bar, so that a long rule can be read on a phone too."""
    values = [{"label": text, "value": value, "order": i} for i, (text, value) in enumerate(items)]
    y = {"field": "order", "type": "ordinal", "axis": None}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": True}}
    text = {"type": "text", "align": "left", "fontSize": 15, "color": INK}
    label = {**text, "dy": -11, "limit": width}
    figure = {**text, "dx": 7, "dy": 9, "fontWeight": 600}
    number = {"field": "value", "type": "quantitative", "format": ",.0f"}
    spec = {
        "data": {"values": values},
        "width": width - FIGURE,
        "height": {"step": 46},
        "layer": [
            {
                "mark": {"type": "bar", "color": WATER, "height": 14, "yOffset": 9, "y2Offset": 9},
                "encoding": {"y": y, "x": x},
            },
            {
                "mark": label,
                "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "label"}},
            },
            {"mark": figure, "encoding": {"y": y, "x": x, "text": number}},
        ],
    }
    return drawn(spec, language)


@lru_cache(maxsize=64)
def _line(points: tuple[tuple[str, float], ...], width: int, language: str) -> str:
    values = [{"label": text, "value": value, "order": i} for i, (text, value) in enumerate(points)]
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": {"field": "order"},
        "title": None,
        "axis": {"labelAngle": 0, "labelFontSize": 13, "labelColor": INK, "labelOverlap": True},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "title": None,
        "axis": {"grid": True, "gridColor": LINE, "tickCount": 5, "labelFontSize": 13},
    }
    spec: dict[str, object] = {
        "data": {"values": values},
        "width": width - FIGURE,
        "height": 220,
        "mark": {
            "type": "line",
            "color": WATER,
            "strokeWidth": 2.5,
            "point": {"filled": True, "size": 70, "color": WATER},
        },
        "encoding": {"x": x, "y": y},
    }
    return drawn(spec, language)


def drawn(spec: dict[str, object], language: str) -> str:
    """Drawn with the page's font; no address may be read while drawing."""
    config = {"background": None, "view": {"stroke": None}, "font": "Be Vietnam Pro"}
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": config, **spec}
    return str(
        vl_convert.vegalite_to_svg(
            whole, allowed_base_urls=[], format_locale=_NUMBERS[language], show_warnings=False
        )
    )


def _named(svg: str, name: str, told: tuple[str, str]) -> str:
    """Vega's own roles describe its scene graph; a reader wants one image with a name."""
    bare = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", svg)
    bare = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', bare)
    bare = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", bare)
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-desc"'
    title, description = (escape(text) for text in told)
    words = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
    return re.sub(r"<svg([^>]*)>", lambda found: f"{head}{found[1]}>{words}", bare, count=1)
