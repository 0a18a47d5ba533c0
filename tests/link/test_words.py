"""Evidence in words: plain Vietnamese and English, no personal value."""

from __future__ import annotations

from sogoc.link.policy import Policy
from sogoc.link.words import differs_in_words, evidence_in_words


def test_evidence_reads_as_one_sentence(policy: Policy) -> None:
    said = evidence_in_words("name:equal marks:lost born:year commune:equal", policy)
    assert said.vi == "Tên chỉ khác vì viết không dấu; ngày sinh khớp theo năm; cùng xã."
    assert said.en == (
        "The name differs only in that it is written without marks; "
        "the date of birth agrees in the year; same commune."
    )


def test_every_level_and_remark_has_words_in_both_languages(policy: Policy) -> None:
    for comparison in policy.comparisons:
        for level in comparison.levels:
            code = f"{comparison.id}:{level.code}"
            assert code not in evidence_in_words(code, policy).vi
            assert level.vi != level.en
    for remark in policy.remarks:
        assert remark.code not in evidence_in_words(remark.code, policy).en


def test_a_code_of_an_earlier_policy_is_shown_as_it_is(policy: Policy) -> None:
    assert evidence_in_words("shoe:size", policy).vi == "Shoe:size."


def test_no_evidence_is_said_so(policy: Policy) -> None:
    assert evidence_in_words(None, policy).vi == "Không có bằng chứng nào để so sánh."


def test_fields_that_differ_are_named() -> None:
    said = differs_in_words("name.marks born")
    assert said.vi == "dấu trong họ và tên, ngày sinh"
    assert said.en == "marks of the name, date of birth"
