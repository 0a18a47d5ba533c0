"""A node keeps itself fresh whatever fails, and says what keeps it from answering."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.exchange.test_registers import OBJECT, POPULATION

from sogoc.access.grant import Grant, Operation, State
from sogoc.access.grant_store import GrantStore
from sogoc.clock import SystemClock
from sogoc.database.store import Store
from sogoc.errors import PolicyRefused, SogocError, StoreUnreachable
from sogoc.node.member import make_key
from sogoc.node.serving import Exchanging, Served, check_start, opened
from sogoc.node.settings import Settings
from sogoc.node.standing.beating import Beat, beating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GRANT = Grant(
    id="G-1",
    member="VN/GOV/02/LAND",
    register=POPULATION.id,
    fields=frozenset({OBJECT.fields[0].name}),
    operations=frozenset({Operation.VERIFY}),
    purpose="1.012789",
    ground="Luật ví dụ, Điều 1",
    first_day=date(2020, 1, 1),
    last_day=date(2099, 1, 1),
)
BROKEN = "permit (principal, action, resource)\nwhen { nonsense };\n"


@pytest.fixture
def hub(tmp_path: Path, database: Store) -> Served:
    """A hub that nobody asks yet."""
    make_key(tmp_path)
    settings = Settings(member="VN/GOV/01/POP", address="http://127.0.0.1:1", least_free_gib=0.001)
    return Served(folder=tmp_path, settings=settings, store=database)


@contextmanager
def database_restarted(store: Store) -> Iterator[None]:
    """What a server that restarts does to whoever is connected."""
    with store.connect() as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        yield


def well(parts: Exchanging) -> bool:
    return not parts.beat() and not parts.missing()


def test_a_database_that_restarts_costs_one_beat_and_not_the_node(hub: Served) -> None:
    with opened(hub) as parts:
        assert well(parts)
        before = parts.directory().version
        with database_restarted(hub.store):
            assert any(isinstance(failed, StoreUnreachable) for failed in parts.beat())
            assert well(parts)
        assert parts.directory().version > before


def test_a_step_that_fails_in_any_way_is_told_once_and_taken_again() -> None:
    turns, told = list[int](), list[SogocError]()

    def step(_: Callable[[SogocError], None]) -> None:
        turns.append(len(turns))
        if len(turns) <= 3:
            raise psycopg.OperationalError("001190000001")
        if len(turns) == 4:
            raise ZeroDivisionError

    beat = Beat(name="b", step=step, seconds=0.001, patience_seconds=5)
    with beating(beat, tell=told.append):
        until = time.monotonic() + 30
        while len(turns) < 6 and time.monotonic() < until:
            time.sleep(0.001)
    assert len(turns) >= 6
    assert [failed.sentence.en.partition("(")[2].partition(")")[0] for failed in told] == [
        "OperationalError",
        "ZeroDivisionError",
    ]
    assert not any("0011" in failed.sentence.en + failed.sentence.vi for failed in told)


@pytest.mark.parametrize("content", [BROKEN.encode(), b"// one\n\xff\n"], ids=["broken", "no text"])
def test_a_policy_file_that_is_spoilt_keeps_nothing_else_from_being_brought_up_to_now(
    hub: Served, content: bytes
) -> None:
    """A hub that published no directory for that would stop the whole country in a minute."""
    with opened(hub) as parts:
        grants = GrantStore(parts.connections.mine(), SystemClock())
        grants.ask(GRANT, POPULATION, officer="test")
        grants.change(GRANT.id, State.ACCEPTED, officer="test")
        assert well(parts)
        book, version = parts.answering().policies, parts.directory().version
        policies = hub.folder / "policies"
        policies.mkdir()
        (policies / "own.cedar").write_bytes(content)
        (failed,) = parts.beat()
        assert isinstance(failed, PolicyRefused)
        assert not parts.missing()
        assert parts.directory().version > version
        assert parts.answering().policies is book

        # What holds meanwhile are the files as they were, not grants that were withdrawn.
        grants.change(GRANT.id, State.WITHDRAWN, officer="test")
        (failed,) = parts.beat()
        assert isinstance(failed, PolicyRefused)
        assert not parts.answering().grants
        (policies / "own.cedar").unlink()
        assert well(parts)


@pytest.mark.parametrize(
    ("content", "line"),
    [(BROKEN.encode(), 1), (b"// one\n// \xff\n", 2)],
    ids=["broken", "no text"],
)
def test_a_policy_file_that_cannot_be_used_keeps_a_node_from_starting(
    hub: Served, content: bytes, line: int
) -> None:
    (hub.folder / "policies").mkdir()
    (hub.folder / "policies" / "own.cedar").write_bytes(content)
    with pytest.raises(PolicyRefused) as refused:
        check_start(hub, tell=print)
    assert refused.value.place is not None
    assert refused.value.place.file.endswith("own.cedar")
    assert refused.value.place.row == line


def test_a_node_is_not_ready_without_a_directory_a_database_or_room_on_the_disk(
    hub: Served,
) -> None:
    with opened(hub) as parts:
        assert list(parts.missing()) == ["directory"]
        assert well(parts)
    with opened(replace(hub, settings=replace(hub.settings, least_free_gib=1e9))) as parts:
        parts.beat()
        assert list(parts.missing()) == ["disk"]
        assert "nearly full" in parts.missing()["disk"]
    with opened(replace(hub, store=Store("host=/nowhere"))) as parts:
        parts.beat()
        assert set(parts.missing()) == {"database", "directory"}
