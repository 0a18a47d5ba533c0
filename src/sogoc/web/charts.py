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

INK, WATER, QUIET, LINE = "#14213d", "#1d6a96", "#47566a", "#c9d4dd"
WIDE, PHONE = 560, 200
"""Width of the plotting area; labels come beside it."""

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


def bars(items: list[Bar], *, name: str, title: str, description: str, language: str) -> Chart:
    """Horizontal bars, longest first as given; `name` makes the ids unique on the page."""
    drawn = tuple((item.label, item.value) for item in items)
    return Chart(
        wide=_named(_bars(drawn, WIDE, 300, language), f"{name}-wide", title, description),
        phone=_named(_bars(drawn, PHONE, 105, language), f"{name}-phone", title, description),
    )


def line(points: list[Bar], *, name: str, title: str, description: str, language: str) -> Chart:
    """A score over deliveries, from 0 to 100, each point marked."""
    drawn = tuple((point.label, point.value) for point in points)
    return Chart(
        wide=_named(_line(drawn, WIDE + 160, language), f"{name}-wide", title, description),
        phone=_named(_line(drawn, PHONE + 60, language), f"{name}-phone", title, description),
    )


@lru_cache(maxsize=256)
def _bars(items: tuple[tuple[str, float], ...], width: int, label: int, language: str) -> str:
    """Label, bar and figure in one row; no axis to read off."""
    values = [{"label": text, "value": value, "order": i} for i, (text, value) in enumerate(items)]
    y = {
        "field": "label",
        "type": "nominal",
        "sort": {"field": "order"},
        "title": None,
        "axis": {
            "domain": False,
            "ticks": False,
            "labelLimit": label,
            "labelPadding": 10,
            "labelFontSize": 14 if width == WIDE else 12,
            "labelColor": INK,
        },
    }
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": True}}
    figure = {"align": "left", "dx": 6, "fontSize": 14, "fontWeight": 600, "color": INK}
    spec = {
        "data": {"values": values},
        "width": width - 60,
        "height": {"step": 30},
        "layer": [
            {
                "mark": {"type": "bar", "color": WATER, "height": 16},
                "encoding": {"y": y, "x": x},
            },
            {
                "mark": {"type": "text", **figure},
                "encoding": {
                    "y": y,
                    "x": x,
                    "text": {"field": "value", "type": "quantitative", "format": ",.0f"},
                },
            },
        ],
    }
    return _svg(spec, language)


@lru_cache(maxsize=64)
def _line(points: tuple[tuple[str, float], ...], width: int, language: str) -> str:
    values = [{"label": text, "value": value, "order": i} for i, (text, value) in enumerate(points)]
    x = {"field": "label", "type": "ordinal", "sort": {"field": "order"}, "title": None}
    x["axis"] = {"labelAngle": 0, "labelFontSize": 13, "labelColor": INK, "labelOverlap": True}  # type: ignore[assignment]  # nested like the other parts of a specification
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "title": None,
        "axis": {"grid": True, "gridColor": LINE, "tickCount": 5, "labelFontSize": 13},
    }
    mark = {"type": "line", "color": WATER, "strokeWidth": 2.5}
    mark["point"] = {"filled": True, "size": 70, "color": WATER}
    encoding = {"x": x, "y": y}
    return _svg(
        {
            "data": {"values": values},
            "width": width,
            "height": 220,
            "mark": mark,
            "encoding": encoding,
        },
        language,
    )


def _svg(spec: dict[str, object], language: str) -> str:
    """Drawn with the page's font; no address may be read while drawing."""
    config = {"background": None, "view": {"stroke": None}, "font": "Be Vietnam Pro"}
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": config, **spec}
    return str(
        vl_convert.vegalite_to_svg(
            whole, allowed_base_urls=[], format_locale=_NUMBERS[language], show_warnings=False
        )
    )


def _named(svg: str, name: str, title: str, description: str) -> str:
    """Vega's own roles describe its scene graph; a reader wants one image with a name."""
    bare = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", svg)
    bare = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', bare)
    bare = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", bare)
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-desc"'
    told = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    return re.sub(r"<svg([^>]*)>", lambda found: f"{head}{found[1]}>{told}", bare, count=1)
