"""What became of a delivery, on one screen: what a person should look at next comes last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sogoc.cli.telling.say import Say
from sogoc.contract.model import Register, RuleForm
from sogoc.database.deliveries import Scope
from sogoc.link.explaining.promised import promised_words
from sogoc.link.words import OUTCOME_WORDS
from sogoc.pipeline.deliver import Delivered
from sogoc.pipeline.linking.models import LINKING
from sogoc.pipeline.parts import Parts
from sogoc.records.links.events import KINDS, LinkEvents
from sogoc.web.reading.figures import Reader

_SHOWN = 8
"""Rules listed; the page has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A delivery in one line."""

    records: int
    groups: dict[int, int]
    dqi: float | None


def figures_of(parts: Parts, delivered: Delivered) -> Figures:
    """The figures of a delivery, over all its objects."""
    reader, delivery = Reader(parts.connection), delivered.delivery
    totals = _groups(reader, delivery.id)
    rows = [delivery.counts.get(one.name, {}) for one in delivered.register.objects]
    index = [one.dqi for one in reader.scores(delivery.id, "register") if not one.criterion]
    return Figures(
        records=sum(row.get("rows", 0) for row in rows),
        groups=totals,
        dqi=index[0] if index else None,
    )


def _groups(reader: Reader, delivery: int) -> dict[int, int]:
    totals = {1: 0, 2: 0, 3: 0}
    for group in reader.groups(delivery):
        totals[group.group] += group.records
    return totals


def say_summary(say: Say, parts: Parts, delivered: Delivered) -> None:
    """Counts, groups, what is wrong most often, who was verified, and the index."""
    delivery, register = delivered.delivery, delivered.register
    if delivered.known_already:
        day = f"{delivery.merged_at:%d/%m/%Y}" if delivery.merged_at else ""
        say.line(
            f"Tệp này đã nhận ngày {day} (lô số {delivery.id}); không có gì thay đổi.",
            f"This file was already taken in on {day} (delivery {delivery.id}); nothing changed.",
        )
        return
    reader = Reader(parts.connection)
    say.heading(f"{register.name}: lô số {delivery.id}", f"{register.name}: delivery {delivery.id}")
    if delivery.scope != Scope.PLACES:
        _say_single(say, register, delivery.counts)
        _say_notes(say, delivery.counts)
        return
    _say_records(say, register, delivery.counts)
    _say_groups(say, reader, delivery.id)
    _say_rules(say, reader, register, delivery=delivery.id)
    _say_persons(say, reader, register)
    _say_promises(say, delivery.counts.get(LINKING, {}).get("promises", {}))
    _say_links(say, LinkEvents(parts.connection).counts(register.id, delivery.id))
    _say_index(say, reader, delivery.id)
    _say_notes(say, delivery.counts)


def _say_notes(say: Say, counts: dict[str, Any]) -> None:
    for note in counts.get("file", {}).get("notes", ()):
        say.line(f"Lưu ý: {note['vi']}", f"Note: {note['en']}")


def _say_single(say: Say, register: Register, counts: dict[str, dict[str, int]]) -> None:
    names = ("rows", "inserted", "changed", "unchanged", "returned", "ended", "opened", "closed")
    say.table(
        [
            ("Đối tượng", "object"),
            ("Bản ghi", "records"),
            ("Mới", "new"),
            ("Thay đổi", "changed"),
            ("Giữ nguyên", "unchanged"),
            ("Có lại", "back again"),
            ("Kết thúc", "ended"),
            ("Lỗi mới", "findings opened"),
            ("Lỗi đã hết", "findings closed"),
        ],
        [
            (one.label or one.name, *(counts[one.name].get(count, 0) for count in names))
            for one in register.objects
            if one.name in counts
        ],
    )
    say.line(
        "Chỉ các bản ghi này thay đổi; điểm chất lượng vẫn là điểm của lô gần nhất được kiểm tra "
        "toàn bộ.",
        "These records alone changed; the score stays that of the last delivery checked whole.",
    )


def _say_records(say: Say, register: Register, counts: dict[str, dict[str, int]]) -> None:
    say.table(
        [
            ("Đối tượng", "object"),
            ("Bản ghi", "records"),
            ("Mới", "new"),
            ("Thay đổi", "changed"),
            ("Giữ nguyên", "unchanged"),
            ("Không còn trong tệp", "no longer in the file"),
            ("Lỗi mới", "findings opened"),
            ("Lỗi đã hết", "findings closed"),
        ],
        [
            (
                one.label or one.name,
                *(
                    counts[one.name].get(count, 0)
                    for count in (
                        "rows",
                        "inserted",
                        "changed",
                        "unchanged",
                        "missing",
                        "opened",
                        "closed",
                    )
                ),
            )
            for one in register.objects
            if one.name in counts
        ],
    )


def _say_groups(say: Say, reader: Reader, delivery: int) -> None:
    totals = _groups(reader, delivery)
    say.heading("Phân nhóm", "Groups")
    say.table(
        [("Nhóm", "group"), ("Bản ghi", "records"), ("Nghĩa là", "which means")],
        [
            ("1", totals[1], say.text("đúng, đủ, sạch, sống", "correct, sufficient, clean, alive")),
            ("2", totals[2], say.text("phải sửa, bổ sung hoặc xác minh", "to mend or to verify")),
            ("3", totals[3], say.text("chưa dùng được, phải lập lại", "not usable as it stands")),
        ],
    )


def _say_rules(say: Say, reader: Reader, register: Register, *, delivery: int) -> None:
    names = {rule.code: rule for one in register.objects for rule in one.rules}
    failed = [one for one in reader.scores(delivery, "rule") if one.failed]
    lacking = {code for code, rule in names.items() if rule.form is RuleForm.COVERAGE}
    for one in (one for one in failed if one.name in lacking):
        vi, en = _names(names[one.name], one.name)
        count = say.figure(one.failed)
        say.heading(f"Còn thiếu {count} ({vi})", f"{count} are not there ({en})")
    broken = [one for one in failed if one.name not in lacking]
    if not broken:
        return
    say.heading("Lỗi hay gặp nhất", "Broken most often")
    most = sorted(broken, key=lambda one: (-one.failed, one.name))[:_SHOWN]
    say.table(
        [("Bản ghi", "records"), ("Quy tắc", "rule"), ("Mã", "code")],
        [(one.failed, say.text(*_names(names.get(one.name), one.name)), one.name) for one in most],
    )


def _names(rule: object, code: str) -> tuple[str, str]:
    vi = getattr(rule, "name", "") or code
    return vi, getattr(rule, "name_en", "") or vi


def _say_persons(say: Say, reader: Reader, register: Register) -> None:
    outcomes: dict[str, int] = {}
    for one in reader.outcomes(register.id):
        outcomes[one.outcome] = outcomes.get(one.outcome, 0) + one.persons
    if not outcomes:
        return
    say.heading("Đối soát với dân cư", "Persons verified")
    say.table(
        [("Người", "persons"), ("Kết quả", "outcome")],
        [
            (outcomes[code], say.text(words.vi, words.en))
            for code, words in OUTCOME_WORDS.items()
            if code in outcomes
        ],
    )


def _say_promises(say: Say, said: dict[str, dict[str, Any]]) -> None:
    for name, promise in said.items():
        words = promised_words(promise)
        say.line(f"{name}: {words.vi}", f"{name}: {words.en}")


def _say_links(say: Say, counts: dict[str, int]) -> None:
    """Links that stood and changed: somebody should look at them."""
    for kind, words in KINDS.items():
        if counts.get(kind):
            say.line(
                f"{say.figure(counts[kind])} liên kết: {words.vi}. Xem: sogoc link events",
                f"{say.figure(counts[kind])} links: {words.en}. See: sogoc link events",
            )


def _say_index(say: Say, reader: Reader, delivery: int) -> None:
    for one in reader.scores(delivery, "register"):
        if not one.criterion and one.dqi is not None:
            figure = say.figure(one.dqi)
            say.heading(f"Chỉ số chất lượng (DQI): {figure} %", f"Score (DQI): {figure} %")
