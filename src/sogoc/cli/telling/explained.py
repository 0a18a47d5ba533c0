"""Why a person was verified as they were, on one screen, and as a picture in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import Place, Sentence, SettingsError
from sogoc.link.explaining.words import (
    ABSENT,
    CAP,
    PRIOR,
    UNSEEN,
    bits,
    comparison_words,
    level_words,
    percent,
    summary,
)
from sogoc.link.words import OUTCOME_WORDS, evidence_in_words
from sogoc.web.persons.waterfall import waterfall
from sogoc.web.wording import Speech

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.cli.telling.say import Say
    from sogoc.link.explaining.account import Candidate
    from sogoc.pipeline.after.doubling import Searched
    from sogoc.pipeline.after.explaining import Explained
    from sogoc.web.reading.figures import Verification


def say_explained(say: Say, made: Explained, stands: Verification | None) -> None:
    """The answer that stands, the decision in words, the weights, and all who may be meant."""
    if stands is not None:
        outcome = OUTCOME_WORDS[stands.outcome]
        say.heading(f"Kết quả đang có: {outcome.vi}", f"The answer that stands: {outcome.en}")
        say.sentence(evidence_in_words(stands.evidence, made.policy))
    say.heading("Vì sao", "Why")
    for sentence in summary(made.account, made.policy):
        say.sentence(sentence)
    for candidate in made.account.candidates[:1]:
        _weights(say, made, candidate)
    _who(say, made)


def say_doubles(say: Say, found: Searched, *, most: int) -> None:
    """How many pairs in how many clusters, and the first of them; records by their numbers."""
    name = found.object.label or found.object.name
    pairs = [(number, one) for number, group in enumerate(found.clusters, 1) for one in group]
    say.heading(
        f"{name}: {len(pairs)} cặp có thể là một người, {len(found.clusters)} nhóm, "
        f"trong {found.records} người",
        f"{found.object.name}: {len(pairs)} pairs that may be one person, "
        f"{len(found.clusters)} clusters, of {found.records} persons",
    )
    say.table(
        [
            ("Nhóm", "cluster"),
            ("Bản ghi", "record"),
            ("Và", "and"),
            ("Khả năng", "chance"),
            ("Vì sao", "why"),
        ],
        [
            (
                str(number),
                str(one.record),
                str(one.other),
                _share(say, one.posterior),
                _said(say, evidence_in_words(one.evidence, found.policy)),
            )
            for number, one in pairs[:most]
        ],
    )


def write_picture(say: Say, made: Explained, file: Path) -> None:
    """The weights of the best candidate as an SVG. Raises SettingsError."""
    if not made.account.candidates:
        say.line("Không có ai để vẽ.", "There is nobody to draw.")
        return
    chart = waterfall(made.account, made.account.candidates[0], Speech(say.language))
    try:
        # Alone in a file it has no page behind it.
        file.write_text(chart.wide.replace("</desc>", _PAPER, 1), encoding="utf-8")
    except OSError as wrong:
        raise SettingsError(
            Sentence(
                vi=f"Không ghi được tệp ({wrong.strerror}). Chọn tên khác cho --picture.",
                en=f"The file cannot be written ({wrong.strerror}). Name another with --picture.",
            ),
            place=Place(file=str(file)),
        ) from wrong
    say.path("Hình", "Picture", file)


def _weights(say: Say, made: Explained, one: Candidate) -> None:
    say.heading("Trọng số của người hợp nhất", "Weights of the person who fits best")
    prior = made.account.prior
    compared = [
        (comparison_words(part.comparison), level_words(part), part.weight) for part in one.parts
    ]
    rows = [
        (PRIOR, _NOTHING, prior),
        *compared,
        *([(CAP, _NOTHING, one.capped)] if one.capped else []),
        (Sentence("Cộng lại", "Together"), _NOTHING, prior + one.weight),
    ]
    say.table(
        [("So sánh", "compared"), ("Kết quả", "found"), ("Trọng số", "weight")],
        [(_said(say, what), _said(say, found), _said(say, bits(own))) for what, found, own in rows],
    )


def _who(say: Say, made: Explained) -> None:
    say.heading("Có thể là ai", "Who may be meant")
    account = made.account
    rows: list[tuple[object, ...]] = [
        (f"{one.place}. {one.number or '–'}", _said(say, bits(one.weight)), _share(say, one.share))
        for one in account.candidates
    ]
    rows.append((_said(say, UNSEEN), "", _share(say, account.unseen)))
    rows.append((_said(say, ABSENT), "", _share(say, account.absent)))
    say.table(
        [("Số định danh", "personal number"), ("Bằng chứng", "evidence"), ("Khả năng", "chance")],
        rows,
    )


_PAPER = '</desc><rect width="100%" height="100%" fill="#fff"/>'
_NOTHING = Sentence("", "")


def _said(say: Say, words: Sentence) -> str:
    return say.text(words.vi, words.en)


def _share(say: Say, share: float) -> str:
    return _said(say, percent(share))
