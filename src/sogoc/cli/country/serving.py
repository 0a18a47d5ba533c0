"""The six nodes serve, each a process of its own; their state, and their end without a trace."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.cli.country.laying import DATABASE, laid_out
from sogoc.cli.country.processes import Post
from sogoc.database.embedded import stop_unused
from sogoc.errors import NodeUnreachable, Sentence, SogocError, StoreUnreachable
from sogoc.exchange.client import fetched
from sogoc.trust.note import read_checkpoint, read_note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.cli.country.laying import Laid

_WORKS = ("deliver", "serve")
_START_SECONDS = 120.0
_PAUSE_SECONDS = 0.1


def serve_all(laid: tuple[Laid, ...]) -> Iterator[Laid]:
    """Start each node and yield it once it is ready. Raises NodeUnreachable for one that is not."""
    for one in laid:
        Post(one.home, "serve").start_alone(("sogoc", "--node", str(one.home), "node", "serve"))
    for one in laid:
        _wait_for(one)
        yield one


def _wait_for(one: Laid) -> None:
    post, until = Post(one.home, "serve"), time.monotonic() + _START_SECONDS
    address = f"{one.settings.address}/ready"
    while fetched(address) is None:
        if not post.runs or time.monotonic() > until:
            raise NodeUnreachable(
                Sentence(
                    vi=f"Nút {one.agency.member} không chạy được; xem {post.log}.",
                    en=f"The node {one.agency.member} does not run; see {post.log}.",
                )
            )
        time.sleep(_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one node stands."""

    laid: Laid
    runs: bool
    ready: bool
    entries: int | None
    """Entries of its journal under its latest checkpoint; None if it does not answer."""


def standing(folder: Path) -> tuple[Standing, ...]:
    """How each node of the country stands. Raises SettingsError for a folder that is no demo's."""
    return tuple(_standing(one) for one in laid_out(folder))


def _standing(one: Laid) -> Standing:
    runs = Post(one.home, "serve").runs
    address = one.settings.address
    # A port is believed to be the node's only while its process lives: another may have taken it.
    ready = runs and fetched(f"{address}/ready") is not None
    return Standing(
        laid=one, runs=runs, ready=ready, entries=journal_size(address) if ready else None
    )


def journal_size(address: str) -> int | None:
    """How many entries the node's latest checkpoint has, as it says itself."""
    note = fetched(f"{address}/journal/checkpoint")
    if note is None:
        return None
    try:
        return read_checkpoint(read_note(note).text).size
    except SogocError:
        return None


def stop_all(folder: Path) -> int:
    """Stop every process of the country, and wait until nothing of it runs; how many there were.

    Also what a killed starter left: deliveries under way, servers of databases. Raises
    StoreUnreachable where a command that somebody else started uses one; the others are stopped.
    """
    laid = laid_out(folder)
    posts = [Post(one.home, work) for work in _WORKS for one in laid]
    # All at once: each is waited for until its database has put everything away.
    with ThreadPoolExecutor(thread_name_prefix="end") as pool:
        stopped = list(pool.map(Post.stop, posts))
    used: StoreUnreachable | None = None
    for one in laid:
        try:
            stop_unused(one.home / "state" / DATABASE)
        except StoreUnreachable as error:
            used = used or error
    if used is not None:
        raise used
    return sum(stopped)


def purge(folder: Path) -> None:
    """Remove the country's folder, once nothing of it runs."""
    shutil.rmtree(folder)
