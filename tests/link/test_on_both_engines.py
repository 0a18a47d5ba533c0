"""The cascade gives the same answers on both engines, to the row and in every table between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sogoc.link.policy import Policy
from sogoc.testing.both_engines import BothEngines
from sogoc.testing.district import Someone, district

pytestmark = pytest.mark.spark

AN = Someone(
    "Nguyễn Văn Ân", "1991-03-17", "nam", "001091000001", "012345678", "00001", father="Nguyễn Cha"
)
HOA = Someone(
    "Trần Thị Hoà", "1992-05-06", "nữ", "001192000002", None, "00002", spouse="Phan Chí Công"
)
CONG = Someone("Phan Chí Công", "1990-11-12", "nam", "001090000003", None, "00002")
TWINS = (
    Someone("Đinh Hải Long", "1999-09-09", "nam", "001099000006", None, "00101"),
    Someone("Đinh Hải Lân", "1999-09-09", "nam", "001099000007", None, "00101"),
)
DEAD = Someone("Lý Thị Tám", "1931", "nữ", "001131000008", None, "00201", died="2020-07-01")
LINH = Someone("H'Linh Niê", "1994-02-03", "nữ", "066194000011", None, "00003")
# The most usual name on the most usual day: what is known of them is a year.
NEW_YEAR = tuple(
    Someone("Nguyễn Văn Nam", "1962-01-01", "nam", f"00106200{i:04d}", None, "00001")
    for i in range(20)
)
PEOPLE = [AN, HOA, CONG, *TWINS, DEAD, LINH, *NEW_YEAR]
ASKED = [
    *(AN, HOA, CONG, *TWINS, DEAD, LINH, *NEW_YEAR[:3]),
    # a digit slipped; the old number; the number of the husband on the row of the wife
    *(replace(AN, number="001091000007"), replace(AN, number=None, name="NGUYEN VAN AN")),
    *(replace(HOA, number=CONG.number), replace(HOA, name="TRẦN THỊ HÒA", born="1992")),
    # no number, and less and less besides
    *(replace(one, number=None, old_number=None) for one in (AN, HOA, LINH, NEW_YEAR[4])),
    *(replace(one, number=None, old_number=None, born=None) for one in (AN, LINH, CONG)),
    *(replace(one, number=None, old_number=None, commune=None, sex=None) for one in (*TWINS, DEAD)),
    replace(LINH, number=None, name="H Linh Nie", born="1994-03-02"),
    Someone("Người Không Có", "1900-01-01", "nam", "001000000099", None, None),
    Someone(None, None, None, "001091000001", None, None),
    Someone("Võ Danh", None, None, None, None, None),
]


@pytest.mark.parametrize("link_to", ["many-to-one", "one-to-one"])
def test_every_table_of_the_cascade_is_the_same_on_both_engines(
    both_engines: BothEngines, policy: Policy, link_to: str
) -> None:
    ready = district(PEOPLE, both_engines, policy)
    judged = [(1, "owner", AN.number, "same"), (2, "owner", CONG.number, "other")]
    answers = ready.ask(*ASKED, link_to=link_to, judgements=judged)
    assert len(answers) >= len(ASKED) - 1
    assert both_engines.compared[-1] == "verified__people"
