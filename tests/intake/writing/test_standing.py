"""What is passed without a look would not have been changed by looking."""

from __future__ import annotations

import csv
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sogoc.intake.writing.columns import Column
from sogoc.intake.writing.standing import endings, stands
from sogoc.intake.writing.syllables import ONSETS, is_syllable
from sogoc.shipped import shipped

SIGNS = st.text(
    alphabet="aăâàạđươộiyngthqucGNĂÀ 01.,'`~?()^+-/@_\u00a0\u200b\u0301\u212a\u017f¨µ", max_size=12
)


def stands_alone(text: str, *, by_keys: bool) -> bool:
    return bool(stands(pa.array([text], pa.string()), by_keys=by_keys)[0])


def column(*, by_keys: bool) -> Column:
    """A column that is all old writing, so that everything that can be read otherwise is."""
    made = Column(by_keys=by_keys)
    made.shares = dict.fromkeys(made.shares, 0.3) | {"": 1e-4}
    return made


@pytest.mark.parametrize("by_keys", [True, False])
@settings(deadline=None)  # the first text builds the expression
@given(text=SIGNS)
@example(text="Hai ")
@example(text="\u212arông Ana")  # the sign of Kelvin is K in normal form
@example(text="Nguyễn Va8n")
@example(text="Hoàng")
def test_no_text_that_stands_has_another_reading(*, by_keys: bool, text: str) -> None:
    if stands_alone(text, by_keys=by_keys):
        assert column(by_keys=by_keys).read(text) == (text, "")


def test_all_endings_make_legal_syllables_with_every_onset_of_their_kind() -> None:
    usual = [onset for onset in ONSETS if onset not in ("gi", "qu", "gh", "ngh")]
    for kind in (usual, ["gi"], ["qu"], ["gh", "ngh"]):
        wrong = [one + end for end in endings(kind) for one in kind if not is_syllable(one + end)]
        assert wrong == []


def test_most_names_of_places_need_no_look() -> None:
    file = shipped("reference-data") / "admin-units" / "units.csv"
    with file.open(encoding="utf-8") as rows:
        names = [unicodedata.normalize("NFC", row["name_vi"]) for row in csv.DictReader(rows)]
    assert stands(pa.array(names), by_keys=True).mean() > 0.75


def test_nothing_stands_for_itself() -> None:
    assert stands(pa.array([None, ""], pa.string()), by_keys=True).tolist() == [True, True]
