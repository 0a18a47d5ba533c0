"""Evidence and outcomes in words, Vietnamese and English, without a single personal value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import Sentence

if TYPE_CHECKING:
    from sogoc.link.policy import Policy

OUTCOME_WORDS = {
    "verified": Sentence(
        vi="Khớp với cơ sở dữ liệu dân cư", en="Agrees with the population register"
    ),
    "differs": Sentence(
        vi="Đúng người, có thông tin sai khác", en="The right person, something differs"
    ),
    "found": Sentence(
        vi="Tìm thấy một người phù hợp, chưa có số định danh dùng được",
        en="One person fits; the record has no usable number",
    ),
    "ambiguous": Sentence(
        vi="Nhiều người cùng phù hợp, chưa phân biệt được",
        en="Several persons fit and cannot be told apart",
    ),
    "mismatch": Sentence(
        vi="Số định danh là của người khác", en="The number belongs to somebody else"
    ),
    "not_found": Sentence(
        vi="Không tìm thấy trong cơ sở dữ liệu dân cư", en="Nobody in the population register fits"
    ),
    "deceased": Sentence(
        vi="Đúng người, cơ sở dữ liệu dân cư đã ghi là chết",
        en="The right person, recorded as dead in the population register",
    ),
    "needs_a_person": Sentence(vi="Cần cán bộ xem xét", en="An officer must look at it"),
}
"""What each outcome says on a page."""

DIFFERS_WORDS = {
    "number": Sentence(vi="số định danh", en="personal number"),
    "name": Sentence(vi="họ và tên", en="name"),
    "name.marks": Sentence(vi="dấu trong họ và tên", en="marks of the name"),
    "born": Sentence(vi="ngày sinh", en="date of birth"),
    "sex": Sentence(vi="giới tính", en="sex"),
}
"""What each word in the column `differs` says."""


def evidence_in_words(evidence: str | None, policy: Policy) -> Sentence:
    """The evidence of one verification as one sentence in each language.

    A code that this policy does not know (it was written by an earlier one) is shown as it is.
    """
    words = _words(policy)
    codes = [
        code for code in (evidence or "").split(" ") if code and code not in _implied(evidence)
    ]
    said = [words.get(code, Sentence(vi=code, en=code)) for code in codes]
    return Sentence(
        vi=_as_sentence([one.vi for one in said], "Không có bằng chứng nào để so sánh."),
        en=_as_sentence([one.en for one in said], "There was nothing to compare."),
    )


def differs_in_words(differs: str | None) -> Sentence:
    """The fields that differ, by name."""
    said = [DIFFERS_WORDS.get(word, Sentence(vi=word, en=word)) for word in (differs or "").split()]
    return Sentence(vi=", ".join(one.vi for one in said), en=", ".join(one.en for one in said))


def _words(policy: Policy) -> dict[str, Sentence]:
    levels = {
        f"{comparison.id}:{level.code}": Sentence(vi=level.vi, en=level.en)
        for comparison in policy.comparisons
        for level in comparison.levels
    }
    remarks = {one.code: Sentence(vi=one.vi, en=one.en) for one in policy.remarks}
    return levels | remarks


def _implied(evidence: str | None) -> frozenset[str]:
    """What says nothing more: that the name agrees, beside a sentence about its marks."""
    has_marks = " marks:" in f" {evidence or ''}"
    return frozenset({"name:equal"}) if has_marks else frozenset()


def _as_sentence(parts: list[str], nothing: str) -> str:
    if not parts:
        return nothing
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
