"""The fixed part of the kernel's text. What the policy says is put in by `source`."""

MODULE = '''"""Generated from the linking policy {version}: change the policy, not this file."""

import numpy as np
from numba import njit

from sogoc.link.kernel.support import (
    after,
    among,
    before,
    bucket,
    day,
    distance_once,
    from_name,
    from_name_in,
    from_row,
    is_gone,
    kin,
    listed,
    named,
    neighbours_swapped,
    remember,
    tied,
    write_digits,
    year,
)

FURTHEST = {furthest}
SETTLED = ({settled},)
NONE = {none}
SAME, OTHER = 1, 2
DONE, QUEUE_FULL, KEPT_FULL = 0, 1, 2


{gathers}


@njit(nogil=True, cache=True)
def link(asked, m, masses, base, added, words, work, kept, kept_levels, start, stop):
    """Candidates of the asked from `start` on; returns where it stopped, rows kept, and why."""
    queue, slots, persons = work.queue, work.slots, work.persons
    weights, confirmed, levels = work.weights, work.confirmed, work.levels
    band, far, digits, weigh = work.band, work.far, work.digits, work.weigh
    ints, longs = asked.ints, asked.longs
    parts, letters, ends = words.parts, words.letters, words.ends
    base_persons, base_homes, base_gone = base.persons, base.homes, base.gone
    base_father, base_mother, base_spouse = base.father, base.mother, base.spouse
    base_household, base_former = base.household, base.former
    added_persons, added_homes, first_added = added.persons, added.homes, added.first
    added_father, added_mother, added_spouse = added.father, added.mother, added.spouse
    added_household, added_former = added.household, added.former
{heads}
    written = 0
    absent, cap = {absent}, {cap}
    judged_starts, judged_persons = asked.judged_starts, asked.judged_persons
    judged_kinds = asked.judged_kinds
    for i in range(start, stop):
{loads}
{weighed}
        work.stamp[0] += 1
        stamp = work.stamp[0]
        n = 0
        best = -1
        for at in range(judged_starts[i], judged_starts[i + 1]):
            if judged_kinds[at] == OTHER:
                remember(slots, stamp, judged_persons[at])
        for stage in range(len(SETTLED)):
            found = 0
            if stage == 0:
                for at in range(judged_starts[i], judged_starts[i + 1]):
                    if judged_kinds[at] == SAME:
                        if found == len(queue):
                            return i, written, QUEUE_FULL
                        queue[found] = judged_persons[at]
                        found += 1
{stages}
            if found < 0:
                return i, written, QUEUE_FULL
            for at in range(found):
                person = queue[at]
                if person < first_added and is_gone(base_gone, person):
                    continue
                if n == len(persons):
                    return i, written, QUEUE_FULL
                if not remember(slots, stamp, person):
                    continue
{compared}
                weight = 0
{weights}
                persons[n] = person
                weights[n] = min(weight, cap)
                confirmed[n] = 0
                if best < 0 or before(weights, persons, confirmed, n, best):
                    best = n
                n += 1
            if best >= 0 and stage + 1 < len(SETTLED) and levels[best, {name_at}] == {equal}:
                top = max(weights[best], absent)
                total = masses[top - absent] if top - absent <= {far} else 0
                for one in range(n):
                    if top - weights[one] <= {far}:
                        total += masses[top - weights[one]]
                mass = masses[top - weights[best]] if top - weights[best] <= {far} else 0
                if float(mass) >= SETTLED[stage] * float(total):
                    break
        if n == 0:
            continue
        for at in range(judged_starts[i], judged_starts[i + 1]):
            if judged_kinds[at] == SAME:
                for one in range(n):
                    if persons[one] == judged_persons[at]:
                        confirmed[one] = 1
        top = max(weights[best], absent)
        namesakes, bearers, rivals = 0, 0, 0
        for one in range(n):
            if levels[one, {name_at}] == {equal}:
                namesakes += 1
            if levels[one, {number_at}] == {number}:
                bearers += 1
            elif levels[one, {name_at}] == {equal} and levels[one, {born_at}] == {born}:
                rivals += 1
        ruled_out = 0
        for at in range(judged_starts[i], judged_starts[i + 1]):
            if judged_kinds[at] == OTHER and a_folded >= 0:
                person = judged_persons[at]
                if person < first_added:
                    bears_it = base_persons[person]["folded"] == a_folded
                else:
                    bears_it = added_persons[person - first_added]["folded"] == a_folded
                ruled_out += bears_it
        unseen_count = max(a_bearers - namesakes - ruled_out, 0)
        unseen_weight = {unseen}
        if unseen_count > 0:
            top = max(top, unseen_weight)
        seen = 0
        for one in range(n):
            if top - weights[one] <= {far}:
                seen += masses[top - weights[one]]
        unseen = 0
        if unseen_count > 0 and top - unseen_weight <= {far}:
            unseen = unseen_count * masses[top - unseen_weight]
        if written + {kept} + bearers > len(kept):
            return i, written, KEPT_FULL
        place, last = 0, -1
        todo = bearers
        while place < {kept} or todo > 0:
            one = after(weights, persons, confirmed, n, last)
            if one < 0:
                break
            place += 1
            last = one
            # The one before this was waiting for the weight of the next place.
            before_this = written > 0 and kept[written - 1, 0] == a_asked
            if before_this and kept[written - 1, 2] == place - 1:
                kept[written - 1, 5] = weights[one]
            bears = levels[one, {number_at}] == {number}
            if bears:
                todo -= 1
            if place > {kept} and not bears:
                continue
            kept[written, 0] = a_asked
            kept[written, 1] = persons[one]
            kept[written, 2] = place
            kept[written, 3] = confirmed[one]
            kept[written, 4] = weights[one]
            kept[written, 5] = NONE
            kept[written, 6] = masses[top - weights[one]] if top - weights[one] <= {far} else 0
            kept[written, 7] = seen
            kept[written, 8] = unseen
            kept[written, 9] = masses[top - absent] if top - absent <= {far} else 0
            kept[written, 10] = namesakes
            kept[written, 11] = bearers
            kept[written, 12] = rivals
            for at in range({comparisons}):
                kept_levels[written, at] = levels[one, at]
            written += 1
        if written > 0 and kept[written - 1, 0] == a_asked and kept[written - 1, 2] == place:
            one = after(weights, persons, confirmed, n, last)
            if one >= 0:
                kept[written - 1, 5] = weights[one]
    return stop, written, DONE


@njit(nogil=True, cache=True)
def exact(asked, base, added, words, work, kept, kept_levels, start, stop):
    """Levels of the pairs with one number, likewise."""
    queue, levels = work.queue, work.levels
    band, far, digits = work.band, work.far, work.digits
    ints, longs = asked.ints, asked.longs
    parts, letters, ends = words.parts, words.letters, words.ends
    base_persons, base_homes, base_gone = base.persons, base.homes, base.gone
    base_father, base_mother, base_spouse = base.father, base.mother, base.spouse
    base_household, base_former = base.household, base.former
    added_persons, added_homes, first_added = added.persons, added.homes, added.first
    added_father, added_mother, added_spouse = added.father, added.mother, added.spouse
    added_household, added_former = added.household, added.former
{heads}
    written = 0
    n = 0
    for i in range(start, stop):
{loads}
        found = gather_exact(base, words, asked, i, queue, 0)
        if found >= 0 and len(added_persons) > 0:
            found = gather_exact(added, words, asked, i, queue, found)
        if found < 0:
            return i, written, QUEUE_FULL
        if written + found > len(kept):
            return i, written, KEPT_FULL
        for at in range(found):
            person = queue[at]
            if person < first_added and is_gone(base_gone, person):
                continue
{compared_exact}
            kept[written, 0] = a_asked
            kept[written, 1] = person
            for at_level in range({comparisons}):
                kept_levels[written, at_level] = levels[n, at_level]
            written += 1
    return stop, written, DONE
'''
