"""Every outcome of verifying a person, each by a dirty example from real registers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sogoc.link.outcomes import OUTCOMES
from sogoc.link.words import OUTCOME_WORDS
from sogoc.testing.district import District, Someone

AN = Someone(
    "Nguyễn Văn Ân", "1991-03-17", "nam", "001091000001", "012345678", "00001", father="Nguyễn Cha"
)
HOA = Someone(
    "Trần Thị Hoà", "1992-05-06", "nữ", "001192000002", None, "00002", spouse="Phan Chí Công"
)
CONG = Someone("Phan Chí Công", "1990-11-12", "nam", "001090000003", None, "00002")
SON = Someone("Võ Tấn Lộc", "1995-01-20", "nam", "001095000004", None, "00003")
FATHER = replace(SON, born="1965-02-10", number="001065000005")
TWINS = (
    Someone("Đinh Hải Long", "1999-09-09", "nam", "001099000006", None, "00101"),
    Someone("Đinh Hải Lân", "1999-09-09", "nam", "001099000007", None, "00101"),
)
DEAD = Someone("Lý Thị Tám", "1931", "nữ", "001131000008", None, "00201", died="2020-07-01")
NAMESAKES = (
    Someone("Tạ Quang Vinh", "1988-08-08", "nam", "001088000009", None, "00001"),
    Someone("Tạ Quang Vinh", "1988-04-02", "nam", "001088000010", None, "00001"),
)
LINH = Someone("H'Linh Niê", "1994-02-03", "nữ", "066194000011", None, "00003")
PEOPLE = [AN, HOA, CONG, SON, FATHER, *TWINS, DEAD, *NAMESAKES, LINH]


@pytest.fixture(scope="module")
def district(district_of: Callable[[list[Someone]], District]) -> District:
    return district_of(PEOPLE)


def _without_number(someone: Someone) -> Someone:
    return replace(someone, number=None, old_number=None, father=None)


def test_number_name_and_date_agree(district: District) -> None:
    answer = district.one(AN)
    assert (answer["outcome"], answer["number"]) == ("verified", AN.number)
    assert answer["differs"] is None


def test_a_year_alone_is_a_lawful_date_of_birth(district: District) -> None:
    answer = district.one(replace(AN, born="1991"))
    assert answer["outcome"] == "verified"
    assert "born:year" in str(answer["evidence"])


def test_old_and_new_tone_placement_are_one_name(district: District) -> None:
    assert district.one(replace(HOA, name="TRẦN THỊ HÒA"))["outcome"] == "verified"


def test_lost_marks_are_a_difference_of_their_own(district: District) -> None:
    answer = district.one(replace(AN, name="NGUYEN VAN AN"))
    assert (answer["outcome"], answer["differs"]) == ("differs", "name.marks")
    assert "marks:lost" in str(answer["evidence"])


def test_another_mark_is_another_name_to_be_mended(district: District) -> None:
    answer = district.one(replace(AN, name="Nguyễn Văn An"))
    assert (answer["outcome"], answer["differs"]) == ("differs", "name.marks")
    assert "marks:differ" in str(answer["evidence"])


def test_swapped_day_and_month_differ_under_the_right_number(district: District) -> None:
    answer = district.one(replace(HOA, born="1992-06-05"))
    assert (answer["outcome"], answer["differs"]) == ("differs", "born")
    assert "born:swapped" in str(answer["evidence"])


def test_the_other_sex_differs(district: District) -> None:
    answer = district.one(replace(AN, sex="nữ"))
    assert (answer["outcome"], answer["differs"]) == ("differs", "sex")


def test_living_elsewhere_is_no_fault(district: District) -> None:
    assert district.one(replace(AN, commune="00201"))["outcome"] == "verified"


@pytest.mark.parametrize("name", ["Nguyễn Ân", "Nguyễn Thị Ân"])
def test_a_marker_added_or_lost_is_shown_never_accepted(district: District, name: str) -> None:
    numbered = district.one(replace(AN, name=name))
    assert (numbered["outcome"], numbered["differs"]) == ("differs", "name")
    assert district.one(replace(AN, name=name, number=None))["outcome"] == "needs_a_person"


def test_a_number_with_another_middle_name_and_no_date_may_be_a_brothers(
    district: District,
) -> None:
    record = replace(AN, name="Nguyễn Đức Ân", born=None, old_number=None, commune=None)
    answer = district.one(replace(record, father=None))
    assert answer["outcome"] == "needs_a_person"


def test_nobody_of_another_name_is_proposed(district: District) -> None:
    record = replace(AN, name="Phạm Thuý", number=None, father=None)
    answer = district.one(record)
    assert (answer["outcome"], answer["number"]) == ("needs_a_person", None)


def test_a_wife_under_her_husbands_number_is_told_apart(district: District) -> None:
    answer = district.one(replace(HOA, number=CONG.number))
    assert (answer["outcome"], answer["number"]) == ("mismatch", HOA.number)
    assert "bearer:spouse" in str(answer["evidence"])


def test_a_number_of_somebody_else_whose_owner_is_nowhere(district: District) -> None:
    answer = district.one(replace(LINH, name="Ksor Bhăm", born="1970-07-07", number=CONG.number))
    assert (answer["outcome"], answer["number"]) == ("mismatch", None)


def test_a_twin_under_the_others_number_is_not_a_spelling(district: District) -> None:
    answer = district.one(replace(TWINS[0], number=TWINS[1].number))
    assert answer["outcome"] in {"mismatch", "needs_a_person"}
    assert answer["outcome"] != "differs"


def test_a_twin_without_a_number_is_found_by_name(district: District) -> None:
    answer = district.one(_without_number(TWINS[0]))
    assert (answer["outcome"], answer["number"]) == ("found", TWINS[0].number)


def test_father_and_son_of_one_name_are_told_apart_by_the_year(district: District) -> None:
    answer = district.one(replace(_without_number(SON), born="1995"))
    assert (answer["outcome"], answer["number"]) == ("found", SON.number)


def test_father_and_son_of_one_name_cannot_be_told_apart_without_it(district: District) -> None:
    answer = district.one(replace(_without_number(SON), born=None))
    assert (answer["outcome"], answer["number"]) == ("ambiguous", None)


def test_namesakes_of_one_year_and_commune_are_ambiguous(district: District) -> None:
    answer = district.one(replace(_without_number(NAMESAKES[0]), born="1988"))
    assert (answer["outcome"], answer["number"]) == ("ambiguous", None)
    assert "candidates:several" in str(answer["evidence"])


def test_the_old_number_in_the_column_of_the_new_one_finds_its_bearer(district: District) -> None:
    record = replace(AN, number=None, old_number=None, written={"number": "012 345 678"})
    answer = district.one(record)
    assert (answer["outcome"], answer["number"]) == ("found", AN.number)
    assert "old_number:equal" in str(answer["evidence"])


def test_a_number_that_lost_its_zero_in_a_spreadsheet_finds_its_bearer(district: District) -> None:
    answer = district.one(replace(HOA, number=None, written={"number": "1192000002"[:11]}))
    assert (answer["outcome"], answer["number"]) == ("found", HOA.number)


def test_one_wrong_digit_is_found_and_named(district: District) -> None:
    answer = district.one(replace(AN, number="001091000091"))
    assert (answer["outcome"], answer["number"]) == ("found", AN.number)
    assert answer["differs"] == "number"
    assert "number:slip" in str(answer["evidence"])


def test_swapped_day_and_month_without_a_number_are_found(district: District) -> None:
    answer = district.one(replace(_without_number(HOA), born="1992-06-05"))
    assert (answer["outcome"], answer["number"]) == ("found", HOA.number)


def test_lost_marks_without_a_number_are_found(district: District) -> None:
    answer = district.one(replace(_without_number(LINH), name="H LINH NIE"))
    assert (answer["outcome"], answer["number"]) in {
        ("found", LINH.number),
        ("needs_a_person", LINH.number),
    }


def test_a_name_in_another_order_leads_to_its_person(district: District) -> None:
    answer = district.one(replace(_without_number(SON), name="Lộc Võ Tấn"))
    assert answer["number"] == SON.number
    assert answer["outcome"] in {"found", "needs_a_person"}


def test_nobody_of_that_name_and_date(district: District) -> None:
    answer = district.one(Someone("Âu Dương Phong", "1993-04-04", "nam", None, None, "00001"))
    assert (answer["outcome"], answer["number"]) == ("not_found", None)


def test_a_number_that_nobody_bears_is_not_found(district: District) -> None:
    record = Someone("Âu Dương Phong", "1993-04-04", "nam", "001093999999")
    assert district.one(record)["outcome"] == "not_found"


def test_a_death_on_record_is_told_under_the_right_number(district: District) -> None:
    answer = district.one(replace(DEAD, died=None))
    assert (answer["outcome"], answer["number"]) == ("deceased", DEAD.number)


def test_nobody_is_dead_on_a_score(district: District) -> None:
    answer = district.one(replace(_without_number(DEAD), died=None))
    assert answer["outcome"] == "needs_a_person"
    assert "died:recorded" in str(answer["evidence"])


def test_a_register_of_deaths_hears_whether_the_population_register_knows(
    district: District,
) -> None:
    assert district.one(DEAD)["outcome"] == "deceased"


def test_a_name_alone_needs_a_person(district: District) -> None:
    assert district.one(Someone("Nguyễn Văn An"))["outcome"] == "needs_a_person"


def test_a_number_without_a_name_needs_a_person(district: District) -> None:
    answer = district.one(Someone(None, number=AN.number))
    assert answer["outcome"] == "needs_a_person"


def test_an_organisation_in_the_cell_is_no_person(district: District) -> None:
    record = replace(AN, name=None, written={"name": "Công ty TNHH Một Thành Viên"})
    assert district.ask(record) == []


def test_a_record_without_a_person_has_no_row(district: District) -> None:
    assert district.ask(Someone(None, "1990", "nam")) == []


def test_a_divided_commune_counts_as_any_of_its_parts(district: District) -> None:
    written = {"candidates": "00001 00003"}
    answer = district.one(replace(_without_number(AN), commune=None, written=written))
    assert "commune:possible" in str(answer["evidence"])


def test_a_second_claim_where_a_person_may_stand_once(district: District) -> None:
    records = (AN, _without_number(AN))
    once = district.ask(*records, link_to="one-to-one")
    often = district.ask(*records)
    assert [answer["outcome"] for answer in often] == ["verified", "found"]
    assert [answer["outcome"] for answer in once] == ["verified", "needs_a_person"]
    assert "claim:second" in str(once[1]["evidence"])


def test_a_judgement_outranks_every_score(district: District) -> None:
    record = replace(_without_number(NAMESAKES[0]), born="1988")
    chosen = NAMESAKES[1].number
    (same,) = district.ask(record, judgements=[(1, "owner", chosen, "same")])
    assert (same["outcome"], same["number"], same["probability"]) == ("found", chosen, 1.0)
    assert "judged:same" in str(same["evidence"])
    (other,) = district.ask(record, judgements=[(1, "owner", chosen, "other")])
    assert (other["outcome"], other["number"]) != (same["outcome"], chosen)
    (absent,) = district.ask(record, judgements=[(1, "owner", None, "absent")])
    assert (absent["outcome"], absent["evidence"]) == ("not_found", "judged:absent")


def test_a_judgement_that_a_number_is_not_his_outranks_the_number(district: District) -> None:
    (answer,) = district.ask(AN, judgements=[(1, "owner", AN.number, "other")])
    assert answer["number"] != AN.number


def test_a_namesake_whom_an_officer_ruled_out_no_longer_counts_as_unseen(
    district: District,
) -> None:
    record = replace(_without_number(NAMESAKES[0]), commune=None)
    district.ask(record)
    before = district.engine.rows("select unseen, mass from link_candidates__people")
    district.ask(record, judgements=[(1, "owner", NAMESAKES[1].number, "other")])
    after = district.engine.rows("select unseen, mass from link_candidates__people")
    assert [unseen > 0 for unseen, _ in before] == [True]
    assert [unseen for unseen, _ in after] == [0]


def test_the_order_of_records_changes_no_answer(district: District) -> None:
    records = [AN, _without_number(HOA), replace(HOA, number=CONG.number), SON, *NAMESAKES]
    there = district.ask(*records)
    back = list(reversed(district.ask(*reversed(records))))
    for one, other in zip(there, back, strict=True):
        assert {**one, "_row": 0} == {**other, "_row": 0}


def test_every_outcome_has_words_and_stands_in_the_reference() -> None:
    assert OUTCOMES.keys() == OUTCOME_WORDS.keys()
    page = Path(__file__).parents[2] / "docs" / "reference" / "verification.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    for outcome, words in OUTCOME_WORDS.items():
        assert any(line.startswith(f"| `{outcome}` | {words.vi} |") for line in lines), outcome
