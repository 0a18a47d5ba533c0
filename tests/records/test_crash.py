"""A delivery that dies leaves the register before it or after it; two at once wait in line."""

from __future__ import annotations

from sogoc.database.store import Store
from sogoc.testing.killed_deliveries import child, deliver, kill_rounds, left, tell
from sogoc.testing.land_office import Office


def test_a_delivery_killed_at_any_moment_leaves_no_half_state(
    office: Office, database: Store
) -> None:
    for one in kill_rounds(office, database, rounds=10, seed=20260302):
        assert one.left.is_whole, one


def test_two_deliveries_at_once_queue_and_both_go_in_whole(office: Office, database: Store) -> None:
    deliver(office, 0)
    both = [child(database, office.folder, mark=mark) for mark in (1, 2)]
    for process in both:
        tell(process)
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    after = left(office)
    assert after.is_whole
    assert after.merged == 3
