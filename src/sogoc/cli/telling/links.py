"""One person found, events of links, models and promises, as a terminal shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sogoc.errors import Sentence
from sogoc.link.explaining.promised import promised_words
from sogoc.link.explaining.words import bits, percent
from sogoc.link.words import OUTCOME_WORDS, differs_in_words, evidence_in_words
from sogoc.records.links.events import KINDS, MERGED, PARTED
from sogoc.values.kinds import Kind
from sogoc.values.readers import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sogoc.cli.telling.say import Say
    from sogoc.database.decisions.models import LinkModel
    from sogoc.pipeline.after.finding import Found
    from sogoc.records.links.events import LinkEvent


def say_found(say: Say, found: Found, *, shown: bool) -> None:
    """The outcome, the evidence and who may be meant, best first."""
    for flaw in found.unread:
        say.sentence(flaw)
    answer = found.answer
    if answer is None:
        say.line(
            "Chưa đủ thông tin để tìm người: cần tên hoặc số định danh.",
            "Too little is told to look for anybody: a name or a personal number is needed.",
        )
        return
    outcome = OUTCOME_WORDS[answer.outcome]
    say.heading(f"Kết quả: {outcome.vi}", f"Outcome: {outcome.en}")
    say.sentence(evidence_in_words(answer.evidence, found.policy))
    if answer.differs:
        differs = differs_in_words(answer.differs)
        say.line(f"Khác ở: {differs.vi}.", f"Differs in: {differs.en}.")
    if answer.number is not None:
        number = _number(answer.number, shown=shown)
        say.line(f"Số định danh: {number}", f"Personal number: {number}")
    if answer.probability is not None:
        said = percent(answer.probability)
        say.line(f"Khả năng đúng người: {said.vi}", f"Chance that this is the person: {said.en}")
    rows: list[tuple[object, ...]] = [
        (f"{one.place}. {_number(one.number, shown=shown)}", *_weighed(say, one.weight, one.share))
        for one in found.candidates
    ]
    if rows:
        say.heading("Có thể là ai", "Who may be meant")
        say.table(
            [
                ("Số định danh", "personal number"),
                ("Bằng chứng", "evidence"),
                ("Khả năng", "chance"),
            ],
            rows,
        )
    model = found.model or "–"
    say.line(
        f"Đối chiếu với sổ dân cư, lô số {found.population}; mô hình {model}.",
        f"Against the population register, delivery {found.population}; model {model}.",
    )


def say_event(say: Say, one: LinkEvent) -> str:
    """What happened, in words; nobody's number."""
    said = [_said(say, KINDS[one.kind])]
    for words, other in ((MERGED, one.merged_with), (PARTED, one.split_from)):
        if other is not None:
            said.append(say.text(words.vi.format(other), words.en.format(other)))
    return "; ".join(said)


def say_models(say: Say, known: list[LinkModel]) -> None:
    """Every model, newest first, and which one deliveries are linked by."""
    say.table(
        [
            ("Loại bản ghi", "object"),
            ("Phiên bản", "version"),
            ("Quy tắc", "policy"),
            ("Số cặp", "pairs"),
            ("Người kết luận", "by people"),
            ("Học ngày", "learned"),
            ("Chấp nhận", "accepted"),
            ("Đang dùng", "in use"),
        ],
        [
            (
                one.object,
                str(one.version),
                one.policy_version,
                one.pairs,
                one.judged,
                f"{one.learned_at:%d/%m/%Y}",
                f"{one.accepted_by} {one.accepted_at:%d/%m/%Y}" if one.accepted_at else "–",
                say.text("có", "yes") if one.in_use else "–",
            )
            for one in known
        ],
    )


def say_promises(say: Say, delivery: int, linking: Mapping[str, Any]) -> None:
    """For each object what its links are worth, and by what they were linked."""
    say.heading(f"Lô số {delivery}", f"Delivery {delivery}")
    for name, promise in linking["promises"].items():
        words = promised_words(promise)
        say.line(f"{name}: {words.vi}", f"{name}: {words.en}")
        model = linking["models"].get(name)
        if model:
            say.line(
                f"  Đối soát theo mô hình số {model['version']}.",
                f"  Linked by model {model['version']}.",
            )


def _weighed(say: Say, weight: int, share: float) -> tuple[str, str]:
    return _said(say, bits(weight)), _said(say, percent(share))


def _number(number: str | None, *, shown: bool) -> str:
    if number is None:
        return "–"
    return number if shown else masked(Kind.PERSONAL_ID, number)


def _said(say: Say, words: Sentence) -> str:
    return say.text(words.vi, words.en)
