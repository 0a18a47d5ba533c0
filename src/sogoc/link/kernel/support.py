"""What the generated kernel calls: searches in sorted arrays, edit distance, lists of bytes.

Only a generated kernel imports this module, so that all others load without numba. Nothing here
knows the policy.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_STOP, _BLANK, _ZERO = 12, 32, 48


@njit(nogil=True)
def from_value(values: np.ndarray, value: int) -> int:
    """The first entry of an ascending array that is not below this value."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def day(days: np.ndarray, day_starts: np.ndarray, born: int) -> tuple[int, int]:
    """The positions of those born on this very date, as far as it is told."""
    at = from_value(days, born)
    if at == len(days) or days[at] != born:
        return 0, 0
    return day_starts[at], day_starts[at + 1]


@njit(nogil=True)
def year(days: np.ndarray, day_starts: np.ndarray, one: int) -> tuple[int, int]:
    """The positions of those born in this year."""
    low, high = from_value(days, one * 10000), from_value(days, (one + 1) * 10000)
    return day_starts[low], day_starts[high]


@njit(nogil=True)
def listed(starts: np.ndarray, value: int) -> tuple[int, int]:
    """Where the list of a value lies; empty for a value that came after the index was built."""
    if value >= len(starts) - 2:
        return 0, 0
    return starts[value], starts[value + 1]


@njit(nogil=True)
def tied(base: np.ndarray, added: np.ndarray, first_added: int, person: int) -> int:
    """What ties this person to others, -1 where nothing is known; of nobody there is no array."""
    if person < first_added:
        return base[person] if len(base) > 0 else -1
    return added[person - first_added] if len(added) > 0 else -1


@njit(nogil=True)
def named(given_starts: np.ndarray, given: int) -> tuple[int, int]:
    """The range of folded names with this given name."""
    if given >= len(given_starts) - 1:
        return 0, 0
    return given_starts[given], given_starts[given + 1]


@njit(nogil=True)
def from_name(persons: np.ndarray, low: int, high: int, folded: int) -> int:
    """The first position of a day whose folded name is not below this one."""
    while low < high:
        middle = (low + high) >> 1
        # A person without a name stands last.
        name = persons[middle]["folded"]
        if 0 <= name < folded:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def from_name_in(persons: np.ndarray, rows: np.ndarray, low: int, high: int, folded: int) -> int:
    """The same in a list of positions that is sorted by folded name."""
    while low < high:
        middle = (low + high) >> 1
        name = persons[rows[middle]]["folded"]
        if 0 <= name < folded:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def from_row(rows: np.ndarray, low: int, high: int, row: int) -> int:
    """The first entry of an ascending list that is not below this position."""
    while low < high:
        middle = (low + high) >> 1
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def kin(parts: np.ndarray, given_starts: np.ndarray, given: int, surname: int) -> tuple[int, int]:
    """The range of folded names with this given name and surname."""
    first, last = named(given_starts, given)
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if parts[middle, 0] < surname:
            low = middle + 1
        else:
            high = middle
    start, high = low, last
    while low < high:
        middle = (low + high) >> 1
        if parts[middle, 0] <= surname:
            low = middle + 1
        else:
            high = middle
    return start, low


@njit(nogil=True)
def bucket(number: int, starts: np.ndarray) -> tuple[int, int, int]:
    """Where the list of a number's bucket begins and ends, and the number's eight bits."""
    key = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    key ^= key >> np.uint64(32)
    bits = 0
    while (1 << bits) < len(starts) - 1:
        bits += 1
    at = np.int64(key >> np.uint64(64 - bits))
    return starts[at], starts[at + 1], int(key & np.uint64(255))


@njit(nogil=True)
def write_digits(number: int, count: int, letters: np.ndarray) -> int:
    """Write a number with its leading zeros; return how many digits there are."""
    for at in range(count - 1, -1, -1):
        letters[at] = _ZERO + number % 10
        number //= 10
    return count


@njit(nogil=True)
def distance(
    one: np.ndarray,
    low: int,
    high: int,
    other: np.ndarray,
    other_low: int,
    other_high: int,
    bound: int,
    band: np.ndarray,
) -> int:
    """Levenshtein's distance of two texts as bytes; anything beyond the bound is bound + 1."""
    while low < high and other_low < other_high and one[low] == other[other_low]:
        low += 1
        other_low += 1
    while low < high and other_low < other_high and one[high - 1] == other[other_high - 1]:
        high -= 1
        other_high -= 1
    rows, columns = high - low, other_high - other_low
    if rows - columns > bound or columns - rows > bound:
        return bound + 1
    if rows == 0 or columns == 0:
        return rows + columns
    # band[d] is the cell on diagonal d - bound of the row before.
    for d in range(2 * bound + 1):
        band[d] = d - bound if d >= bound else bound + 1
    for row in range(1, rows + 1):
        if next_row(row, one[low + row - 1], other, other_low, columns, bound, band) > bound:
            return bound + 1
    return int(band[columns - rows + bound])


@njit(nogil=True)
def next_row(
    row: int,
    letter: int,
    other: np.ndarray,
    other_low: int,
    columns: int,
    bound: int,
    band: np.ndarray,
) -> int:
    """The band of the next row; returns its least cell.

    Only cells within `bound` of the diagonal are looked at (Ukkonen, 1985).
    """
    beyond = bound + 1
    least = left = beyond
    for d in range(2 * bound + 1):
        column = row + d - bound
        cell = row if column == 0 else beyond
        if 0 < column <= columns:
            above = band[d + 1] if d < 2 * bound else beyond
            other_letter = other[other_low + column - 1]
            cell = min(band[d] + (other_letter != letter), above + 1, left + 1, beyond)
        band[d] = left = cell
        least = min(least, cell)
    return least


@njit(nogil=True)
def distance_once(
    one: np.ndarray,
    low: int,
    high: int,
    other: np.ndarray,
    other_low: int,
    other_high: int,
    bound: int,
    band: np.ndarray,
    far: np.ndarray,
    at: int,
) -> int:
    """The same, kept in `far[at]` until that is set to -1: several levels ask for it."""
    if far[at] < 0:
        far[at] = distance(one, low, high, other, other_low, other_high, bound, band)
    return int(far[at])


@njit(nogil=True)
def neighbours_swapped(
    one: np.ndarray, low: int, high: int, other: np.ndarray, other_low: int, other_high: int
) -> bool:
    """Whether the texts differ only in that two letters side by side changed places.

    Only among the first twelve letters: what SQL spells out.
    """
    length = high - low
    if length != other_high - other_low:
        return False
    at = 0
    while at < length and one[low + at] == other[other_low + at]:
        at += 1
    if at + 1 >= length or at + 1 >= _STOP:
        return False
    if one[low + at] != other[other_low + at + 1] or one[low + at + 1] != other[other_low + at]:
        return False
    at += 2
    while at < length and one[low + at] == other[other_low + at]:
        at += 1
    return at == length


@njit(nogil=True)
def remember(slots: np.ndarray, stamp: int, person: int) -> bool:
    """Note a person for this stamp; whether they were not noted before."""
    mask = len(slots) - 1
    entry = (stamp << 32) | person
    at = (person * 0x9E3779B1) & mask
    while slots[at] >> 32 == stamp:
        if slots[at] == entry:
            return False
        at = (at + 1) & mask
    slots[at] = entry
    return True


@njit(nogil=True)
def is_gone(gone: np.ndarray, row: int) -> bool:
    """Whether the person's bit is set; no bits at all: nobody is gone."""
    return len(gone) > 0 and (gone[row >> 3] >> (row & 7)) & 1 == 1


@njit(nogil=True)
def after(
    weights: np.ndarray, persons: np.ndarray, confirmed: np.ndarray, count: int, last: int
) -> int:
    """The candidate next after `last` in the order of places; first of all after -1; or -1."""
    chosen = -1
    for one in range(count):
        if last >= 0 and not before(weights, persons, confirmed, last, one):
            continue
        if chosen < 0 or before(weights, persons, confirmed, one, chosen):
            chosen = one
    return chosen


@njit(nogil=True)
def before(
    weights: np.ndarray, persons: np.ndarray, confirmed: np.ndarray, one: int, other: int
) -> bool:
    """Confirmed by an officer first, then the heavier, then the lower number."""
    if confirmed[one] != confirmed[other]:
        return bool(confirmed[one] > confirmed[other])
    if weights[one] != weights[other]:
        return bool(weights[one] > weights[other])
    return bool(persons[one] < persons[other])


@njit(nogil=True)
def among(one: int, letters: np.ndarray, low: int, high: int) -> bool:
    """Whether this id stands in a list such as ` 12 45 `."""
    number, inside = 0, False
    for at in range(low, high):
        if letters[at] == _BLANK:
            if inside and number == one:
                return True
            number, inside = 0, False
        else:
            number, inside = number * 10 + (letters[at] - _ZERO), True
    return inside and number == one
