"""Numbers that have the right shape and belong to nobody we know: all drawn by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.draw import Draws, Ints, Texts, texts

if TYPE_CHECKING:
    from sogoc.demo.draw import Flags

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def personal_numbers(draws: Draws, province: Texts, female: Flags, year: Ints) -> Texts:
    """12 digits: province of birth registration, century and sex, year, six by lot; no two alike.

    Decree 137/2015 Art. 13: the fourth digit is 0 or 1 for born 1900 to 1999, 2 or 3 after that.
    """
    ids = np.arange(len(year), dtype=np.int64)
    century = (year // 100 - 19) * 2 + female
    head = province.astype(np.int64) * 1000 + century * 100 + year % 100
    number = head * 1_000_000 + draws.below("serial", ids, 999_000)
    return texts([f"{one:012d}" for one in _apart(number)])


def _apart(number: Ints) -> Ints:
    """Move equal numbers up until all differ; what is left free above 999,000 takes the last."""
    order = np.argsort(number, kind="stable")
    ordered = number[order]
    steps = np.arange(len(ordered))
    raised = np.maximum.accumulate(ordered - steps) + steps
    apart = np.empty_like(number)
    apart[order] = raised
    return apart


def old_numbers(draws: Draws, ids: Ints) -> Texts:
    """9 digits of the card used until 31 December 2024; a few were given twice."""
    serial = draws.below("old card", ids, 420_000_000) + 10_000_000
    shared = draws.chance("old card given twice", ids, 0.001)
    serial[shared] = serial[np.maximum(np.flatnonzero(shared) - 1, 0)]
    return texts([f"{one:09d}" for one in serial])


def tax_codes(draws: Draws, ids: Ints) -> Texts:
    """10 digits that close (Circular 105/2020); prefix 99 is not known to be a tax office."""
    serial = 990_000_000 + draws.below("tax", ids, 9_999_000) + 1
    return texts([_closed(int(one)) for one in serial])


def _closed(nine: int) -> str:
    while (digit := 10 - _tax_sum(nine) % 11) > 9:
        nine += 1
    return f"{nine}{digit}"


def _tax_sum(nine: int) -> int:
    return sum(int(d) * w for d, w in zip(str(nine), _TAX_WEIGHTS, strict=True))


def insurance_numbers(draws: Draws, ids: Ints, province: Texts) -> Texts:
    """10 digits: province and eight by lot."""
    serial = draws.below("insurance", ids, 99_999_999)
    return texts([f"{p}{s:08d}" for p, s in zip(province, serial, strict=True)])


def phone_numbers(draws: Draws, ids: Ints) -> Texts:
    """Mobile numbers of a range that is not in use (0559...), as forms write them."""
    serial = draws.below("phone", ids, 999_999)
    return texts([f"0559{one:06d}" for one in serial])
