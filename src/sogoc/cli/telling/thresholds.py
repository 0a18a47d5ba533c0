"""What thresholds cost, as a terminal shows it: those of the policy beside the cheapest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.cli.telling.say import Say
    from sogoc.link.thresholds import Line, Priced

LINES = {
    "sure": ("máy tự nhận từ", "accepted from"),
    "likely": ("đề xuất từ", "proposed from"),
    "unlikely": ("kết luận không có ai đến", "nobody fits up to"),
}


def say_lines(say: Say, lines: Mapping[str, Line]) -> None:
    """One row a line, then what other thresholds would have cost."""
    say.heading(
        "Ngưỡng và chi phí trên các bản ghi đã biết là ai (tính bằng số lần cán bộ xem)",
        "Thresholds and what they cost on records whose person is known (in reviews)",
    )
    say.table(
        [
            ("", ""),
            ("bản ghi", "records"),
            ("theo quy tắc", "by the policy"),
            ("chi phí", "cost"),
            ("rẻ nhất", "least"),
            ("chi phí", "cost"),
            ("đắt hơn", "dearer by"),
        ],
        [
            (
                say.text(*LINES[name]),
                line.records,
                told(line.policy),
                f"{line.policy.cost:.0f}",
                told(line.least),
                f"{line.least.cost:.0f}",
                f"{100 * line.dearer:.2f} %",
            )
            for name, line in lines.items()
        ],
    )
    for name, line in lines.items():
        known = sorted(
            {*line.curve, line.policy, line.least}, key=lambda one: one.threshold or -1.0
        )
        say.heading(*LINES[name])
        say.table(
            [("ngưỡng", "threshold"), ("nhầm", "mistakes"), ("chi phí", "cost"), ("", "")],
            [
                (told(one), one.mistakes, f"{one.cost:.0f}", _marked(say, one, line))
                for one in known
            ],
        )


def told(one: Priced) -> str:
    """A threshold as it is written; none: everything goes to an officer."""
    return "–" if one.threshold is None else f"{one.threshold:g}"


def _marked(say: Say, one: Priced, line: Line) -> str:
    marks = [
        say.text(vi, en)
        for which, vi, en in (
            (line.least, "rẻ nhất", "least"),
            (line.policy, "theo quy tắc", "by the policy"),
        )
        if one.threshold == which.threshold
    ]
    return ", ".join(marks)
