"""The weights of one pair as a waterfall: from the prior, step by step, to what decided.

Nobody can be known from it: it shows what was compared and how it agreed, never a value.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sogoc.link.explaining.words import CAP, PRIOR, bits, comparison_words, level_words
from sogoc.web.charts import FIGURE, INK, LINE, PHONE, WATER, WIDE, Caption, Chart, drawn, told

if TYPE_CHECKING:
    from sogoc.errors import Sentence
    from sogoc.link.explaining.account import Account, Candidate
    from sogoc.web.wording import Speech

AGAINST = "#a4262c"

_Step = tuple[str, str, float, float, str]
"""Label, figure, where the bar begins and ends in bits, colour."""


def waterfall(account: Account, one: Candidate, say: Speech, *, name: str = "weights") -> Chart:
    """The weights of one candidate, wide and for a phone."""
    steps = tuple(_steps(account, one, say))
    total = say.sentence(bits(account.prior + one.weight))
    caption = Caption(
        name=name,
        title=say("Trọng số của từng bằng chứng", "The weight of each piece of evidence"),
        description=say(
            f"Biểu đồ thác nước, {len(steps)} bậc. Cộng lại: {total}. "
            "Số liệu đầy đủ ở bảng bên dưới.",
            f"A waterfall of {len(steps)} steps. Together: {total}. "
            "All figures stand in the table below.",
        ),
        language=say.language,
    )
    return Chart(
        wide=told(_drawn(steps, WIDE, say.language), caption, "wide"),
        phone=told(_drawn(steps, PHONE, say.language), caption, "phone"),
    )


def _steps(account: Account, one: Candidate, say: Speech) -> list[_Step]:
    at = account.prior
    steps = [_step(say.sentence(PRIOR), (0, at), say, colour=INK)]
    for part in one.parts:
        if part.level is not None:
            label = f"{say.sentence(comparison_words(part.comparison))}: " + say.sentence(
                level_words(part)
            )
            steps.append(_step(label, (at, at + part.weight), say))
            at += part.weight
    if one.capped:
        steps.append(_step(say.sentence(CAP), (at, at + one.capped), say))
        at += one.capped
    steps.append(_step(say("Cộng lại", "Together"), (0, at), say, colour=INK))
    return steps


def _step(label: str, ends: tuple[int, int], say: Speech, *, colour: str = "") -> _Step:
    start, end = ends
    figure: Sentence = bits(end - start)
    own = colour or (WATER if end >= start else AGAINST)
    return label, say.sentence(figure), start / 1000, end / 1000, own


@lru_cache(maxsize=128)
def _drawn(steps: tuple[_Step, ...], width: int, language: str) -> str:
    values = [
        {"label": label, "figure": figure, "start": start, "end": end, "colour": colour, "order": i}
        | {"right": max(start, end)}
        for i, (label, figure, start, end, colour) in enumerate(steps)
    ]
    y = {"field": "order", "type": "ordinal", "axis": None}
    scale = {"zero": True, "nice": True}
    x = {"field": "start", "type": "quantitative", "axis": None, "scale": scale}
    right = {"field": "right", "type": "quantitative", "axis": None, "scale": scale}
    zero = {"datum": 0, "type": "quantitative", "axis": None, "scale": scale}
    text = {"type": "text", "align": "left", "fontSize": 15, "color": INK}
    spec = {
        "data": {"values": values},
        "width": width - 2 * FIGURE,
        "height": {"step": 46},
        "layer": [
            {"mark": {"type": "rule", "color": LINE}, "encoding": {"x": zero}},
            {
                "mark": {"type": "bar", "height": 14, "yOffset": 9, "y2Offset": 9},
                "encoding": {
                    "y": y,
                    "x": x,
                    "x2": {"field": "end"},
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            },
            {
                "mark": {**text, "dy": -11, "limit": width},
                "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "label"}},
            },
            {
                "mark": {**text, "dx": 7, "dy": 9, "fontWeight": 600},
                "encoding": {"y": y, "x": right, "text": {"field": "figure"}},
            },
        ],
    }
    return drawn(spec, language)
