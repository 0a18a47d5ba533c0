"""What a benchmark found, in tables and in words; nobody is served worse without it being said."""

from __future__ import annotations

from typing import Any

from sogoc.cli.benches.measured import Measured
from sogoc.cli.telling.say import Say
from sogoc.cli.telling.thresholds import say_lines
from sogoc.link.evaluate import Quality, Worse, worse_served
from sogoc.link.thresholds import line_of

PHASES = {
    "population": ("Tạo dân cư", "make the population"),
    "register": ("Tạo sổ", "make the register"),
    "index": ("Lập chỉ mục", "build the index"),
    "link": ("Đối soát", "link"),
    "judge": ("Chấm theo sự thật", "judge by the truth"),
}
_GROUPS = {
    "age": ("tuổi", "age"),
    "sex": ("giới tính", "sex"),
    "region": ("vùng", "region"),
    "minority": ("dân tộc thiểu số", "minority"),
    "people": ("dân tộc", "people"),
    "office": ("cơ quan ghi sổ", "office"),
}
_WHO = ("age", "sex", "region", "minority", "people")
"""Groups of persons; offices are no persons."""
_MINORITY = {"true": ("dân tộc thiểu số", "minorities"), "false": ("người Kinh", "Kinh")}


def unfair(judged: dict[str, Any]) -> list[dict[str, Any]]:
    """Groups that are served worse, as they stand in a result."""
    return [
        {
            "by": by,
            "group": one.group,
            "measure": one.measure,
            "share": round(one.share, 6),
            "others": round(one.others, 6),
        }
        for by in _WHO
        for one in worse_served(_qualities(judged["groups"][by]))
    ]


def say_result(say: Say, phases: dict[str, Measured], judged: dict[str, Any]) -> None:
    """The whole result on the terminal."""
    say_phases(say, phases)
    _say_quality(say, judged)
    if judged.get("thresholds"):
        say_lines(say, {name: line_of(told) for name, told in judged["thresholds"].items()})
    for by in _GROUPS:
        _say_groups(say, by, judged["groups"][by])
    _say_kinds(say, judged["kinds"])
    _say_unfair(say, judged)


def say_phases(say: Say, phases: dict[str, Measured]) -> None:
    """Seconds and memory of each phase."""
    say.heading("Thời gian và bộ nhớ", "Time and memory")
    say.table(
        [
            ("Bước", "step"),
            ("giây", "seconds"),
            ("giây CPU", "CPU seconds"),
            ("GiB nhiều nhất", "peak GiB"),
            ("", ""),
        ],
        [
            (
                say.text(*PHASES[name]),
                one.wall_seconds,
                one.cpu_seconds,
                one.peak_gib,
                say.text("làm từ trước", "made before") if one.kept else "",
            )
            for name, one in phases.items()
        ],
    )


def _say_quality(say: Say, judged: dict[str, Any]) -> None:
    say.heading("Chất lượng", "Quality")
    rows: list[tuple[object, ...]] = [
        (say.text(vi, en), _percent(judged[key]["precision"]), _percent(judged[key]["recall"]))
        for key, vi, en in (
            ("accepted", "máy tự nhận", "accepted by the machine"),
            ("accepted_or_proposed", "thêm phần đề xuất cho cán bộ", "with what is proposed"),
            ("best_of_everybody", "người khớp nhất của mọi bản ghi", "best of every record"),
        )
    ]
    rows += [
        (
            say.text(f"ngưỡng đạt đúng ≥ {wanted}", f"cut where precision ≥ {wanted}"),
            _percent(cut["precision"]),
            _percent(cut["recall"]),
        )
        for wanted, cut in judged["at_precision"].items()
    ]
    say.table([("", ""), ("đúng", "precision"), ("tìm được", "recall")], rows)


def _say_groups(say: Say, by: str, groups: dict[str, dict[str, float]]) -> None:
    vi, en = _GROUPS[by]
    say.heading(f"Theo {vi}", f"By {en}")
    say.table(_COLUMNS, [(_named(say, by, name), *_row(one)) for name, one in groups.items()])


def _say_kinds(say: Say, kinds: dict[str, dict[str, float]]) -> None:
    say.heading("Theo loại sai sót của bản ghi", "By what is wrong with the record")
    worst = sorted(kinds.items(), key=lambda kind: kind[1]["recall"])
    say.table(_COLUMNS, [(name, *_row(one)) for name, one in worst])


_COLUMNS = [
    ("", ""),
    ("bản ghi", "records"),
    ("đúng", "precision"),
    ("tìm được", "recall"),
    ("kể cả đề xuất", "with proposed"),
    ("ở mức đúng .999", "at .999"),
]


def _row(one: dict[str, float]) -> tuple[object, ...]:
    shares = ("precision", "recall", "recall_with_proposed", "recall_at_0.999")
    return (one["records"], *(_percent(one[share]) for share in shares))


def _say_unfair(say: Say, judged: dict[str, Any]) -> None:
    say.heading("Ai được phục vụ kém hơn", "Who is served worse")
    found = [(by, one) for by in _WHO for one in worse_served(_qualities(judged["groups"][by]))]
    if not found:
        say.line(
            "Không nhóm nào kém các nhóm khác quá một điểm phần trăm.",
            "No group falls behind the others by more than a percentage point.",
        )
    for by, one in found:
        say.line(*_worse(say, by, one))


def _worse(say: Say, by: str, one: Worse) -> tuple[str, str]:
    share, others = _percent(one.share), _percent(one.others)
    name = _named(say, by, one.group)
    vi, en = _GROUPS[by]
    if one.measure == "recall":
        return (
            f"✗ {vi} {name}: máy tự tìm được {share} %, các nhóm khác {others} %.",
            f"✗ {en} {name}: {share} % are found without an officer, of the others {others} %.",
        )
    return (
        f"✗ {vi} {name}: {share} % kết quả là đúng người, các nhóm khác {others} %.",
        f"✗ {en} {name}: {share} % of what is found is right, of the others {others} %.",
    )


def _named(say: Say, by: str, group: str) -> str:
    return say.text(*_MINORITY[group]) if by == "minority" else group


def _qualities(groups: dict[str, dict[str, float]]) -> dict[str, Quality]:
    return {
        name: Quality(
            records=int(one["records"]),
            present=int(one["present"]),
            linked=int(one["linked"]),
            correct=int(one["correct"]),
        )
        for name, one in groups.items()
    }


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
